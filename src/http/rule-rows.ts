/** Rules as they are now: those that were judged, and those that the last evaluation did not ask, because they are new or off. */
import { sql } from 'kysely'
import { z } from 'zod'
import { ownRules, ruleSettings, rules } from '../assess/index.ts'
import type { Db } from '../platform/index.ts'
import { type RulePage, type RuleRow, readRule, readRules } from '../read/index.ts'
import { ReeveError, type Rule } from '../sdk/index.ts'
import type { Serving } from './app.ts'

/** A rule of Reeve or one written here. Throws `rule/unknown`. */
export async function ruleOf(db: Db, id: string): Promise<Rule> {
  const rule = rules.find((one) => one.id === id) ?? (await ownRules(db)).rules.find((one) => one.id === id)
  if (!rule) throw new ReeveError('rule/unknown', `there is no rule ${id.slice(0, 100)}`)
  return rule
}

const isShipped = (id: string): boolean => rules.some((one) => one.id === id)

export async function allRules({
  db,
  asOf,
}: Pick<Serving, 'db' | 'asOf'>): Promise<{ rows: RuleRow[]; broken: { id: string; why: string; source: string }[] }> {
  const judged = await readRules(db)
  // What is written and switched now was not so then.
  if (asOf !== null) return { rows: judged, broken: [] }
  const [own, { off }] = await Promise.all([ownRules(db), ruleSettings(db)])
  const there = [...rules, ...own.rules]
  const known = new Set(judged.map(({ id }) => id))
  return {
    rows: [
      ...judged.filter(({ id }) => there.some((one) => one.id === id)),
      ...there.filter(({ id }) => !known.has(id)).map((rule) => rowOf(rule, !off.has(rule.id))),
    ],
    broken: own.broken,
  }
}

/** Throws `rule/unknown`. */
export async function ruleNow({ db, asOf }: Pick<Serving, 'db' | 'asOf'>, id: string): Promise<RulePage> {
  try {
    const page = await readRule(db, id)
    if (asOf === null) await ruleOf(db, id)
    return page
  } catch (error) {
    if (asOf !== null || !(error instanceof ReeveError) || error.code !== 'rule/unknown') throw error
    return unjudged(db, await ruleOf(db, id))
  }
}

async function unjudged(db: Db, rule: Rule): Promise<RulePage> {
  const [{ off, params }, own, { rows }] = await Promise.all([
    ruleSettings(db),
    ownRules(db),
    sql<{ source: string }>`select source from assess.user_rule where id = ${rule.id}`.execute(db),
  ])
  const { why, fix, undo, effort, needs = [], cases } = rule
  return {
    rule: rowOf(rule, !off.has(rule.id)),
    why,
    fix: [...fix],
    undo,
    effort,
    needs: [...needs],
    params: rule.params
      ? (z.toJSONSchema(rule.params, { io: 'input', unrepresentable: 'any' }) as RulePage['params'])
      : null,
    settings: (params[rule.id] as RulePage['settings']) ?? null,
    changed: null,
    verdicts: null,
    source: rows[0]?.source ?? null,
    expression: own.expressions.get(rule.id) ?? null,
    cases: cases.map(({ name, expect }) => ({ name, expect })),
  }
}

const rowOf = (rule: Rule, enabled: boolean): RuleRow => ({
  id: rule.id,
  title: rule.title,
  severity: rule.severity,
  owasp: [...rule.owasp],
  about: { kind: rule.about.kind, types: rule.about.types ? [...rule.about.types] : null },
  mine: !isShipped(rule.id),
  enabled,
  judged: false,
  open: 0,
  unknown: 0,
})
