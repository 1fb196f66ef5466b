import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import type { Clock, Db } from '../platform/index.ts'
import { audit } from '../platform/index.ts'
import type { Role, Scope } from '../read/index.ts'
import { ReeveError } from '../sdk/index.ts'
import { type Caller, LOCAL } from './may.ts'

export const LINK_HOURS = 1
const SESSION_DAYS = 7
const SESSION_IDLE_HOURS = 24
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** All four secrets are 256 random bits: a plain digest is as good as a slow one, and looked up by index. */
const secret = (head: string): string => `${head}${randomBytes(32).toString('base64url')}`
export const digest = (value: string): Buffer => createHash('sha256').update(value).digest()
export const newId = (): string => randomBytes(9).toString('base64url').replaceAll(/[-_]/g, 'x')
export const later = (clock: Clock, milliseconds: number): Date => new Date(clock.now().getTime() + milliseconds)

export const sameText = (a: string, b: string): boolean => {
  const [left, right] = [digest(a), digest(b)]
  return timingSafeEqual(left, right)
}

export interface Link {
  secret: string
  /** `/sign-in#link_…`: to be put behind the address of the server. */
  path: string
  expires: Date
}

/**
 * A link that signs in as the account, or makes the first admin when there is none. It voids the account's earlier links. The
 * secret is in the fragment, which no browser sends and no log keeps.
 */
export async function issueLink(
  db: Db,
  clock: Clock,
  { account, by }: { account: string | null; by: string },
): Promise<Link> {
  const value = secret('link_')
  const expires = later(clock, LINK_HOURS * HOUR)
  await db.transaction().execute(async (tx) => {
    await sql`update http.link set used = ${clock.now()} where used is null and account is not distinct from ${account}`.execute(
      tx,
    )
    await sql`insert into http.link (hash, account, issued_by, created, expires)
      values (${digest(value)}, ${account}, ${by}, ${clock.now()}, ${expires})`.execute(tx)
    await audit.record(tx, {
      actor: by,
      action: 'link.issue',
      subject: account === null ? 'user:first-admin' : `user:${account}`,
    })
  })
  return { secret: value, path: `/sign-in#${value}`, expires }
}

/** For `reeve up`: a link when nobody can sign in yet, else null. */
export async function firstAdminLink(db: Db, clock: Clock): Promise<Link | null> {
  const { rows } = await sql`select 1 from http.account where disabled is null limit 1`.execute(db)
  return rows.length > 0 ? null : adminLink(db, clock)
}

/** For `reeve admin-link`, where whoever owns the data directory is the admin: signs in as the first admin there is, or makes one. */
export async function adminLink(db: Db, clock: Clock): Promise<Link> {
  const { rows } = await sql<{ id: string }>`
    select id from http.account where role = 'admin' and disabled is null order by created limit 1`.execute(db)
  return issueLink(db, clock, { account: rows[0]?.id ?? null, by: 'command line' })
}

export interface Session {
  secret: string
  csrf: string
  expires: Date
  user: { id: string; name: string; role: Role }
}

/** How somebody signs in: by what, and what their browser calls itself. */
export interface Entrance {
  means: 'link' | 'passkey'
  agent: string | null
}

/** Uses the link up. Throws `session/link` for one that is unknown, used or too old: which of them is not said. */
export async function redeemLink(
  db: Db,
  clock: Clock,
  value: string,
  { name, agent = null }: { name?: string | undefined; agent?: string | null } = {},
): Promise<Session> {
  const now = clock.now()
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ account: string | null }>`
      update http.link set used = ${now} where hash = ${digest(value)} and used is null and expires > ${now}
      returning account`.execute(tx)
    const user =
      rows[0] &&
      (rows[0].account === null ? await firstAdmin(tx, clock, name) : await activeAccount(tx, rows[0].account))
    if (!user)
      throw new ReeveError(
        'session/link',
        'this link does not sign in: it was used, or is older than an hour; ask for another, or run `reeve admin-link`',
      )
    return startSession(tx, clock, user, { means: 'link', agent })
  })
}

