import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Sensitive } from '../sdk/index.ts'
import { checkpoint, entries, record, verify } from './audit.ts'
import { parseInstallationKey } from './installation-key.ts'
import { type TestDatabase, testDatabase } from './testing/index.ts'

let database: TestDatabase
const key = parseInstallationKey(randomBytes(32).toString('hex'), 'test')

beforeEach(async () => {
  database = await testDatabase()
})
afterEach(() => database.close())

const write = async (count: number) => {
  for (let index = 0; index < count; index++) {
    await database.db.transaction().execute((tx) =>
      record(tx, {
        actor: 'user:ann',
        action: 'finding.mute',
        subject: `f${index}`,
        before: null,
        after: { until: '2027-01-01', n: index },
      }),
    )
  }
}
const run = (text: string) => sql.raw(text).execute(database.db)

test('an untouched trail verifies, empty or not', async () => {
  expect(await verify(database.db, { key })).toMatchObject({ ok: true, entries: 0 })
  await write(5)
  expect(await verify(database.db, { key })).toMatchObject({ ok: true, entries: 5 })
})

test('an entry is there only if its change is', async () => {
  await expect(
    database.db.transaction().execute(async (tx) => {
      await record(tx, { actor: 'a', action: 'b', subject: 'c' })
      throw new Error('the change failed')
    }),
  ).rejects.toThrow()
  await write(1)
  expect(await verify(database.db)).toMatchObject({ ok: true, entries: 1 })
})

test('writers at once make one chain', async () => {
  await Promise.all(Array.from({ length: 8 }, () => write(10)))
  expect(await verify(database.db)).toMatchObject({ ok: true, entries: 80 })
})

test('values of any kind survive, and secrets stay out', async () => {
  const after = {
    nul: 'a\0b',
    half: '\ud800',
    minus: -0,
    tiny: 1e-300,
    deep: { b: 1, a: [null, true] },
    secret: new Sensitive('hunter2'),
  }
  await record(database.db, { actor: 'ä', action: 'b', subject: '😀', after })
  expect(await verify(database.db)).toMatchObject({ ok: true })
  const [entry] = await Array.fromAsync(entries(database.db))
  expect(entry!.after).toEqual({
    nul: 'a\ufffdb',
    half: '\ufffd',
    minus: 0,
    tiny: 1e-300,
    deep: { a: [null, true], b: 1 },
    secret: '[sensitive]',
  })
})

test.each([
  ['an altered actor', `update platform.audit set actor = 'user:eve' where id = 3`, 3, 'altered'],
  ['an altered value', `update platform.audit set entry = replace(entry, '2027', '2028') where id = 3`, 3, 'altered'],
  ['an altered time', `update platform.audit set at = at + interval '1 ms' where id = 3`, 3, 'altered'],
  ['a deleted entry', `delete from platform.audit where id = 3`, 3, 'deleted'],
  ['a deleted first entry', `delete from platform.audit where id = 1`, 1, 'deleted'],
  ['a cut tail', `delete from platform.audit where id > 3`, 4, 'deleted'],
  [
    'two entries that changed places',
    `update platform.audit set id = case id when 2 then -3 when 3 then -2 end where id in (2, 3); update platform.audit set id = -id where id < 0`,
    2,
    'moved',
  ],
  [
    'an inserted entry',
    `update platform.audit set id = -id - 1 where id > 2; update platform.audit set id = -id where id < 0;
     insert into platform.audit select 3, at, actor, action, subject, entry, previous, hash from platform.audit where id = 2`,
    3,
    'inserted',
  ],
  [
    'an entry past the head',
    `insert into platform.audit select 6, at, actor, action, subject, entry, hash, sha256(hash || convert_to(
     '6' || E'\\n' || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || E'\\n' || entry, 'UTF8')) from platform.audit where id = 5`,
    6,
    'inserted',
  ],
])('%s is found and named', async (_, tampering, id, what) => {
  await write(5)
  await run(tampering)
  const report = await verify(database.db)
  expect(report.ok).toBe(false)
  expect(report.fault).toMatchObject({ id, what: expect.stringContaining(what) })
})

test('a chain that was cut, its head moved back, shows by the signed head', async () => {
  await write(5)
  await checkpoint(database.db, key)
  await run(
    `delete from platform.audit where id > 3; update platform.audit_head set id = 3, hash = (select hash from platform.audit where id = 3)`,
  )
  expect((await verify(database.db, { key })).fault).toMatchObject({
    id: 4,
    what: expect.stringContaining('signed head'),
  })
})

test('a chain that was cut with its signed heads shows by one kept elsewhere', async () => {
  await write(5)
  const anchor = (await checkpoint(database.db, key))!
  await run(`delete from platform.audit_checkpoint; delete from platform.audit where id > 3;
    update platform.audit_head set id = 3, hash = (select hash from platform.audit where id = 3)`)
  expect(await verify(database.db, { key })).toMatchObject({ ok: true })
  expect((await verify(database.db, { key, anchor })).fault).toMatchObject({ id: 4 })
})

test('a chain that was written anew shows by the signed head, and a forged signature by the key', async () => {
  await write(3)
  await checkpoint(database.db, key)
  await run(`truncate platform.audit; update platform.audit_head set id = 0, hash = decode(repeat('00', 32), 'hex')`)
  await write(3)
  expect((await verify(database.db, { key })).fault).toMatchObject({
    id: 3,
    what: expect.stringContaining('rewritten'),
  })
  await run(`update platform.audit_checkpoint set hash = (select hash from platform.audit where id = 3)`)
  expect((await verify(database.db, { key })).fault).toMatchObject({
    id: 3,
    what: expect.stringContaining('signed head'),
  })
})

test('the export carries all that an independent verifier needs', async () => {
  await write(3)
  let previous = '0'.repeat(64)
  for await (const { id, at, previous: said, hash, ...entry } of entries(database.db)) {
    const text = JSON.stringify(Object.fromEntries(Object.entries(entry).sort()))
    expect(said).toBe(previous)
    previous = createHash('sha256').update(Buffer.from(said, 'hex')).update(`${id}\n${at}\n${text}`).digest('hex')
    expect(hash).toBe(previous)
  }
})
