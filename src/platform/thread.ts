import { Worker, type WorkerOptions } from 'node:worker_threads'
import { ReeveError } from '../sdk/index.ts'

/** What a thread answers to a message that bore the number. */
export type Told = { number: number } & ({ answer: unknown } | { code: string; message: string })

/**
 * Questions to a thread of its own, answered in any order. It starts with the first question, keeps the process alive only while something
 * waits, and after it broke the next question starts another. What waits when it breaks or is stopped is rejected.
 */
export class Thread<Message extends object> {
  readonly #entry: URL
  readonly #options: WorkerOptions
  readonly #errors: { broken(cause?: unknown): Error; stopped(): Error }
  #worker: Worker | undefined
  #stopped = false
  #numbers = 0
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()

  constructor(entry: URL, errors: { broken(cause?: unknown): Error; stopped(): Error }, options: WorkerOptions = {}) {
    this.#entry = entry
    this.#errors = errors
    this.#options = options
  }

  /** Rejects with the `ReeveError` that the thread tells of. `moved` is the thread's from now on. */
  ask(message: Message, moved: ArrayBuffer[] = []): Promise<unknown> {
    if (this.#stopped) return Promise.reject(this.#errors.stopped())
    const waiting = Promise.withResolvers<unknown>()
    const number = ++this.#numbers
    this.#waiting.set(number, waiting)
    this.#worker ??= this.#start()
    this.#worker.ref()
    this.#worker.postMessage({ ...message, number }, moved)
    return waiting.promise
  }

  async stop(): Promise<void> {
    this.#stopped = true
    const worker = this.#worker
    this.#end(this.#errors.stopped())
    await worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, this.#options)
    worker.on('message', (told: Told) => {
      const waiting = this.#waiting.get(told.number)
      this.#waiting.delete(told.number)
      if (this.#waiting.size === 0) worker.unref()
      if ('answer' in told) waiting?.resolve(told.answer)
      else waiting?.reject(new ReeveError(told.code, told.message))
    })
    const broken = (cause?: unknown): void => {
      if (worker === this.#worker) this.#end(this.#errors.broken(cause))
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
