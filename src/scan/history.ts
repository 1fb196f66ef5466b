import {
  type Detection,
  ReeveError,
  type ScanHistoryOptions,
  type ScannedBlob,
  type ScannedFile,
} from '../sdk/index.ts'
import { type ScannedContent, scanBlobs } from './blobs.ts'
import { type Change, changesOf, isFile, startChanges } from './commits.ts'
import type { Engine } from './engine.ts'
import { type Git, gitOf } from './git.ts'
import { type Ignore, isIgnored, parseIgnore } from './ignore.ts'
import type { Opening } from './inside/open.ts'
import { PackFault } from './packs/pack-file.ts'
import { scanStore } from './packs/scan-store.ts'

const MOST_UNREAD = 20

const instant = (seconds: number): string => {
  const time = Number.isFinite(seconds) ? Math.max(0, Math.min(seconds, 253_402_300_799)) : 0
  return new Date(time * 1000).toISOString()
}

export const hasCommit = async (git: Git, name: string): Promise<boolean> => {
  try {
    await git.text('rev-parse', '--quiet', '--verify', '--end-of-options', `${name}^{commit}`)
    return true
  } catch (error) {
    if (error instanceof ReeveError && error.code === 'scan/git') return false
    throw error
  }
}

/** The `.reeveignore` at the root of HEAD, up to a megabyte. */
export const ignoreIn = async (git: Git): Promise<Ignore> => {
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
  /** What was found in the parts of blobs that are archives; those blobs are among the hits. */
  parts: Map<string, ScannedContent['parts']>
  /** Why archives could not be read, or not wholly. */
  unread: string[]
  missing: number
}

/** Takes in what was found in a blob, if anything was. */
const take = ({ hits, parts, unread }: Omit<Found, 'missing'>, content: ScannedContent, path: string): void => {
  if (content.skipped !== undefined) unread.push(`${path}: ${content.skipped}`)
  if (content.detections.length > 0 || content.parts.length > 0) hits.set(content.blob, content.detections)
  if (content.parts.length > 0) parts.set(content.blob, content.parts)
}

/** Blobs in reach, named and read by git. */
const scanReached = async (
  engine: Engine,
  git: Git,
  revisions: readonly string[],
  ignore: Ignore,
  opening: Opening | null,
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
  const found: Found = { hits: new Map(), parts: new Map(), unread: [], missing: counted.size }
  for await (const scanned of scanBlobs(engine, git, paths, opening, signal)) {
    if ('missing' in scanned) found.missing++
    else take(found, scanned, paths.get(scanned.blob)!)
  }
  return found
}

