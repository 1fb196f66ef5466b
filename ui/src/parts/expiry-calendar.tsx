/** Eight weeks of seven days: what ends when. The agenda beside it says the same as a list; a crowded day leads there. */
import { Fragment } from 'react'
import { to } from '../address.tsx'
import type { Expiry } from '../nouns.ts'
import { count, date, some } from '../words.ts'
import { Mark } from './mark.tsx'
import { cut } from './name.tsx'
import './expiry-calendar.css'

type Day = Expiry['days'][number]

/** So many lines fit a day; the rest is a number. */
const FIT = 2
const WEEKDAYS = [
  ['Mon', 'Monday'],
  ['Tue', 'Tuesday'],
  ['Wed', 'Wednesday'],
  ['Thu', 'Thursday'],
  ['Fri', 'Friday'],
  ['Sat', 'Saturday'],
  ['Sun', 'Sunday'],
] as const
const DAY = 86_400_000
const month = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' })

/** The week of a Monday, as ISO 8601 counts: the one with the year's first Thursday is the first. */
const weekNumber = (monday: string): number => {
  const thursday = Date.parse(monday) + 3 * DAY
  return 1 + Math.floor((thursday - Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1)) / (7 * DAY))
}

/** Where the agenda tells of a day. */
export const dayAnchor = (day: string): string => `ends-${day}`

export const endsOn = ({ counts }: Pick<Day, 'counts'>): number => counts.reduce((sum, one) => sum + one.count, 0)

export function ExpiryCalendar({ of }: { of: Pick<Expiry, 'days' | 'today' | 'from' | 'until'> }) {
  const weeks = Array.from({ length: of.days.length / 7 }, (_, i) => of.days.slice(7 * i, 7 * i + 7))
  return (
    <table className="calendar" onKeyDown={walk}>
      <caption className="hidden-text">
        What ends from {date(of.from)} to {date(of.until)}, week by week
      </caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="hidden-text">Week</span>
          </th>
          {WEEKDAYS.map(([short, long]) => (
            <th key={short} scope="col" abbr={long}>
              {short}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((days) => (
          <tr key={days[0]!.day}>
            <th scope="row">
              {month.format(new Date(days[0]!.day))}
              <span>week {weekNumber(days[0]!.day)}</span>
            </th>
            {days.map((day, i) => (
              <Cell key={day.day} of={day} today={of.today} weekend={i > 4} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cell({ of, today, weekend }: { of: Day; today: string; weekend: boolean }) {
  const isToday = of.day === today
  const more = endsOn(of) - Math.min(FIT, of.rows.length)
  return (
    <td
      className={[isToday && 'today', of.day < today && 'past', weekend && 'weekend'].filter(Boolean).join(' ')}
      aria-current={isToday ? 'date' : undefined}
    >
      <time dateTime={of.day}>
        <span className="hidden-text">{date(of.day)}</span>
        <span aria-hidden="true">{Number(of.day.slice(8))}</span>
        {isToday && ' today'}
      </time>
      {of.rows.slice(0, FIT).map((row) => (
        <a key={row.key} className="ending" href={to.entity(row.key)}>
          <Mark of={row.mark} size={13} />
          <bdi>
            {cut(row.name, 48)
              .split(/(?<=[./@_-])/)
              .map((piece, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one name have no other name
                <Fragment key={i}>
                  {piece}
                  <wbr />
                </Fragment>
              ))}
          </bdi>
        </a>
      ))}
      {more > 0 && (
        <a className="more" href={`#${dayAnchor(of.day)}`}>
          +{count(more)}
          <span className="hidden-text">
            {' '}
            more on {date(of.day)}, {some(endsOn(of), 'line')} in the agenda
          </span>
        </a>
      )}
    </td>
  )
}

/** Arrows to the left and right go from day to day that holds something, up and down from line to line. */
function walk(event: React.KeyboardEvent<HTMLTableElement>): void {
  const here = event.target as HTMLElement
  if (!here.matches('a') || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
  const lines = [...event.currentTarget.querySelectorAll('a')]
  const firsts = [...event.currentTarget.querySelectorAll('td')].flatMap((day) => day.querySelector('a') ?? [])
  const day = firsts.indexOf(here.closest('td')!.querySelector('a')!)
  const line = lines.indexOf(here as HTMLAnchorElement)
  const next = {
    ArrowRight: firsts[day + 1],
    ArrowLeft: firsts[day - 1],
    ArrowDown: lines[line + 1],
    ArrowUp: lines[line - 1],
    Home: lines[0],
    End: lines.at(-1),
  }[event.key]
  if (!next) return
  event.preventDefault()
  next.focus()
}
