import { Fault } from './limits.ts'
import { openLzma } from './lzma.ts'
import { openPull, type Pull } from './source.ts'

const CHECKS = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64]
const MOST_DICTIONARY = 64 * 2 ** 20
const damaged = (): Fault => new Fault('it is damaged; the rest was not read')

const exactly = async (pull: Pull, length: number): Promise<Buffer> => {
  const bytes = await pull.take(length)
  if (bytes.length < length) throw new Fault('it is cut: its end is missing')
  return bytes
}

/** A number of seven bits a byte, the lowest first, and where it ends. */
const numberAt = (bytes: Buffer, from: number): [value: number, end: number] => {
  let value = 0
  for (let at = from, factor = 1; at < from + 8 && at < bytes.length; at++, factor *= 128) {
    value += (bytes[at]! & 0x7f) * factor
    if ((bytes[at]! & 0x80) === 0) return [value, at + 1]
  }
  throw damaged()
}

/** The size of the dictionary that a block wants. Filters that only rewrite jumps of machine code leave text as it is. */
const dictionaryOf = (header: Buffer): number => {
  const flags = header[1]!
  let at = 2
  if (flags & 0x40) at = numberAt(header, at)[1]
  if (flags & 0x80) at = numberAt(header, at)[1]
  for (let left = (flags & 3) + 1; left > 0; left--) {
    const [id, afterId] = numberAt(header, at)
    const [length, afterLength] = numberAt(header, afterId)
    if (id === 0x21 && left === 1 && length === 1) {
      const size = header[afterLength]! & 0x3f
      const bytes = size >= 40 ? 2 ** 32 : (2 | (size & 1)) * 2 ** ((size >> 1) + 11)
      if (bytes > MOST_DICTIONARY)
        throw new Fault(`it wants ${Math.round(bytes / 2 ** 20)} MiB of memory to be unpacked, which is not given`)
      return bytes
    }
    if (id < 4 || id > 11) throw new Fault('it is compressed in a way that is not read here')
    at = afterLength + length
  }
  throw damaged()
}

/** What comes out of xz, streams one behind the other. Checksums are not looked at. */
export async function* unxz(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const pull = openPull(chunks)
  for (let first = true; ; first = false) {
    let start = await pull.peek(6)
    while (!first && start.length >= 4 && start.readUInt32LE(0) === 0) {
      await pull.take(4)
      start = await pull.peek(6)
    }
    if (start.length === 0 && !first) return
    if (!start.equals(Buffer.from('\xfd7zXZ\0', 'latin1'))) {
      if (first) throw damaged()
      throw new Fault('something follows its end and was not read')
    }
    const header = await exactly(pull, 12)
    const check = CHECKS[header[7]! & 0xf]!
    for (;;) {
      const length = (await exactly(pull, 1))[0]!
      if (length === 0) break
      const rest = await exactly(pull, length * 4 + 3)
      const before = pull.taken
      yield* unlzma2(pull, dictionaryOf(Buffer.concat([Buffer.from([length]), rest])))
      await exactly(pull, (4 - ((pull.taken - before) % 4)) % 4)
      await exactly(pull, check)
    }
    await skipIndex(pull)
    await exactly(pull, 12)
  }
}

const skipIndex = async (pull: Pull): Promise<void> => {
  const before = pull.taken - 1
  const number = async (): Promise<number> => {
    const bytes: number[] = []
    do bytes.push((await exactly(pull, 1))[0]!)
    while (bytes.at(-1)! & 0x80 && bytes.length < 9)
    return numberAt(Buffer.from(bytes), 0)[0]
  }
  for (let left = 2 * (await number()); left > 0; left--) await number()
  await exactly(pull, (4 - ((pull.taken - before) % 4)) % 4)
  await exactly(pull, 4)
}

async function* unlzma2(pull: Pull, dictionary: number): AsyncGenerator<Buffer> {
  const lzma = openLzma(dictionary)
  let fresh = true
  for (;;) {
    const control = (await exactly(pull, 1))[0]!
    if (control === 0) return
    if (control > 2 && control < 0x80) throw damaged()
    const begins = control === 1 || control >= 0xe0
    if (fresh && !begins) throw damaged()
    fresh = false
    if (begins) lzma.forget()
    if (control < 0x80) {
      const size = (await exactly(pull, 2)).readUInt16BE(0) + 1
      yield lzma.copy(await exactly(pull, size))
      continue
    }
    const sizes = await exactly(pull, 4)
    const size = ((control & 0x1f) << 16) + sizes.readUInt16BE(0) + 1
    if (control >= 0xc0) lzma.reset((await exactly(pull, 1))[0]!)
    else if (control >= 0xa0) lzma.reset()
    yield lzma.decode(await exactly(pull, sizes.readUInt16BE(2) + 1), size)
  }
}
