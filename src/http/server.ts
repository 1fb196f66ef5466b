import { randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { Rolls } from '../read/index.ts'
import { codeOf, ReeveError } from '../sdk/index.ts'
import { startAccessDesk } from './access-desk.ts'
import { adminToAsk, callerOfSession, callerOfToken, sameText } from './accounts.ts'
import { Announcements } from './announcements.ts'
import type { App, Serving } from './app.ts'
import { serveConsole } from './console.ts'
import { guard } from './guard.ts'
import { type Caller, type Can, LOCAL, refusalOf } from './may.ts'
import { measure } from './measure.ts'
import { Pasts } from './past.ts'
import { problemOf } from './problem.ts'
import { type Route, statusOn } from './route.ts'
import { routes } from './routes.ts'
import { COOKIE } from './session.ts'
import { answerUnread } from './unread.ts'

const CLOSING_MS = 8_000
const newRequestId = (): string => randomBytes(6).toString('hex')
const CAN: readonly Can[] = ['anyone', 'see', 'own', 'oversee', 'answer', 'operate', 'administer']

export interface Server {
  /** Begins to listen; the address is that of the configuration, with the port that was given. */
  listen(): Promise<{ url: string; port: number }>
  /** Answers what was asked, ends streams, and closes within ten seconds. */
  close(): Promise<void>
}

/** Throws `http/no-can` for a route that does not say who may. */
export async function createServer(app: App, list: readonly Route[] = routes): Promise<Server> {
  const fastify = Fastify({
    logger: false,
    bodyLimit: 1_048_576,
    requestTimeout: 30_000,
    genReqId: newRequestId,
    clientErrorHandler: (error, socket) => answerUnread(error, socket, newRequestId(), app.log),
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 8_192, ignoreTrailingSlash: true },
  })
  fastify.setErrorHandler((error, request, reply) => failed(app, error, request, reply))
  await fastify.register(cookie)
  guard(fastify, app)
  measure(fastify)
  const closing = new AbortController()
  const announcements = new Announcements(app)
  const pasts = new Pasts(app)
  const access = app.access ?? startAccessDesk({ url: app.databaseUrl })
  const serving: Serving = {
    ...app,
    asOf: null,
    access,
    rolls: new Rolls(app.db, app.clock, app.log),
    pasts,
    announcements,
  }
  for (const one of list) {
    if (one.takes === undefined) add(fastify, serving, one, closing.signal)
    else fastify.register(async (scope) => addStreaming(scope, serving, one, closing.signal))
  }
  addOptions(fastify, list)
  await serveConsole(fastify, app, list)
  return {
    async listen() {
      await fastify.listen({ host: app.host, port: app.port })
      const address = fastify.server.address()
      const port = typeof address === 'object' && address ? address.port : app.port
      const host = app.host.includes(':') ? `[${app.host}]` : app.host
      return { url: `http://${host}:${port}`, port }
    },
    async close() {
      closing.abort()
      const hurry = setTimeout(() => fastify.server.closeAllConnections(), CLOSING_MS)
      await Promise.all([fastify.close(), announcements.close()])
      await pasts.close()
      if (app.access === undefined) await access.stop()
      clearTimeout(hurry)
    },
  }
}

function add(fastify: FastifyInstance, app: Serving, one: Route, closing: AbortSignal): void {
  if (!CAN.includes(one.can))
    throw new ReeveError('http/no-can', `${one.method} ${one.path} does not say who may: give it \`can\``)
  fastify.route({
    method: one.method,
    url: one.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    exposeHeadRoute: one.method === 'GET' && one.streams === undefined,
    ...(one.bodyLimit ? { bodyLimit: one.bodyLimit } : {}),
    config: { path: one.path, ...(one.dialect && { dialect: one.dialect }) },
    // Before the body is read: who may not is not listened to.
    onRequest: async (request, reply) => {
      const id = request.headers['x-request-id']
      if (one.dialect && typeof id === 'string' && id.length <= 200) reply.header('x-request-id', id)
      request.caller = one.can === 'anyone' ? null : await callerOf(app, one, request)
    },
    handler: async (request, reply) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const query = read(one.query, request.query, 'query')
      const asOf = (query as { 'as-of'?: unknown } | undefined)?.['as-of']
      const answer = await one.handle({
        app: asOf instanceof Date ? await app.pasts.at(app, asOf) : app,
        caller: request.caller as Caller,
        params: read(one.params, request.params, 'params'),
        query,
        body: read(one.body, request.body, 'body'),
        from: request.ip,
        signal: AbortSignal.any([gone.signal, closing]),
        reply,
      })
      if (reply.sent) return reply
      reply.code(statusOn(one)).header('cache-control', 'no-store')
      if (one.streams) return reply.type(one.streams).send(answer)
      if (!one.answers) return reply.send()
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(one.answers.parse(answer)))
    },
  })
}

