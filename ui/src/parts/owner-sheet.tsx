/** Who answers for it: a person of the estate, the suggested one first. */
import { useState } from 'react'
import { useAct } from '../acting.ts'
import { useAnswer } from '../asking.ts'
import type { Inventory, Person } from '../nouns.ts'
import { Layer } from './layer.tsx'
import { Mark } from './mark.tsx'
import { Name } from './name.tsx'
import { quoteWord } from './query.tsx'
import { Refused } from './refused.tsx'

export function OwnerSheet({
  of,
  suggested,
  close,
  act,
}: {
  of: string
  suggested: Person | null
  close: () => void
  act: (person: Person) => Promise<unknown>
}) {
  const [typed, setTyped] = useState('')
  const people = useAnswer<Inventory>(
    `/v1/entities?${new URLSearchParams({ kind: 'person', q: typed.trim() ? quoteWord(typed.trim()) : '', sort: 'name', limit: '12' })}`,
    { keep: true },
  )
  const { busy, refused, run } = useAct()
  const list: Person[] = people.data?.rows.map(({ key, name }) => ({ key, name })) ?? []
  const shown = suggested && typed === '' ? [suggested, ...list.filter((person) => person.key !== suggested.key)] : list
  return (
    <Layer title="Who answers for it?" close={close}>
      <p className="quiet">
        <Name text={of} />. This is the person we review with, not whoever can change it at its source.
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
              <button
                type="button"
                className="choice"
                disabled={busy}
                onClick={() => void run(() => act(person)).then((done) => done && close())}
              >
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
        {people.data && shown.length === 0 && (
          <p className="beside quiet">
            <Mark of="unknown" beside />
            <span>No person of that name was read. People come from directories, certificates and commits.</span>
          </p>
        )}
        <Refused error={refused ?? people.error} />
      </div>
    </Layer>
  )
}
