import { edgeCode, holdings, kinds, mights, reachVerbs } from '../../src/graph/conduct.ts'
import { RawEdges, sharedU16 } from '../../src/graph/csr.ts'
import { factsOf } from '../../src/graph/facts.ts'
import type { Kind } from '../../src/sdk/index.ts'

/** Of each kind so large a part, in order of node. */
const PARTS: [Kind, number][] = [
  ['identity', 0.36],
  ['credential', 0.16],
  ['secret', 0.1],
  ['workload', 0.14],
  ['entitlement', 0.06],
  ['resource', 0.17],
  ['person', 0.01],
]

/** Which sentences an estate is made of, and how many of them there are beside each other. */
const SENTENCES: [from: Kind, verb: string, to: Kind, part: number, hubs: boolean][] = [
  ['identity', 'has', 'entitlement', 0.24, true],
  ['entitlement', 'allows', 'resource', 0.16, true],
  ['identity', 'assumes', 'identity', 0.1, true],
  ['workload', 'runs-as', 'identity', 0.07, false],
  ['workload', 'uses', 'secret', 0.09, false],
  ['secret', 'holds', 'credential', 0.04, false],
  ['credential', 'authenticates', 'identity', 0.04, false],
  ['resource', 'contains', 'workload', 0.03, false],
  ['resource', 'contains', 'secret', 0.03, false],
  ['identity', 'controls', 'workload', 0.04, false],
  ['identity', 'escalates-to', 'identity', 0.02, true],
  ['identity', 'called', 'resource', 0.12, true],
  ['person', 'owns', 'identity', 0.02, false],
]

/** Marsaglia's xorshift, so that every run has the same estate. */
export function dice(seed: number): () => number {
  let state = seed | 0
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

export interface Invented {
  nodes: number
  facts: Uint16Array
  edges: RawEdges
  tierZero: number[]
}

/** Things of one system: an account, a cluster, a host. They are read one system after the other, and so are they numbered. */
const SYSTEM = 3_000

/** Of so many sentences one leads out of its system. */
const ABROAD = 0.15

/**
 * An estate of numbers, made of systems in which most sentences stay; groups and policies that much hangs on come first in each. Of tier zero are
 * what most hangs on in two dozen systems.
 */
export function invented(nodes: number, count: number): Invented {
  const roll = dice(7)
  const systems = Math.max(1, Math.floor(nodes / SYSTEM))
  /** The directory, the pipelines, what all others sign in at: few systems are named by many. */
  const central = (): number => Math.floor(roll() ** 3 * systems) * SYSTEM
  const facts = sharedU16(nodes)
  const range = new Map<Kind, [first: number, size: number]>()
  let next = 0
  for (const [kind, part] of PARTS) {
    const size = Math.floor(SYSTEM * part)
    range.set(kind, [next, size])
    const is = factsOf({ kind, environment: null, sensitivity: null, tier: null })
    for (let system = 0; system < systems; system++) {
      const first = system * SYSTEM + next
      facts.fill(is, first, first + size)
    }
    next += size
  }
  const tierZero: number[] = []
  for (const [kind, many] of [
    ['identity', 8],
    ['resource', 16],
  ] as const) {
    for (let n = 0; n < many; n++) {
      const node = central() + range.get(kind)![0]
      facts[node] = factsOf({ kind, environment: 'production', sensitivity: null, tier: 0 })
      tierZero.push(node)
    }
  }
  const edges = new RawEdges()
  for (const [from, verb, to, part, hubs] of SENTENCES) {
    const [firstFrom, sizeFrom] = range.get(from)!
    const [firstTo, sizeTo] = range.get(to)!
    const many = Math.floor(count * part)
    const codes = [
      codeOf(verb, from, to, 'some', 'holds'),
      codeOf(verb, from, to, 'all', 'holds'),
      codeOf(verb, from, to, 'some', 'depends'),
    ]
    for (let n = 0; n < many; n++) {
      const system = Math.floor((n / many) * systems) * SYSTEM
      const other = roll() < ABROAD ? central() : system
      // Of what is chosen often, what comes first is chosen more often still.
      const chosen = hubs ? roll() ** 3 : roll()
      const chance = roll()
      const code = codes[chance < 0.9 ? 0 : chance < 0.95 ? 1 : 2]!
      edges.push(
        system + firstFrom + Math.floor(roll() * sizeFrom),
        other + firstTo + Math.floor(chosen * sizeTo),
        code,
      )
    }
  }
  return { nodes, facts, edges, tierZero: [...new Set(tierZero)].sort((a, b) => a - b) }
}

const codeOf = (
  verb: string,
  from: Kind,
  to: Kind,
  might: (typeof mights)[number],
  holding: (typeof holdings)[number],
): number =>
  edgeCode(
    reachVerbs.indexOf(verb as (typeof reachVerbs)[number]),
    kinds.indexOf(from),
    kinds.indexOf(to),
    mights.indexOf(might),
    holdings.indexOf(holding),
  )
