import type { Run } from '../../sdk/index.ts'
import { type Host, once, readText } from './host.ts'
import { part } from './machine.ts'

export interface Passwd {
  name: string
  uid: number
  gid: number
  gecos: string
  home: string
  shell: string
  /** The second field, where it is neither `x` nor `*`: an old-style hash, or empty for no password at all. */
  inline: 'shadow' | 'empty' | 'hash' | 'locked'
}

export interface Shadow {
  /**
   * usable: a hash to log in with. empty: no password needed. locked: a hash, made unusable by a leading `!`.
   * none: never had one.
   */
  password: 'usable' | 'empty' | 'locked' | 'none'
  method: string | null
  /** Days since 1970. */
  changed: number | null
  maximum: number | null
  expires: number | null
}

interface Group {
  name: string
  gid: number
  members: string[]
}

export interface Accounts {
  users: Passwd[]
  groups: Group[]
  /** Null where shadow could not be read. */
  shadow: Map<string, Shadow> | null
  /** Highest uid of system accounts, from login.defs. */
  lastSystemUid: number
}

const whole = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null

export function parsePasswd(text: string): Passwd[] {
  const users = new Map<string, Passwd>()
  for (const line of text.split('\n')) {
    const [name, password, uid, gid, gecos, home, shell] = line.split(':')
    const numbers = [whole(uid), whole(gid)] as const
    if (!name || name.startsWith('#') || name.startsWith('+') || name.startsWith('-')) continue
    // getpwnam takes the first line of a name; later ones are dead.
    if (shell === undefined || numbers[0] === null || numbers[1] === null || users.has(name)) continue
    const inline = password === 'x' ? 'shadow' : password === '' ? 'empty' : /^[!*]/.test(password!) ? 'locked' : 'hash'
    users.set(name, {
      name,
      uid: numbers[0],
      gid: numbers[1],
      gecos: gecos!,
      home: home!,
      shell: shell.trim() || '/bin/sh',
      inline,
    })
  }
  return [...users.values()]
}

export function parseGroup(text: string): Group[] {
  const groups = new Map<string, Group>()
  for (const line of text.split('\n')) {
    const [name, , gid, members] = line.split(':')
    const number = whole(gid)
    if (!name || /^[#+-]/.test(name) || members === undefined || number === null || groups.has(name)) continue
    groups.set(name, {
      name,
      gid: number,
      members: members
        .trim()
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean),
    })
  }
  return [...groups.values()]
}

export function parseShadow(text: string): Map<string, Shadow> {
  const found = new Map<string, Shadow>()
  for (const line of text.split('\n')) {
    const [name, hash, changed, , maximum, , , expires] = line.split(':')
    if (!name || hash === undefined || found.has(name)) continue
    found.set(name, {
      ...passwordState(hash),
      changed: whole(changed),
      maximum: whole(maximum),
      expires: whole(expires),
    })
  }
  return found
}

function passwordState(hash: string): Pick<Shadow, 'password' | 'method'> {
  if (hash === '') return { password: 'empty', method: null }
  const bare = hash.replace(/^!+/, '')
  const method = methodOf(bare)
  if (method === null) return { password: 'none', method: null }
  return { password: bare === hash ? 'usable' : 'locked', method }
}

/** By the prefixes of crypt(5). */
function methodOf(hash: string): string | null {
  const prefix = /^\$([^$]{1,10})\$/.exec(hash)?.[1]
  if (prefix !== undefined) {
    const names: Record<string, string> = {
      '1': 'md5',
      '2a': 'bcrypt',
      '2b': 'bcrypt',
      '2y': 'bcrypt',
      '5': 'sha256',
      '6': 'sha512',
      y: 'yescrypt',
      gy: 'gost-yescrypt',
      '7': 'scrypt',
    }
    return names[prefix] ?? 'unknown'
  }
  if (/^_[./0-9A-Za-z]{19}$/.test(hash)) return 'bsdi-des'
  return /^[./0-9A-Za-z]{13}$/.test(hash) ? 'des' : null
}

export const accountsOf = (host: Host, run: Run): Promise<Accounts> =>
  once(host, run, 'accounts', async (run) => {
    const passwd = await readText(host, run, '/etc/passwd', { limit: 16 << 20 })
    const group = await readText(host, run, '/etc/group', { limit: 16 << 20 })
    const defs = await host.machine.readFile('/etc/login.defs').catch(() => null)
    const last = /^\s*UID_MIN\s+(\d{1,9})/m.exec(defs ? new TextDecoder().decode(defs.bytes) : '')?.[1]
    return {
      users: passwd ? parsePasswd(passwd.text) : [],
      groups: group ? parseGroup(group.text) : [],
      shadow: await shadowOf(host),
      lastSystemUid: last === undefined ? 999 : Number(last) - 1,
    }
  })

/** Its refusal is told by the collection about users alone: the others do without. */
const shadowOf = async (host: Host): Promise<Map<string, Shadow> | null> => {
  const file = await host.machine.readFile('/etc/shadow', { limit: 16 << 20 }).catch(() => null)
  return file ? parseShadow(new TextDecoder().decode(file.bytes)) : null
}

export const refuseShadow = (host: Host, run: Run) =>
  part(run, () => host.machine.lstat('/etc/shadow').then(() => host.machine.readFile('/etc/shadow', { limit: 1 })))

/** Homes that may hold something of the account's own; each once, for the first account that has it. */
export function homesOf(accounts: Accounts): { user: Passwd; home: string }[] {
  const NOT_A_HOME = /^\/?$|^\/(bin|dev|etc|proc|sys|tmp|nonexistent|usr\/sbin|usr\/bin|sbin)$/
  const homes = new Map<string, Passwd>()
  for (const user of accounts.users) {
    const home = user.home.replace(/\/+$/, '')
    if (home.startsWith('/') && !NOT_A_HOME.test(home) && !home.split('/').includes('..') && !homes.has(home))
      homes.set(home, user)
  }
  return [...homes].map(([home, user]) => ({ home, user }))
}

export function namesByUid(accounts: Accounts): Map<number, string> {
  const names = new Map<number, string>()
  for (const { uid, name } of accounts.users) if (!names.has(uid)) names.set(uid, name)
  return names
}

const NO_LOGIN = /\/(nologin|false|sync|shutdown|halt)$|^\/dev\/null$/
export const canLogin = (shell: string): boolean => !NO_LOGIN.test(shell)
