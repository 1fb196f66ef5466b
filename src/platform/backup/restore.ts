import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { type Log, messageOf, ReeveError, type Sensitive } from '../../sdk/index.ts'
import type { Config } from '../config.ts'
import { kyselyOn, openDatabase } from '../database.ts'
import { type InstallationKey, keyFileOf, openInstallationKey, writeKeyFile } from '../installation-key.ts'
import { appliedMigrations, type Migrations, migrateTo } from '../migrate.ts'
import { columnsOf, nameOf } from './backup.ts'
import { type Frame, type Manifest, readBackupFile } from './file.ts'
import { unwrapKey } from './key.ts'

export interface RestoreOptions {
  modules: readonly Migrations[]
  /** Opens the installation key in the file, which is then written where the settings want it. */
  passphrase?: Sensitive
  log: Log
}

export interface RestoreSummary {
  made: string
  tables: number
}

/**
 * Fills an empty data folder, or an empty database of DATABASE_URL, from a backup. All in one transaction: whatever fails or is
 * killed on the way leaves nothing. Throws `backup/not-one`, `backup/damaged`, `backup/newer`, `backup/not-empty`,
 * `backup/needs-key`, `backup/wrong-passphrase`. A backup of an older Reeve is loaded as it was; the next start migrates it.
 */
export async function restore(
  file: string,
  config: Pick<Config, 'data' | 'database' | 'key' | 'keyFile'>,
  options: RestoreOptions,
): Promise<RestoreSummary> {
  const manifest = await inspectFile(file)
  const key = keyFor(manifest, config, options.passphrase)
  const cluster = join(config.data, 'postgres')
  const isNew = config.database.url === undefined && !existsSync(cluster)
  const database = await openDatabase(config, options.log)
  try {
    await load(database.pool, file, manifest, options.modules)
    if (key) writeKeyFile(keyFileOf(config), key)
  } catch (error) {
    await database.close()
    if (isNew) rmSync(cluster, { recursive: true, force: true })
    throw error
  }
  await database.close()
  return { made: manifest.made, tables: manifest.tables.length }
}

/** Reads the file once to its end, so that a damaged one is known before anything is touched. */
async function inspectFile(file: string): Promise<Manifest> {
  let manifest: Manifest | undefined
  for await (const frame of readBackupFile(file)) if (frame.kind === 'manifest') manifest = frame.manifest
  if (!manifest) throw new ReeveError('backup/damaged', `reading ${file}: it does not say what is in it`)
  return manifest
}

/** The key to write, if the file brings it; null when the installation has it already. */
function keyFor(
  manifest: Manifest,
  config: Pick<Config, 'data' | 'key' | 'keyFile'>,
  passphrase: Sensitive | undefined,
): InstallationKey | null {
  const there = openInstallationKey(config, { create: false })
  if (there) {
    if (there.seal.some(({ id }) => manifest.keys.includes(id))) return null
    throw new ReeveError(
      'backup/other-key',
      `restoring: this installation's key cannot open what is sealed in the backup; put the key in place that it was made with (${manifest.keys[0]}), or take ${keyFileOf(config)} away and give the passphrase`,
    )
  }
  if (manifest.key && passphrase) return unwrapKey(manifest.key, passphrase)
  throw new ReeveError(
    'backup/needs-key',
    manifest.key
      ? 'restoring: the backup carries its installation key; give the passphrase it was made with'
      : `restoring: the backup does not carry its installation key (${manifest.keys[0]}); put that file to ${keyFileOf(config)} first`,
  )
}

async function load(pool: pg.Pool, file: string, manifest: Manifest, modules: readonly Migrations[]): Promise<void> {
  const client = await pool.connect()
  let failed: Error | undefined
  try {
    await client.query('begin')
    const db = kyselyOn(client)
    if ((await appliedMigrations(db)) !== null) {
      throw new ReeveError(
        'backup/not-empty',
        'restoring: the target holds a reeve already; give an empty data folder with --data, or an empty database',
      )
    }
    await migrateTo(db, modules, manifest.migrations).catch((error) => {
      throw error instanceof ReeveError && error.code === 'migrate/newer'
        ? new ReeveError('backup/newer', `restoring: the backup was made by a newer reeve; restore it with that`, {
            cause: error,
          })
        : error
    })
    for (const table of manifest.tables) await client.query(`alter table ${nameOf(table)} disable trigger user`)
    if (manifest.tables.length > 0) await client.query(`truncate ${manifest.tables.map(nameOf).join(', ')}`)
    await loadFrames(client, readBackupFile(file), manifest)
    for (const table of manifest.tables) await client.query(`alter table ${nameOf(table)} enable trigger user`)
    await client.query('commit')
  } catch (error) {
    failed = error as Error
    await client.query('rollback').catch(() => {})
    throw error instanceof ReeveError
      ? error
      : new ReeveError('backup/failed', `restoring: ${messageOf(error)}`, { cause: error })
  } finally {
    client.release(failed)
  }
}

async function loadFrames(client: pg.PoolClient, frames: AsyncGenerator<Frame>, manifest: Manifest): Promise<void> {
  let next = await frames.next()
  while (!next.done) {
    const frame = next.value
    if (frame.kind === 'sequence')
      await client.query('select setval($1, $2, $3)', [nameOf(frame), frame.last, frame.called])
    next = await frames.next()
    if (frame.kind !== 'table') continue
    const table = manifest.tables[frame.index]!
    async function* rows(): AsyncGenerator<Buffer> {
      for (; !next.done && next.value.kind === 'rows'; next = await frames.next()) yield next.value.bytes
    }
    await pipeline(
      Readable.from(rows()),
      client.query(copyFrom(`copy ${nameOf(table)} (${columnsOf(table)}) from stdin`)),
    )
  }
}
