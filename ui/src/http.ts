/** The only way out of the console: JSON to the server it came from. */

import { asked, asOfHere } from './address.tsx'

/** What a refused request says (RFC 9457), under the names the server gives. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly request: string | null
  readonly fields: readonly { path: string; says: string }[]
  readonly suggestion: string | null
  /** Who may, and an admin who can give the role. */
  readonly roles: readonly string[]
  readonly ask: string | null

  constructor(
    status: number,
    body: Partial<{
      code: string
      detail: string
      title: string
      request: string
      fields: { path: string; says: string }[]
      suggestion: string
      roles: string[]
      ask: string
    }>,
  ) {
    super(body.detail ?? body.title ?? 'the server gave no reason')
    this.status = status
    this.code = body.code ?? `http/${status}`
    this.request = body.request ?? null
    this.fields = body.fields ?? []
    this.suggestion = body.suggestion ?? null
    this.roles = body.roles ?? []
    this.ask = body.ask ?? null
  }
}

/** A server's message, which begins in lower case, as a sentence of Reeve's. */
export const sentenceOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : 'Something unforeseen happened'
  const line = `${text.charAt(0).toUpperCase()}${text.slice(1, 600)}`
  return /[.!?]$/.test(line) ? line : `${line}.`
}

let csrf = ''
export const setCsrf = (value: string): void => {
  csrf = value
}

/**
 * What is asked while an earlier day is shown is asked of that day; `now`: of now all the same. A body is JSON, or a file as it is: a
 * list as CSV. `patience`: milliseconds, where an answer may take more than a minute.
 */
export async function ask<T>(
  path: string,
  init: { method?: string; body?: unknown; signal?: AbortSignal; now?: boolean; patience?: number } = {},
): Promise<T> {
  if (init.method !== undefined && asOfHere() !== null)
    throw new Problem(409, {
      code: 'console/past',
      detail: 'you see an earlier day; return to now to change something',
    })
  const headers: Record<string, string> = { accept: 'application/json' }
  const list = init.body instanceof Blob
  if (init.body !== undefined) headers['content-type'] = list ? 'text/csv' : 'application/json'
  if (init.method !== undefined) headers['x-reeve-csrf'] = csrf
  const limit = AbortSignal.timeout(init.patience ?? 60_000)
  let response: Response
  try {
    response = await fetch(init.method === undefined && !init.now ? asked(path, asOfHere()) : path, {
      method: init.method ?? 'GET',
      headers,
      body: init.body === undefined ? null : list ? (init.body as Blob) : JSON.stringify(init.body),
      signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit,
      credentials: 'same-origin',
    })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new Problem(0, {
      code: 'console/unreachable',
      detail: 'Reeve did not answer. It may be starting, or the network is down.',
    })
  }
  if (response.status === 204) return undefined as T
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw new Problem(response.status, (body ?? {}) as Record<string, never>)
  return body as T
}

export const entityPath = (key: string): string => `/v1/entities/${encodeURIComponent(key)}`
