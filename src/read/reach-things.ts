import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Environment, Instant, Kind, Sensitivity, Tier } from '../sdk/index.ts'
import type { ReachGap, ReachThing } from './reach-page.ts'
import { markOf, refOr, refsOf } from './refs.ts'

/** A node as the graph in memory tells it. */
export interface Node {
  key: string
  kind: Kind | null
  type: string | null
  name: string
  environment: Environment | null
  sensitivity: Sensitivity | null
  tier: Tier | null
}

const isSensitive = ({ environment, sensitivity, tier }: Node): boolean =>
  sensitivity === 'confidential' ||
  sensitivity === 'restricted' ||
  tier === 0 ||
  tier === 1 ||
  environment === 'production'

/** Nodes with the mark of the worst that was found about each. */
export async function reachThings(db: Db, nodes: Iterable<Node>): Promise<(key: string) => ReachThing> {
  const of = new Map<string, Node>()
  for (const node of nodes) of.set(node.key, node)
  const { rows } = await sql<{ subject: string; worst: number | null }>`
    select subject, worst from assess.standing where subject = any(${[...of.keys()]}::text[])`.execute(db)
  const worst = new Map(rows.map((row) => [row.subject, row.worst]))
  const things = new Map(
    [...of].map(([key, node]): [string, ReachThing] => [
      key,
      { ...node, gone: null, mark: markOf(worst.get(key)), sensitive: isSensitive(node) },
    ]),
  )
  return (key) => things.get(key)!
}

/** What gives a hop, as a thing where the words are its key. */
export async function reachObjects(db: Db, objects: Iterable<string | null>) {
  const refs = await refsOf(
    db,
    [...objects].filter((one) => one !== null),
  )
  return (object: string | null) => {
    const ref = object === null ? null : refOr(refs, object)
    return ref?.kind ? { object: ref, objectSays: null } : { object: null, objectSays: object }
  }
}

/** Gaps with the names that people gave their connections. */
export async function reachGaps(
  db: Db,
  gaps: readonly { connection: string; collection: string; reason: string; permission: string | null }[],
): Promise<ReachGap[]> {
  if (gaps.length === 0) return []
  const { rows } = await sql<{ id: string; label: string }>`
    select id, label from discover.connection where id = any(${gaps.map(({ connection }) => connection)}::text[])`.execute(
    db,
  )
  const labels = new Map(rows.map(({ id, label }) => [id, label]))
  return gaps.map((gap) => ({ ...gap, title: labels.get(gap.connection) ?? gap.connection }))
}

export interface SeenCall {
  from: string
  to: string
  last: Instant | null
}

/** Calls of some identities that were seen, to what; at most `most`, those of the last days first. */
export async function callsOf(
  db: Db,
  callers: readonly string[],
  most: number,
): Promise<{ calls: SeenCall[]; more: number }> {
  const { rows } = await sql<{ from: string; to: string; last: string | null; total: number }>`
    select *, count(*) over ()::int as total from (
      select coalesce(f.key, fk.key) as "from", coalesce(t.key, tk.key) as "to", max(coalesce(e.attributes->>'last', e.attributes->>'lastSeen')) as last
      from unnest(${[...callers]}::text[]) c(key) join graph.key ck on ck.key = c.key
      join graph.edge e on e.from_id = coalesce(ck.same_as, ck.id) and e.verb = 'called' and e.valid_to is null
      join graph.key fk on fk.id = e.from_id join graph.key tk on tk.id = e.to_id
      left join graph.node f on f.id = e.from_id left join graph.node t on t.id = e.to_id
      group by 1, 2) seen
    order by last desc nulls last, "from", "to" limit ${most}`.execute(db)
  return {
    calls: rows.map(({ from, to, last }) => ({ from, to, last: instantOr(last) })),
    more: Math.max(0, (rows[0]?.total ?? 0) - rows.length),
  }
}

const instantOr = (text: string | null): Instant | null => {
  const at = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** Of some identities, those of which nothing tells what they call: no call was seen, and when they were last used is not known. */
export async function silentOf(db: Db, callers: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select n.key from unnest(${[...callers]}::text[]) c(key) join graph.key k on k.key = c.key
    join graph.node n on n.id = coalesce(k.same_as, k.id)
    where n.kind = 'identity' and not exists (select from graph.edge e where e.from_id = n.id and e.verb = 'called' and e.valid_to is null)
      and n.body->'lastUsed'->>'value' is null and not coalesce(n.body->'lastUsed' ? 'notApplicable', false)
    order by n.key`.execute(db)
  return rows.map(({ key }) => key)
}
