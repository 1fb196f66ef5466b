/** The fast search against the obvious one: maps, plain breadth first, every path walked, every cut tried. Zero differences. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { edgeCode, edgeKind, holdings, kinds, mights, passOf, reachVerbs } from './conduct.ts'
import { type Graph, layerOf, patched, RawEdges } from './csr.ts'
import { countPairs, cutsOf, withoutSteps } from './cuts.ts'
import { bitmap, fromStarts, NEVER, setBit, toEnds, wayFromStart, wayToEnd } from './shortest.ts'
import { simplePaths } from './simple-paths.ts'

interface Sentence {
  from: number
  to: number
  code: number
}
interface Estate {
  nodes: number
  before: Sentence[]
  now: Sentence[]
  barred: number[]
  starts: number[]
  ends: number[]
  without: ('stolen' | 'depends' | 'mfa' | 'derived')[]
}

const estates: fc.Arbitrary<Estate> = fc
  .record({
    kinds: fc.array(fc.nat(kinds.length), { minLength: 2, maxLength: 9 }),
    edges: fc.array(
      fc.record({
        from: fc.nat(8),
        to: fc.nat(8),
        // Verbs that walk on are drawn more often.
        verb: fc.oneof(
          fc.nat(reachVerbs.length - 1),
          fc.constantFrom(...['escalates-to', 'reaches'].map((verb) => reachVerbs.indexOf(verb as never))),
        ),
        might: fc.nat(mights.length - 1),
        holding: fc.nat(holdings.length - 1),
        time: fc.constantFrom('before', 'now', 'both', 'both'),
      }),
      { maxLength: 26 },
    ),
    barred: fc.array(fc.nat(8), { maxLength: 1 }),
    starts: fc.array(fc.nat(8), { minLength: 1, maxLength: 5 }),
    ends: fc.array(fc.nat(8), { minLength: 1, maxLength: 4 }),
    without: fc.subarray(['stolen', 'depends', 'mfa', 'derived'] as const, { maxLength: 2 }),
  })
  .map(({ kinds: kindOf, edges, barred, starts, ends, without }) => {
    const nodes = kindOf.length
    const within = (node: number) => node % nodes
    const sentences = edges.map(({ from, to, verb, might, holding, time }) => ({
      from: within(from),
      to: within(to),
      code: edgeCode(verb, kindOf[within(from)]!, kindOf[within(to)]!, might, holding),
      time,
    }))
    return {
      nodes,
      before: sentences.filter(({ time }) => time !== 'now'),
      now: sentences.filter(({ time }) => time !== 'before'),
      barred: [...new Set(barred.map(within))],
      starts: [...new Set(starts.map(within))],
      ends: [...new Set(ends.map(within))],
      without: [...without],
    }
  })

const raw = (sentences: readonly Sentence[]): RawEdges => {
  const edges = new RawEdges()
  for (const { from, to, code } of sentences) edges.push(from, to, code)
  return edges
}
const bits = (nodes: number, list: readonly number[]): Uint32Array => {
  const set = bitmap(nodes)
  for (const node of list) setBit(set, node)
  return set
}

/** As it was before, and patched to what is now: what a server's graph looks like after a sync. */
function graphOf({ nodes, before, now }: Estate): Graph {
  const base: Graph = { nodes, facts: new Uint16Array(nodes), layers: [layerOf(nodes, raw(before))] }
  const changed = [...before.filter((one) => !now.includes(one)), ...now.filter((one) => !before.includes(one))]
  const isTouched = ({ from, to }: Sentence) => changed.some((one) => one.from === from && one.to === to)
  return changed.length === 0 ? base : patched(base, changed, raw(now.filter(isTouched)))
}
const mannerOf = ({ nodes, barred, without }: Estate) => ({ pass: passOf(without), barred: bits(nodes, barred) })

/** What the switches leave, asked of the words and not of the bits. */
function steps({ now, without, barred }: Estate, cut: { node?: number; step?: [number, number] } = {}) {
  return now.flatMap(({ from, to, code }) => {
    const { verb, walk, holding } = edgeKind(code)
    const derived = verb === 'reaches' || verb === 'escalates-to'
    const shut =
      walk === 'none' ||
      (walk === 'stolen' && without.includes('stolen')) ||
      (holding !== 'holds' && without.includes('depends')) ||
      (holding === 'mfa' && without.includes('mfa')) ||
      (derived && without.includes('derived')) ||
      [from, to].some((node) => barred.includes(node) || node === cut.node) ||
      (from === cut.step?.[0] && to === cut.step[1])
    return shut ? [] : [{ from, to, last: walk === 'last' }]
  })
}

