import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { inflateSync } from 'node:zlib'
import { openPack, type Pack, PackFault } from './pack-file.ts'

/** The folders that hold the objects of a repository: its own, and those it borrows from. */
const foldersOf = (objects: string): string[] => {
  const folders: string[] = []
  const add = (folder: string, depth: number): void => {
    if (depth > 5 || folders.length > 64 || folders.includes(folder) || !existsSync(folder)) return
    folders.push(folder)
    const alternates = join(folder, 'info/alternates')
    if (!existsSync(alternates)) return
    for (const line of readFileSync(alternates, 'utf8').split('\n')) {
      if (line.startsWith('"')) throw new PackFault('an alternate with a quoted name')
      if (line !== '' && !line.startsWith('#')) add(resolve(folder, line), depth + 1)
    }
  }
  add(resolve(objects), 0)
  return folders
}

/** The objects of a repository as they lie on the disk. */
export interface Store {
  packs: Pack[]
  /** Objects in files of their own, by name in hex. */
  loose: Map<string, string>
  close(): void
}

const MOST_LOOSE = 400_000

/** `width` is the length of an object's name in bytes: 20, or 32 in a SHA-256 repository. */
export const openStore = (objects: string, width: number): Store => {
  const packs: Pack[] = []
  const close = (): void => {
    for (const pack of packs) pack.close()
  }
  try {
    const loose = new Map<string, string>()
    for (const folder of foldersOf(objects)) {
      for (const entry of readdirSync(folder)) {
        if (!/^[0-9a-f]{2}$/.test(entry)) continue
        for (const rest of readdirSync(join(folder, entry)))
          if (rest.length === 2 * width - 2 && /^[0-9a-f]+$/.test(rest))
            loose.set(entry + rest, join(folder, entry, rest))
        if (loose.size > MOST_LOOSE) throw new PackFault('very many objects in files of their own')
      }
      const packed = join(folder, 'pack')
      for (const file of existsSync(packed) ? readdirSync(packed).sort() : []) {
        if (!/^pack-.*\.pack$/.test(file)) continue
        // Also where an index of many packs stands in for it, git reads none without its own.
        if (!existsSync(join(packed, `${file.slice(0, -5)}.idx`))) throw new PackFault('a pack without its index')
        packs.push(openPack(join(packed, file), width))
      }
    }
    return { packs, loose, close }
  } catch (error) {
    close()
    throw error
  }
}

/** Larger objects in files of their own are left to git. */
const MOST_BYTES = 4_000_000

/** An object in a file of its own; null when it is too large to be read here. */
export const readLoose = (path: string): { kind: string; bytes: Buffer } | null => {
  if (statSync(path).size > MOST_BYTES) return null
  let content: Buffer
  try {
    content = inflateSync(readFileSync(path), { maxOutputLength: MOST_BYTES + 64 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null
    throw new PackFault('an object in a file of its own is damaged')
  }
  const end = content.indexOf(0)
  const [kind = '', size = ''] = content.toString('latin1', 0, Math.max(0, end)).split(' ')
  const bytes = content.subarray(end + 1)
  if (end < 0 || end > 40 || Number(size) !== bytes.length)
    throw new PackFault('an object in a file of its own is damaged')
  return { kind, bytes }
}
