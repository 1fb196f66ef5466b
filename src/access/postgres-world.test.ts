import { expect, test } from 'vitest'
import type { Collected } from './collected.ts'
import { actionsIn, decideIn, resourcesIn, subjectsIn } from './decision-point.ts'
import { postgresWorlds } from './postgres-world.ts'
import { indexOfSubject, whoCanIn, whyIn } from './world.ts'

const SERVER = 'postgres:db.example:5432'
const role = (name: string, more: object = {}) => ({
  key: `${SERVER}/role/${name}`,
  type: 'postgres_role',
  name,
  aliases: [],
  connections: ['db'],
  unknowns: {},
  attributes: {
    superuser: false,
    login: true,
    createRole: false,
    createDatabase: false,
    replication: false,
    bypassRowSecurity: false,
    ...more,
  },
})
const acl = (to: string, ...may: string[]) => ({ to, may, grants: [] })
const rights = [
  { what: 'cluster', version: 16, database: 'shop' },
  { what: 'database', name: 'shop', owner: 'boss', acl: [acl('reader', 'CONNECT'), acl('clerk', 'CONNECT')] },
  { what: 'schema', name: 'public', owner: 'boss', acl: [acl('reader', 'USAGE'), acl('clerk', 'USAGE')] },
  {
    what: 'table',
    schema: 'public',
    name: 'orders',
    owner: 'boss',
    acl: [acl('reader', 'SELECT')],
    kind: 'table',
    rowSecurity: 'no',
  },
  { what: 'column', schema: 'public', table: 'orders', name: 'state', owner: 'boss', acl: [acl('clerk', 'UPDATE')] },
]
const collected: Collected = {
  nodes: [
    role('boss', { superuser: true }),
    role('reader'),
    role('clerk'),
    {
      key: `${SERVER}/database/shop`,
      type: 'postgres_database',
      name: 'shop',
      aliases: [],
      connections: ['db'],
      unknowns: {},
      attributes: { rights },
    },
  ],
  edges: [
    {
      from: `${SERVER}/role/clerk`,
      verb: 'has',
      to: `${SERVER}/role/reader`,
      attributes: { admin: false, inherits: true, sets: true },
    },
  ],
  whole: [],
  unread: [],
}
const worlds = postgresWorlds(collected)
const [world] = worlds as [(typeof worlds)[number]]
const names = (action: string, on: string) =>
  whoCanIn(world, action, on).rows.map(({ subject, verdict }) => `${subject.name} ${verdict}`)

test('who can, by inheritance, by ownership, by a column and by the table of a column', () => {
  expect(names('SELECT', 'public.orders')).toEqual(['boss yes', 'reader yes', 'clerk yes'])
  expect(names('UPDATE', 'column:public.orders.state')).toEqual(['boss yes', 'clerk yes'])
  expect(names('SELECT', 'column:public.orders.state')).toEqual(['boss yes', 'reader yes', 'clerk yes'])
  expect(names('DELETE', 'shop.public.orders')).toEqual(['boss yes'])
})

test('why names the grant that decides, of a role by its key or its name', () => {
  const index = indexOfSubject(world, `${SERVER}/role/clerk`)!
  expect(indexOfSubject(world, 'clerk')).toBe(index)
  expect(whyIn(world, index, 'SELECT', 'public.orders')).toMatchObject({ verdict: 'yes', subject: { name: 'clerk' } })
  expect(whyIn(world, index, 'DELETE', 'public.orders').verdict).toBe('no')
})

test('the decision point answers of roles and tables, and its searches agree', async () => {
  const subject = { type: 'role', id: `${SERVER}/role/reader` }
  const [action, resource] = [{ name: 'SELECT' }, { type: 'table', id: 'public.orders' }]
  expect(decideIn(worlds, { subject, action, resource }).decision).toBe(true)
  expect(decideIn(worlds, { subject, action: { name: 'DELETE' }, resource }).decision).toBe(false)
  expect(subjectsIn(worlds, { subject: { type: 'postgres_role' }, action, resource }).map(({ id }) => id)).toEqual(
    ['boss', 'reader', 'clerk'].map((name) => `${SERVER}/role/${name}`),
  )
  const tables = resourcesIn(worlds, { subject, action, resource: { type: 'postgres_table' } })
  expect(tables).toEqual([{ type: 'postgres_table', id: 'table:shop.public.orders' }])
  expect(decideIn(worlds, { subject, action, resource: tables[0]! }).decision).toBe(true)
  expect(await actionsIn(worlds, { subject, resource })).toEqual([{ name: 'SELECT' }])
})
