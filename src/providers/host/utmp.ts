/** utmp(5): wtmp, btmp and utmp are rows of one C struct; lastlog is one row per uid. */

export interface UtmpRecord {
  type: number
  pid: number
  line: string
  user: string
  host: string
  /** Milliseconds since 1970. */
  at: number
}

/** The type of a row that tells of a login. */
export const USER = 7

/** x86 and 32-bit compatible machines; others (aarch64) have 64-bit times. */
const SHORT = { size: 384, seconds: 340, wide: false }
const LONG = { size: 400, seconds: 344, wide: true }
const LAST = 4_102_444_800

export function parseUtmp(bytes: Uint8Array): UtmpRecord[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const layout = buffer.length % SHORT.size !== 0 && buffer.length % LONG.size === 0 ? LONG : SHORT
  const records: UtmpRecord[] = []
  for (let at = 0; at + layout.size <= buffer.length; at += layout.size) {
    const type = buffer.readInt16LE(at)
    const seconds = layout.wide
      ? Number(buffer.readBigInt64LE(at + layout.seconds))
      : buffer.readUInt32LE(at + layout.seconds)
    if (type < 1 || type > 9 || seconds <= 0 || seconds > LAST) continue
    records.push({
      type,
      pid: buffer.readInt32LE(at + 4),
      line: string(buffer, at + 8, 32),
      user: string(buffer, at + 44, 32),
      host: string(buffer, at + 76, 256),
      at: seconds * 1000,
    })
  }
  return records
}

export const LASTLOG_ROW = 292

export function parseLastlog(row: Uint8Array): { at: number; line: string; host: string } | null {
  if (row.length < LASTLOG_ROW) return null
  const buffer = Buffer.from(row.buffer, row.byteOffset, row.byteLength)
  const seconds = buffer.readUInt32LE(0)
  return seconds === 0 || seconds > LAST
    ? null
    : { at: seconds * 1000, line: string(buffer, 4, 32), host: string(buffer, 36, 256) }
}

function string(buffer: Buffer, at: number, length: number): string {
  const field = buffer.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? length : end).toString('utf8')
}
