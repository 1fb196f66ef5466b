import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Session, scratch, signIn, type Up, until, up } from '../reeve/command.ts'
import { accessKey, plantedRepository } from '../reeve/planted.ts'
import { type Environment, environment, run } from './python.ts'

const MINUTES = 3
const SPEC = fileURLToPath(new URL('../../docs/reference/openapi.json', import.meta.url))

/** What is not called, and why. */
const LEFT_OUT = {
  'does not end': ['getEvents'],
  'would take away what the calls are made with': [
    'deleteSession',
    'deleteSessions',
    'deleteSessionsId',
    'deleteUsersIdSessions',
    'deleteTokensId',
    'patchUsersId',
  ],
  'fails on purpose until it is refused for a while': ['postSession', 'postSessionPasskey'],
  'reads something real': [
    'postFirstRunRead',
    'postConnections',
    'postConnectionsTest',
    'postConnectionsIdRuns',
    'patchConnectionsId',
  ],
  'sends to somebody': ['postAlertsChannels', 'postAlertsChannelsTest'],
  'would leave nothing to answer about': ['deleteConnectionsId'],
}

interface Spec {
  paths: Record<string, Record<string, { parameters?: { name: string; examples?: object }[] }>>
}

interface Report {
  complete: boolean
  operations: { total: number; selected: number; tested: number; errored: number }
  test_cases: { generated: number; unique_failures: number }
  failures: { title: string; operations: string[] }[]
  errors: unknown[]
}

let python: Environment
let place: ReturnType<typeof scratch>
let server: Up
let session: Session
let token: string

beforeAll(async () => {
  place = scratch()
  python = await environment('schemathesis', ['schemathesis==4.32.5'])
  if ('missing' in python) return
  const key = accessKey('openapi')
  const repository = plantedRepository(join(place.folder, 'shop'))
  repository.write('deploy.py', `aws_access_key_id = "${key.id}"\naws_secret_access_key = "${key.secret}"\n`)
  repository.commit('Everything at once')
  server = await up(join(place.folder, 'data'), repository.folder)
  session = await signIn(server.address, server.link!)
  await until(
    () => session.get<{ rows: { state: string; lastRead: string | null }[] }>('/v1/connections'),
    ({ rows }) => rows.length >= 3 && rows.every((row) => row.lastRead !== null && row.state !== 'running'),
  )
  const made = await session.send('POST', '/v1/tokens', {
    name: 'the calls of this test',
    scopes: ['read', 'write', 'admin'],
    days: 1,
  })
  token = (made.body as { value: string }).value
}, 240_000)
afterAll(async () => {
  await server?.end('SIGTERM')
  place.remove()
})
beforeEach((context) => {
  if ('missing' in python) context.skip(python.missing)
})

/** The reference with real ids as examples, so that calls reach what is there and not only what is not. */
async function specification(): Promise<string> {
  const { rows: entities } = await session.get<{ rows: { key: string }[] }>('/v1/entities')
  const { groups } = await session.get<{ groups: { findings: { id: string }[] }[] }>('/v1/findings?by=rule')
  const examples: Record<string, string[]> = {
    '/v1/entities/{key}': entities.slice(0, 3).map((row) => row.key),
    '/v1/findings/{id}': groups.flatMap((group) => group.findings.map((one) => one.id)).slice(0, 3),
  }
  for (const noun of ['connections', 'rules', 'runs', 'providers']) {
    const { rows } = await session.get<{ rows: { id?: string; connection?: string }[] }>(`/v1/${noun}`)
    examples[`/v1/${noun}/{id}`] = rows.slice(0, 3).map((row) => row.id ?? row.connection!)
  }
  const spec: Spec = JSON.parse(readFileSync(SPEC, 'utf8'))
  for (const [path, methods] of Object.entries(spec.paths)) {
    const values = Object.entries(examples).find(([prefix]) => path.startsWith(prefix))?.[1]
    if (!values) continue
    expect(values.length, `something to ask ${path} about`).toBeGreaterThan(0)
    for (const operation of Object.values(methods)) {
      const asked = operation.parameters!.find((one) => /^(id|key)$/.test(one.name))!
      asked.examples = Object.fromEntries(values.map((value, n) => [`real${n}`, { value }]))
    }
  }
  const file = join(place.folder, 'openapi.json')
  writeFileSync(file, JSON.stringify(spec))
  return file
}

test(
  'every operation answers as the reference says, whatever it is sent',
  async () => {
    if ('missing' in python) return
    const report = join(place.folder, 'report.json')
    const checks = [
      'not_a_server_error',
      'status_code_conformance',
      'content_type_conformance',
      'response_schema_conformance',
    ]
    const left = Object.values(LEFT_OUT).flat()
    const { status, out, err } = await run(
      python.tool('schemathesis'),
      [
        'run',
        await specification(),
        `--url=${server.address}`,
        `--header=Authorization: Bearer ${token}`,
        '--phases=examples,coverage,fuzzing',
        '--max-examples=20',
        '--seed=1',
        '--no-shrink',
        '--continue-on-failure',
        `--checks=${checks.join(',')}`,
        `--exclude-operation-id-regex=^(${left.join('|')})$`,
        '--warnings=off',
        `--report-json-path=${report}`,
      ],
      { cwd: place.folder, minutes: MINUTES },
    )
    const said: Report = JSON.parse(readFileSync(report, 'utf8'))
    const shown = `${out.replaceAll(/(.{400}).*/g, '$1 …')}\n${err}`
    expect(said.failures, shown).toEqual([])
    expect(said.errors, shown).toEqual([])
    expect(status, shown).toBe(0)
    expect(said.operations).toMatchObject({ selected: said.operations.total - left.length, errored: 0 })
    expect(said.operations.tested).toBe(said.operations.selected)
    expect(said.test_cases.generated).toBeGreaterThan(said.operations.tested * 10)
  },
  (MINUTES + 1) * 60_000,
)

test('the token was good to the end, and the trail of all of it is whole', async () => {
  const answer = await fetch(`${server.address}/v1/session`, { headers: { authorization: `Bearer ${token}` } })
  expect(answer.status).toBe(200)
  expect(await session.get('/v1/audit/proof')).toMatchObject({ holds: true, broken: null })
})
