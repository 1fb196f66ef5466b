/** Grants for changes: what a connection may do beyond reading, with settings of its own that no read ever uses. */
import { sql } from 'kysely'
import { audit, type Db } from '../platform/index.ts'
import {
  type Acting,
  codeOf,
  type Instant,
  messageOf,
  type Provider,
  ReeveError,
  Refused,
  type Run,
} from '../sdk/index.ts'
import { getConnection, storedSettings, type TestOutcome } from './connections.ts'
import { type Discovery, providerOf } from './discovery.ts'
import { overStored, parseSettings, type Settings, withoutSecrets } from './settings.ts'

/** Never carries a secret. */
export interface ActingGrant {
  connection: string
  settings: Settings
  /** Names of the secret settings that are set. */
  secrets: string[]
  changed: Instant
  by: string
}

interface Row {
  connection: string
  shown: Settings
  secrets: string[]
  changed_at: Date
  changed_by: string
}

const grantOf = ({ connection, shown, secrets, changed_at, changed_by }: Row): ActingGrant => ({
  connection,
  settings: shown,
  secrets,
  changed: changed_at.toISOString(),
  by: changed_by,
})

/** The grants there are, in order of connection. */
export async function listGrants(db: Db): Promise<ActingGrant[]> {
  const { rows } = await sql<Row>`
    select connection, shown, secrets, changed_at, changed_by from discover.acting order by connection`.execute(db)
  return rows.map(grantOf)
}

/** Gives a connection a grant for changes, or another one; secrets that are left out stay. Throws `discover/cannot-act`. */
export async function putGrant(
  discovery: Discovery,
  id: string,
  settings: Settings,
  actor: string,
): Promise<ActingGrant> {
  const { database, clock, sealer } = discovery
  const { drawn } = await actingOf(discovery, id)
  return database.db.transaction().execute(async (tx) => {
    await sql`select 1 from discover.connection where id = ${id} for update`.execute(tx)
    const before = await stored(tx, discovery, id)
    const whole = overStored(drawn, before?.settings ?? {}, settings)
    parseSettings(drawn, whole)
    const version = (before?.version ?? 0) + 1
    const { shown, secrets } = withoutSecrets(drawn, whole)
    const { rows } = await sql<Row>`
      insert into discover.acting (connection, settings, version, shown, secrets, changed_at, changed_by)
      values (${id}, ${sealer.seal(JSON.stringify(whole), place(id, version))}, ${version}, ${JSON.stringify(shown)}, ${secrets}, ${clock.now()}, ${actor})
      on conflict (connection) do update set settings = excluded.settings, version = excluded.version, shown = excluded.shown,
        secrets = excluded.secrets, changed_at = excluded.changed_at, changed_by = excluded.changed_by
      returning connection, shown, secrets, changed_at, changed_by`.execute(tx)
    const grant = grantOf(rows[0]!)
    await audit.record(tx, {
      actor,
      action: before === null ? 'connection.grant' : 'connection.regrant',
      subject: id,
      before: before === null ? null : withoutSecrets(drawn, before.settings),
      after: { shown: grant.settings, secrets },
    })
    return grant
  })
}

/** From now on nothing can be changed through the connection. Throws `discover/no-grant`. */
export async function removeGrant({ database }: Discovery, id: string, actor: string): Promise<void> {
  await getConnection(database.db, id)
  await database.db.transaction().execute(async (tx) => {
    const { rows } = await sql<Row>`delete from discover.acting where connection = ${id} returning *`.execute(tx)
    if (!rows[0]) throw noGrant(id)
    const { shown, secrets } = rows[0]
    await audit.record(tx, { actor, action: 'connection.revoke', subject: id, before: { shown, secrets } })
  })
}

export interface OpenActing {
  provider: Provider
  acting: Acting
  actor: unknown
  run: Run
  close(): Promise<void>
}

/** Opens a connection for changes, with its grant. Throws `discover/no-grant`, or what the provider says. */
export async function openActing(discovery: Discovery, id: string, signal: AbortSignal): Promise<OpenActing> {
  const { drawn } = await actingOf(discovery, id)
  const found = await stored(discovery.database.db, discovery, id)
  if (found === null) throw noGrant(id)
  return opened(discovery, id, parseSettings(drawn, found.settings), signal)
}

/** Opens and closes it with these settings; secrets that are left out are the stored ones. */
export async function testGrant(
  discovery: Discovery,
  id: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<TestOutcome> {
  const { drawn, connection } = await actingOf(discovery, id)
  try {
    const before = await stored(discovery.database.db, discovery, id)
    const given = parseSettings(drawn, overStored(drawn, before?.settings ?? {}, settings))
    await (await opened(discovery, id, given, signal)).close()
    return { ok: true, label: connection.label }
  } catch (error) {
    const permission = error instanceof Refused ? (error.permission ?? null) : null
    return { ok: false, label: connection.label, code: codeOf(error), message: messageOf(error), permission }
  }
}

async function opened(discovery: Discovery, id: string, grant: unknown, signal: AbortSignal): Promise<OpenActing> {
  const { provider, acting } = await actingOf(discovery, id)
  const { settings } = await storedSettings(discovery, id)
  const nothing = { expect() {}, obtain() {}, refuse() {} }
  const run: Run = { ...discovery.createRun(signal), ledger: nothing }
  const actor = await acting.open(parseSettings(provider, settings), grant, run)
  return { provider, acting, actor, run, close: async () => acting.close?.(actor) }
}

/** What can be done through a connection. `drawn` bears the schema of the grant where a provider has that of its settings. */
async function actingOf(discovery: Discovery, id: string) {
  const connection = await getConnection(discovery.database.db, id)
  const provider = providerOf(discovery, connection.provider)
  const { acting } = provider
  if (acting === undefined)
    throw new ReeveError('discover/cannot-act', `granting changes to ${id}: Reeve changes nothing in ${provider.title}`)
  return { connection, provider, acting, drawn: { ...provider, config: acting.grant } as Provider }
}

async function stored(
  db: Db,
  { sealer }: Discovery,
  id: string,
): Promise<{ settings: Settings; version: number } | null> {
  const { rows } = await sql<{ settings: Buffer; version: number }>`
    select settings, version from discover.acting where connection = ${id}`.execute(db)
  const row = rows[0]
  if (!row) return null
  return { version: row.version, settings: JSON.parse(sealer.open(row.settings, place(id, row.version)).reveal()) }
}

const place = (id: string, version: number) => `connection:${id}/acting@${version}`

const noGrant = (id: string) =>
  new ReeveError(
    'discover/no-grant',
    `changing something through ${id}: it only reads; give it a grant for changes: reeve connections grant ${id}`,
  )
