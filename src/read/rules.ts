import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../platform/index.ts'
import { Instant, Json, Kind, Owasp, ReeveError, Severity } from '../sdk/index.ts'
import { isLost } from './ledger-lost.ts'
import { actorName, iso } from './refs.ts'

export const RuleRow = z.object({
  id: z.string(),
  title: z.string(),
  severity: Severity,
  owasp: z.array(Owasp),
  about: z.object({ kind: Kind, types: z.array(z.string()).nullable() }),
  mine: z.boolean(),
  enabled: z.boolean(),
  /** False until the next evaluation asks it, and while it is off. */
  judged: z.boolean(),
  /** Open findings, and verdicts that are not known: as many as `rule:<id>` and `verdict:unknown rule:<id>` list. */
  open: z.number().int(),
  unknown: z.number().int(),
})
export type RuleRow = z.infer<typeof RuleRow>

export const RulePage = z.object({
  rule: RuleRow,
  why: z.string(),
  fix: z.array(z.string()),
  undo: z.string(),
  effort: z.number().int().nullable(),
  needs: z.array(z.string()),
  /** JSON Schema of its settings, with their defaults; null when it has none. */
  params: z.record(z.string(), Json).nullable(),
  /** The settings of this installation where they differ, and who decided on the rule last. */
  settings: z.record(z.string(), Json).nullable(),
  changed: z.object({ by: z.string(), at: Instant }).nullable(),
  /** How many of its last verdicts were of each kind. */
  verdicts: z.object({ pass: z.number().int(), notApplicable: z.number().int() }).nullable(),
  /** The text of a rule that was written here. */
  source: z.string().nullable(),
  /** The CEL expression, for user rules. */
  expression: z.string().nullable(),
  cases: z.array(z.object({ name: z.string(), expect: z.string() })),
})
export type RulePage = z.infer<typeof RulePage>

export const DryRun = z.object({
  would: z.object({
    fail: z.number().int(),
    pass: z.number().int(),
    unknown: z.number().int(),
    notApplicable: z.number().int(),
  }),
  sample: z.array(z.object({ key: z.string(), name: z.string(), verdict: z.string(), says: z.string() })),
  at: Instant,
})
export type DryRun = z.infer<typeof DryRun>

interface Stored {
  id: string
  title: string
  severity: Severity
  owasp: Owasp[]
  kind: Kind
  types: string[] | null
  mine: boolean
  enabled: boolean
  open: number
  unknown: number
  pass: number
  not_applicable: number
  settings: RulePage['settings']
  changed_by: string | null
  changed_at: Date | null
  source: string | null
  why: string
  fix: string[]
  undo: string
  effort: number
  needs: string[]
  params: RulePage['params']
  expression: string | null
  cases: RulePage['cases']
}

const stored = sql<Stored>`select r.id, r.title, r.severity, r.owasp, r.kind, r.types, r.mine, coalesce(s.enabled, true) as enabled,
  (select count(*)::int from assess.finding f where f.rule = r.id and f.state = 'open' and f.verdict = 'fail') as open,
  (select count(*)::int from assess.finding f where f.rule = r.id and f.state = 'open' and ${isLost}) as unknown, r.pass, r.not_applicable,
  s.params as settings, ${actorName(sql`s.by`)} as changed_by, s.at as changed_at, u.source,
  r.why, r.fix, r.undo, r.effort, r.needs, r.params, r.expression, r.cases
  from assess.rule r left join assess.rule_setting s on s.rule = r.id left join assess.user_rule u on u.id = r.id`

const rowOf = ({ id, title, severity, owasp, kind, types, mine, enabled, open, unknown }: Stored): RuleRow => ({
  id,
  title,
  severity,
  owasp,
  about: { kind, types },
  mine,
  enabled,
  judged: true,
  open,
  unknown,
})

export async function readRules(db: Db): Promise<RuleRow[]> {
  const { rows } = await sql<Stored>`${stored} order by r.position, r.id`.execute(db)
  return rows.map(rowOf)
}

/** Throws `rule/unknown`. */
export async function readRule(db: Db, id: string): Promise<RulePage> {
  const { rows } = await sql<Stored>`${stored} where r.id = ${id}`.execute(db)
  const rule = rows[0]
  if (!rule) throw new ReeveError('rule/unknown', `there is no rule ${id.slice(0, 100)}`)
  const { why, fix, undo, effort, needs, params, expression, cases, settings, source } = rule
  const { changed_by: by, changed_at: at } = rule
  return {
    rule: rowOf(rule),
    why,
    fix,
    undo,
    effort,
    needs,
    params,
    settings,
    changed: at === null ? null : { by: by ?? 'reeve', at: iso(at) },
    verdicts: { pass: rule.pass, notApplicable: rule.not_applicable },
    source,
    expression,
    cases,
  }
}