/** Every path from a node to the first end it meets. */
function everyPath(estate: Estate, from: number, ends: readonly number[], cut = {}): number[][] {
  const open = steps(estate, cut)
  const found = new Map<string, number[]>()
  const walk = (way: number[]): void => {
    for (const { from: here, to, last } of open) {
      if (here !== way.at(-1) || way.includes(to)) continue
      if (ends.includes(to)) found.set([...way, to].join(), [...way, to])
      else if (!last) walk([...way, to])
    }
  }
  walk([from])
  return [...found.values()].sort((a, b) => a.length - b.length || compareWays(a, b))
}
const compareWays = (a: number[], b: number[]): number => {
  const at = a.findIndex((node, index) => node !== b[index])
  return at < 0 ? 0 : a[at]! - b[at]!
}

/** Steps from a start to an end; null where there is no way. */
function distance(estate: Estate, from: number, end: number, cut: { node?: number; step?: [number, number] } = {}) {
  if (estate.barred.includes(from) || from === cut.node || end === cut.node) return null
  if (from === end) return 0
  const open = steps(estate, cut)
  let frontier = new Set([from])
  const seen = new Set(frontier)
  for (let level = 1; frontier.size > 0; level++) {
    const next = new Set<number>()
    for (const { from: here, to, last } of open) {
      if (!frontier.has(here)) continue
      if (to === end) return level
      if (!last && !seen.has(to)) next.add(to)
    }
    for (const node of next) seen.add(node)
    frontier = next
  }
  return null
}
const pairsOf = (estate: Estate, cut = {}): [number, number][] =>
  estate.starts.flatMap((start) =>
    estate.ends.flatMap((end): [number, number][] =>
      start !== end && distance(estate, start, end, cut) !== null ? [[start, end]] : [],
    ),
  )

const RUNS = { numRuns: 1_500 }
const all = (nodes: number) => Array.from({ length: nodes }, (_, node) => node)
const stepsOfWay = (estate: Estate, way: readonly number[]): boolean =>
  way
    .slice(1)
    .every((node, at) =>
      steps(estate).some(({ from, to, last }) => from === way[at] && to === node && (!last || at === way.length - 2)),
    )

test('the shortest way from every node to the nearest end is as long as the obvious search says, followed or looked for', () => {
  fc.assert(
    fc.property(estates, fc.constantFrom(0, 2, 30, 1e9), (estate, wide) => {
      const found = toEnds(graphOf(estate), estate.ends, mannerOf(estate), { wide })
      for (const node of all(estate.nodes)) {
        const shortest = estate.ends.flatMap((end) =>
          estate.barred.includes(end) ? [] : (distance(estate, node, end) ?? []),
        )
        expect(found.distance[node]).toBe(shortest.length > 0 ? Math.min(...shortest) : NEVER)
        if (shortest.length === 0) continue
        const way = wayToEnd(found, node)
        expect(way.length - 1).toBe(found.distance[node])
        expect(estate.ends).toContain(way.at(-1))
        expect(stepsOfWay(estate, way)).toBe(true)
      }
    }),
    RUNS,
  )
})

test('what is reached from some starts, and how near, is what the obvious search says', () => {
  fc.assert(
    fc.property(estates, (estate) => {
      const found = fromStarts(graphOf(estate), estate.starts, mannerOf(estate))
      const reached: number[] = []
      for (const node of all(estate.nodes)) {
        const shortest = estate.barred.includes(node)
          ? []
          : estate.starts.flatMap((start) => distance(estate, start, node) ?? [])
        expect(found.distance[node]).toBe(shortest.length > 0 ? Math.min(...shortest) : NEVER)
        if (shortest.length === 0) continue
        reached.push(node)
        const way = wayFromStart(found, node)
        expect(way.length - 1).toBe(found.distance[node])
        expect(stepsOfWay(estate, way)).toBe(true)
      }
      expect([...found.order].sort((a, b) => a - b)).toEqual(reached)
    }),
    RUNS,
  )
})

