import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import type { ScannedFile } from '../sdk/index.ts'
import type { Engine } from './engine.ts'
import { withLayers } from './inside/image.ts'
import { HEAD, type Kind, kindOf, TAIL } from './inside/kinds.ts'
import { layoutAround, readLayout } from './inside/layout.ts'
import { scanWhole } from './inside/leaf.ts'
import { startLong } from './inside/long.ts'
import { type Opening, scanInside } from './inside/open.ts'
import { ofFile } from './inside/source.ts'

export const because = (error: unknown): string => {
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

/** How much of a longer file is read at once. */
const CHUNK = 1 << 20
const TOO_MANY = 'too many possible secrets; the rest was not judged'

/**
 * Secrets in one file, at once; a promise only for files that do not fit into the engine's room, and what an archive holds one after the other.
 * `turn` is asked after each piece of those. Null is for what is no file any more. Archives are not opened when `opening` is null.
 */
export const scanFile = (
  engine: Engine,
  path: Buffer,
  file: string,
  turn: () => Promise<void> | undefined,
  opening: Opening | null,
): ScannedFile | null | Promise<ScannedFile> | AsyncGenerator<ScannedFile> => {
  let handle: number
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    return { file, bytes: 0, detections: [], skipped: because(error) }
  }
  let left = true
  try {
    const stat = fstatSync(handle)
    if (!stat.isFile()) return null
    if (stat.size > CHUNK && stat.blocks === 0) return { file, bytes: stat.size, detections: [] }
    const opened = (kind: Kind | null): AsyncGenerator<ScannedFile> | null => {
      if (kind === null || opening === null) return null
      left = false
      return openFile(engine, handle, kind, { file, bytes: stat.size, path: path.toString() }, opening, turn)
    }
    if (stat.size >= engine.room.length) {
      const inside = opening && opened(kindOfLong(handle, stat.size))
      if (inside !== null) return inside
      left = false
      return scanLong(engine, handle, file, stat, turn)
    }
    // One byte more than there should be: a shorter read is the end. Files of the kernel say nothing of their size.
    let bytes = 0
    const asked = stat.size === 0 ? engine.room.length : stat.size + 1
    for (let read = -1; read !== 0 && bytes < asked && (read < 0 || stat.size === 0); bytes += read)
      read = readSync(handle, engine.room, bytes, asked - bytes, null)
    if (bytes === engine.room.length) {
      left = false
      return scanLong(engine, handle, file, stat, turn, Buffer.from(engine.room))
    }
    const content = engine.room.subarray(0, bytes)
    const inside = stat.size === 0 ? null : opened(kindOf(content, content.subarray(-TAIL)))
    if (inside !== null) return inside
    const { detections, full } = scanWhole(engine, content, file)
    const skipped = full ? TOO_MANY : bytes < stat.size ? 'cut while it was read' : undefined
    return skipped === undefined ? { file, bytes, detections } : { file, bytes, detections, skipped }
  } catch (error) {
    return { file, bytes: 0, detections: [], skipped: because(error) }
  } finally {
    if (left) closeSync(handle)
  }
}

const kindOfLong = (handle: number, size: number): Kind | null => {
  const { random } = ofFile(handle, size)
  return kindOf(random!.at(0, HEAD), random!.at(size - TAIL, TAIL))
}

async function* openFile(
  engine: Engine,
  handle: number,
  kind: Kind,
  { file, bytes, path }: { file: string; bytes: number; path: string },
  opening: Opening,
  turn: () => Promise<void> | undefined,
): AsyncGenerator<ScannedFile> {
  const layout = layoutAround(path)
  const held: ScannedFile[] = []
  try {
    for await (const part of scanInside(engine, kind, ofFile(handle, bytes), { file, bytes }, opening, turn))
      if (layout === null || part.detections.length === 0) yield part
      else held.push(part)
    if (layout === null || held.length === 0) return
    const image = await readLayout(layout, opening.limits)
    yield* withLayers(engine, image, (part) => layout.blob + part.slice(file.length), held)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
    yield { file, bytes, detections: [], skipped: because(error) }
  } finally {
    closeSync(handle)
  }
}

/** `head` was read already. */
const scanLong = async (
  engine: Engine,
  handle: number,
  file: string,
  { size }: Stats,
  turn: () => Promise<void> | undefined,
  head?: Buffer,
): Promise<ScannedFile> => {
  let bytes = head?.length ?? 0
  try {
    const feed = startLong(engine, file, Math.max(size, bytes) + 1)
    if (head !== undefined) feed.push(head)
    const buffer = Buffer.allocUnsafe(CHUNK)
    for (;;) {
      const read = readSync(handle, buffer, 0, buffer.length, null)
      if (read === 0) break
      bytes += read
      feed.push(buffer.subarray(0, read))
      await turn()
    }
    const { detections, full } = feed.end()
    const skipped = full ? TOO_MANY : bytes < size ? 'cut while it was read' : undefined
    return { file, bytes, detections, ...(skipped === undefined ? {} : { skipped }) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
    return { file, bytes, detections: [], skipped: because(error) }
  } finally {
    closeSync(handle)
  }
}
