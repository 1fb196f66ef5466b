import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { type Entity, type Environment, type Kind, Live, type Method, type Verb } from '../sdk/index.ts'
import type { CardCredential, Consumer, Copy } from './card.ts'
import { dependentsOf } from './reach.ts'
import type { EntityRef } from './ref.ts'
import { iso, knownOf, markOf, refOr, refsOf } from './refs.ts'

type Body = Omit<Entity, 'key'>
const LISTED = 100
const COPIES = 20

/** Places from which whoever uses a secret takes a new one by itself. */
const FETCHED = /vault|secrets?_manager|secret_store|key_vault/

export async function consumersOf(db: Db, id: number): Promise<{ consumers: Consumer[]; more: number }> {
  const { dependents, more } = await dependentsOf(db, id, LISTED)
  const refs = await refsOf(
    db,
    dependents.flatMap(({ through }) => through ?? []),
  )
  const consumers = dependents.map(
    ({ key, kind, type, name, verb, through, attributes, since, secret_type }): Consumer => {
      const via = through === null ? null : refOr(refs, through)
      const seen = attributes?.['lastSeen'] ?? attributes?.['last']
      return {
        entity: { key, kind, type, name, gone: null },
        verb: verb as Verb,
        through: via,
        firstSeen: iso(since),
        lastSeen:
          typeof seen === 'string' && !Number.isNaN(Date.parse(seen))
            ? { value: seen }
            : { unknown: 'its source says that it uses it, not when' },
        ...taking(verb, via, secret_type),
      }
    },
  )
  return { consumers, more }
}

function taking(verb: string, via: EntityRef | null, type: string | null): Pick<Consumer, 'takesNewKey' | 'because'> {
  if (via === null && verb === 'runs-as')
    return { takesNewKey: 'by-itself', because: 'it runs as the identity and holds no credential' }
  if (type !== null && FETCHED.test(type))
    return { takesNewKey: 'by-itself', because: `it fetches it from ${via!.name}` }
  if (via?.kind === 'secret') return { takesNewKey: 'by-hand', because: `it is written in ${via.name}` }
  return { takesNewKey: 'unknown', because: 'how it comes by the credential was not seen' }
}

interface CredentialRow {
  id: number
  key: string
  kind: Kind
  type: string
  name: string
  method: Method | null
  connections: string[]
  body: Body
  worst: number | null
}

/** The credentials that prove it, those a secret holds, or the credential itself; each with where copies sit. */
export async function credentialsOf(db: Db, id: number): Promise<{ ids: number[]; credentials: CardCredential[] }> {
  const { rows } = await sql<CredentialRow>`
    select n.id, n.key, n.kind, n.type, n.name, n.method, n.connections, n.body, s.worst
    from graph.node n left join assess.standing s on s.subject = n.key
    where n.kind = 'credential' and n.id in (select ${id}::int
      union select from_id from graph.edge where to_id = ${id} and verb = 'authenticates' and valid_to is null
      union select to_id from graph.edge where from_id = ${id} and verb = 'holds' and valid_to is null)
    order by s.worst nulls last, n.name, n.key limit ${sql.lit(LISTED)}`.execute(db)
  const copies = await copiesOf(
    db,
    rows.map((row) => row.id),
  )
  const credentials = rows.map(({ connections, body, ...row }): CardCredential => {
    const mine = copies.get(row.id) ?? []
    const live = Live.safeParse(body.attributes?.['live'])
    return {
      entity: { key: row.key, kind: row.kind, type: row.type, name: row.name, gone: null },
      method: row.method,
      mark: markOf(row.worst),
      state: stateOf(body),
      live: live.success ? live.data : 'not-asked',
      created: knownOf(body.created, connections),
      expires: knownOf(body.expires, connections),
      lastUsed: knownOf(body.lastUsed, connections),
      copies: mine.slice(0, COPIES).map(({ count: _, ...copy }) => copy),
      copyCount: mine[0]?.count ?? 0,
    }
  })
  return { ids: rows.map((row) => row.id), credentials }
}

/** What its source says of its being in force, in a word. */
export function stateOf({ attributes }: Body): string | null {
  const { revoked, suspended, disabled, enabled, status, live } = attributes ?? {}
  if (revoked === true) return 'revoked'
  if (suspended === true) return 'suspended'
  if (disabled === true || enabled === false) return 'disabled'
  if (typeof status === 'string') return status.toLowerCase()
  return live === 'live' ? 'active' : live === 'dead' ? 'refused by its issuer' : null
}

async function copiesOf(db: Db, ids: readonly number[]): Promise<Map<number, (Copy & { count: number })[]>> {
  const { rows } = await sql<{
    credential: number
    key: string
    kind: Kind | null
    type: string | null
    name: string
    connections: string[] | null
    environment: Environment | null
    container: string | null
    attributes: Record<string, unknown> | null
    readers: number
    count: number
  }>`select * from (
      select e.to_id as credential, coalesce(n.key, k.key) as key, n.kind, n.type, coalesce(n.name, k.key) as name, n.connections, n.environment,
        c.name as container, n.body->'attributes' as attributes,
        (select count(distinct u.from_id)::int from graph.edge u where u.to_id = e.from_id and u.verb = 'uses' and u.valid_to is null) as readers,
        count(*) over (partition by e.to_id)::int as count, row_number() over (partition by e.to_id order by n.name, k.key) as place
      from (select distinct from_id, to_id from graph.edge where to_id = any(${ids}::int[]) and verb = 'holds' and valid_to is null) e
      join graph.key k on k.id = e.from_id left join graph.node n on n.id = e.from_id left join graph.node c on c.id = n.container) x where place <= ${sql.lit(COPIES)} order by place`.execute(
    db,
  )
  const copies = new Map<number, (Copy & { count: number })[]>()
  for (const { credential, container, attributes, connections, environment, readers, count, ...ref } of rows) {
    const { file, line, lastSeen, public: isPublic, atHead } = attributes ?? {}
    const place = typeof file === 'string' ? `${file}${typeof line === 'number' ? `:${line}` : ''}` : ref.name
    const copy = {
      entity: { ...ref, gone: null },
      where: container === null ? place : `${place} in ${container}`,
      connection: connections?.[0] ?? null,
      environment,
      public: isPublic === true,
      atHead: typeof atHead === 'boolean' ? atHead : null,
      readers,
      lastSeen: typeof lastSeen === 'string' ? { value: lastSeen } : { unknown: 'its source does not date it' },
      count,
    }
    const known = copies.get(credential)
    if (known) known.push(copy)
    else copies.set(credential, [copy])
  }
  return copies
}
