import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Key } from '../sdk/index.ts'
import { type FindingRow, findingColumns, findingRows, type StoredFinding } from './findings.ts'
import { findingsWhere } from './findings-where.ts'
import { isLost } from './ledger-lost.ts'

/** Things whose going is counted at once: those with the worst findings. */
const COUNTED = 10_000

export interface ToBeWeighed {
  id: string
  subject: Key
  rank: number
  /** Minutes; null when its rule is no more. */
  effort: number | null
}

/**
 * Findings that failed, by a query and perhaps only those about one thing, the worst first. `unplaced` are about something that no source names;
 * `beyond` are about more things than are counted at once; `unknown` are verdicts that could not be given.
 */
export async function findingsToWeigh(
  db: Db,
  now: Date,
  { q, about }: { q: string; about: Key | null },
): Promise<{ findings: ToBeWeighed[]; unplaced: number; beyond: number; unknown: number }> {
  const { where } = findingsWhere(q, now, { unknownToo: true })
  const { rows } = await sql<
    Partial<ToBeWeighed> & { failed: boolean | null; unplaced: number; beyond: number; unknown: number }
  >`
    with hit as materialized (
      select f.id, f.subject, f.rank, r.effort, f.verdict = 'fail' as failed, ${isLost} as lost, k.id is not null as placed
      from assess.finding f left join assess.rule r on r.id = f.rule left join graph.key k on k.key = f.subject left join graph.node n on n.id = k.id
      where ${where} and (${about}::text is null or f.subject = ${about})),
    thing as (select subject, row_number() over (order by min(rank), subject) as place from hit where failed and placed group by subject),
    sums as (select count(*) filter (where failed and not placed)::int as unplaced, count(*) filter (where lost)::int as unknown,
      count(*) filter (where failed and placed and place > ${sql.lit(COUNTED)})::int as beyond from hit left join thing using (subject))
    select listed.id, listed.subject, listed.rank, listed.effort, sums.* from sums
      left join (select hit.* from hit join thing using (subject) where failed and place <= ${sql.lit(COUNTED)}) listed on true
    order by listed.rank, listed.id`.execute(db)
  const { unplaced, beyond, unknown } = rows[0]!
  return {
    findings: rows.flatMap(({ id, subject, rank, effort }) =>
      id == null ? [] : [{ id, subject: subject!, rank: rank!, effort: effort ?? null }],
    ),
    unplaced,
    beyond,
    unknown,
  }
}

/** Findings by their stored ids, in that order. */
export async function findingsById(db: Db, ids: readonly string[]): Promise<FindingRow[]> {
  const { rows } = await sql<StoredFinding>`
    select ${findingColumns} from assess.finding f left join assess.rule r on r.id = f.rule
    where f.id = any(${[...ids]}::text[]) order by array_position(${[...ids]}::text[], f.id)`.execute(db)
  return findingRows(db, rows)
}

/** Places of which nothing tells what the secret in them opens: no path can begin there, though there may be one. */
export async function secretsUnmatched(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from graph.node n where n.kind = 'secret'
      and not exists (select from graph.edge e where e.from_id = n.id and e.verb = 'holds' and e.valid_to is null)`.execute(
    db,
  )
  return rows[0]!.count
}
