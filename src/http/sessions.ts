/** Where somebody is signed in, and ending it. */
import { sql } from 'kysely'
import { z } from 'zod'
import { audit, type Db } from '../platform/index.ts'
import { SessionRow } from '../read/index.ts'
import { ReeveError } from '../sdk/index.ts'
import type { Caller } from './may.ts'
import { route } from './route.ts'

const One = z.object({ id: z.string().min(1).max(100) })

export async function endSession(db: Db, caller: Caller): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`delete from http.session where hash = ${caller.hash}`.execute(tx)
    await audit.record(tx, { actor: caller.actor, action: 'session.end', subject: `user:${caller.id}` })
  })
}

/** Ends the sessions of an account, all of them or one by its id; how many there were. */
export async function endSessions(
  db: Db,
  caller: Caller,
  { account, id, but }: { account: string; id?: string; but?: Buffer },
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`delete from http.session where account = ${account}
      and (${id ?? null}::text is null or id = ${id ?? null}) and hash is distinct from ${but ?? null} returning id`.execute(
      tx,
    )
    if (rows.length > 0)
      await audit.record(tx, {
        actor: caller.actor,
        action: 'session.end',
        subject: `user:${account}`,
        after: { ended: rows.length },
      })
    return rows.length
  })
}

export const sessionListRoutes = [
  route({
    method: 'GET',
    path: '/v1/sessions',
    can: 'own',
    says: 'Where the caller is signed in.',
    answers: z.object({ rows: z.array(SessionRow) }),
    async handle({ app, caller }) {
      const { rows } = await sql<{
        id: string
        means: 'link' | 'passkey'
        agent: string | null
        created: Date
        last_seen: Date
        expires: Date
        here: boolean
      }>`select id, means, agent, created, last_seen, expires, hash = ${caller.hash} as here from http.session
        where account = ${caller.id} and expires > ${app.clock.now()} order by hash = ${caller.hash} desc, last_seen desc limit 200`.execute(
        app.db,
      )
      return {
        rows: rows.map(({ created, last_seen, expires, ...row }) => ({
          ...row,
          created: created.toISOString(),
          lastSeen: last_seen.toISOString(),
          expires: expires.toISOString(),
        })),
      }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/sessions',
    can: 'own',
    says: 'Signs the caller out everywhere but here.',
    async handle({ app, caller }) {
      await endSessions(app.db, caller, { account: caller.id, but: caller.hash })
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/sessions/{id}',
    can: 'own',
    says: 'Signs the caller out of one browser.',
    params: One,
    async handle({ app, caller, params }) {
      if ((await endSessions(app.db, caller, { account: caller.id, id: params.id })) === 0)
        throw new ReeveError('session/unknown', 'you are not signed in there: it may have ended meanwhile')
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/{id}/sessions',
    can: 'administer',
    says: 'Signs somebody out everywhere; they may sign in again.',
    params: One,
    async handle({ app, caller, params }) {
      const { rows } = await sql`select 1 from http.account where id = ${params.id}`.execute(app.db)
      if (rows.length === 0) throw new ReeveError('user/unknown', `there is no user ${params.id}`)
      await endSessions(app.db, caller, {
        account: params.id,
        ...(params.id === caller.id ? { but: caller.hash } : {}),
      })
    },
  }),
]
