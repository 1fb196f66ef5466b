import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Verb } from '../sdk/index.ts'

/** What connections collected of one system, as whoever works out access there wants it. */
export interface Collected {
  nodes: CollectedNode[]
  edges: { from: string; verb: Verb; to: string; attributes: Record<string, unknown> | null }[]
  /** The types of which a listing told all that there is, in every place it was asked. */
  whole: string[]
  /** What was refused or missing, as the ledger has it. */
  unread: Unread[]
}

export interface CollectedNode {
  key: string
  type: string
  name: string
  aliases: string[]
  connections: string[]
  attributes: Record<string, unknown>
  unknowns: Record<string, { reason: string; permission?: string }>
}

export interface Unread {
  connection: string
  collection: string
  scope: string
  reason: string
  permission: string | null
}

/** Sentences that say who holds what, where it is, and as whom it runs. */
const TOLD: readonly Verb[] = [
  'has',
  'contains',
  'runs-as',
  'assumes',
  'allows',
  'authenticates',
  'uses',
  'called',
  'controls',
]

/** What was collected of the system whose keys begin with `<system>:`; of the moment that `db` stands at. */
export async function readCollected(db: Db, system: string): Promise<Collected> {
  const prefix = `${system}:`
  const [nodes, edges, whole, unread] = await Promise.all([
    sql<CollectedNode>`select key, type, name, aliases, connections, coalesce(body->'attributes', '{}') as attributes,
      coalesce(body->'unknowns', '{}') as unknowns from graph.node where starts_with(key, ${prefix}) order by key`.execute(
      db,
    ),
    sql<Collected['edges'][number]>`select f.key as from, e.verb, t.key as to, e.attributes from graph.edge e
      join graph.key f on f.id = e.from_id join graph.key t on t.id = e.to_id
      where e.valid_to is null and e.verb = any(${TOLD}::graph.verb[]) and starts_with(f.key, ${prefix})
      order by f.key, e.verb, t.key, e.source_id, e.digest`.execute(db),
    sql<{ type: string }>`select y as type from graph.source s, unnest(s.yields) y where s.removed_at is null
      group by y having bool_and(s.complete) order by y`.execute(db),
    sql<Unread>`select s.connection, s.collection, l.scope, coalesce(l.reason, 'not all of it came') as reason, l.permission
      from graph.ledger l join graph.source s on s.id = l.source_id
      where s.removed_at is null and (l.refused > 0 or l.obtained < l.expected)
        and exists (select from graph.node n where s.connection = any(n.connections) and starts_with(n.key, ${prefix}))
      order by 1, 2, 3`.execute(db),
  ])
  return {
    nodes: nodes.rows,
    edges: edges.rows,
    whole: whole.rows.map(({ type }) => type),
    unread: unread.rows,
  }
}

/** Changes whenever something was read or removed; null while nothing was. */
export async function collectedMark(db: Db): Promise<string | null> {
  const { rows } = await sql<{ mark: string | null }>`select (select max(run)::text from graph.applied) || ' '
    || (select count(*) from graph.source where removed_at is not null) as mark`.execute(db)
  return rows[0]!.mark
}
