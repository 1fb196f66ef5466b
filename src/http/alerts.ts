import { z } from 'zod'
import { AlertEvent, type Alerts, listAlerts, listDeliveries, retryDelivery, sendSoon } from '../alert/index.ts'
import { audit } from '../platform/index.ts'
import { AlertListed, DeliveryRow } from '../read/index.ts'
import { ReeveError } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { Id, Limit } from './parameters.ts'
import { route } from './route.ts'

export function alertsOf({ alerts }: Pick<Serving, 'alerts'>): Alerts {
  if (alerts) return alerts
  throw new ReeveError('alert/none', 'this process tells nobody of anything: it was started without alerts')
}

export const alertRoutes = [
  route({
    method: 'GET',
    path: '/v1/alerts',
    can: 'see',
    says: 'What holds that somebody has to be told, the worst first; or what closed by itself, the last first.',
    query: z.object({
      closed: z.enum(['true', 'false']).default('false'),
      event: AlertEvent.optional(),
      limit: Limit,
    }),
    answers: z.object({ rows: z.array(AlertListed), total: z.number().int() }),
    handle: ({ app, query: { closed, event, limit } }) =>
      listAlerts(app.db, { now: app.clock.now(), closed: closed === 'true', event, most: limit }),
  }),
  route({
    method: 'GET',
    path: '/v1/alerts/deliveries',
    can: 'administer',
    says: 'What went out or waits to, the last first: to whom, how often it was tried, and why it was not taken.',
    query: z.object({
      channel: z.string().max(64).optional(),
      state: DeliveryRow.shape.state.optional(),
      limit: Limit,
    }),
    answers: z.object({ rows: z.array(DeliveryRow), waiting: z.number().int(), dead: z.number().int() }),
    handle: ({ app, query: { channel, state, limit } }) => listDeliveries(app.db, { channel, state, most: limit }),
  }),
  route({
    method: 'POST',
    path: '/v1/alerts/deliveries/{id}/retry',
    can: 'administer',
    says: 'Tries again what was given up, or waits.',
    params: Id,
    body: z.strictObject({}).describe('nothing'),
    async handle({ app, caller, params }) {
      const alerts = alertsOf(app)
      await retryDelivery(alerts, params.id)
      await audit.record(app.db, { actor: caller.actor, action: 'delivery.retry', subject: params.id })
      await sendSoon(alerts)
    },
  }),
]
