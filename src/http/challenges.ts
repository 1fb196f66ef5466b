import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Clock, Db } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'
import { digest, later } from './accounts.ts'

const MINUTES = 5
/** Anybody may ask for one: so many wait at once, and no more. */
const MOST = 10_000

/** Something random for a browser to sign. Without an account it is for signing in. */
export async function issueChallenge(db: Db, clock: Clock, account: string | null): Promise<string> {
  const value = randomBytes(32).toString('base64url')
  await sql`delete from http.challenge where expires <= ${clock.now()}`.execute(db)
  const { rows } = await sql`insert into http.challenge (hash, account, expires)
    select ${digest(value)}, ${account}, ${later(clock, MINUTES * 60_000)} where (select count(*) from http.challenge) < ${MOST} returning 1`.execute(
    db,
  )
  if (rows.length === 0)
    throw new ReeveError('session/attempts', 'too many sign-ins have begun and not ended; try again in 5 minutes', {
      fields: { after: MINUTES * 60 },
    })
  return value
}

/** True once, for whom it was issued, and while it is fresh. */
export async function redeemChallenge(db: Db, clock: Clock, value: string, account: string | null): Promise<boolean> {
  const { rows } = await sql`delete from http.challenge
    where hash = ${digest(value)} and account is not distinct from ${account} and expires > ${clock.now()} returning 1`.execute(
    db,
  )
  return rows.length > 0
}
