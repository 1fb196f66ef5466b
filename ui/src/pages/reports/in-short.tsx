/** For those who decide: how many, what is wrong, what was done, over time. Each number leads to its rows. */
import type { Executive } from '../../nouns.ts'
import { count, date, some } from '../../words.ts'

type Numbers = Executive['volume']

export const InShort = ({ of }: { of: Executive }) => (
  <section className="section in-short">
    <header>
      <h2>In short</h2>
      <span className="meta">for those who decide; the first page of the paper</span>
    </header>
    <div className="in-short-parts">
      <Part title="How many" of={of.volume} />
      <Part title="What is wrong" of={of.risk} />
      <Part title={of.since === null ? 'What was done' : `What was done since ${date(of.since)}`} of={of.reduced} />
    </div>
    <Over of={of.trend} />
  </section>
)

const Part = ({ title, of }: { title: string; of: Numbers }) => (
  <div>
    <h3>{title}</h3>
    <ul className="numbers">
      {of.map((one) => (
        <li key={one.href}>
          <a className="link" href={one.href}>
            {count(one.count)}
          </a>{' '}
          <span>
            {one.of !== null && `of ${count(one.of)} `}
            {one.says}
          </span>
        </li>
      ))}
    </ul>
  </div>
)

const WIDTH = 640
const HEIGHT = 120
const EDGE = 6

function Over({ of }: { of: Executive['trend'] }) {
  const [first, last] = [of[0], of.at(-1)]
  if (!first || !last || of.length < 2) return <p className="meta over-time">One read is no trend yet.</p>
  const from = Date.parse(first.at)
  const span = Math.max(1, Date.parse(last.at) - from)
  const top = Math.max(1, ...of.map(({ known }) => known))
  const place = (point: (typeof of)[number], what: 'known' | 'severe') =>
    [
      EDGE + ((WIDTH - 2 * EDGE) * (Date.parse(point.at) - from)) / span,
      EDGE + (HEIGHT - 2 * EDGE) * (1 - point[what] / top),
    ] as const
  // A number holds until the next one that is known: the line goes in steps.
  const line = (what: 'known' | 'severe') =>
    of
      .map((point) => place(point, what))
      .reduce(
        (path, [x, y], at) => (at === 0 ? `M${x} ${y.toFixed(1)}` : `${path}H${x.toFixed(1)}V${y.toFixed(1)}`),
        '',
      )
  return (
    <figure className="over-time">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <path d={`M${EDGE} ${HEIGHT - EDGE}H${WIDTH - EDGE}`} stroke="var(--rule)" />
        <path d={line('known')} fill="none" stroke="var(--accent)" strokeWidth="1.5" strokeLinejoin="round" />
        <path d={line('severe')} fill="none" stroke="var(--critical)" strokeWidth="3" strokeLinejoin="round" />
      </svg>
      <p className="legend">
        <span>
          <i className="thin" aria-hidden="true" /> <b>{count(last.known)}</b> known
        </span>
        <span>
          <i className="thick" aria-hidden="true" /> <b>{count(last.severe)}</b> critical or high
        </span>
      </p>
      <figcaption className="meta">
        {some(first.known, 'finding')} on {date(first.at)}, {count(first.severe)} of them critical or high, among{' '}
        {some(first.machines, 'machine')}; {count(last.known)}, {count(last.severe)} and {count(last.machines)} on{' '}
        {date(last.at)}. What was put aside or accepted is still counted.
      </figcaption>
    </figure>
  )
}
