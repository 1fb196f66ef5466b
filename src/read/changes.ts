import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Entity, Verb } from '../sdk/index.ts'
import type { Change } from './card.ts'
import { actorName, iso, refOr, refsOf } from './refs.ts'

const MOST = 100
type Body = Omit<Entity, 'key'>

/** What became of an entity, newest first: what its sources said, who was named, what was found. */
export async function changesOf(db: Db, id: number, key: string): Promise<Change[]> {
  const [described, edges, findings, acts] = await Promise.all([
    sql<{ source_id: number; connection: string; body: Body; valid_from: Date; valid_to: Date | null }>`
      select e.source_id, s.connection, e.body, e.valid_from, e.valid_to from graph.entity e join graph.source s on s.id = e.source_id
      where e.key_id = ${id} order by e.valid_from desc limit ${sql.lit(MOST)}`.execute(db),
    sql<{ out: boolean; verb: Verb; other: string; at: Date; appeared: boolean; connection: string; first: boolean }>`
      select x.* from (
        select e.from_id = ${id} as out, e.verb, k.key as other, e.valid_from as at, true as appeared, s.connection,
          e.valid_from = (select min(o.valid_from) from graph.entity o where o.key_id = ${id}) as first
        from graph.edge e join graph.source s on s.id = e.source_id join graph.key k on k.id = case when e.from_id = ${id} then e.to_id else e.from_id end
        where e.from_id = ${id} or e.to_id = ${id}
        union all
        select e.from_id = ${id}, e.verb, k.key, e.valid_to, false, s.connection, false
        from graph.edge e join graph.source s on s.id = e.source_id join graph.key k on k.id = case when e.from_id = ${id} then e.to_id else e.from_id end
        where (e.from_id = ${id} or e.to_id = ${id}) and e.valid_to is not null) x
      where not x.first order by x.at desc limit ${sql.lit(MOST)}`.execute(db),
    sql<{ at: Date; says: string; by: string | null }>`
      select v.at, case when v.what = 'opened' then f.says else v.says end as says, ${actorName(sql`v.by`)} as by from assess.event v join assess.finding f on f.id = v.finding
      where f.subject = ${key} and v.what <> 'changed' order by v.id desc limit ${sql.lit(MOST)}`.execute(db),
    sql<{ at: Date; action: string; actor: string }>`
      select at, action, ${actorName(sql`a.actor`)} as actor from platform.audit a where subject = ${key} order by id desc limit ${sql.lit(MOST)}`.execute(
      db,
    ),
  ])
  const refs = await refsOf(
    db,
    edges.rows.map(({ other }) => other),
  )
  const changes: (Change & { order: number })[] = []
  const say = (at: Date, what: Change['what'], says: string, by: string | null, other: string | null = null) =>
    changes.push({
      at: iso(at),
      what,
      says,
      by,
      other: other === null ? null : refOr(refs, other),
      order: at.getTime(),
    })

  for (const versions of Map.groupBy(described.rows, (row) => row.source_id).values()) {
    versions.forEach((row, index) => {
      const before = versions[index + 1]
      if (row.valid_to !== null && versions[index - 1]?.valid_from.getTime() !== row.valid_to.getTime()) {
        say(row.valid_to, 'vanished', `Gone from ${row.connection}`, row.connection)
      }
      if (before?.valid_to?.getTime() === row.valid_from.getTime()) {
        say(
          row.valid_from,
          'changed',
          differences(before.body, row.body).join('; ') || 'Described otherwise',
          row.connection,
        )
      } else if (before || versions.length < MOST) {
        say(
          row.valid_from,
          'appeared',
          before ? `Back in ${row.connection}` : `First seen in ${row.connection}`,
          row.connection,
        )
      }
    })
  }
  for (const { out, verb, other, at, appeared, connection } of edges.rows) {
    const name = refOr(refs, other).name
    const sentence = out ? `${verb} ${name}` : `${name} ${verb} it`
    const owns = !out && verb === 'owns'
    say(
      at,
      owns ? 'owner' : appeared ? 'edge-appeared' : 'edge-vanished',
      `${appeared ? 'Since then' : 'No longer'}: ${sentence}`,
      connection,
      other,
    )
  }
  for (const { at, says, by } of findings.rows) say(at, 'finding', says, by)
  for (const { at, action, actor } of acts.rows) {
    const what = action.startsWith('label') ? 'label' : action.startsWith('owner') ? 'owner' : 'changed'
    say(at, what, action.replace('.', ': '), actor)
  }
  return changes
    .sort((a, b) => b.order - a.order)
    .slice(0, MOST)
    .map(({ order: _, ...change }) => change)
}

/** What differs, a sentence each; values that are long are named and not shown. */
function differences(before: Body, after: Body): string[] {
  const flat = (body: Body): Map<string, unknown> => {
    const { attributes = {}, unknowns: _, aliases: __, ...rest } = body
    return new Map([...Object.entries(rest), ...Object.entries(attributes)])
  }
  const [was, is] = [flat(before), flat(after)]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [from, to] = [print(was.get(name)), print(is.get(name))]
    if (from === to) return []
    return from.length + to.length > 160 ? `${name} changed` : `${name}: ${from} → ${to}`
  })
}

function print(value: unknown): string {
  if (value === undefined) return 'not reported'
  if (typeof value === 'object' && value !== null) {
    if ('value' in value) return print(value.value)
    if ('unknown' in value) return `unknown (${String(value.unknown)})`
    if ('notApplicable' in value) return `not applicable (${String(value.notApplicable)})`
    return JSON.stringify(value)
  }
  return String(value)
}
