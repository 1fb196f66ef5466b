import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Finding } from '../sdk/index.ts'

export type StoredFinding = Finding & {
  number: number | null
  state: 'open' | 'muted' | 'accepted' | 'resolved'
  until: Date | null
  reason: string | null
}

/** Findings as they are stored, worst first: those for which `where` holds. */
export async function storedFindings(
  db: Db,
  where: RawBuilder<unknown> = sql`state <> 'resolved'`,
): Promise<StoredFinding[]> {
  const { rows } = await sql<Record<string, unknown> & Pick<StoredFinding, 'state' | 'until' | 'reason'>>`
    select id, number, rule, title, says, severity, verdict, owasp, subject, because, fix, places, detector, provider, fingerprint, redacted, key_id as "keyId", live, permission,
      state, until, reason
    from assess.finding where ${where} order by verdict, rank, rule, subject`.execute(db)
  return rows.map(({ number, state, until, reason, ...row }) => ({
    ...(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Finding),
    number: number === null ? null : Number(number),
    state,
    until,
    reason,
  }))
}
