import type { Run } from '../../sdk/index.ts'
import { type Accounts, accountsOf, namesByUid } from './accounts.ts'
import { clean, type Host, instant, octal, once } from './host.ts'
import type { FileInfo } from './machine.ts'

interface FileFacts {
  file: string
  mode: string
  owner: string
  group: string
  modified: string | null
  /** Any account can read it: its own mode and that of all folders above let it. Null where a folder could not be looked at. */
  readableByAll: boolean | null
  /** The group can read it, and which accounts besides the owner that are. */
  readableByGroup: boolean
  groupMembers: string[]
  [more: string]: string | boolean | null | string[]
}

/** Who owns a file and who can read it, by its mode and by the folders above it. ACLs are not looked at. */
export async function factsOf(host: Host, run: Run, path: string, info: FileInfo): Promise<FileFacts> {
  const accounts = await accountsOf(host, run)
  const owner = namesByUid(accounts).get(info.uid) ?? `uid ${info.uid}`
  const group = accounts.groups.find((one) => one.gid === info.gid)
  return {
    file: clean(path),
    mode: octal(info.mode),
    owner,
    group: group?.name ?? `gid ${info.gid}`,
    modified: instant(info.modified),
    readableByAll: (info.mode & 0o004) === 0 ? false : await openToAll(host, run, path.slice(0, path.lastIndexOf('/'))),
    readableByGroup: (info.mode & 0o040) !== 0,
    groupMembers: membersOf(accounts, info.gid)
      .filter((name) => name !== owner)
      .slice(0, 50),
  }
}

const membersOf = (accounts: Accounts, gid: number): string[] => [
  ...new Set([
    ...accounts.users.filter((user) => user.gid === gid && user.uid !== 0).map((user) => user.name),
    ...(accounts.groups.find((group) => group.gid === gid)?.members ?? []),
  ]),
]

function openToAll(host: Host, run: Run, folder: string): Promise<boolean | null> {
  if (folder === '') return Promise.resolve(true)
  return once(host, run, `open ${folder}`, async (run) => {
    const info = await host.machine.stat(folder).catch(() => null)
    if (info === null) return null
    return (info.mode & 0o001) === 0 ? false : openToAll(host, run, folder.slice(0, folder.lastIndexOf('/')))
  })
}
