import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, constants as zlib } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { detectors } from '../detectors/index.ts'
import { compile } from '../engine.ts'
import { createScanner } from '../index.ts'
import { instantiate } from '../instance.ts'
import { scanBytes } from '../reading.ts'
import { openDeltaScan } from './delta-scan.ts'
import { PackFault } from './pack-file.ts'
import { scanStore } from './scan-store.ts'

const engine = compile(detectors)
const told = (detections: ReturnType<typeof scanBytes>) =>
  detections.map(({ value, ...one }) => ({ ...one, value: value.reveal() }))

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reeve-packs-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const git = (at: string, ...args: string[]): string =>
  execFileSync('git', ['-C', at, '-c', 'user.name=A', '-c', 'user.email=a@acme.test', '-c', 'gc.auto=0', ...args], {
    encoding: 'utf8',
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  })

const LINES = Array.from({ length: 260 }, (_, line) => `line ${line} = ${(line * 7919) % 1009} of ${line % 13};`)
/** A repository in which files change a little many times; a file has a secret in some versions. */
const history = (name: string, ...options: string[]): string => {
  const at = join(root, name)
  mkdirSync(at)
  git(at, 'init', '-q', ...options)
  mkdirSync(join(at, 'src/deep'), { recursive: true })
  const lines = [...LINES]
  for (let version = 0; version < 12; version++) {
    lines[(version * 53) % lines.length] =
      version % 3 === 0 ? `db_password = "tr0ub4dor${version}"` : `version ${version}`
    lines.splice((version * 17) % lines.length, 1)
    writeFileSync(join(at, 'src/deep/a.py'), lines.join('\n'))
    writeFileSync(
      join(at, `src/file-${version % 4}.env`),
      `A=${version}\nAPI_TOKEN=x${version}Kd83jslPq02mvn47\n${LINES.slice(version).join('\n')}`,
    )
    git(at, 'add', '-A')
    git(at, 'commit', '-q', '-m', `${version}`)
  }
  return at
}

/** What is found in all blobs at the paths of their commits, one by one. */
const oneByOne = (at: string): Map<string, string> => {
  const found = new Map<string, string>()
  for (const commit of git(at, 'rev-list', '--all').trim().split('\n'))
    for (const line of git(at, 'ls-tree', '-r', commit).trim().split('\n')) {
      const [, type, blob, path] = /^\d+ (\w+) ([0-9a-f]+)\t(.*)$/.exec(line)!
      if (type !== 'blob' || found.has(blob!)) continue
      const bytes = execFileSync('git', ['-C', at, 'cat-file', 'blob', blob!])
      const detections = told(scanBytes(engine, bytes, path!))
      if (detections.length > 0) found.set(blob!, JSON.stringify(detections))
    }
  return found
}
const fromStore = async (objects: string, width = 20): Promise<Map<string, string>> => {
  const { hits, left, missing } = await scanStore(engine, objects, width)
  expect([left.size, missing.size]).toEqual([0, 0])
  return new Map([...hits].map(([blob, { detections }]) => [blob, JSON.stringify(told(detections))]))
}
const sorted = (found: Map<string, string>) => [...found].sort()

describe('all blobs of a repository are found with what is in each', () => {
  test('in files of their own, in one pack with deltas, in several packs, and borrowed from another repository', async () => {
    const at = history('one')
    const expected = sorted(oneByOne(at))
    expect(expected.length).toBeGreaterThan(12)
    const objects = join(at, '.git/objects')
    expect(sorted(await fromStore(objects))).toEqual(expected)
    git(at, 'repack', '-q', '-d')
    const late = join(at, 'late.env')
    writeFileSync(late, 'LATE_PASSWORD=l4teComer\n')
    git(at, 'add', '-A')
    git(at, 'commit', '-q', '-m', 'late')
    git(at, 'repack', '-q')
    git(at, 'prune-packed')
    expect(readdirSync(join(objects, 'pack')).filter((file) => file.endsWith('.pack')).length).toBe(2)
    const more = sorted(oneByOne(at))
    expect(more.length).toBe(expected.length + 1)
    expect(sorted(await fromStore(objects))).toEqual(more)
    git(at, 'repack', '-adfq', '--depth=50')
    expect(sorted(await fromStore(objects))).toEqual(more)
    git(at, 'multi-pack-index', 'write')
    expect(sorted(await fromStore(objects))).toEqual(more)
    git(root, 'clone', '-q', '--bare', '--shared', at, join(root, 'borrower'))
    expect(sorted(await fromStore(join(root, 'borrower/objects')))).toEqual(more)
  })

  test('in a SHA-256 repository', async () => {
    const at = history('long', '--object-format=sha256')
    git(at, 'repack', '-adfq')
    expect(sorted(await fromStore(join(at, '.git/objects'), 32))).toEqual(sorted(oneByOne(at)))
  })
})

