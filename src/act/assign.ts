import { sql } from 'kysely'
import { audit, type Db, type Tx } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'
import { findPerson, type NamedPerson } from './people.ts'
import { findTeam } from './team.ts'

export interface Assignment {
  id: number
  /** The key under which the entity is known now. */
  entity: string
  sort: Sort
  /** Of an owner or backup: the person's key. */
  value: string
  name: string | null
  /** Of an owner: the team for which the person stands. */
  team: string | null
  reason: string | null
  by: string
  at: Date
}

/** Labels that a person may put on an entity, and the values each may have. */
export const LABELS = { accountKind: ['service', 'system', 'human'] } as const
export type LabelName = keyof typeof LABELS
/** What is decided about an entity: who answers for it, who steps in, or a label. */
export type Sort = 'owner' | 'backup' | LabelName

/** What was done, and the id with which `undo` takes it back. `was` is what held before; null for nothing. */
export interface Assigned {
  assignment: number | null
  was: Assignment | null
}

/**
 * Names who answers for an entity: a person (see `findPerson`), or `team:<id>`, which answers through its accountable person. It holds
 * over syncs until somebody changes it; it shows after the next sync of `self`.
 */
export async function assignOwner(
  tx: Tx,
  given: { entity: string; owner: string; by: string; reason?: string; now: Date },
): Promise<Assigned> {
  return putOwner(tx, { ...given, ...(await findOwner(tx, given.owner)) })
}

/** As `assignOwner`, for a person and team that were found already. */
export async function putOwner(
  tx: Tx,
  given: { entity: string; person: NamedPerson; team: string | null; by: string; reason?: string; now: Date },
): Promise<Assigned> {
  const { person, team, by, now } = given
  const entity = await knownAs(tx, given.entity)
  return replace(tx, entity, {
    sort: 'owner',
    value: person.key,
    name: person.name,
    team,
    reason: given.reason ?? null,
    by,
    now,
  })
}

/** Who is meant by an owner: the person, and the team for which they stand. */
export async function findOwner(tx: Tx, text: string): Promise<{ person: NamedPerson; team: string | null }> {
  if (!/^\s*team:/.test(text)) return { person: await findPerson(tx, text), team: null }
  const { id, accountable } = await findTeam(tx, text)
  return { person: accountable, team: id }
}

/** Names the second person of an entity, who gets what its owner leaves undone. Throws `act/backup` when that is its owner. */
export async function assignBackup(
  tx: Tx,
  given: { entity: string; person: string; by: string; reason?: string; now: Date },
): Promise<Assigned> {
  const entity = await knownAs(tx, given.entity)
  const person = await findPerson(tx, given.person, 'naming a backup')
  const { rows } = await sql`
    select 1 from act.assignment where entity = ${entity.key} and sort = 'owner' and ended_at is null and value = ${person.key}`.execute(
    tx,
  )
  if (rows.length > 0)
    throw new ReeveError('act/backup', `naming a backup of ${entity.key}: ${person.name} answers for it already`)
  return replace(tx, entity, {
    sort: 'backup',
    value: person.key,
    name: person.name,
    team: null,
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
    team: null,
    reason: given.reason ?? null,
    by: given.by,
    now: given.now,
  })
}

/** Ends what is in force: nobody answers for it any more, or the label is taken off. */
export async function withdraw(
  tx: Tx,
  given: { entity: string; sort: Sort; by: string; now: Date },
): Promise<Assigned> {
  const entity = await knownAs(tx, given.entity)
  const was = await end(tx, entity.key, given)
  if (!was) throw new ReeveError('act/none', `withdrawing the ${given.sort} of ${entity.key}: there is none`)
  await audit.record(tx, {
    actor: given.by,
    action: `${nounOf(given.sort)}.withdraw`,
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
    action: `${nounOf(row.sort)}.undo`,
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
  sort: Sort
  value: string
  name: string | null
  team: string | null
  reason: string | null
  by: string
  at: Date
}

export interface Named {
  key: string
  aliases: string[]
  fingerprint: string | null
}

type Change = Pick<Row, 'sort' | 'value' | 'name' | 'team' | 'reason' | 'by'> & { now: Date }

const nounOf = (sort: Sort): string => (sort === 'owner' || sort === 'backup' ? sort : 'label')

async function replace(tx: Tx, entity: Named, change: Change): Promise<Assigned> {
  const was = await end(tx, entity.key, change)
  if (was?.value === change.value && was.name === change.name && was.team === change.team) {
    await sql`update act.assignment set ended_at = null, ended_by = null where id = ${was.id}`.execute(tx)
    return { assignment: was.id, was }
  }
  const assignment = await insert(tx, entity, change)
  await audit.record(tx, {
    actor: change.by,
    action: nounOf(change.sort) === 'label' ? 'label.set' : `${change.sort}.assign`,
    subject: entity.key,
    before: was ? shown(was) : null,
    after: shown(change),
  })
  return { assignment, was }
}

async function insert(
  tx: Tx,
  { key, aliases, fingerprint }: Named,
  { sort, value, name, team, reason, by, now }: Change,
): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    insert into act.assignment (entity, aliases, fingerprint, sort, value, name, team, reason, by, at)
    values (${key}, ${aliases}, ${fingerprint}, ${sort}, ${value}, ${name}, ${team}, ${reason}, ${by}, ${now}) returning id`.execute(
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

const assignmentOf = ({ id, entity, sort, value, name, team, reason, by, at }: Row): Assignment => ({
  id: Number(id),
  entity,
  sort,
  value,
  name,
  team,
  reason,
  by,
  at,
})

const shown = ({
  sort,
  value,
  name,
  team,
  reason,
  by,
}: Pick<Assignment, 'sort' | 'value' | 'name' | 'team' | 'reason' | 'by'>) => ({
  sort,
  value,
  name,
  ...(team === null ? {} : { team }),
  reason,
  by,
})

/** The entity under the key that stands for it now. Throws `act/no-entity`. */
export async function knownAs(tx: Tx, key: string): Promise<Named> {
  const { rows } =
    await sql<Named>`select n.key, n.aliases, n.fingerprint from graph.key k join graph.node n on n.id = coalesce(k.same_as, k.id) where k.key = ${key}`.execute(
      tx,
    )
  if (!rows[0])
    throw new ReeveError('act/no-entity', `looking for ${key.slice(0, 200)}: nothing describes that key now`)
  return rows[0]
}
