import { sql } from 'kysely'
import { audit, type Db, type Tx } from '../platform/index.ts'
import { Key, ReeveError } from '../sdk/index.ts'

export interface Assignment {
  id: number
  /** The key under which the entity is known now. */
  entity: string
  sort: 'owner' | LabelName
  value: string
  name: string | null
  reason: string | null
  by: string
  at: Date
}

/** Labels that a person may put on an entity, and the values each may have. */
export const LABELS = { accountKind: ['service', 'system', 'human'] } as const
export type LabelName = keyof typeof LABELS

/** What was done, and the id with which `undo` takes it back. `was` is what held before; null for nothing. */
export interface Assigned {
  assignment: number | null
  was: Assignment | null
}

/**
 * Names the one person who answers for an entity. The person is a key (`person:ada@example.org`), an e-mail address, or the name
 * of exactly one known person. It holds over syncs until somebody changes it; it shows after the next sync of `self`.
 */
export async function assignOwner(
  tx: Tx,
  given: { entity: string; owner: string; by: string; reason?: string; now: Date },
): Promise<Assigned> {
  const entity = await knownAs(tx, given.entity)
  const person = await findPerson(tx, given.owner)
  return replace(tx, entity, {
    sort: 'owner',
    value: person.key,
    name: person.name,
    reason: given.reason ?? null,
    by: given.by,
    now: given.now,
  })
}

/** Says what an entity is, where its source cannot tell or is wrong: a service account or a human's. */
export async function label(
  tx: Tx,
  given: { entity: string; label: LabelName; value: string; by: string; reason?: string; now: Date },
): Promise<Assigned> {
  const values: readonly string[] | undefined = LABELS[given.label]
  if (!values?.includes(given.value)) {
    throw new ReeveError(
      'act/label',
      `labelling ${given.entity.slice(0, 200)}: ${given.label} is one of ${values?.join(', ') ?? 'no known label'}`,
      { fields: { label: given.label } },
    )
  }
  const entity = await knownAs(tx, given.entity)
  return replace(tx, entity, {
    sort: given.label,
    value: given.value,
    name: null,
    reason: given.reason ?? null,
    by: given.by,
    now: given.now,
  })
}

/** Ends what is in force: nobody answers for it any more, or the label is taken off. */
export async function withdraw(
  tx: Tx,
  given: { entity: string; sort: 'owner' | LabelName; by: string; now: Date },
): Promise<Assigned> {
  const entity = await knownAs(tx, given.entity)
  const was = await end(tx, entity.key, given)
  if (!was) throw new ReeveError('act/none', `withdrawing the ${given.sort} of ${entity.key}: there is none`)
  await audit.record(tx, {
    actor: given.by,
    action: `${given.sort === 'owner' ? 'owner' : 'label'}.withdraw`,
    subject: entity.key,
    before: shown(was),
  })
  return { assignment: null, was }
}

/** Takes one assignment back: what it replaced is in force again. Refused when it is no longer the one in force. */
export async function undoAssignment(tx: Tx, given: { assignment: number; by: string; now: Date }): Promise<Assigned> {
  const { rows } =
    await sql<Row>`select * from act.assignment where id = ${given.assignment} and ended_at is null for update`.execute(
      tx,
    )
  const row = rows[0]
  if (!row)
    throw new ReeveError(
      'act/too-late',
      `undoing assignment ${given.assignment}: it is not in force, so there is nothing to take back`,
    )
  const { rows: earlier } = await sql<Row>`
    select * from act.assignment where entity = ${row.entity} and sort = ${row.sort} and ended_at = ${row.at} and id < ${row.id} order by id desc limit 1`.execute(
    tx,
  )
  const was = await end(tx, row.entity, { sort: row.sort, by: given.by, now: given.now })
  const former = earlier[0]
  let assignment: number | null = null
  if (former) {
    assignment = await insert(
      tx,
      { key: row.entity, aliases: row.aliases, fingerprint: row.fingerprint },
      { ...former, now: given.now },
    )
  }
  await audit.record(tx, {
    actor: given.by,
    action: `${row.sort === 'owner' ? 'owner' : 'label'}.undo`,
    subject: row.entity,
    before: shown(was!),
    after: former ? shown(assignmentOf(former)) : null,
  })
  return { assignment, was }
}

