import type { Duplex } from 'node:stream'
import { ReeveError, Refused, type Run } from '../../sdk/index.ts'
import type { CommandName } from './commands.ts'

export type FileKind = 'file' | 'folder' | 'link' | 'other'

export interface FileInfo {
  kind: FileKind
  size: number
  /** Permission bits, `0o7777` at most. */
  mode: number
  uid: number
  gid: number
  /** Milliseconds since 1970. */
  modified: number
}

export interface FileContent {
  bytes: Uint8Array
  info: FileInfo
  /** Where the file really is, links resolved. */
  path: string
  /** The file goes on after `bytes`. */
  truncated: boolean
}

export interface ReadOptions {
  /** Bytes at most; 1 MiB when left out. */
  limit?: number
  /** Offset of the first byte to read. */
  from?: number
  /** Links that lead out of this folder are refused: for folders whose owner is not the one who reads. */
  within?: string
}

export type Endpoint = { address: string; port: number } | { socket: string }

/**
 * A Linux machine that is looked at and never changed. Everywhere: what is not there (or vanishes while it is read) is null;
 * what may not be read throws `Refused` with the permission; anything but a regular file is never opened; every call has a
 * time limit. Paths are absolute.
 */
export interface Machine {
  hostname(): Promise<string>
  /** Null where it cannot be told. */
  uid(): Promise<number | null>
  readFile(path: string, options?: ReadOptions): Promise<FileContent | null>
  /** Names with kinds, at most `LIST_LIMIT`. */
  list(folder: string): Promise<{ name: string; kind: FileKind }[] | null>
  /** The thing behind all links. */
  stat(path: string): Promise<FileInfo | null>
  lstat(path: string): Promise<FileInfo | null>
  /** Where the path really is. */
  resolve(path: string): Promise<string | null>
  /** Where a link points, as written; null when it is none. */
  readlink(path: string): Promise<string | null>
  /** The targets of the links in one folder, by name. */
  links(folder: string): Promise<Map<string, string> | null>
  /** The output of one of the known read-only commands; null where it is not installed. */
  run(command: CommandName): Promise<string | null>
  /** A stream to something that listens on the machine's own loopback or on a unix socket; null where nothing does. */
  dial(endpoint: Endpoint): Promise<Duplex | null>
  close(): void
}

export const FILE_LIMIT = 1 << 20
export const LIST_LIMIT = 20_000

export const refused = (path: string, cause?: unknown): Refused =>
  new Refused(`reading ${path} was refused`, {
    cause,
    permission: `read ${path}: run as root or give CAP_DAC_READ_SEARCH`,
  })

export const notAFile = (path: string): ReeveError =>
  new ReeveError('host/not-a-file', `reading ${path}: it is not a regular file, so it is left closed`)

export const leadsOutside = (path: string, folder: string): ReeveError =>
  new ReeveError('host/link-outside', `reading ${path}: the link leads out of ${folder}, so it is not followed`)

/** Fails after the time limit or when the run is cancelled, whatever the work does. */
export async function within<T>(
  work: Promise<T>,
  milliseconds: number,
  signal: AbortSignal,
  doing: string,
): Promise<T> {
  // Work that was begun may fail after nobody waits for it any more: unheard, its failure would end the process.
  work.catch(() => undefined)
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () =>
      reject(
        new ReeveError(
          'host/silent',
          `${doing}: no answer within ${milliseconds / 1000} s; is the host reachable and not overloaded?`,
        ),
      ),
    milliseconds,
  )
  const cancel = () => reject(signal.reason)
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', cancel)
  }
}

/** One part of a listing: when it is refused or at fault, a ledger line says so, the rest goes on, and the part is null. */
export async function part<T>(run: Run, work: () => Promise<T>, scope?: string): Promise<T | null> {
  run.signal.throwIfAborted()
  try {
    return await work()
  } catch (error) {
    run.signal.throwIfAborted()
    if (!(error instanceof ReeveError) || error.code === 'host/silent') throw error
    const details: { scope?: string; permission?: string } = {}
    if (scope !== undefined) details.scope = scope
    if (error instanceof Refused && error.permission !== undefined) details.permission = error.permission
    run.ledger.refuse(error.message, details)
    return null
  }
}

/** Work on many things, a few at a time, results in order. */
export async function eachOf<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length)
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const at = next++
      results[at] = await work(items[at]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}
