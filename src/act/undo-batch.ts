import { sql } from 'kysely'
import { audit, type Tx } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'
import type { BatchSort } from './assign-many.ts'

interface Taken {
  back: number
  /** Changed since by somebody else, and left as it is. */
  kept: number
}

/**
 * Takes a batch back: what each of its changes replaced is in force again. What was changed since stays. Throws `act/no-batch`,
 * `act/too-late` when it was taken back before.
 */
export async function undoBatch(tx: Tx, given: { batch: number; by: string; now: Date }): Promise<Taken> {
  const { batch, by, now } = given
  const { rows } = await sql<{ what: BatchSort; by: string; at: Date; undone_at: Date | null }>`
    select what, by, at, undone_at from act.batch where id = ${batch} for update`.execute(tx)
  const found = rows[0]
  if (!found) throw new ReeveError('act/no-batch', `taking back ${batch}: nothing was done under that number`)
  if (found.undone_at !== null) throw new ReeveError('act/too-late', `taking back ${batch}: it was taken back already`)
  const taken = await undoAssignments(tx, given)
  await undoPeople(tx, given)
  if (found.what === 'team' || found.what === 'handover') await undoTeams(tx, given, found)
  await undoCertifications(tx, given)
  await sql`update act.batch set undone_at = ${now}, undone_by = ${by} where id = ${batch}`.execute(tx)
  await audit.record(tx, {
    actor: by,
    action: 'owner.undo',
    subject: `batch:${batch}`,
    before: { what: found.what },
    after: { ...taken },
  })
  return taken
}

async function undoAssignments(tx: Tx, { batch, by, now }: { batch: number; by: string; now: Date }): Promise<Taken> {
  const { rows } = await sql<{ back: number; kept: number }>`
    with ended as (update act.assignment set ended_at = ${now}, ended_by = ${by} where batch = ${batch} and ended_at is null returning id, entity, sort, at),
    restored as (insert into act.assignment (entity, aliases, fingerprint, sort, value, name, team, reason, by, at)
      select distinct on (e.entity, e.sort) e.entity, w.aliases, w.fingerprint, w.sort, w.value, w.name, w.team, w.reason, w.by, ${now}
      from ended e join act.assignment w on w.entity = e.entity and w.sort = e.sort and w.ended_at = e.at and w.id < e.id order by e.entity, e.sort, w.id desc returning 1)
    select (select count(*) from ended)::int as back, (select count(*) from restored)::int as restored,
      (select count(*) from act.assignment where batch = ${batch} and ended_at is not null)::int as kept`.execute(tx)
  return { back: rows[0]!.back, kept: rows[0]!.kept }
}

async function undoPeople(tx: Tx, { batch, by, now }: { batch: number; by: string; now: Date }): Promise<void> {
  await sql`
    with ended as (update act.person set ended_at = ${now}, ended_by = ${by} where batch = ${batch} and ended_at is null returning row, key, at)
    insert into act.person (key, name, status, left_on, manager, by, at)
    select distinct on (e.key) w.key, w.name, w.status, w.left_on, w.manager, w.by, ${now}
    from ended e join act.person w on w.key = e.key and w.ended_at = e.at and w.row < e.row order by e.key, w.row desc`.execute(
    tx,
  )
}

/** Teams as they were before, unless they were changed again since. */
async function undoTeams(
  tx: Tx,
  { by, now }: { by: string; now: Date },
  done: { by: string; at: Date },
): Promise<void> {
  await sql`
    with ended as (update act.team set ended_at = ${now}, ended_by = ${by} where at = ${done.at} and by = ${done.by} and ended_at is null returning row, id, at)
    insert into act.team (id, name, contact, accountable, accountable_name, members, member_names, by, at)
    select distinct on (w.id) w.id, w.name, w.contact, w.accountable, w.accountable_name, w.members, w.member_names, w.by, ${now}
    from ended e join act.team w on w.id = e.id and w.ended_at = e.at and w.row < e.row order by w.id, w.row desc`.execute(
    tx,
  )
}

/** Records that answers are taken back, and puts in force again what they ended without naming anybody else. */
async function undoCertifications(tx: Tx, { batch, by, now }: { batch: number; by: string; now: Date }): Promise<void> {
  await sql`
    insert into act.assignment (entity, aliases, fingerprint, sort, value, name, team, reason, by, at)
    select w.entity, w.aliases, w.fingerprint, w.sort, w.value, w.name, w.team, w.reason, w.by, ${now} from act.certification c
    join act.assignment w on w.entity = c.entity and w.sort = 'owner' and w.ended_at = c.at and w.value = c.person
    where c.batch = ${batch} and c.takes_back is null and c.answer = 'not-mine'
      and not exists (select from act.assignment a where a.entity = c.entity and a.sort = 'owner' and a.ended_at is null)`.execute(
    tx,
  )
  await sql`
    insert into act.certification (entity, aliases, person, person_name, answer, to_person, note, by, at, shown, batch, takes_back)
    select entity, aliases, person, person_name, answer, to_person, null, ${by}, ${now}, '{}', ${batch}, id from act.certification
    where batch = ${batch} and takes_back is null`.execute(tx)
}
