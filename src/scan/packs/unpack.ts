import { type Global, instantiate } from '../instance.ts'
import { OFFSET_DELTA, type Pack, PackFault } from './pack-file.ts'

interface Objects {
  memory: { buffer: ArrayBuffer }
  inflate(from: number, end: number, to: number, size: number): number
  apply(delta: number, deltaEnd: number, base: number, baseSize: number, to: number, size: number): number
  taken: Global
  copies: Global
}
/** 64 KiB each. */
const PAGES = 481

/** What came from the base of a delta: place in the object, place in the base, length. */
export type Copies = Uint32Array

export interface Unpacked<Kept> {
  pack: Pack
  entry: number
  /** Of the object itself, never a kind of delta. */
  kind: number
  bytes: Buffer
  /** What was kept of the base, and what of its bytes are in this one; null when it is no delta or there is too much to say. */
  base: { kept: Kept; copies: Copies; size: number } | null
  /** Others are made from it. */
  isBase: boolean
}

/** One memory to unpack in; not to be used by two at once. */
export const openUnpacker = () => {
  const { exports: objects, constants } = instantiate<Objects>('objects.ts', PAGES)
  const memory = Buffer.from(objects.memory.buffer)
  const words = new Uint32Array(objects.memory.buffer)
  const [input, delta, stack] = [constants['INPUT']!, constants['DELTA']!, constants['STACK']!]

  const inflateTo = (pack: Pack, entry: number, to: number): void => {
    const from = pack.bodies[entry]!
    const length = (entry + 1 < pack.count ? pack.offsets[entry + 1]! : pack.end) - from
    if (pack.pages.read(memory, input, length, from) !== length) throw new PackFault('the pack is cut')
    if (objects.inflate(input, input + length, to, pack.sizes[entry]!) !== 1)
      throw new PackFault('an object is damaged')
  }

  /** The size of the object that a delta makes: the second number it begins with. */
  const madeSize = (): number => {
    let at = delta
    while (memory[at++]! & 0x80);
    let size = 0
    for (let factor = 1, byte = 0x80; byte & 0x80; factor *= 128) {
      byte = memory[at++]!
      size += (byte & 0x7f) * factor
    }
    return size
  }

  /**
   * Gives every object of one pack that stems from an entry of a wanted kind to `take`, bases before their deltas, each unpacked once; what `take`
   * returns is kept for the deltas. The bytes are good until it returns. Entries that are too large for this memory go to `leave`. Pauses after each
   * family of objects.
   */
  function* unpack<Kept>(
    pack: Pack,
    wanted: (kind: number) => boolean,
    take: (object: Unpacked<Kept>) => Kept,
    leave: (entry: number) => void,
  ): Generator<void> {
    const { count, bases, kinds, sizes, bodies, offsets } = pack
    const room = (entry: number): number =>
      (entry + 1 < count ? offsets[entry + 1]! : pack.end) - bodies[entry]! <= constants['INPUT_SIZE']!
        ? constants['STACK_END']! - 64
        : 0
    // The deltas of each entry, one behind the other.
    const starts = new Uint32Array(count + 1)
    for (const base of bases) if (base >= 0) starts[base + 1]!++
    for (let entry = 0; entry < count; entry++) starts[entry + 1]! += starts[entry]!
    const deltas = new Uint32Array(starts[count]!)
    const filled = starts.slice()
    for (const [entry, base] of bases.entries()) if (base >= 0) deltas[filled[base]!++] = entry

    const leaveFamily = (entry: number): void => {
      for (const family = [entry]; family.length > 0; ) {
        const one = family.pop()!
        leave(one)
        family.push(...deltas.subarray(starts[one]!, starts[one + 1]!))
      }
    }
    interface Frame {
      entry: number
      at: number
      size: number
      kept: Kept
      next: number
    }
    for (let root = 0; root < count; root++) {
      if (kinds[root]! >= OFFSET_DELTA || !wanted(kinds[root]!)) continue
      if (stack + sizes[root]! > room(root)) {
        leaveFamily(root)
        continue
      }
      inflateTo(pack, root, stack)
      const bytes = memory.subarray(stack, stack + sizes[root]!)
      const frames: Frame[] = [
        {
          entry: root,
          at: stack,
          size: bytes.length,
          kept: take({
            pack,
            entry: root,
            kind: kinds[root]!,
            bytes,
            base: null,
            isBase: starts[root]! < starts[root + 1]!,
          }),
          next: starts[root]!,
        },
      ]
      while (frames.length > 0) {
        const base = frames.at(-1)!
        if (base.next === starts[base.entry + 1]!) {
          frames.pop()
          continue
        }
        const entry = deltas[base.next++]!
        const at = (base.at + base.size + 127) & ~63
        if (sizes[entry]! > constants['DELTA_SIZE']! - 64 || sizes[entry]! < 2 || room(entry) === 0) {
          leaveFamily(entry)
          continue
        }
        inflateTo(pack, entry, delta)
        const size = madeSize()
        if (at + size > room(entry)) {
          leaveFamily(entry)
          continue
        }
        if (objects.apply(delta, delta + sizes[entry]!, base.at, base.size, at, size) !== 1)
          throw new PackFault('a delta does not fit its base')
        const copies = objects.copies.value
        const first = constants['COPIES']! / 4
        const object = {
          pack,
          entry,
          kind: kinds[root]!,
          bytes: memory.subarray(at, at + size),
          base:
            copies < constants['MOST_COPIES']!
              ? { kept: base.kept, copies: words.subarray(first, first + 3 * copies), size: base.size }
              : null,
          isBase: starts[entry]! < starts[entry + 1]!,
        }
        frames.push({ entry, at, size, kept: take(object), next: starts[entry]! })
      }
      yield
    }
  }
  return { unpack }
}
