import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export { Counter, Gauge, Histogram }

/** What `GET /metrics` prints. A module adds its own: `new Counter({ name: 'reeve_…', help, registers: [metrics] })`. */
export const metrics = new Registry()

let started = false
/** Memory, event loop and garbage collection of this process. Once, by the server; a command needs none. */
export function observeProcess(): void {
  if (started) return
  started = true
  collectDefaultMetrics({ register: metrics, prefix: 'reeve_' })
}

export const outboundSeconds = new Histogram({
  name: 'reeve_outbound_seconds',
  help: 'Time of outbound requests, retries apart, by status class',
  labelNames: ['status'],
  buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30],
  registers: [metrics],
})

export const jobsDone = new Counter({
  name: 'reeve_jobs_total',
  help: 'Jobs that ended, by queue and outcome',
  labelNames: ['queue', 'outcome'],
  registers: [metrics],
})
