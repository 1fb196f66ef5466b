import { realpathSync, statSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ReeveError, type ScanFolderOptions, type ScannedFile } from '../sdk/index.ts'
import type { Engine } from './engine.ts'
import { LIMITS, type Limits } from './inside/limits.ts'
import type { Opening } from './inside/open.ts'
import { because, scanFile } from './one-file.ts'
import { openThreads } from './threads.ts'
import { type Met, walk } from './walk.ts'

/** The longest that other work of the process waits, milliseconds. */
const TURN = 12
/** A folder with more than this is read by threads: starting them costs as much as scanning some tens of megabytes. */
const ALONE = { files: 2000, bytes: 48e6 }

export interface FolderScan extends ScanFolderOptions {
  /** Enter the folders of package managers too (`node_modules`, `site-packages`, …). */
  vendored?: boolean
  /** Threads for a large folder; 0 reads everything in this one. */
  threads?: number
  /** How far archives are opened; null leaves them as they are. */
  archives?: Limits | null
}

/**
 * Secrets in the files below a folder, or in one file, in order of path. Links are not followed; devices, pipes and sockets are not opened. Of a
 * `.git` folder only `config` is read (`scanHistory` reads the rest). The root itself is read whatever it is called.
 */
export async function* scanFolder(
  engine: Engine,
  path: string,
  { filter, signal, vendored = false, threads = 0, archives = LIMITS }: FolderScan = {},
): AsyncGenerator<ScannedFile> {
  const opening = archives && { limits: archives, vendored }
  let since = performance.now()
  const turn = (): Promise<void> | undefined => {
    signal?.throwIfAborted()
    if (performance.now() - since < TURN) return undefined
    return nextTurn().then(() => {
      since = performance.now()
    })
  }
  let root: Buffer
  let device: number
  try {
    root = Buffer.from(realpathSync(path))
    const stat = statSync(root)
    device = stat.dev
    if (!stat.isDirectory()) {
      const file = root.subarray(root.lastIndexOf('/') + 1).toString('utf8')
      const scanned = stat.isFile() ? await scanFile(engine, root, file, turn, opening) : null
      if (scanned !== null && 'next' in scanned) yield* scanned
      else yield scanned ?? { file, bytes: 0, detections: [], skipped: 'neither a file nor a folder' }
      return
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw new ReeveError(
      'scan/no-such-path',
      `scanning ${path}: ${because(error)}; give a file or folder that can be read`,
      { cause: error },
    )
  }
  if (root.toString() === '/') root = Buffer.alloc(0)

  const met = walk(root, device, { filter, vendored })
  let files = 0
  let bytes = 0
  for (let next = met.next(); !next.done; next = met.next()) {
    const pause = turn()
    if (pause !== undefined) await pause
    const scanned = await scanMet(engine, next.value, turn, opening)
    if (scanned === null) continue
    files++
    if ('next' in scanned)
      for await (const part of scanned) {
        bytes += part.bytes
        yield part
      }
    else {
      bytes += scanned.bytes
      yield scanned
    }
    if (threads > 0 && (files >= ALONE.files || bytes >= ALONE.bytes)) break
  }
  yield* scanWithThreads(met, threads, opening, signal)
}

const scanMet = (engine: Engine, met: Met, turn: () => Promise<void> | undefined, opening: Opening | null) =>
  'skipped' in met
    ? { file: met.file, bytes: 0, detections: [], skipped: met.skipped }
    : scanFile(engine, met.at, met.file, turn, opening)

/** How many files a thread is given at once, and how many such parcels wait for each: memory stays flat when nobody takes the results. */
const PARCEL = 48
const WAITING = 3

/** What is left of a walk, read by threads, still in order. */
async function* scanWithThreads(
  met: Generator<Met>,
  count: number,
  opening: Opening | null,
  signal: AbortSignal | undefined,
): AsyncGenerator<ScannedFile> {
  const parcels = parcelsOf(met)
  let parcel = parcels.next()
  if (parcel.done) return
  const threads = openThreads(count, opening)
  try {
    const waiting: Promise<ScannedFile[]>[] = []
    while (!parcel.done || waiting.length > 0) {
      signal?.throwIfAborted()
      while (!parcel.done && waiting.length < count * WAITING) {
        const scanned = threads.scan(parcel.value)
        // It is awaited in its turn; until then a failure is nobody's.
        scanned.catch(() => undefined)
        waiting.push(scanned)
        parcel = parcels.next()
      }
      yield* await waiting.shift()!
    }
  } finally {
    await threads.close()
  }
}

function* parcelsOf(met: Generator<Met>): Generator<Met[]> {
  let parcel: Met[] = []
  for (const one of met) {
    parcel.push(one)
    if (parcel.length < PARCEL) continue
    yield parcel
    parcel = []
  }
  if (parcel.length > 0) yield parcel
}
