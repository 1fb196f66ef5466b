import { sql } from 'kysely'
import type { NamedPerson } from '../act/index.ts'
import type { Db } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'
import type { Caller } from './may.ts'

/** The person whose account it is, by the keys under which they are known: that of their address first. Empty where nobody tells. */
export async function peopleOf(db: Db, caller: Caller): Promise<NamedPerson[]> {
  const { rows } = await sql<NamedPerson>`
    with me as (select name, email from http.account where id = ${caller.id}),
    found as (
      select n.key, n.name, case when n.key = 'person:' || me.email then 0 when n.aliases @> array[me.email] then 1 else 3 end as rank
      from me join graph.node n on n.kind = 'person' and (n.key = 'person:' || me.email or n.aliases @> array[me.email] or me.email is null and n.name = me.name)
      union all select 'person:' || email, name, 2 from me where email is not null)
    select key, min(name) as name from found group by key order by min(rank), key`.execute(db)
  // Without an address a name serves, if one person alone bears it.
  return rows.length > 1 && !rows[0]!.key.includes('@') && (await addressOf(db, caller)) === null ? [] : rows
}

async function addressOf(db: Db, caller: Caller): Promise<string | null> {
  const { rows } = await sql<{ email: string | null }>`select email from http.account where id = ${caller.id}`.execute(
    db,
  )
  return rows[0]?.email ?? null
}

/** Throws `owner/not-a-person` where nothing tells who the caller is. */
export async function demandPerson(db: Db, caller: Caller): Promise<NamedPerson> {
  const [person] = await peopleOf(db, caller)
  if (person) return person
  throw new ReeveError(
    'owner/not-a-person',
    'answering: your account has no address by which a person is known; say for whom you answer, or ask an admin to add your address',
  )
}
