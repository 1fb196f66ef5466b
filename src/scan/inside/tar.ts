import { isTar, octal } from './kinds.ts'
import { type Budget, Fault } from './limits.ts'
import type { Pull } from './source.ts'

export interface TarEntry {
  name: string
  size: number
  /** `link` and `other` have no content of their own. */
  type: 'file' | 'folder' | 'link' | 'other'
}

const BLOCK = 512
/** Names and other words about an entry take no more than this. */
const MOST_ABOUT = 1 << 20

const textOf = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0)
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8')
}

/** A number in octal, or in base 256 where it has to be large. */
const numberOf = (block: Buffer, from: number, length: number): number => {
  if ((block[from]! & 0x80) === 0) return Math.max(0, octal(block, from, length))
  let value = block[from]! & 0x7f
  for (let at = from + 1; at < from + length; at++) value = value * 256 + block[at]!
  if (!Number.isSafeInteger(value)) throw new Fault('the size of an entry is beyond all measure; the rest was not read')
  return value
}

/** The records of a pax header: `<length> <name>=<value>\n`. */
const paxOf = (bytes: Buffer): Map<string, string> => {
  const records = new Map<string, string>()
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const length = Number(bytes.toString('latin1', at, space < 0 ? at : Math.min(space, at + 12)))
    if (space < 0 || !(length > space - at + 1) || at + length > bytes.length) break
    const equals = bytes.indexOf(0x3d, space)
    if (equals > 0 && equals < at + length)
      records.set(bytes.toString('utf8', space + 1, equals), bytes.toString('utf8', equals + 1, at + length - 1))
    at += length
  }
  return records
}

const typeOf = (letter: string): TarEntry['type'] => {
  if ('5D'.includes(letter)) return 'folder'
  if ('12'.includes(letter)) return 'link'
  return '346VN'.includes(letter) ? 'other' : 'file'
}
/** Entries of these types are followed by nothing, whatever size they state. */
const EMPTY = '123456'

/**
 * The entries of a tar (v7, ustar, pax, GNU), in their order. The content of each is next in `pull` when it is yielded; what of it is not
 * read by then is passed over. Throws a `Fault` where the tar cannot be followed any further.
 */
export async function* tarEntries(pull: Pull, budget: Budget): AsyncGenerator<TarEntry> {
  let about = new Map<string, string>()
  let everywhere = new Map<string, string>()
  let ended = false
  for (;;) {
    budget.clock()
    const block = await pull.take(BLOCK)
    if (block.length === 0) {
      if (!ended) throw new Fault('it is cut: its end is missing')
      return
    }
    if (block.length === BLOCK && block[0] === 0 && block.every((byte) => byte === 0)) {
      ended = true
      continue
    }
    if (block.length < BLOCK || !isTar(block)) {
      // Behind the end anything may lie; it is said, since it was not read.
      throw new Fault(
        ended
          ? 'something that is no tar follows its end and was not read'
          : 'it is damaged or cut; the rest was not read',
      )
    }
    const letter = String.fromCharCode(block[156]!)
    const stated = EMPTY.includes(letter) ? 0 : numberOf(block, 124, 12)
    if ('xgLK'.includes(letter)) {
      if (stated > MOST_ABOUT) throw new Fault('the name of an entry is beyond all measure; the rest was not read')
      const said = await pull.take(stated)
      if (said.length < stated) throw new Fault('it is cut: its end is missing')
      await skip(pull, padding(stated))
      if (letter === 'x') about = new Map([...about, ...paxOf(said)])
      else if (letter === 'g') everywhere = new Map([...everywhere, ...paxOf(said)])
      else if (letter === 'L') about.set('path', textOf(said))
      continue
    }
    ended = false
    budget.entry()
    const told = (key: string): string | undefined => about.get(key) ?? everywhere.get(key)
    const size = EMPTY.includes(letter) ? 0 : sizeOf(told('size'), stated)
    if (letter === 'S') await skipSparse(pull, block)
    const name = told('GNU.sparse.name') ?? told('path') ?? nameOf(block)
    about = new Map()
    const type = name.endsWith('/') && size === 0 ? 'folder' : typeOf(letter)
    const before = pull.taken
    yield { name, size, type }
    const left = size - (pull.taken - before)
    if ((await skip(pull, left)) < left) throw new Fault('it is cut: its last entry is not whole')
    await skip(pull, padding(size))
  }
}

const nameOf = (block: Buffer): string => {
  const name = textOf(block.subarray(0, 100))
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? textOf(block.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

const sizeOf = (told: string | undefined, stated: number): number => {
  if (told === undefined) return stated
  const size = Number(told)
  if (!Number.isSafeInteger(size) || size < 0)
    throw new Fault('the size of an entry is no number; the rest was not read')
  return size
}

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK

const skip = async (pull: Pull, length: number): Promise<number> => {
  let skipped = 0
  for await (const piece of pull.pieces(length)) skipped += piece.length
  return skipped
}

/** The maps of where the holes are, which follow the header of an old sparse entry. */
const skipSparse = async (pull: Pull, block: Buffer): Promise<void> => {
  for (let more = block[482] === 1; more; ) {
    const map = await pull.take(BLOCK)
    more = map.length === BLOCK && map[504] === 1
  }
}
