/** Machines for each person over time, the last value written, and the same in a sentence. */
import type { Overview } from '../nouns.ts'
import { count, short, some } from '../words.ts'
import './trend.css'

const WIDTH = 236
const HEIGHT = 64

export function Trend({ of }: { of: Overview['trend'] }) {
  const points = of.filter((point) => point.perPerson !== null)
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || points.length < 2) return null
  const [from, span] = [Date.parse(first.at), Math.max(1, Date.parse(last.at) - Date.parse(first.at))]
  const top = Math.max(1, ...points.map((point) => point.perPerson!)) * 1.1
  const place = (point: Overview['trend'][number]) =>
    [6 + (WIDTH * (Date.parse(point.at) - from)) / span, 76 - (HEIGHT * point.perPerson!) / top] as const
  // A number holds until the next: the line goes in steps, and does not invent what lies between.
  const line = points
    .map(place)
    .reduce((path, [x, y], i) => (i === 0 ? `M${x} ${y.toFixed(1)}` : `${path}H${x.toFixed(1)}V${y.toFixed(1)}`), '')
  const [x, y] = place(last)
  return (
    <figure className="trend">
      <svg viewBox="0 0 296 96" aria-hidden="true">
        <path d="M6 12H242M6 44H242M6 76H242" stroke="var(--rule)" />
        <path d={line} fill="none" stroke="var(--accent)" strokeWidth="2" strokeLinejoin="round" />
        <circle cx={x} cy={y} r="4" fill="var(--accent)" />
        <g fontSize="12" fill="var(--ink-2)">
          <text x={x + 10} y={y + 4} fontWeight="600" fill="var(--ink)">
            {last.perPerson}
          </text>
          <text x="6" y="92">
            {short(first.at)}
          </text>
          <text x={x} y="92" textAnchor="end">
            {short(last.at)}
          </text>
        </g>
      </svg>
      <figcaption className="meta">
        {first.perPerson} on {short(first.at)}, {last.perPerson} on {short(last.at)}: {some(last.machines, 'machine')},{' '}
        {count(last.people)} {last.people === 1 ? 'person' : 'people'}.
      </figcaption>
    </figure>
  )
}
