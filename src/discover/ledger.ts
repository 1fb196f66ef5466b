import type { Ledger, LedgerLine } from '../sdk/index.ts'

export type Line = Pick<LedgerLine, 'scope' | 'expected' | 'obtained' | 'refused' | 'reason' | 'permission'>

/** The ledger of one collection while it is read. */
export interface CountingLedger extends Ledger {
  /** An entity was yielded: it counts for the whole collection, unless the provider counts by scope. */
  count(): void
  lines(): Line[]
}

export function createLedger(): CountingLedger {
  const lines = new Map<string, Line & { others: number }>()
  let entities = 0
  let byScope = false
  const line = (scope: string) => {
    const known = lines.get(scope)
    if (known) return known
    const made = { scope, expected: null, obtained: 0, refused: 0, reason: null, permission: null, others: 0 }
    lines.set(scope, made)
    return made
  }
  return {
    expect(count, scope = '') {
      const { expected } = line(scope)
      line(scope).expected = (expected ?? 0) + whole(count)
    },
    obtain(count, scope = '') {
      byScope = true
      line(scope).obtained += whole(count)
    },
    refuse(reason, { scope = '', permission, count = 1 } = {}) {
      const refused = line(scope)
      refused.refused += Math.max(1, whole(count))
      if (refused.reason === null) refused.reason = reason
      else if (refused.reason !== reason) refused.others++
      refused.permission ??= permission ?? null
    },
    count() {
      entities++
    },
    lines() {
      if (!byScope) line('').obtained = entities
      return [...lines.values()].map(({ others, ...said }) => ({
        ...said,
        reason: others > 0 ? `${said.reason}; and ${others} more` : said.reason,
      }))
    },
  }
}

const whole = (count: number): number => (Number.isFinite(count) && count > 0 ? Math.floor(count) : 0)

/** Nothing refused and nothing expected is missing. */
export const isWhole = (line: Line): boolean =>
  line.refused === 0 && (line.expected === null || line.obtained >= line.expected)
