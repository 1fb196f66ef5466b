import { sql } from 'kysely'
import { openStage } from '../graph/index.ts'
import { audit, type Db, type Tx } from '../platform/index.ts'
import { codeOf, type Instant, type JsonValue, messageOf, type Provider, ReeveError, Refused } from '../sdk/index.ts'
import { type Discovery, isOutside, providerOf } from './discovery.ts'
import { isCron } from './schedule.ts'
import { overStored, parseSettings, type Settings, withoutSecrets } from './settings.ts'

/** A configured provider. Never carries a secret. */
export interface Connection {
  id: string
  provider: string
  label: string
  settings: Settings
  /** Names of the secret settings that are set. */
  secrets: string[]
  /** Cron, in UTC; null for only when asked. */
  schedule: string | null
  enabled: boolean
  created: Instant
  createdBy: string
}

export interface NewConnection {
  provider: string
  settings: Settings
  /** A slug; made of the provider and the label unless given. */
  id?: string | undefined
  /** Every six hours unless given; null for only when asked. */
  schedule?: string | null | undefined
}

export interface ConnectionChange {
  /** All of them; secrets that are left out stay as they are. */
  settings?: Settings | undefined
  schedule?: string | null | undefined
  enabled?: boolean | undefined
}

const columns = sql`id, provider, label, shown, secrets, schedule, enabled, created_at, created_by`

interface Row {
  id: string
  provider: string
  label: string
  shown: Settings
  secrets: string[]
  schedule: string | null
  enabled: boolean
  created_at: Date
  created_by: string
}

const connectionOf = (row: Row): Connection => ({
  id: row.id,
  provider: row.provider,
  label: row.label,
  settings: row.shown,
  secrets: row.secrets,
  schedule: row.schedule,
  enabled: row.enabled,
  created: row.created_at.toISOString(),
  createdBy: row.created_by,
})

export async function listConnections(db: Db): Promise<Connection[]> {
  const { rows } = await sql<Row>`select ${columns} from discover.connection order by id`.execute(db)
  return rows.map(connectionOf)
}

/** Throws `discover/no-connection`. */
export async function getConnection(db: Db, id: string): Promise<Connection> {
  const { rows } = await sql<Row>`select ${columns} from discover.connection where id = ${id}`.execute(db)
  if (rows[0]) return connectionOf(rows[0])
  throw noConnection(id)
}

const noConnection = (id: string) =>
  new ReeveError('discover/no-connection', `there is no connection ${id}: see \`reeve connections\``)

export async function createConnection(discovery: Discovery, given: NewConnection, actor: string): Promise<Connection> {
  const { database, clock } = discovery
  const provider = providerOf(discovery, given.provider)
  const config = parseSettings(provider, given.settings)
  const label = provider.label(config)
  if (given.id !== undefined && !/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(given.id)) {
    throw new ReeveError(
      'discover/connection-id',
      `naming a connection ${given.id}: use small letters, digits and hyphens, at most 64`,
    )
  }
  const { shown, secrets } = withoutSecrets(provider, given.settings)
  const created = await database.db.transaction().execute(async (tx) => {
    await sql`lock table discover.connection in share row exclusive mode`.execute(tx)
    const taken = new Set(
      (await sql<{ id: string }>`select id from discover.connection`.execute(tx)).rows.map((row) => row.id),
    )
    if (given.id !== undefined && taken.has(given.id)) {
      throw new ReeveError(
        'discover/connection-exists',
        `there is a connection ${given.id} already: choose another id, or change that one`,
      )
    }
    await keepApart(tx, discovery, provider)
    const id = given.id ?? freeSlug(provider.id, label, taken)
    const schedule = scheduleFor(id, given.schedule)
    const now = clock.now()
    const { rows } = await sql<Row>`insert into discover.connection
      (id, provider, label, settings, version, shown, secrets, schedule, created_at, created_by, changed_at)
      values (${id}, ${provider.id}, ${label}, ${seal(discovery, id, 1, given.settings)}, 1, ${JSON.stringify(shown)}, ${secrets},
        ${schedule}, ${now}, ${actor}, ${now}) returning ${columns}`.execute(tx)
    const connection = connectionOf(rows[0]!)
    await audit.record(tx, { actor, action: 'connection.create', subject: id, after: told(connection) })
    return connection
  })
  await followSchedule(discovery, created)
  return created
}

