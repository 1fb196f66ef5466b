import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { migrations as graph, openStage } from '../graph/index.ts'
import { migrations as http } from '../http/index.ts'
import type { Db, Tx } from '../platform/index.ts'
import { testDatabase } from '../platform/testing/index.ts'
import { Entity } from '../sdk/index.ts'
import {
  assignments,
  assignOwner,
  importOwners,
  importPeople,
  migrations,
  OWNER_COLUMNS,
  openList,
  PEOPLE_COLUMNS,
  putTeam,
  undoBatch,
} from './index.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let db: Db
const now = new Date('2026-11-24T12:00:00.000Z')

beforeAll(async () => {
  database = await testDatabase([graph, migrations, http])
  db = database.db
  const entity = (over: object) => Entity.parse({ kind: 'identity', type: 'demo_account', ...over })
  const stage = await openStage(database, { connection: 'demo', run: 1 })
  for (let n = 1; n <= 50; n++)
    await stage.write('all', entity({ key: `demo:svc-${n}`, name: `svc-${n}`, aliases: [`arn:demo:${n}`] }))
  await stage.write('all', entity({ key: 'demo:twin/1', name: 'twin' }))
  await stage.write('all', entity({ key: 'demo:twin/2', name: 'twin' }))
  await stage.write('all', entity({ key: 'demo:odd, "name"', name: '=odd' }))
  for (const [mail, name] of [
    ['ada@example.org', 'Ada Lovelace'],
    ['bo@example.org', 'Bo'],
    ['bo@other.example', 'Bo'],
  ])
    await stage.write('all', entity({ kind: 'person', type: 'person', key: `person:${mail}`, name }))
  await stage.seal('all', null)
  await stage.apply({ collections: [{ id: 'all', yields: ['demo_account', 'person'], complete: true }], at: now })
})
afterAll(() => database.close())
beforeEach(() => sql`truncate act.assignment, act.person, act.team`.execute(db))

const act = <T>(change: (tx: Tx) => Promise<T>) => db.transaction().execute(change)
/** In pieces that end anywhere, as a network gives them. */
async function* pieces(bytes: Uint8Array, size = 11): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
const listOf = (text: string | Uint8Array, size?: number) =>
  openList(pieces(typeof text === 'string' ? Buffer.from(text) : text, size), OWNER_COLUMNS)
let later = 0
const take = async (text: string | Uint8Array, over: { dryRun?: boolean; size?: number } = {}) => {
  const list = await listOf(text, over.size)
  later++
  return act((tx) =>
    importOwners(tx, { list, by: 'user:bo', now: new Date(now.getTime() + later), dryRun: over.dryRun ?? false }),
  )
}
const inForce = async () => (await assignments(db)).map(({ entity, sort, value }) => `${entity} ${sort} ${value}`)

test('50 lines of which 3 are bad: 47 applied, 3 told with line and cause, and again it is a no-op', async () => {
  const lines = Array.from({ length: 50 }, (_, n) => `demo:svc-${n + 1},owner${n % 7}@example.org`)
  lines[9] = 'demo:nowhere,owner1@example.org'
  lines[29] = 'demo:svc-30,nobody in particular'
  lines[49] = 'demo:svc-50,'
  const text = `identity,owner\n${lines.join('\n')}\n`
  const first = await take(text)
  expect(first).toMatchObject({ lines: 50, applied: 47, unchanged: 0, errorCount: 3 })
  expect(first.errors).toEqual([
    {
      line: 11,
      column: 'identity',
      code: 'import/unknown-identity',
      says: 'nothing that is read bears this key or name',
    },
    {
      line: 31,
      column: 'owner',
      code: 'import/unknown-person',
      says: 'nobody is known by this name; give an e-mail address',
    },
    { line: 51, column: 'owner', code: 'import/no-owner', says: 'it names neither an owner, nor a team, nor a backup' },
  ])
  expect(await inForce()).toHaveLength(47)
  const before = await sql`select * from act.assignment order by id`.execute(db)
  const again = await take(text)
  expect(again).toMatchObject({ lines: 50, applied: 0, unchanged: 47, errorCount: 3, batch: null })
  expect((await sql`select * from act.assignment order by id`.execute(db)).rows).toEqual(before.rows)
})

