import { CommanderError } from 'commander'
import { codeOf, messageOf, ReeveError } from '../sdk/index.ts'

/** The exit statuses that scripts hang on. */
export const EXIT = { done: 0, findings: 1, wrongUse: 2, failed: 3, incomplete: 4, interrupted: 130 } as const

/** Errors of this area are the caller's to mend: a wrong flag, a wrong word in a query. */
const USE = /^(use|query|config)\//

export function exitStatusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUse
  if (error instanceof Error && error.name === 'AbortError') return EXIT.interrupted
  return USE.test(codeOf(error)) ? EXIT.wrongUse : EXIT.failed
}

/** What a person reads when a command could not do it: the message, its code, and nothing of a secret. */
export function complaint(error: unknown): string {
  if (error instanceof ReeveError) return `reeve: ${messageOf(error)} (${error.code})`
  return `reeve: ${messageOf(error)} (internal); run it again with REEVE_LOG_LEVEL=debug and report what it prints`
}
