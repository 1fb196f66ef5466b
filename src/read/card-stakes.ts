import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Entity } from '../sdk/index.ts'
import type { CardSource } from './card.ts'
import { outOfForce } from './in-force.ts'
import { iso } from './refs.ts'
import type { Evidence } from './touch-checks.ts'

type Body = Omit<Entity, 'key'>
type Stake = Evidence['stakes'][number]
const LISTED = 50

/** What else hangs on it: why it must stay, what would be changed with it, and when it was put out of force. */
export async function stakesOf(
  db: Db,
  { id, body, labels }: { id: number; body: Body; labels: readonly string[] },
): Promise<Pick<Evidence, 'stakes' | 'shared' | 'unread' | 'holders' | 'controls' | 'refused'>> {
  const [shared, unread, counts, lastAdmin] = await Promise.all([
    sharedOf(db, id, body.kind),
    unreadOf(db, id),
    sql<{ holders: number; controls: number }>`select
      (select count(distinct from_id)::int from graph.edge where to_id = ${id} and verb = 'has' and valid_to is null) as holders,
      (select count(distinct to_id)::int from graph.edge where from_id = ${id} and verb in ('controls', 'owns') and valid_to is null) as controls`.execute(
      db,
    ),
    body.kind === 'identity' ? lastAdminOf(db, id, body) : null,
  ])
  return {
    stakes: [emergencyOf(body, labels), systemOf(body, labels), lastAdmin].filter((one) => one !== null),
    shared,
    unread,
    holders: body.kind === 'entitlement' ? (counts.rows[0]?.holders ?? 0) : 0,
    controls: counts.rows[0]?.controls ?? 0,
    refused: refusedOf(body),
  }
}

const EMERGENCY = /break.?glass|emergency.?(access|account|admin)|fire.?call/i

/** Kept for the day on which nothing else works: that nobody uses it is as it should be. */
function emergencyOf({ name, attributes }: Body, labels: readonly string[]): Stake | null {
  if (attributes?.['breakGlass'] === true || attributes?.['emergency'] === true)
    return { weight: 'stops', says: 'It is kept for emergencies, so that nobody uses it proves nothing.' }
  const { description, purpose, comment } = attributes ?? {}
  const said = [name, description, purpose, comment, ...labels].find(
    (text) => typeof text === 'string' && EMERGENCY.test(text),
  )
  return said === undefined
    ? null
    : {
        weight: 'stops',
        says: 'By its name or description it is kept for emergencies, so that nobody uses it proves nothing.',
      }
}

function systemOf({ attributes }: Body, labels: readonly string[]): Stake | null {
  if (labels.some((label) => label === 'service' || label === 'human')) return null
  const { accountKindConfirmed, accountKind, builtIn, bootstrap } = attributes ?? {}
  const kind = labels.includes('system') ? 'system' : (accountKindConfirmed ?? accountKind)
  return kind === 'system' || builtIn === true || bootstrap === true
    ? { weight: 'stops', says: 'It belongs to the system, which expects it to be there.' }
    : null
}

/** None at all is none since; of some it is not known when they were. */
function refusedOf({ attributes }: Body): number | null {
  return attributes?.['failedLogins'] === 0 ? 0 : null
}

