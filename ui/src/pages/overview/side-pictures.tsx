/** Beside the five: what we can see, what ends next, how old things are, how many for each person. */
import { to } from '../../address.tsx'
import type { Overview as Answered, Due, SourceSeen } from '../../nouns.ts'
import { AgeHistogram } from '../../parts/age-histogram.tsx'
import { Ledger, seenWord } from '../../parts/ledger.tsx'
import { Name } from '../../parts/name.tsx'
import { Trend } from '../../parts/trend.tsx'
import { ago, daysUntil, short } from '../../words.ts'

export const SidePictures = ({ of }: { of: Answered }) => (
  <div className="aside side-pictures">
    {(of.mine === null || of.seen.length > 0) && <SourcesSeen of={of.seen} bar={of.ledger} mine={of.mine !== null} />}
    {of.expiring.length > 0 && <Expiring of={of.expiring} />}
    {(of.ages.bars.some((bar) => bar.count > 0) || of.ages.unknown > 0) && (
      <section className="section">
        <header>
          <h2>Age of the oldest credential</h2>
          <a className="link" href={to.inventory(of.mine ? `${of.mine.identities} age:>1y` : 'age:>1y')}>
            over a year
          </a>
        </header>
        <AgeHistogram of={of.ages} within={of.mine?.identities} />
      </section>
    )}
    {of.trend.filter((point) => point.perPerson !== null).length > 1 && (
      <section className="section">
        <header>
          <h2>Machines for each person</h2>
        </header>
        <Trend of={of.trend} />
      </section>
    )}
  </div>
)

/** Of one's own: where that lives; nothing else is read from here. */
const SourcesSeen = ({ of, bar, mine }: { of: readonly SourceSeen[]; bar: Answered['ledger']; mine: boolean }) => (
  <section className="section">
    <header>
      <h2>What we can see</h2>
      <a className="link" href="/connections">
        {seenWord(bar)}
      </a>
    </header>
    <ul className="sources">
      {of.slice(0, 12).map((source) => (
        <li key={source.connection}>
          <a className="one-line" href={to.connection(source.connection)}>
            <Name text={source.title} longest={50} />
          </a>
          <Ledger bar={source.bar} live={source.state === 'running'} />
          <span className={source.state === 'complete' ? 'number' : 'number unknown'}>
            {source.state === 'running'
              ? 'reading'
              : source.state === 'failed'
                ? 'failed'
                : source.state === 'never'
                  ? 'not yet'
                  : seenWord(source.bar)}
          </span>
        </li>
      ))}
    </ul>
    {(of.length > 12 || (of.length > 0 && !mine)) && (
      <p className="meta read-more">
        {of.length > 12 && (
          <a className="link" href="/connections">
            {of.length - 12} more
          </a>
        )}
        {of.length > 12 && !mine && ' · '}
        {!mine && (
          <a className="link" href="/welcome">
            Read something else
          </a>
        )}
      </p>
    )}
  </section>
)

const Expiring = ({ of }: { of: readonly Due[] }) => (
  <section className="section">
    <header>
      <h2>Next to expire</h2>
      <a className="link" href="/expiry">
        calendar
      </a>
    </header>
    <ul className="dues">
      {of.map((due) => {
        const days = daysUntil(due.ends)
        return (
          <li key={due.key}>
            <time dateTime={due.ends}>{short(due.ends)}</time>
            <a className="one-line" href={to.entity(due.key)}>
              <Name text={due.name} longest={60} />
            </a>
            <span className={days < 7 ? 'number high' : days < 30 ? 'number medium' : 'number quiet'}>
              {days < 0 ? 'ended' : days === 0 ? 'today' : ago(due.ends).replace('in ', '')}
            </span>
          </li>
        )
      })}
    </ul>
  </section>
)
