/** How could it become more, and what cuts it? */
import { useState } from 'react'
import { go, useAddress, withQuery } from '../../address.tsx'
import { useAnswer, useFrame, useThen } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import type { Reach as Answered, ReachChokePoints } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Mark } from '../../parts/mark.tsx'
import { cut, Name } from '../../parts/name.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some } from '../../words.ts'
import { AIMS, type Asked, askedBy, chokesPath, isAim, reachPath, toggled } from './asked.ts'
import { Beside } from './beside.tsx'
import { Blast } from './blast.tsx'
import { ReachPicture } from './picture.tsx'
import { Question } from './question.tsx'
import { type Candidate, TrySheet } from './try-sheet.tsx'
import { ChokePoints, TierZero } from './whole.tsx'
import { cutWord, Unjudged } from './words.tsx'
import './reach.css'

const NO_HOPS: readonly number[] = []

export function Reach() {
  const { query } = useAddress()
  const asked = askedBy(query)
  const answer = useAnswer<Answered>(reachPath(asked), { keep: true })
  const chokes = useAnswer<ReachChokePoints>(asked.from === null ? chokesPath(asked) : null, { keep: true })
  const [trying, setTrying] = useState<string | null>(null)
  const past = useThen().asOf !== null
  useTitle('Reach')
  const { data } = answer
  const at = data ? Math.min(asked.path, Math.max(0, data.paths.length - 1)) : 0
  const candidates = data ? candidatesOf(data, chokes.data) : []
  const first = candidates[0]
  return (
    <div className="page reach">
      <div className="head">
        <div>
          <h1>Reach</h1>
          {data && !answer.error && <Says of={data} asked={asked} />}
        </div>
        {first && !past && !answer.error && (
          <div className="acts">
            <button type="button" className="button primary" onClick={() => setTrying(first.id)}>
              Try the cheapest cut
            </button>
          </div>
        )}
      </div>
      <Question asked={asked} reach={answer.error ? undefined : data} />
      {answer.error ? (
        <Failure error={answer.error} what="Reach" again={() => void answer.refetch()} />
      ) : data ? (
        <div className={answer.isPlaceholderData ? 'dim' : ''}>
          <Unjudged of={data.unjudged} />
          {data.hops.length === 0 ? (
            <Nothing of={data} asked={asked} />
          ) : (
            <div className="reach-body">
              <ReachPicture
                of={data}
                asked={asked}
                chokes={chokes.data}
                path={data.paths[at]?.hops ?? NO_HOPS}
                title={titleOf(data)}
              />
              <Beside of={data} asked={asked} at={at} trying={past ? null : (hop) => setTrying(`hop ${hop}`)} />
            </div>
          )}
        </div>
      ) : (
        <Waiting rows={8} />
      )}
      {asked.from === null ? (
        <>
          <ChokePoints
            of={chokes.data}
            error={chokes.error}
            again={() => void chokes.refetch()}
            trying={past ? null : (key) => setTrying(`thing ${key}`)}
          />
          <TierZero asked={asked} />
        </>
      ) : (
        !answer.error && <Blast asked={asked} of={asked.from} />
      )}
      {trying !== null && (
        <TrySheet candidates={candidates} first={trying} asked={asked} close={() => setTrying(null)} />
      )}
    </div>
  )
}

/** What may be taken away in thought: hops that part most ends, or the choke points of all. */
function candidatesOf({ cuts, hops, things, paths }: Answered, chokes: ReachChokePoints | undefined): Candidate[] {
  if (paths.length > 0)
    return cuts.map(({ hop }) => {
      const [from, end] = [things[hops[hop]!.from]!, things[hops[hop]!.to]!]
      return { id: `hop ${hop}`, says: cutWord(hops[hop]!, from, end), remove: { from: from.key, to: end.key } }
    })
  return (chokes?.things ?? []).map(({ thing }) => ({
    id: `thing ${thing.key}`,
    says: `${cut(thing.name, 60)}, with all it has`,
    remove: { key: thing.key },
  }))
}

const endWord = ({ to }: Answered): string => (to.aim ? AIMS[to.aim] : cut(to.thing?.name ?? 'it', 60))

