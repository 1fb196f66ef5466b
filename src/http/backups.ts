/** Backups from the console: written by this server into its own folder, with a row that tells how far it is. */
import { statSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { audit, backup } from '../platform/index.ts'
import type { BackupRow } from '../read/index.ts'
import { codeOf, messageOf, ReeveError, Sensitive } from '../sdk/index.ts'
import { newId } from './accounts.ts'
import type { App } from './app.ts'

/** Without a sign of life for so long, whoever wrote it is dead. */
const SILENT_MS = 120_000
const TELL_MS = 500

type Parts = Pick<App, 'db' | 'clock' | 'log' | 'discovery' | 'installationKey' | 'backupFolder'>

interface Stored {
  id: string
  by: string
  started: Date
  seen: Date
  ended: Date | null
  file: string
  with_key: boolean
  scheduled: boolean
  tables: number
  of_tables: number | null
  bytes: string
  error: { code: string; message: string } | null
}

export async function listBackups({ db, clock }: Parts): Promise<BackupRow[]> {
  const { rows } =
    await sql<Stored>`select b.*, coalesce((select a.name from http.account a where b.by = 'user:' || a.id), b.by) as by
    from http.backup b order by b.started desc, b.id limit 50`.execute(db)
  return rows.map((row) => rowOf(row, clock.now()))
}

function rowOf(row: Stored, now: Date): BackupRow {
  const silent = row.ended === null && now.getTime() - row.seen.getTime() > SILENT_MS
  const error = silent
    ? { code: 'backup/cut-short', message: 'reeve stopped while it was written; take another' }
    : row.error
  return {
    id: row.id,
    state: error ? 'failed' : row.ended ? 'done' : 'running',
    by: row.by,
    started: row.started.toISOString(),
    ended: row.ended?.toISOString() ?? null,
    file: row.file,
    there: statSync(row.file, { throwIfNoEntry: false })?.isFile() === true,
    withKey: row.with_key,
    tables: row.tables,
    of: row.of_tables,
    bytes: Number(row.bytes),
    error,
  }
}

/** Throws `backup/unknown` for one that is not there, or whose file is not. */
export async function backupFile(parts: Parts, id: string): Promise<string> {
  const row = (await listBackups(parts)).find((one) => one.id === id)
  if (!row) throw new ReeveError('backup/unknown', `there is no backup ${id.slice(0, 100)}`)
  if (!row.there || row.state !== 'done')
    throw new ReeveError('backup/gone', `the file of this backup is not at ${row.file}: it was moved or deleted`)
  return row.file
}

/**
 * Begins a backup; its row tells the rest. `done` is for who must wait for the end. Throws `backup/no-folder`, and `backup/running`
 * while another is written.
 */
export async function beginBackup(
  parts: Parts,
  { by, passphrase, scheduled = false }: { by: string; passphrase?: string | undefined; scheduled?: boolean },
): Promise<{ id: string; done: Promise<void> }> {
  const { db, clock, backupFolder: folder, installationKey } = parts
  if (folder === undefined || installationKey === undefined)
    throw new ReeveError('backup/no-folder', 'this server has no folder for backups: use `reeve backup <file>`')
  if ((await listBackups(parts)).some(({ state }) => state === 'running'))
    throw new ReeveError('backup/running', 'a backup is being written already: wait for it')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const now = clock.now()
  const id = newId()
  const file = join(folder, `reeve-${now.toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')}-${id.slice(0, 4)}.backup`)
  await db.transaction().execute(async (tx) => {
    await sql`insert into http.backup (id, by, started, seen, file, with_key, scheduled)
      values (${id}, ${by}, ${now}, ${now}, ${file}, ${passphrase !== undefined}, ${scheduled})`.execute(tx)
    await audit.record(tx, {
      actor: by,
      action: 'backup.begin',
      subject: `backup:${id}`,
      after: { file, withKey: passphrase !== undefined },
    })
  })
  return { id, done: write(parts, id, file, passphrase) }
}

async function write(parts: Parts, id: string, file: string, passphrase: string | undefined): Promise<void> {
  const { db, clock, log, discovery, installationKey } = parts
  let told = 0
  let telling: Promise<unknown> = Promise.resolve()
  const tell = (tables: number, of: number, bytes: number): void => {
    const now = clock.now()
    if (tables < of && now.getTime() - told < TELL_MS) return
    told = now.getTime()
    telling = telling.then(() =>
      sql`update http.backup set tables = ${tables}, of_tables = ${of}, bytes = ${bytes}, seen = ${now} where id = ${id}`
        .execute(db)
        .catch((error: unknown) => log.debug({ error: messageOf(error) }, 'telling how far a backup is failed')),
    )
  }
  try {
    const made = await backup(discovery.database.pool, file, {
      clock,
      key: installationKey!,
      onProgress: ({ tables, of, bytes }) => tell(tables, of, bytes),
      ...(passphrase === undefined ? {} : { passphrase: new Sensitive(passphrase) }),
    })
    await telling
    await sql`update http.backup set tables = ${made.tables}, of_tables = ${made.tables}, bytes = ${made.bytes}, seen = ${clock.now()}, ended = ${clock.now()}
      where id = ${id}`.execute(db)
  } catch (error) {
    await telling
    log.error({ backup: id, error: messageOf(error) }, 'a backup failed')
    const said = JSON.stringify({ code: codeOf(error), message: messageOf(error).slice(0, 500) })
    await sql`update http.backup set error = ${said}, ended = ${clock.now()} where id = ${id}`
      .execute(db)
      .catch((lost: unknown) => log.warn({ backup: id, error: messageOf(lost) }, 'a failed backup could not be noted'))
  }
}

/** Takes a backup away with its file. Throws `backup/unknown`, and `backup/running` for one that is being written. */
export async function removeBackup(parts: Parts, by: string, id: string): Promise<void> {
  const row = (await listBackups(parts)).find((one) => one.id === id)
  if (!row) throw new ReeveError('backup/unknown', `there is no backup ${id.slice(0, 100)}`)
  if (row.state === 'running') throw new ReeveError('backup/running', 'this backup is being written: wait for it')
  await rm(row.file, { force: true })
  await rm(`${row.file}.part`, { force: true })
  await parts.db.transaction().execute(async (tx) => {
    await sql`delete from http.backup where id = ${id}`.execute(tx)
    await audit.record(tx, { actor: by, action: 'backup.remove', subject: `backup:${id}`, before: { file: row.file } })
  })
}

/** What the schedule asks for: one more, and the oldest scheduled ones beyond `keep` make room. */
export async function scheduledBackup(parts: Parts, keep: number): Promise<void> {
  const { done } = await beginBackup(parts, { by: 'schedule', scheduled: true })
  await done
  const { rows } = await sql<{
    id: string
  }>`select id from http.backup where scheduled and ended is not null and error is null
    order by started desc, id offset ${keep}`.execute(parts.db)
  for (const { id } of rows) await removeBackup(parts, 'schedule', id)
}
