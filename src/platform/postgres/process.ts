import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, statfsSync, statSync } from 'node:fs'
import { ReeveError } from '../../sdk/index.ts'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'

const LOG_BYTES = 16 * 1024 * 1024

/** A program of PostgreSQL that was started. */
export interface Program {
  child: ChildProcess
  /** Its exit status or signal, or the error that it could not be started. */
  ended: Promise<number | string>
  /** Why it failed, in its own words. */
  complaint(): string
}

/**
 * Runs one in a session of its own, so that an interrupt at the terminal reaches Reeve alone. Under Linux the cluster is named
 * by where the program stands, for the folders above may be closed to the user it becomes (a checkout in /root).
 */
export function runProgram(
  path: string,
  cluster: string,
  args: string[],
  { binaries, account, logFile, preload }: ProgramOptions,
): Program {
  const out = logFile === undefined ? 'pipe' : openLog(logFile)
  const from = logFile === undefined ? 0 : statSync(logFile).size
  const child = spawn(path, ['-D', process.platform === 'linux' ? '/proc/self/cwd' : cluster, ...args], {
    stdio: ['ignore', out, out],
    detached: true,
    cwd: cluster,
    env: {
      PATH: '/usr/bin:/bin',
      LD_LIBRARY_PATH: binaries.lib,
      LC_ALL: 'C',
      ...(preload !== undefined && { LD_PRELOAD: preload }),
    },
    ...account,
  })
  if (typeof out === 'number') closeSync(out)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
    })
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (status, signal) => resolve(status ?? signal ?? 'unknown'))
    child.once('error', (error) => resolve(error.message))
  })
  return {
    child,
    ended,
    complaint: () => complaintIn(logFile === undefined ? said : readFileSync(logFile).subarray(from).toString('utf8')),
  }
}

interface ProgramOptions {
  binaries: Binaries
  account?: Account
  /** Where its words go. A short program needs none: they are kept, even when the disk is full. */
  logFile?: string
  preload?: string
}

/** Turns what PostgreSQL said into a code that a person can act on. */
export function failure(code: string, doing: string, complaint: string, folder: string): ReeveError {
  // On a full disk there may have been no room for the complaint either.
  const { bavail, bsize } = statfsSync(folder)
  if (/No space left on device|ENOSPC|disk quota/i.test(complaint) || bavail * bsize < 1024 * 1024) {
    return new ReeveError('store/disk-full', `${doing}: the disk is full; free some space and start again`, {
      fields: { complaint },
    })
  }
  return new ReeveError(code, `${doing}: ${complaint}`)
}

function openLog(file: string): number {
  try {
    if (statSync(file).size > LOG_BYTES) renameSync(file, `${file}.old`)
  } catch {
    // There is none yet.
  }
  return openSync(file, 'a', 0o600)
}

function complaintIn(said: string): string {
  const lines = said.trim().split('\n')
  // Who asks too early is told so in the same log: that is no complaint of the server's own.
  const serious = lines.filter(
    (line) =>
      /\b(FATAL|PANIC|ERROR|error):/i.test(line) &&
      !/the database system is (starting up|shutting down|not)/.test(line),
  )
  return (serious.at(0) ?? lines.at(-1) ?? '').replace(/^\S+ \S+ UTC \[\d+\] /, '')
}
