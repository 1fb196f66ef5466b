import type { FastifyReply } from 'fastify'
import { sql } from 'kysely'
import { z } from 'zod'
import { Liking, Role, Scope } from '../read/index.ts'
import { Instant, ReeveError } from '../sdk/index.ts'
import { redeemLink, type Session } from './accounts.ts'
import type { App } from './app.ts'
import { attempts } from './attempts.ts'
import { route } from './route.ts'
import { endSession } from './sessions.ts'

export const COOKIE = 'reeve_session'

export const SessionAnswer = z.object({
  user: z.object({ id: z.string(), name: z.string(), role: Role }),
  /** To repeat in `X-Reeve-CSRF`; null for tokens, which need none. */
  csrf: z.string().nullable(),
  expires: Instant.nullable(),
  by: z.enum(['session', 'token']),
  /** Null for a session: all that its role has. */
  scopes: z.array(Scope).nullable(),
  /** How the console looks for this person, wherever they sign in. */
  liking: Liking,
})

/** Counts the tries of an address, and sets the cookie of who is let in. */
export async function letIn(
  { app, from, reply }: { app: App; from: string; reply: FastifyReply },
  enter: (agent: string | null) => Promise<Session>,
): Promise<z.input<typeof SessionAnswer>> {
  const attempt = attempts(app.clock, from)
  const session = await enter(reply.request.headers['user-agent'] ?? null).catch((error) => {
    attempt.failed()
    throw error
  })
  attempt.succeeded()
  reply.setCookie(COOKIE, session.secret, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: app.secure === true,
    expires: session.expires,
  })
  return {
    user: session.user,
    csrf: session.csrf,
    expires: session.expires.toISOString(),
    by: 'session',
    scopes: null,
    liking: await likingOf(app, session.user.id),
  }
}

async function likingOf({ db }: App, account: string): Promise<Liking> {
  const { rows } = await sql<{ liking: Liking }>`select liking from http.account where id = ${account}`.execute(db)
  return Liking.safeParse(rows[0]?.liking).data ?? {}
}

export const sessionRoutes = [
  route({
    method: 'POST',
    path: '/v1/session',
    can: 'anyone',
    says: 'Signs in with a one-time link and sets the session cookie.',
    body: z.strictObject({
      link: z.string().min(20).max(200).describe('the fragment of the one-time link: `link_…`'),
      name: z.string().trim().min(1).max(200).optional().describe('what the first admin is called'),
    }),
    answers: SessionAnswer,
    status: 201,
    bodyLimit: 4_096,
    handle: ({ app, body, from, reply }) =>
      letIn({ app, from, reply }, (agent) => redeemLink(app.db, app.clock, body.link, { name: body.name, agent })),
  }),
  route({
    method: 'GET',
    path: '/v1/session',
    can: 'see',
    says: 'Who asks, and what a change must repeat in `X-Reeve-CSRF`.',
    answers: SessionAnswer,
    handle: async ({ app, caller }) => ({
      user: { id: caller.id, name: caller.name, role: caller.role },
      csrf: caller.csrf,
      expires: caller.expires?.toISOString() ?? null,
      by: caller.scopes ? ('token' as const) : ('session' as const),
      scopes: caller.scopes ? [...caller.scopes] : null,
      liking: await likingOf(app, caller.id),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/session',
    can: 'see',
    says: 'Signs out of this browser.',
    async handle({ app, caller, reply }) {
      if (caller.scopes)
        throw new ReeveError('session/token', 'a token has no session to end: revoke it at /v1/tokens/{id}')
      await endSession(app.db, caller)
      reply.clearCookie(COOKIE, { path: '/' })
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/session/liking',
    can: 'own',
    says: 'Keeps how the console looks and listens for the caller, wherever they sign in.',
    body: Liking,
    async handle({ app, caller, body }) {
      await sql`update http.account set liking = liking || ${JSON.stringify(body)}::jsonb where id = ${caller.id}`.execute(
        app.db,
      )
    },
  }),
]
