import { sql } from 'kysely'
import { z } from 'zod'
import { Role, UserRow } from '../read/index.ts'
import { Instant, ReeveError } from '../sdk/index.ts'
import { createUser, issueLink, updateUser } from './accounts.ts'
import { route } from './route.ts'

const One = z.object({ id: z.string().max(100) })
/** A path with the secret in its fragment: give it to the person, on the address they reach Reeve by. */
const Link = z.object({ link: z.string(), expires: Instant })
const Name = z.string().trim().min(1).max(200)

export const userRoutes = [
  route({
    method: 'GET',
    path: '/v1/users',
    can: 'administer',
    says: 'Who may sign in.',
    answers: z.object({ rows: z.array(UserRow) }),
    async handle({ app }) {
      const { rows } = await sql<{
        id: string
        name: string
        email: string | null
        role: Role
        created: Date
        last_seen: Date | null
        disabled: Date | null
        sessions: number
        passkeys: number
      }>`
        select id, name, email, role, created, last_seen, disabled,
          (select count(*)::int from http.session s where s.account = a.id and s.expires > ${app.clock.now()}) as sessions,
          (select count(*)::int from http.passkey p where p.account = a.id) as passkeys
        from http.account a order by name, id limit 5000`.execute(app.db)
      return {
        rows: rows.map(({ last_seen, ...row }) => ({
          ...row,
          created: row.created.toISOString(),
          lastSeen: last_seen?.toISOString() ?? null,
          disabled: row.disabled !== null,
        })),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/users',
    can: 'administer',
    says: 'Makes a user and answers the one-time link by which they sign in first.',
    body: z.strictObject({ name: Name, email: z.email().max(320).optional(), role: Role }),
    answers: Link.extend({ id: z.string() }),
    status: 201,
    async handle({ app, caller, body }) {
      const id = await createUser(app.db, app.clock, caller, body)
      const link = await issueLink(app.db, app.clock, { account: id, by: caller.actor })
      return { id, link: link.path, expires: link.expires.toISOString() }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/users/{id}/link',
    can: 'administer',
    says: 'A new one-time link for the user; earlier ones are void.',
    params: One,
    answers: Link,
    status: 201,
    async handle({ app, caller, params }) {
      const { rows } = await sql`select 1 from http.account where id = ${params.id} and disabled is null`.execute(
        app.db,
      )
      if (rows.length === 0) throw new ReeveError('user/unknown', `there is no user ${params.id} who may sign in`)
      const link = await issueLink(app.db, app.clock, { account: params.id, by: caller.actor })
      return { link: link.path, expires: link.expires.toISOString() }
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/users/{id}',
    can: 'administer',
    says: 'Changes name or role, or disables: sessions end and tokens die at once.',
    params: One,
    body: z.strictObject({ name: Name.optional(), role: Role.optional(), disabled: z.boolean().optional() }),
    handle: ({ app, caller, params, body }) => updateUser(app.db, app.clock, caller, params.id, body),
  }),
]
