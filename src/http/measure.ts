import type { FastifyInstance } from 'fastify'
import { Gauge, Histogram, metrics } from '../platform/index.ts'

const seconds = new Histogram({
  name: 'reeve_http_seconds',
  help: 'Time from the request line to the last byte, by route, method and status',
  labelNames: ['route', 'method', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  registers: [metrics],
})

const inFlight = new Gauge({
  name: 'reeve_http_in_flight',
  help: 'Requests being answered, streams included',
  registers: [metrics],
})

/** Times every answer under its route's path; what has no route counts as `other`, so that no caller makes new series. */
export function measure(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async () => inFlight.inc())
  fastify.addHook('onResponse', async (request, reply) => {
    inFlight.dec()
    const route = request.routeOptions.config.path ?? 'other'
    seconds.observe({ route, method: request.method, status: String(reply.statusCode) }, reply.elapsedTime / 1000)
  })
}
