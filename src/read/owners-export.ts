import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { actorName, iso } from './refs.ts'

/** One decision about one thing, as it is exported: what an import of the same takes as already so. */
export interface OwnerLine {
  identity: string
  name: string
  owner: string | null
  ownerName: string | null
  team: string | null
  backup: string | null
  note: string | null
  by: string | null
  at: string | null
}

const BATCH = 5_000

/** Every decision that is in force, in order of key, a handful at a time. */
export async function* exportOwners(db: Db): AsyncGenerator<OwnerLine> {
  for (let last = ''; ; ) {
    const { rows } = await sql<Omit<OwnerLine, 'at'> & { at: Date | null }>`
      select e.entity as identity, coalesce(n.name, e.entity) as name, o.value as owner, coalesce(p.name, o.name) as "ownerName", o.team, b.value as backup,
        o.reason as note, ${actorName(sql`coalesce(o.by, b.by)`)} as by, coalesce(o.at, b.at) as at
      from (select distinct entity from act.assignment where ended_at is null and sort in ('owner', 'backup') and entity > ${last}
        order by entity limit ${sql.lit(BATCH)}) e
      left join act.assignment o on o.entity = e.entity and o.sort = 'owner' and o.ended_at is null
      left join act.assignment b on b.entity = e.entity and b.sort = 'backup' and b.ended_at is null
      left join graph.node n on n.key = e.entity left join graph.node p on p.kind = 'person' and p.key = o.value
      order by e.entity`.execute(db)
    for (const { at, ...row } of rows) yield { ...row, at: at === null ? null : iso(at) }
    if (rows.length < BATCH) return
    last = rows.at(-1)!.identity
  }
}
