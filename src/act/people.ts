import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { Key, ReeveError } from '../sdk/index.ts'

export interface NamedPerson {
  key: string
  name: string
}

const ADDRESS = /^[^\s@]+@[^\s@]+$/

/**
 * The one person who is meant: by key (`person:ada@example.org`), e-mail address, or the name of exactly one known person. Somebody
 * whom nothing describes is named by address. Throws `act/person`.
 */
export async function findPerson(db: Db, text: string, doing = 'naming an owner'): Promise<NamedPerson> {
  const asked = text.trim()
  const address = asked.replace(/^person:/, '').toLowerCase()
  const { rows } = await sql<NamedPerson>`
    select key, name from graph.node where kind = 'person' and (key = ${asked} or key = ${`person:${address}`} or lower(name) = lower(${asked}) or aliases && array[${asked}, ${address}])
    union select p.key, p.name from act.person p where p.ended_at is null and (p.key = ${`person:${address}`} or lower(p.name) = lower(${asked}))
      and not exists (select from graph.node n where n.key = p.key)
    order by key limit 4`.execute(db)
  const exact = rows.find(({ key }) => key === asked) ?? rows.find(({ key }) => key === `person:${address}`)
  if (exact) return exact
  if (rows.length === 1) return rows[0]!
  if (rows.length > 1)
    throw new ReeveError(
      'act/person',
      `${doing}: several people are called ${asked.slice(0, 200)}; give the e-mail address`,
      { fields: { people: rows.map(({ key }) => key) } },
    )
  if (!ADDRESS.test(address) || address.length > 254)
    throw new ReeveError('act/person', `${doing}: nobody is known as ${asked.slice(0, 200)}; give an e-mail address`)
  return { key: Key.parse(`person:${address}`), name: address }
}