describe('a damaged or hostile repository', () => {
  test('is refused, whatever byte of the pack or the index is wrong', async () => {
    const at = history('damaged')
    git(at, 'repack', '-adfq')
    const folder = join(at, '.git/objects/pack')
    const files = readdirSync(folder).filter((file) => /\.(?:pack|idx)$/.test(file))
    const kept = new Map(files.map((file) => [file, readFileSync(join(folder, file))]))
    for (const file of files) chmodSync(join(folder, file), 0o644)
    let refused = 0
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.integer({ min: 1, max: 4 }),
        async (file, place, change, width) => {
          const bytes = Buffer.from(kept.get(file)!)
          for (let i = 0; i < width; i++) bytes[(place + i) % bytes.length]! ^= change
          writeFileSync(join(folder, file), bytes)
          await scanStore(engine, join(at, '.git/objects'), 20).catch((error: unknown) => {
            expect(error).toBeInstanceOf(PackFault)
            refused++
          })
          writeFileSync(join(folder, file), kept.get(file)!)
        },
      ),
      { numRuns: 120 },
    )
    expect(refused).toBeGreaterThan(20)
  })

  test('is read by git when its files cannot be read here, and ends in an error of Reeve when git cannot either', async () => {
    const at = history('cut')
    git(at, 'repack', '-adfq')
    const folder = join(at, '.git/objects/pack')
    const pack = join(folder, readdirSync(folder).find((file) => file.endsWith('.pack'))!)
    chmodSync(pack, 0o644)
    writeFileSync(pack, readFileSync(pack).subarray(0, statSync(pack).size >> 1))
    const scan = async () => {
      for await (const _ of createScanner().scanHistory(at));
    }
    await expect(scan()).rejects.toMatchObject({ code: 'scan/git' })
  })

  test('with a file of its own that unpacks to very much is left alone', async () => {
    const at = history('bomb')
    const bomb = join(at, '.git/objects/00')
    mkdirSync(bomb, { recursive: true })
    writeFileSync(
      join(bomb, '0'.repeat(38)),
      deflateSync(Buffer.concat([Buffer.from('blob 90000000\0'), Buffer.alloc(90_000_000)])),
    )
    expect(sorted(await fromStore(join(at, '.git/objects')))).toEqual(sorted(oneByOne(at)))
  })
})

test('the search of what a delta inserted gives what the search of the whole gives', () => {
  const { scan } = openDeltaScan(engine)
  const secrets = detectors.flatMap(({ cases, span = 512 }) =>
    span > 2000 ? cases.yes.slice(0, 2) : cases.yes.slice(0, 1),
  )
  const filler = fc.integer({ min: 1, max: 120 }).map((many) => LINES.slice(0, many).join('\n'))
  const part = fc.oneof(
    fc.constantFrom(...secrets),
    filler,
    fc.constantFrom('"', '\n', 'key: ', "'", '# reeve:allow\n', 'password = '),
  )
  const text = fc.array(part, { minLength: 1, maxLength: 9 }).map((parts) => parts.join('\n'))
  const file = fc.constantFrom('a.env', 'src/a.py', 'x.yml')
  /** A piece of the base, by two fractions, or something new. */
  const piece = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    },
    { weight: 1, arbitrary: fc.constant([0, 0.7] as [number, number]) },
    { weight: 1, arbitrary: fc.constant([0.2, 1] as [number, number]) },
    { weight: 2, arbitrary: part },
  )
  const pieces = fc.array(piece, { minLength: 1, maxLength: 6 })
  const generation = fc.record({ name: file, from: pieces, isBase: fc.boolean() })
  const made = (base: Buffer, from: readonly (string | [number, number])[]): { bytes: Buffer; copies: Uint32Array } => {
    const parts: Buffer[] = []
    const copies: number[] = []
    let at = 0
    for (const one of from) {
      let bytes: Buffer
      if (typeof one === 'string') bytes = Buffer.from(one)
      else {
        const [first, last] = one.map((fraction) => Math.floor(fraction * base.length)).sort((a, b) => a - b)
        bytes = base.subarray(first, last)
        if (bytes.length > 0) copies.push(at, first!, bytes.length)
      }
      parts.push(bytes)
      at += bytes.length
    }
    return { bytes: Buffer.concat(parts), copies: Uint32Array.from(copies) }
  }
  fc.assert(
    fc.property(text, fc.array(generation, { minLength: 1, maxLength: 3 }), file, (given, generations, name) => {
      // What is kept of each serves as the base of the next.
      let base: Buffer = Buffer.from(given)
      let { kept } = scan(base, name, null)
      for (const { name, from, isBase } of generations) {
        const { bytes, copies } = made(base, from)
        const short = scan(bytes, name, { kept, copies, size: base.length }, isBase)
        expect(told(short.detections)).toEqual(told(scanBytes(engine, bytes, name)))
        base = bytes
        kept = short.kept
      }
    }),
    { numRuns: 400 },
  )
})

