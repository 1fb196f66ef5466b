/** The questions of reach-answers.ts in numbers of nodes: what the thread computes. */
import { edgeKind, GOES_ON, IS_THERE, kinds, LEANS, MAY_END, passOf, reachVerbs } from './conduct.ts'
import type { Graph } from './csr.ts'
import { countPairs, cutsOf, type Struck, withoutSteps } from './cuts.ts'
import { aims, environmentOf, kindOf, tierOf, worthOf } from './facts.ts'
import { bitmap, fromStarts, hasBit, type Manner, NEVER, setBit, toEnds, wayFromStart, wayToEnd } from './shortest.ts'
import { simplePaths } from './simple-paths.ts'

/** `Switches` with nodes by number. */
export interface Given {
  without: readonly ('stolen' | 'depends' | 'mfa' | 'derived')[]
  within: readonly string[]
  avoid: readonly number[]
}
export type AimedAt = keyof typeof aims | number
export type Way = number[]

function mannerOf(graph: Graph, { without, within, avoid }: Given): Manner {
  const pass = passOf(without)
  if (within.length === 0 && avoid.length === 0) return { pass, barred: null }
  const barred = bitmap(graph.nodes)
  for (const node of avoid) setBit(barred, node)
  if (within.length > 0) {
    for (let node = 0; node < graph.nodes; node++) {
      const environment = environmentOf(graph.facts[node]!)
      if (environment !== null && !within.includes(environment)) setBit(barred, node)
    }
  }
  return { pass, barred }
}
const sureOf = ({ without, ...given }: Given): Given => ({ ...given, without: [...without, 'depends', 'mfa'] })

/** What is aimed at, what is worth most first. */
function endsOf({ nodes, facts }: Graph, aim: AimedAt): number[] {
  if (typeof aim === 'number') return [aim]
  const ends: number[] = []
  for (let node = 0; node < nodes; node++) if (aims[aim](facts[node]!)) ends.push(node)
  return ends.sort((a, b) => worthOf(facts[b]!) - worthOf(facts[a]!) || a - b)
}

/** From where pairs are counted: identities, and places where a copy of a secret lies. */
function startsOf({ nodes, facts }: Graph): Uint32Array {
  const starts = bitmap(nodes)
  for (let node = 0; node < nodes; node++) {
    const kind = kinds[kindOf(facts[node]!)]
    if (kind === 'identity' || kind === 'secret') setBit(starts, node)
  }
  return starts
}

function paths(
  graph: Graph,
  asked: { from: number; to: AimedAt; all: boolean; longest: number; most: number; given: Given },
): { ways: Way[]; ends: number; more: string | null } {
  const { from, all, longest, most } = asked
  const manner = mannerOf(graph, asked.given)
  const ends = endsOf(graph, asked.to).filter((end) => end !== from)
  const found = fromStarts(graph, [from], manner)
  const reached = ends.filter((end) => found.distance[end] !== NEVER)
  if (!all) {
    const nearest = reached.sort((a, b) => found.distance[a]! - found.distance[b]!)
    return {
      ways: nearest.slice(0, most).map((end) => wayFromStart(found, end)),
      ends: reached.length,
      more: nearest.length > most ? `${nearest.length - most} more ends are reached` : null,
    }
  }
  const every = simplePaths(graph, from, ends, manner, { longest, most })
  const reasons = {
    count: `there are more than ${most} paths: those listed are the shortest`,
    length: `paths of more than ${longest} steps were not looked for`,
    work: 'there are so many that the search was ended; those listed are the shortest',
  }
  return { ways: every.paths, ends: reached.length, more: every.more === null ? null : reasons[every.more] }
}

function reaching(
  graph: Graph,
  asked: { to: AimedAt; kinds: readonly string[]; skip: number; most: number; given: Given },
): {
  ends: number
  total: number
  sure: number
  rows: { node: number; distance: number; sure: boolean; next: number | null; end: number }[]
} {
  const ends = endsOf(graph, asked.to)
  const found = toEnds(graph, ends, mannerOf(graph, asked.given))
  const surely = toEnds(graph, ends, mannerOf(graph, sureOf(asked.given)))
  const wanted = (node: number): boolean => asked.kinds.includes(kinds[kindOf(graph.facts[node]!)] ?? '')
  const who = found.order.filter(wanted)
  const isSure = (node: number): boolean => surely.distance[node] !== NEVER
  who.sort((a, b) => found.distance[a]! - found.distance[b]! || a - b)
  return {
    ends: ends.length,
    total: who.length,
    sure: who.reduce((sum, node) => sum + Number(isSure(node)), 0),
    rows: [...who.subarray(asked.skip, asked.skip + asked.most)].map((node) => ({
      node,
      distance: found.distance[node]!,
      sure: isSure(node),
      next: found.nearer[node] === NEVER ? null : found.nearer[node]!,
      end: wayToEnd(found, node).at(-1)!,
    })),
  }
}

