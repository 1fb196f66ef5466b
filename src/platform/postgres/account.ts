import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ReeveError } from '../../sdk/index.ts'

/** PostgreSQL refuses to run as root, so under root it runs as another user. */
export interface Account {
  uid: number
  gid: number
}

/**
 * The user that PostgreSQL runs as; undefined: the user we are. Under root: whoever owns the cluster already, else the user
 * `reeve`, `postgres` or `nobody`, the first there is.
 */
export function accountFor(cluster: string, wanted?: string): Account | undefined {
  const self = process.getuid?.()
  const owner = existsSync(cluster) ? statSync(cluster) : undefined
  if (self !== 0) {
    if (owner === undefined || owner.uid === self) return undefined
    throw new ReeveError(
      'store/not-yours',
      `starting PostgreSQL: ${cluster} belongs to user id ${owner.uid} and we are ${self}; run reeve as that user or as root, or give another folder with --data`,
    )
  }
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const passwd = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : ''
  const accounts = new Map(
    passwd.split('\n').map((line) => {
      const [name, , uid, gid] = line.split(':')
      return [name, { uid: Number(uid), gid: Number(gid) }] as const
    }),
  )
  for (const name of wanted === undefined ? ['reeve', 'postgres', 'nobody'] : [wanted]) {
    const account = accounts.get(name)
    if (account && account.uid !== 0) return account
  }
  throw new ReeveError(
    'store/no-account',
    wanted === undefined
      ? 'PostgreSQL may not run as root and there is no user reeve, postgres or nobody: add one, or set DATABASE_URL'
      : `PostgreSQL cannot run as ${wanted}: there is no such user, or it is root`,
  )
}

/** May the account reach what is in the folder? */
export function isOpenTo(account: Account, folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(at)) {
      const { uid, gid, mode } = statSync(at)
      const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
      if ((mode & bit) === 0) return false
    }
    if (at === dirname(at)) return true
  }
}