/** What is invented and what is real never stand beside each other: no count would mean anything. */
async function keepApart(tx: Tx, discovery: Discovery, provider: Provider): Promise<void> {
  if (!isOutside(provider)) return
  for (const other of await listConnections(tx)) {
    const there = discovery.providers.find(({ id }) => id === other.provider)
    if (!there || !isOutside(there) || (there.invented ?? false) === (provider.invented ?? false)) continue
    throw provider.invented
      ? new ReeveError(
          'demo/not-alone',
          `connecting ${provider.title} of the demo: this installation reads ${other.label}, which is real; give the demo a folder of its own: reeve up --demo --data <folder>`,
        )
      : new ReeveError(
          'demo/invented',
          `connecting ${provider.title}: this installation shows Larkfield, which is invented; remove it first with reeve demo --remove, or use another --data`,
        )
  }
}

export async function updateConnection(
  discovery: Discovery,
  id: string,
  change: ConnectionChange,
  actor: string,
): Promise<Connection> {
  const { database, clock } = discovery
  const changed = await database.db.transaction().execute(async (tx) => {
    const { rows: locked } = await sql<Row & { version: number; settings: Buffer }>`
      select ${columns}, version, settings from discover.connection where id = ${id} for update`.execute(tx)
    const before = locked[0]
    if (!before) throw noConnection(id)
    const provider = providerOf(discovery, before.provider)
    const stored = unseal(discovery, before)
    const settings = change.settings === undefined ? stored : overStored(provider, stored, change.settings)
    const label = provider.label(parseSettings(provider, settings))
    const { shown, secrets } = withoutSecrets(provider, settings)
    const schedule = change.schedule === undefined ? before.schedule : scheduleFor(id, change.schedule)
    const version = before.version + 1
    const { rows } =
      await sql<Row>`update discover.connection set label = ${label}, settings = ${seal(discovery, id, version, settings)},
      version = ${version}, shown = ${JSON.stringify(shown)}, secrets = ${secrets}, schedule = ${schedule},
      enabled = ${change.enabled ?? before.enabled}, changed_at = ${clock.now()} where id = ${id} returning ${columns}`.execute(
        tx,
      )
    const connection = connectionOf(rows[0]!)
    await audit.record(tx, {
      actor,
      action: 'connection.update',
      subject: id,
      before: told(connectionOf(before)),
      after: told(connection),
    })
    return connection
  })
  await followSchedule(discovery, changed)
  return changed
}

/** Closes what the connection said (its history stays), forgets its settings, and cancels a run of it. */
export async function removeConnection(discovery: Discovery, id: string, actor: string): Promise<void> {
  const { database, clock } = discovery
  const connection = await getConnection(database.db, id)
  await sql`update discover.run set cancel_requested = true where connection = ${id} and state in ('waiting', 'running')`.execute(
    database.db,
  )
  const { rows: runs } = await sql<{
    id: number
  }>`insert into discover.run (connection, state, requested_at, requested_by, started_at, ended_at)
    values (${id}, 'done', ${clock.now()}, ${actor}, ${clock.now()}, ${clock.now()}) returning id`.execute(database.db)
  const run = runs[0]!.id
  const { rows: sources } = await sql<{ collection: string }>`select collection from graph.source
    where connection = ${id} and removed_at is null`.execute(database.db)
  const stage = await openStage(database, { connection: id, run })
  await stage.apply({
    at: clock.now(),
    collections: sources.map(({ collection }) => ({ id: collection, yields: null, complete: true, removed: true })),
    also: async (tx, applied) => {
      await sql`update discover.run set changes = ${JSON.stringify(applied)} where id = ${run}`.execute(tx)
      await sql`delete from discover.connection where id = ${id}`.execute(tx)
      await audit.record(tx, { actor, action: 'connection.remove', subject: id, before: told(connection) })
    },
  })
  await discovery.jobs?.unschedule('sync', id)
}

