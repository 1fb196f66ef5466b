import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Kind, Known } from '../sdk/index.ts'
import type { OwnersQueue, QueueRow } from './owners.ts'
import { type OwnersLook, personOf } from './owners-read.ts'
import { type Owned, type OwnersRoll, ownersRoll } from './owners-roll.ts'
import { iso, isoOrNull, knownOf, markOf, suggestionsOf } from './refs.ts'
import type { Roll } from './roll.ts'

const ordered = new WeakMap<OwnersRoll, readonly Owned[]>()

/** What nobody answers for: what is worst first, then what lost its owner, then by key. */
export function queueOf(owners: OwnersRoll): readonly Owned[] {
  const known = ordered.get(owners)
  if (known) return known
  const rows = owners.rows
    .filter(({ state }) => state !== 'owned')
    .sort((a, b) => a.worst - b.worst || (a.state < b.state ? -1 : a.state > b.state ? 1 : a.key < b.key ? -1 : 1))
  ordered.set(owners, rows)
  return rows
}

export async function readQueue(
  { db, clock, asOf }: OwnersLook,
  roll: Roll,
  asked: {
    state?: 'orphaned' | 'unowned' | undefined
    suggested?: 'yes' | 'no' | undefined
    from: number
    limit: number
  },
): Promise<OwnersQueue> {
  const owners = await ownersRoll(db, roll, clock.now())
  const rows = queueOf(owners).filter(
    ({ state, suggested }) =>
      (asked.state === undefined || state === asked.state) &&
      (asked.suggested === undefined || (suggested !== null) === (asked.suggested === 'yes')),
  )
  return {
    rows: await queueRows(db, rows.slice(asked.from, asked.from + asked.limit), owners),
    total: rows.length,
    suggested: rows.reduce((sum, { suggested }) => sum + Number(suggested !== null), 0),
    next: asked.from + asked.limit < rows.length ? String(asked.from + asked.limit) : null,
    asOf: isoOrNull(asOf),
  }
}

async function queueRows(db: Db, rows: readonly Owned[], owners: OwnersRoll): Promise<QueueRow[]> {
  const [nodes, suggestions] = await Promise.all([
    nodesOf(
      db,
      rows.map(({ id }) => id),
    ),
    suggestionsOf(
      db,
      rows.filter(({ suggested }) => suggested !== null).map(({ key }) => key),
    ),
  ])
  const named = (key: string) => personOf(owners, key).person
  return rows.flatMap((row): QueueRow[] => {
    const node = nodes.get(row.id)
    if (!node || row.state === 'owned') return []
    const { person, presence } = row.owner === null ? { person: null, presence: null } : personOf(owners, row.owner)
    const since = presence?.since ? Date.parse(presence.since) : row.since
    const team = row.team === null ? undefined : owners.teams.get(row.team)
    return [
      {
        entity: { key: row.key, kind: node.kind, type: node.type, name: node.name, gone: null },
        state: row.state,
        since: iso(new Date(since)),
        former: person && presence ? { ...person, presence } : null,
        team: team ? { id: team.id, name: team.name } : null,
        backup: row.backup === null ? null : named(row.backup),
        suggestion: suggestions.get(row.key) ?? null,
        declined: row.declined.map(named),
        lastUsed: knownOf(node.last_used ?? undefined, node.connections),
        lastUsedBy: knownOf(node.last_used_by ?? undefined, node.connections),
        mark: markOf(node.worst),
        openFindings: node.open ?? 0,
      },
    ]
  })
}

export interface OwnedNode {
  id: number
  key: string
  kind: Kind
  type: string
  name: string
  connections: string[]
  last_used: Known<string> | null
  last_used_by: Known<string> | null
  worst: number | null
  open: number | null
  reach: number | null
  reaches: string | null
}

/** What is shown of identities beside who answers for them. */
export async function nodesOf(db: Db, ids: readonly number[]): Promise<Map<number, OwnedNode>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<OwnedNode>`
    select n.id, n.key, n.kind, n.type, n.name, n.connections, n.body->'lastUsed' as last_used, n.body->'lastUsedBy' as last_used_by,
      s.worst, s.open, s.reach, s.reaches
    from graph.node n left join assess.standing s on s.subject = n.key where n.id = any(${ids}::int[])`.execute(db)
  return new Map(rows.map((row) => [row.id, row]))
}
