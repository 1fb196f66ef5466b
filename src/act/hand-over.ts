import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import { assignAll, type Doing, type Wanted } from './assign-many.ts'
import type { NamedPerson } from './people.ts'

export interface HandedOver {
  batch: number | null
  /** Entities that went to somebody else. */
  changed: Set<string>
  /** Teams that got another accountable person, and things whose backup is another now. */
  teams: number
  backups: number
}

/**
 * What one person answers for goes to others, in one step. With an `heir`, the teams for which the person stood and the things of which
 * they were the backup go to the heir too; without, they stay. One undo takes all of it back.
 */
export async function handOver(
  tx: Tx,
  given: {
    person: NamedPerson
    wanted: readonly Wanted[]
    heir: NamedPerson | null
    by: string
    now: Date
    dryRun: boolean
  },
): Promise<HandedOver> {
  const { person, heir, by, now, dryRun } = given
  const backups = heir ? await backupsOf(tx, person, heir) : []
  let teams = 0
  const { batch, changed } = await assignAll(tx, {
    what: 'handover',
    wanted: [...given.wanted, ...backups],
    by,
    now,
    dryRun,
    also: async (doing) => {
      teams = heir ? await passTeams(tx, doing, person, heir) : 0
      return { teams }
    },
  })
  const own = new Set(given.wanted.map(({ entity }) => entity))
  return {
    batch,
    changed: new Set([...changed].filter((entity) => own.has(entity))),
    teams,
    backups: backups.filter(({ entity }) => changed.has(entity)).length,
  }
}

/** Nobody is the backup of what they answer for themselves. */
async function backupsOf(tx: Tx, person: NamedPerson, heir: NamedPerson): Promise<Wanted[]> {
  const { rows } = await sql<{ entity: string }>`
    select b.entity from act.assignment b where b.sort = 'backup' and b.ended_at is null and b.value = ${person.key}
      and not exists (select from act.assignment o where o.entity = b.entity and o.sort = 'owner' and o.ended_at is null and o.value = ${heir.key})`.execute(
    tx,
  )
  return rows.map(({ entity }) => ({ entity, sort: 'backup', person: heir, team: null, reason: null }))
}

async function passTeams(tx: Tx, { by, now }: Doing, person: NamedPerson, heir: NamedPerson): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    with ended as (update act.team set ended_at = ${now}, ended_by = ${by} where ended_at is null and accountable = ${person.key} returning *)
    insert into act.team (id, name, contact, accountable, accountable_name, members, member_names, by, at)
    select id, name, contact, ${heir.key}, ${heir.name},
      array_prepend(${heir.key}::text, array(select m.key from unnest(members) with ordinality m(key, place) where m.key not in (${heir.key}, ${person.key}) order by place)),
      array_prepend(${heir.name}::text, array(select n.name from unnest(members, member_names) with ordinality n(key, name, place) where n.key not in (${heir.key}, ${person.key}) order by place)),
      ${by}, ${now} from ended returning id`.execute(tx)
  return rows.length
}