/** A route whose body is read by whoever handles it, as it comes. */
function addStreaming(scope: FastifyInstance, app: Serving, one: Route, closing: AbortSignal): void {
  scope.addContentTypeParser(one.takes!, (_, payload, done) => done(null, payload))
  add(scope, app, one, closing)
}

async function callerOf(app: App, one: Route, request: FastifyRequest): Promise<Caller> {
  const bearer = /^Bearer (reeve_[\w-]{20,100})$/.exec(request.headers.authorization ?? '')?.[1]
  const session = request.cookies[COOKIE]
  const caller = bearer
    ? (localCaller(app, bearer) ?? (await callerOfToken(app.db, app.clock, bearer)))
    : session
      ? await callerOfSession(app.db, app.clock, session)
      : null
  if (!caller)
    throw new ReeveError(
      'session/none',
      'sign in with a one-time link, or send an API token as `Authorization: Bearer reeve_…`',
    )
  if (
    one.method !== 'GET' &&
    caller.csrf !== null &&
    !sameText(String(request.headers['x-reeve-csrf'] ?? ''), caller.csrf)
  ) {
    throw new ReeveError(
      'http/csrf',
      'a change from a browser repeats `csrf` of /v1/session in the header X-Reeve-CSRF',
    )
  }
  const refusal = refusalOf(one.can as Exclude<Can, 'anyone'>, caller)
  if (refusal?.why === 'role') {
    const ask = await adminToAsk(app.db)
    throw new ReeveError(
      'access/role',
      `this wants the role ${refusal.roles.join(' or ')}; you are ${caller.role}. Ask ${ask ?? 'an admin'}.`,
      { fields: { roles: refusal.roles, ...(ask === null ? {} : { ask }) } },
    )
  }
  if (refusal) throw new ReeveError('access/scope', `this token has not the scope \`${refusal.scope}\` that this wants`)
  return caller
}

/** The command line on this machine: whoever can read the data folder is the admin of what is in it. */
function localCaller(app: App, bearer: string): Caller | null {
  if (app.localToken === undefined || !sameText(bearer, app.localToken)) return null
  return {
    id: LOCAL,
    actor: 'command line',
    name: 'command line',
    role: 'admin',
    scopes: null,
    csrf: null,
    hash: Buffer.alloc(0),
    expires: null,
  }
}

function read<T>(schema: z.ZodType<T> | undefined, input: unknown, part: string): T {
  if (!schema) return undefined as T
  const result = schema.safeParse(input === undefined ? {} : input)
  if (result.success) return result.data
  const fields = result.error.issues
    .slice(0, 20)
    .map((issue) => ({ path: [part, ...issue.path.map(String)].join('.'), says: issue.message }))
  throw new ReeveError(
    'http/invalid',
    `the request is not as described: ${fields.map(({ path, says }) => `${path}: ${says}`).join('; ')}`,
    { fields: { fields } },
  )
}

function addOptions(fastify: FastifyInstance, list: readonly Route[]): void {
  for (const [path, methods] of Map.groupBy(list, (one) => one.path)) {
    const allow = allowed(methods)
    fastify.options(path.replaceAll(/\{(\w+)\}/g, ':$1'), async (_, reply) =>
      reply.code(204).header('allow', allow).send(),
    )
  }
}

export const allowed = (list: readonly Route[]): string =>
  [
    ...new Set(list.flatMap((one) => (one.method === 'GET' && !one.streams ? ['GET', 'HEAD'] : [one.method]))),
    'OPTIONS',
  ].join(', ')

function failed(app: App, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error, request.url.split('?')[0]!, request.id)
  if (problem.status === 415) problem.status = request.routeOptions.config.dialect ? 400 : 415
  if (problem.status >= 500)
    app.log.error(
      { request: request.id, path: request.url.split('?')[0], code: codeOf(error), err: error },
      'request failed',
    )
  const after = error instanceof ReeveError && error.fields['after']
  if (typeof after === 'number') reply.header('retry-after', String(after))
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem))
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
  interface FastifyContextConfig {
    path?: string
    dialect?: 'authzen'
  }
}
