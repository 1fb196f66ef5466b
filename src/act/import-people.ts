import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import { closeBatch, openBatch } from './assign-many.ts'
import { Faults, type Imported } from './imported.ts'
import { isFormula, type LineFault, type List, type ListColumns, type ListLine } from './list-lines.ts'

/** The columns of a list of people, such as a personnel system gives. */
export const PEOPLE_COLUMNS: ListColumns = {
  needs: 'email',
  known: {
    email: ['mail', 'e_mail', 'email_address', 'work_email', 'upn', 'user_principal_name', 'login'],
    name: ['display_name', 'full_name', 'employee', 'employee_name'],
    status: ['state', 'employment_status', 'account_status', 'active', 'enabled'],
    left: [
      'left_on',
      'leave_date',
      'leaving_date',
      'end_date',
      'termination_date',
      'terminated_on',
      'last_day',
      'left_date',
    ],
    manager: ['manager_email', 'reports_to', 'supervisor', 'line_manager'],
  },
}

const ACTIVE = new Set(['', 'active', 'true', 'yes', '1', 'enabled', 'employed', 'current', 'here'])
const LEFT = new Set([
  'left',
  'inactive',
  'false',
  'no',
  '0',
  'disabled',
  'terminated',
  'leaver',
  'former',
  'offboarded',
  'deactivated',
  'gone',
])
const ADDRESS = /^[^\s@<>,;]+@[^\s@<>,;]+$/

interface Listed {
  line: number
  email: string
  name: string
  status: 'active' | 'left'
  left: string | null
  manager: string | null
}

/**
 * Takes a list of people over: who is here, who left and when, to whom they report. People who are not in it stay as they were; with
 * `complete` it is the whole list, and who was in an earlier one and is missing now has left. The same list again changes nothing.
 */
export async function importPeople(
  tx: Tx,
  {
    list,
    by,
    now,
    complete = false,
    dryRun = false,
  }: { list: List; by: string; now: Date; complete?: boolean; dryRun?: boolean },
): Promise<Imported & { missing: number }> {
  await sql`savepoint import`.execute(tx)
  const doing = { batch: await openBatch(tx, { what: 'people', by, now }), by, now }
  const faults = new Faults()
  const sum = { lines: 0, applied: 0, unchanged: 0 }
  await sql`create temp table act_listed (key text collate "C" primary key, line int not null) on commit drop`.execute(
    tx,
  )
  for await (const { lines, faults: found } of list.batches) {
    sum.lines += lines.length + found.length
    for (const fault of found) faults.add(fault)
    const people = lines.flatMap((one) => {
      const read = personIn(one, now)
      if ('code' in read) faults.add(read)
      return 'code' in read ? [] : [read]
    })
    const came = await importBatch(tx, doing, people, faults)
    sum.applied += came.applied
    sum.unchanged += came.unchanged
    faults.digest(createHash('sha256').update(JSON.stringify(people)).digest('hex'))
  }
  const missing = complete && faults.count === 0 ? await endMissing(tx, doing) : 0
  const changed = sum.applied + missing > 0
  if (dryRun || !changed) await sql`rollback to savepoint import`.execute(tx)
  else
    await closeBatch(tx, doing, {
      what: 'people',
      counts: { ...sum, errors: faults.count, missing },
      digest: faults.sum(),
    })
  return {
    ...sum,
    missing,
    errorCount: faults.count,
    errors: faults.first,
    ignored: list.ignored,
    batch: dryRun || !changed ? null : doing.batch,
  }
}

function personIn({ line, cells }: ListLine, now: Date): Listed | LineFault {
  const email = addressIn(cells['email'] ?? '')
  const wrong = (column: string, code: string, says: string): LineFault => ({ line, column, code, says })
  for (const column of ['email', 'manager'] as const) {
    if (isFormula(cells[column] ?? ''))
      return wrong(column, 'import/formula', 'the cell is a formula and not a value; put there what it gives')
  }
  if (email === '')
    return wrong('email', 'import/no-person', 'it has no e-mail address, by which people are told apart')
  if (!ADDRESS.test(email) || email.length > 254) return wrong('email', 'import/address', 'this is no e-mail address')
  const manager = addressIn(cells['manager'] ?? '')
  if (manager !== '' && (!ADDRESS.test(manager) || manager.length > 254))
    return wrong('manager', 'import/address', 'this is no e-mail address')
  const left = cells['left'] || null
  if (left !== null && !isDay(left)) return wrong('left', 'import/date', 'write the day as 2026-11-24')
  const word = (cells['status'] ?? '').toLowerCase()
  if (!ACTIVE.has(word) && !LEFT.has(word))
    return wrong('status', 'import/status', 'it is neither active nor left, as far as we can read it')
  const today = now.toISOString().slice(0, 10)
  const day = left?.slice(0, 10) ?? null
  const gone = LEFT.has(word) ? day === null || day <= today : day !== null && day <= today
  return {
    line,
    email,
    name: (cells['name'] || email).slice(0, 500),
    status: gone ? 'left' : 'active',
    left: day,
    manager: manager || null,
  }
}

