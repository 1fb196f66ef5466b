import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { Kind, type Log, ReeveError } from '../sdk/index.ts'
import { kinds } from './conduct.ts'
import { aims, kindOf, sensitivityOf, tierOf } from './facts.ts'
import type { Aim, Moment, Reach, Switches } from './reach-answers.ts'
import { ReachGraphs } from './reach-graphs.ts'
import { describeNodes, gapsOf, provePaths, proveSteps } from './reach-proof.ts'
import type { AimedAt, Given } from './reach-questions.ts'

/** Answers from the attack graph. It is read in when it is first asked for, and brought up to date before each answer. */
export function startReach({ log }: { log: Log }): Reach {
  const graphs = new ReachGraphs(log)
  const { threads } = graphs

  /** What every question begins with: the graph of the moment, the switches in numbers, and the end of what is told. */
  const open = async ({ db, asOf }: Moment, switches: Switches, keys: readonly string[]) => {
    const graph = await graphs.at({ db, asOf })
    const numbers = await numbersOf(db, [...keys, ...switches.avoid], graph.nodes)
    const number = (key: string): number => {
      const found = numbers.get(key)
      if (found === undefined)
        throw new ReeveError(
          'reach/unknown-key',
          `looking for paths: nothing is called ${key}: search for it with reeve find`,
        )
      return found
    }
    const given: Given = { without: switches.without, within: switches.within, avoid: switches.avoid.map(number) }
    const aim = (to: Aim): AimedAt => (to in aims ? (to as keyof typeof aims) : number(to))
    const told = async (about: 'all' | Iterable<number>) => ({
      gaps: await gapsOf(db, about),
      asOf: asOf?.toISOString() ?? null,
    })
    return { db, graph, number, given, aim, told }
  }
  const keyIn = (to: Aim): string[] => (to in aims ? [] : [to])

  return {
    async paths(moment, { from, to, switches, all, longest, most }) {
      const { db, graph, number, given, aim, told } = await open(moment, switches, [from, ...keyIn(to)])
      const start = number(from)
      const found = await threads.ask(graph, 'paths', { from: start, to: aim(to), all, longest, most, given })
      const nodes = await describeNodes(db, [start])
      return {
        from: nodes.get(start)!,
        paths: await provePaths(db, found.ways, switches),
        ends: found.ends,
        more: found.more,
        ...(await told([start, ...found.ways.flat()])),
      }
    },
    async reaching(moment, { to, kinds, skip, most, switches }) {
      const { db, graph, given, aim, told } = await open(moment, switches, keyIn(to))
      const found = await threads.ask(graph, 'reaching', { to: aim(to), kinds, skip, most, given })
      const nodes = await describeNodes(
        db,
        found.rows.flatMap(({ node, next, end }) => [node, next ?? end, end]),
      )
      return {
        ...found,
        rows: found.rows.map(({ node, distance, sure, next, end }) => ({
          node: nodes.get(node)!,
          distance,
          sure,
          next: next === null ? null : nodes.get(next)!,
          end: nodes.get(end)!,
        })),
        ...(await told('all')),
      }
    },
    async blast(moment, { of, most, switches }) {
      const { db, graph, number, given, told } = await open(moment, switches, [of])
      const start = number(of)
      const found = await threads.ask(graph, 'blast', { of: start, most, given })
      const nodes = await describeNodes(db, [
        start,
        ...found.rows.map(({ node }) => node),
        ...found.breaks.rows.flatMap(({ node, through }) => [node, through]),
      ])
      return {
        of: nodes.get(start)!,
        reached: tally(found.reached),
        rows: found.rows.map((row) => ({ ...row, node: nodes.get(row.node)! })),
        breaks: {
          total: found.breaks.total,
          rows: found.breaks.rows.map(({ node, distance, through, verb }) => ({
            node: nodes.get(node)!,
            distance,
            verb: verb as 'uses',
            through: nodes.get(through)!,
          })),
        },
        ...(await told([start, ...nodes.keys()])),
      }
    },
    async chokes(moment, { to, most, switches }) {
      const { db, graph, given, aim, told } = await open(moment, switches, keyIn(to))
      const found = await threads.ask(graph, 'chokes', { to: aim(to), most, given })
      const nodes = await describeNodes(db, [
        ...found.nodes.map(([node]) => node),
        ...found.steps.flatMap(({ from, to }) => [from, to]),
      ])
      const hops = await proveSteps(
        db,
        found.steps.map(({ from, to }) => [from, to]),
        nodes,
        switches.without,
      )
      return {
        ...found,
        nodes: found.nodes.map(([node, pairs]) => ({ node: nodes.get(node)!, pairs })),
        steps: found.steps.map(({ from, to, pairs }) => ({ hop: hops.get(`${from} ${to}`)!, pairs })),
        ...(await told('all')),
      }
    },
    async simulate(moment, { remove, to, most, switches }) {
      const keys = remove.flatMap((one) => ('key' in one ? [one.key] : [one.from, one.to]))
      const { db, graph, number, given, aim, told } = await open(moment, switches, [...keys, ...keyIn(to)])
      const found = await threads.ask(graph, 'simulate', {
        remove: {
          nodes: remove.flatMap((one) => ('key' in one ? [number(one.key)] : [])),
          steps: remove.flatMap((one) =>
            'key' in one ? [] : [{ from: number(one.from), to: number(one.to), verb: one.verb ?? null }],
          ),
        },
        to: aim(to),
        most,
        given,
      })
      const nodes = await describeNodes(
        db,
        found.freed.map(({ node }) => node),
      )
      return {
        ...found,
        freed: found.freed.map((row) => ({ ...row, node: nodes.get(row.node)! })),
        paths: await provePaths(db, found.ways, switches),
        ...(await told('all')),
      }
    },
    async worth(moment, { keys, to, switches }) {
      const { graph, number, given, aim, told } = await open(moment, switches, [...keys, ...keyIn(to)])
      const found = await threads.ask(graph, 'worth', { keys: keys.map(number), to: aim(to), given })
      return {
        ...found,
        rows: keys.map((key, at) => ({ key, pairs: found.rows[at]! })),
        ...(await told('all')),
      }
    },
    async leaks(moment, { to, skip, most, switches }) {
      const { db, graph, given, aim, told } = await open(moment, switches, keyIn(to))
      const found = await threads.ask(graph, 'leaks', { to: aim(to), skip, most, given })
      return {
        ends: found.ends,
        total: found.total,
        paths: await provePaths(db, found.ways, switches),
        ...(await told('all')),
      }
    },
    async around(moment, { keys, steps, most, sentences, switches }) {
      const { db, graph, number, given, told } = await open(moment, switches, keys)
      const walkable = sentences === 'walkable'
      const found = await threads.ask(graph, 'around', { nodes: keys.map(number), steps, most, walkable, given })
      const nodes = await describeNodes(
        db,
        found.nodes.map(({ node }) => node),
      )
      return {
        nodes: found.nodes.map(({ node, distance, degree }) => ({ ...nodes.get(node)!, distance, degree })),
        edges: found.edges.map(({ from, to, ...edge }) => ({
          from: nodes.get(from)!.key,
          to: nodes.get(to)!.key,
          ...edge,
        })),
        more: found.more,
        ...(await told(nodes.keys())),
      }
    },
    stop: () => graphs.stop(),
  }
}

