/** The calendar as a list: each day, what ends on it, and who would have to renew it. */
import { useRef } from 'react'
import { to } from '../../address.tsx'
import { useSteps } from '../../frame/steps.ts'
import type { Ending, Expiry } from '../../nouns.ts'
import { dayAnchor, endsOn } from '../../parts/expiry-calendar.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { count, KIND_WORDS, some } from '../../words.ts'

const DAY = 86_400_000
const named = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'long', timeZone: 'UTC' })

/** How far a day is from the one that is looked from. */
const away = (day: string, today: string): string => {
  const days = Math.round((Date.parse(day) - Date.parse(today)) / DAY)
  return days === 0
    ? 'today'
    : days === 1
      ? 'tomorrow'
      : days > 0
        ? `in ${days} d`
        : days === -1
          ? 'yesterday'
          : `${-days} d ago`
}
const urgency = (day: string, today: string): string => {
  const days = (Date.parse(day) - Date.parse(today)) / DAY
  return days < 7 ? 'high' : days < 30 ? 'medium' : 'quiet'
}

export function Agenda({ of }: { of: Expiry }) {
  const ref = useRef<HTMLDivElement>(null)
  useSteps(ref, '.ending-name')
  return (
    <section className="agenda" ref={ref} aria-labelledby="agenda">
      <h2 id="agenda">Agenda</h2>
      {of.days
        .filter(({ counts }) => counts.length > 0)
        .map((day) => (
          <section key={day.day} className={day.day < of.today ? 'past' : ''}>
            <h3 id={dayAnchor(day.day)} tabIndex={-1}>
              <time dateTime={day.day}>{named.format(new Date(day.day))}</time>
              <span className={`number ${urgency(day.day, of.today)}`}>{away(day.day, of.today)}</span>
            </h3>
            <ul>
              {day.rows.map((row) => (
                <Line key={row.key} of={row} />
              ))}
            </ul>
            {endsOn(day) > day.rows.length && (
              <p className="meta">
                {count(endsOn(day) - day.rows.length)} more on this day:{' '}
                {day.counts.map((one, i) => (
                  <span key={one.kind}>
                    {i > 0 && ', '}
                    <a className="link" href={to.inventory(one.q, one.kind)}>
                      all {count(one.count)} {KIND_WORDS[one.kind][one.count === 1 ? 0 : 1].toLowerCase()}
                    </a>
                  </span>
                ))}
              </p>
            )}
          </section>
        ))}
    </section>
  )
}

const Line = ({ of }: { of: Ending }) => (
  <li>
    <Mark of={of.mark} />
    <div>
      <p className="ending-line">
        <KindIcon kind={of.kind} type={of.type} named />
        <a className="ending-name title" href={to.entity(of.key)}>
          <Name text={of.name} longest={80} />
        </a>
      </p>
      <p className="meta">
        {of.proves && (
          <>
            {of.kind === 'secret' ? 'holds' : 'proves'}{' '}
            <a className="quiet-link" href={to.entity(of.proves.key)}>
              <Name text={of.proves.name} longest={60} />
            </a>
            {of.more > 0 && <> and {some(of.more, 'other')}</>};{' '}
          </>
        )}
        {of.owner ? (
          <>
            <Name text={of.owner.name} longest={60} /> answers
          </>
        ) : of.suggested ? (
          <>
            nobody answers; suggested: <Name text={of.suggested.name} longest={60} />
          </>
        ) : (
          'nobody answers'
        )}
      </p>
    </div>
  </li>
)
