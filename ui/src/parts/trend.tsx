/** Machines for each person, day by day, the last value written. */
import type { Overview } from '../nouns.ts'
import { short } from '../words.ts'
import './trend.css'

export function Trend({ of }: { of: Overview['trend'] }) {
  const points = of.filter((point) => point.perPerson !== null)
  if (points.length < 2) return null
  const top = Math.max(...points.map((point) => point.perPerson!)) * 1.1
  const at = points.map(
    (point, i) => [6 + (236 * i) / (points.length - 1), 76 - (64 * point.perPerson!) / top] as const,
  )
  const [x, y] = at.at(-1)!
  const last = points.at(-1)!.perPerson!
  return (
    <svg
      className="trend"
      viewBox="0 0 296 96"
      role="img"
      aria-label={`Machines for each person: ${points[0]!.perPerson} on ${short(points[0]!.at)}, ${last} now`}
    >
      <path d="M6 12H242M6 44H242M6 76H242" stroke="var(--rule)" />
      <path
        d={`M${at.map((point) => point.map((n) => n.toFixed(1)).join(' ')).join('L')}`}
        fill="none"
        stroke="var(--accent)"
        strokeWidth="2"
        strokeLinejoin="round"
      />
      <circle cx={x} cy={y} r="4" fill="var(--accent)" />
      <g fontSize="12" fill="var(--ink-2)">
        <text x={x + 10} y={y + 4} fontWeight="600" fill="var(--ink)">
          {last}
        </text>
        <text x="6" y="92">
          {short(points[0]!.at)}
        </text>
        <text x={x} y="92" textAnchor="end">
          now
        </text>
      </g>
    </svg>
  )
}
