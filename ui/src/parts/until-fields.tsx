/** Until which day, and why: what a mute and an acceptance need. */
import { useId, useState } from 'react'
import { now } from '../words.ts'

const DAY = 86_400_000
const inDays = (days: number) => new Date(now() + days * DAY).toISOString().slice(0, 10)

const TERMS = {
  mute: { longest: 90, first: 30, choices: [7, 30, 90] },
  accept: { longest: 365, first: 90, choices: [30, 90, 365] },
} as const

export interface Until {
  what: keyof typeof TERMS
  /** The day as the field has it; empty while it is none. */
  day: string
  setDay: (day: string) => void
  reason: string
  setReason: (reason: string) => void
  /** Both are given. */
  ready: boolean
  /** The day as an instant, and the reason, as the server takes them. */
  end: string
  why: string
}

export function useUntil(what: keyof typeof TERMS): Until {
  const [day, setDay] = useState(inDays(TERMS[what].first))
  const [reason, setReason] = useState('')
  const why = reason.trim()
  return {
    what,
    day,
    setDay,
    reason,
    setReason,
    ready: day !== '' && why.length >= 3,
    end: `${day}T00:00:00.000Z`,
    why,
  }
}

export function UntilFields({ of: { what, day, setDay, reason, setReason } }: { of: Until }) {
  const { longest, choices } = TERMS[what]
  const id = useId()
  return (
    <>
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
            value={day}
            onChange={(event) => setDay(event.target.value)}
          />
          {choices.map((days) => (
            <button
              key={days}
              type="button"
              className="button small"
              aria-pressed={day === inDays(days)}
              onClick={() => setDay(inDays(days))}
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
    </>
  )
}