test('quotes, a byte order mark, either line end, semicolons and tabs, UTF-16 and pieces of any size mean the same', async () => {
  const rows = [
    ['Identity', 'Owner Email', 'Note'],
    ['demo:odd, "name"', 'ada@example.org', 'two\nlines; and "quotes", é'],
    ['arn:demo:2', 'Ada Lovelace <ada@example.org>', ''],
    ['svc-3', 'ada lovelace', ' '],
  ]
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
  const text = (sign: string, end: string) => rows.map((row) => row.map(quoted).join(sign)).join(end) + end
  const forms: Uint8Array[] = [
    Buffer.from(text(',', '\n')),
    Buffer.from(`\ufeff${text(',', '\r\n')}`),
    Buffer.from(text(';', '\r\n')),
    Buffer.from(text('\t', '\n').trimEnd()),
    Buffer.from(`\ufeff${text(',', '\n')}`, 'utf16le'),
    Buffer.from(`\ufeff${text('\t', '\r\n')}`, 'utf16le').swap16(),
  ]
  for (const form of forms) {
    for (const size of [1, 2, 7, 100_000]) {
      await sql`truncate act.assignment`.execute(db)
      expect(await take(form, { size })).toMatchObject({ lines: 3, applied: 3, errorCount: 0 })
      expect(await inForce()).toEqual([
        'demo:odd, "name" owner person:ada@example.org',
        'demo:svc-2 owner person:ada@example.org',
        'demo:svc-3 owner person:ada@example.org',
      ])
      expect((await assignments(db))[0]!.reason).toBe('two\nlines; and "quotes", é')
    }
  }
})

test('a formula is told as one, where it is no name; one that was escaped is the value', async () => {
  const came = await take(
    `identity,owner,note\ndemo:svc-1,"=HYPERLINK(""http://x"",""ada@example.org"")",\n=cmd|'/c calc'!A1,ada@example.org,\n'=odd,ada@example.org,'=1+1\n@svc,ada@example.org,`,
  )
  expect(came.errors.map(({ line, column, code }) => [line, column, code])).toEqual([
    [2, 'owner', 'import/formula'],
    [3, 'identity', 'import/formula'],
    [5, 'identity', 'import/formula'],
  ])
  expect(await assignments(db)).toMatchObject([{ entity: 'demo:odd, "name"', reason: '=1+1' }])
})

test('a line with more or fewer cells, a line of 70,000 bytes, bytes that are no text: each is told, and the lines around it count', async () => {
  const came = await take(
    Buffer.concat([
      Buffer.from(
        'identity,owner,backup\ndemo:svc-1,ada@example.org,\ndemo:svc-2,ada@example.org\ndemo:svc-3,a,b,c\n\n , , \n',
      ),
      Buffer.from(`demo:svc-4,"${'x'.repeat(70_000)}, ""y""",\ndemo:svc-5,${'z'.repeat(70_000)},\n`),
      Buffer.from([...Buffer.from('demo:svc-6,'), 0xff, 0xfe, ...Buffer.from('@example.org,\n')]),
      Buffer.from('demo:svc-7,ada@example.org,"two\nlines"\ndemo:svc-8,ada@example.org,\n'),
    ]),
    { size: 4_096 },
  )
  expect(came.errors.map(({ line, code }) => [line, code])).toEqual([
    [3, 'import/columns'],
    [4, 'import/columns'],
    [7, 'import/too-long'],
    [8, 'import/too-long'],
    [9, 'import/text'],
    [10, 'import/unknown-person'],
  ])
  expect(await inForce()).toEqual([
    'demo:svc-1 owner person:ada@example.org',
    'demo:svc-8 owner person:ada@example.org',
  ])
  expect(came).toMatchObject({ lines: 8, applied: 2 })
})