test('all simple paths up to a length are those that are found by walking every one, shortest first', () => {
  fc.assert(
    fc.property(estates, fc.integer({ min: 1, max: 9 }), (estate, longest) => {
      const from = estate.starts[0]!
      const ends = estate.ends.filter((end) => end !== from)
      const every = estate.barred.includes(from) ? [] : everyPath(estate, from, ends)
      const found = simplePaths(graphOf(estate), from, estate.ends, mannerOf(estate), { longest, most: 10_000 })
      expect(found.paths).toEqual(every.filter((way) => way.length - 1 <= longest))
      if (found.more === null) expect(found.paths.length).toBe(every.length)
      else expect(found.more).toBe('length')
      const few = simplePaths(graphOf(estate), from, estate.ends, mannerOf(estate), { longest: 9, most: 2 })
      expect(few.paths).toEqual(every.slice(0, 2))
      if (every.length > 2) expect(few.more).toBe('count')
    }),
    RUNS,
  )
})

test('what each cut severs is what is left when it is made and everything is counted again', () => {
  fc.assert(
    fc.property(estates, (estate) => {
      const graph = graphOf(estate)
      const cuts = cutsOf(graph, bits(estate.nodes, estate.starts), estate.ends, mannerOf(estate))
      const pairs = pairsOf(estate)
      expect(cuts.pairs).toBe(pairs.length)
      expect(cuts.starts).toBe(new Set(pairs.map(([start]) => start)).size)
      for (const node of all(estate.nodes)) {
        const left = new Set(pairsOf(estate, { node }).map(String))
        expect(cuts.nodes[node]).toBe(pairs.filter((pair) => pair[1] !== node && !left.has(String(pair))).length)
      }
      for (const from of all(estate.nodes)) {
        for (const to of all(estate.nodes)) {
          const cut = pairs.length - pairsOf(estate, { step: [from, to] }).length
          expect(cuts.steps.get(from * estate.nodes + to) ?? 0).toBe(cut)
        }
      }
    }),
    RUNS,
  )
})

test('pairs are counted as the obvious search counts them, and again after sentences were taken away', () => {
  fc.assert(
    fc.property(estates, fc.nat(8), fc.nat(8), (estate, a, b) => {
      const graph = graphOf(estate)
      const starts = bits(estate.nodes, estate.starts)
      const counted = countPairs(graph, starts, estate.ends, mannerOf(estate))
      const pairs = pairsOf(estate)
      expect(counted.pairs).toBe(pairs.length)
      expect(counted.ends).toBe(new Set(pairs.map(([, end]) => end)).size)
      for (const start of estate.starts)
        expect(counted.reached[start]).toBe(pairs.filter(([one]) => one === start).length)
      const step: [number, number] = [a % estate.nodes, b % estate.nodes]
      const cut = withoutSteps(graph, [{ from: step[0], to: step[1] }])
      expect(countPairs(cut, starts, estate.ends, mannerOf(estate)).pairs).toBe(pairsOf(estate, { step }).length)
    }),
    RUNS,
  )
})

test('the three cuts that are worth most are those that trying every cut finds', () => {
  fc.assert(
    fc.property(estates, (estate) => {
      const cuts = cutsOf(graphOf(estate), bits(estate.nodes, estate.starts), estate.ends, mannerOf(estate))
      const candidates = all(estate.nodes).filter((node) => !estate.ends.includes(node))
      const rank = (worth: (node: number) => number) =>
        [...candidates].sort((x, y) => worth(y) - worth(x) || x - y).slice(0, 3)
      const pairs = pairsOf(estate).length
      expect(rank((node) => cuts.nodes[node]!)).toEqual(rank((node) => pairs - pairsOf(estate, { node }).length))
    }),
    RUNS,
  )
})

test('what would take too long is ended, and it is said how far it came', () => {
  const to = reachVerbs.indexOf('escalates-to')
  const code = edgeCode(to, 0, 0, 0, 0)
  const nodes = 12
  const every = all(nodes).flatMap((from) => all(nodes).flatMap((to) => (from === to ? [] : [{ from, to, code }])))
  const graph: Graph = { nodes, facts: new Uint16Array(nodes), layers: [layerOf(nodes, raw(every))] }
  const manner = { pass: passOf([]), barred: null }
  const paths = simplePaths(graph, 0, [11], manner, { longest: 11, most: 1e9, work: 2_000 })
  expect(paths.more).toBe('work')
  expect(paths.paths[0]).toEqual([0, 11])
  const starts = bits(nodes, all(nodes))
  expect(cutsOf(graph, starts, [9, 10, 11], manner, 0).counted).toBe(1)
  expect(countPairs(graph, starts, [9, 10, 11], manner, 0)).toMatchObject({ counted: 1, pairs: 11 })
  expect(cutsOf(graph, starts, [9, 10, 11], manner).counted).toBe(3)
})
