/** The hatched notice above a list that is not whole. */
import type { LedgerBar } from '../nouns.ts'
import { count, date, percent } from '../words.ts'
import { Mark } from './mark.tsx'
import './partial.css'

export function Partial({ bar, children }: { bar: LedgerBar; children?: React.ReactNode }) {
  if (bar.refused + bar.stale === 0) return null
  return (
    <div className="partial">
      <Mark of="unknown" beside />
      <p>
        <b>This list is {percent(bar.percent)} of what we asked for.</b>{' '}
        {bar.stale > 0 &&
          `${count(bar.stale)} ${bar.stale === 1 ? 'is shown as it was' : 'are shown as they were'}${asOf(bar)}${bar.refused > 0 ? '; ' : '. '}`}
        {bar.refused > 0 && `${count(bar.refused)} ${bar.refused === 1 ? 'was' : 'were'} refused. `}
        {children} Nothing was removed.
      </p>
      <a className="button small" href="/connections">
        See why
      </a>
    </div>
  )
}

/** Each listing was last whole on a day of its own; the bar knows the earliest. */
function asOf({ stale, staleSince }: LedgerBar): string {
  if (!staleSince) return ' on an earlier day'
  return stale === 1 ? ` on ${date(staleSince)}` : `, the oldest on ${date(staleSince)}`
}
