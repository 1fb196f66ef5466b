/** Who uses it: what was seen of it day by day, by whom, and what takes a new key by itself. */
import { to } from '../../address.tsx'
import type { Card, Consumer } from '../../nouns.ts'
import { EntityLink } from '../../parts/entity-link.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { IfKnown, Known, When } from '../../parts/known.tsx'
import { Name } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { UseStrip } from '../../parts/use-strip.tsx'
import { count, date, short, some } from '../../words.ts'

const TAKES = {
  'by-itself': ['pass', 'by itself'],
  'by-hand': ['high', 'by hand'],
  unknown: ['unknown', 'unknown'],
} as const

export const UsedBy = ({ of, title, days }: { of: Card['usedBy']; title: string; days: boolean }) => {
  const { consumers, more, record } = of
  return (
    <section className="section" id="use">
      <header>
        <h2>{title}</h2>
        <span className="meta">
          {[
            consumers.length > 0 && days && some(consumers.length + more, 'consumer'),
            record.by.length > 0 && `${some(record.by.length, 'user')} seen`,
          ]
            .filter(Boolean)
            .join(', ')}
        </span>
      </header>
      {days && <Days of={record} />}
      {consumers.length > 0 && <Consumers of={consumers} more={more} />}
      {record.by.length > 0 && <SeenUsers of={record.by} />}
      <div className="empty quiet">
        <Known of={of.seeing}>
          {(since) => (
            <p>
              {consumers.length === 0 &&
                record.by.length === 0 &&
                (days ? 'Nobody was seen using it. ' : 'Nobody was seen to hold it. ')}
              We could have seen {consumers.length > 0 || record.by.length > 0 ? 'others' : days ? 'it' : 'them'}:{' '}
              {days
                ? `everything in which a user of it could stand was read whole, and its use is recorded since ${date(since)}.`
                : `what describes it was read whole, last on ${date(since)}.`}
            </p>
          )}
        </Known>
      </div>
    </section>
  )
}

/** Thirty days, and the same as a sentence. */
function Days({ of: { days, until, recorded, quiet } }: { of: Card['usedBy']['record'] }) {
  const used = days.filter((n) => n !== null && n > 0).length
  const unseen = days.filter((n) => n === null).length
  const first = new Date(Date.parse(until) - (days.length - 1) * 86_400_000).toISOString()
  return (
    <div className="days">
      <UseStrip days={days} until={until} />
      <p className="days-ends meta" aria-hidden="true">
        <span>{short(first)}</span>
        <span>{short(until)}</span>
      </p>
      <p className="facets-line">
        {unseen < days.length && (
          <span>
            <i className="swatch depends" aria-hidden="true" />
            <span>
              used on <b>{used}</b> of {days.length} days
            </span>
          </span>
        )}
        {days.length - used - unseen > 0 && (
          <span>
            <i className="swatch none" aria-hidden="true" />
            <span>
              <b>{days.length - used - unseen}</b> without
            </span>
          </span>
        )}
        {unseen > 0 && (
          <span className="unknown">
            <i className="swatch hatched" aria-hidden="true" />
            <span>
              {unseen < days.length ? <b>{unseen}</b> : 'Whether it was used on any of 30 days,'}{' '}
              {unseen < days.length ? 'that nobody saw' : 'nobody saw'}
            </span>
          </span>
        )}
        <IfKnown of={recorded}>
          {(since) =>
            Date.parse(until) - Date.parse(since) > 3 * 86_400_000 && (
              <span className="meta">seen without a hole since {date(since)}</span>
            )
          }
        </IfKnown>
      </p>
      {quiet && (
        <p className="quiet days-quiet">
          {quiet.times > 1 ? `${some(quiet.times, 'time')} it was quiet for about` : 'Once it was quiet for'}{' '}
          <b>{some(quiet.days, 'day')}</b> and then used again, last from {date(quiet.from)} to {date(quiet.until)}: a
          job of such a rhythm would not be missed sooner.
        </p>
      )}
    </div>
  )
}

const Consumers = ({ of, more }: { of: readonly Consumer[]; more: number }) => (
  <>
    <table>
      <thead>
        <tr>
          <th className="margin">
            <span className="hidden-text">Kind</span>
          </th>
          <th>Consumer</th>
          <th className="wide">Seen</th>
          <th className="wide">Through</th>
          <th>Takes a new key</th>
        </tr>
      </thead>
      <tbody>
        {of.map((one) => (
          <tr key={`${one.entity.key} ${one.verb} ${one.through?.key ?? ''}`}>
            <td className="margin">
              <KindIcon kind={one.entity.kind} type={one.entity.type} named />
            </td>
            <td>
              <a className="title" href={to.entity(one.entity.key)}>
                <Name text={one.entity.name} longest={80} />
              </a>
              <span className={one.entity.kind === null ? 'sub unknown' : 'sub'}>
                {one.entity.kind === null ? 'named by others, never read itself; ' : ''}
                <Sentence text={one.because} />
              </span>
            </td>
            <td className="wide">
              <Known of={one.lastSeen} brief>
                {(at) => <When at={at} />}
              </Known>
              {one.firstSeen && <span className="sub">known since {short(one.firstSeen)}</span>}
            </td>
            <td className="wide">
              {one.through ? <EntityLink of={one.through} /> : <span className="quiet">directly</span>}
            </td>
            <td>
              <span className={`tag ${TAKES[one.takesNewKey][0]}`}>{TAKES[one.takesNewKey][1]}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    {more > 0 && <p className="meta empty">and {count(more)} more</p>}
  </>
)

/** Each who is a consumer of its own: two addresses on one account are two. */
const SeenUsers = ({ of }: { of: Card['usedBy']['record']['by'] }) => (
  <table>
    <thead>
      <tr>
        <th>Seen as it</th>
        <th>First</th>
        <th>Last</th>
        <th className="number">Days</th>
      </tr>
    </thead>
    <tbody>
      {of.map((one) => (
        <tr key={one.who}>
          <td>
            <Name text={one.who} longest={140} />
          </td>
          <td>{short(one.first)}</td>
          <td>
            <When at={one.last} />
          </td>
          <td className="number">{count(one.days)}</td>
        </tr>
      ))}
    </tbody>
  </table>
)
