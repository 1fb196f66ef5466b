import { z } from 'zod'
import { Json } from '../sdk/index.ts'
import { entityRoutes } from './entities.ts'
import { healthRoutes } from './health.ts'
import { openapiOf } from './openapi.ts'
import { type Route, route } from './route.ts'
import { sessionRoutes } from './session.ts'
import { tokenRoutes } from './tokens.ts'
import { userRoutes } from './users.ts'

const described: readonly Route[] = [...healthRoutes, ...sessionRoutes, ...tokenRoutes, ...userRoutes, ...entityRoutes]

const reference = route({
  method: 'GET',
  path: '/openapi.json',
  can: 'anyone',
  says: 'This reference.',
  answers: z.record(z.string(), Json),
  handle: ({ app }) => openapiOf(routes, app.version),
})

/** Every address there is, in the order of the reference. */
export const routes: readonly Route[] = [...described, reference]
