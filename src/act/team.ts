import { sql } from 'kysely'
import { audit, type Tx } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'
import { assignRows, openBatch } from './assign-many.ts'
import { findPerson, type NamedPerson } from './people.ts'

export interface TeamInForce {
  id: string
  name: string
  contact: string | null
  accountable: NamedPerson
  members: NamedPerson[]
}

interface Row {
  id: string
  name: string
  contact: string | null
  accountable: string
  accountable_name: string
  members: string[]
  member_names: string[]
}

const teamOf = (row: Row): TeamInForce => ({
  id: row.id,
  name: row.name,
  contact: row.contact,
  accountable: { key: row.accountable, name: row.accountable_name },
  members: row.members.map((key, index) => ({ key, name: row.member_names[index]! })),
})

/** The team that is meant: by id, with or without `team:` in front, or by the name that exactly one bears. Throws `act/no-team`. */
export async function findTeam(tx: Tx, text: string): Promise<TeamInForce> {
  const asked = text.trim().replace(/^team:/, '')
  const { rows } = await sql<Row>`
    select * from act.team where ended_at is null and (id = ${asked} or lower(name) = lower(${asked})) order by id = ${asked} desc, id limit 2`.execute(
    tx,
  )
  if (rows[0] && (rows.length === 1 || rows[0].id === asked)) return teamOf(rows[0])
  throw new ReeveError(
    'act/no-team',
    rows.length === 0
      ? `looking for the team ${asked.slice(0, 200)}: there is none of that id or name`
      : `looking for the team ${asked.slice(0, 200)}: several are called so; give its id`,
  )
}

export interface TeamChange {
  id: string
  name: string
  contact?: string | null | undefined
  /** People as `findPerson` takes them. The accountable one is a member without being named again. */
  accountable: string
  members: readonly string[]
  by: string
  now: Date
}

/**
 * Makes a team or changes it. What it answers for goes with it: a new accountable person answers for all of it from now on. The
 * answer is the id with which that is taken back; null when nothing moved.
 */
export async function putTeam(tx: Tx, change: TeamChange): Promise<{ team: TeamInForce; batch: number | null }> {
  const { id, by, now } = change
  const accountable = await findPerson(tx, change.accountable, `naming who is accountable in the team ${id}`)
  const members: NamedPerson[] = []
  for (const one of change.members) members.push(await findPerson(tx, one, `naming a member of the team ${id}`))
  const others = members.filter(
    ({ key }, at) => key !== accountable.key && members.findIndex((m) => m.key === key) === at,
  )
  const all = [accountable, ...others]
  const { rows: was } = await sql<Row>`
    update act.team set ended_at = ${now}, ended_by = ${by} where id = ${id} and ended_at is null returning *`.execute(
    tx,
  )
  await sql`insert into act.team (id, name, contact, accountable, accountable_name, members, member_names, by, at)
    values (${id}, ${change.name}, ${change.contact ?? null}, ${accountable.key}, ${accountable.name}, ${all.map(({ key }) => key)},
      ${all.map(({ name }) => name)}, ${by}, ${now})`.execute(tx)
  let batch: number | null = null
  if (was[0] && was[0].accountable !== accountable.key) {
    batch = await openBatch(tx, { what: 'team', by, now })
    await assignRows(
      tx,
      { batch, by, now },
      sql`
      select a.entity, 'owner' as sort, ${accountable.key}::text as value, ${accountable.name}::text as name, a.team, ${`${change.name} has another accountable person`}::text as reason
      from act.assignment a where a.team = ${id} and a.sort = 'owner' and a.ended_at is null and a.value = ${was[0].accountable}`,
    )
  }
  const team = { id, name: change.name, contact: change.contact ?? null, accountable, members: all }
  await audit.record(tx, {
    actor: by,
    action: was[0] ? 'team.change' : 'team.create',
    subject: `team:${id}`,
    before: was[0] ? teamOf(was[0]) : null,
    after: team,
  })
  return { team, batch }
}

/** Ends a team that answers for nothing any more. Throws `act/no-team`, `act/team-in-use`. */
export async function endTeam(tx: Tx, { id, by, now }: { id: string; by: string; now: Date }): Promise<void> {
  const team = await findTeam(tx, `team:${id}`)
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from act.assignment where team = ${team.id} and sort = 'owner' and ended_at is null`.execute(
    tx,
  )
  const { count } = rows[0]!
  if (count > 0)
    throw new ReeveError(
      'act/team-in-use',
      `ending the team ${team.id}: it answers for ${count === 1 ? 'one thing' : `${count} things`}; give ${count === 1 ? 'it' : 'them'} to somebody else first`,
    )
  await sql`update act.team set ended_at = ${now}, ended_by = ${by} where id = ${team.id} and ended_at is null`.execute(
    tx,
  )
  await audit.record(tx, { actor: by, action: 'team.end', subject: `team:${team.id}`, before: team })
}
