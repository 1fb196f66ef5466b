/** Finds where base64 may stand: blocks of sixteen bytes that are all of its characters, of either alphabet, in a run that is long enough. */

/** Where bytes are put to be looked at, and how many at once. */
export const BLOCKS: u32 = 0x1000
export const BLOCKS_SIZE: u32 = 0x10000
/** The shortest run. */
export const SHORTEST: i32 = 31

/** A bit for every byte of a block: is it a letter, a digit or one of `+-/_`? */
// @ts-ignore: a decorator of AssemblyScript
@inline
function charactersOf(at: u32): v128 {
  const bytes = v128.load(at)
  const letters = i8x16.lt_u(i8x16.sub(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(0x61)), i8x16.splat(26))
  // From the slash to the nine.
  const digits = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x2f)), i8x16.splat(11))
  const signs = v128.or(
    v128.or(i8x16.eq(bytes, i8x16.splat(0x2b)), i8x16.eq(bytes, i8x16.splat(0x2d))),
    i8x16.eq(bytes, i8x16.splat(0x5f)),
  )
  return v128.or(v128.or(letters, digits), signs)
}

/**
 * The first full block at or behind `from` in the bytes from `start` up to `to`, by steps of sixteen; `to` where there is none. Of a block at either
 * end it is not known how its run goes on, so it counts.
 */
export function nextBlock(from: u32, start: u32, to: u32): u32 {
  for (let at = from; at < to; at += 16) {
    if (!i8x16.all_true(charactersOf(at))) continue
    if (at == start || at + 16 == to) return at
    const before = clz((i8x16.bitmask(charactersOf(at - 16)) << 16) ^ 0xffff0000)
    const behind = ctz(i8x16.bitmask(charactersOf(at + 16)) ^ 0xffff)
    if (16 + before + behind >= SHORTEST) return at
  }
  return to
}
