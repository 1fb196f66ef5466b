import { readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What postmaster.pid says, which PostgreSQL writes at its start and removes at its end. */
export interface PidFile {
  pid: number
  socketFolder: string
  port: number
}

/** Undefined when there is none. While PostgreSQL is writing it the number, or the folder, is not there yet. */
export function readPidFile(cluster: string): PidFile | undefined {
  let text: string
  try {
    text = readFileSync(join(cluster, 'postmaster.pid'), 'utf8')
  } catch {
    return undefined
  }
  const [pid, , , port, socketFolder] = text.split('\n')
  return { pid: Number(pid), port: Number(port), socketFolder: socketFolder ?? '' }
}

/**
 * Is the process the PostgreSQL of this cluster? Not when it is dead, a zombie, or another program that was given the number
 * since. A postmaster stands in its cluster's folder, which tells it from all others.
 */
export function isPostmaster(pid: number, cluster: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false
  try {
    process.kill(pid, 0)
  } catch {
    // ESRCH: nobody. EPERM: another user's, and the server of our cluster is always ours to signal.
    return false
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return false
    return readlinkSync(`/proc/${pid}/cwd`) === cluster
  } catch (error) {
    // No /proc (macOS), or a process we may not look at: believe the pid file, as PostgreSQL itself does.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT' || process.platform !== 'linux'
  }
}

/**
 * PostgreSQL will not start while the number in the pid file is in use, be it by another program or a zombie. It goes past the
 * number of its own parent, which we shall be. The file itself stays: by the shared memory named in it PostgreSQL sees backends
 * of a killed server that still write.
 */
export function disownPidFile(cluster: string, stale: PidFile): void {
  try {
    process.kill(stale.pid, 0)
  } catch {
    return
  }
  const file = join(cluster, 'postmaster.pid')
  const [pid, ...rest] = readFileSync(file, 'utf8').split('\n')
  if (Number(pid) === stale.pid) writeFileSync(file, [process.pid, ...rest].join('\n'))
}