export type TestOutcome =
  | { ok: true; label: string }
  | { ok: false; label: string | null; code: string; message: string; permission: string | null }

/** Opens and closes a connection with these settings; with `connection`, secrets that are left out are the stored ones. */
export async function testConnection(
  discovery: Discovery,
  given: { provider: string; settings: Settings; connection?: string | undefined },
  signal: AbortSignal = AbortSignal.timeout(60_000),
): Promise<TestOutcome> {
  const provider = providerOf(discovery, given.provider)
  let label: string | null = null
  try {
    const settings =
      given.connection === undefined
        ? given.settings
        : overStored(provider, (await storedSettings(discovery, given.connection)).settings, given.settings)
    const config = parseSettings(provider, settings)
    label = provider.label(config)
    const nothing = { expect() {}, obtain() {}, refuse() {} }
    const client = await provider.connect(config, { ...discovery.createRun(signal), ledger: nothing })
    await provider.disconnect?.(client)
    return { ok: true, label }
  } catch (error) {
    const permission = error instanceof Refused ? (error.permission ?? null) : null
    return { ok: false, label, code: codeOf(error), message: messageOf(error), permission }
  }
}

/** The provider and the settings as given, secrets included: for reading with, never for showing. */
export async function storedSettings(
  discovery: Discovery,
  id: string,
): Promise<{ provider: Provider; settings: Settings }> {
  const { rows } = await sql<{ id: string; provider: string; settings: Buffer; version: number }>`
    select id, provider, settings, version from discover.connection where id = ${id}`.execute(discovery.database.db)
  if (!rows[0]) throw noConnection(id)
  return { provider: providerOf(discovery, rows[0].provider), settings: unseal(discovery, rows[0]) }
}

/** The queue's schedule is as the connection says. */
export async function followSchedule({ jobs }: Discovery, { id, schedule, enabled }: Connection): Promise<void> {
  if (!jobs) return
  if (schedule !== null && enabled) await jobs.schedule('sync', schedule, { connection: id }, { key: id })
  else await jobs.unschedule('sync', id)
}

const place = (id: string, version: number) => `connection:${id}/settings@${version}`

const seal = ({ sealer }: Discovery, id: string, version: number, settings: Settings): Buffer =>
  sealer.seal(JSON.stringify(settings), place(id, version))

const unseal = ({ sealer }: Discovery, row: { id: string; version: number; settings: Buffer }): Settings =>
  JSON.parse(sealer.open(row.settings, place(row.id, row.version)).reveal())

const told = ({ provider, label, settings, secrets, schedule, enabled }: Connection): Record<string, JsonValue> => ({
  provider,
  label,
  settings,
  secrets,
  schedule,
  enabled,
})

/** Every six hours, each connection at a minute of its own, so that they do not all begin at once. */
function scheduleFor(id: string, given: string | null | undefined): string | null {
  if (given === undefined)
    return `${[...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 60, 7)} */6 * * *`
  if (given === null || isCron(given)) return given
  throw new ReeveError(
    'discover/schedule',
    `scheduling ${id}: ${given} is not a cron line of five fields, such as 0 */6 * * *`,
  )
}

function freeSlug(provider: string, label: string, taken: ReadonlySet<string>): string {
  const words = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  const base = (words === provider || words.startsWith(`${provider}-`) ? words : `${provider}-${words}`)
    .slice(0, 56)
    .replace(/-+$/, '')
  for (let number = 1; ; number++) {
    const slug = number === 1 ? base : `${base}-${number}`
    if (!taken.has(slug)) return slug
  }
}
