import { constants, type Stats } from 'node:fs'
import { lstat, open, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, matchesGlob, relative, resolve } from 'node:path'
import { type Environment, type Key, ReeveError, type Run } from '../../sdk/index.ts'
import { type BlobReader, openBlobReader } from './blob-reader.ts'
import type { Config } from './config.ts'
import { parseRemote, type Remote, repositoryKey } from './place-names.ts'
import { type GitPlace, gitLines } from './run-git.ts'

const MOST_FILES = 300_000
/** Fetched or generated, never written by the people of the repository. */
const NEVER = new Set(['.git', 'node_modules', '.venv', '.terraform', '__pycache__', '.tox'])

export interface Listed {
  /** From the top of the repository, or of the folder where there is none; `/`-separated. */
  path: string
  /** Known for bare repositories. */
  blob?: { id: string; bytes: number }
}

export interface Repository {
  place: GitPlace
  bare: boolean
  shallow: boolean
  partial: boolean
  /** The commit; null in a repository without commits. */
  head: string | null
  remotes: { name: string; address: string; remote: Remote }[]
}

/** A folder as it lies there, with the repository that it is in, if it is in one. */
export interface Checkout {
  key: Key
  name: string
  config: Config
  environment: Environment | undefined
  /** Where paths start. */
  top: string
  /** The folder that is read, from `top`; empty or ending in `/`. */
  prefix: string
  /** When the connection is about one file. */
  only: string | null
  /** Null where there is none, or no git to read it with. */
  repository: Repository | null
  /** Why a repository that is there cannot be read. */
  unreadable: string | null
  /** Should the path be opened, or the folder entered? */
  wanted(path: string, isFolder: boolean): boolean
  files(): Promise<{ files: Listed[]; problems: string[] }>
  /** The text of a listed file, or why there is none. */
  read(file: Listed, most: number): Promise<{ text: string } | { skipped: string }>
  /** The paths in git's index; everything for a bare repository. */
  tracked(): Promise<(path: string) => boolean>
  close(): void
}

/** Looks at the path and the repository around it. Throws `git/…` with what to do. */
export async function openCheckout(config: Config, run: Run): Promise<Checkout> {
  const path = resolve(config.path)
  const found = await stat(path).catch((cause) => {
    throw new ReeveError(
      'git/no-folder',
      `opening ${config.path}: ${cause.code ?? cause.message}; give a folder that is there and may be read`,
      { cause },
    )
  })
  const only = found.isFile() ? basename(path) : null
  if (!only && !found.isDirectory())
    throw new ReeveError('git/no-folder', `opening ${config.path}: it is neither a folder nor a file`)
  const root = await realpath(only ? dirname(path) : path)
  const where = await findRepository(root)
  const top = where?.workTree ?? root
  const { repository, unreadable } = where ? await describe(where, run) : { repository: null, unreadable: null }
  const origin = repository?.remotes.find(({ name }) => name === 'origin') ?? repository?.remotes[0]
  const place = origin?.remote.place ?? null
  const prefix = relative(top, root) === '' ? '' : `${relative(top, root)}/`
  const ignored = repository && !repository.bare ? await ignoredFolders(repository.place, run) : new Set<string>()
  const include = config.include ?? []
  const exclude = config.exclude ?? []
  const wanted = (file: string, isFolder: boolean): boolean => {
    if (NEVER.has(basename(file)) && (isFolder || basename(file) === '.git')) return false
    if (isFolder && ignored.has(file)) return false
    if (exclude.some((glob) => covers(glob, file))) return false
    if (isFolder) return true
    if (only !== null && file !== prefix + only) return false
    return include.length === 0 || include.some((glob) => covers(glob, file))
  }
  let listing: Promise<{ files: Listed[]; problems: string[] }> | undefined
  let index: Promise<(path: string) => boolean> | undefined
  let blobs: BlobReader | undefined
  return {
    key: repositoryKey(place, repository ? top : path),
    name: place ? place.split('/').slice(1).join('/') : basename(repository ? top : path) || top,
    config,
    environment: config.environment,
    top,
    prefix,
    only,
    repository,
    unreadable,
    wanted,
    files: () => (listing ??= repository?.bare ? listTree(repository, wanted, run) : walk(top, prefix, wanted, run)),
    read: (file, most) => {
      if (file.blob && repository) {
        if (file.blob.bytes > most)
          return Promise.resolve({ skipped: `it has ${file.blob.bytes} bytes; ${most} are read` })
        blobs ??= openBlobReader(repository.place)
        return blobs.read(file.blob.id).then(textOf, (error: Error) => ({ skipped: error.message }))
      }
      return readRegular(join(top, file.path), most)
    },
    tracked: () => (index ??= trackedPaths(repository, run)),
    close: () => blobs?.close(),
  }
}

/** A glob, or a folder's name for all that is below it. */
const covers = (glob: string, path: string): boolean =>
  matchesGlob(path, glob) || path.startsWith(glob.endsWith('/') ? glob : `${glob}/`)

/** Up from the folder to the first `.git`; or the folder itself, when it is a bare repository or a git directory. */
async function findRepository(folder: string): Promise<GitPlace | null> {
  const isThere = (file: string): Promise<Stats | null> => lstat(file).catch(() => null)
  if (
    (await isThere(join(folder, 'HEAD'))) &&
    (await isThere(join(folder, 'objects'))) &&
    (await isThere(join(folder, 'refs')))
  ) {
    return basename(folder) === '.git'
      ? { gitDir: folder, workTree: dirname(folder) }
      : { gitDir: folder, workTree: null }
  }
  for (let at = folder; ; at = dirname(at)) {
    const dot = await isThere(join(at, '.git'))
    if (dot?.isFile() || (dot?.isDirectory() && (await isThere(join(at, '.git', 'HEAD'))))) {
      return { gitDir: join(at, '.git'), workTree: at }
    }
    if (dirname(at) === at) return null
  }
}

