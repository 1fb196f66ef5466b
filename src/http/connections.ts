import { z } from 'zod'
import {
  createConnection,
  getConnection,
  nextAt,
  removeConnection,
  requestSync,
  testConnection,
  updateConnection,
} from '../discover/index.ts'
import { ConnectionPage, Connections, readConnection, readConnections, TestResult } from '../read/index.ts'
import { Json, ReeveError } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { AsOfQuery, Id } from './parameters.ts'
import { route } from './route.ts'

const Settings = z.record(z.string().max(200), Json)
const Schedule = z
  .string()
  .max(100)
  .nullable()
  .optional()
  .meta({ description: 'cron in UTC; null for only when asked' })

const page = async (app: Serving, id: string) =>
  readConnection(app.db, await app.rolls.current(), id, app.clock.now(), nextAt, (provider) => describe(app, provider))

const isInvented = (app: Serving, id: string): boolean =>
  app.discovery.providers.find((one) => one.id === id)?.invented ?? false

/** All of what is invented comes and goes together, and is of one size. */
const byHand = (doing: string, what: string): ReeveError =>
  new ReeveError('demo/by-hand', `${doing} ${what}: it is invented, and comes with all of Larkfield: reeve demo`)

function describe({ discovery }: Serving, id: string) {
  const provider = discovery.providers.find((one) => one.id === id)
  return provider ? { title: provider.title, summary: provider.summary, collections: provider.collections ?? [] } : null
}

export const connectionRoutes = [
  route({
    method: 'GET',
    path: '/v1/connections',
    can: 'oversee',
    says: 'Every source and how complete it is, the worst first.',
    query: AsOfQuery,
    answers: Connections,
    handle: async ({ app }) => readConnections(app.db, await app.rolls.current(), app.clock.now(), nextAt),
  }),
  route({
    method: 'POST',
    path: '/v1/connections',
    can: 'administer',
    says: 'Connects a source. Secrets are sealed and never shown again.',
    body: z.strictObject({
      provider: z.string().max(100),
      settings: Settings,
      id: z.string().max(64).optional(),
      schedule: Schedule,
    }),
    answers: ConnectionPage,
    status: 201,
    async handle({ app, caller, body }) {
      if (isInvented(app, body.provider)) throw byHand('connecting', body.provider)
      return page(app, (await createConnection(app.discovery, body, caller.actor)).id)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/connections/test',
    can: 'administer',
    says: 'Opens and closes a connection with these settings; with `connection`, secrets that are left out are the stored ones.',
    body: z.strictObject({
      provider: z.string().max(100),
      settings: Settings,
      connection: z.string().max(64).optional(),
    }),
    answers: TestResult,
    async handle({ app, body, signal }) {
      const result = await testConnection(app.discovery, body, AbortSignal.any([signal, AbortSignal.timeout(60_000)]))
      if (result.ok) return { ok: true, label: result.label, error: null }
      const { label, code, message, permission } = result
      return { ok: false, label, error: { code, message, permission } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/connections/{id}',
    can: 'oversee',
    says: 'One source: its ledger, the grants that answer what is unknown, its runs; settings without secrets.',
    params: Id,
    query: AsOfQuery,
    answers: ConnectionPage,
    handle: ({ app, params }) => page(app, params.id),
  }),
  route({
    method: 'PATCH',
    path: '/v1/connections/{id}',
    can: 'administer',
    says: 'Changes settings, schedule, or whether the schedule is followed; secrets that are left out stay.',
    params: Id,
    body: z.strictObject({ settings: Settings.optional(), schedule: Schedule, enabled: z.boolean().optional() }),
    answers: ConnectionPage,
    async handle({ app, caller, params, body }) {
      const { provider } = await getConnection(app.discovery.database.db, params.id)
      if (body.settings && isInvented(app, provider)) throw byHand('changing', params.id)
      return page(app, (await updateConnection(app.discovery, params.id, body, caller.actor)).id)
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/connections/{id}',
    can: 'administer',
    says: 'Forgets the source and its settings; what it said becomes history.',
    params: Id,
    handle: ({ app, caller, params }) => removeConnection(app.discovery, params.id, caller.actor),
  }),
  route({
    method: 'POST',
    path: '/v1/connections/{id}/runs',
    can: 'operate',
    says: 'Reads the source now; where a read waits or runs already, that is it.',
    params: Id,
    answers: z.object({ run: z.string() }),
    status: 202,
    handle: async ({ app, caller, params }) => ({
      run: String(await requestSync(app.discovery, params.id, caller.actor)),
    }),
  }),
]
