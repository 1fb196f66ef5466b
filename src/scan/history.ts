import {
  type Detection,
  ReeveError,
  type ScanHistoryOptions,
  type ScannedBlob,
  type ScannedFile,
} from '../sdk/index.ts'
import type { Engine } from './engine.ts'
import { type Git, gitOf } from './git.ts'
import { type Ignore, isIgnored, parseIgnore } from './ignore.ts'
import { PackFault } from './packs/pack-file.ts'
import { scanStore } from './packs/scan-store.ts'
import { startFeed } from './reading.ts'

/** One path of one commit that is not the same as in any parent: also what a merge itself made. */
interface Change {
  commit: string
  author: string
  /** Seconds since 1970. */
  time: number
  path: string
  /** The blobs before (one for each parent) and after; null where there is no file. */
  before: (string | null)[]
  after: string | null
}

const FORMAT = '--format=%x01%H%x00%at%x00%an <%ae>'
/** Files only: neither links nor submodules. */
const isFile = (mode: string): boolean => mode.startsWith('100')

/** The changes of all commits in reach, newest first. */
async function* changesOf(git: Git, revisions: readonly string[], signal?: AbortSignal): AsyncGenerator<Change> {
  const args = [
    'log',
    '--raw',
    '-z',
    '-c',
    '--root',
    '--no-renames',
    '--no-abbrev',
    '--full-history',
    '--topo-order',
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    '--no-notes',
    FORMAT,
    ...revisions,
    '--',
  ]
  const records = git.records(args, signal)
  let [commit, author, time] = ['', '', 0]
  for await (const record of records) {
    const text = record.replace(/^\n+/, '')
    if (text.startsWith('\x01')) {
      commit = text.slice(1)
      time = Number((await records.next()).value)
      author = String((await records.next()).value).slice(0, 500)
    } else if (text.startsWith(':')) {
      const parents = /^:+/.exec(text)![0].length
      const words = text.slice(parents).split(' ')
      const path = String((await records.next()).value)
      const modes = words.slice(0, parents + 1)
      const blobs = words
        .slice(parents + 1, 2 * parents + 2)
        .map((blob, at) => (isFile(modes[at]!) && !/^0+$/.test(blob) ? blob : null))
      yield { commit, author, time, path, before: blobs.slice(0, parents), after: blobs[parents] ?? null }
    }
  }
}

/** Secrets of blobs, each read once, in bounded memory. Missing ones are counted. */
async function* scanBlobs(
  engine: Engine,
  git: Git,
  paths: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): AsyncGenerator<{ blob: string; bytes: number; detections: Detection[] } | { missing: string }> {
  function* names(): Generator<string> {
    for (const blob of paths.keys()) yield `${blob}\n`
  }
  let head = Buffer.alloc(0)
  let current: { blob: string; bytes: number; left: number; feed: ReturnType<typeof startFeed> } | null = null
  for await (const chunk of git.bytes(['cat-file', '--batch'], names(), signal)) {
    let rest: Buffer = chunk
    while (rest.length > 0) {
      if (current === null) {
        const end = rest.indexOf(10)
        head = Buffer.concat([head, end < 0 ? rest : rest.subarray(0, end)])
        rest = end < 0 ? rest.subarray(rest.length) : rest.subarray(end + 1)
        if (end < 0) continue
        const [blob = '', type, size] = head.toString('latin1').split(' ')
        head = Buffer.alloc(0)
        if (type === 'blob')
          current = {
            blob,
            bytes: Number(size),
            left: Number(size) + 1,
            feed: startFeed(engine, paths.get(blob) ?? '', Number(size) + 1),
          }
        else if (blob !== '') yield { missing: blob }
        continue
      }
      // The content and one newline.
      const taken: number = Math.min(rest.length, current.left)
      const content = Math.max(0, Math.min(taken, current.left - 1))
      current.feed.push(rest.subarray(0, content))
      current.left -= taken
      rest = rest.subarray(taken)
      if (current.left > 0) continue
      yield { blob: current.blob, bytes: current.bytes, detections: current.feed.end().detections }
      current = null
    }
  }
}

const instant = (seconds: number): string => {
  const time = Number.isFinite(seconds) ? Math.max(0, Math.min(seconds, 253_402_300_799)) : 0
  return new Date(time * 1000).toISOString()
}

const hasCommit = async (git: Git, name: string): Promise<boolean> => {
  try {
    await git.text('rev-parse', '--quiet', '--verify', '--end-of-options', `${name}^{commit}`)
    return true
  } catch (error) {
    if (error instanceof ReeveError && error.code === 'scan/git') return false
    throw error
  }
}

