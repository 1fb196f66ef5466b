import type { Collection, Edge, Entity, Run } from '../../sdk/index.ts'
import { type Accounts, accountsOf, canLogin, type Passwd } from './accounts.ts'
import { authorizedKeyPaths } from './authorized-keys.ts'
import { clean, type Host, hostKey, keyOf, namesIn, novel, readText } from './host.ts'
import { processesOf } from './processes.ts'
import { authorityTrust } from './ssh-authority.ts'
import { hostKeyName, type PublicKey, parsePublicLine, sshKeyEntity } from './ssh-key.ts'
import { globOf, type SshdSettings, valueFor } from './sshd-config.ts'
import { sshdOf } from './sshd-files.ts'
import { unitsOf } from './unit-tree.ts'

/** What sshd does where the file says nothing (OpenSSH 8.7 and later; Debian and Red Hat build with UsePAM no as well). */
const DEFAULTS: Record<string, string> = {
  permitrootlogin: 'prohibit-password',
  passwordauthentication: 'yes',
  kbdinteractiveauthentication: 'yes',
  pubkeyauthentication: 'yes',
  permitemptypasswords: 'no',
  usepam: 'no',
  gatewayports: 'no',
  allowtcpforwarding: 'yes',
  maxauthtries: '6',
  strictmodes: 'yes',
}

export const sshServer: Collection<Host> = {
  id: 'ssh-server',
  title: 'The SSH server, its keys and whom it trusts',
  yields: ['ssh_server', 'ssh_key', 'ssh_authority_trust'],
  needs: [
    'read /etc/ssh/sshd_config and what it includes',
    'read the public halves of the host keys and of trusted authorities',
  ],
  async *read(host, run) {
    const settings = await sshdOf(host, run)
    if (settings === null) return
    const accounts = await accountsOf(host, run)
    const fresh = novel()
    const key = serverKey(host)
    yield server(host, settings, accounts, await isStarted(host, run))
    yield { from: hostKey(host), verb: 'contains', to: key }
    for (const { publicKey, file } of await hostKeys(host, run, settings)) {
      const items: (Entity | Edge)[] = [
        sshKeyEntity(publicKey, {
          name: hostKeyName(host, publicKey),
          attributes: { hostKey: true, file: clean(file) },
        }),
        { from: key, verb: 'contains', to: `ssh:${publicKey.fingerprint}` },
      ]
      for (const item of items) if (fresh(item)) yield item
    }
    for await (const item of authorities(host, run, settings, accounts)) if (fresh(item)) yield item
  },
}

const serverKey = (host: Host): string => keyOf(host, '/sshd')

function server(host: Host, settings: SshdSettings, accounts: Accounts, started: boolean): Entity {
  const value = (keyword: string) => settings.global.get(keyword) ?? DEFAULTS[keyword] ?? null
  const lower = (keyword: string) => value(keyword)?.toLowerCase() ?? null
  const byMatch = settings.matches.filter((match) =>
    ['passwordauthentication', 'kbdinteractiveauthentication', 'permitrootlogin'].some((keyword) =>
      match.settings.has(keyword),
    ),
  )
  const passwords = (user: Passwd) => {
    const groups = groupsOf(user, accounts)
    if (!admits(settings, user, groups)) return false
    if (user.uid === 0 && lower('permitrootlogin') !== 'yes') return false
    const { value: said, sure } = valueFor(settings, 'passwordauthentication', user.name, groups)
    return sure && (said ?? DEFAULTS['passwordauthentication'])!.toLowerCase() === 'yes'
  }
  const listed = (keyword: string) =>
    (settings.global.get(keyword) ?? '')
      .split(/\s+/)
      .filter(Boolean)
      .slice(0, 100)
      .map((word) => clean(word, 200))
  return {
    kind: 'resource',
    type: 'ssh_server',
    key: serverKey(host),
    name: `sshd on ${host.name}`,
    attributes: {
      started,
      permitRootLogin: (lower('permitrootlogin') ?? '').replace('without-password', 'prohibit-password'),
      passwordAuthentication: lower('passwordauthentication') === 'yes',
      // PAM asks for passwords over keyboard-interactive as well.
      keyboardInteractive:
        (
          settings.global.get('challengeresponseauthentication') ?? lower('kbdinteractiveauthentication')
        )?.toLowerCase() === 'yes' && lower('usepam') === 'yes',
      permitEmptyPasswords: lower('permitemptypasswords') === 'yes',
      publicKeys: lower('pubkeyauthentication') === 'yes',
      usePam: lower('usepam') === 'yes',
      authenticationMethods: clean(value('authenticationmethods') ?? 'any', 300),
      allowUsers: listed('allowusers'),
      allowGroups: listed('allowgroups'),
      denyUsers: listed('denyusers'),
      denyGroups: listed('denygroups'),
      port: listed('port'),
      trustedAuthorities: clean(value('trustedusercakeys') ?? 'none'),
      keysCommand: clean(value('authorizedkeyscommand') ?? 'none'),
      passwordAccounts:
        accounts.shadow === null
          ? null
          : accounts.users
              .filter(
                (user) =>
                  canLogin(user.shell) && accounts.shadow!.get(user.name)?.password === 'usable' && passwords(user),
              )
              .map((user) => clean(user.name, 100))
              .slice(0, 100),
      matches: byMatch
        .map((match) =>
          clean(
            `Match ${match.criteria}: ${[...match.settings].map(([name, said]) => `${name} ${said}`).join(', ')}`,
            500,
          ),
        )
        .slice(0, 20),
    },
    ...(accounts.shadow === null && {
      unknowns: {
        passwordAccounts: {
          reason: '/etc/shadow could not be read',
          permission: 'read /etc/shadow: run as root or give CAP_DAC_READ_SEARCH',
        },
      },
    }),
  }
}

