import { Thread } from '../platform/index.ts'
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
  name: Question
  input: unknown
}

export function startAccessDesk({ url }: { url: string }): AccessDesk {
  const thread = new Thread<Asked>(
    new URL('./access-thread.ts', import.meta.url),
    {
      broken: (cause) => new ReeveError('access/thread', 'working out access: the thread broke down', { cause }),
      stopped: () => new ReeveError('access/stopped', 'working out access: it was stopped'),
    },
    { workerData: { url } },
  )
  return {
    ask: async (name, input, { now, asOf }) => (await thread.ask({ name, input, now, asOf })) as never,
    stop: () => thread.stop(),
  }
}
