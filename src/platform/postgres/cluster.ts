import { existsSync, readFileSync } from 'node:fs'
import { chmod, chown, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf, ReeveError } from '../../sdk/index.ts'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { writePasswdLibrary } from './passwd-library.ts'
import { failure, runProgram } from './process.ts'

/** Makes the cluster if there is none: beside its place first, so that one that is there is whole. */
export async function ensureCluster(cluster: string, binaries: Binaries, account: Account | undefined): Promise<void> {
  if (existsSync(join(cluster, 'PG_VERSION'))) return checkCluster(cluster, binaries)
  if (existsSync(cluster)) {
    throw new ReeveError(
      'store/not-a-cluster',
      `starting PostgreSQL: ${cluster} is there but holds no database; move it away, or restore a backup`,
    )
  }
  const folder = dirname(cluster)
  const half = `${cluster}.new-${process.pid}`
  await rm(half, { recursive: true, force: true })
  try {
    await mkdir(half, { mode: 0o700 })
    if (account) await chown(half, account.uid, account.gid)
    await initialise(half, folder, binaries, account)
    await chmod(half, 0o700)
    await rename(half, cluster)
  } catch (error) {
    await rm(half, { recursive: true, force: true })
    // Two first starts at once: the other was first.
    if (existsSync(join(cluster, 'PG_VERSION'))) return
    if (error instanceof ReeveError) throw error
    throw failure('store/init', `making the database ${cluster}`, messageOf(error), folder)
  }
}

async function initialise(
  half: string,
  folder: string,
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  const args = [
    '-U',
    'reeve',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-locale',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]
  const run = async (preload?: string) => {
    const program = runProgram(binaries.initdb, half, args, { binaries, account, preload })
    return (await program.ended) === 0 ? undefined : program.complaint()
  }
  let complaint = await run()
  if (complaint !== undefined && /could not look up effective user ID/.test(complaint)) {
    const self = account ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
    const library = writePasswdLibrary(folder, self)
    if (library !== undefined) {
      complaint = await run(library)
      await rm(library)
    }
  }
  if (complaint !== undefined) throw failure('store/init', `making the database in ${folder}`, complaint, folder)
}

function checkCluster(cluster: string, binaries: Binaries): void {
  let version: string
  try {
    version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  } catch (error) {
    throw new ReeveError('store/unreadable', `starting PostgreSQL: ${cluster} cannot be read`, { cause: error })
  }
  if (version !== binaries.major) {
    throw new ReeveError(
      'store/wrong-version',
      `starting PostgreSQL: ${cluster} was made by PostgreSQL ${version} and this reeve brings ${binaries.major}; take a backup with the reeve that made it and restore it here`,
    )
  }
}
