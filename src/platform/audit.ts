import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import { ReeveError } from '../sdk/index.ts'
import type { Db, Tx } from './database.ts'
import type { InstallationKey } from './installation-key.ts'
import { deriveKey } from './seal.ts'

export interface AuditEntry {
  /** Who: `user:ann`, `token:ci`, `reeve` for what it does by itself. */
  actor: string
  /** Noun and verb: `finding.mute`. */
  action: string
  /** The key or id of what was changed. */
  subject: string
  /** What it was and what it is, as far as changed; never a secret. */
  before?: unknown
  after?: unknown
}

export interface AuditRow extends AuditEntry {
  id: number
  at: string
  previous: string
  hash: string
}

/** A signed head: at this moment the chain ended here. Kept elsewhere too, it shows that a tail was cut off. */
export interface Checkpoint {
  id: number
  hash: string
  at: string
  signature: string
}

export interface AuditReport {
  ok: boolean
  entries: number
  /** The first entry that is not as it was written, and what was done to it. */
  fault?: { id: number; what: string }
  head: { id: number; hash: string }
}

/**
 * Writes one change to the trail, in the transaction of the change: neither is there without the other. Writers wait for each
 * other until commit, so call it last.
 */
export async function record(tx: Tx | Db, entry: AuditEntry): Promise<number> {
  const text = canonical({
    actor: entry.actor,
    action: entry.action,
    subject: entry.subject,
    before: entry.before,
    after: entry.after,
  })
  const { rows } = await sql<{ id: string }>`select platform.append_audit(${text}) as id`.execute(tx)
  return Number(rows[0]!.id)
}

/** Entries in order of id, all of them or those after `from`. This is also the export. */
export async function* entries(db: Db, { from = 0 } = {}): AsyncGenerator<AuditRow> {
  for (let last = from; ; ) {
    const { rows } = await sql<StoredRow>`
      select id, at, actor, action, subject, entry, previous, hash from platform.audit where id > ${last} order by id limit 1000`.execute(
      db,
    )
    for (const row of rows) yield rowOf(row)
    if (rows.length < 1000) return
    last = Number(rows.at(-1)!.id)
  }
}

/**
 * Walks the whole chain. Finds an entry that was altered, deleted, inserted or moved, and names it. With the key it also
 * checks the signed heads, which tell a chain that was rewritten or cut from its true self; `anchor` is a head kept elsewhere.
 */
export async function verify(
  db: Db,
  { key, anchor }: { key?: InstallationKey; anchor?: Checkpoint } = {},
): Promise<AuditReport> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const { rows: heads } = await sql<{ id: string; hash: Buffer }>`select id, hash from platform.audit_head`.execute(
        tx,
      )
      const head = { id: Number(heads[0]?.id ?? 0), hash: (heads[0]?.hash ?? Buffer.alloc(32)).toString('hex') }
      const signed = new Map<number, Checkpoint>()
      for (const checkpoint of [...(await checkpoints(tx)), ...(anchor ? [anchor] : [])])
        signed.set(checkpoint.id, checkpoint)
      let count = 0
      let previous: Buffer = Buffer.alloc(32)
      const report = (fault?: AuditReport['fault']): AuditReport => ({
        ok: !fault,
        entries: count,
        head,
        ...(fault && { fault }),
      })

      for (const checkpoint of signed.values()) {
        if (key && !isSigned(key, checkpoint))
          return report({ id: checkpoint.id, what: `the signed head at entry ${checkpoint.id} was altered` })
      }
      for (let last = 0; ; ) {
        const { rows } = await sql<StoredRow>`
        select id, at, actor, action, subject, entry, previous, hash from platform.audit where id > ${last} order by id limit 1000`.execute(
          tx,
        )
        for (const row of rows) {
          const id = Number(row.id)
          if (id !== count + 1) return report({ id: count + 1, what: `entry ${count + 1} was deleted` })
          const fault =
            faultOf(row, previous) ??
            (signed.has(id) && signed.get(id)!.hash !== row.hash.toString('hex')
              ? 'is not the one that was signed: the chain was rewritten'
              : undefined)
          if (fault) return report({ id, what: `entry ${id} (${row.action} by ${row.actor}) ${fault}` })
          previous = row.hash
          count = id
          last = id
        }
        if (rows.length < 1000) break
      }
      if (head.id > count) return report({ id: count + 1, what: `entries ${count + 1} to ${head.id} were deleted` })
      if (head.id < count || head.hash !== previous.toString('hex'))
        return report({ id: head.id + 1, what: `entry ${head.id + 1} was inserted past the head of the chain` })
      const beyond = Math.max(0, ...signed.keys())
      if (beyond > count)
        return report({
          id: count + 1,
          what: `entries ${count + 1} to ${beyond} were deleted: a signed head stands past the end`,
        })
      return report()
    })
}

