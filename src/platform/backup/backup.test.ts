import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { zstdDecompressSync } from 'node:zlib'
import type pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Sensitive } from '../../sdk/index.ts'
import * as audit from '../audit.ts'
import { systemClock } from '../clock.ts'
import { openDatabase } from '../database.ts'
import { openKeyFile } from '../installation-key.ts'
import { type Migrations, migrate } from '../migrate.ts'
import { type TestDatabase, testDatabase } from '../testing/index.ts'
import { backup } from './backup.ts'
import { restore } from './restore.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const clock = systemClock
const src = new URL('../../', import.meta.url)
/** The tables of every module that has some. */
const modules: Migrations[] = readdirSync(src)
  .filter((name) => name !== 'platform' && existsSync(new URL(`${name}/migrations/`, src)))
  .map((name) => ({ schema: name, folder: new URL(`${name}/migrations/`, src) }))

const ORCHARD = `
  create table apple (id bigint generated always as identity primary key, tree int not null, parent bigint references apple,
    name text, colour jsonb, bytes bytea, picked timestamptz, tags text[], weight numeric, ripe boolean, heavy boolean generated always as (weight > 100) stored);
  create table tree (id int primary key, planted date not null default '2020-01-01');
  alter table apple add foreign key (tree) references tree;
  create table log (n serial, what text);
  create unlogged table draft (n int);
  create function grown() returns trigger language plpgsql as $$ begin insert into orchard.log (what) values ('grown'); return new; end $$;
  create trigger grown after insert on tree for each row execute function orchard.grown();`
const FRUIT = String.raw`
  insert into orchard.tree select n from generate_series(1, 2000) n;
  insert into orchard.apple (tree, parent, name, colour, bytes, picked, tags, weight, ripe)
    select 1 + n % 2000, case when n > 1 then 1 end, E'a\tb\nc\\d "e" \u00e9 ' || n, jsonb_build_object('n', n, 's', E'\\ \u2603'), decode(md5(n::text), 'hex'),
      '2026-01-01T00:00:00.123456Z'::timestamptz + n * interval '1 s', array['x,y', null, 'z"'], n / 7.0, case n % 3 when 0 then true when 1 then false end
    from generate_series(1, 5000) n;
  insert into orchard.log (what) values ('\N'), (null), (''); insert into orchard.draft values (1);`

let folder: string
let file: string
let source: TestDatabase
let orchard: Migrations
const key = () => openKeyFile(join(folder, 'source-key'))
const all = () => [...modules, orchard]
const configFor = (data: string, url?: string) => ({
  data,
  database: { connections: 5, ...(url && { url: new Sensitive(url) }) },
})

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-backup-'))
  file = join(folder, 'backup')
  mkdirSync(join(folder, 'orchard'))
  writeFileSync(join(folder, 'orchard/0001-apples.sql'), ORCHARD)
  orchard = { schema: 'orchard', folder: pathToFileURL(join(folder, 'orchard/')) }
  source = await testDatabase(all())
  await source.pool.query(FRUIT)
  await audit.record(source.db, { actor: 'ann', action: 'tree.plant', subject: 'tree:1' })
})
afterEach(async () => {
  await source.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Every table's rows, as one checksum each. */
async function contents(pool: pg.Pool): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ name: string }>(
    `
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname = any ($1) and tablename not in ('migration', 'draft') order by 1`,
    [['platform', ...all().map((module) => module.schema)]],
  )
  const sums: Record<string, string> = {}
  for (const { name } of rows) {
    const { rows: sum } = await pool.query<{ sum: string }>(
      `select count(*) || ' ' || md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${name} t`,
    )
    sums[name] = sum[0]!.sum
  }
  return sums
}