test('a list whose shape cannot be told is refused whole, by line, and nothing is changed', async () => {
  await expect(
    take(
      `identity,owner\ndemo:svc-1,ada@example.org\ndemo:svc-2,"ada@example.org\n${'demo:svc-3,x\n'.repeat(30_000)}`,
      { size: 65_536 },
    ),
  ).rejects.toMatchObject({
    code: 'import/quote',
    message: expect.stringContaining('after line 2'),
  })
  for (const [text, code] of [
    ['', 'import/empty'],
    ['\ufeff', 'import/empty'],
    ['who,what\nada,svc\n', 'import/header'],
    ['arn,key,owner\n', 'import/header'],
    ['demo:svc-1,ada@example.org\n', 'import/header'],
  ] as const)
    await expect(take(text)).rejects.toMatchObject({ code })
  expect(await inForce()).toEqual([])
})

test('unknown columns are told and read over; those known by other names are understood', async () => {
  const came = await take(
    'Cost Centre,ARN,Owner-Email,Deputy,Comment\n7,arn:demo:1,ada@example.org,bo@example.org,asked\n',
  )
  expect(came).toMatchObject({ applied: 1, ignored: ['Cost Centre'] })
  expect(await inForce()).toEqual([
    'demo:svc-1 backup person:bo@example.org',
    'demo:svc-1 owner person:ada@example.org',
  ])
})

test('names that several bear are told with what to give instead', async () => {
  const came = await take(
    'identity,owner,backup\ntwin,ada@example.org,\ndemo:svc-1,Bo,\ndemo:svc-2,bo@other.example,Bo\ndemo:twin/1,ada@example.org,\n',
  )
  expect(came.errors).toMatchObject([
    {
      line: 2,
      code: 'import/ambiguous-identity',
      says: '2 things are called so; give the key: demo:twin/1, demo:twin/2',
    },
    { line: 3, column: 'owner', code: 'import/ambiguous-person' },
    { line: 4, column: 'backup', code: 'import/ambiguous-person' },
  ])
  expect(came.applied).toBe(1)
})

test('a line that says the same again is unchanged, one that says otherwise is told with the line it contradicts', async () => {
  const came = await take(
    'identity,owner\ndemo:svc-1,ada@example.org\narn:demo:1,ADA@example.org\nsvc-1,bo@example.org\ndemo:svc-2,bo@example.org\n',
  )
  expect(came).toMatchObject({ lines: 4, applied: 2, unchanged: 1, errorCount: 1 })
  expect(came.errors).toEqual([
    {
      line: 4,
      column: 'identity',
      code: 'import/contradicts',
      says: 'line 2 says otherwise of the same thing, and counts',
    },
  ])
  // Far apart too, over the handfuls in which a list is read.
  const far = `identity,owner\ndemo:svc-1,ada@example.org\n${'demo:svc-2,bo@example.org\n'.repeat(11_000)}demo:svc-1,bo@example.org\n`
  expect(await take(far, { size: 65_536 })).toMatchObject({
    lines: 11_002,
    applied: 0,
    unchanged: 11_001,
    errorCount: 1,
    errors: [{ line: 11_003 }],
  })
})

test('teams are named by id or name, in a column of their own or as the owner; the backup is somebody else', async () => {
  await act((tx) =>
    putTeam(tx, { id: 'ops', name: 'Operations', accountable: 'ada@example.org', members: [], by: 'user:bo', now }),
  )
  const came = await take(
    'identity,owner,team,backup\ndemo:svc-1,,ops,\ndemo:svc-2,team:ops,,bo@example.org\ndemo:svc-3,bo@example.org,Operations,\ndemo:svc-4,,nobody,\ndemo:svc-5,ada@example.org,,ada@example.org\ndemo:svc-6,,ops,ada@example.org\n',
  )
  expect(came.errors.map(({ line, code }) => [line, code])).toEqual([
    [5, 'import/no-team'],
    [6, 'import/backup'],
    [7, 'import/backup'],
  ])
  expect((await assignments(db)).map(({ entity, sort, value, team }) => [entity, sort, value, team])).toEqual([
    ['demo:svc-1', 'owner', 'person:ada@example.org', 'ops'],
    ['demo:svc-2', 'backup', 'person:bo@example.org', null],
    ['demo:svc-2', 'owner', 'person:ada@example.org', 'ops'],
    ['demo:svc-3', 'owner', 'person:bo@example.org', 'ops'],
  ])
})

