import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Kind, Known } from '../sdk/index.ts'
import type { InboxItem } from './inbox.ts'
import { oldestAges, rotateBy } from './owners-rotation.ts'
import type { EntityRef } from './ref.ts'
import { actorName, isoOrNull, knownOf, markOf, refsOf } from './refs.ts'

/** What the items of an inbox lean on, by key or id of the identity. */
export interface Grounds {
  decided: ReadonlyMap<string, { by: string; at: Date; reason: string | null }>
  /** Who said that nobody needs it. */
  notNeeded: ReadonlyMap<string, string>
  /** What sources tell of the person and it. */
  links: ReadonlyMap<number, readonly ((you: string) => string)[]>
  credentials: ReadonlyMap<number, InboxItem['credentials']>
  findings: ReadonlyMap<string, InboxItem['findings']>
  refs: ReadonlyMap<string, EntityRef>
}

export async function groundsOf(db: Db, ids: readonly number[], keys: readonly string[], now: Date): Promise<Grounds> {
  const [decided, links, credentials, findings, refs, notNeeded] = await Promise.all([
    decidedOf(db, ids),
    linksOf(db, ids, keys),
    credentialsOf(db, ids, now),
    findingsOf(db, ids),
    reachedOf(db, ids),
    notNeededOf(db, ids),
  ])
  return { decided, links, credentials, findings, refs, notNeeded }
}

async function decidedOf(db: Db, ids: readonly number[]): Promise<Grounds['decided']> {
  const { rows } = await sql<{ entity: string; by: string; at: Date; reason: string | null }>`
    select a.entity, ${actorName(sql`a.by`)} as by, a.at, a.reason from graph.node n
    join act.assignment a on a.entity = n.key and a.sort = 'owner' and a.ended_at is null where n.id = any(${ids}::int[])`.execute(
    db,
  )
  return new Map(rows.map(({ entity, ...row }) => [entity, row]))
}

async function notNeededOf(db: Db, ids: readonly number[]): Promise<Grounds['notNeeded']> {
  const { rows } = await sql<{ entity: string; name: string }>`
    select distinct on (c.entity) c.entity, c.person_name as name from graph.node n join act.certification c on c.entity = n.key
    where n.id = any(${ids}::int[]) and c.answer = 'not-needed' and c.takes_back is null order by c.entity, c.id desc`.execute(
    db,
  )
  return new Map(rows.map(({ entity, name }) => [entity, name]))
}

const TOLD: Readonly<Record<string, (source: string, you: string) => string>> = {
  owns: (source, you) => `${source} names ${you} as its owner.`,
  created: (source, you) => `${source} says that it was made by ${you}.`,
  controls: (source, you) => `${source} says that it may be changed by ${you}.`,
}

async function linksOf(db: Db, ids: readonly number[], keys: readonly string[]): Promise<Grounds['links']> {
  const { rows } = await sql<{ id: number; verb: string; source: string }>`
    select distinct e.to_id as id, e.verb, coalesce(c.label, s.connection) as source from graph.key k join graph.edge e on e.from_id = k.id
    join graph.source s on s.id = e.source_id and s.connection <> 'self' left join discover.connection c on c.id = s.connection
    where k.key = any(${keys}::text[]) and e.to_id = any(${ids}::int[]) and e.valid_to is null and e.verb in ('owns', 'created', 'controls')
    order by e.verb desc, source`.execute(db)
  const links = new Map<number, ((you: string) => string)[]>()
  for (const { id, verb, source } of rows) links.set(id, [...(links.get(id) ?? []), (you) => TOLD[verb]!(source, you)])
  return links
}

async function credentialsOf(db: Db, ids: readonly number[], now: Date): Promise<Grounds['credentials']> {
  const due = rotateBy('c', await oldestAges(db))
  const { rows } = await sql<{
    of: number
    key: string
    kind: Kind
    type: string
    name: string
    method: string | null
    expires: Known<string> | null
    connections: string[]
    rotate: Date | null
  }>`
    select distinct on (e.to_id, c.id) e.to_id as of, c.key, c.kind, c.type, c.name, c.method, c.body->'expires' as expires, c.connections, ${due} as rotate
    from graph.edge e join graph.node c on c.id = e.from_id and c.kind = 'credential'
    where e.to_id = any(${ids}::int[]) and e.verb = 'authenticates' and e.valid_to is null`.execute(db)
  const late = (at: Date | null) => at?.getTime() ?? Number.POSITIVE_INFINITY
  const over = (at: Date | null) => Number(at !== null && at < now)
  rows.sort((a, b) => over(a.rotate) - over(b.rotate) || late(a.rotate) - late(b.rotate) || (a.key < b.key ? -1 : 1))
  const credentials = new Map<number, InboxItem['credentials']>()
  for (const { of, method, expires, connections, rotate, ...ref } of rows) {
    const one = {
      entity: { ...ref, gone: null },
      method,
      expires: knownOf(expires ?? undefined, connections),
      rotate: isoOrNull(rotate),
    }
    credentials.set(of, [...(credentials.get(of) ?? []), one])
  }
  return credentials
}

async function findingsOf(db: Db, ids: readonly number[]): Promise<Grounds['findings']> {
  const { rows } = await sql<{ subject: string; rank: number; says: string }>`
    select f.subject, f.rank, f.says from graph.node n join assess.finding f on f.subject = n.key
    where n.id = any(${ids}::int[]) and f.state = 'open' and f.verdict = 'fail' order by f.rank, f.opened_at, f.id`.execute(
    db,
  )
  const findings = new Map<string, InboxItem['findings']>()
  for (const { subject, rank, says } of rows)
    findings.set(subject, [...(findings.get(subject) ?? []), { mark: markOf(rank), says }])
  return findings
}

async function reachedOf(db: Db, ids: readonly number[]): Promise<Map<string, EntityRef>> {
  const { rows } = await sql<{ reaches: string }>`
    select s.reaches from graph.node n join assess.standing s on s.subject = n.key where n.id = any(${ids}::int[]) and s.reaches is not null`.execute(
    db,
  )
  return refsOf(
    db,
    rows.map(({ reaches }) => reaches),
  )
}
