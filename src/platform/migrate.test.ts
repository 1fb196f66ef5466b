import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from './migrate.ts'
import { type TestDatabase, testDatabase } from './testing/index.ts'

let folder: string
let database: TestDatabase
const module = () => ({ schema: 'orchard', folder: pathToFileURL(`${folder}/`) })
const write = (name: string, text: string) => writeFile(join(folder, name), text)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-migrate-'))
  database = await testDatabase()
})
afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

test('files are applied once, in order, in the schema of the module', async () => {
  await write('0001-tree.sql', 'create table tree (id int); insert into tree values (1);')
  await migrate(database.db, [module()])
  await write('0002-age.sql', 'alter table tree add column age int default 7;')
  await migrate(database.db, [module()])
  await migrate(database.db, [module()])
  const { rows } = await sql`select * from orchard.tree`.execute(database.db)
  expect(rows).toEqual([{ id: 1, age: 7 }])
})

test('many processes at once apply each file once', async () => {
  await write('0001-tree.sql', 'create table tree (id int);')
  await Promise.all(Array.from({ length: 6 }, () => migrate(database.db, [module()])))
  const { rows } = await sql`select name from platform.migration where schema = 'orchard'`.execute(database.db)
  expect(rows).toEqual([{ name: '0001-tree.sql' }])
})

test('a file that fails leaves nothing of itself', async () => {
  await write('0001-tree.sql', 'create table tree (id int);')
  await write('0002-broken.sql', 'create table leaf (id int); select 1/0;')
  await expect(migrate(database.db, [module()])).rejects.toMatchObject({ code: 'migrate/failed' })
  const { rows } = await sql`select table_name from information_schema.tables where table_schema = 'orchard'`.execute(
    database.db,
  )
  expect(rows).toEqual([{ table_name: 'tree' }])
})

test('a file edited after it was applied is refused', async () => {
  await write('0001-tree.sql', 'create table tree (id int);')
  await migrate(database.db, [module()])
  await write('0001-tree.sql', 'create table tree (id bigint);')
  await expect(migrate(database.db, [module()])).rejects.toMatchObject({ code: 'migrate/edited' })
})

test('a database of a newer reeve is refused', async () => {
  await write('0001-tree.sql', 'create table tree (id int);')
  await write('0002-leaf.sql', 'create table leaf (id int);')
  await migrate(database.db, [module()])
  await rm(join(folder, '0002-leaf.sql'))
  await expect(migrate(database.db, [module()])).rejects.toMatchObject({ code: 'migrate/newer' })
})

test('a gap in the numbers is refused', async () => {
  await write('0002-tree.sql', 'create table tree (id int);')
  await expect(migrate(database.db, [module()])).rejects.toMatchObject({ code: 'migrate/order' })
})
