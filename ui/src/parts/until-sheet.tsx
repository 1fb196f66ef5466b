/** Mute or accept until a date: what changes, for how long, the way back, and a reason for whoever reads it later. */
import { useId, useState } from 'react'
import { useAct } from '../acting.ts'
import { now } from '../words.ts'
import { Layer } from './layer.tsx'
import { Name } from './name.tsx'
import { Refused } from './refused.tsx'

const DAY = 86_400_000
const inDays = (days: number) => new Date(now() + days * DAY).toISOString().slice(0, 10)

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
