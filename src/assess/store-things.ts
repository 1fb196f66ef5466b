import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import type { Finding, Rule } from '../sdk/index.ts'
import { rowText } from './row-text.ts'
import { type ThingsEstate, thingsToKnow } from './things.ts'

/** Lost verdicts are counted by at most so many causes. */
const CAUSES = 200

/** Writes the things to know, and what loses verdicts, for screens to read. */
export async function storeThings(
  tx: Tx,
  { estate, rules, findings }: { estate: ThingsEstate; rules: readonly Rule[]; findings: readonly Finding[] },
): Promise<void> {
  const things = thingsToKnow(findings, estate, rules).map((thing, index) => ({
    ...thing,
    rank: index + 1,
    finding: thing.finding?.id ?? null,
    owner: thing.owner.accountable?.key ?? null,
    owner_name: thing.owner.accountable?.name ?? null,
    suggested: thing.owner.suggested?.person ?? null,
    suggested_name: thing.owner.suggested?.name ?? null,
    suggested_because: thing.owner.suggested?.because ?? null,
  }))
  await sql`delete from assess.thing`.execute(tx)
  await sql`insert into assess.thing select * from jsonb_populate_recordset(null::assess.thing, ${rowText(things)}::jsonb)`.execute(
    tx,
  )
  await sql`delete from assess.lost`.execute(tx)
  await sql`insert into assess.lost select * from jsonb_populate_recordset(null::assess.lost, ${rowText(lostVerdicts(findings, estate))}::jsonb)`.execute(
    tx,
  )
}

export interface Lost {
  connection: string
  permission: string | null
  reason: string
  verdicts: number
  subjects: number
  rules: string[]
}

/** Verdicts that could not be reached, by connection and by what would answer them, most first. */
export function lostVerdicts(findings: readonly Finding[], estate: ThingsEstate): Lost[] {
  const causes = Map.groupBy(
    findings.filter(({ verdict }) => verdict === 'unknown'),
    ({ subject, permission, because }) =>
      JSON.stringify([
        estate.sourcesOf?.(subject)[0]?.connection ?? '',
        permission ?? null,
        permission === undefined ? because[0] : '',
      ]),
  )
  return [...causes]
    .map(([cause, group]) => {
      const [connection, permission] = JSON.parse(cause) as [string, string | null]
      return {
        connection,
        permission,
        reason: group[0]!.because[0]!,
        verdicts: group.length,
        subjects: new Set(group.map(({ subject }) => subject)).size,
        rules: [...new Set(group.map(({ rule }) => rule))].sort(),
      }
    })
    .sort((a, b) => b.verdicts - a.verdicts || (a.reason < b.reason ? -1 : 1))
    .slice(0, CAUSES)
}
