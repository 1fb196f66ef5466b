import type { Collection, Edge, Entity } from '../../sdk/index.ts'
import { accountKind } from './account-kind.ts'
import { type Accounts, accountsOf, canLogin, type Passwd, refuseShadow, type Shadow } from './accounts.ts'
import { clean, groupKey, type Host, hostKey, instant, keyOf, onHost, userKey } from './host.ts'
import { jobsByAccount } from './jobs.ts'

const DAY = 86_400_000

export const users: Collection<Host> = {
  id: 'users',
  title: 'Accounts and their passwords',
  yields: ['linux_user', 'linux_password'],
  needs: [
    'read /etc/passwd and /etc/group',
    'read /etc/shadow (root or CAP_DAC_READ_SEARCH), for locks, ages and expiry; hashes are never kept',
  ],
  async *read(host, run) {
    const accounts = await accountsOf(host, run)
    const jobs = await jobsByAccount(host, run)
    if (accounts.shadow === null) await refuseShadow(host, run)
    run.ledger.expect(accounts.users.length)
    run.ledger.obtain(accounts.users.length)
    const sameUid = Map.groupBy(accounts.users, (user) => user.uid)
    for (const user of accounts.users) {
      const shadow = shadowOf(user, accounts)
      yield account(
        host,
        run.now(),
        accounts,
        user,
        shadow,
        jobs.get(user.name) ?? [],
        sameUid.get(user.uid)!.filter((one) => one !== user),
      )
      yield { from: hostKey(host), verb: 'contains', to: userKey(host, user.name) }
      yield* memberships(host, accounts, user)
      if (shadow !== null && (shadow.password === 'usable' || shadow.password === 'empty'))
        yield* password(host, user, shadow)
    }
  },
}

function shadowOf(user: Passwd, accounts: Accounts): Shadow | null {
  if (user.inline === 'shadow')
    return accounts.shadow === null
      ? null
      : (accounts.shadow.get(user.name) ?? {
          password: 'none',
          method: null,
          changed: null,
          maximum: null,
          expires: null,
        })
  const password = user.inline === 'empty' ? 'empty' : user.inline === 'hash' ? 'usable' : 'none'
  return { password, method: null, changed: null, maximum: null, expires: null }
}

function account(
  host: Host,
  now: Date,
  accounts: Accounts,
  user: Passwd,
  shadow: Shadow | null,
  jobs: readonly string[],
  twins: readonly Passwd[],
): Entity {
  const expires = shadow?.expires == null ? null : instant(shadow.expires * DAY)
  const unread = {
    reason: '/etc/shadow could not be read',
    permission: 'read /etc/shadow: run as root or give CAP_DAC_READ_SEARCH',
  }
  return {
    kind: 'identity',
    type: 'linux_user',
    key: userKey(host, user.name),
    name: onHost(host, user.name),
    aliases: [clean(user.name, 200)],
    created: { unknown: 'Linux does not record when an account was made' },
    expires:
      shadow === null
        ? { unknown: unread.reason, permission: unread.permission }
        : expires === null
          ? { notApplicable: 'the account has no end date' }
          : { value: expires },
    attributes: {
      account: clean(user.name, 200),
      uid: user.uid,
      privileged: user.uid === 0,
      gid: user.gid,
      description: clean(user.gecos, 300),
      home: clean(user.home),
      shell: clean(user.shell),
      loginShell: canLogin(user.shell),
      sameUidAs: twins.map((twin) => clean(twin.name, 200)).slice(0, 20),
      ...(expires !== null && Date.parse(expires) <= now.getTime() && { status: 'expired' }),
      ...(shadow !== null && { password: shadow.password, passwordMethod: shadow.method }),
      ...accountKind(user, accounts, jobs),
    },
    ...(shadow === null && { unknowns: { password: unread, passwordMethod: unread } }),
  }
}

function* memberships(host: Host, accounts: Accounts, user: Passwd): Iterable<Edge> {
  for (const group of accounts.groups) {
    const primary = group.gid === user.gid
    if (!primary && !group.members.includes(user.name)) continue
    yield { from: userKey(host, user.name), verb: 'has', to: groupKey(host, group.name), attributes: { primary } }
  }
}

function* password(host: Host, user: Passwd, shadow: Shadow): Iterable<Entity | Edge> {
  const key = keyOf(host, `/user/${user.name}/password`)
  const changed = shadow.changed === null ? null : instant(shadow.changed * DAY)
  const endless = shadow.maximum === null || shadow.maximum >= 99_999
  const ends = shadow.changed === null || endless ? null : instant((shadow.changed + shadow.maximum!) * DAY)
  yield {
    kind: 'credential',
    type: 'linux_password',
    key,
    name: `password of ${onHost(host, user.name)}`,
    method: 'password',
    created: changed === null ? { unknown: 'the day of the last change is not recorded' } : { value: changed },
    expires: ends === null ? { notApplicable: 'the password has no end date' } : { value: ends },
    attributes: { hash: shadow.method, empty: shadow.password === 'empty' },
  }
  yield { from: key, verb: 'authenticates', to: userKey(host, user.name) }
}
