import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { JsonValue, Kind } from '../sdk/index.ts'
import { edgeCode, edgeKind, holdings, kinds, MAY_END, passOf, reachVerbNumber, UNDESCRIBED } from './conduct.ts'
import { loadSources } from './load.ts'
import type { Gap, Hop, Path, Proof, ReachNode, Switches } from './reach-answers.ts'
import { derivedHoldingOf, holdingOf, mightOf, settledOf } from './reach-load.ts'

/** Nodes as people know them. */
export async function describeNodes(db: Db, ids: Iterable<number>): Promise<Map<number, ReachNode>> {
  const { rows } = await sql<ReachNode & { id: number }>`
    select k.id, coalesce(n.key, k.key) as key, n.kind, n.type, coalesce(n.name, k.key) as name, n.environment, n.sensitivity, n.tier
    from graph.key k left join graph.node n on n.id = k.id where k.id = any(${[...new Set(ids)]}::int[])`.execute(db)
  return new Map(rows.map(({ id, ...node }) => [id, node]))
}

/** The paths, each step with all that proves it. */
export async function provePaths(
  db: Db,
  ways: readonly number[][],
  { without }: Pick<Switches, 'without'>,
): Promise<Path[]> {
  const steps = new Map<string, [number, number]>()
  for (const way of ways)
    for (let at = 1; at < way.length; at++) steps.set(`${way[at - 1]} ${way[at]}`, [way[at - 1]!, way[at]!])
  const nodes = await describeNodes(db, ways.flat())
  const hops = await proveSteps(db, [...steps.values()], nodes, without)
  return ways.map((way) => {
    const path = way.slice(1).map((node, at) => hops.get(`${way[at]} ${node}`)!)
    const turnsOn = path.flatMap(({ proofs }) => (proofs[0]?.dependsOn ? [proofs[0].dependsOn] : []))
    return { hops: path, dependsOn: [...new Set(turnsOn)] }
  })
}

interface Row {
  f: number
  t: number
  verb: string
  might: number
  holding: number
  settled: boolean
  attributes: Record<string, JsonValue> | null
  derived: { actions: string[]; object: string | null; dependsOn: string | null; says: string } | null
  source: string
  read: Date
  since: Date
}

export async function proveSteps(
  db: Db,
  steps: readonly [from: number, to: number][],
  nodes: ReadonlyMap<number, ReachNode>,
  without: Switches['without'],
): Promise<Map<string, Hop>> {
  const asked = sql`select * from unnest(${steps.map(([from]) => from)}::int[], ${steps.map(([, to]) => to)}::int[]) as s(f, t)`
  const { rows } = await sql<Row>`with steps as (${asked})
    select s.f, s.t, e.verb::text as verb, ${mightOf} as might, ${holdingOf} as holding, ${settledOf} as settled, e.attributes, null::jsonb as derived,
      o.connection || ': ' || o.collection as source, o.read_at as read, e.valid_from as since
    from steps s join graph.edge e on e.from_id = s.f and e.to_id = s.t and e.valid_to is null join graph.source o on o.id = e.source_id
    union all
    select s.f, s.t, d.verb::text, 0, ${derivedHoldingOf}, false, null,
      jsonb_build_object('actions', d.actions, 'object', d.object, 'dependsOn', d.depends_on, 'says', d.says), 'worked out: ' || d.maker, m.at, d.valid_from
    from steps s join graph.key kf on kf.id = s.f or kf.same_as = s.f join graph.key kt on kt.id = s.t or kt.same_as = s.t
    join graph.derived_edge d on d.from_key = kf.id and d.to_key = kt.id and d.valid_to is null join graph.derivation m on m.maker = d.maker`.execute(
    db,
  )
  const pass = passOf(without)
  const byStep = Map.groupBy(rows, ({ f, t }) => `${f} ${t}`)
  const number = (kind: Kind | null): number => (kind === null ? UNDESCRIBED : kinds.indexOf(kind))
  return new Map(
    steps.map(([f, t]): [string, Hop] => {
      const from = nodes.get(f)!
      const to = nodes.get(t)!
      const proofs = (byStep.get(`${f} ${t}`) ?? []).flatMap((row) => {
        if (row.settled) return []
        const code = edgeCode(
          reachVerbNumber.get(row.verb)!,
          number(from.kind),
          number(to.kind),
          row.might,
          row.holding,
        )
        return (pass[code]! & MAY_END) === 0 ? [] : [{ proof: proofOf(row, code, from, to), code }]
      })
      proofs.sort((a, b) => strength(a.code) - strength(b.code) || (a.proof.says < b.proof.says ? -1 : 1))
      return [`${f} ${t}`, { from, to, proofs: proofs.map(({ proof }) => proof) }]
    }),
  )
}

