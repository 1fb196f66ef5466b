/** Which listings evidence leans on: those that yield the types its rules and facts are about, with their lines of the ledger. */
import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { EvidenceSource } from './frameworks.ts'
import { iso, isoOrNull } from './refs.ts'

export interface EvidenceLedger {
  sources: { yields: ReadonlySet<string>; line: EvidenceSource }[]
  /** Kind → the types of it that were read. */
  types: ReadonlyMap<string, readonly string[]>
}

export async function readEvidenceLedger(db: Db): Promise<EvidenceLedger> {
  const [sources, types] = await Promise.all([
    sql<{
      connection: string
      collection: string
      yields: string[]
      complete: boolean
      read_at: Date
      complete_at: Date | null
      obtained: number
      refused: number
      reason: string | null
      permission: string | null
    }>`
      select s.connection, s.collection, s.yields, s.complete, s.read_at, s.complete_at,
        coalesce(sum(l.obtained), 0)::int as obtained,
        coalesce(sum(greatest(l.refused, coalesce(l.expected, 0) - l.obtained, 0)), 0)::int as refused,
        (array_agg(l.reason order by l.refused desc, l.scope) filter (where l.refused > 0))[1] as reason,
        (array_agg(l.permission order by l.refused desc, l.scope) filter (where l.refused > 0))[1] as permission
      from graph.source s left join graph.ledger l on l.source_id = s.id
      where s.removed_at is null and s.connection <> 'self'
      group by s.connection, s.collection, s.yields, s.complete, s.read_at, s.complete_at order by s.connection, s.collection`.execute(
      db,
    ),
    sql<{ kind: string; type: string }>`select distinct n.kind, n.type from graph.node n order by 1, 2`.execute(db),
  ])
  return {
    sources: sources.rows.map(({ yields, read_at, complete_at, ...line }) => ({
      yields: new Set(yields),
      line: { ...line, read: iso(read_at), whole: isoOrNull(complete_at) },
    })),
    types: new Map(
      [...Map.groupBy(types.rows, ({ kind }) => kind)].map(([kind, rows]) => [kind, rows.map(({ type }) => type)]),
    ),
  }
}

export function sourcesOf(
  { sources, types }: EvidenceLedger,
  about: readonly { kind: string; types: readonly string[] | null; needs: readonly string[] }[],
): EvidenceSource[] {
  const wanted = new Set(about.flatMap((one) => [...(one.types ?? types.get(one.kind) ?? []), ...one.needs]))
  return sources.filter(({ yields }) => [...wanted].some((type) => yields.has(type))).map(({ line }) => line)
}
