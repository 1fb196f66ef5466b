import { clean } from './host.ts'

/** Something an account did, as sshd, su, sudo or cron wrote it down. */
export interface AuthEvent {
  at: number
  account: string
  /** ssh: a login was let in. terminal: it got a terminal. switch: another account became this one. cron: a job began. */
  kind: 'ssh' | 'terminal' | 'switch' | 'cron'
  /** publickey, password, … for ssh; su or sudo for switch. */
  method: string
  from: string | null
  /** Of the key, or of the certificate's authority. */
  fingerprint: string | null
  certificateId: string | null
  authority: string | null
  /** Who became the account. */
  by: string | null
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const LINE =
  /^(?:(?<iso>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))|(?<month>[A-Z][a-z]{2}) +(?<day>\d{1,2}) (?<time>\d\d:\d\d:\d\d)) \S+ (?<program>[\w./()-]{1,60})(?:\[\d+\])?: (?<message>.*)$/

/** Syslog lines of auth.log or secure. The old format has no year: the last that is not in the future is taken. */
export function parseAuthLog(text: string, now: Date): AuthEvent[] {
  const events: AuthEvent[] = []
  for (const line of text.split('\n')) {
    if (line.length > 4000) continue
    const found = LINE.exec(line)?.groups
    if (!found) continue
    const event = readMessage(found.program!, found.message!)
    if (!event) continue
    const at =
      found.iso === undefined ? guessYear(found.month!, Number(found.day), found.time!, now) : Date.parse(found.iso)
    if (!Number.isNaN(at)) events.push({ ...event, at })
  }
  return events
}

/** Lines of `journalctl --output=json`. */
export function parseJournal(text: string): AuthEvent[] {
  const events: AuthEvent[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    let entry: { MESSAGE?: unknown; SYSLOG_IDENTIFIER?: unknown; __REALTIME_TIMESTAMP?: unknown } | null
    try {
      entry = JSON.parse(line)
    } catch {
      continue
    }
    const at = Number(entry?.__REALTIME_TIMESTAMP) / 1000
    if (typeof entry?.MESSAGE !== 'string' || typeof entry.SYSLOG_IDENTIFIER !== 'string' || !Number.isFinite(at))
      continue
    const event = readMessage(entry.SYSLOG_IDENTIFIER, entry.MESSAGE)
    if (event) events.push({ ...event, at: Math.round(at) })
  }
  return events
}

function guessYear(month: string, day: number, time: string, now: Date): number {
  const number = MONTHS.indexOf(month)
  if (number < 0) return Number.NaN
  const [hour, minute, second] = time.split(':').map(Number)
  const at = (year: number) => Date.UTC(year, number, day, hour, minute, second)
  const thisYear = at(now.getUTCFullYear())
  // A day of grace: the host may live in another time zone.
  return thisYear > now.getTime() + 86_400_000 ? at(now.getUTCFullYear() - 1) : thisYear
}

const NAME = String.raw`([A-Za-z0-9_][\w.@\\$-]{0,100})`
const ACCEPTED = new RegExp(
  String.raw`^Accepted (\S{1,60}) for ${NAME} from (\S{1,100}) port \d+(?: ssh2)?(?:: (\S{1,60}) (SHA256:[A-Za-z0-9+/]{43})(?: ID (.{0,300}?) \(serial \d+\) CA \S+ (SHA256:[A-Za-z0-9+/]{43}))?)?`,
)
const SHELL = new RegExp(
  String.raw`^Starting session: (?:shell|command|forced-command[^\n]{0,300}?|subsystem \S+) on (\S{1,40}) for ${NAME} from (\S{1,100}) port`,
)
const SU = new RegExp(String.raw`^\(to ${NAME}\) ${NAME} on (\S{1,40})`)
const SUDO = new RegExp(
  String.raw`^\s*${NAME} : (?:[^;]{0,200} ; )*?TTY=(\S{1,40}) ; (?:PWD=[^;]{0,1000} ; )?USER=${NAME} ;`,
)
const CRON = new RegExp(String.raw`^pam_unix\(cron(?:d)?:session\): session opened for user ${NAME}`)

function readMessage(program: string, message: string): Omit<AuthEvent, 'at'> | null {
  const event = (account: string, kind: AuthEvent['kind'], method: string, more: Partial<AuthEvent> = {}) => ({
    account: clean(account, 100),
    kind,
    method,
    from: null,
    fingerprint: null,
    certificateId: null,
    authority: null,
    by: null,
    ...more,
  })
  const name = program.replace(/^.*\//, '').toLowerCase()
  if (name === 'sshd' || name === 'sshd-session') {
    const accepted = ACCEPTED.exec(message)
    if (accepted) {
      const [, method, account, from, , fingerprint, certificateId, authority] = accepted
      return event(account!, 'ssh', method!, {
        from: clean(from!, 100),
        fingerprint: fingerprint ?? null,
        certificateId: certificateId === undefined ? null : clean(certificateId, 300),
        authority: authority ?? null,
      })
    }
    const shell = SHELL.exec(message)
    return shell && event(shell[2]!, 'terminal', 'ssh', { from: clean(shell[3]!, 100) })
  }
  if (name === 'su' || name === 'su-l') {
    const found = SU.exec(message)
    return found && found[3] !== 'none' ? event(found[1]!, 'switch', 'su', { by: found[2]! }) : null
  }
  if (name === 'sudo') {
    const found = SUDO.exec(message)
    return found && found[2] !== 'unknown' ? event(found[3]!, 'switch', 'sudo', { by: found[1]! }) : null
  }
  if (name === 'cron' || name === 'crond') {
    const found = CRON.exec(message)
    return found && event(found[1]!, 'cron', 'cron')
  }
  return null
}