describe('inflate', () => {
  const { exports, constants } = instantiate<{
    memory: { buffer: ArrayBuffer }
    inflate(from: number, end: number, to: number, size: number): number
    taken: { value: number }
  }>('objects.ts', 481)
  const memory = Buffer.from(exports.memory.buffer)
  const [input, stack] = [constants['INPUT']!, constants['STACK']!]
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc.array(fc.constantFrom(...LINES), { maxLength: 200 }).map((lines) => Buffer.from(lines.join('\n'))),
    fc.tuple(fc.nat(255), fc.nat(20_000)).map(([byte, length]) => Buffer.alloc(length, byte)),
  )
  const packed = fc
    .tuple(content, fc.nat(9), fc.constantFrom(zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE))
    .map(([bytes, level, strategy]) => ({ bytes, stream: deflateSync(bytes, { level, strategy }) }))

  test('gives what was deflated, and takes the bytes of the stream', () => {
    fc.assert(
      fc.property(packed, ({ bytes, stream }) => {
        memory.set(stream, input)
        expect(exports.inflate(input, input + stream.length, stack, bytes.length)).toBe(1)
        expect(exports.taken.value).toBe(stream.length)
        expect(memory.subarray(stack, stack + bytes.length).equals(bytes)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('writes nowhere else and is false for another size, a cut stream and a changed byte that changes the content', () => {
    fc.assert(
      fc.property(
        packed,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.integer({ min: -3, max: 3 }),
        ({ bytes, stream }, place, change, by) => {
          const guard = 200
          const end = stack + Math.max(0, bytes.length + by)
          memory.fill(0xa5, end + 64, end + 64 + guard)
          memory.set(stream, input)
          if (by !== 0 && bytes.length + by >= 0)
            expect(exports.inflate(input, input + stream.length, stack, bytes.length + by)).toBe(0)
          expect(exports.inflate(input, input + stream.length - 1, stack, bytes.length)).toBe(0)
          memory[input + (place % stream.length)]! ^= change
          const right = exports.inflate(input, input + stream.length, stack, Math.max(0, bytes.length + by))
          if (right === 1) expect(memory.subarray(stack, stack + bytes.length).equals(bytes)).toBe(true)
          expect(memory.subarray(end + 64, end + 64 + guard).every((byte) => byte === 0xa5)).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })
})

test('the same content at several places and commits is one blob with all its appearances', async () => {
  const at = join(root, 'same')
  mkdirSync(at)
  git(at, 'init', '-q')
  writeFileSync(join(at, 'a.env'), 'DB_PASSWORD=tr0ub4dor\n')
  for (let commit = 0; commit < 5; commit++) {
    copyFileSync(join(at, 'a.env'), join(at, `copy-${commit}.env`))
    git(at, 'add', '-A')
    git(at, 'commit', '-q', '-m', `${commit}`)
  }
  git(at, 'repack', '-adq')
  const blobs = []
  for await (const blob of createScanner().scanHistory(at)) blobs.push(blob)
  expect(blobs.length).toBe(1)
  expect(blobs[0]!.appearances.length).toBe(6)
})
