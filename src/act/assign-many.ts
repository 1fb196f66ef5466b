import { type RawBuilder, sql } from 'kysely'
import { audit, type Tx } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'

/** Done in one go and taken back in one go. */
export type BatchSort = 'import' | 'people' | 'accept' | 'handover' | 'team' | 'answer'

export interface Doing {
  batch: number
  by: string
  now: Date
}

export async function openBatch(
  tx: Tx,
  { what, by, now }: { what: BatchSort; by: string; now: Date },
): Promise<number> {
  const { rows } = await sql<{
    id: string
  }>`insert into act.batch (what, by, at) values (${what}, ${by}, ${now}) returning id`.execute(tx)
  return Number(rows[0]!.id)
}

/**
 * Writes down what came of a batch, and audits it as one act: how much it changed, and a digest of every change, so that the rows
 * can be compared with the trail.
 */
export async function closeBatch(
  tx: Tx,
  { batch, by }: Doing,
  { what, counts, digest }: { what: BatchSort; counts: Record<string, number>; digest: string },
): Promise<void> {
  await sql`update act.batch set counts = ${JSON.stringify(counts)}::jsonb where id = ${batch}`.execute(tx)
  await audit.record(tx, {
    actor: by,
    action: `owner.${what}`,
    subject: `batch:${batch}`,
    after: { ...counts, sha256: digest },
  })
}

export interface AssignedRows {
  applied: number
  unchanged: number
  /** SHA-256 over what was changed, in order of entity. */
  digest: string
}

/**
 * Puts many assignments in force at once. `rows` gives `entity` (a key that stands for something), `sort`, `value`, `name`, `team` and
 * `reason`, each entity and sort once. What is so already stays as it is; a reason that is given and differs is a change.
 */
export async function assignRows(tx: Tx, { batch, by, now }: Doing, rows: RawBuilder<unknown>): Promise<AssignedRows> {
  await sql`create temp table if not exists act_wanted (entity text collate "C", sort text, value text, name text, team text, reason text) on commit drop`.execute(
    tx,
  )
  await sql`truncate act_wanted`.execute(tx)
  await sql`insert into act_wanted select entity, sort, value, name, team, reason from (${rows}) given`.execute(tx)
  await sql`analyze act_wanted`.execute(tx)
  const { rows: removed } = await sql<{ count: number }>`
    with same as (delete from act_wanted w using act.assignment a
      where a.entity = w.entity and a.sort = w.sort and a.ended_at is null and a.value = w.value and a.team is not distinct from w.team
        and (w.reason is null or w.reason is not distinct from a.reason) returning 1)
    select count(*)::int as count from same`.execute(tx)
  await sql`update act.assignment a set ended_at = ${now}, ended_by = ${by} from act_wanted w
    where a.entity = w.entity and a.sort = w.sort and a.ended_at is null`.execute(tx)
  const { rows: made } = await sql<{ count: number; digest: string }>`
    with made as (insert into act.assignment (entity, aliases, fingerprint, sort, value, name, team, reason, by, at, batch)
      select w.entity, n.aliases, n.fingerprint, w.sort, w.value, w.name, w.team, w.reason, ${by}, ${now}, ${batch}
      from act_wanted w join graph.node n on n.key = w.entity returning entity, sort, value, team)
    select count(*)::int as count,
      encode(sha256(convert_to(coalesce(string_agg(concat_ws(' ', entity, sort, value, team), E'\n' order by entity, sort), ''), 'UTF8')), 'hex') as digest
    from made`.execute(tx)
  return { applied: made[0]!.count, unchanged: removed[0]!.count, digest: made[0]!.digest }
}

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
  const { rows } = await sql<{ what: BatchSort; at: Date; undone_at: Date | null }>`
    select what, at, undone_at from act.batch where id = ${batch} for update`.execute(tx)
  const found = rows[0]
  if (!found) throw new ReeveError('act/no-batch', `taking back ${batch}: nothing was done under that number`)
  if (found.undone_at !== null) throw new ReeveError('act/too-late', `taking back ${batch}: it was taken back already`)
  const taken = await undoAssignments(tx, given)
  await undoPeople(tx, given)
  if (found.what === 'team') await undoTeam(tx, given, found.at)
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

/** The team as it was before, unless it was changed again since. */
async function undoTeam(tx: Tx, { by, now }: { by: string; now: Date }, at: Date): Promise<void> {
  await sql`
    with ended as (update act.team set ended_at = ${now}, ended_by = ${by} where at = ${at} and ended_at is null returning row, id, at)
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
