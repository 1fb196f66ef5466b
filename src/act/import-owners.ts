import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import { type AssignedRows, assignRows, closeBatch, type Doing, openBatch } from './assign-many.ts'
import { namesOfEstate, resolveIdentities, resolvePeople, resolveTeams } from './import-names.ts'
import { Faults, type Imported } from './imported.ts'
import { isFormula, type LineFault, type List, type ListColumns, type ListLine } from './list-lines.ts'

/** The columns of a list of owners. */
export const OWNER_COLUMNS: ListColumns = {
  needs: 'identity',
  known: {
    identity: ['key', 'entity', 'id', 'arn', 'name', 'identity_key', 'native_id', 'nhi', 'account'],
    owner: ['owner_email', 'accountable', 'accountable_owner', 'person', 'email', 'owner_key'],
    backup: ['backup_owner', 'backup_email', 'deputy', 'secondary', 'secondary_owner'],
    team: ['team_id', 'owner_team', 'owning_team', 'group'],
    note: ['reason', 'comment', 'comments', 'notes'],
  },
}

const LONGEST_NOTE = 2_000

/**
 * Takes a list of owners over: good lines are put in force, each line that is not is told with its number and cause. All in the
 * caller's transaction, in memory that does not grow with the list; the same list again changes nothing.
 */
export async function importOwners(
  tx: Tx,
  { list, by, now, dryRun = false }: { list: List; by: string; now: Date; dryRun?: boolean },
): Promise<Imported> {
  await sql`savepoint import`.execute(tx)
  const batch = await openBatch(tx, { what: 'import', by, now })
  const doing: Doing = { batch, by, now }
  const faults = new Faults()
  const sum = { lines: 0, applied: 0, unchanged: 0 }
  await sql`create temp table act_seen (entity text collate "C" primary key, line int not null, says text not null) on commit drop`.execute(
    tx,
  )
  await namesOfEstate(tx)
  for await (const { lines, faults: found } of list.batches) {
    sum.lines += lines.length + found.length
    for (const fault of found) faults.add(fault)
    const { applied, unchanged, digest } = await importBatch(tx, doing, lines, faults)
    sum.applied += applied
    sum.unchanged += unchanged
    faults.digest(digest)
  }
  const counts = { ...sum, errors: faults.count }
  if (dryRun || sum.applied === 0) await sql`rollback to savepoint import`.execute(tx)
  else await closeBatch(tx, doing, { what: 'import', counts, digest: faults.sum() })
  return {
    ...sum,
    errorCount: faults.count,
    errors: faults.first,
    ignored: list.ignored,
    batch: dryRun || sum.applied === 0 ? null : batch,
  }
}

interface Judged {
  line: number
  entity: string | null
  code: string | null
  says: string | null
  column: string | null
}

/** One handful of lines: what each means, which of them contradict earlier ones, and the rest put in force. */
async function importBatch(tx: Tx, doing: Doing, lines: readonly ListLine[], faults: Faults): Promise<AssignedRows> {
  const fit = lines.filter((one) => {
    const fault = faultIn(one)
    if (fault) faults.add(fault)
    return !fault
  })
  const cells = (name: string) => fit.map((one) => nameIn(one.cells[name] ?? ''))
  await sql`create temp table if not exists act_line (line int, identity text, owner text, backup text, team text, note text) on commit drop`.execute(
    tx,
  )
  await sql`truncate act_line`.execute(tx)
  await sql`insert into act_line select line, identity, nullif(owner, ''), nullif(backup, ''), nullif(team, ''), nullif(note, '')
    from unnest(${fit.map(({ line }) => line)}::int[], ${fit.map((one) => one.cells['identity'] ?? '')}::text[], ${cells('owner')}::text[], ${cells('backup')}::text[],
      ${fit.map((one) => teamIn(one.cells))}::text[], ${fit.map((one) => one.cells['note'] ?? '')}::text[]) l(line, identity, owner, backup, team, note)`.execute(
    tx,
  )
  await resolveIdentities(tx)
  await resolvePeople(tx)
  await resolveTeams(tx)
  await understand(tx)
  const { rows } =
    await sql<Judged>`select line, entity, code, says, "column" from act_judged where code is not null order by line`.execute(
      tx,
    )
  for (const { line, code, says, column } of rows) faults.add({ line, column, code: code!, says: says! })
  const { rows: repeated } = await sql<{
    count: number
  }>`select count(*)::int as count from act_judged where code is null and not first`.execute(tx)
  const came = await assignRows(
    tx,
    doing,
    sql`select entity, 'owner' as sort, owner as value, owner_name as name, team, note as reason from act_judged where code is null and first and owner is not null
      union all select entity, 'backup', backup, backup_name, null, null from act_judged where code is null and first and backup is not null`,
  )
  const { rows: counted } = await sql<{ applied: number; all: number }>`
    select (select count(distinct entity)::int from act_wanted) as applied,
      (select count(*)::int from act_judged where code is null and first) as all`.execute(tx)
  const { applied, all } = counted[0]!
  return { applied, unchanged: all - applied + repeated[0]!.count, digest: came.digest }
}