/** Signs where the chain ends now and keeps the signature. Do it at start, at stop and once a day; keep a copy elsewhere. */
export async function checkpoint(db: Db, key: InstallationKey): Promise<Checkpoint | null> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string; hash: Buffer; at: Date }>`
      select id, hash, clock_timestamp()::timestamptz(3) as at from platform.audit_head for update`.execute(tx)
    const head = rows[0]!
    if (Number(head.id) === 0) return null
    const unsigned = { id: Number(head.id), hash: head.hash.toString('hex'), at: head.at.toISOString() }
    const signed = { ...unsigned, signature: sign(key, unsigned).toString('hex') }
    await sql`insert into platform.audit_checkpoint (id, hash, at, signature)
      values (${signed.id}, ${head.hash}, ${signed.at}, ${Buffer.from(signed.signature, 'hex')}) on conflict (id) do nothing`.execute(
      tx,
    )
    return signed
  })
}

interface StoredRow {
  id: string
  at: Date
  actor: string
  action: string
  subject: string
  entry: string
  previous: Buffer
  hash: Buffer
}

async function checkpoints(db: Db): Promise<Checkpoint[]> {
  const { rows } = await sql<{ id: string; hash: Buffer; at: Date; signature: Buffer }>`
    select id, hash, at, signature from platform.audit_checkpoint order by id`.execute(db)
  return rows.map((row) => ({
    id: Number(row.id),
    hash: row.hash.toString('hex'),
    at: row.at.toISOString(),
    signature: row.signature.toString('hex'),
  }))
}

function faultOf(row: StoredRow, previous: Buffer): string | undefined {
  if (!row.previous.equals(previous)) return 'does not follow the one before it: it was inserted or moved'
  const hash = createHash('sha256').update(previous).update(`${row.id}\n${row.at.toISOString()}\n${row.entry}`).digest()
  if (!hash.equals(row.hash)) return 'was altered'
  // The columns are for queries; they must say what the hashed text says.
  const said = JSON.parse(row.entry) as AuditEntry
  if (said.actor !== row.actor || said.action !== row.action || said.subject !== row.subject) return 'was altered'
  return undefined
}

const rowOf = (row: StoredRow): AuditRow => ({
  id: Number(row.id),
  at: row.at.toISOString(),
  ...(JSON.parse(row.entry) as AuditEntry),
  previous: row.previous.toString('hex'),
  hash: row.hash.toString('hex'),
})

const sign = (key: InstallationKey, { id, hash, at }: Omit<Checkpoint, 'signature'>): Buffer =>
  createHmac('sha256', deriveKey(key, 'audit')).update(`${id}\n${hash}\n${at}`).digest()

function isSigned(key: InstallationKey, checkpoint: Checkpoint): boolean {
  const given = Buffer.from(checkpoint.signature, 'hex')
  const right = sign(key, checkpoint)
  return given.length === right.length && timingSafeEqual(given, right)
}

/** JSON with sorted names, no white space and no NUL, which PostgreSQL cannot hold: one text for one value. */
export function canonical(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'string') return part.toWellFormed().replaceAll('\0', '\ufffd')
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
  if (text === undefined) throw new ReeveError('audit/value', 'writing JSON: the value has no JSON form')
  return text
}
