import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Run } from '../../sdk/index.ts'
import { readText } from './files.ts'

export interface Home {
  user: string
  uid: number
  /** Where it is on this machine, below the root. */
  path: string
}

const NOT_A_HOME = /^\/?$|^\/(bin|dev|etc|proc|sys|tmp|nonexistent|usr\/sbin|usr\/bin|sbin)$/

/** The homes of the accounts of a machine, each once, for the first account that has it. */
export async function homesOf(run: Run, root: string): Promise<Home[]> {
  const homes = new Map<string, Home>()
  const add = (user: string, uid: number, home: string) => {
    const path = home.replace(/\/+$/, '')
    if (path.startsWith('/') && !NOT_A_HOME.test(path) && !path.split('/').includes('..') && !homes.has(path))
      homes.set(path, { user, uid, path: join(root, path) })
  }
  const passwd = await readText(run, join(root, 'etc/passwd'), root)
  for (const line of passwd?.text.split('\n') ?? []) {
    const [name, , uid, , , home] = line.split(':')
    if (name && !/^[#+-]/.test(name) && /^\d{1,10}$/.test(uid ?? '') && home) add(name, Number(uid), home)
  }
  // Directories give accounts that passwd does not list: whoever runs this has a home all the same.
  if (root === '/') {
    const own = userInfo()
    add(own.username, own.uid, homedir())
  }
  return [...homes.values()]
}
