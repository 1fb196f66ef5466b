import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ReeveError, type ScanFolderOptions, type ScannedFile } from '../sdk/index.ts'
import type { Engine } from './engine.ts'
import { type Ignore, parseIgnore } from './ignore.ts'
import { startFeed } from './reading.ts'

/** What other people wrote and a package manager put there. Their folders are not entered unless asked for. */
const VENDORED = new Set([
  'node_modules',
  'bower_components',
  'jspm_packages',
  'site-packages',
  '.venv',
  'virtualenv',
  '__pycache__',
  '.tox',
  '.yarn',
  '.pnpm-store',
])
/** File systems that show the kernel, not files. */
const KERNEL_FILE_SYSTEMS = new Set([
  0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x64626720, 0x74726163, 0xcafe4a11, 0x73636673, 0x6165676c, 0x1cd1,
  0x19800202, 0x42494e4d,
])
/** The longest that other work of the process waits, milliseconds. */
const TURN = 12

export interface FolderScan extends ScanFolderOptions {
  /** Enter the folders of package managers too (`node_modules`, `site-packages`, …). */
  vendored?: boolean
}

const because = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'ENOENT':
      return 'gone before it was read'
    case 'ELOOP':
      return 'turned into a link before it was read'
    case 'ENAMETOOLONG':
      return 'the path is too long'
    default:
      return code ?? 'could not be read'
  }
}

const SLASH = Buffer.from('/')
const join = (folder: Buffer, name: Buffer): Buffer => Buffer.concat([folder, SLASH, name])

const scanFile = async (
  engine: Engine,
  path: Buffer,
  file: string,
  turn: () => Promise<void> | undefined,
  signal?: AbortSignal,
): Promise<ScannedFile | null> => {
  let handle: number
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    return { file, bytes: 0, detections: [], skipped: because(error) }
  }
  let bytes = 0
  try {
    const stat: BigIntStats = fstatSync(handle, { bigint: true })
    if (!stat.isFile()) return null
    const size = Number(stat.size)
    if (size > 1 << 20 && stat.blocks === 0n) return { file, bytes: size, detections: [] }
    const feed = startFeed(engine, file, size + 1)
    const buffer = chunkOf(size)
    for (;;) {
      const read = readSync(handle, buffer, 0, buffer.length, null)
      if (read === 0) break
      bytes += read
      feed.push(buffer.subarray(0, read))
      await turn()
      signal?.throwIfAborted()
    }
    const { detections, full } = feed.end()
    const skipped = full
      ? 'too many possible secrets; the rest was not judged'
      : bytes < size
        ? 'cut while it was read'
        : undefined
    return { file, bytes, detections, ...(skipped === undefined ? {} : { skipped }) }
  } catch (error) {
    if (signal?.aborted === true) throw error
    return { file, bytes, detections: [], skipped: because(error) }
  } finally {
    closeSync(handle)
  }
}

/** How much is read at once. */
const MOST = 1 << 20
const chunkOf = (size: number): Buffer => Buffer.allocUnsafe(Math.max(4096, Math.min(size + 1, MOST)))

const ignoreAt = (folder: Buffer): Ignore | null => {
  try {
    const handle = openSync(
      join(folder, Buffer.from('.reeveignore')),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    )
    try {
      if (!fstatSync(handle).isFile()) return null
      const text = Buffer.alloc(1 << 20)
      return parseIgnore(text.toString('utf8', 0, readSync(handle, text, 0, text.length, 0)))
    } finally {
      closeSync(handle)
    }
  } catch {
    return null
  }
}

/**
 * Secrets in the files below a folder, or in one file, in order of path. Links are not followed; devices, pipes and sockets are not opened. Of a
 * `.git` folder only `config` is read (`scanHistory` reads the rest). The root itself is read whatever it is called.
 */
export async function* scanFolder(
  engine: Engine,
  path: string,
  { filter, signal, vendored = false }: FolderScan = {},
): AsyncGenerator<ScannedFile> {
  let since = performance.now()
  const turn = (): Promise<void> | undefined => {
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
      const scanned = stat.isFile() ? await scanFile(engine, root, file, turn, signal) : null
      yield scanned ?? { file, bytes: 0, detections: [], skipped: 'neither a file nor a folder' }
      return
    }
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw new ReeveError(
      'scan/no-such-path',
      `scanning ${path}: ${because(error)}; give a file or folder that can be read`,
      { cause: error },
    )
  }
  if (root.toString() === '/') root = Buffer.alloc(0)

  interface Folder {
    at: Buffer
    /** Relative, with a slash at its end; empty for the root. */
    prefix: string
    device: number
    ignores: { prefix: string; ignore: Ignore }[]
  }
  const stack: (Folder | { at: Buffer; file: string })[] = [{ at: root, prefix: '', device, ignores: [] }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    signal?.throwIfAborted()
    await turn()
    if ('file' in next) {
      const scanned = await scanFile(engine, next.at, next.file, turn, signal)
      if (scanned !== null) yield scanned
      continue
    }
    const { at, prefix } = next
    let entries: {
      name: Buffer
      isFile(): boolean
      isDirectory(): boolean
      isSymbolicLink(): boolean
      isFIFO(): boolean
      isSocket(): boolean
      isBlockDevice(): boolean
      isCharacterDevice(): boolean
    }[]
    try {
      entries = readdirSync(at.length === 0 ? SLASH : at, { withFileTypes: true, encoding: 'buffer' })
    } catch (error) {
      yield { file: prefix.slice(0, -1) || '.', bytes: 0, detections: [], skipped: because(error) }
      continue
    }
    const own = ignoreAt(at)
    const ignores = own === null ? next.ignores : [{ prefix, ignore: own }, ...next.ignores]
    const inGit = prefix === '.git/' || prefix.endsWith('/.git/')
    entries.sort((a, b) => Buffer.compare(b.name, a.name))
    for (const entry of entries) {
      const name = entry.name.toString('utf8')
      const file = prefix + name
      const path = join(at, entry.name)
      let isFolder = entry.isDirectory()
      let isFile = entry.isFile()
      if (
        !isFolder &&
        !isFile &&
        !entry.isSymbolicLink() &&
        !entry.isFIFO() &&
        !entry.isSocket() &&
        !entry.isBlockDevice() &&
        !entry.isCharacterDevice()
      ) {
        // Some file systems do not say in the listing what an entry is.
        const stat = lstatSync(path, { throwIfNoEntry: false })
        isFolder = stat?.isDirectory() ?? false
        isFile = stat?.isFile() ?? false
      }
      if (!isFolder && !isFile) continue
      if (inGit && name !== 'config') continue
      if (isFolder && !vendored && VENDORED.has(name)) continue
      const decided = ignores
        .map(({ prefix: base, ignore }) => ignore.decides(file.slice(base.length), isFolder))
        .find((says) => says !== undefined)
      if (decided === true || filter?.(file, isFolder) === false) continue
      if (!isFolder) {
        stack.push({ at: path, file })
        continue
      }
      const inside = lstatSync(path, { throwIfNoEntry: false })
      if (inside === undefined || !inside.isDirectory()) continue
      if (inside.dev !== next.device && isKernels(path)) continue
      stack.push({ at: path, prefix: `${file}/`, device: inside.dev, ignores })
    }
  }
}

const isKernels = (path: Buffer): boolean => {
  try {
    return KERNEL_FILE_SYSTEMS.has(statfsSync(path).type)
  } catch {
    return false
  }
}