test('an empty data folder gets every table, sequence, link and key back, and goes on from there', async () => {
  const passphrase = new Sensitive('correct horse')
  const summary = await backup(source.pool, file, { clock, key: key(), passphrase })
  expect(summary.withKey).toBe(true)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const data = join(folder, 'data')
  await restore(file, configFor(data), { modules: all(), passphrase, log })
  expect(readFileSync(join(data, 'key'), 'utf8')).toBe(readFileSync(join(folder, 'source-key'), 'utf8'))
  const target = await openDatabase(configFor(data), log)
  try {
    expect(await contents(target.pool)).toEqual(await contents(source.pool))
    expect(Object.keys(await contents(target.pool)).length).toBeGreaterThan(10)
    await migrate(target.db, all())
    expect(await audit.verify(target.db)).toMatchObject({ ok: true, entries: 1 })
    await target.pool.query(
      `insert into orchard.apple (tree, weight) values (1, 200); insert into orchard.tree values (3000)`,
    )
    expect(
      (
        await target.pool.query(
          `select max(id)::int as id, count(*)::int as n, (select count(*)::int from orchard.log where what = 'grown') as grown from orchard.apple`,
        )
      ).rows,
    ).toEqual([{ id: 5001, n: 5001, grown: 2001 }])
  } finally {
    await target.close()
  }
})

test('an empty outside database is filled; one that is not empty is refused and stays as it is', async () => {
  const target = await testDatabase()
  await target.pool.query('drop schema platform cascade')
  await backup(source.pool, file, { clock, key: key() })
  const config = { ...configFor(join(folder, 'data'), target.url), keyFile: join(folder, 'source-key') }
  await restore(file, config, { modules: all(), log })
  const before = await contents(target.pool)
  expect(before).toEqual(await contents(source.pool))
  await expect(restore(file, config, { modules: all(), log })).rejects.toMatchObject({ code: 'backup/not-empty' })
  expect(await contents(target.pool)).toEqual(before)
  await target.close()
})

test('without a passphrase no key is in the file, and restoring says which one it needs', async () => {
  const { withKey } = await backup(source.pool, file, { clock, key: key() })
  expect(withKey).toBe(false)
  const plain = zstdDecompressSync(readFileSync(file).subarray('reeve backup 1\n'.length)).toString('latin1')
  for (const secret of [key().root, key().seal[0]!.key]) {
    for (const form of ['base64', 'hex', 'latin1'] as const) expect(plain).not.toContain(secret.reveal().toString(form))
  }
  await expect(restore(file, configFor(join(folder, 'data')), { modules: all(), log })).rejects.toMatchObject({
    code: 'backup/needs-key',
    message: expect.stringContaining(key().seal[0]!.id),
  })
  openKeyFile(join(folder, 'data/key'))
  await expect(restore(file, configFor(join(folder, 'data')), { modules: all(), log })).rejects.toMatchObject({
    code: 'backup/other-key',
  })
})

test('a wrong passphrase, or none, leaves nothing', async () => {
  await backup(source.pool, file, { clock, key: key(), passphrase: new Sensitive('correct horse') })
  const config = configFor(join(folder, 'data'))
  await expect(
    restore(file, config, { modules: all(), passphrase: new Sensitive('battery'), log }),
  ).rejects.toMatchObject({ code: 'backup/wrong-passphrase' })
  await expect(restore(file, config, { modules: all(), log })).rejects.toMatchObject({ code: 'backup/needs-key' })
  expect(existsSync(join(folder, 'data'))).toBe(false)
})

test('a file that is cut, changed, empty, or something else is refused before anything is touched', async () => {
  await backup(source.pool, file, { clock, key: key() })
  const whole = readFileSync(file)
  const refusal = async (bytes: Buffer) => {
    writeFileSync(file, bytes)
    return restore(file, configFor(join(folder, 'data')), { modules: all(), log }).catch((error) => error.code)
  }
  for (const part of [0.1, 0.5, 0.999])
    expect(await refusal(whole.subarray(0, Math.floor(whole.length * part)))).toBe('backup/damaged')
  for (let index = 0; index < 20; index++) {
    const changed = Buffer.from(whole)
    changed[15 + Math.floor(((whole.length - 15) * index) / 20)]! ^= 0x10
    expect(await refusal(changed)).toBe('backup/damaged')
  }
  expect(await refusal(Buffer.alloc(0))).toBe('backup/not-one')
  expect(await refusal(randomBytes(1000))).toBe('backup/not-one')
  expect(await refusal(Buffer.from('reeve backup 2\nabc'))).toBe('backup/newer')
  rmSync(file)
  await expect(restore(file, configFor(join(folder, 'data')), { modules: all(), log })).rejects.toMatchObject({
    code: 'backup/unreadable',
  })
  expect(existsSync(join(folder, 'data'))).toBe(false)
})