/** `Ada Lovelace <ada@example.org>` names the address. */
const addressIn = (cell: string): string =>
  (/<([^<>]+)>$/.exec(cell)?.[1] ?? cell)
    .replace(/^person:/, '')
    .trim()
    .toLowerCase()

const isDay = (text: string): boolean => {
  const day = /^(\d{4}-\d\d-\d\d)(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.exec(text)?.[1]
  return day !== undefined && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day)
}

async function importBatch(
  tx: Tx,
  { batch, by, now }: { batch: number; by: string; now: Date },
  people: readonly Listed[],
  faults: Faults,
): Promise<{ applied: number; unchanged: number }> {
  // One address may be known under several keys: that of a directory beside our own.
  await sql`create temp table if not exists act_people (line int, email text, key text collate "C", name text, status text, left_on date, manager text) on commit drop`.execute(
    tx,
  )
  await sql`truncate act_people`.execute(tx)
  await sql`
    with l as (select * from unnest(${people.map(({ line }) => line)}::int[], ${people.map(({ email }) => email)}::text[], ${people.map(({ name }) => name)}::text[],
      ${people.map(({ status }) => status)}::text[], ${people.map(({ left }) => left)}::date[], ${people.map(({ manager }) => manager)}::text[]) l(line, email, name, status, left_on, manager))
    insert into act_people select l.line, l.email, k.key, l.name, l.status, l.left_on, 'person:' || l.manager from l cross join lateral (
      select 'person:' || l.email as key union select n.key from graph.node n where n.kind = 'person' and n.aliases @> array[l.email]) k`.execute(
    tx,
  )
  const { rows: twice } = await sql<{ line: number; earlier: number }>`
    with listed as (insert into act_listed select distinct on (key) key, line from act_people order by key, line on conflict do nothing returning key, line)
    delete from act_people p using (select key, line from act_listed union select key, line from listed) s
    where s.key = p.key and s.line <> p.line returning p.line, s.line as earlier`.execute(tx)
  const again = new Map(twice.map(({ line, earlier }) => [line, earlier]))
  for (const [line, earlier] of again)
    faults.add({
      line,
      column: 'email',
      code: 'import/contradicts',
      says: `line ${earlier} has the same address, and counts`,
    })
  await sql`delete from act_people where line = any(${[...again.keys()]}::int[])`.execute(tx)
  await sql`delete from act_people p using act.person o where o.key = p.key and o.ended_at is null and o.name = p.name and o.status = p.status
    and o.left_on is not distinct from p.left_on and o.manager is not distinct from p.manager`.execute(tx)
  await sql`update act.person o set ended_at = ${now}, ended_by = ${by} from act_people p where o.key = p.key and o.ended_at is null`.execute(
    tx,
  )
  const { rows } = await sql<{ lines: number }>`
    with made as (insert into act.person (key, name, status, left_on, manager, batch, by, at)
      select key, name, status, left_on, manager, ${batch}::bigint, ${by}, ${now} from act_people returning key)
    select count(distinct p.line)::int as lines from made join act_people p using (key)`.execute(tx)
  const applied = rows[0]!.lines
  return { applied, unchanged: people.length - again.size - applied }
}

/** Who was in an earlier list and is not in this one has left. */
async function endMissing(tx: Tx, { batch, by, now }: { batch: number; by: string; now: Date }): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with ended as (update act.person o set ended_at = ${now}, ended_by = ${by}
      where o.ended_at is null and o.status = 'active' and not exists (select from act_listed l where l.key = o.key) returning *),
    made as (insert into act.person (key, name, status, left_on, manager, batch, by, at)
      select key, name, 'left', coalesce(least(left_on, ${now.toISOString().slice(0, 10)}::date), ${now.toISOString().slice(0, 10)}::date), manager, ${batch}::bigint, ${by}, ${now} from ended returning 1)
    select count(*)::int as count from made`.execute(tx)
  return rows[0]!.count
}
