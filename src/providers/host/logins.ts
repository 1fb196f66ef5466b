import type { Collection, Edge, Entity } from '../../sdk/index.ts'
import { accountsOf, type Passwd } from './accounts.ts'
import type { AuthEvent } from './auth-log.ts'
import { clean, type Host, hostKey, instant, onHost, userKey } from './host.ts'
import { type LoginRecords, readLoginRecords } from './login-records.ts'

export const logins: Collection<Host> = {
  id: 'logins',
  title: 'Logins, and the keys they used',
  yields: ['linux_user', 'ssh_key'],
  needs: [
    'read /var/log/wtmp, /var/log/lastlog and /run/utmp, or the databases of wtmpdb and lastlog2',
    'read /var/log/btmp and /var/log/auth.log or the journal (root, or the groups utmp, adm and systemd-journal)',
  ],
  async *read(host, run) {
    const accounts = await accountsOf(host, run)
    const records = await readLoginRecords(host, run)
    for (const user of accounts.users) {
      const use = useOf(user.name, records)
      yield account(host, user, records, use)
      if (use.last !== null) yield called(host, user, use)
    }
    yield* keys(host, records)
  },
}

const NO_RECORDS = {
  reason: 'this host keeps neither wtmp nor an authentication log that could be read',
  permission:
    'read /var/log/wtmp and /var/log/auth.log, or the journal: run as root or join the groups utmp, adm and systemd-journal',
}

interface Use {
  last: { at: number; by: string } | null
  interactive: { at: number; by: string; how: string }[]
}

/** With a terminal, or as another account that had one: a person. */
function useOf(account: string, records: LoginRecords): Use {
  const interactive: Use['interactive'] = []
  const other: { at: number; by: string }[] = []
  for (const { at, user, line, host } of records.logins) {
    if (user === account && /^(pts\/|tty|hvc|console)/.test(line))
      interactive.push({
        at,
        by: host === '' ? `a person at ${clean(line, 40)}` : `${clean(host, 100)} on ${clean(line, 40)}`,
        how: 'login with a terminal',
      })
  }
  for (const event of records.events) {
    if (event.account !== account) continue
    if (event.kind === 'terminal')
      interactive.push({ at: event.at, by: event.from ?? 'an unknown address', how: 'ssh with a terminal' })
    else if (event.kind === 'switch') interactive.push({ at: event.at, by: event.by!, how: event.method })
    else other.push({ at: event.at, by: event.kind === 'cron' ? 'cron' : `${event.from} by ${event.method}` })
  }
  const logged = records.last.get(account)
  if (logged)
    other.push({
      at: logged.at,
      by:
        logged.host === ''
          ? `a person at ${clean(logged.line, 40)}`
          : `${clean(logged.host, 100)} on ${clean(logged.line, 40)}`,
    })
  interactive.sort((a, b) => a.at - b.at)
  const last = [...interactive, ...other].reduce<Use['last']>(
    (latest, one) => (latest === null || one.at > latest.at ? { at: one.at, by: one.by } : latest),
    null,
  )
  return { last, interactive }
}

function account(host: Host, user: Passwd, records: LoginRecords, { last, interactive }: Use): Entity {
  const since =
    records.loginsSince === null
      ? records.eventsSince
      : records.eventsSince === null
        ? records.loginsSince
        : Math.min(records.loginsSince, records.eventsSince)
  const from = since === null ? null : instant(since)
  const latest = interactive.at(-1)
  const recorded = records.loginsSince !== null || records.events.some((event) => event.kind === 'terminal')
  return {
    kind: 'identity',
    type: 'linux_user',
    key: userKey(host, user.name),
    name: onHost(host, user.name),
    lastUsed:
      last === null
        ? {
            unknown:
              from === null
                ? 'this host keeps no login records'
                : `no login is on record; the records begin at ${from}`,
          }
        : { value: instant(last.at)! },
    ...(last !== null && { lastUsedBy: { value: clean(last.by, 300) } }),
    attributes: {
      ...(from !== null && { usageSince: from }),
      ...((recorded || interactive.length > 0) && { interactiveLogins: interactive.length }),
      ...(latest && { lastInteractive: { at: instant(latest.at)!, from: clean(latest.by, 200), how: latest.how } }),
      ...(records.failed !== null && { failedLogins: records.failed.get(user.name) ?? 0 }),
      sessionsNow: records.now.filter((record) => record.user === user.name).length,
    },
    unknowns: {
      ...(from === null && { usageSince: NO_RECORDS, interactiveLogins: NO_RECORDS }),
      ...(records.failed === null && {
        failedLogins: {
          reason: 'reading /var/log/btmp was refused',
          permission: 'read /var/log/btmp: run as root or give CAP_DAC_READ_SEARCH',
        },
      }),
    },
  }
}

const called = (host: Host, user: Passwd, use: Use): Edge => ({
  from: userKey(host, user.name),
  verb: 'called',
  to: hostKey(host),
  attributes: { last: instant(use.last!.at), by: clean(use.last!.by, 200), interactive: use.interactive.length },
})

/** When a key, or an authority through a certificate it signed, was last let in. */
function* keys(host: Host, records: LoginRecords): Iterable<Entity> {
  const latest = new Map<string, AuthEvent>()
  for (const event of records.events) {
    for (const fingerprint of [event.fingerprint, event.authority])
      if (fingerprint !== null) latest.set(fingerprint, event)
  }
  for (const [fingerprint, event] of latest) {
    yield {
      kind: 'credential',
      type: 'ssh_key',
      key: `ssh:${fingerprint}`,
      name: fingerprint,
      method: 'ssh-key',
      aliases: [fingerprint],
      lastUsed: { value: instant(event.at)! },
      lastUsedBy: {
        value: clean(
          `${event.account} on ${host.name} from ${event.from}${event.certificateId === null ? '' : `, certificate ${event.certificateId}`}`,
          500,
        ),
      },
      attributes: {},
    }
  }
}
