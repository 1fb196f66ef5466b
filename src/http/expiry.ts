import { z } from 'zod'
import { Expiry, readExpiry } from '../read/index.ts'
import { AsOfQuery } from './parameters.ts'
import { route } from './route.ts'

const From = z.iso
  .date()
  .refine((day) => day >= '1970-01-05' && day < '2900', 'a day from 1970 to 2899')
  .optional()
  .meta({ description: 'a day of the first week; without it, the week of now' })

export const expiryRoutes = [
  route({
    method: 'GET',
    path: '/v1/expiry',
    can: 'see',
    says: 'Eight weeks of what ends and is not known to renew itself, who would have to renew it, and what has no end date that was read.',
    query: AsOfQuery.extend({ from: From }),
    answers: Expiry,
    handle: async ({ app, query: { from } }) => readExpiry(app, await app.rolls.current(), from),
  }),
]
