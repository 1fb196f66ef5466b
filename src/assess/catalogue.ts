import { sql } from 'kysely'
import { z } from 'zod'
import { audit, type Db, type Tx } from '../platform/index.ts'
import type { Provider, Rule } from '../sdk/index.ts'
import { paramsOf } from './own/params.ts'
import { rowText } from './row-text.ts'

export interface Tally {
  fail: number
  pass: number
  unknown: number
  notApplicable: number
}
export const ruleKinds = ['fail', 'pass', 'unknown', 'notApplicable'] as const

/** What a provider yields. */
interface Yields {
  id: string
  types: ReadonlySet<string>
}

/** `reeve rules --json` prints `{ "rules": describeRules(rules, providers) }`. */
export function describeRules(rules: readonly Rule[], providers: readonly Provider[]) {
  const yielded = providers.map(
    ({ id, collections = [] }): Yields => ({ id, types: new Set(collections.flatMap((one) => one.yields)) }),
  )
  const real = new Set(yielded.flatMap(({ types }) => [...types]))
  return rules.map((rule) => ({
    id: rule.id,
    title: rule.title,
    owasp: [...rule.owasp],
    severity: rule.severity,
    /** Those whose types it is about; of a whole kind, those on whose types cases show both ways what it says. */
    providers: yielded
      .filter(({ types }) => rule.about.types?.some((type) => types.has(type)) ?? isShownOn(rule, types, real))
      .map(({ id }) => id),
    cases: rule.cases.map(({ name, expect }) => ({ name, expect })),
    why: rule.why,
    fix: [...rule.fix],
    undo: rule.undo,
    effort: rule.effort,
    about: { kind: rule.about.kind, types: rule.about.types ? [...rule.about.types] : null },
    needs: [...(rule.needs ?? [])],
    /** JSON Schema of its settings, with their defaults; null when it has none. */
    params: paramsSchema(rule),
  }))
}

/** Is there a case that fails and one that does not, whose subject the provider yields and in which nothing is another's? */
function isShownOn(rule: Rule, types: ReadonlySet<string>, real: ReadonlySet<string>): boolean {
  const shown = new Set(
    rule.cases.flatMap(({ subject, entities, expect }) => {
      const own = entities.every(({ key, type }) => types.has(type) || (key !== subject && !real.has(type)))
      return own ? [expect === 'fail' ? 'fail' : expect === 'unknown' ? 'unknown' : 'holds'] : []
    }),
  )
  return shown.has('fail') && shown.has('holds')
}

const paramsSchema = (rule: Rule) =>
  rule.params ? z.toJSONSchema(rule.params, { io: 'input', unrepresentable: 'any' }) : null

/** Writes the rules as judged, with their verdicts, for screens to read. `expressions` are those of own rules. */
export async function storeRules(
  tx: Tx,
  rules: readonly Rule[],
  tallies: ReadonlyMap<string, Tally>,
  expressions: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const rows = rules.map((rule, position) => {
    const { fail, pass, unknown, notApplicable } = tallies.get(rule.id) ?? {
      fail: 0,
      pass: 0,
      unknown: 0,
      notApplicable: 0,
    }
    return {
      id: rule.id,
      position,
      title: rule.title,
      severity: rule.severity,
      owasp: rule.owasp,
      kind: rule.about.kind,
      types: rule.about.types ?? null,
      why: rule.why,
      fix: rule.fix,
      undo: rule.undo,
      effort: rule.effort,
      needs: rule.needs ?? [],
      params: paramsSchema(rule),
      cases: rule.cases.map(({ name, expect }) => ({ name, expect })),
      mine: expressions.has(rule.id),
      expression: expressions.get(rule.id) ?? null,
      fail,
      pass,
      unknown,
      not_applicable: notApplicable,
    }
  })
  await sql`delete from assess.rule`.execute(tx)
  await sql`insert into assess.rule select * from jsonb_populate_recordset(null::assess.rule, ${rowText(rows)}::jsonb)`.execute(
    tx,
  )
}

/** Which rules an installation asks, and with which settings; for `evaluate`. */
export async function ruleSettings(db: Db): Promise<{ off: ReadonlySet<string>; params: Record<string, unknown> }> {
  const { rows } = await sql<{
    rule: string
    enabled: boolean
    params: unknown
  }>`select rule, enabled, params from assess.rule_setting`.execute(db)
  return {
    off: new Set(rows.filter(({ enabled }) => !enabled).map(({ rule }) => rule)),
    params: Object.fromEntries(rows.flatMap(({ rule, params }) => (params === null ? [] : [[rule, params]]))),
  }
}

/** Switches a rule on or off, or changes its settings; counts from the next evaluation. Params are refused when the rule would. */
export async function setRule(
  tx: Tx,
  { rule, enabled, params, by, now }: { rule: Rule; enabled: boolean; params?: unknown; by: string; now: Date },
): Promise<void> {
  if (params !== undefined) paramsOf(rule, params)
  const { rows } = await sql<{
    enabled: boolean
    params: unknown
  }>`select enabled, params from assess.rule_setting where rule = ${rule.id} for update`.execute(tx)
  const stored = params === undefined ? (rows[0]?.params ?? null) : params
  await sql`select set_config('reeve.now', ${now.toISOString()}, true)`.execute(tx)
  await sql`insert into assess.rule_setting (rule, enabled, params, by, at) values (${rule.id}, ${enabled}, ${stored === null ? null : JSON.stringify(stored)}, ${by}, ${now})
    on conflict (rule) do update set enabled = excluded.enabled, params = excluded.params, by = excluded.by, at = excluded.at`.execute(
    tx,
  )
  await audit.record(tx, {
    actor: by,
    action: 'rule.set',
    subject: rule.id,
    before: rows[0] ?? { enabled: true, params: null },
    after: { enabled, params: stored },
  })
}
