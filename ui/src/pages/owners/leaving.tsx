/** If this person leaves today: what breaks first, what must move and to whom, and the hand-over in one step. */
import { useState } from 'react'
import { to } from '../../address.tsx'
import { useAnswer, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import type { Leaving as Answered, Move, Person } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { OwnerSheet } from '../../parts/owner-sheet.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some } from '../../words.ts'
import { HandoverSheet } from './handover-sheet.tsx'
import { Breaks } from './leaving-breaks.tsx'
import { Moves } from './leaving-moves.tsx'
import { Says } from './leaving-words.tsx'
import './owners.css'

export function Leaving({ person }: { person: string }) {
  const answer = useAnswer<Answered>(`/v1/owners/people/${encodeURIComponent(person)}/leaving`)
  const data = answer.data
  const title = data && titleOf(data)
  useTitle(title)
  return (
    <div className="page leaving">
      <p className="crumb">
        <a href="/owners">Owners</a>
        <Icon name="next" size={12} />
        <span>{data ? <Name text={data.person.name} longest={60} /> : 'a person'}</span>
      </p>
      {data && !answer.error ? (
        <Shown of={data} title={title!} />
      ) : (
        <>
          <h1>If this person leaves today</h1>
          {answer.error ? (
            <Failure error={answer.error} what="This person" again={() => void answer.refetch()} />
          ) : (
            <Waiting rows={8} />
          )}
        </>
      )}
    </div>
  )
}

const titleOf = ({ person, presence }: Answered): string =>
  presence.state === 'left' ? `${person.name} has left` : `If ${person.name} leaves today`

function Shown({ of, title }: { of: Answered; title: string }) {
  const may = useMay('owner')
  const [handing, setHanding] = useState<ReadonlyMap<string, Person> | null>(null)
  /** Whom the page's reader chose instead of the one that is proposed. */
  const [chosen, setChosen] = useState<ReadonlyMap<string, Person>>(new Map())
  const [naming, setNaming] = useState<readonly Move[] | null>(null)
  const toOf = (move: Move): Person | null => chosen.get(move.entity.key) ?? move.to
  const ready = new Map(
    of.moves.flatMap((move) => {
      const person = toOf(move)
      return person ? [[move.entity.key, person] as const] : []
    }),
  )
  return (
    <>
      <div className="head">
        <div>
          <h1>
            <Name text={title} longest={120} />
          </h1>
          <Answer>
            <Says of={of} />
          </Answer>
        </div>
        <div className="acts">
          {may && of.moves.length > 0 && (
            <button
              type="button"
              className="button primary"
              disabled={ready.size === 0}
              onClick={() => setHanding(ready)}
            >
              Hand over{' '}
              {ready.size === of.moves.length
                ? `all ${count(ready.size)}`
                : `${count(ready.size)} of ${count(of.moves.length)}`}
              …
            </button>
          )}
          <a className="button" href={to.entity(of.person.key)}>
            Their card
          </a>
        </div>
      </div>
      {of.presence.state === 'unknown' && (
        <p className="partial gone-notice">
          <Mark of="unknown" beside />
          <span>
            <b>Whether {of.person.name.slice(0, 60)} is still here is unknown.</b> {of.presence.because}
          </span>
        </p>
      )}
      <Breaks of={of} />
      <Moves
        of={of}
        toOf={toOf}
        name={may ? (move) => setNaming([move]) : null}
        nameRest={() => setNaming(of.moves.filter((move) => toOf(move) === null))}
      />
      {of.teams.length > 0 && (
        <section className="section">
          <header>
            <h2>Teams</h2>
            <span className="meta">{some(of.teams.length, 'team needs', 'teams need')} somebody else who answers</span>
          </header>
          <ul className="leaving-list">
            {of.teams.map((team) => (
              <li key={team.id}>
                <Name text={team.name} longest={80} />
                <span className="sub">
                  {team.members.every(({ key }) => key === of.person.key)
                    ? 'it has no other member'
                    : `could be ${team.members
                        .filter(({ key }) => key !== of.person.key)
                        .slice(0, 4)
                        .map(({ name }) => name.slice(0, 40))
                        .join(', ')}`}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {of.agents.length > 0 && (
        <section className="section">
          <header>
            <h2>AI agents</h2>
            <span className="meta">{some(of.counts.agents, 'agent')} without a sponsor then</span>
          </header>
          <ul className="leaving-list">
            {of.agents.map((agent) => (
              <li key={agent.key}>
                <EntityLink of={agent} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {naming && (
        <OwnerSheet
          of={naming.length === 1 ? naming[0]!.entity.name : some(naming.length, 'thing')}
          suggested={naming.length === 1 ? naming[0]!.to : null}
          teams
          close={() => setNaming(null)}
          act={async (person) =>
            setChosen(new Map([...chosen, ...naming.map(({ entity }) => [entity.key, person] as const)]))
          }
        />
      )}
      {handing && <HandoverSheet of={of} moves={handing} close={() => setHanding(null)} />}
    </>
  )
}
