import { Thread } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'
import type { Graph, Layer, RawEdges } from './csr.ts'
import type { Questions } from './reach-questions.ts'
import type { Asked } from './reach-thread.ts'

type Answer<Q extends keyof Questions> = ReturnType<Questions[Q]>
type Question<Q extends keyof Questions> = Parameters<Questions[Q]>[1]

/** Questions of this kind may take seconds; they and the making of graphs have a thread of their own, so that the others stay quick. */
const LONG: ReadonlySet<keyof Questions> = new Set(['chokes', 'worth', 'simulate'])

/** Two threads that compute over graphs in shared memory. They start when they are first needed. */
export class ReachThreads {
  readonly #quick = thread()
  readonly #long = thread()

  build(nodes: number, edges: RawEdges): Promise<Layer> {
    const plain = { from: edges.from, to: edges.to, kind: edges.kind, length: edges.length } as RawEdges
    return this.#long.ask({ build: { nodes, edges: plain } }, [
      edges.from.buffer as ArrayBuffer,
      edges.to.buffer as ArrayBuffer,
      edges.kind.buffer as ArrayBuffer,
    ]) as Promise<Layer>
  }

  ask<Q extends keyof Questions>(graph: Graph, question: Q, asked: Question<Q>): Promise<Answer<Q>> {
    const chosen = LONG.has(question) ? this.#long : this.#quick
    return chosen.ask({ graph, question, asked }) as Promise<Answer<Q>>
  }

  async stop(): Promise<void> {
    await Promise.all([this.#quick.stop(), this.#long.stop()])
  }
}

const thread = () =>
  new Thread<Asked>(new URL('./reach-thread.ts', import.meta.url), {
    broken: (cause) => new ReeveError('reach/thread', 'looking for paths: the thread broke down', { cause }),
    stopped: () => new ReeveError('reach/stopped', 'looking for paths: the server is stopping'),
  })