/** Identities that its credentials open as well; of a credential, all when there are several. */
async function sharedOf(db: Db, id: number, kind: Body['kind']): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct coalesce(n.name, k.key) as name from graph.edge mine
    join graph.edge e on e.from_id = mine.from_id and e.verb = 'authenticates' and e.valid_to is null and e.to_id <> ${id}
    join graph.key k on k.id = e.to_id left join graph.node n on n.id = e.to_id
    where mine.verb = 'authenticates' and mine.valid_to is null
      and ${kind === 'credential' ? sql`mine.from_id = ${id}` : sql`mine.to_id = ${id}`}
    order by 1 limit ${sql.lit(LISTED)}`.execute(db)
  const names = rows.map(({ name }) => name)
  return kind === 'credential' && names.length < 2 ? [] : names
}

/** Copies of what opens it, in the places of which nobody is known to read them. */
async function unreadOf(db: Db, id: number): Promise<{ name: string; where: string }[]> {
  const { rows } = await sql<{ name: string; place: string; container: string | null }>`
    with mine as (select ${id}::int as id union select from_id from graph.edge where to_id = ${id} and verb = 'authenticates' and valid_to is null)
    select coalesce(c.name, ck.key) as name, h.name as container,
      coalesce(s.body->'attributes'->>'file', s.name, sk.key) as place
    from mine m join graph.edge e on e.to_id = m.id and e.verb = 'holds' and e.valid_to is null
    join graph.key ck on ck.id = m.id left join graph.node c on c.id = m.id
    join graph.key sk on sk.id = e.from_id left join graph.node s on s.id = e.from_id left join graph.node h on h.id = s.container
    where not exists (select from graph.edge u where u.to_id = e.from_id and u.verb = 'uses' and u.valid_to is null)
      and not coalesce((s.body->'attributes'->>'atHead') = 'false', false)
    order by place limit ${sql.lit(LISTED)}`.execute(db)
  return rows.map(({ name, place, container }) => ({
    name: name.slice(0, 120),
    where: (container === null ? place : `${place} in ${container}`).slice(0, 200),
  }))
}

/** A node that may do everything where it stands, by itself or by what it holds. */
const mighty = (node: string) => {
  const says = (of: string) => {
    const attributes = sql.raw(`${of}.body->'attributes'`)
    return sql`(${sql.raw(of)}.tier = 0 or 'true' in (${attributes}->>'privileged', ${attributes}->>'admin', ${attributes}->>'superuser', ${attributes}->>'rootEquivalent'))`
  }
  return sql`(coalesce(${says(node)}, false) or exists (select from graph.edge he join graph.node held on held.id = he.to_id
    where he.from_id = ${sql.raw(node)}.id and he.verb = 'has' and he.valid_to is null and coalesce(${says('held')}, false)))`
}

/** That nobody else in force could administer what it does: without it nobody can let anybody in again. */
async function lastAdminOf(db: Db, id: number, { attributes }: Body): Promise<Stake | null> {
  const { rows } = await sql<{ connection: string }>`
    select coalesce(d.label, c.id) as connection from graph.node n, unnest(n.connections) c(id) left join discover.connection d on d.id = c.id
    where n.id = ${id} and c.id <> 'self' and not ${outOfForce('n')} and ${mighty('n')}
      and not exists (select from graph.node o where o.type = n.type and o.id <> n.id and c.id = any(o.connections) and not ${outOfForce('o')} and ${mighty('o')})
      and not exists (select from graph.node o where o.kind = 'person' and c.id = any(o.connections) and not ${outOfForce('o')} and ${mighty('o')})
    order by 1 limit 1`.execute(db)
  if (!rows[0]) return null
  // What a machine may administer, people may too, of whom its source need not have told.
  const machine = (attributes?.['accountKindConfirmed'] ?? attributes?.['accountKind']) === 'service'
  return {
    weight: machine ? 'care' : 'stops',
    says: `It is the last administrator that we read in ${rows[0].connection}: see that somebody else can undo this.`,
  }
}

/** Since when it is out of force, as its descriptions tell: from the first of those in a row that say so. */
export async function offSince(db: Db, id: number, word: string, { attributes }: Body): Promise<number | null> {
  for (const name of [`${word}At`, `${word}Since`, 'disabledAt', 'disabledSince'])
    if (typeof attributes?.[name] === 'string') {
      const at = Date.parse(attributes[name])
      if (!Number.isNaN(at)) return at
    }
  const { rows } = await sql<{ off: boolean; at: Date }>`
    select ${outOfForce('e')} as off, e.valid_from as at from graph.key k join graph.entity e on e.key_id = k.id
    where (k.id = ${id} or k.same_as = ${id}) and e.body->'attributes' ?| array['disabled', 'suspended', 'revoked', 'enabled', 'status']
    order by e.valid_from desc limit 500`.execute(db)
  let since: number | null = null
  for (const { off, at } of rows) {
    if (!off) break
    since = at.getTime()
  }
  return since
}

interface SourceRow extends Omit<CardSource, 'readAt'> {
  read_at: Date
  own: boolean
}

/**
 * The listings that speak of it, those of the same connections in which a user of it could stand, and those of other
 * connections that were not read whole and could name one: the last are what an empty list of users may hide.
 */
export async function listingsOf(
  db: Db,
  { sources, connections }: { sources: readonly number[]; connections: readonly string[] },
): Promise<{ own: CardSource[]; near: CardSource[]; elsewhere: CardSource[] }> {
  const { rows } = await sql<SourceRow>`
    select s.id = any(${sources}::int[]) as own, s.connection, coalesce(c.provider, s.connection) as provider, coalesce(c.label, s.connection) as title,
      s.collection, s.read_at, s.complete, l.reason, l.permission
    from graph.source s left join discover.connection c on c.id = s.connection
    left join lateral (select reason, permission from graph.ledger where source_id = s.id and reason is not null order by refused desc, scope limit 1) l on not s.complete
    where s.id = any(${sources}::int[]) or (not s.complete and s.removed_at is null and (s.yields = '{}' or exists (
      select from unnest(s.yields) y(type) where coalesce((select kind from graph.node where type = y.type limit 1), 'workload') in ('workload', 'secret'))))
    order by not (s.id = any(${sources}::int[])), s.connection, s.collection limit 200`.execute(db)
  const shown = rows.map(({ read_at, own: _, ...row }) => ({ ...row, readAt: iso(read_at) }))
  const of = (wanted: (row: SourceRow) => boolean) => shown.filter((_, index) => wanted(rows[index]!))
  return {
    own: of(({ own }) => own),
    near: of(({ own, connection }) => !own && connections.includes(connection)),
    elsewhere: of(({ own, connection }) => !own && !connections.includes(connection)).slice(0, LISTED),
  }
}
