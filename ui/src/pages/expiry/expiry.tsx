/** What ends, and will anybody renew it? */
import { useState } from 'react'
import { to, useAddress, useAsOf, withQuery } from '../../address.tsx'
import { useAnswer, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import type { Expiry as Answered, Tally } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { ExpiryCalendar } from '../../parts/expiry-calendar.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Partial } from '../../parts/partial.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, date, KIND_WORDS, some } from '../../words.ts'
import { Agenda } from './agenda.tsx'
import { Subscribe } from './subscribe.tsx'
import './expiry.css'

const WEEK = 7 * 86_400_000
/** A week of the present is kept when going on, so that what is about to end stays in sight. */
const STEP = 7

const shifted = (from: string, weeks: number): string =>
  new Date(Date.parse(from) + weeks * WEEK).toISOString().slice(0, 10)

export function Expiry() {
  const { query } = useAddress()
  const from = query.get('from')
  const answer = useAnswer<Answered>(`/v1/expiry${from === null ? '' : `?${new URLSearchParams({ from })}`}`, {
    keep: true,
  })
  useTitle('Expiry')
  const data = answer.data
  return (
    <div className="page expiry">
      <div className="head">
        <div>
          <h1>Expiry</h1>
          {data && !answer.error && data.entities > 0 && <Says of={data} />}
        </div>
        {data && data.entities > 0 && (
          <div className="acts">
            <nav className="row" aria-label="Weeks">
              <a className="button" href={withQuery({ from: shifted(data.from, -STEP) })}>
                Earlier
              </a>
              {(data.today < data.from || data.today > shifted(data.from, 1)) && (
                <a className="button" href={withQuery({ from: null })}>
                  This week
                </a>
              )}
              <a className="button" href={withQuery({ from: shifted(data.from, STEP) })}>
                Later
              </a>
            </nav>
            <Told />
          </div>
        )}
      </div>
      {answer.error ? (
        <Failure error={answer.error} what="The calendar" again={() => void answer.refetch()} />
      ) : data ? (
        <div className={answer.isPlaceholderData ? 'dim' : ''}>
          <Body of={data} />
        </div>
      ) : (
        <Waiting rows={8} />
      )}
    </div>
  )
}

/** Ways to hear of it elsewhere; of an earlier day there is nothing to hear. */
function Told() {
  const [subscribing, setSubscribing] = useState(false)
  const admin = useMay('admin')
  const past = useAsOf() !== null
  return (
    <>
      <a className="button" href="/v1/expiry.csv" download>
        CSV
      </a>
      {admin && (
        <a className="button" href="/settings?part=alerts">
          Alerts
        </a>
      )}
      {!past && (
        <button type="button" className="button primary" onClick={() => setSubscribing(true)}>
          Subscribe
        </button>
      )}
      {subscribing && <Subscribe close={() => setSubscribing(false)} />}
    </>
  )
}

/** Is there anything in the weeks that are shown? */
const holds = (of: Answered): boolean => of.days.some(({ counts }) => counts.length > 0)

function Body({ of }: { of: Answered }) {
  if (of.entities === 0)
    return (
      <Empty title="Nothing has been read yet">
        <p>What ends is known once something was read.</p>
        <div className="row">
          <a className="button primary" href="/welcome">
            Read something
          </a>
        </div>
      </Empty>
    )
  return (
    <>
      <Partial bar={of.ledger}>What ends there is not in this calendar.</Partial>
      {holds(of) ? (
        <div className="expiry-body">
          <ExpiryCalendar of={of} />
          <Agenda of={of} />
        </div>
      ) : (
        <Empty
          title={of.later.length === 0 ? 'Nothing ends within 90 days' : `Nothing ends until ${date(of.until)}`}
          mark={of.undated.credentials.count > 0 ? <Mark of="unknown" beside /> : undefined}
        >
          <p>
            {of.next === null
              ? 'No end date that was read lies ahead.'
              : `The next end that was read is on ${date(of.next)}.`}
            {of.next !== null && (
              <>
                {' '}
                <a className="link" href={withQuery({ from: of.next.slice(0, 10) })}>
                  Go there
                </a>
              </>
            )}
          </p>
        </Empty>
      )}
      <Undated of={of} />
    </>
  )
}

const word = (kind: Tally['kind'], n: number) => KIND_WORDS[kind][n === 1 ? 0 : 1].toLowerCase()

/** `11 credentials and 1 identity`, each a link to its rows. */
const Tallies = ({ of, strong = false }: { of: readonly Tally[]; strong?: boolean }) =>
  of.map((one, i) => (
    <span key={one.kind}>
      {i > 0 && (i === of.length - 1 ? ' and ' : ', ')}
      <a href={to.inventory(one.q, one.kind)}>
        {strong ? <b>{count(one.count)}</b> : count(one.count)} {word(one.kind, one.count)}
      </a>
    </span>
  ))

const sum = (of: readonly Tally[]): number => of.reduce((total, one) => total + one.count, 0)

const Says = ({ of }: { of: Answered }) => (
  <Answer>
    {of.soon.length > 0 ? (
      <>
        <Tallies of={of.soon} strong /> {sum(of.soon) === 1 ? 'ends' : 'end'} within 30 days and nothing is known to
        renew {sum(of.soon) === 1 ? 'it' : 'them'}.{' '}
      </>
    ) : of.later.length > 0 ? (
      <>
        Nothing ends within 30 days that is not known to renew itself; within 90 days <Tallies of={of.later} />{' '}
        {sum(of.later) === 1 ? 'does' : 'do'}.{' '}
      </>
    ) : holds(of) ? (
      <>Nothing ends within 90 days. </>
    ) : null}
    {of.ended.length > 0 && (
      <>
        <Tallies of={of.ended} /> {sum(of.ended) === 1 ? 'has' : 'have'} ended already and{' '}
        {sum(of.ended) === 1 ? 'is' : 'are'} still there.{' '}
      </>
    )}
    {of.renewing.length > 0 ? (
      <>
        Another <Tallies of={of.renewing} /> {sum(of.renewing) === 1 ? 'renews itself' : 'renew themselves'}, as{' '}
        {sum(of.renewing) === 1 ? 'its source says' : 'their sources say'}, and {sum(of.renewing) === 1 ? 'is' : 'are'}{' '}
        left out.
      </>
    ) : sum(of.soon) + sum(of.later) > 0 ? (
      'No source says of anything here that it renews itself.'
    ) : null}
  </Answer>
)

const Undated = ({ of: { undated } }: { of: Answered }) =>
  undated.credentials.count === 0 ? null : (
    <div className="undated">
      <p className="beside">
        <Mark of="unknown" beside />
        <span>
          {undated.identities.count > 0 && (
            <>
              <a className="link" href={to.inventory(undated.identities.q, 'identity')}>
                {some(undated.identities.count, 'identity holds', 'identities hold')}
              </a>{' '}
              credentials without any date that we could read.{' '}
            </>
          )}
          <a className="link" href={to.inventory(undated.credentials.q, 'credential')}>
            {some(undated.credentials.count, 'credential')}
          </a>{' '}
          may end tomorrow:
        </span>
      </p>
      <ul className="meta">
        {undated.why.map(({ reason, count: n }) => (
          <li key={reason}>
            <Icon name="next" size={12} /> {count(n)}: <Sentence text={reason} />
          </li>
        ))}
      </ul>
    </div>
  )
