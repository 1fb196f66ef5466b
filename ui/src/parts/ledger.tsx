/** How complete a read is: what came is solid, what was refused is hatched, what is old is barred. */
import type { LedgerBar } from '../nouns.ts'
import { count, percent, short } from '../words.ts'
import './ledger.css'

const sentence = (bar: LedgerBar): string =>
  bar.asked === 0
    ? 'Nothing was asked yet'
    : [
        `${count(bar.obtained)} of ${count(bar.asked)} obtained`,
        bar.refused > 0 && `${count(bar.refused)} refused`,
        bar.stale > 0 && `${count(bar.stale)} kept from ${bar.staleSince ? short(bar.staleSince) : 'an earlier read'}`,
      ]
        .filter(Boolean)
        .join(', ')

export function Ledger({ bar, tall = false, live = false }: { bar: LedgerBar; tall?: boolean; live?: boolean }) {
  const asked = Math.max(1, bar.asked)
  const width = (n: number) => ({ width: `${(100 * n) / asked}%` })
  return (
    <span className={`ledger bar${tall ? ' tall' : ''}`} role="img" aria-label={sentence(bar)}>
      {bar.obtained > 0 && <i className={live ? 'live' : ''} style={width(bar.obtained)} />}
      {bar.refused > 0 && <i className="refused" style={width(bar.refused)} />}
      {bar.stale > 0 && <i className="stale" style={width(bar.stale)} />}
    </span>
  )
}

/** The same numbers as text, under a bar. */
export const LedgerWords = ({ bar }: { bar: LedgerBar }) => (
  <span className="ledger-words">
    {bar.asked === 0 ? (
      <span>nothing asked yet</span>
    ) : bar.refused + bar.stale === 0 ? (
      <span>all {count(bar.asked)}</span>
    ) : bar.obtained === 0 && bar.stale > 0 ? (
      <span className="unknown">
        nothing lately; {count(bar.stale)} kept{bar.staleSince && ` from ${short(bar.staleSince)}`}
      </span>
    ) : (
      <span className="unknown">
        {count(bar.obtained)} of {count(bar.asked)}
      </span>
    )}
    {bar.untold > 0 && (
      <span className="meta">
        {'; '}
        {bar.untold === 1
          ? 'one listing does not say how many it has'
          : `${count(bar.untold)} listings do not say how many they have`}
      </span>
    )}
  </span>
)

/** `95.2 %`, `all`, or how old it is. */
export const seenWord = (bar: LedgerBar): string =>
  bar.obtained === 0 && bar.stale > 0 && bar.staleSince ? `from ${short(bar.staleSince)}` : percent(bar.percent)