async function describe(
  place: GitPlace,
  run: Run,
): Promise<{ repository: Repository | null; unreadable: string | null }> {
  const options = { signal: run.signal, timeout: 30_000 }
  try {
    const [shallow] = await gitLines(place, ['rev-parse', '--is-shallow-repository'], options)
    const head = await gitLines(place, ['rev-parse', '-q', '--verify', 'HEAD^{commit}'], options).catch(() => [])
    const settings = await gitLines(
      place,
      [
        'config',
        '--local',
        '-z',
        '--get-regexp',
        '^(remote\\..*\\.(url|promisor|partialclonefilter)|extensions\\.partialclone)$',
      ],
      options,
    ).catch(() => [])
    const remotes: Repository['remotes'] = []
    let partial = false
    for (const setting of settings) {
      const [name = '', value = ''] = setting.split('\n', 2)
      const url = /^remote\.(.*)\.url$/s.exec(name)
      if (url && remotes.length < 50) remotes.push({ name: url[1]!, address: value, remote: parseRemote(value) })
      else if (/promisor|partialclone/i.test(name)) partial = true
    }
    return {
      repository: {
        place,
        bare: place.workTree === null,
        shallow: shallow === 'true',
        partial,
        head: head[0] ?? null,
        remotes,
      },
      unreadable: null,
    }
  } catch (error) {
    if (run.signal.aborted) throw error
    if (!(error instanceof ReeveError)) throw error
    if (place.workTree === null) throw error
    return { repository: null, unreadable: error.message }
  }
}

/** Folders that .gitignore names hold what is built or fetched; single ignored files (`.env`) are read like the others. */
async function ignoredFolders(place: GitPlace, run: Run): Promise<Set<string>> {
  const lines = await gitLines(
    place,
    ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'],
    {
      signal: run.signal,
    },
  ).catch(() => [])
  return new Set(lines.filter((line) => line.endsWith('/')).map((line) => line.slice(0, -1)))
}

async function trackedPaths(repository: Repository | null, run: Run): Promise<(path: string) => boolean> {
  if (!repository) return () => false
  if (repository.bare) return () => true
  const paths = new Set(await gitLines(repository.place, ['ls-files', '-z'], { signal: run.signal }))
  return (path) => paths.has(path)
}

async function walk(top: string, prefix: string, wanted: Checkout['wanted'], run: Run) {
  const files: Listed[] = []
  const problems: string[] = []
  const waiting = [prefix]
  while (waiting.length > 0) {
    run.signal.throwIfAborted()
    const folder = waiting.pop()!
    let entries: import('node:fs').Dirent[]
    try {
      entries = await readdir(join(top, folder), { withFileTypes: true })
    } catch (error) {
      problems.push(`${folder || '.'}: ${(error as NodeJS.ErrnoException).code ?? 'not readable'}`)
      continue
    }
    for (const entry of entries) {
      const path = folder + entry.name
      if (entry.isDirectory()) {
        if (wanted(path, true)) waiting.push(`${path}/`)
      } else if (entry.isFile() && wanted(path, false)) {
        if (files.length >= MOST_FILES) {
          problems.push(`only the first ${MOST_FILES} files were looked at`)
          return { files: sorted(files), problems }
        }
        files.push({ path })
      }
    }
  }
  return { files: sorted(files), problems }
}

async function listTree(repository: Repository, wanted: Checkout['wanted'], run: Run) {
  const files: Listed[] = []
  if (repository.head === null) return { files, problems: [] }
  const problems: string[] = []
  for (const line of await gitLines(repository.place, ['ls-tree', '-r', '-z', '-l', repository.head], {
    signal: run.signal,
  })) {
    const match = /^100\d{3} blob ([0-9a-f]+)\s+(\d+|-)\t(.+)$/s.exec(line)
    if (!match) continue
    const folders = match[3]!.split('/').slice(0, -1)
    if (!folders.every((_, at) => wanted(folders.slice(0, at + 1).join('/'), true)) || !wanted(match[3]!, false))
      continue
    if (files.length >= MOST_FILES) {
      problems.push(`only the first ${MOST_FILES} files were looked at`)
      break
    }
    files.push({ path: match[3]!, blob: { id: match[1]!, bytes: Number(match[2]) || 0 } })
  }
  return { files: sorted(files), problems }
}

const sorted = (files: Listed[]): Listed[] => files.sort((a, b) => (a.path < b.path ? -1 : 1))

/** Opened without following a link and without waiting on a FIFO; looked at before it is read. */
async function readRegular(path: string, most: number): Promise<{ text: string } | { skipped: string }> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const about = await file.stat()
      if (!about.isFile()) return { skipped: 'it is not a regular file' }
      if (about.size > most) return { skipped: `it has ${about.size} bytes; ${most} are read` }
      return textOf(await readFile(file))
    } finally {
      await file.close()
    }
  } catch (error) {
    return { skipped: (error as NodeJS.ErrnoException).code ?? 'not readable' }
  }
}

function textOf(bytes: Buffer): { text: string } | { skipped: string } {
  if (bytes.subarray(0, 8000).includes(0)) return { skipped: 'it is binary' }
  return { text: bytes.toString('utf8') }
}
