/**
 * The one error class. `code` is API: stable, `<area>/<what>`, listed in docs/reference/errors.md. The message says in lower
 * case what was being done and what to do about it, and never carries a secret.
 */
export class ReeveError extends Error {
  override readonly name = 'ReeveError'
  readonly code: string
  /** Data for logs and clients; no secrets. */
  readonly fields: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, options: { cause?: unknown; fields?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fields = options.fields ?? {}
  }
}

/**
 * The source answered that we may not read this. The runner turns it into a ledger line and goes on; nothing is deleted and
 * verdicts that rest on the listing turn unknown. `permission` is the exact grant to ask for, in the source's own words.
 */
export class Refused extends ReeveError {
  readonly permission: string | undefined

  constructor(
    message: string,
    options: { cause?: unknown; permission?: string; fields?: Record<string, unknown> } = {},
  ) {
    super('source/refused', message, options)
    this.permission = options.permission
  }
}

/** The code of any thrown thing; `internal` for what is not a ReeveError. */
export const codeOf = (error: unknown): string => (error instanceof ReeveError ? error.code : 'internal')

/** The message of any thrown thing, one line. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ')