test('a dry run tells the same and changes nothing; undo takes the list back and leaves what was changed since', async () => {
  await act((tx) => assignOwner(tx, { entity: 'demo:svc-1', owner: 'bo@example.org', by: 'user:bo', now }))
  const text =
    'identity,owner\ndemo:svc-1,ada@example.org\ndemo:svc-2,ada@example.org\ndemo:svc-3,ada@example.org\nx,y\n'
  const tried = await take(text, { dryRun: true })
  expect(tried).toMatchObject({ applied: 3, errorCount: 1, batch: null })
  expect(await inForce()).toEqual(['demo:svc-1 owner person:bo@example.org'])
  const { batch, ...came } = await take(text)
  expect({ ...came, batch: null }).toEqual(tried)
  await act((tx) => assignOwner(tx, { entity: 'demo:svc-3', owner: 'bo@example.org', by: 'user:bo', now: new Date() }))
  const { rows } = await sql<{
    entry: string
  }>`select entry from platform.audit where subject = ${`batch:${batch}`}`.execute(db)
  expect(JSON.parse(rows[0]!.entry)).toMatchObject({
    action: 'owner.import',
    after: { lines: 4, applied: 3, errors: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
  expect(await act((tx) => undoBatch(tx, { batch: batch!, by: 'user:bo', now: new Date() }))).toEqual({
    back: 2,
    kept: 1,
  })
  expect(await inForce()).toEqual(['demo:svc-1 owner person:bo@example.org', 'demo:svc-3 owner person:bo@example.org'])
  await expect(act((tx) => undoBatch(tx, { batch: batch!, by: 'user:bo', now: new Date() }))).rejects.toMatchObject({
    code: 'act/too-late',
  })
  await expect(act((tx) => undoBatch(tx, { batch: 99_999, by: 'user:bo', now: new Date() }))).rejects.toMatchObject({
    code: 'act/no-batch',
  })
})

test('errors of a list that is wrong from end to end are counted, and the first 1,000 told in order', async () => {
  const came = await take(
    `identity,owner\n${Array.from({ length: 12_000 }, (_, n) => `none-${n},x@example.org\n`).join('')}`,
    { size: 65_536 },
  )
  expect(came).toMatchObject({ lines: 12_000, applied: 0, errorCount: 12_000 })
  expect(came.errors.map(({ line }) => line)).toEqual(Array.from({ length: 1_000 }, (_, n) => n + 2))
})

test('a list of people: words of personnel systems are understood, and each line that is not is told', async () => {
  const text = [
    'Work Email,Display Name,Employment Status,End Date,Reports To',
    'ADA@example.org,Ada,Active,,bo@example.org',
    'bo@example.org,Bo,Terminated,2026-11-20,',
    'cy@example.org,Cy,active,2026-12-31,',
    'dee@example.org,Dee,yes,2026-02-30,',
    'not an address,E,active,,',
    ',F,active,,',
    'gus@example.org,G,sabbatical,,',
    'bo@example.org,Bo again,active,,',
    '=1+1,H,active,,',
    'ian@example.org,I,inactive,2027-01-01,',
    'jo@example.org,J,,,someone',
  ].join('\r\n')
  const list = await openList(pieces(Buffer.from(text)), PEOPLE_COLUMNS)
  const came = await act((tx) => importPeople(tx, { list, by: 'user:bo', now }))
  expect(came).toMatchObject({ lines: 11, applied: 4, errorCount: 7 })
  expect(came.errors.map(({ line, code }) => [line, code])).toEqual([
    [5, 'import/date'],
    [6, 'import/address'],
    [7, 'import/no-person'],
    [8, 'import/status'],
    [9, 'import/contradicts'],
    [10, 'import/formula'],
    [12, 'import/address'],
  ])
  const { rows } =
    await sql`select key, status, left_on::text, manager from act.person where ended_at is null order by key`.execute(
      db,
    )
  expect(rows).toEqual([
    { key: 'person:ada@example.org', status: 'active', left_on: null, manager: 'person:bo@example.org' },
    { key: 'person:bo@example.org', status: 'left', left_on: '2026-11-20', manager: null },
    { key: 'person:cy@example.org', status: 'active', left_on: '2026-12-31', manager: null },
    { key: 'person:ian@example.org', status: 'active', left_on: '2027-01-01', manager: null },
  ])
})
