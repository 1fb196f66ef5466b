import { hash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import type { Entity, Finding, Rule, Verb } from '../sdk/index.ts'
import { RANK } from './finding.ts'
import { oneAhead } from './one-ahead.ts'
import { accountable, suggestOwner } from './owner.ts'
import { mostSensitiveReached, reachOf } from './reach.ts'
import { rowText } from './row-text.ts'
import { accountKind, outOfForce } from './rules/standing.ts'
import { type Score, score } from './score.ts'
import type { ThingsEstate } from './things.ts'

export interface Standing {
  subject: string
  /** 0 critical to 4 info, 5 not all could be judged, 6 all that was judged passes. */
  worst: number
  open: number
  unknown: number
  judged: number
  score: Score | null
  withheld: { reason: string; permission?: string } | null
  reach: number | null
  reaches: string | null
}

const BATCH = 5_000
/** Rows between two breaths, in which what was sent goes on its way. */
const BREATH = 500
const COUNTED = 100

/** How each judged entity stands, from its open findings; identities with their score. Pure. */
export function* standings(given: {
  estate: ThingsEstate
  rules: readonly Rule[]
  judged: ReadonlyMap<string, number>
  open: readonly Finding[]
}): Generator<Standing> {
  const { estate, rules, judged, open } = given
  const own = Map.groupBy(open, ({ subject }) => subject)
  const sensitive = mostSensitiveReached(estate)
  const concerning = byIdentity(open, estate)
  const needsOf = needsByType(rules)
  for (const entity of estate.entities()) {
    const findings = own.get(entity.key) ?? []
    const count = judged.get(entity.key) ?? 0
    if (count === 0 && findings.length === 0) continue
    const fails = findings.filter(({ verdict }) => verdict === 'fail')
    const unknown = findings.length - fails.length
    const standing: Standing = {
      subject: entity.key,
      worst: fails.length > 0 ? Math.min(...fails.map(({ severity }) => RANK[severity])) : unknown > 0 ? 5 : 6,
      open: fails.length,
      unknown,
      judged: count,
      score: null,
      withheld: null,
      reach: null,
      reaches: null,
    }
    if (entity.kind === 'identity') {
      const mostSensitive = sensitive.get(entity.key)
      standing.reach = reachOf(estate, [entity.key], COUNTED).resources.length
      standing.reaches = mostSensitive?.key ?? null
      standing.withheld = firstGap(needsOf(entity.type), entity, estate)
      if (!standing.withheld)
        standing.score = score({ findings: concerning.get(entity.key) ?? [], reached: standing.reach, mostSensitive })
    }
    yield standing
  }
}

/** Failed findings by the identities they concern: their own, their credentials', the copies' and their workloads'. */
function byIdentity(open: readonly Finding[], estate: ThingsEstate): Map<string, Finding[]> {
  const ways: Partial<Record<Entity['kind'], readonly (readonly Verb[])[]>> = {
    identity: [[]],
    credential: [['authenticates']],
    secret: [['holds', 'authenticates']],
    workload: [['runs-as'], ['uses', 'authenticates']],
  }
  const concerning = new Map<string, Finding[]>()
  for (const finding of open) {
    const subject = estate.get(finding.subject)
    if (finding.verdict !== 'fail' || !subject) continue
    const identities = new Set<string>()
    for (const way of ways[subject.kind] ?? []) {
      let keys = [subject.key]
      for (const verb of way) keys = keys.flatMap((key) => [...estate.edges(key, 'out', verb)].map(({ to }) => to))
      for (const key of keys) identities.add(key)
    }
    for (const key of identities) {
      const known = concerning.get(key)
      if (known) known.push(finding)
      else concerning.set(key, [finding])
    }
  }
  return concerning
}

function needsByType(rules: readonly Rule[]): (type: string) => readonly string[] {
  const known = new Map<string, readonly string[]>()
  return (type) => {
    let needs = known.get(type)
    if (needs === undefined) {
      const asked = rules.filter(({ about }) => about.kind === 'identity' && (about.types?.includes(type) ?? true))
      needs = [...new Set([type, ...asked.flatMap((rule) => rule.needs ?? [])])]
      known.set(type, needs)
    }
    return needs
  }
}

function firstGap(
  types: readonly string[],
  entity: Entity,
  estate: ThingsEstate,
): { reason: string; permission?: string } | null {
  for (const type of types) {
    const gap = estate.incomplete(type, entity)
    if (gap) return gap
  }
  return null
}

/** Writes how each entity stands, and for identities to which nobody answers who probably does. Only what changed is sent and written. */
export async function storeStandings(
  tx: Tx,
  given: {
    estate: ThingsEstate
    rules: readonly Rule[]
    judged: ReadonlyMap<string, number>
    open: readonly Finding[]
    /** The number of the set of rules that a subject passes. */
    passes: (subject: string) => number | null
  },
): Promise<void> {
  await replace(tx, 'standing', standingRows(given, given.passes))
  await replace(tx, 'suggestion', suggestions(given.estate))
}

function* standingRows(
  given: Parameters<typeof standings>[0],
  passes: (subject: string) => number | null,
): Generator<Row> {
  for (const { score: scored, withheld, ...standing } of standings(given))
    yield {
      ...standing,
      passes: passes(standing.subject),
      score: scored?.total ?? null,
      score_parts: scored?.parts.filter(({ points }) => points > 0) ?? null,
      withheld: withheld?.reason ?? null,
      withheld_permission: withheld?.permission ?? null,
    }
}

function* suggestions(estate: ThingsEstate): Generator<Row> {
  for (const entity of estate.entities()) {
    if (
      entity.kind !== 'identity' ||
      outOfForce(entity) ||
      accountKind(entity) === 'human' ||
      accountable(estate, entity.key).length > 0
    )
      continue
    const suggested = suggestOwner(estate, entity)
    if (suggested) yield { subject: entity.key, ...suggested }
  }
}

/** A row of a table that has one for each of many subjects. */
interface Row {
  subject: string
  [column: string]: unknown
}

const COLUMNS = {
  standing: [
    'worst',
    'open',
    'unknown',
    'judged',
    'score',
    'score_parts',
    'withheld',
    'withheld_permission',
    'reach',
    'reaches',
    'passes',
    'digest',
  ],
  suggestion: ['person', 'name', 'because', 'evidence', 'confidence', 'digest'],
} as const

/** Makes the table say what the rows say; one that stands as it did is not written, so that its history is of changes alone. */
async function replace(tx: Tx, table: keyof typeof COLUMNS, rows: Iterable<Row>): Promise<void> {
  const stored = sql.id('assess', table)
  const names = COLUMNS[table]
  const list = (of?: string) => sql.join(names.map((name) => (of ? sql.id(of, name) : sql.id(name))))
  const known = await sql<{ subject: string; digest: string | null }>`select subject, digest from ${stored}`.execute(tx)
  const stood = new Map(known.rows.map(({ subject, digest }) => [subject, digest]))
  const ahead = oneAhead()
  let changed: unknown[] = []
  const flush = async (): Promise<void> => {
    const text = rowText(changed)
    changed = []
    await ahead.send(() =>
      sql`insert into ${stored} as s (subject, ${list()})
        select subject, ${list()} from jsonb_populate_recordset(null::${stored}, ${text}::jsonb)
        on conflict (subject) do update set ${sql.join(names.map((name) => sql`${sql.id(name)} = ${sql.id('excluded', name)}`))}
        where (${list('s')}) is distinct from (${list('excluded')})`.execute(tx),
    )
  }
  let seen = 0
  for (const row of rows) {
    if (++seen % BREATH === 0) await breathe()
    const digest = hash('sha1', JSON.stringify(row), 'base64url')
    const before = stood.get(row.subject)
    stood.delete(row.subject)
    if (before === digest) continue
    changed.push({ ...row, digest })
    if (changed.length >= BATCH) await flush()
  }
  if (changed.length > 0) await flush()
  await ahead.end()
  const gone = [...stood.keys()]
  for (let from = 0; from < gone.length; from += BATCH)
    await sql`delete from ${stored} where subject = any(${gone.slice(from, from + BATCH)}::text[])`.execute(tx)
}
