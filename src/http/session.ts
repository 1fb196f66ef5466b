import { z } from 'zod'
import { Role, Scope } from '../read/index.ts'
import { Instant, ReeveError } from '../sdk/index.ts'
import { endSession, redeemLink } from './accounts.ts'
import { attempts } from './attempts.ts'
import { route } from './route.ts'

export const COOKIE = 'reeve_session'

const SessionAnswer = z.object({
  user: z.object({ id: z.string(), name: z.string(), role: Role }),
  /** To repeat in `X-Reeve-CSRF`; null for tokens, which need none. */
  csrf: z.string().nullable(),
  expires: Instant.nullable(),
  by: z.enum(['session', 'token']),
  /** Null for a session: all that its role has. */
  scopes: z.array(Scope).nullable(),
})

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
    async handle({ app, body, from, reply }) {
      const attempt = attempts(app.clock, from)
      const session = await redeemLink(app.db, app.clock, body.link, body.name).catch((error) => {
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
        by: 'session' as const,
        scopes: null,
      }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/session',
    can: 'see',
    says: 'Who asks, and what a change must repeat in `X-Reeve-CSRF`.',
    answers: SessionAnswer,
    handle: ({ caller }) => ({
      user: { id: caller.id, name: caller.name, role: caller.role },
      csrf: caller.csrf,
      expires: caller.expires?.toISOString() ?? null,
      by: caller.scopes ? ('token' as const) : ('session' as const),
      scopes: caller.scopes ? [...caller.scopes] : null,
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
]
