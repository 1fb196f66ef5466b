import { PLAN_DEFAULTS, PlanSettings } from '../act/index.ts'
import type { Db } from '../platform/index.ts'
import { personOf } from './may.ts'
import { route } from './route.ts'
import { decide, storedSetting } from './settings-store.ts'

const NAME = 'plans'

export const planSettings = async (db: Db): Promise<PlanSettings> =>
  (await storedSetting(db, NAME, PlanSettings))?.value ?? PLAN_DEFAULTS

export const planSettingsRoutes = [
  route({
    method: 'GET',
    path: '/v1/settings/plans',
    can: 'oversee',
    says: 'Into which tags owners are written back, in what form, and how plans are approved.',
    answers: PlanSettings,
    handle: ({ app }) => planSettings(app.db),
  }),
  route({
    method: 'PUT',
    path: '/v1/settings/plans',
    can: 'administer',
    says: 'Decides how owners are written back; plans that were made before stay as they are.',
    body: PlanSettings,
    answers: PlanSettings,
    async handle({ app, caller, body }) {
      const before = await planSettings(app.db)
      await decide(app.db, { name: NAME, value: body, before, by: personOf(caller), now: app.clock.now() })
      return body
    },
  }),
]
