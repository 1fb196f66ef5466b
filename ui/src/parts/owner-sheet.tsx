/** Who answers for it: a person of the estate, the suggested one first. */
import { useState } from 'react'
import { useAct } from '../acting.ts'
import { useAnswer } from '../asking.ts'
import type { Person, Teams } from '../nouns.ts'
import { Layer } from './layer.tsx'
import { Mark } from './mark.tsx'
import { Name } from './name.tsx'
import { usePeople } from './person-field.tsx'
import { Refused } from './refused.tsx'

export function OwnerSheet({
  of,
  title = 'Who answers for it?',
  says = 'This is the person we review with, not whoever can change it at its source.',
  suggested,
  teams = false,
  instead,
  close,
  act,
}: {
  of: string
  title?: string
  /** What the one who is named will be. */
  says?: string
  suggested: Person | null
  /** A team may answer too, by the one person who answers for it. */
  teams?: boolean
  /** Another way out than naming somebody. */
  instead?: { says: string; act: () => Promise<unknown> }
  close: () => void
  act: (person: Person) => Promise<unknown>
}) {
  const [typed, setTyped] = useState('')
  const people = usePeople(typed)
  const named = useAnswer<Teams>(teams ? '/v1/teams' : null).data?.rows ?? []
  const { busy, refused, run } = useAct()
  const list = people.list ?? []
  const end = (change: () => Promise<unknown>) => void run(change).then((done) => done && close())
  const shown = suggested && typed === '' ? [suggested, ...list.filter((person) => person.key !== suggested.key)] : list
  const teamsShown = named.filter(({ name }) => name.toLowerCase().includes(typed.trim().toLowerCase()))
  return (
    <Layer title={title} close={close}>
      <p className="quiet">
        <Name text={of} />. {says}
      </p>
      <div className="form">
        <label className="field">
          <span className="label">A person of the estate</span>
          <input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            placeholder="Name or e-mail"
            autoComplete="off"
          />
        </label>
        <ul className="choices">
          {shown.map((person) => (
            <li key={person.key}>
              <button type="button" className="choice" disabled={busy} onClick={() => end(() => act(person))}>
                <span>
                  <Name text={person.name} longest={80} />
                  <span className="sub">
                    <Name text={person.key} longest={80} />
                  </span>
                </span>
                {suggested?.key === person.key && <span className="tag">suggested</span>}
              </button>
            </li>
          ))}
        </ul>
        {teamsShown.length > 0 && (
          <ul className="choices" aria-label="Teams">
            {teamsShown.map((team) => (
              <li key={team.id}>
                <button
                  type="button"
                  className="choice"
                  disabled={busy}
                  onClick={() => end(() => act({ key: `team:${team.id}`, name: team.name }))}
                >
                  <span>
                    Team <Name text={team.name} longest={80} />
                    <span className="sub">
                      <Name text={team.accountable.name} longest={60} /> answers for it
                    </span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {people.list && shown.length === 0 && (
          <p className="beside quiet">
            <Mark of="unknown" beside />
            <span>No person of that name was read. People come from directories, certificates and commits.</span>
          </p>
        )}
        <Refused error={refused ?? people.error} />
        {instead && (
          <div className="acts">
            <button type="button" className="button" disabled={busy} onClick={() => end(instead.act)}>
              {instead.says}
            </button>
          </div>
        )}
      </div>
    </Layer>
  )
}
