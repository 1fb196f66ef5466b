import { z } from 'zod'
import { REVIEW_DAYS } from '../read/index.ts'
import { personOf } from './may.ts'
import { route } from './route.ts'
import { decide, storedSetting } from './settings-store.ts'

const OwnersSettings = z.strictObject({
  reviewDays: z
    .number()
    .int()
    .min(7)
    .max(3_650)
    .meta({ description: 'after so many days an owner is asked again whether it is still needed' }),
})
const NAME = 'owners'
const DEFAULT = { reviewDays: REVIEW_DAYS }

export const ownersSettingsRoutes = [
  route({
    method: 'GET',
    path: '/v1/settings/owners',
    can: 'oversee',
    says: 'How often owners are asked.',
    answers: OwnersSettings,
    handle: async ({ app }) => (await storedSetting(app.db, NAME, OwnersSettings))?.value ?? DEFAULT,
  }),
  route({
    method: 'PUT',
    path: '/v1/settings/owners',
    can: 'administer',
    says: 'Decides how often owners are asked.',
    body: OwnersSettings,
    answers: OwnersSettings,
    async handle({ app, caller, body }) {
      const before = (await storedSetting(app.db, NAME, OwnersSettings))?.value ?? DEFAULT
      await decide(app.db, { name: NAME, value: body, before, by: personOf(caller), now: app.clock.now() })
      return body
    },
  }),
]
