import { ReeveError } from '../sdk/index.ts'

/** A running server, or one started for this command alone; the same requests either way. */
export interface Api {
  /** The JSON answer; throws a `ReeveError` with the server's own code for a problem. */
  request<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>
  /** Sends a list as it is read, as CSV; answers like `request`. */
  upload<T>(path: string, list: AsyncIterable<Uint8Array>): Promise<T>
  /** What is not JSON, as it comes; throws like `request`. */
  download(path: string): Promise<ReadableStream<Uint8Array>>
  close(): Promise<void>
}

export interface RawAnswer {
  status: number
  text: string
}

type Body = string | AsyncIterable<Uint8Array> | undefined

/** Turns whatever carries a request into an `Api`. */
export function apiOver(
  send: (method: string, path: string, body: Body) => Promise<RawAnswer>,
  close: () => Promise<void> = async () => {},
  open: (path: string) => Promise<RawAnswer | ReadableStream<Uint8Array>> = (path) => send('GET', path, undefined),
): Api {
  return {
    close,
    async download(path) {
      const answer = await open(path)
      if (answer instanceof ReadableStream) return answer
      if (answer.status >= 400) throw refusalIn(answer)
      return new Blob([answer.text]).stream()
    },
    request: async <T>(method: string, path: string, body?: unknown) =>
      saidIn<T>(await send(method, path, body === undefined ? undefined : JSON.stringify(body))),
    upload: async <T>(path: string, list: AsyncIterable<Uint8Array>) => saidIn<T>(await send('POST', path, list)),
  }
}

function saidIn<T>(answer: RawAnswer): T {
  if (answer.status >= 400) throw refusalIn(answer)
  return (answer.text === '' ? null : parse(answer.text)) as T
}

function refusalIn({ status, text }: RawAnswer): ReeveError {
  const problem = ((text === '' ? null : parse(text)) ?? {}) as {
    code?: string
    detail?: string
    title?: string
    suggestion?: string
    fields?: { path: string; says: string }[]
  }
  const fields = problem.fields?.map((field) => `${field.path}: ${field.says}`).join('; ')
  const says = [
    problem.detail ?? problem.title ?? `the server answered ${status}`,
    problem.suggestion && `did you mean ${problem.suggestion}?`,
    fields,
  ]
  return new ReeveError(problem.code ?? 'http/failed', says.filter(Boolean).join('; '))
}

/** Speaks to the server at `url` with an API token. */
export function apiAt(url: string, token: string): Api {
  const ask = (method: string, path: string, body?: Body): Promise<Response> => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json' }
    if (body !== undefined) headers['content-type'] = typeof body === 'string' ? 'application/json' : 'text/csv'
    const sent = body === undefined ? {} : { body, ...(typeof body === 'string' ? {} : { duplex: 'half' as const }) }
    return fetch(new URL(path, url), { method, headers, ...sent }).catch((cause: unknown) => {
      throw new ReeveError('http/unreachable', `asking ${url}: no server answers; start it with ./reeve up`, {
        cause,
      })
    })
  }
  const send = async (method: string, path: string, body: Body): Promise<RawAnswer> => {
    const answer = await ask(method, path, body)
    return { status: answer.status, text: await answer.text() }
  }
  return apiOver(send, undefined, async (path) => {
    const answer = await ask('GET', path)
    return answer.ok && answer.body ? answer.body : { status: answer.status, text: await answer.text() }
  })
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
