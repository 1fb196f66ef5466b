import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../platform/index.ts'
import { Instant, Json } from '../sdk/index.ts'
import { offsetOf } from './findings.ts'
import { type Field, parseQuery } from './query.ts'
import { Page } from './ref.ts'
import { actorName, iso } from './refs.ts'

export const AuditEntry = z.object({
  number: z.number().int(),
  at: Instant,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  before: Json.nullable(),
  after: Json.nullable(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const AuditPage = Page.extend({ entries: z.array(AuditEntry), total: z.number().int() })
export type AuditPage = z.infer<typeof AuditPage>

export const AuditProof = z.object({
  holds: z.boolean(),
  entries: z.number().int(),
  /** When it was walked, and by whom that was asked. */
  at: Instant,
  by: z.string(),
  /** Where the chain breaks first, and how. */
  broken: z.object({ number: z.number().int(), reason: z.string() }).nullable(),
})
export type AuditProof = z.infer<typeof AuditProof>

/** What a query of the trail asks: words; `actor:`, `action:` or `subject:` in front narrows them. Throws `query/…`. */
function auditWhere(q: string): RawBuilder<unknown> {
  const query = parseQuery(q, AUDIT_FIELDS)
  const conditions = query.terms.map((term) => {
    const word = 'contains' in term.match ? term.match.contains : ''
    const where = sql`position(${word} in lower(${term.field === null ? sql`concat_ws(' ', a.entry, ${actorName(sql`a.actor`)})` : COLUMNS[term.field.name]!})) > 0`
    return term.not ? sql`not ${where}` : where
  })
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
}

/** The newest first. */
export async function readAudit(
  db: Db,
  { q, cursor, limit }: { q: string; cursor?: string | undefined; limit: number },
): Promise<AuditPage> {
  const where = auditWhere(q)
  const from = cursor === undefined ? null : offsetOf(cursor)
  const [{ rows }, { rows: totals }] = await Promise.all([
    sql<{ number: number; at: Date; actor: string; action: string; subject: string; entry: string }>`
      select a.id::int as number, a.at, ${actorName(sql`a.actor`)} as actor, a.action, a.subject, a.entry from platform.audit a
      where ${where} and (${from}::bigint is null or a.id < ${from}) order by a.id desc limit ${limit}`.execute(db),
    sql<{ total: number }>`select count(*)::int as total from platform.audit a where ${where}`.execute(db),
  ])
  const last = rows.at(-1)
  return {
    entries: rows.map(({ entry, at, ...row }) => {
      const { before = null, after = null } = JSON.parse(entry) as Partial<AuditEntry>
      return { ...row, at: iso(at), before, after }
    }),
    total: totals[0]!.total,
    next: rows.length === limit && last && last.number > 1 ? String(last.number) : null,
  }
}

/** Lines of JSON, the oldest first, with what an outsider needs to verify the chain. */
export async function* auditExport(db: Db, q: string): AsyncGenerator<string> {
  const where = auditWhere(q)
  for (let last = 0; ; ) {
    const { rows } = await sql<{ id: number; line: string }>`
      select a.id::int, json_build_object('id', a.id, 'at', to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'entry', a.entry::json,
        'previous', encode(a.previous, 'hex'), 'hash', encode(a.hash, 'hex'))::text as line
      from platform.audit a where ${where} and a.id > ${last} order by a.id limit 1000`.execute(db)
    if (rows.length === 0) return
    yield rows.map(({ line }) => `${line}\n`).join('')
    last = rows.at(-1)!.id
  }
}

const AUDIT_FIELDS: readonly Field[] = [
  { name: 'actor', also: ['by'], as: 'text' },
  { name: 'action', as: 'text' },
  { name: 'subject', as: 'text' },
]
const COLUMNS: Readonly<Record<string, RawBuilder<unknown>>> = {
  actor: sql`concat_ws(' ', a.actor, ${actorName(sql`a.actor`)})`,
  action: sql`a.action`,
  subject: sql`a.subject`,
}
