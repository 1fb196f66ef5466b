import { canonical } from '../platform/index.ts'

/** Rows as JSON for PostgreSQL, which cannot hold NUL or half a character: those are rare, and mended only when there. */
export function rowText(rows: unknown): string {
  const text = JSON.stringify(rows)
  return /\\u(?:0000|d[89a-f])/.test(text) ? canonical(rows) : text
}