test('a backup of an older reeve is loaded and migrated on; of a newer one refused', async () => {
  await backup(source.pool, file, { clock, key: key() })
  const keyFile = join(folder, 'source-key')
  writeFileSync(join(folder, 'orchard/0002-age.sql'), `alter table tree add column age int default 7;`)
  const data = join(folder, 'data')
  await restore(file, { ...configFor(data), keyFile }, { modules: all(), log })
  const target = await openDatabase(configFor(data), log)
  await migrate(target.db, all())
  expect((await target.pool.query('select age from orchard.tree where id = 1')).rows).toEqual([{ age: 7 }])
  await target.close()
  rmSync(join(folder, 'orchard/0002-age.sql'))
  rmSync(join(folder, 'orchard/0001-apples.sql'))
  const empty = join(folder, 'empty')
  await expect(restore(file, { ...configFor(empty), keyFile }, { modules: all(), log })).rejects.toMatchObject({
    code: 'backup/newer',
  })
  await expect(restore(file, { ...configFor(empty), keyFile }, { modules, log })).rejects.toMatchObject({
    code: 'backup/newer',
  })
  expect(existsSync(join(empty, 'postgres'))).toBe(false)
})

test('a restore that fails half-way leaves an empty database', async () => {
  await source.pool.query(
    `alter table orchard.apple drop constraint apple_tree_fkey; insert into orchard.apple (tree) values (99999)`,
  )
  await backup(source.pool, file, { clock, key: key() })
  const target = await testDatabase()
  await target.pool.query('drop schema platform cascade')
  const config = { ...configFor(join(folder, 'data'), target.url), keyFile: join(folder, 'source-key') }
  await expect(restore(file, config, { modules: all(), log })).rejects.toMatchObject({ code: 'backup/failed' })
  expect(
    (await target.pool.query(`select nspname from pg_namespace where nspname in ('platform', 'orchard', 'graph')`))
      .rows,
  ).toEqual([])
  await target.close()
})

test('a backup taken under writes is one moment', async () => {
  let writing = true
  const writer = (async () => {
    for (let n = 10_000; writing; n++) {
      await source.pool.query(
        `with a as (insert into orchard.tree values (${n})) insert into orchard.apple (tree, name) values (1, 'pair ${n}')`,
      )
    }
  })()
  await backup(source.pool, file, { clock, key: key() })
  writing = false
  await writer
  const data = join(folder, 'data')
  await restore(file, { ...configFor(data), keyFile: join(folder, 'source-key') }, { modules: all(), log })
  const target = await openDatabase(configFor(data), log)
  const { rows } = await target.pool.query(
    `select (select count(*) from orchard.tree where id >= 10000) = (select count(*) from orchard.apple where name like 'pair %') as same`,
  )
  await target.close()
  expect(rows).toEqual([{ same: true }])
})

test('a file that cannot be written is told, and half of one is not left', async () => {
  await expect(backup(source.pool, join(folder, 'none/backup'), { clock, key: key() })).rejects.toMatchObject({
    code: 'backup/unwritable',
  })
  writeFileSync(`${file}.part`, '')
  await expect(backup(source.pool, file, { clock, key: key() })).rejects.toMatchObject({ code: 'backup/in-progress' })
  expect(existsSync(file)).toBe(false)
  expect((await source.pool.query('select 1 as n')).rows).toEqual([{ n: 1 }])
})
