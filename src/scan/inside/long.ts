import type { Detection } from '../../sdk/index.ts'
import type { Engine } from '../engine.ts'
import { type Feed, isWide, startFeed } from '../reading.ts'
import { base64View } from './encoded.ts'
import { viewsOf, withViews } from './leaf.ts'

/** What is looked through for encoded texts at once, up to the end of a line. */
const WINDOW = 2 << 20
const ZEROS = Buffer.alloc(WINDOW)

/**
 * Secrets in a file of any size that comes in chunks: as it is, and in what it has encoded. An encoded text that does not fit into two
 * megabytes together with its line is cut.
 */
export const startLong = (engine: Engine, file: string, expected = Infinity): Feed => {
  const feed = startFeed(engine, file, expected)
  const shown: Detection[] = []
  const window = Buffer.allocUnsafe(Math.min(WINDOW, Math.max(1, expected)))
  let length = 0
  let start = 0
  let line = 0
  let wide: boolean | undefined

  const look = (bytes: Buffer): void => {
    const isHole = ZEROS.compare(bytes, 0, bytes.length, 0, bytes.length) === 0
    const views = isHole ? [] : viewsOf(bytes, file, base64View(bytes))
    for (const one of withViews(engine, { detections: [], full: false }, views, bytes, file).detections)
      shown.push({ ...one, start: start + one.start, end: start + one.end, line: line + one.line })
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) line++
    start += bytes.length
  }
  return {
    push(chunk) {
      feed.push(chunk)
      wide ??= isWide(chunk)
      if (wide) return
      for (let at = 0; at < chunk.length; ) {
        const taken = Math.min(chunk.length - at, window.length - length)
        window.set(chunk.subarray(at, at + taken), length)
        length += taken
        at += taken
        if (length < window.length) return
        const end = window.lastIndexOf(10)
        const cut = end < window.length / 2 ? length : end + 1
        look(window.subarray(0, cut))
        window.copyWithin(0, cut, length)
        length -= cut
      }
    },
    end() {
      if (wide === false) look(window.subarray(0, length))
      const { detections, full } = feed.end()
      const known = new Set(detections.map(({ value }) => value.reveal()))
      const added = shown.filter(
        (one) =>
          !known.has(one.value.reveal()) && !detections.some((other) => one.start < other.end && other.start < one.end),
      )
      return { detections: [...detections, ...added].sort((a, b) => a.start - b.start), full }
    },
  }
}
