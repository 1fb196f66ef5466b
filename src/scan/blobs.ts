import type { Detection, ScannedFile } from '../sdk/index.ts'
import type { Engine } from './engine.ts'
import type { Git } from './git.ts'
import { HEAD, type Kind, kindOf } from './inside/kinds.ts'
import { scanWhole } from './inside/leaf.ts'
import type { Limits } from './inside/limits.ts'
import { startLong } from './inside/long.ts'
import { type Opening, scanInside } from './inside/open.ts'
import { ofBytes } from './inside/source.ts'
import type { Feed } from './reading.ts'

export interface ScannedContent {
  blob: string
  bytes: number
  detections: Detection[]
  /** Of an archive: what its parts hold, by their path in it. */
  parts: Pick<ScannedFile, 'file' | 'detections'>[]
  skipped?: string
}

const none = (): undefined => undefined

/** A blob that comes in pieces: read as it comes, or kept when it is an archive, which is opened at its end. */
const receive = (engine: Engine, path: string, size: number, opening: Opening | null) => {
  let feed: Feed | undefined
  const fed = (): Feed => {
    feed ??= startLong(engine, path, size + 1)
    return feed
  }
  /** What is not read yet: all of an archive and of what fits into the engine's room, else only until it can be told what it is. */
  let kept: Buffer[] | null = opening === null && size > engine.room.length ? null : []
  let length = 0
  let kind: Kind | null = null
  let skipped: string | undefined
  const decide = (limits: Limits): void => {
    kind = kindOf(Buffer.concat(kept!))
    if (kind !== null && size > limits.held) skipped = 'it is too large to be opened in a history'
    if ((kind !== null && skipped === undefined) || size <= engine.room.length) return
    for (const piece of kept!) fed().push(piece)
    kept = null
  }
  return {
    push(piece: Buffer): void {
      const before = length
      length += piece.length
      if (kept === null) fed().push(piece)
      else kept.push(piece)
      if (opening !== null && before < HEAD && (length >= HEAD || length === size)) decide(opening.limits)
    },
    async end(blob: string): Promise<ScannedContent> {
      if (kept === null || kind === null || opening === null) {
        const { detections } = kept === null ? fed().end() : scanWhole(engine, Buffer.concat(kept), path)
        return { blob, bytes: size, detections, parts: [], ...(skipped && { skipped }) }
      }
      const content: ScannedContent = { blob, bytes: size, detections: [], parts: [] }
      const wrong: string[] = []
      const place = { file: path, bytes: size }
      for await (const part of scanInside(engine, kind, ofBytes(Buffer.concat(kept)), place, opening, none)) {
        const file = part.file.slice(path.length + 2)
        if (part.skipped !== undefined) wrong.push(file === '' ? part.skipped : `${file}: ${part.skipped}`)
        if (part.file === path) content.detections = part.detections
        else if (part.detections.length > 0) content.parts.push({ file, detections: part.detections })
      }
      if (wrong.length > 0) content.skipped = wrong.slice(0, 5).join('; ')
      return content
    },
  }
}

/** Secrets of blobs, each read once, in bounded memory. */
export async function* scanBlobs(
  engine: Engine,
  git: Git,
  paths: ReadonlyMap<string, string>,
  opening: Opening | null,
  signal?: AbortSignal,
): AsyncGenerator<ScannedContent | { missing: string }> {
  function* names(): Generator<string> {
    for (const blob of paths.keys()) yield `${blob}\n`
  }
  let head = Buffer.alloc(0)
  let current: { blob: string; left: number; received: ReturnType<typeof receive> } | null = null
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
            left: Number(size) + 1,
            received: receive(engine, paths.get(blob) ?? '', Number(size), opening),
          }
        else if (blob !== '') yield { missing: blob }
        continue
      }
      // The content and one newline.
      const taken: number = Math.min(rest.length, current.left)
      const content = Math.max(0, Math.min(taken, current.left - 1))
      if (content > 0) current.received.push(rest.subarray(0, content))
      current.left -= taken
      rest = rest.subarray(taken)
      if (current.left > 0) continue
      yield await current.received.end(current.blob)
      current = null
    }
  }
}
