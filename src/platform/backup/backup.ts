import { sql } from 'kysely'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { ReeveError, type Sensitive } from '../../sdk/index.ts'
import type { Clock } from '../clock.ts'
import { type Db, kyselyOn } from '../database.ts'
import type { InstallationKey } from '../installation-key.ts'
import { type Applied, appliedMigrations } from '../migrate.ts'
import { type Frame, type Manifest, writeBackupFile } from './file.ts'
import { wrapKey } from './key.ts'

export interface BackupSummary {
  tables: number
  bytes: number
  /** Does the file carry the installation key? If not, keep that apart: without it sealed settings cannot be opened. */
  withKey: boolean
}

export interface BackupOptions {
  clock: Clock
  key: InstallationKey
  /** Given, the file carries the installation key under it. */
  passphrase?: Sensitive
  /** Told again and again how many tables and bytes are written. */
  onProgress?: (done: { tables: number; of: number; bytes: number }) => void
}

const CHUNK = 256 * 1024

/**
 * Writes the contents of all of Reeve's tables to a file, as they were at one moment, while everybody goes on working. How
 * the tables look is not in it: that is what the migrations say. Waiting jobs are not in it either.
 */
export async function backup(pool: pg.Pool, file: string, options: BackupOptions): Promise<BackupSummary> {
  const client = await pool.connect()
  let failed: Error | undefined
  try {
    await client.query('begin isolation level repeatable read read only')
    const db = kyselyOn(client)
    const manifest = await describe(db, options)
    let bytes = 0
    async function* frames(): AsyncGenerator<Frame> {
      yield { kind: 'manifest', manifest }
      for (const [index, table] of manifest.tables.entries()) {
        yield { kind: 'table', index }
        for await (const chunk of gathered(
          client.query(copyTo(`copy ${nameOf(table)} (${columnsOf(table)}) to stdout`)),
        )) {
          bytes += chunk.length
          options.onProgress?.({ tables: index, of: manifest.tables.length, bytes })
          yield { kind: 'rows', bytes: chunk }
        }
        options.onProgress?.({ tables: index + 1, of: manifest.tables.length, bytes })
      }
      yield* await sequences(db, manifest.migrations)
    }
    await writeBackupFile(file, frames())
    return { tables: manifest.tables.length, bytes, withKey: manifest.key !== null }
  } catch (error) {
    failed = error as Error
    throw error
  } finally {
    if (!failed) await client.query('commit')
    // A COPY that was left in the middle cannot be gone on with.
    client.release(failed)
  }
}

export const nameOf = ({ schema, name }: { schema: string; name: string }): string =>
  `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`
export const columnsOf = ({ columns }: { columns: string[] }): string =>
  columns.map((column) => pg.escapeIdentifier(column)).join(', ')

async function describe(db: Db, options: BackupOptions): Promise<Manifest> {
  const migrations = await appliedMigrations(db)
  if (migrations === null) throw new ReeveError('backup/nothing', 'taking a backup: no reeve has used this database')
  // Temporary and unlogged tables hold nothing that is to last; partitions come with their parent.
  const { rows: tables } = await sql<Manifest['tables'][number]>`
    select n.nspname as schema, c.relname as name,
      coalesce(array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = ''), '{}') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r' and c.relpersistence = 'p' and not c.relispartition and n.nspname = any (${schemasOf(migrations)})
      and (n.nspname, c.relname) <> ('platform', 'migration')
    group by 1, 2 order by 1, 2`.execute(db)
  const { rows: references } = await sql<{ from: string; to: string }>`
    select f.nspname || '.' || c.relname as from, t.nspname || '.' || d.relname as to
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace f on f.oid = c.relnamespace
      join pg_class d on d.oid = k.confrelid join pg_namespace t on t.oid = d.relnamespace
    where k.contype = 'f' and k.conrelid <> k.confrelid`.execute(db)
  const { rows: servers } = await sql<{ version: string }>`select current_setting('server_version') as version`.execute(
    db,
  )
  return {
    made: options.clock.now().toISOString(),
    postgres: servers[0]!.version,
    migrations,
    tables: inLoadingOrder(tables, references),
    keys: options.key.seal.map(({ id }) => id),
    key: options.passphrase ? wrapKey(options.key, options.passphrase) : null,
  }
}

async function sequences(db: Db, migrations: readonly Applied[]): Promise<Frame[]> {
  const { rows } = await sql<{ schema: string; name: string }>`
    select schemaname as schema, sequencename as name from pg_sequences where schemaname = any (${schemasOf(migrations)}) order by 1, 2`.execute(
    db,
  )
  const frames: Frame[] = []
  for (const { schema, name } of rows) {
    const { rows: at } = await sql<{
      last: string
      called: boolean
    }>`select last_value as last, is_called as called from ${sql.id(schema, name)}`.execute(db)
    frames.push({ kind: 'sequence', schema, name, last: at[0]!.last, called: at[0]!.called })
  }
  return frames
}

/** A table after those that its rows refer to. */
function inLoadingOrder(tables: Manifest['tables'], references: { from: string; to: string }[]): Manifest['tables'] {
  const ordered: Manifest['tables'] = []
  const seen = new Set<string>()
  const visit = (name: string): void => {
    if (seen.has(name)) return
    seen.add(name)
    for (const { from, to } of references) if (from === name) visit(to)
    const table = tables.find((candidate) => `${candidate.schema}.${candidate.name}` === name)
    if (table) ordered.push(table)
  }
  for (const { schema, name } of tables) visit(`${schema}.${name}`)
  return ordered
}

const schemasOf = (migrations: readonly Applied[]): string[] => [...new Set(migrations.map(({ schema }) => schema))]

/** COPY gives a chunk per row. */
async function* gathered(rows: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let size = 0
  for await (const row of rows) {
    held.push(row)
    size += row.length
    if (size < CHUNK) continue
    yield Buffer.concat(held)
    held = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(held)
}
