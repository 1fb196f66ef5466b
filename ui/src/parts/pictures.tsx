/** Pictures made of ink. Each has a sentence for its name, and the same numbers stand beside it as text. */
import { to } from '../address.tsx'
import type { AgeHistogram as Ages, Kind, Overview } from '../nouns.ts'
import { count, short, some } from '../words.ts'
import { KindIcon } from './kind-icon.tsx'

const TURN = 2 * Math.PI

function arc(inner: number, outer: number, from: number, till: number): string {
  const end = Math.min(till, from + TURN * 0.9999)
  const at = (radius: number, angle: number) =>
    `${(100 + radius * Math.sin(angle)).toFixed(2)} ${(100 - radius * Math.cos(angle)).toFixed(2)}`
  const big = end - from > Math.PI ? 1 : 0
  return `M${at(outer, from)}A${outer} ${outer} 0 ${big} 1 ${at(outer, end)}L${at(inner, end)}A${inner} ${inner} 0 ${big} 0 ${at(inner, from)}Z`
}

export interface Blast {
  reached: number
  sensitive: number
  unknown: number
  dependents: number
}

/** Is there anything to draw? */
export const hasBlast = ({ reached, unknown, dependents }: Blast): boolean => reached + unknown + dependents > 0

/** Outer ring: what is reached, its sensitive part in vermilion, the unknown hatched. Inner ring: who depends on it. */
export function BlastRing({
  of,
  kind = 'identity',
  type = null,
}: {
  of: Blast
  kind?: Kind | null
  type?: string | null
}) {
  const outer = [
    { name: 'sensitive', n: of.sensitive, fill: 'var(--critical)' },
    { name: 'plain', n: Math.max(0, of.reached - of.sensitive), fill: 'var(--ink-3)' },
    { name: 'unknown', n: of.unknown, fill: 'url(#ring-hatch)' },
  ].filter(({ n }) => n > 0)
  const whole = outer.reduce((sum, { n }) => sum + n, 0)
  const gap = outer.length > 1 ? 0.024 : 0
  let from = 0
  const inner = Math.min(of.dependents, 12)
  return (
    <svg className="ring" viewBox="0 0 200 200" role="img" aria-label={blastSentence(of)}>
      <defs>
        <pattern id="ring-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="7" height="7" fill="var(--unknown-tint)" />
          <rect width="2.500" height="7" fill="var(--unknown)" />
        </pattern>
      </defs>
      {whole === 0 && <circle cx="100" cy="100" r="82" fill="none" stroke="var(--rule-2)" strokeWidth="1.500" />}
      {outer.map(({ name, n, fill }) => {
        // A part of one in a hundred is still there to be seen.
        const width =
          Math.max(0.12, (TURN * n) / whole) *
          (TURN /
            Math.max(
              TURN,
              outer.reduce((sum, one) => sum + Math.max(0.12, (TURN * one.n) / whole), 0),
            ))
        const path = arc(72, 92, from + gap, from + width - gap)
        from += width
        return (
          <path
            key={name}
            d={path}
            fill={fill}
            stroke={name === 'unknown' ? 'var(--unknown)' : 'none'}
            strokeDasharray={name === 'unknown' ? '3 3' : undefined}
          />
        )
      })}
      {inner === 0 ? (
        <circle cx="100" cy="100" r="56" fill="none" stroke="var(--rule-2)" strokeWidth="1.500" />
      ) : (
        Array.from({ length: inner }, (_, i) => {
          const step = TURN / inner
          return (
            <path
              // biome-ignore lint/suspicious/noArrayIndexKey: segments that are all alike
              key={i}
              d={arc(48, 66, i * step + (inner > 1 ? 0.03 : 0), (i + 1) * step - (inner > 1 ? 0.03 : 0))}
              fill="var(--accent-fill)"
            />
          )
        })
      )}
      <g transform="translate(86 86) scale(1.750)" color="var(--ink)">
        <KindIcon kind={kind} type={type} />
      </g>
    </svg>
  )
}

export const blastSentence = ({ reached, sensitive, unknown, dependents }: Blast): string =>
  [
    reached === 0
      ? 'Reaches nothing that we know'
      : `Reaches ${some(reached, 'thing')}${sensitive > 0 ? `, ${count(sensitive)} of them sensitive` : ''}`,
    unknown > 0 && `${count(unknown)} unknown`,
    dependents === 0 ? 'nothing we saw depends on it' : `${some(dependents, 'thing depends', 'things depend')} on it`,
  ]
    .filter(Boolean)
    .join('; ')

/** `30d..90d` is drawn as `90 d`, the end of its range; the last range has none. */
const ageName = (age: string): string => {
  if (age.startsWith('>')) return 'more'
  const end = /(\d+)(d|mo|y)$/.exec(age)
  return end === null ? age : end[1] === '180' ? '6 mo' : `${end[1]} ${end[2]}`
}

const ageSays = (age: string): string =>
  age.startsWith('>')
    ? `over ${age.slice(1)} old`
    : age.startsWith('<')
      ? `under ${age.slice(1)} old`
      : `${age.replace('..', ' to ')} old`

/** Ages of the oldest credential; the unknown age is a bar of its own, hatched, never left away. */
export function AgeHistogram({ of }: { of: Ages }) {
  const highest = Math.max(1, of.unknown, ...of.bars.map((bar) => bar.count))
  const bar = (name: string, n: number, query: string, className: string, says: string) => (
    <a key={name} href={to.inventory(query)} className={className}>
      <span className="col">
        <b>{count(n)}</b>
        <i style={{ height: `${(64 * n) / highest}px` }} />
      </span>
      <span className="name">
        <span className="hidden-text">
          {n === 1 ? 'identity' : 'identities'} {says}:{' '}
        </span>
        {name}
      </span>
    </a>
  )
  return (
    <div className="ages">
      {of.bars.map(({ age, count: n, overPolicy }) =>
        bar(ageName(age), n, `age:${age}`, overPolicy ? 'over' : '', `whose oldest credential is ${ageSays(age)}`),
      )}
      {bar('unknown', of.unknown, 'age:unknown', 'not-known', 'whose oldest credential is of unknown age')}
    </div>
  )
}

/** Machines for each person, day by day, the last value written. */
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

/** Thirty days of use: 0 is seen and nothing, null is not read. */
export function UseStrip({ days, until }: { days: readonly (number | null)[]; until: string }) {
  const most = Math.max(1, ...days.map((n) => n ?? 0))
  const used = days.filter((n) => n !== null && n > 0).length
  const unread = days.filter((n) => n === null).length
  return (
    <span
      className="strip"
      role="img"
      aria-label={`Used on ${used} of ${days.length} days until ${short(until)}${unread > 0 ? `; ${some(unread, 'day')} could not be read` : ''}`}
    >
      {days.map((n, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a day is its place in the row
        <i key={i} className={n === null ? 'not-read' : n === 0 ? '' : `l${Math.ceil((3 * n) / most)}`} />
      ))}
    </span>
  )
}
