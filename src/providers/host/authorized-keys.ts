import { type Collection, type Edge, type Entity, Refused, type Run } from '../../sdk/index.ts'
import { accountsOf, canLogin, type Passwd } from './accounts.ts'
import { expiryOf, parseAuthorizedKeys } from './authorized-key.ts'
import { clean, type Host, instant, novel, readText, userKey } from './host.ts'
import { part, refused } from './machine.ts'
import { authorityTrust } from './ssh-authority.ts'
import { sshKeyEntity } from './ssh-key.ts'
import { valueFor } from './sshd-config.ts'
import { sshdOf } from './sshd-files.ts'

const BY_DEFAULT = '.ssh/authorized_keys .ssh/authorized_keys2'

export const authorizedKeys: Collection<Host> = {
  id: 'authorized-keys',
  title: 'SSH keys that accounts accept',
  yields: ['ssh_key', 'ssh_authority_trust'],
  needs: ['read the authorized_keys files of all accounts (root or CAP_DAC_READ_SEARCH)'],
  async *read(host, run) {
    const accounts = await accountsOf(host, run)
    const settings = await sshdOf(host, run)
    const command = settings?.global.get('authorizedkeyscommand')
    if (command !== undefined && command !== 'none')
      run.ledger.refuse(`asking ${clean(command, 200)} for keys: sshd takes further keys from it, and it is not run`)
    const keys = new Map<string, Entity>()
    const edges = new Map<string, Edge>()
    const trusts: (Entity | Edge)[] = []
    const closed = new Set<string>()
    for (const user of accounts.users) {
      run.signal.throwIfAborted()
      const groups = accounts.groups
        .filter((group) => group.gid === user.gid || group.members.includes(user.name))
        .map((group) => group.name)
      const { value, sure } = settings
        ? valueFor(settings, 'authorizedkeysfile', user.name, groups)
        : { value: undefined, sure: true }
      if (!sure)
        run.ledger.refuse(
          `finding the keys of ${user.name}: a Match block that asks for addresses or hosts names other files`,
        )
      for (const path of authorizedKeyPaths(value ?? BY_DEFAULT, user)) {
        const inHome = user.home !== '/' && path.startsWith(`${user.home}/`)
        if (!(await isThere(host, run, path, closed))) continue
        const content = await readText(host, run, path, inHome ? { within: user.home } : {})
        if (content === null) continue
        for (const { line, key, options } of parseAuthorizedKeys(content.text)) {
          const place = { file: clean(path), line }
          const authority = options.has('cert-authority')
          const entity = sshKeyEntity(key, {
            name: key.comment,
            attributes: { comment: key.comment, ...(authority ? { authority: true } : {}) },
          })
          if (!keys.has(entity.key)) keys.set(entity.key, entity)
          if (authority) {
            const principals = options.get('principals')
            const names = typeof principals === 'string' ? principals.split(',') : [user.name]
            trusts.push(...authorityTrust(host, user.name, key.fingerprint, names, { via: 'cert-authority', ...place }))
            continue
          }
          const to = userKey(host, user.name)
          const known = edges.get(`${entity.key} ${to}`)
          if (known) {
            ;(known.attributes!.places as unknown[]).push(place)
            continue
          }
          const expiry = expiryOf(options)
          edges.set(`${entity.key} ${to}`, {
            from: entity.key,
            verb: 'authenticates',
            to,
            attributes: {
              places: [place],
              comment: key.comment,
              options: [...options]
                .map(([name, said]) => clean(said === true ? name : `${name}="${said}"`, 500))
                .slice(0, 30),
              from: typeof options.get('from') === 'string' ? clean(String(options.get('from')), 500) : null,
              command: typeof options.get('command') === 'string' ? clean(String(options.get('command')), 500) : null,
              expires: expiry === null ? null : instant(expiry),
              /** The file has stood unchanged since then, so the line is at least that old. */
              unchangedSince: instant(content.info.modified),
              accountCanLogin: canLogin(user.shell),
            },
          })
        }
      }
    }
    yield* keys.values()
    yield* edges.values()
    yield* trusts.filter(novel())
  },
}

/** A folder that may not be entered is refused once, not once for each file that might be in it. */
async function isThere(host: Host, run: Run, path: string, closed: Set<string>): Promise<boolean> {
  const folder = path.slice(0, path.lastIndexOf('/'))
  if (closed.has(folder)) return false
  const info = await part(run, () =>
    host.machine.lstat(path).catch((error) => {
      if (!(error instanceof Refused)) throw error
      closed.add(folder)
      throw refused(folder, error)
    }),
  )
  return info !== null
}

/** The files of AuthorizedKeysFile for an account: %h, %u, %U, %%, relative to the home. */
export function authorizedKeyPaths(value: string, user: Passwd): string[] {
  return value.split(/\s+/).flatMap((word) => {
    if (word === '' || word === 'none') return []
    const path = word.replace(
      /%([huU%])/g,
      (_, token: string) => ({ h: user.home, u: user.name, U: String(user.uid), '%': '%' })[token]!,
    )
    if (path.startsWith('/')) return [path]
    return user.home === '' || user.home === '/' || user.home === '/nonexistent'
      ? []
      : [`${user.home.replace(/\/+$/, '')}/${path}`]
  })
}
