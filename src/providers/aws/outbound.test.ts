import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createFetch, loadConfig, systemClock } from '../../platform/index.ts'
import { Sensitive } from '../../sdk/index.ts'
import { testRun } from '../../sdk/testing/index.ts'
import { aws } from './index.ts'
import { Settings } from './settings.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Answers as STS does, and keeps what was asked for, as a server or as the proxy before one. */
async function sts() {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.end(
      '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/reeve</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const connect = (endpoint: string, outbound: object) => {
  const { log } = testRun()
  const fetch = createFetch({ ...loadConfig({ env: {} }).outbound, allow: [], ...outbound }, systemClock, log)
  closing.push(() => fetch.close())
  return aws.connect(Settings.parse({ accessKeyId: 'AKIAX', secretAccessKey: 's', endpoint }), testRun({ fetch }))
}

test('the SDK reaches a private address only where the installation allows it', async () => {
  const { asked, url } = await sts()
  await expect(connect(url, {})).rejects.toThrow(
    /127\.0\.0\.1 is a loopback address; add 127\.0\.0\.1 to outbound\.allow/,
  )
  expect(asked).toEqual([])
  await expect(connect(url, { allow: ['127.0.0.1'] })).resolves.toMatchObject({
    live: { caller: { account: '111122223333' } },
  })
  expect(asked).toEqual(['POST /'])
})

test('the SDK goes through the proxy of the installation', async () => {
  const { asked, url } = await sts()
  await connect('http://sts.aws.example', { proxy: new Sensitive(url) }).catch(() => {})
  expect(asked.length).toBeGreaterThan(0)
  expect(asked[0]).toMatch(/sts\.aws\.example/)
})
