import { z } from 'zod'
import { metrics } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'
import { route } from './route.ts'

export const healthRoutes = [
  route({
    method: 'GET',
    path: '/healthz',
    can: 'anyone',
    says: 'Serving.',
    answers: z.object({ ok: z.literal(true) }),
    handle: () => ({ ok: true as const }),
  }),
  route({
    method: 'GET',
    path: '/readyz',
    can: 'anyone',
    says: 'Migrated, unsealed, and the database answers; 503 with the reason otherwise.',
    answers: z.object({ ok: z.literal(true) }),
    async handle({ app }) {
      const reason = await app.notReady()
      if (reason !== null) throw new ReeveError('http/not-ready', reason)
      return { ok: true as const }
    },
  }),
  route({
    method: 'GET',
    path: '/metrics',
    can: 'oversee',
    says: 'Prometheus metrics of this process.',
    streams: metrics.contentType,
    handle: () => metrics.metrics(),
  }),
]