/** Keys → numbers of what they stand for; keys that nothing ever named are left out. */
async function numbersOf(db: Db, keys: readonly string[], nodes: number): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map()
  const { rows } = await sql<{ key: string; id: number }>`
    select key, coalesce(same_as, id) as id from graph.key where key = any(${[...new Set(keys)]})`.execute(db)
  return new Map(rows.flatMap(({ key, id }) => (id < nodes ? [[key, id]] : [])))
}

/** Counts by facts, the highest bit saying that it is reached only where conditions allow it. */
function tally(counts: readonly [facts: number, count: number][]) {
  const byKind = Object.fromEntries(Kind.options.map((kind) => [kind, 0])) as Record<Kind, number>
  const bySensitivity = { restricted: 0, confidential: 0, internal: 0, public: 0, unknown: 0 }
  const sums = { total: 0, tierZero: 0, sensitive: 0, undescribed: 0, depends: 0 }
  for (const [marked, count] of counts) {
    const facts = marked & 0x7fff
    const kind = kinds[kindOf(facts)]
    if (kind === undefined) {
      sums.undescribed += count
      continue
    }
    sums.total += count
    byKind[kind] += count
    if (marked !== facts) sums.depends += count
    if (tierOf(facts) === 0) sums.tierZero += count
    if (aims.sensitive(facts)) sums.sensitive += count
    if (kind === 'resource') bySensitivity[sensitivityOf(facts) ?? 'unknown'] += count
  }
  return { ...sums, byKind, bySensitivity }
}
