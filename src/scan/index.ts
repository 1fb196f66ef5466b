import { availableParallelism } from 'node:os'
import type { Run, ScannedFile } from '../sdk/index.ts'
import type { Detector } from './detector.ts'
import { detectors } from './detectors/index.ts'
import { scanDiff } from './diff.ts'
import { compile } from './engine.ts'
import { scanFolder } from './folder.ts'
import { scanHistory, scanStaged } from './history.ts'
import { scanWhole } from './inside/leaf.ts'
import { LIMITS, type Limits } from './inside/limits.ts'
import { checks } from './live/checks.ts'
import { scanBytes } from './reading.ts'

export type { Anchor, Detector, Match, Opinion } from './detector.ts'
export { explain } from './explain.ts'
export { type Asked, type Asker, createAsker } from './live/asker.ts'
export { checks as liveChecks } from './live/checks.ts'
export { detectors }

/** Detectors whose values a service can be asked about. */
export const LIVE_CHECKS: ReadonlySet<string> = new Set(checks.flatMap((check) => check.detectors))

export interface Scanner extends Pick<Run, 'scan' | 'scanFolder' | 'scanHistory'> {
  /** Secrets in the files of a repository's index that differ from HEAD, as they would be committed. */
  scanStaged(repository: string, options?: { signal?: AbortSignal }): AsyncIterable<ScannedFile>
  /** Secrets in what a change (`base..head`) brings in, merges included. */
  scanDiff(repository: string, range: string, options?: { signal?: AbortSignal }): AsyncIterable<ScannedFile>
}

export interface ScannerOptions {
  /** Other detectors than Reeve's own. */
  detectors?: readonly Detector[]
  /** Enter the folders of package managers too (`node_modules`, `site-packages`, …); they are left out by default. */
  vendored?: boolean
  /** Threads for large folders; by default as many as there are processors, and four at most. Other detectors are tried in this thread alone. */
  threads?: number
  /** Do not open archives, or open them within other limits. */
  archives?: false | Partial<Limits>
}

/** Compiles the detectors once (some milliseconds) and scans with them; holds no state between calls. */
export const createScanner = (options: ScannerOptions = {}): Scanner => {
  const engine = compile(options.detectors ?? detectors)
  const threads = options.detectors === undefined ? (options.threads ?? Math.min(4, availableParallelism())) : 0
  const archives = options.archives === false ? null : { ...LIMITS, ...options.archives }
  const vendored = options.vendored ?? false
  const opening = archives && { limits: archives, vendored }
  return {
    scan: (bytes, { file = '' }) =>
      bytes.length <= engine.room.length ? scanWhole(engine, bytes, file).detections : scanBytes(engine, bytes, file),
    scanFolder: (path, more) => scanFolder(engine, path, { ...more, threads, archives, vendored }),
    scanHistory: (repository, more) => scanHistory(engine, repository, { ...more, opening }),
    scanDiff: (repository, range, more) => scanDiff(engine, repository, range, { ...more, opening }),
    scanStaged: (repository, more) => scanStaged(engine, repository, { ...more, opening }),
  }
}
