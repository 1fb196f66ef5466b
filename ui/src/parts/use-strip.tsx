/** Thirty days of use: 0 is a day without, on which one would have been seen; null is a day that nobody saw. */
import { short, some } from '../words.ts'
import './use-strip.css'

export function UseStrip({ days, until }: { days: readonly (number | null)[]; until: string }) {
  const most = Math.max(1, ...days.map((n) => n ?? 0))
  const used = days.filter((n) => n !== null && n > 0).length
  const unread = days.filter((n) => n === null).length
  return (
    <span
      className="strip"
      role="img"
      aria-label={`Used on ${used} of ${days.length} days until ${short(until)}${unread > 0 ? `; ${some(unread, 'day was', 'days were')} not seen` : ''}`}
    >
      {days.map((n, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a day is its place in the row
        <i key={i} className={n === null ? 'not-read' : n === 0 ? '' : `l${Math.ceil((3 * n) / most)}`} />
      ))}
    </span>
  )
}