const leaning: Uint8Array = (() => {
  const pass = new Uint8Array(256)
  for (let code = 1; code <= reachVerbs.length * 12; code++) {
    const { verb } = edgeKind(code)
    if ((LEANS as readonly string[]).includes(verb)) pass[code] = GOES_ON | MAY_END
  }
  return pass
})()

function blast(graph: Graph, asked: { of: number; most: number; given: Given }) {
  const { facts } = graph
  const found = fromStarts(graph, [asked.of], mannerOf(graph, asked.given))
  const surely = fromStarts(graph, [asked.of], mannerOf(graph, sureOf(asked.given)))
  const reached = [...found.order].filter((node) => node !== asked.of)
  const rows = reached
    .filter((node) => kinds[kindOf(facts[node]!)] === 'resource' || tierOf(facts[node]!) === 0)
    .sort((a, b) => worthOf(facts[b]!) - worthOf(facts[a]!) || found.distance[a]! - found.distance[b]! || a - b)
  const leans = toEnds(graph, [asked.of], { pass: leaning, barred: null })
  const noticing = [...leans.order].filter(
    (node) => node !== asked.of && !['secret', 'credential'].includes(kinds[kindOf(facts[node]!)] ?? ''),
  )
  return {
    /** Facts and how often they were met, told apart by whether they are reached surely. */
    reached: tallied(reached.map((node) => facts[node]! | (surely.distance[node] === NEVER ? 1 << 15 : 0))),
    rows: rows
      .slice(0, asked.most)
      .map((node) => ({ node, distance: found.distance[node]!, sure: surely.distance[node] !== NEVER })),
    breaks: {
      total: noticing.length,
      rows: noticing.slice(0, asked.most).map((node) => ({
        node,
        distance: leans.distance[node]!,
        through: leans.nearer[node]!,
        verb: leaningVerb(graph, node, leans.nearer[node]!),
      })),
    },
  }
}

const tallied = (values: readonly number[]): [facts: number, count: number][] => {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
}

function leaningVerb({ layers }: Graph, from: number, to: number): string {
  for (const { out } of layers) {
    for (let edge = out.start[from]!; edge < out.start[from + 1]!; edge++)
      if (out.end[edge] === to && leaning[out.kind[edge]!]! !== 0) return edgeKind(out.kind[edge]!).verb
  }
  throw new Error('a step that was walked is not there')
}

/** Numbers, largest first, at most so many, without those that are nothing. */
const largest = <T>(list: Iterable<[T, number]>, most: number): [T, number][] =>
  [...list]
    .filter(([, pairs]) => pairs > 0)
    .sort((a, b) => b[1] - a[1] || Number(a[0]) - Number(b[0]))
    .slice(0, most)

function chokes(graph: Graph, asked: { to: AimedAt; most: number; given: Given }) {
  const ends = endsOf(graph, asked.to)
  const cuts = cutsOf(graph, startsOf(graph), ends, mannerOf(graph, asked.given))
  return {
    starts: cuts.starts,
    ends: ends.length,
    pairs: cuts.pairs,
    counted: cuts.counted,
    nodes: largest(
      (function* (): Generator<[number, number]> {
        for (let node = 0; node < cuts.nodes.length; node++) if (cuts.nodes[node]! > 0) yield [node, cuts.nodes[node]!]
      })(),
      asked.most,
    ),
    steps: largest(cuts.steps, asked.most).map(([step, pairs]) => ({
      from: Math.floor(step / graph.nodes),
      to: step % graph.nodes,
      pairs,
    })),
  }
}

function worth(graph: Graph, asked: { keys: readonly number[]; to: AimedAt; given: Given }) {
  const ends = endsOf(graph, asked.to)
  const cuts = cutsOf(graph, startsOf(graph), ends, mannerOf(graph, asked.given))
  return {
    pairs: cuts.pairs,
    ends: ends.length,
    counted: cuts.counted,
    rows: asked.keys.map((node) => cuts.nodes[node]!),
  }
}

export interface Taken {
  nodes: readonly number[]
  steps: readonly { from: number; to: number; verb: string | null }[]
}

/** Starts that are looked at for the paths they lose. */
const LOOKED_AT = 50

