import { sql } from 'kysely'
import { z } from 'zod'
import { Scope, TokenRow } from '../read/index.ts'
import { Instant } from '../sdk/index.ts'
import { createToken, revokeToken } from './accounts.ts'
import { route } from './route.ts'

export const tokenRoutes = [
  route({
    method: 'GET',
    path: '/v1/tokens',
    can: 'own',
    says: 'The caller’s API tokens, everybody’s for an admin; never their values.',
    answers: z.object({ rows: z.array(TokenRow) }),
    async handle({ app, caller }) {
      const { rows } = await sql<Record<string, any>>`
        select t.id, t.name, a.name as user, t.scopes, t.prefix, t.created, t.expires, t.last_used, t.revoked
        from http.token t join http.account a on a.id = t.account
        where t.account = ${caller.id} or ${caller.role === 'admin'} order by t.created desc, t.id limit 500`.execute(
        app.db,
      )
      const at = (date: Date | null): string | null => date?.toISOString() ?? null
      return {
        rows: rows.map((row) => ({
          ...(row as TokenRow),
          created: row['created'].toISOString(),
          expires: at(row['expires']),
          lastUsed: at(row['last_used']),
          revoked: at(row['revoked']),
        })),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/tokens',
    can: 'own',
    says: 'Makes an API token. Its value is in this answer and nowhere else.',
    body: z.strictObject({
      name: z.string().trim().min(1).max(200),
      scopes: z.array(Scope).min(1).max(3),
      days: z.number().int().min(1).max(365).default(90),
    }),
    answers: z.object({ id: z.string(), value: z.string(), expires: Instant }),
    status: 201,
    async handle({ app, caller, body }) {
      const token = await createToken(app.db, app.clock, caller, { ...body, scopes: [...new Set(body.scopes)] })
      return { ...token, expires: token.expires.toISOString() }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/tokens/{id}',
    can: 'own',
    says: 'Revokes a token at once.',
    params: z.object({ id: z.string().max(100) }),
    handle: ({ app, caller, params }) => revokeToken(app.db, app.clock, caller, params.id),
  }),
]
