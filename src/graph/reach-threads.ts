import { Worker } from 'node:worker_threads'
import { ReeveError } from '../sdk/index.ts'
import type { Graph, Layer, RawEdges } from './csr.ts'
import type { Questions } from './reach-questions.ts'
import type { Asked, Told } from './reach-thread.ts'

type Answer<Q extends keyof Questions> = ReturnType<Questions[Q]>
type Question<Q extends keyof Questions> = Parameters<Questions[Q]>[1]

/** Questions of this kind may take seconds; they and the making of graphs have a thread of their own, so that the others stay quick. */
const LONG: ReadonlySet<keyof Questions> = new Set(['chokes', 'worth', 'simulate'])

/** Two threads that compute over graphs in shared memory. They start when they are first needed. */
export class ReachThreads {
  readonly #quick = new ReachThread()
  readonly #long = new ReachThread()
  build(nodes: number, edges: RawEdges): Promise<Layer> {
    const plain = { from: edges.from, to: edges.to, kind: edges.kind, length: edges.length } as RawEdges
    return this.#long.ask(
      (number) => ({ number, build: { nodes, edges: plain } }),
      [edges.from.buffer as ArrayBuffer, edges.to.buffer as ArrayBuffer, edges.kind.buffer as ArrayBuffer],
    ) as Promise<Layer>
  }

  ask<Q extends keyof Questions>(graph: Graph, question: Q, asked: Question<Q>): Promise<Answer<Q>> {
    const thread = LONG.has(question) ? this.#long : this.#quick
    return thread.ask((number) => ({ number, graph, question, asked })) as Promise<Answer<Q>>
  }

  async stop(): Promise<void> {
    await Promise.all([this.#quick.stop(), this.#long.stop()])
  }
}

class ReachThread {
  #worker: Worker | undefined
  #stopped = false
  #numbers = 0
  readonly #waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>()

  ask(message: (number: number) => Asked, moved: ArrayBuffer[] = []): Promise<unknown> {
    if (this.#stopped) return Promise.reject(stopped())
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const number = ++this.#numbers
    this.#waiting.set(number, { resolve, reject })
    this.#worker ??= this.#start()
    this.#worker.ref()
    this.#worker.postMessage(message(number), moved)
    return promise
  }

  async stop(): Promise<void> {
    this.#stopped = true
    const worker = this.#worker
    this.#end(stopped())
    await worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./reach-thread.ts', import.meta.url))
    worker.on('message', (told: Told) => {
      const waiting = this.#waiting.get(told.number)
      this.#waiting.delete(told.number)
      if (this.#waiting.size === 0) worker.unref()
      if (waiting === undefined) return
      if ('answer' in told) waiting.resolve(told.answer)
      else waiting.reject(new ReeveError(told.code, told.message))
    })
    const broken = (cause?: unknown): void => {
      if (worker === this.#worker)
        this.#end(new ReeveError('reach/thread', 'looking for paths: the thread broke down', { cause }))
    }
    worker.on('error', broken)
    worker.on('exit', () => broken())
    return worker
  }

  #end(error: Error): void {
    this.#worker = undefined
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

const stopped = (): ReeveError => new ReeveError('reach/stopped', 'looking for paths: the server is stopping')