/** At boot, on the first connection, or by hand: that is how a settings file comes to matter. */
async function isStarted(host: Host, run: Run): Promise<boolean> {
  const enabled = (await unitsOf(host, run)).some(
    (unit) => /^sshd?\.(service|socket)$/.test(unit.name) && unit.state === 'enabled',
  )
  return enabled || (await processesOf(host, run)).list.some((process) => process.program.endsWith('/sshd'))
}

async function hostKeys(
  host: Host,
  run: Run,
  settings: SshdSettings,
): Promise<{ publicKey: PublicKey; file: string }[]> {
  const named = settings.global.get('hostkey')?.split(/\s+/) ?? []
  const files =
    named.length > 0
      ? named
      : (await namesIn(host, run, '/etc/ssh')).flatMap(({ name }) =>
          /^ssh_host_[a-z0-9]+_key\.pub$/.test(name) ? [`/etc/ssh/${name.slice(0, -4)}`] : [],
        )
  const found: { publicKey: PublicKey; file: string }[] = []
  for (const file of files) {
    if (!file.startsWith('/')) continue
    const publicKey = parsePublicLine((await readText(host, run, `${file}.pub`))?.text.split('\n')[0] ?? '')
    if (publicKey) found.push({ publicKey, file })
  }
  return found
}

/** The authorities sshd trusts for all accounts, and what that means for each account that can be logged in to. */
async function* authorities(
  host: Host,
  run: Run,
  settings: SshdSettings,
  accounts: Accounts,
): AsyncIterable<Entity | Edge> {
  const file = settings.global.get('trustedusercakeys')
  if (file === undefined || !file.startsWith('/')) return
  const content = await readText(host, run, file)
  for (const line of content?.text.split('\n') ?? []) {
    const authority = parsePublicLine(line)
    if (!authority) continue
    yield sshKeyEntity(authority, {
      name: authority.comment || `authority ${authority.fingerprint}`,
      attributes: { authority: true, file: clean(file) },
    })
    yield { from: serverKey(host), verb: 'contains', to: `ssh:${authority.fingerprint}` }
    for (const user of accounts.users.filter((one) => canLogin(one.shell))) {
      const principals = await principalsOf(host, run, settings, user)
      if (principals.length > 0)
        yield* authorityTrust(host, user.name, authority.fingerprint, principals, {
          via: 'TrustedUserCAKeys',
          file: clean(file),
        })
    }
  }
}

/** The names a certificate must bear one of to open the account. */
async function principalsOf(host: Host, run: Run, settings: SshdSettings, user: Passwd): Promise<string[]> {
  const pattern = settings.global.get('authorizedprincipalsfile')
  if (pattern === undefined || pattern === 'none') return [clean(user.name, 200)]
  const [path] = authorizedKeyPaths(pattern, user)
  const content = path === undefined ? null : await readText(host, run, path)
  return (content?.text ?? '')
    .split('\n')
    .flatMap((line) => (/^\s*(#|$)/.test(line) ? [] : [clean(line.trim().split(/\s+/).at(-1)!, 200)]))
    .slice(0, 100)
}

const groupsOf = (user: Passwd, accounts: Accounts): string[] =>
  accounts.groups
    .filter((group) => group.gid === user.gid || group.members.includes(user.name))
    .map((group) => group.name)

/** DenyUsers, AllowUsers, DenyGroups, AllowGroups, each of them if it is there. `user@host` is taken for the user. */
function admits(settings: SshdSettings, user: Passwd, groups: readonly string[]): boolean {
  const names = (keyword: string) =>
    settings.global
      .get(keyword)
      ?.split(/\s+/)
      .map((word) => globOf(word.replace(/@.*$/, '')))
  const isIn = (patterns: RegExp[] | undefined, of: readonly string[]) =>
    patterns?.some((pattern) => of.some((one) => pattern.test(one)))
  if (
    isIn(settings.global.get('denyusers')?.includes('@') ? undefined : names('denyusers'), [user.name]) ||
    isIn(names('denygroups'), groups)
  )
    return false
  return (isIn(names('allowusers'), [user.name]) ?? true) && (isIn(names('allowgroups'), groups) ?? true)
}