/** What can be said of a line before anything is looked up. */
function faultIn({ line, cells }: ListLine): LineFault | null {
  if ((cells['identity'] ?? '') === '')
    return { line, column: 'identity', code: 'import/no-identity', says: 'it does not say whose owner it is about' }
  if (!cells['owner'] && !cells['team'] && !cells['backup'])
    return {
      line,
      column: 'owner',
      code: 'import/no-owner',
      says: 'it names neither an owner, nor a team, nor a backup',
    }
  if ((cells['note'] ?? '').length > LONGEST_NOTE)
    return { line, column: 'note', code: 'import/too-long', says: `the note is longer than ${LONGEST_NOTE} characters` }
  for (const column of ['owner', 'backup', 'team']) {
    if (isFormula(cells[column] ?? ''))
      return {
        line,
        column,
        code: 'import/formula',
        says: 'the cell is a formula and not a value; put there what it gives',
      }
  }
  return null
}

/** `Ada Lovelace <ada@example.org>` names the address. */
const nameIn = (cell: string): string => /<([^<>\s]+@[^<>\s]+)>$/.exec(cell)?.[1] ?? cell

/** The team may stand in its own column, or as `team:<id>` in that of the owner. */
const teamIn = (cells: Record<string, string>): string =>
  (cells['team'] || (/^team:/.test(cells['owner'] ?? '') ? cells['owner']! : '')).replace(/^team:/, '')

/** `act_judged`: what each line of the handful means, or why it cannot be taken. */
async function understand(tx: Tx): Promise<void> {
  await sql`create temp table if not exists act_judged (line int, entity text collate "C", owner text, owner_name text, team text, backup text, backup_name text, note text,
    code text, says text, "column" text, first boolean) on commit drop`.execute(tx)
  await sql`truncate act_judged`.execute(tx)
  await sql`
    insert into act_judged
    select line, entity, owner, owner_name, team, backup, backup_name, note, split_part(fault, chr(31), 1), split_part(fault, chr(31), 3), split_part(fault, chr(31), 2), false from (
      select l.line, e.entity, coalesce(o.key, case when l.owner is null or l.owner ~ '^team:' then t.accountable end) as owner,
        coalesce(o.name, case when l.owner is null or l.owner ~ '^team:' then t.accountable_name end) as owner_name,
        t.id as team, b.key as backup, b.name as backup_name, l.note,
        case
          when e.count is null and left(l.identity, 1) in ('=', '+', '-', '@') then E'import/formula\\x1fidentity\\x1fthe cell is a formula and not a value; put there what it gives'
          when e.count is null then E'import/unknown-identity\\x1fidentity\\x1fnothing that is read bears this key or name'
          when e.count > 1 then E'import/ambiguous-identity\\x1fidentity\\x1f' || e.count || ' things are called so; give the key: ' || e.examples
          when l.team is not null and t.count is null then E'import/no-team\\x1fteam\\x1fthere is no team of this id or name'
          when t.count > 1 then E'import/no-team\\x1fteam\\x1f' || t.count || ' teams are called so; give the id'
          when l.owner is not null and l.owner !~ '^team:' and o.count is null then E'import/unknown-person\\x1fowner\\x1fnobody is known by this name; give an e-mail address'
          when o.count > 1 then E'import/ambiguous-person\\x1fowner\\x1f' || o.count || ' people are called so; give the e-mail address'
          when l.backup is not null and b.count is null then E'import/unknown-person\\x1fbackup\\x1fnobody is known by this name; give an e-mail address'
          when b.count > 1 then E'import/ambiguous-person\\x1fbackup\\x1f' || b.count || ' people are called so; give the e-mail address'
          when b.key = coalesce(o.key, t.accountable, (select a.value from act.assignment a where a.entity = e.entity and a.sort = 'owner' and a.ended_at is null))
            then E'import/backup\\x1fbackup\\x1fthe backup and the owner are the same person'
        end as fault
      from act_line l left join act_entity e on e.identity = l.identity left join act_who o on o.asked = l.owner and l.owner !~ '^team:'
      left join act_who b on b.asked = l.backup left join act_team t on t.asked = l.team) x`.execute(tx)
  await sql`
    insert into act_seen (entity, line, says)
    select distinct on (entity) entity, line, jsonb_build_array(owner, team, backup, note)::text from act_judged where code is null order by entity, line
    on conflict (entity) do nothing`.execute(tx)
  await sql`
    update act_judged j set first = s.line = j.line from act_seen s where s.entity = j.entity and j.code is null`.execute(
    tx,
  )
  await sql`
    update act_judged j set code = 'import/contradicts', "column" = 'identity', says = 'line ' || s.line || ' says otherwise of the same thing, and counts'
    from act_seen s where s.entity = j.entity and j.code is null and not j.first and s.says <> jsonb_build_array(j.owner, j.team, j.backup, j.note)::text`.execute(
    tx,
  )
}
