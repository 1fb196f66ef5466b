import { Worker } from 'node:worker_threads'
import { ReeveError } from '../sdk/index.ts'
import type { StoredEvaluation } from './store.ts'

/** Judges the estate in a thread of its own, so that a large estate does not keep the console waiting. */
export interface Assessor {
  /** Judges the graph as it is when its turn comes. What is asked for while one waits its turn shares that one. */
  judge(asked: { now: Date; run?: number }): Promise<StoredEvaluation>
  /** Ends the thread; what it was at is rolled back. */
  stop(): Promise<void>
}

export interface Asked {
  number: number
  now: Date
  run: number | undefined
}

export type Told = { number: number } & ({ stored: StoredEvaluation } | { code: string; message: string })

interface Waiting {
  asked: Asked
  promise: Promise<StoredEvaluation>
  settle: { resolve(stored: StoredEvaluation): void; reject(error: Error): void }
}

export function startAssessor({ url }: { url: string }): Assessor {
  let worker: Worker | undefined
  let running: Waiting | undefined
  let next: Waiting | undefined
  let number = 0
  let stopped = false

  const go = (): void => {
    if (running || !next) return
    running = next
    next = undefined
    worker ??= start()
    worker.postMessage(running.asked)
  }

  const end = (error: Error): void => {
    const broken = running
    running = undefined
    worker = undefined
    broken?.settle.reject(error)
    if (!stopped) go()
  }

  const start = (): Worker => {
    const thread = new Worker(new URL('./assessor-thread.ts', import.meta.url), {
      workerData: { url },
      // Verdicts are made by the million and dropped at once: room for them saves a tenth of the time (bench/rules.ts).
      resourceLimits: { maxYoungGenerationSizeMb: 192 },
    })
    thread.unref()
    thread.on('message', (told: Told) => {
      if (running?.asked.number !== told.number) return
      const done = running
      running = undefined
      if ('stored' in told) done.settle.resolve(told.stored)
      else done.settle.reject(new ReeveError(told.code, told.message))
      go()
    })
    thread.on(
      'error',
      (cause) =>
        thread === worker &&
        end(new ReeveError('assess/thread', 'judging the estate: the thread broke down', { cause })),
    )
    thread.on(
      'exit',
      () => thread === worker && end(new ReeveError('assess/thread', 'judging the estate: the thread ended')),
    )
    return thread
  }

  return {
    judge({ now, run }) {
      if (stopped) return Promise.reject(new ReeveError('assess/stopped', 'judging the estate: it was stopped'))
      if (next) {
        next.asked = { ...next.asked, now, run }
        return next.promise
      }
      const { promise, resolve, reject } = Promise.withResolvers<StoredEvaluation>()
      next = { asked: { number: ++number, now, run }, promise, settle: { resolve, reject } }
      go()
      return promise
    },
    async stop() {
      stopped = true
      const error = new ReeveError('assess/stopped', 'judging the estate: it was stopped')
      next?.settle.reject(error)
      next = undefined
      const thread = worker
      end(error)
      await thread?.terminate()
    },
  }
}