async function firstAdmin(tx: Db, clock: Clock, name: string | undefined): Promise<Session['user']> {
  const user = { id: newId(), name: name ?? 'Admin', role: 'admin' as const }
  await sql`insert into http.account (id, name, role, created) values (${user.id}, ${user.name}, 'admin', ${clock.now()})`.execute(
    tx,
  )
  await audit.record(tx, {
    actor: `user:${user.id}`,
    action: 'user.create',
    subject: `user:${user.id}`,
    after: { name: user.name, role: user.role },
  })
  return user
}

export async function activeAccount(tx: Db, id: string): Promise<Session['user'] | undefined> {
  const { rows } = await sql<Session['user']>`
    select id, name, role from http.account where id = ${id} and disabled is null`.execute(tx)
  return rows[0]
}

export async function startSession(
  tx: Db,
  clock: Clock,
  user: Session['user'],
  { means, agent }: Entrance,
): Promise<Session> {
  const session = {
    secret: secret(''),
    csrf: randomBytes(24).toString('base64url'),
    expires: later(clock, SESSION_DAYS * DAY),
    user,
  }
  await sql`delete from http.session where expires < ${clock.now()}`.execute(tx)
  await sql`insert into http.session (hash, account, csrf, created, expires, last_seen, means, agent)
    values (${digest(session.secret)}, ${user.id}, ${session.csrf}, ${clock.now()}, ${session.expires}, ${clock.now()}, ${means}, ${agent?.slice(0, 300) ?? null})`.execute(
    tx,
  )
  await audit.record(tx, {
    actor: `user:${user.id}`,
    action: 'session.start',
    subject: `user:${user.id}`,
    after: { means },
  })
  return session
}

export async function callerOfSession(db: Db, clock: Clock, value: string): Promise<Caller | null> {
  const now = clock.now()
  const { rows } = await sql<Caller & { last_seen: Date }>`
    select a.id, 'user:' || a.id as actor, a.name, a.role, null as scopes, s.csrf, s.hash, s.expires, s.last_seen
    from http.session s join http.account a on a.id = s.account
    where s.hash = ${digest(value)} and s.expires > ${now} and s.last_seen > ${new Date(now.getTime() - SESSION_IDLE_HOURS * HOUR)}
      and a.disabled is null`.execute(db)
  const found = rows[0]
  if (!found) return null
  const { last_seen, ...caller } = found
  if (now.getTime() - last_seen.getTime() > 60_000) {
    await sql`with seen as (update http.session set last_seen = ${now} where hash = ${caller.hash})
      update http.account set last_seen = ${now} where id = ${caller.id}`.execute(db)
  }
  return caller
}

export async function callerOfToken(db: Db, clock: Clock, value: string): Promise<Caller | null> {
  const now = clock.now()
  const { rows } = await sql<Caller & { last_used: Date | null }>`
    select a.id, 'token:' || t.id as actor, a.name, a.role, t.scopes, null as csrf, t.hash, t.expires, t.last_used
    from http.token t join http.account a on a.id = t.account
    where t.hash = ${digest(value)} and t.revoked is null and (t.expires is null or t.expires > ${now}) and a.disabled is null`.execute(
    db,
  )
  const found = rows[0]
  if (!found) return null
  const { last_used, ...caller } = found
  if (!last_used || now.getTime() - last_used.getTime() > 60_000) {
    await sql`update http.token set last_used = ${now} where hash = ${caller.hash}`.execute(db)
  }
  return caller
}

/** Is the session or token with which a stream began still good? */
export async function stillValid(db: Db, clock: Clock, caller: Caller): Promise<boolean> {
  const { rows } = await sql`
    select 1 from http.account a where a.id = ${caller.id} and a.disabled is null and (
      exists (select from http.session s where s.hash = ${caller.hash} and s.expires > ${clock.now()})
      or exists (select from http.token t where t.hash = ${caller.hash} and t.revoked is null and (t.expires is null or t.expires > ${clock.now()})))`.execute(
    db,
  )
  return rows.length > 0
}

