import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { addressGuard, createFetch, loadConfig, startJobs, systemClock } from '../platform/index.ts'
import { addChannel, lookSoon, startAlerts } from './index.ts'
import { alertBench, certificate, inDays } from './testing/index.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }

test('after a judgement a job looks at what holds, and another sends it', { timeout: 60_000 }, async () => {
  const bench = await alertBench()
  const got: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    got.push(JSON.parse(body).text)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T/B/x`
  const jobs = await startJobs({ url: bench.database.url, log })
  try {
    const alerts = {
      ...bench,
      db: bench.database.db,
      log,
      fetch: createFetch({ ...loadConfig({ env: {} }).outbound, allow: ['127.0.0.1'] }, systemClock, log),
      guard: addressGuard([]),
      link: null,
      jobs,
    }
    await startAlerts(alerts)
    await addChannel(alerts, { kind: 'slack', settings: { url }, filter: { events: ['ending'] } }, 'user:ann')
    await bench.say([certificate('demo:c', inDays(5))])
    await lookSoon(alerts)
    await lookSoon(alerts)
    await expect.poll(() => got, { timeout: 30_000 }).toEqual(['c ends on 29 November 2026.'])
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(got.length).toBe(1)
  } finally {
    await jobs.stop()
    server.closeAllConnections()
    server.close()
    await bench.close()
  }
})
