import { type RawBuilder, sql } from 'kysely'
import { audit, type Tx } from '../platform/index.ts'
import type { NamedPerson } from './people.ts'

/** Done in one go and taken back in one go. */
export type BatchSort = 'import' | 'people' | 'accept' | 'handover' | 'team' | 'answer'

const MANY = 1_000

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
  // The next page must not be planned as if there were nothing yet.
  if ((counts['applied'] ?? 0) >= MANY) await sql`analyze act.assignment, act.person`.execute(tx)
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

/** Who is to answer for one thing, or step in. */
export interface Wanted {
  entity: string
  sort: 'owner' | 'backup'
  person: NamedPerson
  team: string | null
  reason: string | null
}

/**
 * Puts these assignments in force in one go; things that nothing describes are left out. Told is which entities changed. In a dry run
 * nothing stays.
 */
export async function assignAll(
  tx: Tx,
  given: {
    what: 'accept' | 'handover'
    wanted: readonly Wanted[]
    by: string
    now: Date
    dryRun: boolean
    also?: (doing: Doing) => Promise<Record<string, number>>
  },
): Promise<{ batch: number | null; changed: Set<string> }> {
  const { what, wanted, by, now, dryRun } = given
  await sql`savepoint all_of_it`.execute(tx)
  const batch = await openBatch(tx, { what, by, now })
  const doing = { batch, by, now }
  const more = (await given.also?.(doing)) ?? {}
  const { applied, unchanged, digest } = await assignRows(
    tx,
    doing,
    sql`select * from unnest(${wanted.map(({ entity }) => entity)}::text[], ${wanted.map(({ sort }) => sort)}::text[], ${wanted.map(({ person }) => person.key)}::text[],
      ${wanted.map(({ person }) => person.name)}::text[], ${wanted.map(({ team }) => team)}::text[], ${wanted.map(({ reason }) => reason)}::text[])
      w(entity, sort, value, name, team, reason) where exists (select from graph.node n where n.key = w.entity)`,
  )
  const { rows } = await sql<{ entity: string }>`select distinct entity from act_wanted`.execute(tx)
  const some = applied > 0 || Object.values(more).some((count) => count > 0)
  if (dryRun || !some) await sql`rollback to savepoint all_of_it`.execute(tx)
  else await closeBatch(tx, doing, { what, counts: { applied, unchanged, ...more }, digest })
  return { batch: dryRun || !some ? null : batch, changed: new Set(rows.map(({ entity }) => entity)) }
}
