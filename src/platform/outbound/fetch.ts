import { isIP } from 'node:net'
import { Agent, buildConnector, type Dispatcher, ProxyAgent, fetch as request } from 'undici'
import { type Log, messageOf, ReeveError, type Run } from '../../sdk/index.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { outboundSeconds } from '../metrics.ts'
import { type AddressGuard, addressGuard } from './address.ts'
import { bypasses } from './proxy.ts'

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
const AGAIN = new Set([429, 502, 503, 504])
/** The request did not reach the server, or its answer did not reach us whole. */
const LOST = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
])
const FIRST_PAUSE = 500
/** Longer than this nobody waits; the answer is returned and the caller decides. */
const LONGEST_PAUSE = 60_000

/**
 * The only way out over HTTP: through the installation's proxy, to public or allowed addresses (checked after DNS and again on
 * each redirect), within time and size, with back-off on 429, 502, 503, 504 and lost connections for idempotent methods.
 * Throws `ReeveError` `outbound/refused-address`, `outbound/timeout`, `outbound/unreachable`, `outbound/too-large`; an abort
 * by the caller's signal is thrown as it is. `close` ends idle connections.
 */
export function createFetch(
  options: Config['outbound'],
  clock: Clock,
  log: Log,
): Run['fetch'] & { close(): Promise<void> } {
  const { dispatcher, close } = dispatcherFor(options)
  const fetch: Run['fetch'] = async (url, init = {}) => {
    const target = new URL(url)
    if (target.protocol !== 'https:' && target.protocol !== 'http:') {
      throw new ReeveError('outbound/scheme', `fetching ${target.protocol}: only http and https go out`)
    }
    const method = (init.method ?? 'GET').toUpperCase()
    const attempts = IDEMPOTENT.has(method) && isReplayable(init.body) ? options.attempts : 1
    for (let attempt = 1; ; attempt++) {
      const pause = FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + Math.random())
      let wait: number
      try {
        const response = await once(target, { ...init, method }, dispatcher, options)
        if (attempt === attempts || !AGAIN.has(response.status)) return bounded(response, options.maxBytes, target)
        wait = retryAfter(response.headers.get('retry-after'), clock.now()) ?? pause
        if (wait > LONGEST_PAUSE) return bounded(response, options.maxBytes, target)
        await response.body?.cancel()
        log.debug({ host: target.host, status: response.status, wait, attempt }, 'trying an outbound request again')
      } catch (error) {
        if (init.signal?.aborted) throw error
        if (attempt === attempts || !LOST.has(causeCode(error))) throw explained(error, target, options)
        wait = pause
        log.debug({ host: target.host, code: causeCode(error), wait, attempt }, 'trying an outbound request again')
      }
      await clock.sleep(Math.min(wait, LONGEST_PAUSE), init.signal ?? undefined)
      init.signal?.throwIfAborted()
    }
  }
  return Object.assign(fetch, { close })
}

async function once(
  url: URL,
  init: RequestInit,
  dispatcher: Dispatcher,
  options: Config['outbound'],
): Promise<Response> {
  const timed = outboundSeconds.startTimer()
  // Undici's limits are per part of the answer; this one ends a server that drips for ever.
  const signal = AbortSignal.any([AbortSignal.timeout(options.timeout * 20), ...(init.signal ? [init.signal] : [])])
  try {
    const response = (await request(url, { ...init, signal, dispatcher } as Parameters<
      typeof request
    >[1])) as unknown as Response
    timed({ status: `${Math.floor(response.status / 100)}xx` })
    return response
  } catch (error) {
    timed({ status: 'none' })
    throw error
  }
}

function dispatcherFor(options: Config['outbound']): { dispatcher: Dispatcher; close(): Promise<void> } {
  const guard = addressGuard(options.allow)
  const limits = { headersTimeout: options.timeout, bodyTimeout: options.timeout }
  const direct = new Agent({ ...limits, connect: guarded(guard, options.timeout) })
  if (options.proxy === undefined) return { dispatcher: direct, close: () => direct.close() }
  const proxy = new ProxyAgent({ ...limits, uri: options.proxy.reveal(), connectTimeout: options.timeout })
  const chosen = direct.compose((dispatch) => (request, handler) => {
    const url = new URL(String(request.origin))
    if (bypasses(url, options.noProxy)) return dispatch(request, handler)
    // Names are looked up by the proxy; what is already an address can be checked here.
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host)) guard.check(host, host)
    return proxy.dispatch(request, handler)
  })
  return { dispatcher: chosen, close: async () => void (await Promise.all([direct.close(), proxy.close()])) }
}

function guarded(guard: AddressGuard, timeout: number): buildConnector.connector {
  const connect = buildConnector({ timeout, lookup: guard.lookup })
  return (options, callback) => {
    // An address is connected to without a look-up.
    const host = options.hostname.replace(/^\[|\]$/g, '')
    try {
      if (isIP(host)) guard.check(host, host)
    } catch (error) {
      return callback(error as Error, null)
    }
    connect(options, callback)
  }
}

/** Milliseconds that the server asks us to wait: seconds, or a date. */
export function retryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000
  const until = Date.parse(header)
  return Number.isNaN(until) ? undefined : Math.max(0, until - now.getTime())
}

const isReplayable = (body: RequestInit['body']): boolean =>
  !(body instanceof ReadableStream) && !(typeof body === 'object' && body !== null && Symbol.asyncIterator in body)

/** The same answer, whose body throws once it is longer than it may be. */
function bounded(response: Response, most: number, url: URL): Response {
  const tooLarge = () =>
    new ReeveError(
      'outbound/too-large',
      `reading the answer of ${url.host}: it is larger than ${most} bytes (outbound.maxBytes)`,
    )
  if (Number(response.headers.get('content-length') ?? 0) > most) {
    void response.body?.cancel()
    throw tooLarge()
  }
  if (response.body === null) return response
  let read = 0
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        read += chunk.byteLength
        if (read > most) controller.error(tooLarge())
        else controller.enqueue(chunk)
      },
    }),
  )
  const copy = new Response(body, {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers as Headers,
  })
  return Object.defineProperties(copy, { url: { value: response.url }, redirected: { value: response.redirected } })
}

function explained(error: unknown, url: URL, options: Config['outbound']): ReeveError {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof ReeveError) return at
  const code = causeCode(error)
  if (/TIMEOUT|ETIMEDOUT/.test(code) || (error as Error).name === 'TimeoutError') {
    return new ReeveError('outbound/timeout', `fetching from ${url.host}: no answer within ${options.timeout} ms`, {
      cause: error,
    })
  }
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return new ReeveError('outbound/unreachable', `fetching from ${url.host}: ${messageOf(inner) || code}`, {
    cause: error,
    fields: { code },
  })
}

function causeCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = (at as NodeJS.ErrnoException).code
    if (typeof code === 'string' && !(at instanceof ReeveError)) return code
    const several = (at as AggregateError).errors
    if (Array.isArray(several)) return causeCode(several[0])
  }
  return ''
}
