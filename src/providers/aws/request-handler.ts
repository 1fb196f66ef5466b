import { ReeveError, type Run } from '../../sdk/index.ts'

/** The parts of the SDK's request that go out. */
interface Request {
  method: string
  protocol: string
  hostname: string
  port?: number
  path: string
  query?: Record<string, string | string[] | null>
  headers: Record<string, string>
  body?: unknown
}

interface Handled {
  response: { statusCode: number; reason: string; headers: Record<string, string>; body: Uint8Array }
}

/** An address that does not exist stays away however often it is asked. */
const LASTING: ReadonlySet<unknown> = new Set([
  'ENOTFOUND',
  'EAI_NONAME',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

/**
 * What carries the SDK's requests: `run.fetch`, so that the proxy, the address guard, the limits and the end of the run hold for them
 * as for any other. What is asked here reads, or writes a tag, which is the same written twice: a request that got lost may be sent again.
 */
export function requestHandler(fetch: Run['fetch'], signal: AbortSignal) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: Request, { abortSignal }: { abortSignal?: AbortSignal } = {}): Promise<Handled> {
      const url = `${request.protocol}//${request.hostname}${request.port ? `:${request.port}` : ''}${request.path}${queryOf(request)}`
      const { host: _, 'content-length': __, ...headers } = request.headers
      try {
        const answer = await fetch(url, {
          method: request.method,
          headers,
          redirect: 'manual',
          ...(request.method !== 'GET' &&
            request.method !== 'HEAD' &&
            request.body !== undefined && { body: request.body as NonNullable<RequestInit['body']> }),
          signal: abortSignal === undefined ? signal : AbortSignal.any([signal, abortSignal]),
        })
        return {
          response: {
            statusCode: answer.status,
            reason: answer.statusText,
            headers: Object.fromEntries(answer.headers),
            body: new Uint8Array(await answer.arrayBuffer()),
          },
        }
      } catch (error) {
        signal.throwIfAborted()
        if (
          error instanceof ReeveError &&
          /^outbound\/(unreachable|timeout)$/.test(error.code) &&
          !LASTING.has(error.fields['code'])
        )
          throw Object.assign(error, { $retryable: { throttling: false } })
        throw error
      }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  }
}

function queryOf({ query = {} }: Request): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === null ? [encode(name)] : [value].flat().map((one) => `${encode(name)}=${encode(one)}`),
  )
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** As the signature has it: stricter than encodeURIComponent. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
