/**
 * A server for the browser tests that answers an invented estate: every state a page can be in, hostile names among them.
 * Each answer is parsed by the schema of its screen, so it cannot drift from what the real server says.
 */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { z } from 'zod'
import * as read from '../src/read/index.ts'
import { estate } from './console-estate/index.ts'
import { person } from './console-estate/rows.ts'

/** Where the built console stands. */
export let dist = fileURLToPath(new URL('../ui/dist', import.meta.url))
export const serveFrom = (folder: string): void => {
  dist = folder
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
}

/** What a test may switch: the state that pages are shown in. */
export interface Mood {
  /** Nothing was read yet. */
  empty?: boolean
  /** Every listing came whole. */
  whole?: boolean
  /** Paths that begin so are refused with this code and status. */
  fails?: { path: string; status: number; code: string }
  role?: 'viewer' | 'owner' | 'operator' | 'admin'
  signedOut?: boolean
}

export interface ConsoleServer {
  url: string
  mood: Mood
  /** Requests that carried a body, or looked something up: `METHOD path body`. */
  heard: string[]
  close(): Promise<void>
}

const checked = <T extends z.ZodType>(schema: T, value: z.input<T>): z.output<T> => schema.parse(value)

export async function consoleServer(): Promise<ConsoleServer> {
  const server = { mood: {} as Mood, heard: [] as string[] }
  const http = createServer((request, response) => {
    answer(request, response, server).catch((error: unknown) => {
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end(JSON.stringify({ code: 'test/fixture', detail: String(error), status: 500 }))
    })
  })
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  return {
    ...server,
    get mood() {
      return server.mood
    },
    set mood(mood: Mood) {
      server.mood = mood
    },
    heard: server.heard,
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        http.closeAllConnections()
        http.close(() => done())
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  server: { mood: Mood; heard: string[] },
): Promise<void> {
  const url = new URL(request.url!, 'http://test')
  if (!url.pathname.startsWith('/v1/')) return file(url.pathname, request, response)
  let body = ''
  for await (const chunk of request) body += String(chunk)
  if (request.method !== 'GET' || url.pathname === '/v1/find')
    server.heard.push(`${request.method} ${url.pathname}${url.search} ${body}`.trim())
  if (url.pathname === '/v1/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...HEADERS })
    response.write(': here\n\n')
    return
  }
  const [status, value] = api(request.method!, url, body === '' ? {} : JSON.parse(body), server.mood)
  if (value === undefined) {
    response.writeHead(status, HEADERS).end()
    return
  }
  response
    .writeHead(status, {
      'content-type': status < 400 ? 'application/json' : 'application/problem+json',
      'cache-control': 'no-store',
      ...HEADERS,
    })
    .end(JSON.stringify(value))
}

function file(path: string, request: IncomingMessage, response: ServerResponse): void {
  let bytes: Buffer
  let type = TYPES[extname(path)]
  try {
    bytes = readFileSync(join(dist, path.includes('..') || !type ? 'index.html' : path))
  } catch {
    bytes = readFileSync(join(dist, 'index.html'))
    type = undefined
  }
  const zipped = request.headers['accept-encoding']?.includes('gzip') === true && extname(path) !== '.woff2'
  response
    .writeHead(200, {
      'content-type': type ?? TYPES['.html']!,
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
      ...HEADERS,
    })
    .end(zipped ? gzipSync(bytes) : bytes)
}

const problem = (status: number, code: string, detail: string, more: object = {}): [number, unknown] => [
  status,
  { type: 'about:blank', title: 'refused', status, code, detail, instance: '/', request: '7f2c', ...more },
]

function api(method: string, url: URL, body: Record<string, unknown>, mood: Mood): [number, unknown] {
  const path = url.pathname.slice(3)
  const of = estate(mood)
  const user = { id: 'u1', name: 'Noor Easton', role: mood.role ?? ('admin' as const), person: person(0).key }
  if (mood.signedOut && !(method === 'POST' && path === '/session'))
    return problem(401, 'session/none', 'sign in first')
  if (mood.fails && url.pathname.startsWith(mood.fails.path))
    return problem(mood.fails.status, mood.fails.code, 'the database did not answer within 5 seconds')
  const session = { user, csrf: 'c1', expires: '2026-11-25T00:00:00.000Z', by: 'session', scopes: null, liking: {} }
  if (path === '/session')
    return method === 'DELETE'
      ? [204, undefined]
      : body['link'] === 'link_of-a-day-long-gone'
        ? problem(401, 'session/link', 'this link does not sign in: it was used, or is older than an hour')
        : [method === 'POST' ? 201 : 200, session]
  if (method !== 'GET') return changed(method, path, body, of)
  const id = (start: string) => (path.startsWith(start) ? decodeURIComponent(path.slice(start.length)) : null)
  const q = url.searchParams.get('q') ?? ''
  switch (path) {
    case '/frame':
      return [200, checked(read.Frame, { ...of.frame, user })]
    case '/first-run':
      return [200, checked(read.FirstRun, of.firstRun)]
    case '/overview':
      return [200, checked(read.Overview, of.overview)]
    case '/plans/differences':
      return [200, checked(read.TagDifferences, { rows: [], total: 0, asOf: null })]
    case '/entities':
      if (q.includes('onwer'))
        return problem(400, 'query/unknown-field', '`onwer` is not a field. Did you mean `owner`?', {
          suggestion: 'owner',
        })
      return [200, checked(read.Inventory, of.inventory(url.searchParams))]
    case '/views':
    case '/bulk':
      return [200, { rows: [] }]
    case '/counts':
      return [
        200,
        checked(read.Counts, {
          rows: url.searchParams
            .getAll('q')
            .map((one) => ({ q: one, count: of.inventory(new URLSearchParams({ q: one })).total.count, says: null })),
        }),
      ]
    case '/facets':
      return [200, checked(read.Facets, of.facets(url.searchParams))]
    case '/owners':
      return [200, checked(read.OwnersPage, of.owners())]
    case '/owners/queue':
      return [200, checked(read.OwnersQueue, of.ownersQueue(url.searchParams))]
    case '/owners/people':
      return [200, checked(read.OwnersPeople, of.ownersPeople())]
    case '/teams':
      return [200, checked(read.Teams, of.ownersTeams())]
    case '/inbox':
      return [200, checked(read.Inbox, of.inbox())]
    case '/findings':
      return [200, checked(read.FindingsPage, of.findings(url.searchParams))]
    case '/find':
      return [200, checked(read.Found, of.find(q))]
    case '/connections':
      return [200, checked(read.Connections, of.connections)]
    case '/providers':
      return [200, { rows: of.providers.map((provider) => checked(read.ProviderPage, provider)) }]
    case '/rules':
      return [200, { rows: of.rules.map((page) => checked(read.RuleRow, page.rule)), broken: [] }]
    case '/audit':
      return [200, checked(read.AuditPage, of.audit)]
    case '/audit/proof':
      return [
        200,
        checked(read.AuditProof, {
          holds: true,
          entries: 48_211,
          at: '2026-11-24T06:00:00.000Z',
          by: 'reeve',
          broken: null,
        }),
      ]
    case '/tokens':
      return [200, { rows: of.tokens.map((token) => checked(read.TokenRow, token)) }]
    case '/passkeys':
      return [200, { rows: of.passkeys.map((one) => checked(read.PasskeyRow, one)) }]
    case '/sessions':
      return [200, { rows: of.sessions.map((one) => checked(read.SessionRow, one)) }]
    case '/settings/retention':
      return [200, checked(read.RetentionPage, of.retention)]
    case '/backups':
      return [200, checked(read.BackupsPage, of.backups)]
    case '/settings/outbound':
      return [200, checked(read.Outbound, of.outbound)]
    case '/users':
      return [200, { rows: of.users.map((one) => checked(read.UserRow, one)) }]
  }
  if (path.startsWith('/owners/people/')) return [200, checked(read.Leaving, of.leaving())]
  const found =
    (id('/entities/') !== null && of.card(id('/entities/')!)) ||
    (id('/findings/') !== null && of.finding(id('/findings/')!)) ||
    (id('/connections/') !== null && of.connection(id('/connections/')!)) ||
    (id('/providers/') !== null && of.providers.find((provider) => provider.id === id('/providers/'))) ||
    (id('/rules/') !== null && of.rules.find((page) => page.rule.id === id('/rules/')))
  return found ? [200, found] : problem(404, 'http/not-found', 'there is nothing here')
}

function changed(
  method: string,
  path: string,
  body: Record<string, unknown>,
  of: ReturnType<typeof estate>,
): [number, unknown] {
  if (path === '/find/secret')
    return [200, checked(read.Found, { ...of.find('nothing of this kind'), recognised: 'secret value' })]
  if (path === '/connections/test') {
    const failed = JSON.stringify(body).includes('nowhere')
    return [
      200,
      checked(
        read.TestResult,
        failed
          ? {
              ok: false,
              label: null,
              error: {
                code: 'source/unreachable',
                message: 'nowhere:5432 does not answer; is the name right and the port open from here?',
                permission: null,
              },
            }
          : { ok: true, label: 'orders-db:5432', error: null },
      ),
    ]
  }
  if (path === '/connections') return [201, of.connection('postgres-orders')]
  if (path === '/tokens') return [201, { id: 't9', value: 'reeve_shown-once', expires: '2027-02-22T00:00:00.000Z' }]
  if (path === '/users')
    return [201, { id: 'u9', link: '/sign-in#link_shown-once-to-a-new-person', expires: '2026-11-24T10:00:00.000Z' }]
  if (path.endsWith('/owner') || path.includes('/labels/')) return [200, { undo: 'undo-1' }]
  if (path.startsWith('/findings/')) return [200, of.finding(decodeURIComponent(path.split('/')[2]!))]
  if (path.endsWith('/runs') || path === '/first-run/read') return [202, { run: 'run-1', connection: 'host-ops-02' }]
  return [method === 'DELETE' ? 204 : 202, method === 'DELETE' ? undefined : {}]
}
