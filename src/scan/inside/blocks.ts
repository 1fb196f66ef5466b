import { instantiate } from '../instance.ts'

const BLOCK = 16

/**
 * Searches for blocks of sixteen bytes, at multiples of sixteen, that are all base64 characters and stand in a run of at least 31, which has
 * such a block wherever it begins.
 * Keeps no more than a few bytes of what it looks at.
 */
const openBlocks = () => {
  const { exports, constants } = instantiate<{
    memory: { buffer: ArrayBuffer }
    nextBlock(from: number, start: number, to: number): number
  }>('base64.ts', 2)
  const memory = new Uint8Array(exports.memory.buffer)
  const [base, size] = [constants['BLOCKS']!, constants['BLOCKS_SIZE']! - BLOCK]
  return (bytes: Uint8Array, visit: (at: number) => number): void => {
    for (let start = 0; start + BLOCK <= bytes.length; start += size) {
      const part = bytes.subarray(start, start + size)
      memory.set(part, base)
      const end = base + (part.length & -BLOCK)
      for (let at = exports.nextBlock(base, base, end); at < end; ) {
        const next = visit(start + at - base)
        at = exports.nextBlock(
          Math.max(at + BLOCK, base + (((next - start + BLOCK - 1) / BLOCK) | 0) * BLOCK),
          base,
          end,
        )
      }
    }
  }
}

let opened: ReturnType<typeof openBlocks> | undefined
/** Calls `visit` with each such block from the front; it returns from where to go on. */
export const eachBlock = (bytes: Uint8Array, visit: (at: number) => number): void => {
  opened ??= openBlocks()
  opened(bytes, visit)
}
