import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Account } from './account.ts'

/**
 * initdb asks the system for the name of its user and gives up where there is none: a container that runs as some number. So it
 * is answered by a library of one function, `getpwuid`, loaded before the system's. As no compiler is at hand, the few hundred
 * bytes of that library are put together here: an ELF header, one exported symbol, two or three instructions, and the
 * `struct passwd` that they return.
 */
export function writePasswdLibrary(folder: string, account: Account): string | undefined {
  const code = process.platform === 'linux' ? CODE[process.arch] : undefined
  if (!code) return undefined
  const file = join(folder, 'passwd-library.so')
  writeFileSync(file, library(code, account), { mode: 0o644 })
  return file
}

interface Machine {
  /** e_machine, and the relocation that adds the load address. */
  id: number
  relative: number
  /** Returns the address that lies `distance` bytes after the first instruction. */
  returning(distance: number): Buffer
}

const CODE: Partial<Record<string, Machine>> = {
  // lea rax, [rip + distance]; ret
  x64: {
    id: 62,
    relative: 8,
    returning: (distance) => Buffer.concat([Buffer.of(0x48, 0x8d, 0x05), u32(distance - 7), Buffer.of(0xc3)]),
  },
  // adr x0, distance; ret
  arm64: {
    id: 183,
    relative: 1027,
    returning: (distance) =>
      Buffer.concat([u32((0x10000000 | ((distance & 3) << 29) | ((distance >> 2) << 5)) >>> 0), u32(0xd65f03c0)]),
  },
}

/** The second segment is loaded this much after its place in the file, on pages of its own. */
const APART = 0x10000
const [HEADER, SEGMENT, SYMBOL, RELOCATION, PASSWD] = [64, 56, 24, 24, 48]

function library(machine: Machine, { uid, gid }: Account): Buffer {
  const strings = Buffer.from('\0getpwuid\0reeve\0/\0')
  const at = (text: string) => BigInt(stringsAt + strings.indexOf(`${text}\0`))
  const hashAt = HEADER + 4 * SEGMENT
  const symbolsAt = hashAt + 24
  const stringsAt = symbolsAt + 2 * SYMBOL
  const relocationsAt = (stringsAt + strings.length + 7) & ~7
  const codeAt = relocationsAt + 5 * RELOCATION
  const dataAt = codeAt + 16
  const passwdAt = dataAt + APART

  const code = machine.returning(passwdAt - codeAt)
  const symbol = [u32(strings.indexOf('getpwuid')), Buffer.of(0x12, 0), u16(1), u64(codeAt), u64(code.length)]
  const pointers: [number, bigint][] = [
    [0, at('reeve')],
    [8, at('')],
    [24, at('')],
    [32, at('/')],
    [40, at('/')],
  ]
  const relocations = pointers.flatMap(([offset, target]) => [
    u64(passwdAt + offset),
    u64(machine.relative),
    u64(target),
  ])
  const passwd = Buffer.concat([Buffer.alloc(16), u32(uid), u32(gid), Buffer.alloc(24)])
  const dynamic = Buffer.concat(
    [
      [4, hashAt],
      [5, stringsAt],
      [6, symbolsAt],
      [10, strings.length],
      [11, SYMBOL],
      [7, relocationsAt],
      [8, 5 * RELOCATION],
      [9, RELOCATION],
      [0, 0],
    ]
      .flat()
      .map((value) => u64(value)),
  )
  const size = dataAt + PASSWD + dynamic.length
  const [exec, write, read] = [1, 2, 4]
  const segment = (type: number, flags: number, from: number, to: number, apart = 0, align = APART) => [
    u32(type),
    u32(flags),
    u64(from),
    u64(from + apart),
    u64(from + apart),
    u64(to - from),
    u64(to - from),
    u64(align),
  ]

  const parts = [
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ...[
      u16(3),
      u16(machine.id),
      u32(1),
      u64(0),
      u64(HEADER),
      u64(0),
      u32(0),
      u16(HEADER),
      u16(SEGMENT),
      u16(4),
      u16(64),
      u16(0),
      u16(0),
    ],
    ...segment(1, read | exec, 0, dataAt),
    ...segment(1, read | write, dataAt, size, APART),
    ...segment(2, read | write, dataAt + PASSWD, size, APART, 8),
    // The stack need not be executable.
    ...segment(0x6474e551, read | write, 0, 0, 0, 16),
    ...[1, 2, 1, 0, 0, 0].map(u32),
    ...[Buffer.alloc(SYMBOL), ...symbol],
    padded(strings, relocationsAt - stringsAt),
    ...relocations,
    padded(code, 16),
    passwd,
    dynamic,
  ]
  return Buffer.concat(parts)
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

const padded = (bytes: Buffer, length: number): Buffer => Buffer.concat([bytes], length)