function simulate(graph: Graph, asked: { remove: Taken; to: AimedAt; most: number; given: Given }) {
  const { remove, given, most } = asked
  const ends = endsOf(graph, asked.to)
  const starts = startsOf(graph)
  const manner = mannerOf(graph, given)
  const struck = remove.steps.map(
    ({ from, to, verb }): Struck =>
      verb === null ? { from, to } : { from, to, kinds: (code) => edgeKind(code).verb === verb },
  )
  const after = struck.length > 0 ? withoutSteps(graph, struck) : graph
  const mannerAfter = mannerOf(after, { ...given, avoid: [...given.avoid, ...remove.nodes] })
  const was = countPairs(graph, starts, ends, manner)
  const is = countPairs(after, starts, ends, mannerAfter)
  const freed: number[] = []
  for (let node = 0; node < graph.nodes; node++) if (was.reached[node]! > is.reached[node]!) freed.push(node)
  const lost = (node: number): number => was.reached[node]! - is.reached[node]!
  freed.sort((a, b) => lost(b) - lost(a) || a - b)
  const ways: Way[] = []
  for (const node of freed.slice(0, LOOKED_AT)) {
    if (ways.length >= most) break
    const before = fromStarts(graph, [node], manner)
    const left = fromStarts(after, [node], mannerAfter)
    const gone = ends.filter((end) => end !== node && before.distance[end] !== NEVER && left.distance[end] === NEVER)
    ways.push(...gone.slice(0, Math.max(1, Math.ceil(most / freed.length))).map((end) => wayFromStart(before, end)))
  }
  const counts = ({ pairs, starts, ends }: typeof was) => ({ pairs, starts, ends })
  return {
    before: counts(was),
    after: counts(is),
    counted: was.counted,
    ends: ends.length,
    freed: freed.slice(0, most).map((node) => ({ node, before: was.reached[node]!, after: is.reached[node]! })),
    freedTotal: freed.length,
    ways: ways.slice(0, most),
  }
}

function leaks(graph: Graph, asked: { to: AimedAt; skip: number; most: number; given: Given }) {
  const ends = endsOf(graph, asked.to)
  const found = toEnds(graph, ends, mannerOf(graph, asked.given))
  const places = found.order.filter(
    (node) => kinds[kindOf(graph.facts[node]!)] === 'secret' && found.distance[node]! > 0,
  )
  places.sort((a, b) => found.distance[a]! - found.distance[b]! || a - b)
  return {
    ends: ends.length,
    total: places.length,
    ways: [...places.subarray(asked.skip, asked.skip + asked.most)].map((node) => wayToEnd(found, node)),
  }
}

function around(
  graph: Graph,
  asked: { nodes: readonly number[]; steps: number; most: number; walkable: boolean; given: Given },
) {
  const { pass, barred } = mannerOf(graph, asked.given)
  const need = asked.walkable ? MAY_END : IS_THERE
  const distance = new Map(asked.nodes.map((node) => [node, 0]))
  const queue = [...distance.keys()]
  let more = false
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head]!
    if (distance.get(node)! >= asked.steps) break
    for (const layer of graph.layers) {
      for (const { start, end, kind } of [layer.out, layer.in]) {
        for (let edge = start[node]!; edge < start[node + 1]!; edge++) {
          const other = end[edge]!
          if ((pass[kind[edge]!]! & need) === 0 || distance.has(other) || (barred && hasBit(barred, other))) continue
          if (queue.length >= asked.most) {
            more = true
            break
          }
          distance.set(other, distance.get(node)! + 1)
          queue.push(other)
        }
      }
    }
  }
  const edges = new Map<string, { from: number; to: number; code: number }>()
  const degree = new Map<number, number>()
  for (const node of queue) {
    let count = 0
    for (const { out, in: into } of graph.layers) {
      count += out.start[node + 1]! - out.start[node]! + into.start[node + 1]! - into.start[node]!
      for (let edge = out.start[node]!; edge < out.start[node + 1]!; edge++) {
        const code = out.kind[edge]!
        if ((pass[code]! & need) === 0 || !distance.has(out.end[edge]!)) continue
        const name = `${node} ${out.end[edge]} ${edgeKind(code).verb}`
        // Of sentences that are alike, the one that says most: it carries on, and holds.
        const known = edges.get(name)
        if (known === undefined || strength(code) > strength(known.code))
          edges.set(name, { from: node, to: out.end[edge]!, code })
      }
    }
    degree.set(node, count)
  }
  return {
    nodes: queue.map((node) => ({ node, distance: distance.get(node)!, degree: degree.get(node)! })),
    edges: [...edges.values()].map(({ from, to, code }) => {
      const { verb, walk, holding } = edgeKind(code)
      return { from, to, verb, walkable: walk !== 'none', depends: holding !== 'holds', stolen: walk === 'stolen' }
    }),
    more,
  }
}

function strength(code: number): number {
  const { walk, holding } = edgeKind(code)
  return ['none', 'last', 'stolen', 'on'].indexOf(walk) * 3 + ['mfa', 'depends', 'holds'].indexOf(holding)
}

export const questions = { paths, reaching, blast, chokes, worth, simulate, leaks, around }
export type Questions = typeof questions
