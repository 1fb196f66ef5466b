import { Worker } from 'node:worker_threads'
import { ReeveError } from '../sdk/index.ts'
import type { Answers, Question } from './access-answers.ts'

/** Answers questions about access in a thread of its own: an estate is compiled once and asked often, and nobody waits for it. */
export interface AccessDesk {
  ask<Name extends Question>(
    name: Name,
    input: Parameters<Answers[Name]>[1],
    at: Moment,
  ): Promise<Awaited<ReturnType<Answers[Name]>>>
  stop(): Promise<void>
}

/** The moment that is asked about: now, or one that is looked back to. */
export interface Moment {
  now: Date
  asOf: Date | null
}

export interface Asked extends Moment {
  number: number
  name: Question
  input: unknown
}

export type Told = { number: number } & ({ answer: unknown } | { code: string; message: string })

export function startAccessDesk({ url }: { url: string }): AccessDesk {
  let worker: Worker | undefined
  let number = 0
  let stopped = false
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()

  const end = (error: Error): void => {
    worker = undefined
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const start = (): Worker => {
    const thread = new Worker(new URL('./access-thread.ts', import.meta.url), { workerData: { url } })
    thread.unref()
    thread.on('message', (told: Told) => {
      const one = waiting.get(told.number)
      waiting.delete(told.number)
      if ('answer' in told) one?.resolve(told.answer)
      else one?.reject(new ReeveError(told.code, told.message))
    })
    thread.on(
      'error',
      (cause) =>
        thread === worker &&
        end(new ReeveError('access/thread', 'working out access: the thread broke down', { cause })),
    )
    thread.on(
      'exit',
      () => thread === worker && end(new ReeveError('access/thread', 'working out access: the thread ended')),
    )
    return thread
  }

  return {
    async ask(name, input, { now, asOf }) {
      if (stopped) throw new ReeveError('access/stopped', 'working out access: it was stopped')
      worker ??= start()
      const one = Promise.withResolvers<unknown>()
      waiting.set(++number, one)
      worker.postMessage({ number, name, input, now, asOf } satisfies Asked)
      return (await one.promise) as never
    },
    async stop() {
      stopped = true
      const thread = worker
      end(new ReeveError('access/stopped', 'working out access: it was stopped'))
      await thread?.terminate()
    },
  }
}
