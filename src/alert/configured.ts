/** The channels of this installation: kept with sealed settings, changed with an entry in the audit trail. */
import { sql } from 'kysely'
import { audit, type Db, type Sealer, type Tx } from '../platform/index.ts'
import { type Instant, type JsonValue, ReeveError } from '../sdk/index.ts'
import type { ChannelKind } from './channel.ts'
import { channelKinds } from './channels/index.ts'
import { Filter } from './filter.ts'
import { overStored, parseSettings, type Settings, withoutSecrets } from './settings.ts'

/** A configured channel. Never carries a secret. */
export interface Channel {
  id: string
  kind: string
  label: string
  settings: Settings
  secrets: string[]
  filter: Filter
  paused: boolean
  /** Null until it was told what was open when it came. */
  introduced: Instant | null
  created: Instant
  createdBy: string
}

interface Keeping {
  db: Db
  sealer: Sealer
  clock: { now(): Date }
}

interface Row {
  id: string
  kind: string
  label: string
  settings: Buffer
  version: number
  shown: Settings
  secrets: string[]
  filter: unknown
  paused: boolean
  introduced_at: Date | null
  created_at: Date
  created_by: string
}

export function kindOf(id: string): ChannelKind {
  const kind = channelKinds.find((one) => one.id === id)
  if (kind) return kind
  throw new ReeveError(
    'alert/no-kind',
    `there is no kind of channel ${id.slice(0, 60)}; there are ${channelKinds.map((one) => one.id).join(', ')}`,
  )
}

const channelOf = (row: Row): Channel => ({
  id: row.id,
  kind: row.kind,
  label: row.label,
  settings: row.shown,
  secrets: row.secrets,
  filter: Filter.parse(row.filter),
  paused: row.paused,
  introduced: row.introduced_at?.toISOString() ?? null,
  created: row.created_at.toISOString(),
  createdBy: row.created_by,
})

export async function listChannels(db: Db): Promise<Channel[]> {
  const { rows } = await sql<Row>`select * from alert.channel order by created_at, id`.execute(db)
  return rows.map(channelOf)
}

/** Throws `alert/no-channel`. */
export const getChannel = async (db: Db, id: string): Promise<Channel> => channelOf(await rowOf(db, id))

async function rowOf(db: Db | Tx, id: string, lock = sql``): Promise<Row> {
  const { rows } = await sql<Row>`select * from alert.channel where id = ${id} ${lock}`.execute(db)
  if (rows[0]) return rows[0]
  throw new ReeveError('alert/no-channel', `there is no channel ${id.slice(0, 60)}: see \`reeve alerts channels\``)
}

export async function addChannel(
  { db, sealer, clock }: Keeping,
  given: { kind: string; settings: Settings; filter?: unknown; id?: string | undefined },
  actor: string,
): Promise<Channel> {
  const kind = kindOf(given.kind)
  const config = parseSettings(kind, given.settings)
  const filter = parseFilter(given.filter ?? {})
  const label = kind.label(config)
  if (given.id !== undefined && !/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(given.id))
    throw new ReeveError(
      'alert/channel-id',
      `naming a channel ${given.id.slice(0, 80)}: use small letters, digits and hyphens, at most 64`,
    )
  return db.transaction().execute(async (tx) => {
    await sql`lock table alert.channel in share row exclusive mode`.execute(tx)
    const taken = new Set(
      (await sql<{ id: string }>`select id from alert.channel`.execute(tx)).rows.map((row) => row.id),
    )
    if (given.id !== undefined && taken.has(given.id))
      throw new ReeveError(
        'alert/channel-exists',
        `there is a channel ${given.id} already: choose another id, or change that one`,
      )
    const id = given.id ?? freeId(kind.id, taken)
    const { shown, secrets } = withoutSecrets(kind, config as Settings)
    const now = clock.now()
    const { rows } = await sql<Row>`insert into alert.channel
      (id, kind, label, settings, version, shown, secrets, filter, created_at, created_by, changed_at)
      values (${id}, ${kind.id}, ${label}, ${seal(sealer, id, 1, given.settings)}, 1, ${JSON.stringify(shown)}, ${secrets}, ${JSON.stringify(filter)},
        ${now}, ${actor}, ${now}) returning *`.execute(tx)
    const channel = channelOf(rows[0]!)
    await audit.record(tx, { actor, action: 'channel.add', subject: id, after: told(channel) })
    return channel
  })
}

