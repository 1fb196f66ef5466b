/** Questions about access without files: the server is asked, and answers as the files do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allow, detailsOf, EVERYTHING, type Invented } from '../access/testing/account.ts'
import { describedAccount } from '../access/testing/described.ts'
import { read, type TestServer, testServer } from '../http/testing/index.ts'
import { apiAt } from './api.ts'
import type { Reeve } from './reeve.ts'
import { runHere } from './testing/run-here.ts'

const ESTATE: Invented = {
  users: {
    ana: { inline: [allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::payroll/*')] },
    root: { inline: [EVERYTHING] },
  },
}
const OBJECT = 'arn:aws:s3:::payroll/a'
const localToken = `reeve_${'p'.repeat(40)}`

let server: TestServer
let reeve: Reeve
let folder: string
let file: string
let out: string
let err: string
beforeAll(async () => {
  server = await testServer({ localToken })
  reeve = { version: '1', api: async () => apiAt(server.url, localToken) } as Partial<Reeve> as Reeve
  await read(server.database, describedAccount(ESTATE), { connection: 'aws-main' })
  folder = mkdtempSync(join(tmpdir(), 'reeve-access-online-'))
  file = join(folder, 'account.json')
  writeFileSync(file, JSON.stringify(detailsOf(ESTATE)))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server.close()
})
async function access(...argv: string[]): Promise<unknown> {
  const ran = await runHere(reeve, ['access', ...argv])
  out = ran.out
  err = ran.err
  return ran.status ?? 0
}
const told = () => JSON.parse(out)

test('who-can names the same from files and from the server', async () => {
  expect(await access('who-can', 's3:GetObject', OBJECT, '--json')).toBe(0)
  const online = told()
    .rows.map((row: { principal: string; verdict: string }) => `${row.principal} ${row.verdict}`)
    .sort()
  await access('who-can', 's3:GetObject', OBJECT, '--from', file, '--json')
  expect(online).toEqual(
    told()
      .rows.map((row: { principal: string; verdict: string }) => `aws:${row.principal} ${row.verdict}`)
      .sort(),
  )
  expect(online).toHaveLength(2)
  await access('who-can', 's3:GetObject', OBJECT)
  expect(out).toContain(`2 can do s3:GetObject on ${OBJECT}`)
})

test('why, what-can and least are asked of the server', async () => {
  expect(await access('why', 'ana', 's3:GetObject', OBJECT)).toBe(0)
  expect(out).toContain('yes: inline-0 of ana, statement 1 allows it')
  expect(await access('what-can', 'ana')).toBe(0)
  expect(out).toMatch(/s3 +2 +unknown: when it last used each service was not read/)
  expect(out).toContain('it is no administrator')
  // What nobody saw used is kept, and that is said: an answer in part.
  expect(await access('least', 'ana', '--json')).toBe(4)
  expect(told().policy.Statement[0].Action).toEqual(['s3:GetObject', 's3:PutObject'])
  const used = join(folder, 'used.json')
  writeFileSync(used, JSON.stringify([{ action: 's3:GetObject', resource: OBJECT }]))
  expect(await access('least', 'ana', '--used', used, '--json')).toBe(0)
  expect(told().policy.Statement).toEqual([{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: [OBJECT] }])
})

test('what is not there is a failure with its code, and wrong use is told apart', async () => {
  expect(await access('why', 'nobody', 's3:GetObject', OBJECT, '--json')).toBe(3)
  expect(told()).toMatchObject({ error: { code: 'access/unknown' } })
  expect(await access('who-can', 's3:GetObject', OBJECT, '--scp', file)).toBe(2)
  expect(err).toContain('(use/from)')
  expect(await access('least', 'ana', '--from', file)).toBe(2)
  expect(err).toContain('(use/used)')
})
