import { sql } from 'kysely'
import { postureReport, rules, storedFindings, toCsv, toHtml, toJson, toSarif } from './assess/index.ts'
import { loadEstate } from './graph/index.ts'
import type { Db } from './platform/index.ts'

/** The posture as of the last read. It bears no time of its own, so that the same estate gives the same bytes. */
export async function report(db: Db, format: string, version: string): Promise<string> {
  const [estate, findings, { rows }] = await Promise.all([
    loadEstate(db),
    storedFindings(db, sql`state = 'open'`),
    sql<{ at: Date | null }>`select max(ended_at) as at from discover.run where state in ('done', 'partial')`.execute(
      db,
    ),
  ])
  const ledger = [...estate.ledger()]
  if (format === 'csv') return toCsv(findings)
  if (format === 'sarif') return `${JSON.stringify(toSarif(findings, { version, rules, ledger }), null, 2)}\n`
  const posture = postureReport({
    title: 'Posture of non-human identities',
    asOf: rows[0]?.at?.toISOString() ?? null,
    findings,
    estate,
    rules,
    ledger,
  })
  return format === 'html' ? toHtml(posture) : toJson(posture)
}