export async function changeChannel(
  { db, sealer, clock }: Keeping,
  id: string,
  change: { settings?: Settings | undefined; filter?: unknown; paused?: boolean | undefined },
  actor: string,
): Promise<Channel> {
  return db.transaction().execute(async (tx) => {
    const before = await rowOf(tx, id, sql`for update`)
    const kind = kindOf(before.kind)
    const stored = unseal(sealer, before)
    const settings = change.settings === undefined ? stored : overStored(kind, stored, change.settings)
    const config = parseSettings(kind, settings)
    const label = kind.label(config)
    const filter = change.filter === undefined ? Filter.parse(before.filter) : parseFilter(change.filter)
    const { shown, secrets } = withoutSecrets(kind, config as Settings)
    const version = before.version + 1
    const { rows } =
      await sql<Row>`update alert.channel set label = ${label}, settings = ${seal(sealer, id, version, settings)}, version = ${version},
      shown = ${JSON.stringify(shown)}, secrets = ${secrets}, filter = ${JSON.stringify(filter)}, paused = ${change.paused ?? before.paused},
      hold_until = null, changed_at = ${clock.now()} where id = ${id} returning *`.execute(tx)
    const channel = channelOf(rows[0]!)
    await audit.record(tx, {
      actor,
      action: 'channel.change',
      subject: id,
      before: told(channelOf(before)),
      after: told(channel),
    })
    return channel
  })
}

/** Forgets the channel, its secrets, and what still waited to go there. */
export async function removeChannel({ db }: Pick<Keeping, 'db'>, id: string, actor: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const before = await rowOf(tx, id, sql`for update`)
    await sql`delete from alert.channel where id = ${id}`.execute(tx)
    await audit.record(tx, { actor, action: 'channel.remove', subject: id, before: told(channelOf(before)) })
  })
}

/** The kind and the settings as given, secrets included: for sending with, never for showing. */
export async function openChannel(
  db: Db,
  sealer: Sealer,
  id: string,
): Promise<{ kind: ChannelKind; settings: Settings; filter: Filter }> {
  const row = await rowOf(db, id)
  return { kind: kindOf(row.kind), settings: unseal(sealer, row), filter: Filter.parse(row.filter) }
}

function parseFilter(given: unknown): Filter {
  const parsed = Filter.safeParse(given)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => ({
    path: ['filter', ...issue.path].join('.'),
    says: issue.message,
  }))
  throw new ReeveError(
    'alert/filter',
    `choosing alerts: ${fields.map(({ path, says }) => `${path}: ${says}`).join('; ')}`,
    {
      fields: { fields },
    },
  )
}

const place = (id: string, version: number) => `channel:${id}/settings@${version}`

const seal = (sealer: Sealer, id: string, version: number, settings: Settings): Buffer =>
  sealer.seal(JSON.stringify(settings), place(id, version))

const unseal = (sealer: Sealer, row: Pick<Row, 'id' | 'version' | 'settings'>): Settings =>
  JSON.parse(sealer.open(row.settings, place(row.id, row.version)).reveal())

const told = ({ kind, label, settings, secrets, filter, paused }: Channel): Record<string, JsonValue> => ({
  kind,
  label,
  settings,
  secrets,
  filter,
  paused,
})

function freeId(base: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`
    if (!taken.has(id)) return id
  }
}
