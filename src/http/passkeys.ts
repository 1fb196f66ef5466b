/** Passkeys: made by whoever is signed in, for the name of this server; a way in beside the one-time link. */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { sql } from 'kysely'
import { audit, type Clock, type Db } from '../platform/index.ts'
import type { PasskeyRow } from '../read/index.ts'
import { messageOf, ReeveError } from '../sdk/index.ts'
import { activeAccount, newId, type Session, startSession } from './accounts.ts'
import { issueChallenge, redeemChallenge } from './challenges.ts'
import type { Caller } from './may.ts'
import { personOf } from './may.ts'
import type { Site } from './site.ts'

const MOST_EACH = 20
/** EdDSA, ES256, RS256: what devices have. */
const ALGORITHMS = [-8, -7, -257]

/** The library is loaded by who uses it: no start waits for it. */
const library = () => import('@simplewebauthn/server')

interface Stored {
  id: string
  account: string
  credential: string
  public_key: Buffer
  counter: string
  transports: string[]
  site: string
  name: string
  synced: boolean
  created: Date
  last_used: Date | null
}

const rowOf = ({ id, name, site, synced, created, last_used }: Stored): PasskeyRow => ({
  id,
  name,
  site,
  synced,
  created: created.toISOString(),
  lastUsed: last_used?.toISOString() ?? null,
})

const passkeysOf = async (db: Db, account: string): Promise<Stored[]> =>
  (await sql<Stored>`select * from http.passkey where account = ${account} order by created, id`.execute(db)).rows

export const listPasskeys = async (db: Db, account: string): Promise<PasskeyRow[]> =>
  (await passkeysOf(db, account)).map(rowOf)

/** What the browser is asked for when a passkey is made. Throws `passkey/session` for whoever came without a browser. */
export async function passkeyOptions(db: Db, clock: Clock, caller: Caller, site: Site) {
  requireSession(caller)
  const [{ generateRegistrationOptions }, known] = await Promise.all([library(), passkeysOf(db, caller.id)])
  if (known.length >= MOST_EACH)
    throw new ReeveError('passkey/exists', `you have ${known.length} passkeys already: remove one first`)
  return generateRegistrationOptions({
    rpName: 'Reeve',
    rpID: site.name,
    userName: caller.name,
    userDisplayName: caller.name,
    userID: new TextEncoder().encode(caller.id),
    challenge: Buffer.from(await issueChallenge(db, clock, caller.id), 'base64url'),
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: known.filter((one) => one.site === site.name).map(({ credential }) => ({ id: credential })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** Keeps a passkey that the caller's browser has made. Throws `passkey/refused`, `passkey/exists`. */
export async function addPasskey(
  db: Db,
  clock: Clock,
  caller: Caller,
  site: Site,
  { name, response }: { name: string; response: RegistrationResponseJSON },
): Promise<PasskeyRow> {
  requireSession(caller)
  const { verifyRegistrationResponse } = await library()
  const { registrationInfo: made } = await verifyRegistrationResponse({
    response,
    expectedChallenge: (challenge) => redeemChallenge(db, clock, challenge, caller.id),
    expectedOrigin: site.origin,
    expectedRPID: site.name,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((error: unknown) => {
    throw new ReeveError('passkey/refused', `keeping a passkey: ${messageOf(error).slice(0, 200)}; begin again`)
  })
  if (!made) throw new ReeveError('passkey/refused', 'keeping a passkey: its signature does not hold; begin again')
  const { credential } = made
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<Stored>`
      insert into http.passkey (id, account, credential, public_key, counter, transports, site, name, synced, created)
      values (${newId()}, ${caller.id}, ${credential.id}, ${Buffer.from(credential.publicKey)}, ${credential.counter}, ${credential.transports ?? []},
        ${site.name}, ${name}, ${made.credentialBackedUp}, ${clock.now()}) on conflict (credential) do nothing returning *`.execute(
      tx,
    )
    if (!rows[0]) throw new ReeveError('passkey/exists', 'this passkey is known already')
    const { id } = rows[0]
    await audit.record(tx, {
      actor: personOf(caller),
      action: 'passkey.add',
      subject: `passkey:${id}`,
      after: { name, site: site.name, user: `user:${caller.id}` },
    })
    return rowOf(rows[0])
  })
}

/** Throws `passkey/unknown` for one that is not the caller's. */
export async function removePasskey(db: Db, caller: Caller, id: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<Stored>`
      delete from http.passkey where id = ${id} and account = ${caller.id} returning *`.execute(tx)
    if (!rows[0]) throw new ReeveError('passkey/unknown', `you have no passkey ${id.slice(0, 100)}`)
    await audit.record(tx, {
      actor: caller.actor,
      action: 'passkey.remove',
      subject: `passkey:${id}`,
      before: { name: rows[0].name, site: rows[0].site, user: `user:${caller.id}` },
    })
  })
}

/** What the browser is asked to sign in with. Says nothing of who has a passkey: the browser knows that. */
export async function signInOptions(db: Db, clock: Clock, site: Site) {
  const { generateAuthenticationOptions } = await library()
  return generateAuthenticationOptions({
    rpID: site.name,
    challenge: Buffer.from(await issueChallenge(db, clock, null), 'base64url'),
    userVerification: 'required',
  })
}

/** Signs in. Throws `session/passkey` for whatever is wrong with it: which is not said. */
export async function redeemPasskey(
  db: Db,
  clock: Clock,
  site: Site,
  { response, agent }: { response: AuthenticationResponseJSON; agent: string | null },
): Promise<Session> {
  const { verifyAuthenticationResponse } = await library()
  const { rows } = await sql<Stored>`select p.* from http.passkey p join http.account a on a.id = p.account
    where p.credential = ${response.id} and p.site = ${site.name} and a.disabled is null`.execute(db)
  const known = rows[0]
  const proof =
    known &&
    (await verifyAuthenticationResponse({
      response,
      expectedChallenge: (challenge) => redeemChallenge(db, clock, challenge, null),
      expectedOrigin: site.origin,
      expectedRPID: site.name,
      requireUserVerification: true,
      credential: {
        id: known.credential,
        publicKey: new Uint8Array(known.public_key),
        counter: Number(known.counter),
        transports: known.transports,
      },
    }).catch(() => undefined))
  if (!known || !proof?.verified) throw refused()
  return db.transaction().execute(async (tx) => {
    const user = await activeAccount(tx, known.account)
    // Removed, or its person shut out, in between.
    const { rows: used } =
      await sql`update http.passkey set counter = ${proof.authenticationInfo.newCounter}, last_used = ${clock.now()},
      synced = ${proof.authenticationInfo.credentialBackedUp} where id = ${known.id} returning 1`.execute(tx)
    if (!user || used.length === 0) throw refused()
    return startSession(tx, clock, user, { means: 'passkey', agent })
  })
}

const refused = (): ReeveError =>
  new ReeveError('session/passkey', 'this passkey does not sign in here; ask for a one-time link')

function requireSession({ scopes, csrf }: Caller): void {
  if (scopes !== null || csrf === null)
    throw new ReeveError('passkey/session', 'a passkey is made in a browser that is signed in, not with a token')
}
