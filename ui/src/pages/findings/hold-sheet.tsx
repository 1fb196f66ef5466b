/** Mute or accept until a date, or agree to it: what changes, for whom, until when, and the way back. */
import { useId, useState } from 'react'
import type { FindingPage } from '../../nouns.ts'
import { type DiffLine, diffLines } from '../../parts/diff.tsx'
import { cut } from '../../parts/name.tsx'
import { PlanSheet } from '../../parts/plan-sheet.tsx'
import { date, now, some } from '../../words.ts'
import { accept, approve, mute, muteAll } from './holding.ts'

const DAY = 86_400_000
const inDays = (days: number) => new Date(now() + days * DAY).toISOString().slice(0, 10)

const STATES = {
  mute: { longest: 90, first: 30, choices: [7, 30, 90], becomes: 'muted' },
  accept: { longest: 365, first: 90, choices: [30, 90, 365], becomes: 'accepted' },
} as const

/** `ids`: one finding, or several to mute. */
export function HoldSheet({
  what,
  ids,
  says,
  owner,
  close,
}: {
  what: 'mute' | 'accept'
  ids: readonly string[]
  says: string
  owner: string | null
  close: () => void
}) {
  const { longest, first, choices, becomes } = STATES[what]
  const [until, setUntil] = useState(inDays(first))
  const [reason, setReason] = useState('')
  const id = useId()
  const many = ids.length > 1
  const day = until === '' ? 'a day' : date(`${until}T00:00:00.000Z`)
  return (
    <PlanSheet
      title={what === 'mute' ? (many ? `Mute ${ids.length} until…` : 'Mute until…') : 'Accept until…'}
      of={says}
      close={close}
      change={change(many ? some(ids.length, 'finding') : ids[0]!, 'open', `${becomes} until ${day}`)}
      whom={
        <>
          {owner === null ? 'Nobody answers for it' : `${cut(owner, 60)} answers for it`}; it leaves everybody’s lists
          until then. The audit trail keeps who, when and why.
        </>
      }
      effect="reversible"
      {...(what === 'accept'
        ? { approve: 'A second operator or admin must agree; until then it stays open, with your reason beside it.' }
        : {})}
      back={`Undo for 10 seconds, or open it again at any time. On ${day} it opens by itself.`}
      act={what === 'mute' ? (many ? `Mute ${ids.length} findings` : 'Mute it') : 'Ask to accept the risk'}
      ready={until !== '' && reason.trim().length >= 3}
      run={() => {
        const end = `${until}T00:00:00.000Z`
        if (many) return muteAll(ids, end, reason.trim())
        return (what === 'mute' ? mute : accept)(ids[0]!, end, reason.trim())
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
          {choices.map((days) => (
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
    </PlanSheet>
  )
}

/** The second person: sees who asked, why and until when, before it holds. */
export const AgreeSheet = ({ of, close }: { of: FindingPage; close: () => void }) => {
  const asked = of.state.asked!
  return (
    <PlanSheet
      title="Agree to accept it"
      of={of.finding.says}
      close={close}
      change={change(of.finding.id, 'open', `accepted until ${date(asked.until)}`)}
      whom={
        <>
          {cut(asked.by, 60)} asked on {date(asked.at)}: “{cut(asked.reason, 400)}”. You are the second person who takes
          it on.
        </>
      }
      effect="reversible"
      back={`Undo for 10 seconds, or open it again at any time. On ${date(asked.until)} it opens by itself.`}
      act={`Accept it until ${date(asked.until)}`}
      run={() => approve(of.finding.id, asked.until)}
    />
  )
}

const change = (name: string, from: string, to: string): DiffLine[] => diffLines([{ name, from, to }])
