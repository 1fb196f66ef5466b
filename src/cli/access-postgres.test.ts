import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runHere } from './testing/run-here.ts'

let folder: string
let out: string
let err: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-access-postgres-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function access(...argv: string[]): Promise<unknown> {
  const ran = await runHere({ version: '1' }, ['access', 'postgres', ...argv])
  out = ran.out
  err = ran.err
  return ran.status ?? 0
}
const file = (name: string, lines: readonly (object | string)[]): string => {
  const path = join(folder, name)
  writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'))
  return path
}
const role = (name: string, more: object = {}) => ({
  what: 'role',
  name,
  superuser: false,
  login: true,
  createRole: false,
  createDatabase: false,
  replication: false,
  bypassRowSecurity: false,
  ...more,
})
const member = (of: string, who: string, more: object = {}) => ({
  what: 'member',
  role: of,
  member: who,
  admin: false,
  inherits: true,
  sets: true,
  ...more,
})
const SHOP = [
  { what: 'cluster', version: 180_000, database: 'shop' },
  role('boss', { superuser: true }),
  role('a\u0007na'),
  role('readers', { login: false }),
  role('idle'),
  member('boss', 'a\u0007na', { inherits: false }),
  member('readers', 'idle'),
  {
    what: 'table',
    schema: 'public',
    name: 'orders',
    owner: 'boss',
    kind: 'table',
    rowSecurity: 'no',
    acl: [{ to: 'readers', may: ['SELECT'], grants: [] }],
  },
]

test('who could become more: rows as JSON, and for people with names that cannot write on the terminal', async () => {
  const shop = file('shop', SHOP)
  expect(await access('--from', shop, '--json')).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    rows: [
      { principal: 'boss', isAdmin: true, paths: [] },
      {
        principal: 'a\u0007na',
        isAdmin: false,
        paths: [
          [
            { from: 'a\u0007na', to: 'boss', actions: ['SET ROLE'], object: 'membership in boss' },
            { from: 'boss', to: 'admin', actions: [] },
          ],
        ],
      },
      { principal: 'readers', paths: [] },
      { principal: 'idle', paths: [] },
    ],
    warnings: [],
  })
  await access('--from', shop)
  expect(out).toContain('4 roles: 1 are superusers, 1 can become one')
  expect(out).toMatch(/a na +SET ROLE \(membership in boss\) → boss, a superuser/)
})

test('who can, what can and why say the same, with the grant that gives it', async () => {
  const shop = file('shop', SHOP)
  await access('who-can', 'select', 'public.orders', '--from', shop, '--json')
  expect(JSON.parse(out)).toMatchObject({ action: 'SELECT', resource: 'table:shop.public.orders' })
  expect(JSON.parse(out).rows.map((row: { principal: string }) => row.principal)).toEqual(['boss', 'readers', 'idle'])
  await access('what-can', 'idle', '--from', shop, '--json')
  expect(JSON.parse(out).rows).toContainEqual({
    actions: ['SELECT'],
    on: ['table:shop.public.orders'],
    from: 'GRANT SELECT TO readers',
    dependsOn: [],
  })
  await access('why', 'idle', 'SELECT', 'column:public.orders.card', '--from', shop)
  expect(out).toContain('yes: GRANT SELECT TO readers allows it')
  await access('why', 'idle', 'INSERT', 'public.orders', '--from', shop)
  expect(out).toContain('no: nothing it holds allows it')
})

test.for<[string, string[], number, RegExp]>([
  ['a line that is no JSON', ['{"what":"cluster"', ''], 3, /line 1 is no JSON.*\(access\/json\)/],
  [
    'a line of another form',
    [JSON.stringify(SHOP[0]), '{"what":"role","name":""}'],
    3,
    /line 2, at name: .*\(access\/shape\)/,
  ],
  [
    'a file that says no database',
    [JSON.stringify(SHOP[1])],
    3,
    /no line says which database it is.*\(access\/shape\)/,
  ],
])('%s is said with its place, and nothing is printed', async ([, lines, status, said]) => {
  expect(await access('--from', file('bad', lines))).toBe(status)
  expect(out).toBe('')
  expect(err).toMatch(said)
})

test('who or what is not there is said', async () => {
  const shop = file('shop', SHOP)
  await access('why', 'nobody', 'SELECT', 'public.orders', '--from', shop)
  expect(err).toContain('(access/principal)')
  await access('who-can', 'SELECT', 'public.nothing', '--from', shop)
  expect(err).toContain('(access/object)')
  expect(await access()).toBe(2)
})
