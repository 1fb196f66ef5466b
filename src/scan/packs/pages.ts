import { readSync } from 'node:fs'

const PAGE = 1 << 16
/** At most 48 MiB of a file are held. */
const MOST_PAGES = 768

/**
 * A file read in pieces of 64 KiB, of which the last used are held: the objects of a pack are small and are met in another order than they
 * lie in.
 */
export const openPages = (handle: number) => {
  let pages = new Map<number, Buffer>()
  let older = new Map<number, Buffer>()
  const pageAt = (index: number): Buffer => {
    const held = pages.get(index)
    if (held !== undefined) return held
    let page = older.get(index)
    if (page === undefined) {
      page = Buffer.allocUnsafeSlow(PAGE)
      page = page.subarray(0, readSync(handle, page, 0, PAGE, index * PAGE))
    }
    if (pages.size >= MOST_PAGES / 2) {
      older = pages
      pages = new Map()
    }
    pages.set(index, page)
    return page
  }
  return {
    /** Copies bytes of the file; returns how many there were. */
    read(into: Uint8Array, at: number, length: number, from: number): number {
      let done = 0
      while (done < length) {
        const index = Math.floor((from + done) / PAGE)
        const page = pageAt(index)
        const start = from + done - index * PAGE
        const part = page.subarray(start, start + length - done)
        if (part.length === 0) break
        into.set(part, at + done)
        done += part.length
      }
      return done
    },
  }
}