export async function createToken(
  db: Db,
  clock: Clock,
  caller: Caller,
  { name, scopes, days }: { name: string; scopes: readonly Scope[]; days: number },
): Promise<{ id: string; value: string; expires: Date }> {
  const more = caller.scopes && scopes.find((scope) => !caller.scopes!.includes(scope))
  if (more)
    throw new ReeveError('token/scope', `a token cannot make another with the scope \`${more}\`, which it has not`)
  if (caller.id === LOCAL)
    throw new ReeveError('token/no-account', 'a token belongs to an account: sign in, and make it there')
  const value = secret('reeve_')
  const token = { id: newId(), value, expires: later(clock, days * DAY) }
  await db.transaction().execute(async (tx) => {
    await sql`insert into http.token (id, hash, account, name, prefix, scopes, created, expires)
      values (${token.id}, ${digest(value)}, ${caller.id}, ${name}, ${value.slice(0, 10)}, ${scopes}, ${clock.now()}, ${token.expires})`.execute(
      tx,
    )
    await audit.record(tx, {
      actor: caller.actor,
      action: 'token.create',
      subject: `token:${token.id}`,
      after: { name, scopes: [...scopes], expires: token.expires.toISOString() },
    })
  })
  return token
}

/** Ends a token of the caller, or anybody's for an admin. Throws `token/unknown`. */
export async function revokeToken(db: Db, clock: Clock, caller: Caller, id: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql`
      update http.token set revoked = ${clock.now()}
      where id = ${id} and revoked is null and (account = ${caller.id} or ${caller.role === 'admin'}) returning id`.execute(
      tx,
    )
    if (rows.length === 0) throw new ReeveError('token/unknown', `there is no token ${id} that you may end`)
    await audit.record(tx, { actor: caller.actor, action: 'token.revoke', subject: `token:${id}` })
  })
}

export async function createUser(
  db: Db,
  clock: Clock,
  caller: Caller,
  { name, email, role }: { name: string; email?: string | undefined; role: Role },
): Promise<string> {
  const id = newId()
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql`
      insert into http.account (id, name, email, role, created)
      values (${id}, ${name}, ${email?.toLowerCase() ?? null}, ${role}, ${clock.now()}) on conflict (email) do nothing returning id`.execute(
      tx,
    )
    if (rows.length === 0) throw new ReeveError('user/exists', `there is a user with the address ${email} already`)
    await audit.record(tx, { actor: caller.actor, action: 'user.create', subject: `user:${id}`, after: { name, role } })
  })
  return id
}

/** Changes name, role or disabled. Throws `user/unknown`, and `user/last-admin` when nobody would be left to administer. */
export async function updateUser(
  db: Db,
  clock: Clock,
  caller: Caller,
  id: string,
  change: { name?: string | undefined; role?: Role | undefined; disabled?: boolean | undefined },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ name: string; role: Role; disabled: Date | null }>`
      select name, role, disabled from http.account where id = ${id} or role = 'admin' order by (id = ${id}) desc for update`.execute(
      tx,
    )
    const { rows: exists } = await sql`select 1 from http.account where id = ${id}`.execute(tx)
    const before = rows[0]
    if (!before || exists.length === 0) throw new ReeveError('user/unknown', `there is no user ${id}`)
    const after = {
      name: change.name ?? before.name,
      role: change.role ?? before.role,
      disabled: change.disabled === undefined ? before.disabled : change.disabled ? clock.now() : null,
    }
    const admins = rows.slice(1).filter((other) => other.role === 'admin' && other.disabled === null)
    if (admins.length === 0 && (after.role !== 'admin' || after.disabled) && before.role === 'admin') {
      throw new ReeveError('user/last-admin', 'this is the last admin: make somebody else admin first')
    }
    await sql`update http.account set name = ${after.name}, role = ${after.role}, disabled = ${after.disabled} where id = ${id}`.execute(
      tx,
    )
    if (after.disabled) await sql`delete from http.session where account = ${id}`.execute(tx)
    const says = (state: typeof after) => ({ name: state.name, role: state.role, disabled: state.disabled !== null })
    await audit.record(tx, {
      actor: caller.actor,
      action: 'user.update',
      subject: `user:${id}`,
      before: says(before),
      after: says(after),
    })
  })
}

/** The name of an admin whom somebody without a right can ask; the one who was here last. */
export async function adminToAsk(db: Db): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`select a.name from http.account a
    left join http.session s on s.account = a.id
    where a.role = 'admin' and a.disabled is null group by a.id, a.name order by max(s.last_seen) desc nulls last limit 1`.execute(
    db,
  )
  return rows[0]?.name ?? null
}
