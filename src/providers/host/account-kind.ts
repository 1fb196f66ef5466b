import { type Accounts, canLogin, type Passwd } from './accounts.ts'

type AccountKind = 'service' | 'system' | 'human' | 'unknown'

const SERVICE_WORD =
  /(^|[-_.])(svc|service|srv|bot|robot|ci|cd|cicd|deploy|deployer|deployment|backup|backups|runner|agent|jenkins|gitlab|gitea|git|ansible|terraform|puppet|chef|salt|rundeck|monitor|monitoring|nagios|zabbix|prometheus|grafana|build|builder|sync|rsync|cron|batch|job|jobs|etl|app|api|web|worker|daemon|automation|scanner|exporter|replication|replicator|postgres|mysql|redis|kafka|elastic|nginx|tomcat|airflow|hadoop|spark|docker|vagrant|github|actions)\d*($|[-_.])/i

/** A human or a machine? Never by logins: how an account is used is judged against this. */
export function accountKind(
  user: Passwd,
  accounts: Accounts,
  /** Units and cron jobs that run as the account. */
  jobs: readonly string[],
): { accountKind: AccountKind; accountKindReasons: string[] } {
  const reasons: string[] = []
  const say = (kind: AccountKind) => ({ accountKind: kind, accountKindReasons: reasons })
  const { uid } = user

  if (uid === 0 && user.name === 'root') {
    reasons.push('it is root')
    return say('system')
  }
  if (jobs.length > 0)
    reasons.push(`it runs ${jobs.slice(0, 3).join(', ')}${jobs.length > 3 ? ` and ${jobs.length - 3} more` : ''}`)
  if (uid <= accounts.lastSystemUid || uid === 65_534) {
    reasons.push(`uid ${uid} is in the range of system accounts`)
    const opened = canLogin(user.shell) && uid !== 0 && accounts.shadow?.get(user.name)?.password === 'usable'
    if (opened) reasons.push('it has a password and a login shell, which the distribution gives to none of its own')
    const own = uid < 100 || uid === 65_534 || /^(_|systemd-)/.test(user.name)
    if (own) reasons.push('it is one of the distribution’s own')
    return say(opened || (!own && (jobs.length > 0 || canLogin(user.shell))) ? 'service' : 'system')
  }

  const named = SERVICE_WORD.test(user.name)
  if (named) reasons.push(`its name says so: ${user.name}`)
  const fullName = user.gecos.split(',')[0]!.trim()
  if (/\b(service|daemon|bot|automation|system|account)\b/i.test(fullName)) {
    reasons.push(`its description says so: ${fullName}`)
    return say('service')
  }
  if (!canLogin(user.shell)) {
    reasons.push(`its shell is ${user.shell}`)
    return say('service')
  }
  if (named) return say('service')
  if (/^\p{Lu}[\p{L}'’.-]+(\s+\p{L}[\p{L}'’.-]*)+$/u.test(fullName)) {
    reasons.push(`its description is a person's name: ${fullName}`)
    return say('human')
  }
  if (jobs.length > 0) return say(accounts.shadow?.get(user.name)?.password === 'usable' ? 'unknown' : 'service')
  if (accounts.shadow?.get(user.name)?.password === 'usable') {
    reasons.push('it has a password, a login shell and an ordinary uid')
    return say('human')
  }
  reasons.push('nothing tells a person from a machine here: an ordinary uid, a login shell, no full name')
  return say('unknown')
}
