import type { Log } from '../sdk/index.ts'
import { type Graph, type Pair, patched, sharedU16 } from './csr.ts'
import type { Moment } from './reach-answers.ts'
import { loadReach, loadSince, type Mark } from './reach-load.ts'
import { ReachThreads } from './reach-threads.ts'

/** Earlier moments whose graphs stay in memory. */
const PASTS = 2

/** A thin layer of more edges than this, or a tenth of all, is made part of the whole. */
const THICK = 20_000

interface Current {
  graph: Graph
  mark: Mark
  /** Pairs of nodes that were laid over it. */
  changed: number
}

const nothing = (): void => {}

/**
 * The graphs that are in memory: that of now, which follows the database, and those of a few earlier moments. What came since is laid over the graph at once;
 * when that is much, a new graph is made beside it and takes its place when it is done.
 */
export class ReachGraphs {
  readonly threads = new ReachThreads()
  readonly #log: Log
  readonly #pasts = new Map<number, Promise<Graph>>()
  #now: Current | undefined
  /** Made anew beside the one of now, to take its place. */
  #anew: Current | undefined
  #making: Promise<void> | undefined
  #looking: Promise<Graph> | undefined
  /** The next look at the database; who comes before it begins shares it. */
  #next: Promise<Graph> | undefined

  constructor(log: Log) {
    this.#log = log
  }

  /** The graph of the moment, with all that was committed before it was asked for. */
  async at({ db, asOf }: Moment): Promise<Graph> {
    if (asOf !== null) return this.#past(db, asOf)
    this.#next ??= (this.#looking ?? Promise.resolve()).then(nothing, nothing).then(() => {
      this.#next = undefined
      this.#looking = this.#follow(db)
      return this.#looking
    })
    return this.#next
  }

  async stop(): Promise<void> {
    await this.threads.stop()
    await this.#making
  }

  async #follow(db: Moment['db']): Promise<Graph> {
    const now = this.#anew ?? this.#now ?? (await this.#read(db))
    this.#anew = undefined
    this.#now = now
    const { graph } = now
    const since = await loadSince(db, { ...graph, pairsAt: (node) => pairsAt(graph, node) }, now.mark)
    if (since === null) return graph
    if (since === 'anew') {
      this.#now = await this.#read(db)
      return this.#now.graph
    }
    const facts = sharedU16(graph.nodes)
    facts.set(graph.facts)
    for (const [node, is] of since.facts) facts[node] = is
    const next = patched(graph, since.pairs, since.edges, facts)
    const changed = now.changed + since.pairs.length
    this.#now = { graph: next, mark: since.mark, changed }
    if (changed > Math.max(THICK, edgesOf(graph) / 10)) this.#makeAnew(db)
    return next
  }

  #makeAnew(db: Moment['db']): void {
    this.#making ??= this.#read(db)
      .then(
        (anew) => {
          this.#anew = anew
        },
        (error: unknown) => this.#log.warn({ error }, 'the graph was not made anew; the old one is followed further'),
      )
      .finally(() => {
        this.#making = undefined
      })
  }

  async #read(db: Moment['db']): Promise<Current> {
    const { nodes, facts, edges, mark } = await loadReach(db)
    return { graph: { nodes, facts, layers: [await this.threads.build(nodes, edges)] }, mark, changed: 0 }
  }

  #past(db: Moment['db'], asOf: Date): Promise<Graph> {
    const at = asOf.getTime()
    const past = this.#pasts.get(at) ?? this.#read(db).then(({ graph }) => graph)
    this.#pasts.delete(at)
    this.#pasts.set(at, past)
    past.catch(() => this.#pasts.delete(at))
    if (this.#pasts.size > PASTS) this.#pasts.delete(this.#pasts.keys().next().value!)
    return past
  }
}

const edgesOf = ({ layers }: Graph): number => layers.reduce((sum, { out }) => sum + out.end.length, 0)

/** All pairs of nodes of which one is this. */
function pairsAt({ layers }: Graph, node: number): Pair[] {
  const pairs: Pair[] = []
  for (const { out, in: into } of layers) {
    for (let edge = out.start[node]!; edge < out.start[node + 1]!; edge++)
      pairs.push({ from: node, to: out.end[edge]! })
    for (let edge = into.start[node]!; edge < into.start[node + 1]!; edge++)
      pairs.push({ from: into.end[edge]!, to: node })
  }
  return pairs
}
