import { z } from 'zod'
import { Role } from '../read/index.ts'
import { ReeveError } from '../sdk/index.ts'

/** RFC 9457. `code` is API; `detail` says what to do; `request` finds the log line. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  instance: z.string(),
  request: z.string(),
  /** Refused fields of the request. */
  fields: z.array(z.object({ path: z.string(), says: z.string() })).optional(),
  /** What was probably meant. */
  suggestion: z.string().optional(),
  /** The grant that the source asks for. */
  permission: z.string().optional(),
  /** Who may: the roles that it takes, and an admin who can give one. */
  roles: z.array(Role).optional(),
  ask: z.string().optional(),
})
export type Problem = z.infer<typeof Problem>

export const TITLES: Record<number, string> = {
  400: 'The request cannot be read',
  401: 'Sign in first',
  403: 'You may not do this',
  404: 'There is nothing here',
  405: 'This address does not do that',
  406: 'This cannot be answered in that form',
  408: 'The request took too long to arrive',
  409: 'It stands in the way of something else',
  413: 'The request is too large',
  415: 'The body is of another sort',
  421: 'This is not our name',
  422: 'The source or the rule says no',
  429: 'Too many attempts',
  431: 'The head of the request is too large',
  500: 'Reeve failed',
  502: 'The source does not answer',
  503: 'Reeve is not ready',
}

/** The status of a code; where none is listed its last word decides, so that modules need not know HTTP. */
const STATUS: Record<string, number> = {
  'http/invalid': 400,
  'http/json': 400,
  'http/cursor': 400,
  'http/method': 405,
  'http/too-large': 413,
  'http/head-too-large': 431,
  'http/too-slow': 408,
  'http/malformed': 400,
  'http/media-type': 415,
  'http/not-found': 404,
  'http/not-ready': 503,
  'http/streams': 503,
  'finding/unknown': 404,
  'reach/unknown-key': 404,
  'past/nothing-read': 404,
  'past/ahead': 400,
  'http/host': 421,
  'http/origin': 403,
  'http/csrf': 403,
  'session/none': 401,
  'session/link': 401,
  'session/passkey': 401,
  'passkey/session': 403,
  'session/attempts': 429,
  'session/feed': 401,
  'http/too-often': 429,
  'access/role': 403,
  'access/scope': 403,
  'token/scope': 403,
  'source/refused': 422,
  'plan/no-grant': 409,
  'plan/not-approved': 409,
  'plan/expired': 409,
  'plan/undecided': 409,
  'plan/nothing': 409,
  'user/last-admin': 409,
  'assess/unknown': 409,
  'assess/not-asked': 409,
}
const BY_AREA: Record<string, number> = { query: 400, outbound: 502, store: 503 }
const BY_WORD: Record<string, number> = {
  unknown: 404,
  'not-found': 404,
  gone: 404,
  exists: 409,
  busy: 409,
  running: 409,
  conflict: 409,
  state: 409,
  'too-late': 409,
  'second-person': 403,
  invalid: 422,
  refused: 422,
}

export function statusOf(code: string): number {
  const [area = '', word = ''] = code.split('/')
  if (STATUS[code] !== undefined) return STATUS[code]
  if (/^no-|^none$/.test(word)) return 404
  if (/-exists$/.test(word)) return 409
  return BY_AREA[area] ?? BY_WORD[word] ?? 422
}

export function problemOf(error: unknown, instance: string, request: string): Problem {
  const known = error instanceof ReeveError ? error : fromFramework(error)
  if (!known) {
    return {
      type: 'about:blank',
      title: TITLES[500]!,
      status: 500,
      code: 'internal',
      detail: `something went wrong inside reeve; nothing was changed. The log has the cause under request ${request}.`,
      instance,
      request,
    }
  }
  const status = statusOf(known.code)
  const { fields, suggestion, permission, roles, ask } = known.fields as Partial<Problem>
  return {
    type: `urn:reeve:error:${known.code}`,
    title: TITLES[status] ?? 'It could not be done',
    status,
    code: known.code,
    detail: known.message,
    instance,
    request,
    ...(Array.isArray(fields) ? { fields } : {}),
    ...(typeof suggestion === 'string' ? { suggestion } : {}),
    ...(typeof permission === 'string' ? { permission } : {}),
    ...(Array.isArray(roles) ? { roles } : {}),
    ...(typeof ask === 'string' ? { ask } : {}),
  }
}

/** What the framework refuses before a route is asked, and what a database says that is not there or too slow. */
function fromFramework(error: unknown): ReeveError | null {
  const { code = '', statusCode } = error as { code?: string; statusCode?: number }
  if (code === '57014')
    return new ReeveError('store/timeout', 'the database did not answer in time; nothing was changed, try again')
  if (
    /^(08|57P|53)|^E(CONN|PIPE|NOENT)/.test(code) ||
    (error as Error)?.message === 'timeout exceeded when trying to connect'
  ) {
    return new ReeveError(
      'store/unavailable',
      'the database cannot be reached; nothing was changed, and reeve goes on by itself when it is back',
    )
  }
  // Characters that PostgreSQL has no place for.
  if (code === '22021' || code === '22P05')
    return new ReeveError('http/invalid', 'a text holds the character NUL, which cannot be kept; take it out')
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new ReeveError('http/too-large', 'the body is larger than this address takes')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new ReeveError('http/media-type', 'send the body as application/json, or a list as text/csv')
  if (statusCode === 403 || statusCode === 404 || code === 'FST_ERR_BAD_URL')
    return new ReeveError('http/not-found', 'this address leads nowhere')
  if (statusCode === 400) return new ReeveError('http/json', 'the body is not JSON, or not all of it arrived')
  return null
}
