/** What a thing reaches and who depends on it, as two rings. Its numbers always stand beside it as text. */
import type { Kind } from '../nouns.ts'
import { count, some } from '../words.ts'
import { KindIcon } from './kind-icon.tsx'
import './blast-ring.css'

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
  /** How many of the dependents must be given a new key by hand, or it is not known: drawn in minium. */
  byHand?: number
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
  // Of more than are drawn, each way keeps its share, and none is drawn away.
  const hand = of.byHand ?? 0
  const moving = inner - (hand === 0 ? 0 : Math.max(1, Math.round((inner * hand) / of.dependents)))
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
              fill={i < moving ? 'var(--accent-fill)' : 'var(--high)'}
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

export const blastSentence = ({ reached, sensitive, unknown, dependents, byHand = 0 }: Blast): string =>
  [
    reached === 0
      ? 'Reaches nothing that we know'
      : `Reaches ${some(reached, 'thing')}${sensitive > 0 ? `, ${count(sensitive)} of them sensitive` : ''}`,
    unknown > 0 && `${count(unknown)} unknown`,
    dependents === 0
      ? 'nothing we saw depends on it'
      : `${some(dependents, 'thing depends', 'things depend')} on it${byHand > 0 ? `, ${count(byHand)} of them to be changed by hand` : ''}`,
  ]
    .filter(Boolean)
    .join('; ')
