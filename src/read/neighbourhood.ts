import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Kind, Verb } from '../sdk/index.ts'
import type { Neighbourhood } from './card.ts'
import type { EntityRef } from './ref.ts'
import { markOf } from './refs.ts'

const EACH_WAY = 40

interface Row {
  out: boolean
  key: string
  kind: Kind | null
  type: string | null
  name: string
  worst: number | null
  verb: Verb
  attributes: Record<string, unknown> | null
  total: number
}

/** One step each way, what is worst first, at most 40 on a side. */
export async function neighbourhoodOf(
  db: Db,
  id: number,
  self: EntityRef,
  worst: number | null,
): Promise<Neighbourhood> {
  const side = (out: boolean) => sql`
    (select ${sql.lit(out)} as out, o.key, o.kind, o.type, o.name, o.worst, o.verb, o.attributes, count(*) over ()::int as total from (
      select distinct on (k.id, e.verb) coalesce(n.key, k.key) as key, n.kind, n.type, coalesce(n.name, k.key) as name, s.worst, e.verb, e.attributes
      from graph.edge e join graph.key k on k.id = ${out ? sql`e.to_id` : sql`e.from_id`}
      left join graph.node n on n.id = k.id left join assess.standing s on s.subject = n.key
      where ${out ? sql`e.from_id` : sql`e.to_id`} = ${id} and e.valid_to is null order by k.id, e.verb limit 5000) o
     order by o.worst nulls last, o.name, o.key limit ${sql.lit(EACH_WAY)})`
  const { rows } = await sql<Row>`${side(false)} union all ${side(true)}`.execute(db)
  const nodes = new Map<string, Neighbourhood['nodes'][number]>([
    [self.key, { ...self, mark: markOf(worst), side: 'self' }],
  ])
  for (const { key, kind, type, name, worst, out } of rows) {
    if (!nodes.has(key))
      nodes.set(key, { key, kind, type, name, gone: null, mark: markOf(worst), side: out ? 'out' : 'in' })
  }
  const all = (out: boolean) => rows.find((row) => row.out === out)?.total ?? 0
  return {
    nodes: [...nodes.values()],
    edges: rows.map(({ out, key, verb, attributes }) => ({
      from: out ? self.key : key,
      verb,
      to: out ? key : self.key,
      note: noteOf(attributes),
    })),
    more: Math.max(0, all(false) + all(true) - rows.length),
  }
}

/** The short of an edge's attributes: privileges, a condition, a sentence. */
function noteOf(attributes: Record<string, unknown> | null): string | null {
  if (attributes === null) return null
  const parts = Object.entries(attributes).flatMap(([name, value]) => {
    if (Array.isArray(value)) return value.filter((one) => typeof one === 'string').join(', ') || []
    return typeof value === 'string' ? value : value === true ? name : []
  })
  return parts.join('; ').slice(0, 200) || null
}
