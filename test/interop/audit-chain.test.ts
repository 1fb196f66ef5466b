import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { audit, type Db } from '../../src/platform/index.ts'
import { type TestDatabase, testDatabase } from '../../src/platform/testing/index.ts'
import { noPython, run } from './python.ts'

const verifier = fileURLToPath(new URL('audit_chain.py', import.meta.url))
const ENTRIES = 10_000

let missing: string | null
let database: TestDatabase

beforeAll(async () => {
  missing = await noPython()
  if (missing) return
  database = await testDatabase()
  // What one language writes otherwise than another: numbers, escapes, letters outside of ASCII and of the first plane.
  const after = { tiny: 1e-300, large: 1e21, minus: -0, quoted: '"\\\n\u2028', nul: 'a\0b', half: '\ud800', no: null }
  await database.db.transaction().execute(async (tx) => {
    for (let n = 1; n <= ENTRIES; n++)
      await audit.record(tx, { actor: 'user:Žofie', action: 'finding.mute', subject: `f${n} 😀`, before: n, after })
  })
}, 120_000)
afterAll(() => database?.close())
beforeEach((context) => {
  if (missing) context.skip(missing)
})

/** The rows as they stand, one JSON document a line. */
async function exported(db: Db): Promise<string> {
  const { rows } = await sql`
    select id::int4, at, actor, action, subject, entry, encode(previous, 'hex') as previous, encode(hash, 'hex') as hash
    from platform.audit order by id`.execute(db)
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

async function verified(db: Db): Promise<{ status: number | null; said: Record<string, unknown> }> {
  const { status, out, err } = await run('python3', ['-I', verifier], { input: await exported(db) })
  expect(err).toBe('')
  return { status, said: JSON.parse(out) }
}

test('a verifier in another language confirms an untouched chain, to the same head', async () => {
  const ours = await audit.verify(database.db)
  expect(ours).toMatchObject({ ok: true, entries: ENTRIES })
  expect(await verified(database.db)).toEqual({
    status: 0,
    said: { holds: true, entries: ENTRIES, head: ours.head.hash },
  })
})

describe('it names the entry', () => {
  const forged = `sha256(previous || convert_to(id || E'\\n' || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || E'\\n' || entry, 'UTF8'))`
  test.each([
    [
      'whose text was altered',
      `update platform.audit set entry = replace(entry, 'mute', 'seen') where id = 4711`,
      4711,
    ],
    ['whose actor was altered', `update platform.audit set actor = 'user:eve' where id = 4711`, 4711],
    ['whose time was altered', `update platform.audit set at = at + interval '1 ms' where id = 9999`, 9999],
    ['that was deleted', `delete from platform.audit where id = 2`, 2],
    [
      'after one that was altered and hashed anew',
      `update platform.audit set entry = replace(entry, 'null', 'true') where id = 41;
       update platform.audit set hash = ${forged} where id = 41`,
      42,
    ],
  ])('%s', async (_, tampering, id) => {
    const undone = new Error('undone')
    const altered = database.db.transaction().execute(async (tx) => {
      await sql.raw(tampering).execute(tx)
      const { status, said } = await verified(tx)
      expect({ status, ...said }).toEqual({ status: 1, holds: false, id, what: expect.any(String) })
      throw undone
    })
    await expect(altered).rejects.toBe(undone)
  })
})
