/** What holds other files, or text that is not there as it is read. */
export type Kind = 'zip' | 'gzip' | 'zstd' | 'bzip2' | 'xz' | 'tar' | 'ar' | 'pdf' | Closed
/** Known, and not opened here. */
export interface Closed {
  closed: string
}

/** Bytes of the beginning that settle what a file is. */
export const HEAD = 512
/** Bytes of the end that tell a zip with something before it: a program, a script. */
export const TAIL = 22

const begins = (bytes: Uint8Array, text: string, from = 0): boolean => {
  for (let at = 0; at < text.length; at++) if (bytes[from + at] !== text.charCodeAt(at)) return false
  return true
}

/**
 * What a file is by its bytes, whatever it is called; null for all that is read as it lies there, which costs a comparison or two.
 * `end` are its last bytes, where they are at hand.
 */
export const kindOf = (head: Uint8Array, end?: Uint8Array): Kind | null => {
  switch (head[0]) {
    case 0x50:
      if (begins(head, 'PK\x03\x04') || begins(head, 'PK\x05\x06') || begins(head, 'PK\x07\x08PK')) return 'zip'
      break
    case 0x1f:
      if (begins(head, '\x1f\x8b\x08')) return 'gzip'
      if (begins(head, '\x1f\x9d')) return { closed: 'compress (.Z)' }
      break
    case 0x28:
      if (begins(head, '\x28\xb5\x2f\xfd')) return 'zstd'
      break
    case 0x42:
      if (begins(head, 'BZh') && begins(head, '1AY&SY', 4)) return 'bzip2'
      break
    case 0xfd:
      if (begins(head, '\xfd7zXZ\x00')) return 'xz'
      break
    case 0x21:
      if (begins(head, '!<arch>\n')) return 'ar'
      break
    case 0x25:
      if (begins(head, '%PDF-')) return 'pdf'
      break
    case 0x37:
      if (begins(head, '7z\xbc\xaf\x27\x1c')) return { closed: '7-Zip' }
      break
    case 0x52:
      if (begins(head, 'Rar!\x1a\x07')) return { closed: 'RAR' }
      break
    case 0x04:
      if (begins(head, '\x04\x22\x4d\x18')) return { closed: 'LZ4' }
      break
    case 0x4d:
      if (begins(head, 'MSCF\x00\x00\x00\x00')) return { closed: 'cabinet' }
      break
    case 0xed:
      if (begins(head, '\xed\xab\xee\xdb')) return { closed: 'RPM' }
      break
  }
  if (isTar(head)) return 'tar'
  return end !== undefined && end.length >= TAIL && begins(end, 'PK\x05\x06', end.length - TAIL) ? 'zip' : null
}

const isOctal = (byte: number): boolean => byte === 0x20 || byte === 0 || (byte >= 0x30 && byte <= 0x37)

/** Is this the header of an entry, by its sum? */
export const isTar = (block: Uint8Array): boolean => {
  if (block.length < 512 || block[0] === 0 || !isOctal(block[148]!) || !isOctal(block[153]!)) return false
  return sumOf(block) === octal(block, 148, 8)
}

const sumOf = (block: Uint8Array): number => {
  let sum = 8 * 0x20
  for (let at = 0; at < 512; at++) if (at < 148 || at >= 156) sum += block[at]!
  return sum
}

/** A number in octal digits between blanks; -1 for what is none. */
export const octal = (bytes: Uint8Array, from: number, length: number): number => {
  let value = 0
  let digits = 0
  for (let at = from; at < from + length; at++) {
    const byte = bytes[at]!
    if (byte >= 0x30 && byte <= 0x37) {
      value = value * 8 + byte - 0x30
      digits++
    } else if (byte !== 0x20 && byte !== 0) return -1
    else if (digits > 0) break
  }
  return digits === 0 ? -1 : value
}
