import { ReeveError } from '../sdk/index.ts'

/** A running server, or one started for this command alone; the same requests either way. */
export interface Api {
  /** The JSON answer; throws a `ReeveError` with the server's own code for a problem. */
  request<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>
  close(): Promise<void>
}

export interface RawAnswer {
  status: number
  text: string
}

/** Turns whatever carries a request into an `Api`. */
export function apiOver(
  send: (method: string, path: string, body: string | undefined) => Promise<RawAnswer>,
  close: () => Promise<void> = async () => {},
): Api {
  return {
    close,
    async request<T>(method: string, path: string, body?: unknown): Promise<T> {
      const answer = await send(method, path, body === undefined ? undefined : JSON.stringify(body))
      const said = answer.text === '' ? null : parse(answer.text)
      if (answer.status < 400) return said as T
      const problem = (said ?? {}) as {
        code?: string
        detail?: string
        title?: string
        suggestion?: string
        fields?: { path: string; says: string }[]
      }
      const fields = problem.fields?.map((field) => `${field.path}: ${field.says}`).join('; ')
      const says = [
        problem.detail ?? problem.title ?? `the server answered ${answer.status}`,
        problem.suggestion && `did you mean ${problem.suggestion}?`,
        fields,
      ]
      throw new ReeveError(problem.code ?? 'http/failed', says.filter(Boolean).join('; '))
    },
  }
}

/** Speaks to the server at `url` with an API token. */
export function apiAt(url: string, token: string): Api {
  return apiOver(async (method, path, body) => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const answer = await fetch(new URL(path, url), { method, headers, ...(body === undefined ? {} : { body }) }).catch(
      (cause: unknown) => {
        throw new ReeveError('http/unreachable', `asking ${url}: no server answers; start it with ./reeve up`, {
          cause,
        })
      },
    )
    return { status: answer.status, text: await answer.text() }
  })
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
