import type { Clock } from '../platform/index.ts'
import type { Log, Run } from '../sdk/index.ts'
import type { BaseRun } from './read.ts'

export interface RunParts {
  fetch: Run['fetch']
  log: Log
  clock: Clock
  scanner: Pick<Run, 'scan' | 'scanFolder' | 'scanHistory'>
  fingerprint: Run['fingerprint']
}

/** What plugins see of the world, until the signal aborts. */
export function createRun({ fetch, log, clock, scanner, fingerprint }: RunParts, signal: AbortSignal): BaseRun {
  return {
    fetch: (url, init) =>
      fetch(url, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal }),
    log,
    now: () => clock.now(),
    signal,
    scan: (bytes, place) => scanner.scan(bytes, place),
    scanFolder: (path, options) => scanner.scanFolder(path, { signal, ...options }),
    scanHistory: (repository, options) => scanner.scanHistory(repository, { signal, ...options }),
    fingerprint,
  }
}
