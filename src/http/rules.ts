import { z } from 'zod'
import {
  dryRun,
  parseUserRule,
  remembered,
  removeUserRule,
  ruleSettings,
  saveUserRule,
  setRule,
} from '../assess/index.ts'
import { loadEstate } from '../graph/index.ts'
import { DryRun, RulePage, RuleRow } from '../read/index.ts'
import { Json, type Rule } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { AsOfQuery, Id } from './parameters.ts'
import { route } from './route.ts'
import { allRules, ruleNow, ruleOf } from './rule-rows.ts'

const Source = z
  .string()
  .min(1)
  .max(65_536)
  .meta({ description: 'the rule in YAML or JSON; it fails where its CEL `when` is true' })

/** What was decided on a rule counts within moments, without waiting for the next read. */
const judgeSoon = async ({ discovery }: Serving): Promise<void> =>
  void (await discovery.jobs?.send('judge', {}, { singletonKey: 'asked' }))

async function tryOut(app: Serving, rule: Rule, params?: unknown): Promise<z.input<typeof DryRun>> {
  const now = app.clock.now()
  const estate = await loadEstate(app.db, { remember: remembered([rule]) })
  return { ...dryRun(estate, rule, { now, params }), at: now.toISOString() }
}

export const ruleRoutes = [
  route({
    method: 'GET',
    path: '/v1/rules',
    can: 'oversee',
    says: 'What is checked, and what each rule finds.',
    query: AsOfQuery,
    answers: z.object({
      rows: z.array(RuleRow),
      /** Rules written here that this version of Reeve cannot read any more: they are not asked. */
      broken: z.array(z.object({ id: z.string(), why: z.string(), source: z.string() })),
    }),
    handle: ({ app }) => allRules(app),
  }),
  route({
    method: 'POST',
    path: '/v1/rules',
    can: 'administer',
    says: 'Adds a rule of your own, or puts another text in its place; it counts from the next evaluation.',
    body: z.strictObject({ source: Source }),
    answers: z.object({ id: z.string() }),
    status: 201,
    async handle({ app, caller, body }) {
      const given = { source: body.source, by: caller.actor, now: app.clock.now() }
      const rule = await app.db.transaction().execute((tx) => saveUserRule(tx, given))
      await judgeSoon(app)
      return { id: rule.id }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/rules/dry-run',
    can: 'operate',
    says: 'What a rule would say of the estate. Nothing is written.',
    body: z.strictObject({ source: Source }),
    answers: DryRun,
    handle: ({ app, body }) => tryOut(app, parseUserRule(body.source).rule),
  }),
  route({
    method: 'GET',
    path: '/v1/rules/{id}',
    can: 'oversee',
    says: 'One rule: why, fix, way back, cases.',
    params: Id,
    query: AsOfQuery,
    answers: RulePage,
    handle: ({ app, params }) => ruleNow(app, params.id),
  }),
  route({
    method: 'POST',
    path: '/v1/rules/{id}/dry-run',
    can: 'operate',
    says: 'What a rule that is there would say with other settings. Nothing is written.',
    params: Id,
    body: z.strictObject({ params: z.record(z.string(), Json).optional() }),
    answers: DryRun,
    handle: async ({ app, params, body }) => tryOut(app, await ruleOf(app.db, params.id), body.params),
  }),
  route({
    method: 'PATCH',
    path: '/v1/rules/{id}',
    can: 'administer',
    says: 'Switches a rule on or off, or changes its settings; it counts from the next evaluation.',
    params: Id,
    body: z.strictObject({ enabled: z.boolean().optional(), params: z.record(z.string(), Json).optional() }),
    async handle({ app, caller, params, body }) {
      const rule = await ruleOf(app.db, params.id)
      const enabled = body.enabled ?? !(await ruleSettings(app.db)).off.has(rule.id)
      const given = {
        rule,
        enabled,
        by: caller.actor,
        now: app.clock.now(),
        ...(body.params ? { params: body.params } : {}),
      }
      await app.db.transaction().execute((tx) => setRule(tx, given))
      await judgeSoon(app)
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/rules/{id}',
    can: 'administer',
    says: 'Takes a rule of your own away; its findings close with the next evaluation.',
    params: Id,
    async handle({ app, caller, params }) {
      await app.db.transaction().execute((tx) => removeUserRule(tx, { id: params.id, by: caller.actor }))
      await judgeSoon(app)
    },
  }),
]