const titleOf = (of: Answered): string =>
  of.from
    ? `How ${cut(of.from.name, 60)} comes to ${endWord(of)}, in ${some(of.paths.length, 'path')}.`
    : `Who comes to ${endWord(of)}.`

function Says({ of, asked }: { of: Answered; asked: Asked }) {
  if (of.from === null) return <SaysWho of={of} />
  const [worst] = of.cuts
  const end = of.to.aim ? AIMS[of.to.aim] : <Name text={of.to.thing?.name ?? ''} longest={60} />
  if (of.paths.length === 0)
    return (
      <Answer>
        Nothing that we know leads from <Name text={of.from.name} longest={60} /> to {end}.
      </Answer>
    )
  const hop = worst && of.hops[worst.hop]!
  return (
    <Answer>
      <a href="#hops">
        <b>{some(of.paths.length, 'path')}</b>
      </a>{' '}
      {of.paths.length === 1 ? 'leads' : 'lead'} from <Name text={of.from.name} longest={60} /> to {end}
      {of.to.aim && of.to.ends !== of.paths.length && `, ${some(of.to.ends, 'thing')} of which are reached`}.{' '}
      {of.more && `There are more: ${of.more}. `}
      {worst && hop && of.cutsWhole && worst.ends > 1 && (
        <>
          {count(worst.ends)} of the ends need one hop, from <Name text={of.things[hop.from]!.name} longest={48} /> to{' '}
          <Name text={of.things[hop.to]!.name} longest={48} />: cut it and they are reached no more.{' '}
        </>
      )}
      {of.unjudged.depends > 0 && !asked.without.includes('depends') && (
        <>{some(of.unjudged.depends, 'hop')} on the way we cannot judge.</>
      )}
    </Answer>
  )
}

function SaysWho({ of }: { of: Answered }) {
  const { who } = of
  if (!who) return null
  if (who.total === 0) return <Answer>Nobody that we know reaches {endWord(of)}.</Answer>
  return (
    <Answer>
      <a href="#who">
        <b>{some(who.total, 'identity', 'identities')}</b>
      </a>{' '}
      {who.total === 1 ? 'reaches' : 'reach'} {endWord(of)}
      {of.to.ends > 1 && `, ${count(of.to.ends)} things`}
      {who.sure < who.total && <>; {count(who.total - who.sure)} of them only where unknown conditions allow it</>}.{' '}
      {of.more && `In the picture ${of.more}.`}
    </Answer>
  )
}

function Nothing({ of, asked }: { of: Answered; asked: Asked }) {
  const frame = useFrame()
  const left = of.unjudged.depends > 0 && asked.without.includes('depends') ? of.unjudged.depends : 0
  if (frame && frame.identities === 0)
    return (
      <Empty title="Nothing has been read yet">
        <p>What leads where is known once something was read.</p>
        <div className="row">
          <a className="button primary" href="/welcome">
            Read something
          </a>
        </div>
      </Empty>
    )
  return (
    <Empty
      title="No path leads there"
      mark={of.unjudged.gaps.length + left > 0 ? <Mark of="unknown" beside /> : undefined}
    >
      <p>
        {left > 0
          ? `${some(left, 'hop')} could not be judged; switch ${left === 1 ? 'it' : 'them'} on to see where ${left === 1 ? 'it' : 'they'} would lead.`
          : of.to.ends === 0
            ? `Nothing that we read is ${asked.to === null || !isAim(asked.to) ? 'of tier zero' : `in ${AIMS[asked.to]}`}, so there is nothing to come to.`
            : asked.without.length + asked.inside.length + asked.avoid.length > 0
              ? 'With other switches there may be one.'
              : 'That is so for what we could read.'}
      </p>
      {left > 0 && (
        <div className="row">
          <button type="button" className="button" onClick={() => go(toggled('without', asked.without, 'depends'))}>
            Switch {left === 1 ? 'it' : 'them'} on
          </button>
        </div>
      )}
      {left === 0 && asked.without.length + asked.inside.length + asked.avoid.length > 0 && (
        <div className="row">
          <a className="button" href={withQuery({ without: null, inside: null, avoid: null, path: null })}>
            Without switches
          </a>
        </div>
      )}
    </Empty>
  )
}