/** What is in force, in order of entity. */
export async function assignments(db: Db): Promise<Assignment[]> {
  const { rows } = await sql<Row>`select * from act.assignment where ended_at is null order by entity, sort`.execute(db)
  return rows.map(assignmentOf)
}

interface Row {
  id: string
  entity: string
  aliases: string[]
  fingerprint: string | null
  sort: 'owner' | LabelName
  value: string
  name: string | null
  reason: string | null
  by: string
  at: Date
}

interface Named {
  key: string
  aliases: string[]
  fingerprint: string | null
}

type Change = Pick<Row, 'sort' | 'value' | 'name' | 'reason' | 'by'> & { now: Date }

async function replace(tx: Tx, entity: Named, change: Change): Promise<Assigned> {
  const was = await end(tx, entity.key, change)
  if (was?.value === change.value && was.name === change.name) {
    await sql`update act.assignment set ended_at = null, ended_by = null where id = ${was.id}`.execute(tx)
    return { assignment: was.id, was }
  }
  const assignment = await insert(tx, entity, change)
  await audit.record(tx, {
    actor: change.by,
    action: `${change.sort === 'owner' ? 'owner.assign' : 'label.set'}`,
    subject: entity.key,
    before: was ? shown(was) : null,
    after: { sort: change.sort, value: change.value, name: change.name, reason: change.reason },
  })
  return { assignment, was }
}

async function insert(
  tx: Tx,
  { key, aliases, fingerprint }: Named,
  { sort, value, name, reason, by, now }: Change,
): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    insert into act.assignment (entity, aliases, fingerprint, sort, value, name, reason, by, at)
    values (${key}, ${aliases}, ${fingerprint}, ${sort}, ${value}, ${name}, ${reason}, ${by}, ${now}) returning id`.execute(
    tx,
  )
  return Number(rows[0]!.id)
}

async function end(
  tx: Tx,
  entity: string,
  { sort, by, now }: { sort: string; by: string; now: Date },
): Promise<Assignment | null> {
  const { rows } = await sql<Row>`
    update act.assignment set ended_at = ${now}, ended_by = ${by} where entity = ${entity} and sort = ${sort} and ended_at is null returning *`.execute(
    tx,
  )
  return rows[0] ? assignmentOf(rows[0]) : null
}

const assignmentOf = ({ id, entity, sort, value, name, reason, by, at }: Row): Assignment => ({
  id: Number(id),
  entity,
  sort,
  value,
  name,
  reason,
  by,
  at,
})

const shown = ({ sort, value, name, reason, by }: Assignment) => ({ sort, value, name, reason, by })

async function knownAs(tx: Tx, key: string): Promise<Named> {
  const { rows } =
    await sql<Named>`select n.key, n.aliases, n.fingerprint from graph.key k join graph.node n on n.id = coalesce(k.same_as, k.id) where k.key = ${key}`.execute(
      tx,
    )
  if (!rows[0])
    throw new ReeveError('act/no-entity', `looking for ${key.slice(0, 200)}: nothing describes that key now`)
  return rows[0]
}

async function findPerson(tx: Tx, owner: string): Promise<{ key: string; name: string }> {
  const asked = owner.trim()
  const { rows } = await sql<{ key: string; name: string }>`
    select key, name from graph.node where kind = 'person' and (key = ${asked} or key = ${`person:${asked.toLowerCase()}`} or lower(name) = lower(${asked}) or ${asked} = any(aliases))
    order by key = ${asked} desc, key limit 3`.execute(tx)
  if (rows.length === 1 || rows[0]?.key === asked) return rows[0]!
  if (rows.length > 1)
    throw new ReeveError(
      'act/person',
      `naming an owner: several people are called ${asked.slice(0, 200)}; give the e-mail address`,
      { fields: { people: rows.map(({ key }) => key) } },
    )
  const address = asked.replace(/^person:/, '').toLowerCase()
  if (!/^[^\s@]+@[^\s@]+$/.test(address) || address.length > 254) {
    throw new ReeveError(
      'act/person',
      `naming an owner: nobody is known as ${asked.slice(0, 200)}; give an e-mail address`,
    )
  }
  return { key: Key.parse(`person:${address}`), name: address }
}
