import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '../../sdk/index.ts'

const LARGEST = 4 << 20
const MOST_ENTRIES = 300_000
const DEEPEST = 8
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'])
/** Fetched or generated, never written by the people of the repository. */
const NEVER = new Set(['.git', 'node_modules', '.venv', 'venv', '.terraform', '__pycache__', '.tox', 'dist', 'target'])

export interface Text {
  text: string
  /** Milliseconds since 1970. */
  modified: number
}

/**
 * A file below `within`, as text; null where there is none. What may not or cannot be read is a line of the ledger, and so is a
 * link that leads out of `within`: a home may not make us read another's.
 */
export async function readText(run: Run, path: string, within: string): Promise<Text | null> {
  run.signal.throwIfAborted()
  try {
    const real = await fs.realpath(path)
    const home = await fs.realpath(within)
    if (real !== home && !real.startsWith(home === '/' ? '/' : `${home}/`)) return refuse('it is a link that leads out')
    if (!(await fs.lstat(real)).isFile()) return refuse('it is no regular file')
    // Between the look and the opening it may be swapped: a FIFO then does not block, a link is not followed.
    const file = await fs.open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    try {
      const stats = await file.stat()
      if (!stats.isFile()) return refuse('it is no regular file')
      if (stats.size > LARGEST) return refuse(`it has ${stats.size} bytes; ${LARGEST} are read`)
      const bytes = Buffer.alloc(stats.size + 1)
      let length = 0
      while (length < bytes.length) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length, length)
        if (bytesRead === 0) break
        length += bytesRead
      }
      if (length > stats.size) return refuse('it grew while it was read')
      return { text: bytes.toString('utf8', 0, length), modified: stats.mtimeMs }
    } finally {
      await file.close()
    }
  } catch (error) {
    run.signal.throwIfAborted()
    const { code, message } = error as NodeJS.ErrnoException
    if (ABSENT.has(code ?? '')) return null
    return refuse(code ?? message, code === 'EACCES' || code === 'EPERM' ? `read ${path}` : undefined)
  }
  function refuse(why: string, permission?: string): null {
    run.ledger.refuse(`reading ${path}: ${why}`, {
      scope: path.slice(0, 500),
      ...(permission !== undefined && { permission }),
    })
    return null
  }
}

/** When the file was last written; null where it is absent or closed. */
export const modifiedAt = (path: string): Promise<number | null> =>
  fs.lstat(path).then(
    (stats) => (stats.isFile() ? stats.mtimeMs : null),
    () => null,
  )

/** The names in a folder; nothing where it is absent. */
export async function namesIn(run: Run, folder: string): Promise<string[]> {
  try {
    return (await fs.readdir(folder)).sort().slice(0, 500)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!ABSENT.has(code ?? ''))
      run.ledger.refuse(`reading ${folder}: ${code}`, { scope: folder.slice(0, 500), permission: `read ${folder}` })
    return []
  }
}

/** Paths of the regular files below a folder, `/`-separated, in order; links are not followed. */
export async function* filesBelow(run: Run, folder: string): AsyncGenerator<string> {
  const open: { path: string; depth: number }[] = [{ path: '', depth: 0 }]
  let seen = 0
  while (open.length > 0) {
    run.signal.throwIfAborted()
    const { path, depth } = open.pop()!
    const entries = await fs.readdir(join(folder, path), { withFileTypes: true }).catch((error) => {
      run.ledger.refuse(`reading ${path || folder}: ${error.code}`, { scope: (path || folder).slice(0, 500) })
      return []
    })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? 1 : -1))) {
      if (++seen > MOST_ENTRIES) {
        run.ledger.refuse(
          `looking for agents: there are more than ${MOST_ENTRIES} files; connect the folders one by one`,
          {
            scope: 'files',
          },
        )
        return
      }
      const below = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.isFile()) yield below
      else if (entry.isDirectory() && !NEVER.has(entry.name) && depth < DEEPEST)
        open.push({ path: below, depth: depth + 1 })
    }
  }
}
