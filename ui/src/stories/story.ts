/** What stories are made of. A story file is named for its part and shows it in every state it has. */
import type { EntityRef, LedgerBar } from '../nouns.ts'

/** Name of the state, and the part in it. */
export type Stories = Readonly<Record<string, React.ReactNode>>

export const AT = '2026-11-21T02:00:00.000Z'

export const bar = (asked: number, refused: number, stale: number, untold = 0): LedgerBar => ({
  asked,
  obtained: asked - refused - stale,
  refused,
  stale,
  untold,
  percent: asked === 0 ? null : Math.floor((1000 * (asked - refused - stale)) / asked) / 10,
  staleSince: stale > 0 ? AT : null,
})

export const ref = (key: string, kind: EntityRef['kind'], type: string, name: string): EntityRef => ({
  key,
  kind,
  type,
  name,
  gone: null,
})

/** What somebody may call an identity to break a page. */
export const HOSTILE = `<img src=x onerror=alert(1)> \u202Eexe.nigol\n${'very-long-'.repeat(60)}`