/** All blobs, read from the repository's own files; null when they are not as they should be, and git must be asked. */
const scanObjects = async (
  engine: Engine,
  git: Git,
  ignore: Ignore,
  opening: Opening | null,
  onFound: () => void,
  signal?: AbortSignal,
): Promise<(Found & { paths: Map<string, string> }) | null> => {
  const said = await git.text('rev-parse', '--show-object-format', '--path-format=absolute', '--git-path', 'objects')
  const width = said.startsWith('sha256\n') ? 32 : 20
  const folder = said.slice(said.indexOf('\n') + 1)
  try {
    const { hits, left, missing } = await scanStore(engine, folder, width, { signal, opens: opening !== null, onFound })
    const found: Found = {
      hits: new Map([...hits].map(([blob, { detections }]) => [blob, detections])),
      parts: new Map(),
      unread: [],
      missing: [...missing.values()].filter((path) => !isIgnored(ignore, path)).length,
    }
    const paths = new Map([...hits].map(([blob, { path }]) => [blob, path]))
    for await (const scanned of left.size > 0 ? scanBlobs(engine, git, left, opening, signal) : []) {
      if ('missing' in scanned) continue
      const path = left.get(scanned.blob)!
      take(found, scanned, path)
      paths.set(scanned.blob, path)
    }
    return { ...found, paths }
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
  { since, signal, opening = null }: ScanHistoryOptions & { opening?: Opening | null } = {},
): AsyncGenerator<ScannedBlob> {
  signal?.throwIfAborted()
  const git = gitOf(repository)
  const isShallow = (await git.text('rev-parse', '--git-dir', '--is-shallow-repository')).endsWith('\ntrue')
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
  let changes: ReturnType<typeof startChanges> | undefined
  const begin = () => {
    changes ??= startChanges(git, revisions, signal)
    return changes
  }
  try {
    const scanned = since === undefined ? await scanObjects(engine, git, ignore, opening, begin, signal) : null
    yield* appearing(
      { engine, git, ignore, opening, withHead, isShallow, signal },
      scanned ?? (await scanReached(engine, git, revisions, ignore, opening, signal)),
      scanned?.paths,
      (isWanted) => begin().read(isWanted),
    )
  } finally {
    await changes?.close()
  }
}

interface Asked {
  engine: Engine
  git: Git
  ignore: Ignore
  opening: Opening | null
  withHead: boolean
  /** The clone ends before the history does. */
  isShallow: boolean
  signal: AbortSignal | undefined
}

/** What was found, with the commits that brought and removed it. `judgedAt`: the paths at which blobs were judged, where they may have others. */
async function* appearing(
  { engine, git, ignore, opening, withHead, isShallow, signal }: Asked,
  { hits, parts, unread, missing }: Found,
  judgedAt: ReadonlyMap<string, string> | undefined,
  changes: (isWanted: (blob: string) => boolean) => AsyncIterable<Change>,
): AsyncGenerator<ScannedBlob> {
  const wrong = unread.slice(0, MOST_UNREAD)
  if (missing > 0)
    wrong.unshift(
      `${missing} ${missing === 1 ? 'blob is' : 'blobs are'} not in the repository (a partial clone, or damage)`,
    )
  if (isShallow) wrong.unshift('the clone is shallow: what its history held before is not in it')
  if (unread.length > MOST_UNREAD) wrong.push(`and ${unread.length - MOST_UNREAD} more archives`)
  const skipped = wrong.length === 0 ? {} : { skipped: wrong.join('; ') }
  const nothing: ScannedBlob = { blob: '', detections: [], appearances: [], ...skipped }
  if (hits.size === 0) {
    if (wrong.length > 0) yield nothing
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
  for await (const change of changes((blob) => hits.has(blob))) {
    if (change.after !== null && hits.has(change.after)) {
      const places = came.get(change.after) ?? []
      came.set(change.after, places)
      places.push({ path: change.path, change })
    }
    for (const blob of change.before) {
      if (blob === null || blob === change.after || !hits.has(blob)) continue
      const place = `${blob} ${change.path}`
      left.set(place, Math.max(left.get(place) ?? 0, change.time))
    }
  }
  if (judgedAt !== undefined) {
    // A blob is judged at the path that it had last; what no ref leads to is left out.
    const elsewhere = new Map<string, string>()
    for (const blob of [...hits.keys()]) {
      const path = came.get(blob)?.find((one) => !isIgnored(ignore, one.path))?.path
      if (path === undefined) hits.delete(blob)
      else if (path !== judgedAt.get(blob)) elsewhere.set(blob, path)
    }
    for (const blob of elsewhere.keys()) {
      hits.delete(blob)
      parts.delete(blob)
    }
    for await (const again of elsewhere.size > 0 ? scanBlobs(engine, git, elsewhere, opening, signal) : [])
      if ('blob' in again) take({ hits, parts, unread: [] }, again, '')
  }
  let first = true
  if (hits.size === 0 && wrong.length > 0) yield nothing
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
    for (const { file: inside, detections: found } of [{ file: '', detections }, ...(parts.get(blob) ?? [])]) {
      if (found.length === 0) continue
      const places =
        inside === '' ? appearances : appearances.map((one) => ({ ...one, file: `${one.file}!/${inside}` }))
      yield { blob, detections: found, appearances: places, ...(first ? skipped : {}) }
      first = false
    }
  }
}

/** A blob at a path as the files that it holds. */
export function* filesOf({ bytes, detections, parts, skipped }: ScannedContent, path: string): Generator<ScannedFile> {
  yield { file: path, bytes, detections, ...(skipped === undefined ? {} : { skipped }) }
  for (const part of parts) yield { file: `${path}!/${part.file}`, bytes: 0, detections: part.detections }
}

/** Secrets in what is staged: the files of the index that differ from HEAD, as they would be committed. */
export async function* scanStaged(
  engine: Engine,
  repository: string,
  { signal, opening = null }: { signal?: AbortSignal; opening?: Opening | null } = {},
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
  for await (const scanned of scanBlobs(engine, git, paths, opening, signal)) {
    if ('missing' in scanned) {
      yield {
        file: paths.get(scanned.missing) ?? scanned.missing,
        bytes: 0,
        detections: [],
        skipped: 'its blob is not in the repository',
      }
      continue
    }
    const { blob } = scanned
    for (const path of [paths.get(blob)!, ...others.filter((other) => other.blob === blob).map((other) => other.path)])
      yield* filesOf(scanned, path)
  }
}
