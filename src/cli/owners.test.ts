/** The commands over a real server. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { read, type TestServer, testServer } from '../http/testing/index.ts'
import { apiAt } from './api.ts'
import type { Reeve } from './reeve.ts'
import { runHere } from './testing/run-here.ts'

let server: TestServer
let reeve: Reeve
let folder: string
const localToken = `reeve_${'c'.repeat(40)}`

beforeAll(async () => {
  server = await testServer({ localToken })
  reeve = { version: '1', api: async () => apiAt(server.url, localToken) } as Partial<Reeve> as Reeve
  folder = mkdtempSync(join(tmpdir(), 'reeve-owners-cli-'))
  await read(server.database, [
    {
      kind: 'person',
      type: 'person',
      key: 'person:ada@example.org',
      name: 'Ada Lovelace',
      attributes: { status: 'active' },
    },
    { kind: 'person', type: 'person', key: 'person:bo@example.org', name: 'Bo', attributes: { status: 'active' } },
    ...['a', 'b', 'c'].map((name) => ({ kind: 'identity' as const, type: 'demo_account', key: `demo:${name}`, name })),
    { from: 'person:ada@example.org', verb: 'created', to: 'demo:c' },
  ])
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await server.close()
})

/** The status, and what was printed; JSON where it was asked for. */
async function run(...argv: string[]): Promise<{ status: unknown; said: any }> {
  const { status, out, err } = await runHere(reeve, argv)
  return { status, said: argv.includes('--json') ? JSON.parse(out) : out + err }
}
const undoIn = (text: string): string => /owners undo (\S+)/.exec(text)![1]!

test('owners are assigned, seen, taken over from a list, exported and taken back', async () => {
  expect((await run('owners')).said).toContain('Of 3 identities 0 have somebody who answers for them.')
  expect((await run('owners', 'queue')).said).toMatch(/demo:c .*Ada Lovelace.*Made it\./)
  const assigned = await run(
    'owners',
    'assign',
    'demo:a',
    'ada@example.org',
    '--backup',
    'bo@example.org',
    '--reason',
    'she runs it',
  )
  expect(assigned).toMatchObject({ status: 0, said: expect.stringContaining('ada@example.org answers for it now.') })
  expect((await run('owners', '--json')).said).toMatchObject({ coverage: { owned: 1, of: 3 } })

  const list = join(folder, 'owners.csv')
  writeFileSync(list, 'identity,owner\ndemo:b,bo@example.org\ndemo:nothing,bo@example.org\n')
  const tried = await run('owners', 'import', list, '--dry-run')
  expect(tried).toMatchObject({
    status: 4,
    said: expect.stringContaining(
      'line 3, identity: nothing that is read bears this key or name (import/unknown-identity)',
    ),
  })
  expect((await run('owners', '--json')).said.coverage.owned).toBe(1)
  const taken = await run('owners', 'import', list)
  expect(taken.said).toContain('2 lines: 1 applied, 0 so already, 1 wrong.')
  expect((await run('owners', '--json')).said.coverage.owned).toBe(2)

  const file = join(folder, 'export.csv')
  expect((await run('owners', 'export', file)).status).toBe(0)
  expect(readFileSync(file, 'utf8')).toMatch(
    /^identity,owner,backup,team,note,.*\ndemo:a,person:ada@example.org,person:bo@example.org,,she runs it,/,
  )
  expect((await run('owners', 'import', file)).said).toContain('2 lines: 0 applied, 2 so already, 0 wrong.')
  expect(JSON.parse((await run('owners', 'export', '--format', 'json')).said)).toHaveLength(2)

  expect((await run('owners', 'undo', undoIn(taken.said))).said).toContain('Taken back.')
  expect((await run('owners', '--json')).said.coverage.owned).toBe(1)
  expect((await run('owners', 'assign', 'demo:a', 'nobody')).status).toBe(0)
  expect((await run('owners', '--json')).said.coverage.owned).toBe(0)
})

test('suggestions are accepted, answers recorded, what somebody has is handed over', async () => {
  expect(await run('owners', 'accept', '--all', '--dry-run')).toMatchObject({
    status: 0,
    said: expect.stringContaining('Would be done: 1'),
  })
  expect(await run('owners', 'accept', 'demo:b', 'demo:c')).toMatchObject({
    status: 4,
    said: expect.stringContaining('refused: no evidence names anybody (owner/no-suggestion)'),
  })
  expect((await run('owners', 'inbox', 'ada@example.org')).said).toMatch(
    /command line named Ada Lovelace as the one who answers for c\.[\s\S]*1 wait/,
  )
  expect((await run('owners', 'leaving', 'ADA@example.org')).said).toMatch(
    /If Ada Lovelace leaves today, 1 lose their owner[\s\S]*demo:c/,
  )
  const certified = await run('owners', 'certify', 'demo:c', '--answer', 'mine', '--person', 'ada@example.org')
  expect(certified.said).toMatch(/Recorded as number \d+; 0 wait still\./)
  expect((await run('owners', 'inbox', 'ada@example.org')).said).toMatch(/^Nothing waits for Ada Lovelace until \d{4}-/)
  expect((await run('owners', 'export', '--certifications')).said).toMatch(
    /demo:c,c,person:ada@example.org,Ada Lovelace,mine/,
  )
  const handed = await run('owners', 'handover', 'ada@example.org', '--to', 'bo@example.org', '--json')
  expect(handed).toMatchObject({ status: 0, said: { done: 1, undo: expect.stringMatching(/^b/) } })
  expect((await run('owners', 'inbox')).said).toContain('your account has no address')
})

test('teams are made, listed, refused while they answer for something, and ended', async () => {
  expect(
    (
      await run(
        'owners',
        'teams',
        'set',
        'ops',
        '--name',
        'Operations',
        '--accountable',
        'ada@example.org',
        '--member',
        'bo@example.org',
      )
    ).status,
  ).toBe(0)
  await run('owners', 'assign', 'demo:a', 'team:ops')
  expect((await run('owners', 'teams')).said).toMatch(/ops +Operations +Ada Lovelace +2 +1/)
  expect(await run('owners', 'teams', 'end', 'ops')).toMatchObject({
    status: 3,
    said: expect.stringContaining('act/team-in-use'),
  })
  await run('owners', 'assign', 'demo:a', 'nobody')
  expect((await run('owners', 'teams', 'end', 'ops')).status).toBe(0)
})

test('a list of people is taken over; what is asked wrongly is said before anything is sent', async () => {
  const list = join(folder, 'people.csv')
  writeFileSync(list, 'email,name,status\nada@example.org,Ada,left\nbo@example.org,Bo,active\n')
  expect((await run('owners', 'import', '--people', '--complete', list)).said).toContain('2 lines: 2 applied')
  expect((await run('owners', 'leaving', 'ada@example.org', '--json')).said).toMatchObject({
    presence: { state: 'left' },
  })
  for (const wrong of [
    ['import', '--complete', list],
    ['import', join(folder, 'none.csv')],
    ['accept'],
    ['handover', 'ada@example.org'],
    ['certify', 'demo:a'],
    ['nonsense'],
  ])
    expect((await run('owners', ...wrong)).status).toBe(2)
})
