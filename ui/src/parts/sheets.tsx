/** Sheets that ask before something changes. The button says the act, never OK. */
import { useId, useState } from 'react'
import { useAct } from '../acting.ts'
import { useAnswer } from '../asking.ts'
import type { Inventory, Person } from '../nouns.ts'
import { now } from '../words.ts'
import { Layer } from './layer.tsx'
import { Mark } from './mark.tsx'
import { Name } from './name.tsx'
import { quoteWord } from './query.tsx'
import { sentenceOf } from './states.tsx'

const DAY = 86_400_000
const inDays = (days: number) => new Date(now() + days * DAY).toISOString().slice(0, 10)

export const Refused = ({ error }: { error: unknown }) =>
  error ? (
    <p className="refusal" role="alert">
      {sentenceOf(error)} Nothing was changed.
    </p>
  ) : null

/** Mute or accept until a date: what changes, for how long, the way back, and a reason for whoever reads it later. */
export function UntilSheet({
  what,
  says,
  close,
  act,
}: {
  what: 'mute' | 'accept'
  says: string
  close: () => void
  act: (until: string, reason: string) => Promise<unknown>
}) {
  const mute = what === 'mute'
  const longest = mute ? 90 : 365
  const [until, setUntil] = useState(inDays(mute ? 30 : 90))
  const [reason, setReason] = useState('')
  const { busy, refused, run } = useAct()
  const id = useId()
  return (
    <Layer title={mute ? 'Mute until…' : 'Accept until…'} close={close}>
      <p className="quiet">
        <Name text={says} />
      </p>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void run(() => act(`${until}T00:00:00.000Z`, reason.trim())).then((done) => done && close())
        }}
      >
        <div>
          <label className="field" htmlFor={`${id}-until`}>
            <span className="label">Until, at most {longest} days</span>
          </label>
          <div className="row">
            <input
              id={`${id}-until`}
              type="date"
              className="short"
              required
              min={inDays(1)}
              max={inDays(longest)}
              value={until}
              onChange={(event) => setUntil(event.target.value)}
            />
            {(mute ? [7, 30, 90] : [30, 90, 365]).map((days) => (
              <button
                key={days}
                type="button"
                className="button small"
                aria-pressed={until === inDays(days)}
                onClick={() => setUntil(inDays(days))}
              >
                {days} days
              </button>
            ))}
          </div>
        </div>
        <label className="field">
          <span className="label">Why, for whoever reads it later</span>
          <textarea
            required
            minLength={3}
            maxLength={1000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        <p className="meta">
          {mute
            ? 'It leaves the lists and comes back by itself on that day.'
            : 'A second operator or admin must agree; until then it stays open. It is on the record as a risk two people took on, and comes back by itself on that day.'}{' '}
          Reversible: it can be opened again at any time. The audit trail keeps who, when and why.
        </p>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy || reason.trim().length < 3}>
            {mute ? 'Mute it' : 'Ask to accept the risk'}
          </button>
          <button type="button" className="button bare" onClick={close}>
            Leave it open
          </button>
        </div>
      </form>
    </Layer>
  )
}

/** Who answers for it: a person of the estate, the suggested one first. */
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
