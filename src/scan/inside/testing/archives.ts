import { crc32, deflateRawSync } from 'node:zlib'

export type Files = Record<string, string | Uint8Array>

const block = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])

/** A header of a tar as ustar has it. */
export const tarHeader = (name: string, size: number, type = '0'): Buffer => {
  const header = Buffer.alloc(512)
  header.write(name.slice(0, 100), 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write(type, 156)
  header.write('ustar\x0000', 257, 'latin1')
  const sum = header.reduce((all, byte) => all + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** A tar of files; a name that is too long gets a pax header. */
export const tarOf = (files: Files): Buffer =>
  Buffer.concat([
    ...Object.entries(files).flatMap(([name, content]) => {
      const bytes = Buffer.from(content as string)
      const record = ` path=${name}\n`
      let length = record.length + 2
      while (`${length}${record}`.length !== length) length = `${length}${record}`.length
      const long =
        Buffer.byteLength(name) > 100 ? [tarHeader('pax', length, 'x'), block(Buffer.from(`${length}${record}`))] : []
      return [...long, tarHeader(name, bytes.length, name.endsWith('/') ? '5' : '0'), block(bytes)]
    }),
    Buffer.alloc(1024),
  ])

export interface ZipOptions {
  stored?: boolean
  flags?: number
  method?: number
  /** What the headers say in place of the truth. */
  size?: number
  crc?: number
  comment?: string
  wide?: boolean
}

/** A zip of files. */
export const zipOf = (files: Files, options: ZipOptions = {}): Buffer => {
  const { stored = false, flags = 0, comment = '', wide = false } = options
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content as string)
    const packed = stored ? bytes : deflateRawSync(bytes)
    const label = Buffer.from(name)
    const size = options.size ?? bytes.length
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(flags, 6)
    head.writeUInt16LE(options.method ?? (stored ? 0 : 8), 8)
    head.writeUInt32LE(options.crc ?? crc32(bytes), 14)
    head.writeUInt32LE(packed.length, 18)
    head.writeUInt32LE(size, 22)
    head.writeUInt16LE(label.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    head.copy(entry, 6, 4, 28)
    entry.writeUInt16LE(0, 30)
    const extra = Buffer.alloc(wide ? 28 : 0)
    if (wide) {
      extra.writeUInt16LE(1, 0)
      extra.writeUInt16LE(24, 2)
      for (const [at, value] of [size, packed.length, offset].entries())
        extra.writeBigUInt64LE(BigInt(value), 4 + 8 * at)
      for (const at of [20, 24, 42]) entry.writeUInt32LE(0xffffffff, at)
      entry.writeUInt16LE(extra.length, 30)
    } else entry.writeUInt32LE(offset, 42)
    parts.push(head, label, packed)
    directory.push(entry, label, extra)
    offset += 30 + label.length + packed.length
  }
  const listed = Buffer.concat(directory)
  const count = Object.keys(files).length
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(wide ? 0xffff : count, 8)
  end.writeUInt16LE(wide ? 0xffff : count, 10)
  end.writeUInt32LE(wide ? 0xffffffff : listed.length, 12)
  end.writeUInt32LE(wide ? 0xffffffff : offset, 16)
  end.writeUInt16LE(comment.length, 20)
  const far = Buffer.alloc(wide ? 76 : 0)
  if (wide) {
    far.writeUInt32LE(0x06064b50, 0)
    far.writeBigUInt64LE(44n, 4)
    for (const [at, value] of [count, count, listed.length, offset].entries())
      far.writeBigUInt64LE(BigInt(value), 24 + 8 * at)
    far.writeUInt32LE(0x07064b50, 56)
    far.writeBigUInt64LE(BigInt(offset + listed.length), 64)
  }
  return Buffer.concat([...parts, listed, far, end, Buffer.from(comment)])
}
