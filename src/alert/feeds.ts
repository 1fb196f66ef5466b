/** Secret addresses of calendars: each belongs to an account, says what that account may see, and is kept as a digest alone. */
import { hash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { audit, type Db } from '../platform/index.ts'
import { type Instant, ReeveError } from '../sdk/index.ts'

export interface Feed {
  id: string
  name: string
  mine: boolean
  created: Instant
  lastUsed: Instant | null
}

interface Maker {
  db: Db
  clock: { now(): Date }
}

const MOST_FEEDS = 20
const digestOf = (token: string): Buffer => hash('sha256', token, 'buffer')

/** The token is in this answer and nowhere else. */
export async function addFeed(
  { db, clock }: Maker,
  given: { account: string; name: string; mine: boolean; actor: string },
): Promise<{ id: string; token: string }> {
  const token = `feed_${randomBytes(32).toString('base64url')}`
  const id = randomBytes(9).toString('base64url')
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{
      count: number
    }>`select count(*)::int as count from alert.feed where account = ${given.account} and revoked is null`.execute(tx)
    if (rows[0]!.count >= MOST_FEEDS)
      throw new ReeveError(
        'alert/too-many-feeds',
        `making a calendar address: there are ${MOST_FEEDS} already; end one that is not used`,
      )
    await sql`insert into alert.feed (id, hash, account, mine, name, created)
      values (${id}, ${digestOf(token)}, ${given.account}, ${given.mine}, ${given.name}, ${clock.now()})`.execute(tx)
    await audit.record(tx, {
      actor: given.actor,
      action: 'feed.add',
      subject: id,
      after: { name: given.name, mine: given.mine },
    })
  })
  return { id, token }
}

export async function listFeeds(db: Db, account: string): Promise<Feed[]> {
  const { rows } = await sql<{ id: string; name: string; mine: boolean; created: Date; last_used: Date | null }>`
    select id, name, mine, created, last_used from alert.feed where account = ${account} and revoked is null order by created desc, id`.execute(
    db,
  )
  return rows.map(({ id, name, mine, created, last_used }) => ({
    id,
    name,
    mine,
    created: created.toISOString(),
    lastUsed: last_used?.toISOString() ?? null,
  }))
}

/** Throws `alert/no-feed`. */
export async function revokeFeed(
  { db, clock }: Maker,
  given: { id: string; account: string; actor: string },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{
      name: string
    }>`update alert.feed set revoked = ${clock.now()} where id = ${given.id} and account = ${given.account} and revoked is null
      returning name`.execute(tx)
    if (!rows[0])
      throw new ReeveError(
        'alert/no-feed',
        `ending a calendar address: there is none ${given.id.slice(0, 40)} of yours`,
      )
    await audit.record(tx, { actor: given.actor, action: 'feed.revoke', subject: given.id, before: rows[0] })
  })
}

/** Whose calendar the token opens, and what is in it; null for one that does not open any. */
export async function openFeed(
  { db, clock }: Maker,
  token: string,
): Promise<{ id: string; account: string; mine: boolean } | null> {
  if (!/^feed_[\w-]{43}$/.test(token)) return null
  const { rows } = await sql<{ id: string; account: string; mine: boolean }>`
    update alert.feed set last_used = ${clock.now()} where hash = ${digestOf(token)} and revoked is null returning id, account, mine`.execute(
    db,
  )
  return rows[0] ?? null
}
