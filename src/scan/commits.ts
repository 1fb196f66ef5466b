import type { Git } from './git.ts'

/** One path of one commit that is not the same as in any parent: also what a merge itself made. */
export interface Change {
  commit: string
  author: string
  /** Seconds since 1970. */
  time: number
  path: string
  /** The blobs before (one for each parent) and after; null where there is no file. */
  before: (string | null)[]
  after: string | null
}

/** Files only: neither links nor submodules. */
export const isFile = (mode: string): boolean => mode.startsWith('100')

const LOG = [
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
  '--format=%x01%H%x00%at%x00%an <%ae>',
]
const NEWLINE = 10
const COLON = 58
const COMMIT = 1

/** Reads what git says of commits piece by piece; gives the changes with a blob that is wanted. */
const startReading = (isWanted: (blob: string) => boolean) => {
  let rest: Buffer = Buffer.alloc(0)
  let [commit, author, time] = ['', '', 0]
  /** What the next record is. */
  let next: 'any' | 'time' | 'author' | 'path' = 'any'
  let about: Pick<Change, 'before' | 'after'> | null = null

  /** `:100644 100644 1f2e… 3d4c… M`, with a colon, a mode and a blob for each parent, and those of the commit. */
  const aboutOf = (text: string): Pick<Change, 'before' | 'after'> | null => {
    const parents = text.lastIndexOf(':') + 1
    const words = text.slice(parents).split(' ')
    const blobs = words
      .slice(parents + 1, 2 * parents + 2)
      .map((blob, at) => (isFile(words[at]!) && !/^0+$/.test(blob) ? blob : null))
    return blobs.some((blob) => blob !== null && isWanted(blob))
      ? { before: blobs.slice(0, parents), after: blobs[parents] ?? null }
      : null
  }

  return function* (chunk: Buffer): Generator<Change> {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, from)) {
      if (next === 'path') {
        if (about !== null) yield { commit, author, time, path: bytes.toString('utf8', from, end), ...about }
        next = 'any'
      } else if (next === 'time') {
        time = Number(bytes.toString('latin1', from, end))
        next = 'author'
      } else if (next === 'author') {
        author = bytes.toString('utf8', from, end).slice(0, 500)
        next = 'any'
      } else {
        while (bytes[from] === NEWLINE) from++
        if (bytes[from] === COMMIT) {
          commit = bytes.toString('latin1', from + 1, end)
          next = 'time'
        } else if (bytes[from] === COLON) {
          about = aboutOf(bytes.toString('latin1', from, end))
          next = 'path'
        }
      }
      from = end + 1
    }
    rest = bytes.subarray(from)
  }
}

/** The changes of all commits in reach, newest first; with `isWanted` those alone that bring or remove such a blob. */
export async function* changesOf(
  git: Git,
  revisions: readonly string[],
  signal?: AbortSignal,
  isWanted: (blob: string) => boolean = () => true,
): AsyncGenerator<Change> {
  const read = startReading(isWanted)
  for await (const chunk of git.bytes([...LOG, ...revisions, '--'], [], signal)) yield* read(chunk)
}

/** So much of what git says is held while nobody reads it; git waits then. */
const MOST_AHEAD = 16 << 20

/** Lets git begin with what `changesOf` asks for, while other work is done. */
export const startChanges = (git: Git, revisions: readonly string[], signal?: AbortSignal) => {
  const chunks: Buffer[] = []
  let held = 0
  let ended = false
  let closed = false
  let failure: unknown
  let wake = (): void => undefined
  const turn = (): Promise<void> =>
    new Promise((done) => {
      wake = done
    })
  const reading = (async () => {
    try {
      for await (const chunk of git.bytes([...LOG, ...revisions, '--'], [], signal)) {
        chunks.push(chunk)
        held += chunk.length
        wake()
        while (held >= MOST_AHEAD && !closed) await turn()
        if (closed) return
      }
    } catch (error) {
      failure = error
    } finally {
      ended = true
      wake()
    }
  })()
  return {
    async *read(isWanted: (blob: string) => boolean): AsyncGenerator<Change> {
      const read = startReading(isWanted)
      for (;;) {
        const chunk = chunks.shift()
        if (chunk !== undefined) {
          held -= chunk.length
          wake()
          yield* read(chunk)
        } else if (!ended) await turn()
        else if (failure !== undefined) throw failure
        else return
      }
    },
    async close(): Promise<void> {
      closed = true
      wake()
      await reading
    },
  }
}
