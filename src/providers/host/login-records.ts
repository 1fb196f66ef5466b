import type { Run } from '../../sdk/index.ts'
import { type Accounts, accountsOf } from './accounts.ts'
import { type AuthEvent, parseAuthLog, parseJournal } from './auth-log.ts'
import { type Host, textOf } from './host.ts'
import { parseLastlog2, parseWtmpdb } from './login-databases.ts'
import { eachOf, part } from './machine.ts'
import { LASTLOG_ROW, parseLastlog, parseUtmp, USER, type UtmpRecord } from './utmp.ts'

export interface LoginRecords {
  /** Logins with a terminal, oldest first. */
  logins: UtmpRecord[]
  now: UtmpRecord[]
  /** Failed logins by account; names that are no account are not kept: people type passwords there. Null where it may not be read. */
  failed: Map<string, number> | null
  last: Map<string, { at: number; line: string; host: string }>
  events: AuthEvent[]
  /** The oldest moment from which logins with a terminal are on record without a gap; null where they are not recorded. */
  loginsSince: number | null
  /** The same for what sshd, su, sudo and cron wrote. */
  eventsSince: number | null
}

const UTMP_LIMIT = 32 << 20
const LOG_LIMIT = 24 << 20

export async function readLoginRecords(host: Host, run: Run): Promise<LoginRecords> {
  const accounts = await accountsOf(host, run)
  const known = new Set(accounts.users.map((user) => user.name))
  const records = [
    ...(await utmp(host, run, '/var/log/wtmp.1')),
    ...(await utmp(host, run, '/var/log/wtmp')),
    ...((await database(host, run, '/var/lib/wtmpdb/wtmp.db', parseWtmpdb)) ?? []),
  ].sort((a, b) => a.at - b.at)
  const failed = await failedLogins(host, run, known)

  const last = await lastLogins(host, run, accounts)
  const events: AuthEvent[] = []
  for (const file of ['/var/log/auth.log.1', '/var/log/auth.log', '/var/log/secure']) {
    const bytes = await tail(host, run, file, LOG_LIMIT)
    if (bytes) events.push(...parseAuthLog(textOf(bytes), run.now()))
  }
  const journal = await part(run, () => host.machine.run('auth-journal'))
  if (journal !== null) events.push(...parseJournal(journal))
  const unique = [
    ...new Map(
      events.map((event) => [
        `${Math.floor(event.at / 1000)} ${event.kind} ${event.account} ${event.from} ${event.by}`,
        event,
      ]),
    ).values(),
  ]

  return {
    logins: records.filter((record) => record.type === USER && known.has(record.user)),
    now: (await utmp(host, run, '/run/utmp')).filter((record) => record.type === USER && known.has(record.user)),
    failed,
    last,
    events: unique.sort((a, b) => a.at - b.at),
    loginsSince: records[0]?.at ?? null,
    eventsSince: unique.reduce<number | null>((first, event) => Math.min(first ?? event.at, event.at), null),
  }
}

const utmp = async (host: Host, run: Run, file: string): Promise<UtmpRecord[]> => {
  const bytes = await tail(host, run, file, UTMP_LIMIT)
  return bytes === null ? [] : parseUtmp(bytes)
}

async function lastLogins(host: Host, run: Run, accounts: Accounts): Promise<LoginRecords['last']> {
  const last: LoginRecords['last'] = new Map()
  for (const { user, ...rest } of (await database(host, run, '/var/lib/lastlog/lastlog2.db', parseLastlog2)) ?? [])
    last.set(user, rest)
  const lastlog = await part(run, () => host.machine.readFile('/var/log/lastlog', { limit: 1 }))
  await eachOf(lastlog === null ? [] : accounts.users, 8, async ({ name, uid }) => {
    const row = await part(run, () =>
      host.machine.readFile('/var/log/lastlog', { from: uid * LASTLOG_ROW, limit: LASTLOG_ROW }),
    )
    const found = row && parseLastlog(row.bytes)
    if (found && found.at > (last.get(name)?.at ?? 0)) last.set(name, found)
  })
  return last
}

async function database<T>(
  host: Host,
  run: Run,
  file: string,
  parse: (bytes: Uint8Array) => T | null,
): Promise<T | null> {
  const content = await part(run, () => host.machine.readFile(file, { limit: UTMP_LIMIT }))
  if (content === null) return null
  const rows = content.truncated ? null : parse(content.bytes)
  if (rows === null)
    run.ledger.refuse(`reading ${file}: it is ${content.truncated ? 'too large' : 'not the database its name says'}`)
  return rows
}

/** Root's alone on most machines; without it the listing lacks a number and nothing else, so it is not refused. */
async function failedLogins(host: Host, run: Run, known: ReadonlySet<string>): Promise<Map<string, number> | null> {
  let refused = false
  const refuse = () => {
    refused = true
  }
  const silent = { ...run, ledger: { expect() {}, obtain() {}, refuse } }
  const failed = new Map<string, number>()
  for (const { user } of await utmp(host, silent, '/var/log/btmp'))
    if (known.has(user)) failed.set(user, (failed.get(user) ?? 0) + 1)
  return refused ? null : failed
}

/** The end of a file that may be large, from a whole row on. */
async function tail(host: Host, run: Run, file: string, limit: number): Promise<Uint8Array | null> {
  const info = await part(run, () => host.machine.stat(file))
  if (info?.kind !== 'file') return null
  const over = Math.max(0, info.size - limit)
  const content = await part(run, () => host.machine.readFile(file, { from: Math.ceil(over / 384) * 384, limit }))
  return content?.bytes ?? null
}
