import type { Roll } from './roll.ts'

const known = new WeakMap<Roll, Map<string, Promise<unknown>>>()

/** What holds as long as nothing has changed is worked out once for each roll. A failure is not kept. */
export function onceForRoll<T>(roll: Roll, name: string, work: () => Promise<T>): Promise<T> {
  const answers = known.get(roll) ?? new Map<string, Promise<unknown>>()
  known.set(roll, answers)
  const before = answers.get(name) as Promise<T> | undefined
  if (before) return before
  const answer = work()
  answers.set(name, answer)
  answer.catch(() => answers.delete(name))
  return answer
}
