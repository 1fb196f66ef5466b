/** The rows behind a number of a control: the same groups that were counted, so that a number and its rows cannot differ. */
import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { ReeveError, type Severity } from '../sdk/index.ts'
import { findingName, offsetOf } from './findings.ts'
import { factRows, facts } from './framework-facts.ts'
import { concern, stateOf } from './framework-units.ts'
import type { EvidenceRow, EvidenceRows, EvidenceState } from './frameworks.ts'
import { type AskedFramework, checksOf, frameworkNamed, readEvidence } from './frameworks-read.ts'
import { accountableOf, refsOf } from './refs.ts'
import type { Roll } from './roll.ts'

const SAID = 5

export interface AskedRows {
  framework: string
  control: string
  /** One item of evidence; all of the control when left out. */
  evidence?: string | undefined
  state: EvidenceState
  /** What belongs to no identity that is known. */
  others: boolean
  cursor?: string | undefined
  limit: number
}

/** Throws `framework/unknown`, `framework/no-control`, `framework/no-evidence`. */
export async function readEvidenceRows(
  db: Db,
  roll: Roll,
  frameworks: readonly AskedFramework[],
  asked: AskedRows,
): Promise<EvidenceRows> {
  const framework = frameworkNamed(frameworks, asked.framework)
  const control = framework.controls.find(({ id }) => id === asked.control)
  if (!control)
    throw new ReeveError(
      'framework/no-control',
      `${framework.title} has no control ${asked.control.slice(0, 100)} here`,
    )
  const claims =
    asked.evidence === undefined ? control.evidence : control.evidence.filter(({ id }) => id === asked.evidence)
  if (claims.length === 0)
    throw new ReeveError('framework/no-evidence', `${control.id} has no evidence ${asked.evidence?.slice(0, 100)}`)
  const evidence = await readEvidence(db, roll)
  const checks = [...new Set(claims.flatMap((claim) => checksOf(claim, evidence.rules)))]
  const from = offsetOf(asked.cursor)
  const all = evidence.groups
    .filter((group) => group.identities !== asked.others && stateOf(group, checks) === asked.state)
    .flatMap(({ ids }) => ids)
    .sort((a, b) => a - b)
  const ids = all.slice(from, from + asked.limit)
  const end = from + ids.length
  return {
    total: all.length,
    next: end < all.length ? String(end) : null,
    rows: evidence.judged === null ? [] : await rowsOf(db, evidence.judged, ids, checks, asked),
  }
}

async function rowsOf(
  db: Db,
  now: Date,
  ids: readonly number[],
  checks: readonly string[],
  { others, state }: AskedRows,
): Promise<EvidenceRow[]> {
  if (ids.length === 0) return []
  const { rows: keys } = await sql<{
    id: number
    key: string
  }>`select k.id, k.key from graph.key k where k.id = any(${ids}::int[])`.execute(db)
  const keyOf = new Map(keys.map(({ id, key }) => [id, key]))
  const [refs, owners, said] = await Promise.all([
    refsOf(db, keyOf.values()),
    accountableOf(db, keyOf.values()),
    sayings(db, now, ids, checks, others),
  ])
  return ids.map((id) => {
    const key = keyOf.get(id)!
    const owner = owners.get(key)
    const lines = said.get(id) ?? []
    return {
      entity: refs.get(key)!,
      owner: owner ? { key: owner.key, name: owner.name } : null,
      because: lines
        .filter((line) => state === 'met' || state === 'not-applicable' || line.stands === state)
        .slice(0, SAID)
        .map(({ stands: _, ...line }) => line),
    }
  })
}

type Said = EvidenceRow['because'][number] & { stands: string }

/** What failed or is not known of each, in words. */
async function sayings(
  db: Db,
  now: Date,
  ids: readonly number[],
  checks: readonly string[],
  others: boolean,
): Promise<Map<number, Said[]>> {
  const concerned = others ? sql`select u.id as subject, u.id as unit from unnest(${ids}::int[]) u(id)` : concern(ids)
  const { rows } = await sql<{
    unit: number
    id: string | null
    number: string | null
    says: string | null
    severity: Severity | null
    state: string
    stands: string
    fact: string | null
  }>`
    with concern as materialized (${concerned})
    select c.unit, f.id, f.number, case f.verdict when 'fail' then f.says else f.because[1] end as says, f.severity, f.state,
      case f.verdict when 'fail' then 'not-met' else 'unknown' end as stands, null as fact, f.rank
    from concern c join graph.key k on coalesce(k.same_as, k.id) = c.subject join assess.finding f on f.subject = k.key
    where f.state <> 'resolved' and f.rule = any(${checks}::text[])
    union all
    select c.unit, null, null, null, null, 'open', s.state, s.check_id, 9 from concern c
    join (${factRows(now, sql`n.id in (select subject from concern) and v.check_id = any(${checks}::text[])`)}) s on s.subject = c.subject
    where s.state <> 'met'
    order by stands, rank, says, id`.execute(db)
  const lines = rows.map((row) => {
    const fact = facts.find(({ id }) => id === row.fact)
    return {
      unit: row.unit,
      line: {
        says: fact ? fact.says[row.stands === 'unknown' ? 'unknown' : 'notMet'] : (row.says ?? ''),
        finding: row.id === null ? null : findingName({ id: row.id, number: row.number }),
        severity: row.stands === 'unknown' ? null : row.severity,
        state: row.state,
        stands: row.stands,
      },
    }
  })
  return new Map(
    [...Map.groupBy(lines, ({ unit }) => unit)].map(([unit, list]) => [unit, list.map(({ line }) => line)]),
  )
}