/** The `.reeveignore` at the root of HEAD, up to a megabyte. */
const ignoreIn = async (git: Git): Promise<Ignore> => {
  try {
    return parseIgnore((await git.text('cat-file', 'blob', 'HEAD:.reeveignore')).slice(0, 1 << 20))
  } catch (error) {
    if (error instanceof ReeveError && error.code === 'scan/git') return parseIgnore('')
    throw error
  }
}

/** The blobs that a partial clone has not got, found without fetching them. */
const missingIn = async (git: Git, revisions: readonly string[], signal?: AbortSignal): Promise<Set<string>> => {
  const missing = new Set<string>()
  const partial = await git
    .text('config', '--local', '--get-regexp', '^(remote\\..*\\.promisor|extensions\\.partialclone)$')
    .catch(() => '')
  if (partial === '') return missing
  let rest = ''
  for await (const chunk of git.bytes(['rev-list', '--objects', '--missing=print', ...revisions, '--'], [], signal)) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop()!
    for (const line of lines) if (line.startsWith('?')) missing.add(line.slice(1))
  }
  return missing
}

interface Found {
  hits: Map<string, Detection[]>
  missing: number
}

/** Blobs in reach, named and read by git. */
const scanReached = async (
  engine: Engine,
  git: Git,
  revisions: readonly string[],
  ignore: Ignore,
  signal?: AbortSignal,
): Promise<Found> => {
  const absent = await missingIn(git, revisions, signal)
  const counted = new Set<string>()
  const paths = new Map<string, string>()
  for await (const { after, path } of changesOf(git, revisions, signal)) {
    if (after === null || paths.has(after) || isIgnored(ignore, path)) continue
    if (absent.has(after)) counted.add(after)
    else paths.set(after, path)
  }
  const hits = new Map<string, Detection[]>()
  let missing = counted.size
  for await (const scanned of scanBlobs(engine, git, paths, signal)) {
    if ('missing' in scanned) missing++
    else if (scanned.detections.length > 0) hits.set(scanned.blob, scanned.detections)
  }
  return { hits, missing }
}

/** All blobs, read from the repository's own files; null when they are not as they should be, and git must be asked. */
const scanObjects = async (
  engine: Engine,
  git: Git,
  ignore: Ignore,
  signal?: AbortSignal,
): Promise<(Found & { paths: Map<string, string> }) | null> => {
  const [folder, format] = [
    await git.text('rev-parse', '--path-format=absolute', '--git-path', 'objects'),
    await git.text('rev-parse', '--show-object-format'),
  ]
  try {
    const { hits, left, missing } = await scanStore(engine, folder, format === 'sha256' ? 32 : 20, signal)
    const found = new Map([...hits].map(([blob, { detections }]) => [blob, detections]))
    const paths = new Map([...hits].map(([blob, { path }]) => [blob, path]))
    for await (const scanned of left.size > 0 ? scanBlobs(engine, git, left, signal) : [])
      if ('blob' in scanned && scanned.detections.length > 0) {
        found.set(scanned.blob, scanned.detections)
        paths.set(scanned.blob, left.get(scanned.blob)!)
      }
    return { hits: found, paths, missing: [...missing.values()].filter((path) => !isIgnored(ignore, path)).length }
  } catch (error) {
    if (error instanceof PackFault || (error as NodeJS.ErrnoException).syscall !== undefined) return null
    throw error
  }
}

/**
 * Secrets in the history of a repository (a clone, a linked work tree or a bare one). Each blob in reach of a ref is read once; only for
 * those with detections the commits are asked who brought and removed them. When blobs are missing (a partial clone, damage) and none has a
 * detection, one item without detections says so. Paths that the `.reeveignore` at the root of HEAD names are left out.
 */