/** What holds before what depends, what is given before what is stolen. */
function strength(code: number): number {
  const { walk, holding } = edgeKind(code)
  return holdings.indexOf(holding) * 2 + Number(walk === 'stolen')
}

function proofOf(row: Row, code: number, from: ReachNode, to: ReachNode): Proof {
  const { verb, walk, holding } = edgeKind(code)
  const told = row.derived ?? {
    actions: actionsOf(row.attributes),
    object: wordOf(row.attributes?.['through']) ?? wordOf(row.attributes?.['because']),
    dependsOn: holding === 'holds' ? null : conditionsOf(row.attributes),
    says: sentences[verb](from, to, actionsOf(row.attributes)),
  }
  return {
    verb,
    ...told,
    stolen: walk === 'stolen',
    mfa: holding === 'mfa',
    source: row.source,
    read: row.read.toISOString(),
    since: row.since.toISOString(),
  }
}

const named = ({ name }: ReachNode): string => (name.length > 120 ? `${name.slice(0, 119)}…` : name)
const isPlace = ({ kind }: ReachNode): boolean => kind === 'secret' || kind === 'credential'

type Say = (from: ReachNode, to: ReachNode, actions: readonly string[]) => string
const sentences: Record<Proof['verb'], Say> = {
  holds: (from, to) => `a copy of ${named(to)} lies in ${named(from)}`,
  authenticates: (from, to) => `whoever has ${named(from)} signs in as ${named(to)}`,
  uses: (from, to) =>
    isPlace(to)
      ? `${named(from)} is given ${named(to)}, and who controls it reads it`
      : `${named(from)} acts as ${named(to)}`,
  'runs-as': (from, to) => `${named(from)} runs as ${named(to)}`,
  assumes: (from, to) => `${named(from)} may become ${named(to)}`,
  has: (from, to) => `${named(from)} ${to.kind === 'identity' ? 'is a member of' : 'has'} ${named(to)}`,
  allows: (from, to, actions) =>
    `${named(from)} allows ${actions.length > 0 ? `${actions.slice(0, 5).join(', ')}${actions.length > 5 ? ' and more' : ''} on ` : ''}${named(to)}`,
  controls: (from, to) => `${named(from)} can change ${named(to)} at its source`,
  contains: (from, to) => `${named(to)} lives in ${named(from)}`,
  owns: (from, to) => `${named(from)} answers for ${named(to)}`,
  created: (from, to) => `${named(from)} created ${named(to)}`,
  called: (from, to) => `${named(from)} called ${named(to)}`,
  reaches: (from, to) => `${named(from)} reaches ${named(to)}`,
  'escalates-to': (from, to) => `${named(from)} can become ${named(to)}`,
}

const wordOf = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null
const listOf = (value: JsonValue | undefined): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
const actionsOf = (attributes: Row['attributes']): string[] => [
  ...new Set([...listOf(attributes?.['privileges']), ...listOf(attributes?.['actions'])]),
]

function conditionsOf(attributes: Row['attributes']): string {
  const conditions = attributes?.['conditions']
  const said = typeof conditions === 'string' ? conditions : listOf(conditions).join('; ')
  return said || 'conditions that the source names'
}

/** Listings that were not read whole, of all connections or of those that describe the things given. */
export async function gapsOf(db: Db, about: 'all' | Iterable<number>): Promise<Gap[]> {
  const { sources } = await loadSources(db)
  const partial = sources.filter(({ complete }) => !complete)
  if (partial.length === 0) return []
  let connections: ReadonlySet<string> | null = null
  if (about !== 'all') {
    const { rows } = await sql<{
      connection: string
    }>`select distinct unnest(connections) as connection from graph.node where id = any(${[...new Set(about)]}::int[])`.execute(
      db,
    )
    connections = new Set(rows.map(({ connection }) => connection))
  }
  return partial
    .filter(({ connection }) => connections === null || connections.has(connection))
    .map(({ connection, collection, lines }) => {
      const line =
        lines.find(({ refused, expected, obtained }) => refused > 0 || obtained < (expected ?? 0)) ?? lines[0]
      return {
        connection,
        collection,
        reason: line?.reason ?? 'not all of it was read',
        permission: lines.find(({ permission }) => permission !== null)?.permission ?? null,
      }
    })
}
