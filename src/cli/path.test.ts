/** `reeve path` and `reeve simulate` over a real server. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { read, type TestServer, testServer } from '../http/testing/index.ts'
import type { Edge } from '../sdk/index.ts'
import { apiAt } from './api.ts'
import type { Reeve } from './reeve.ts'
import { runHere } from './testing/run-here.ts'

const localToken = `reeve_${'w'.repeat(40)}`
const says = (from: string, verb: Edge['verb'], to: string, attributes?: Edge['attributes']): Edge => ({
  from: `x:${from}`,
  verb,
  to: `x:${to}`,
  ...(attributes && { attributes }),
})
const thing = (kind: 'identity' | 'credential' | 'secret' | 'resource', name: string, more = {}) => ({
  kind,
  type: `x_${kind}`,
  key: `x:${name}`,
  name,
  ...more,
})

let server: TestServer
let reeve: Reeve
let out: string
let err: string

beforeAll(async () => {
  server = await testServer({ localToken })
  reeve = { version: '1', api: async () => apiAt(server.url, localToken) } as Partial<Reeve> as Reeve
  await read(
    server.database,
    [
      thing('secret', 'dotenv'),
      thing('credential', 'accesskey'),
      thing('identity', 'deploybot'),
      thing('identity', 'adminrole', { tier: 0 }),
      thing('identity', 'bystander'),
      thing('resource', 'paybucket', { sensitivity: 'restricted' }),
      says('dotenv', 'holds', 'accesskey'),
      says('accesskey', 'authenticates', 'deploybot'),
      says('deploybot', 'assumes', 'adminrole', { conditions: ['the address of who asks'] }),
      says('adminrole', 'controls', 'paybucket'),
    ],
    { connection: 'acme', collection: 'all' },
  )
})
afterAll(() => server.close())

async function run(...argv: string[]): Promise<number> {
  const ran = await runHere(reeve, argv)
  out = ran.out
  err = ran.err
  return ran.status ?? -1
}

test('a path is told step by step, with what it depends on and where it was read', async () => {
  expect(await run('path', 'dotenv', 'tier-zero')).toBe(0)
  expect(out).toContain('dotenv → accesskey → deploybot → adminrole')
  expect(out).toContain('whoever has accesskey signs in as deploybot')
  expect(out).toContain('depends on: the address of who asks')
  expect(out).toContain('acme: all, read ')
  expect(out).toContain('1 path to 1 end; these are all')
  expect(err).toContain('1 step turned on conditions that only a request settles')
})

test('switches take paths away, and it is said that none leads there', async () => {
  expect(await run('path', 'dotenv', 'tier-zero', '--without', 'stolen')).toBe(0)
  expect(out).toContain('No path leads from dotenv to tier zero')
  expect(await run('path', 'deploybot', 'paybucket', '--avoid', 'adminrole', '--json')).toBe(0)
  expect(JSON.parse(out).paths).toEqual([])
  expect(await run('path', 'deploybot', '--without', 'magic')).toBe(3)
  expect(err).toContain('without')
})

test('without a beginning it is told who reaches tier zero', async () => {
  expect(await run('path')).toBe(0)
  expect(out).toMatch(/0 .*adminrole.*is marked so/)
  expect(out).toMatch(/1 .*deploybot.*adminrole.*depends/)
  expect(out).not.toContain('bystander')
  expect(out).toContain('2 identities reach tier zero, 1 without unknown conditions')
})

test('what would go is counted, and nothing is changed', async () => {
  expect(await run('simulate', '--remove', 'deploybot -assumes-> adminrole', '--to', 'paybucket')).toBe(0)
  // The secret's place and the bot; the role itself still reaches the bucket.
  expect(out).toContain('2 paths go, 1 stays: of 3 beginnings that reach an end, 1 still does.')
  expect(out).toContain('Nothing was changed.')
  expect(await run('path', 'deploybot', 'paybucket', '--json')).toBe(0)
  expect(JSON.parse(out).paths).toHaveLength(1)
  expect(await run('simulate', '--remove', 'bystander', '--json')).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ changed: false, remove: [{ key: 'x:bystander' }], freedTotal: 0 })
})

test('a leaked key is followed to the crown jewel, with the proof of each step', async () => {
  expect(await run('path', '--leaks')).toBe(0)
  expect(out).toMatch(/3 .*dotenv .*accesskey .*deploybot .*adminrole/)
  expect(out).toContain('whoever has accesskey signs in as deploybot')
  expect(out).toContain('1 place leads to a crown jewel')
  expect(await run('path', '--leaks', 'paybucket', '--without', 'stolen', '--json')).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ total: 0, rows: [] })
  expect(await run('path', '--leaks', 'dotenv', 'paybucket')).toBe(2)
})

test('findings are weighed by what fixing them removes', async () => {
  expect(await run('simulate', '--worth', '--json')).toBe(0)
  const { rows, total } = JSON.parse(out)
  expect(total).toBeGreaterThan(0)
  expect(rows.every(({ pairs }: { pairs: number }) => pairs > 0)).toBe(true)
  expect(await run('simulate', '--worth')).toBe(0)
  expect(out).toContain(rows[0].finding.id)
  expect(await run('simulate', '--worth', '--remove', 'bystander')).toBe(2)
})

test('wrong use says what to do', async () => {
  expect(await run('simulate')).toBe(2)
  expect(err).toContain('use/simulate')
  expect(await run('path', 'nobody-at-all')).toBe(2)
  expect(err).toContain('query/not-found')
  expect(await run('simulate', '--fix', 'no-such-finding')).toBe(3)
})
