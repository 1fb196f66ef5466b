import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { testRun } from '../../sdk/testing/index.ts'
import { credentialSource, keptUntilTheyEnd } from './credentials.ts'
import { Settings } from './settings.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-aws-login-'))
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'))
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

/** A run whose network is a list of addresses and what they answer. */
const network = (answers: Record<string, string | object>) => {
  const asked: string[] = []
  const run = testRun({
    fetch: async (url, init = {}) => {
      asked.push(`${init.method ?? 'GET'} ${url}`)
      const answer = answers[String(url)]
      if (answer === undefined) throw new Error(`nothing answers at ${url}`)
      return typeof answer === 'string' ? new Response(answer) : Response.json(answer)
    },
  })
  return { run, asked }
}
const GIVEN = { AccessKeyId: 'ASIAX', SecretAccessKey: 's', Token: 't', Expiration: '2026-11-24T12:00:00Z' }

test('the key of the settings comes before everything', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAENV')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's')
  const { run, asked } = network({})
  const source = await credentialSource(
    Settings.parse({ accessKeyId: 'AKIASET', secretAccessKey: 's', sessionToken: 't' }),
    run,
  )
  expect(await source()).toEqual({ accessKeyId: 'AKIASET', secretAccessKey: 's', sessionToken: 't' })
  expect((await (await credentialSource(Settings.parse({}), run))()).accessKeyId).toBe('AKIAENV')
  expect(asked).toEqual([])
})

test('a profile is read from the files of the AWS CLI', async () => {
  await writeFile(join(folder, 'credentials'), '[audit]\naws_access_key_id = AKIAFILE\naws_secret_access_key = s\n')
  const source = await credentialSource(Settings.parse({ profile: 'audit' }), network({}).run)
  expect((await source()).accessKeyId).toBe('AKIAFILE')
})

test('an instance is asked by token alone, through the same way out as everything else', async () => {
  const base = 'http://169.254.169.254/latest'
  const { run, asked } = network({
    [`${base}/api/token`]: 'token',
    [`${base}/meta-data/iam/security-credentials/`]: 'reeve-role\n',
    [`${base}/meta-data/iam/security-credentials/reeve-role`]: GIVEN,
  })
  const source = await credentialSource(Settings.parse({}), run)
  expect(await source()).toMatchObject({
    accessKeyId: 'ASIAX',
    sessionToken: 't',
    expiration: new Date(GIVEN.Expiration),
  })
  expect(asked[0]).toBe(`PUT ${base}/api/token`)
})

test('a container is asked at the address it was given', async () => {
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', '/v2/credentials/abc')
  const { run } = network({ 'http://169.254.170.2/v2/credentials/abc': GIVEN })
  expect((await (await credentialSource(Settings.parse({}), run))()).accessKeyId).toBe('ASIAX')
})

test('where nothing gives credentials each place says why', async () => {
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  const source = await credentialSource(Settings.parse({}), network({}).run)
  await expect(source()).rejects.toMatchObject({
    code: 'source/refused',
    message: expect.stringMatching(/environment: .*profile: .*token file: .*container: .*instance: switched off/),
  })
})

test('credentials are kept until five minutes before their end, and a failure is not kept', async () => {
  let calls = 0
  let now = Date.parse('2026-11-24T10:00:00Z')
  const kept = keptUntilTheyEnd(
    async () => {
      if (++calls === 1) throw new Error('not yet')
      return { accessKeyId: `A${calls}`, secretAccessKey: 's', expiration: new Date(now + 3_600_000) }
    },
    () => new Date(now),
  )
  await expect(kept()).rejects.toThrow('not yet')
  expect([(await kept()).accessKeyId, (await kept()).accessKeyId]).toEqual(['A2', 'A2'])
  now += 56 * 60_000
  expect((await kept()).accessKeyId).toBe('A3')
})
