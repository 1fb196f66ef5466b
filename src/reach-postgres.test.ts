import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresDerived, postgresFromCollected, risePostgres } from './access/index.ts'
import { postgresEstate } from './access/postgres/estate.ts'
import { ESCALATIONS, named } from './access/postgres/testing/escalations.ts'
import { SERVERS, type Server } from './access/testing/postgres.ts'
import { createConnection, requestSync, runSync } from './discover/index.ts'
import { replaceDerivedEdges } from './graph/index.ts'
import { type TestServer, testServer } from './http/testing/index.ts'
import { providers } from './providers/index.ts'
import { readCollected } from './read/index.ts'

/** Every way up of the table, each in a database of its own, on one server that a connection reads. */
let reeve: TestServer
let server: Server
const marks: string[] = []
beforeAll(async () => {
  ;[reeve, server] = await Promise.all([testServer({ providers }), SERVERS[0]!.start()])
  const admin = await server.session()
  for (const [at, { since = 0, until = 99, setup }] of ESCALATIONS.entries()) {
    if (since > SERVERS[0]!.version || until < SERVERS[0]!.version) continue
    const mark = `w${at}`
    marks.push(mark)
    for (const name of ['user', 'other', 'mid', 'boss'])
      await admin.query(`create role ${mark}_${name} login ${name === 'boss' ? 'superuser' : ''}`)
    await admin.query(`create database ${mark}`)
    const inside = await server.session(undefined, mark)
    for (const statement of setup) await inside.query(named(statement, { mark, folder: '/nowhere' }))
    await inside.end()
  }
  await admin.end()
}, 120_000)
afterAll(async () => {
  await reeve?.close()
  await server?.stop()
})

test('what a connection collected says the same as the files do, and its rows stand in the graph', async () => {
  const { discovery } = reeve.app
  const { password: _, ...settings } = { ...server.settings, databases: marks }
  await createConnection(discovery, { provider: 'postgres', settings, id: 'shop', schedule: null }, 'test')
  await runSync(discovery, await requestSync(discovery, 'shop', 'test'))
  const collected = await readCollected(reeve.db, 'postgres')
  const [found] = postgresFromCollected(collected)
  const files = await Promise.all(['postgres', ...marks].map((database) => server.rights(database)))
  const offline = risePostgres(postgresEstate(files)).rows.toSorted(byName)
  expect(risePostgres(found!.estate).rows.toSorted(byName)).toEqual(offline)
  expect(offline.filter(({ paths }) => paths.length > 0).length).toBeGreaterThan(15)

  const rows = postgresDerived(collected)
  const keys = new Set(collected.nodes.map(({ key }) => key))
  const to = new Map(Map.groupBy(rows, ({ from }) => from))
  for (const { principal, isAdmin, paths } of offline) {
    const seen = new Set([found!.roleKey(principal)])
    for (const one of seen) for (const row of to.get(one) ?? []) seen.add(row.to)
    // The rows of the graph lead up exactly those of whom a path is told.
    expect([principal, seen.has(found!.key)]).toEqual([
      principal,
      isAdmin || paths.some((path) => path.at(-1)!.to === 'admin'),
    ])
  }
  expect(rows.filter(({ from }) => !keys.has(from))).toEqual([])
  const written = await reeve.db.transaction().execute((tx) => replaceDerivedEdges(tx, 'postgres', rows))
  expect(written).toEqual({ added: rows.length, gone: 0 })
}, 60_000)

const byName = (one: { principal: string }, other: { principal: string }): number =>
  one.principal < other.principal ? -1 : 1