export async function* scanHistory(
  engine: Engine,
  repository: string,
  { since, signal }: ScanHistoryOptions = {},
): AsyncGenerator<ScannedBlob> {
  signal?.throwIfAborted()
  const git = gitOf(repository)
  await git.text('rev-parse', '--git-dir')
  if (since !== undefined && !(await hasCommit(git, since))) {
    throw new ReeveError(
      'scan/no-such-revision',
      `reading the history of ${repository}: there is no commit ${JSON.stringify(since)}; name one that git knows`,
    )
  }
  const withHead = await hasCommit(git, 'HEAD')
  const revisions = ['--all', ...(withHead ? ['HEAD'] : []), ...(since === undefined ? [] : ['--not', since])]
  if (!withHead && (await git.text('for-each-ref', '--count=1')) === '') return

  const ignore = await ignoreIn(git)
  const scanned = since === undefined ? await scanObjects(engine, git, ignore, signal) : null
  const { hits, missing } = scanned ?? (await scanReached(engine, git, revisions, ignore, signal))
  const skipped =
    missing === 0
      ? {}
      : {
          skipped: `${missing} ${missing === 1 ? 'blob is' : 'blobs are'} not in the repository (a partial clone, or damage)`,
        }
  const nothing: ScannedBlob = { blob: '', detections: [], appearances: [], ...skipped }
  if (hits.size === 0) {
    if (missing > 0) yield nothing
    return
  }

  const atHead = new Set<string>()
  if (withHead) {
    for await (const record of git.records(['ls-tree', '-r', '-z', '--full-tree', 'HEAD'], signal)) {
      const [words = '', ...path] = record.split('\t')
      const blob = words.split(' ')[2] ?? ''
      if (hits.has(blob)) atHead.add(`${blob} ${path.join('\t')}`)
    }
  }
  const came = new Map<string, { path: string; change: Change }[]>()
  const left = new Map<string, number>()
  for await (const change of changesOf(git, revisions, signal)) {
    if (change.after !== null && hits.has(change.after))
      came.set(change.after, [...(came.get(change.after) ?? []), { path: change.path, change }])
    for (const blob of change.before) {
      if (blob === null || blob === change.after || !hits.has(blob)) continue
      const place = `${blob} ${change.path}`
      left.set(place, Math.max(left.get(place) ?? 0, change.time))
    }
  }
  const judgedAt = scanned?.paths
  if (judgedAt !== undefined) {
    // A blob is judged at the path that it had last; what no ref leads to is left out.
    const elsewhere = new Map<string, string>()
    for (const blob of [...hits.keys()]) {
      const path = came.get(blob)?.find((one) => !isIgnored(ignore, one.path))?.path
      if (path === undefined) hits.delete(blob)
      else if (path !== judgedAt.get(blob)) elsewhere.set(blob, path)
    }
    for await (const again of elsewhere.size > 0 ? scanBlobs(engine, git, elsewhere, signal) : [])
      if ('blob' in again && again.detections.length > 0) hits.set(again.blob, again.detections)
      else hits.delete('blob' in again ? again.blob : again.missing)
  }
  let first = true
  if (hits.size === 0 && missing > 0) yield nothing
  for (const [blob, detections] of hits) {
    const appearances = (came.get(blob) ?? [])
      .reverse()
      .filter(({ path }) => !isIgnored(ignore, path))
      .map(({ path, change }) => {
        const place = `${blob} ${path}`
        const gone = left.get(place)
        return {
          file: path,
          commit: change.commit,
          author: change.author,
          date: instant(change.time),
          atHead: atHead.has(place),
          lastSeen: atHead.has(place) || gone === undefined ? null : instant(gone),
        }
      })
    yield { blob, detections, appearances, ...(first ? skipped : {}) }
    first = false
  }
}

/** Secrets in what is staged: the files of the index that differ from HEAD, as they would be committed. */
export async function* scanStaged(
  engine: Engine,
  repository: string,
  { signal }: { signal?: AbortSignal } = {},
): AsyncGenerator<ScannedFile> {
  const git = gitOf(repository)
  await git.text('rev-parse', '--git-dir')
  const head = (await hasCommit(git, 'HEAD')) ? 'HEAD' : await git.text('hash-object', '-t', 'tree', '--stdin')
  const ignore = await ignoreIn(git)
  const paths = new Map<string, string>()
  const others: { path: string; blob: string }[] = []
  const records = git.records(
    ['diff-index', '--cached', '--raw', '-z', '--no-renames', '--no-abbrev', head, '--'],
    signal,
  )
  for await (const record of records) {
    const [, mode = '', , blob = ''] = record.split(' ')
    const path = String((await records.next()).value)
    if (!isFile(mode) || /^0+$/.test(blob) || isIgnored(ignore, path)) continue
    if (paths.has(blob)) others.push({ path, blob })
    else paths.set(blob, path)
  }
  if (paths.size === 0) return
  for await (const scanned of scanBlobs(engine, git, paths, signal)) {
    if ('missing' in scanned) {
      yield {
        file: paths.get(scanned.missing) ?? scanned.missing,
        bytes: 0,
        detections: [],
        skipped: 'its blob is not in the repository',
      }
      continue
    }
    const { blob, bytes, detections } = scanned
    for (const file of [paths.get(blob)!, ...others.filter((other) => other.blob === blob).map((other) => other.path)])
      yield { file, bytes, detections }
  }
}
