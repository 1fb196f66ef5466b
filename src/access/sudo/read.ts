/** Sudoers files with all they include, and the accounts they speak of. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { messageOf, parseSudoers, ReeveError, type Sudoers } from '../../sdk/index.ts'

export interface SudoersFile extends Sudoers {
  file: string
}

export interface Account {
  name: string
  /** Null where no passwd file says. */
  uid: number | null
  /** Names, and `#` with numbers. */
  groups: readonly string[]
}

export interface SudoInput {
  files: readonly SudoersFile[]
  /** Null when nothing tells who there is: then names stand for themselves. */
  accounts: readonly Account[] | null
  /** Null where no host is said: then every host list is taken to mean it, and said so. */
  host: string | null
  warnings: string[]
}

export interface SudoFlags {
  files: readonly string[]
  passwd?: string | undefined
  group?: string | undefined
  host?: string | undefined
}

const MOST_FILES = 500
const MOST_DEPTH = 128

/**
 * Files of one host, in the order sudo reads them. What an include names is looked for where it says, if the file that includes it stands
 * there too, and else beside that file. Throws `access/file` and, for a line that is no sudoers, `access/sudoers` with it.
 */
export async function readSudo({ files: named, passwd, group, host }: SudoFlags): Promise<SudoInput> {
  const files: SudoersFile[] = []
  const warnings: string[] = []
  const visit = async (path: string, depth: number): Promise<void> => {
    if (depth > MOST_DEPTH || files.length >= MOST_FILES)
      throw new ReeveError('access/sudoers', `reading ${path}: its includes are too many, or nest too deeply`)
    const parsed = parseSudoers(await textOf(path))
    const [line] = parsed.unread
    if (line !== undefined)
      throw new ReeveError(
        'access/sudoers',
        `reading ${path} as sudoers: line ${line} is not understood; try visudo -c -f ${path}`,
      )
    files.push({ ...parsed, file: path })
    for (const include of parsed.includes) {
      const wanted = include.path.replaceAll('%h', (host ?? '').split('.')[0]!)
      const found = await foundAt(path, wanted)
      if (found === null) warnings.push(`${path} includes ${wanted}, which is not here: what it says is not known`)
      else if (!include.folder) await visit(found, depth + 1)
      else
        for (const name of (await readdir(found)).sort())
          if (!name.includes('.') && !name.endsWith('~')) await visit(join(found, name), depth + 1)
    }
  }
  for (const path of named) await visit(path, 0)
  return {
    files,
    accounts: passwd === undefined ? null : await accountsOf(passwd, group),
    host: host ?? null,
    warnings,
  }
}

const textOf = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ReeveError('access/file', `opening ${path}: ${messageOf(cause)}`, { cause })
  })

/** A copy of /etc is asked for what lies in the copy, never for what this machine has. */
async function foundAt(file: string, wanted: string): Promise<string | null> {
  const beside = wanted.startsWith('/') && dirname(wanted) !== dirname(file) ? basename(wanted) : wanted
  const path = beside.startsWith('/') ? beside : join(dirname(file), beside)
  return (await stat(path).catch(() => null)) === null ? null : path
}

async function accountsOf(passwd: string, group: string | undefined): Promise<Account[]> {
  const groups = (group === undefined ? '' : await textOf(group)).split('\n').flatMap((line) => {
    const [name, , gid, members = ''] = line.split(':')
    return name && gid && /^\d+$/.test(gid) ? [{ name, gid, members: members.split(',') }] : []
  })
  const accounts = new Map<string, Account>()
  for (const [index, line] of (await textOf(passwd)).split('\n').entries()) {
    const [name, , uid, gid] = line.split(':')
    if (line.trim() === '' || /^[#+-]/.test(line)) continue
    if (!name || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? ''))
      throw new ReeveError(
        'access/shape',
        `reading ${passwd} as accounts: line ${index + 1} is not name:password:uid:gid:…`,
      )
    const own = groups.filter((one) => one.gid === gid || one.members.includes(name))
    if (!accounts.has(name))
      accounts.set(name, {
        name,
        uid: Number(uid),
        groups: [`#${gid}`, ...own.flatMap((one) => [one.name, `#${one.gid}`])],
      })
  }
  return [...accounts.values()]
}
