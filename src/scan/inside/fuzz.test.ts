import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ScannedFile } from '../../sdk/index.ts'
import { detectors } from '../detectors/index.ts'
import { compile } from '../engine.ts'
import { decompressed, type Method } from './compressed.ts'
import { type Kind, kindOf } from './kinds.ts'
import { Fault, Halt, LIMITS, openBudget } from './limits.ts'
import { scanInside } from './open.ts'
import { ofBytes } from './source.ts'
import { tarHeader, tarOf, zipOf } from './testing/archives.ts'

/** Any change of good archives, and any bytes: nothing throws, nothing goes beyond its bounds, and every file is told of. */
const engine = compile(detectors)
const SECRET = 'A=1\nDB_PASSWORD=tr0ub4dor\n'
const BYTES = 4 << 20
const limits = { ...LIMITS, bytes: BYTES, entries: 200, depth: 4, held: 1 << 20 }

/** The secret in bzip2 and xz, as their own programs make them. */
const BZIP2 = Buffer.from(
  'QlpoOTFBWSZTWf+E/WYAAAPPgAAQZAI0ANiAlACWACAAMUwmmgNMQoaGgZomjlS4PWOV6ShTEhDP6Gj4u5IpwoSH/CfrMA==',
  'base64',
)
const XZ = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jMAQAZQT0xCkRCX1BBU1NXT1JEPXRyMHViNGRvcgoAAADAHm0kPKKWEgABMhogGJQwH7bzfQEAAAAABFla',
  'base64',
)

const files = {
  'app.env': SECRET,
  'b/c.txt': 'lorem ipsum\n'.repeat(40),
  'd.zip': zipOf({ 'e.env': SECRET }),
  'xl/sharedStrings.xml': '<sst><si><t>DB_PASSWORD=tr0ub4dor</t></si></sst>',
  [`${'long/'.repeat(30)}x.env`]: SECRET,
}
const image = tarOf({
  'manifest.json': JSON.stringify([{ Config: 'c.json', Layers: ['l.tar'] }]),
  'index.json': JSON.stringify({ manifests: [{ digest: `sha256:${'a'.repeat(64)}` }] }),
  [`blobs/sha256/${'a'.repeat(64)}`]: JSON.stringify({
    manifests: [{ digest: `sha256:${'a'.repeat(64)}` }],
    layers: [7],
  }),
  'l.tar': tarOf({ 'x.env': SECRET, 'b/.wh.c': '' }),
})
const page = deflateSync('BT /F1 9 Tf (DB_PASSWORD=tr0ub4dor) Tj [<41> -300 (x)] TJ ET')
const pdf = Buffer.concat([
  Buffer.from(
    `%PDF-1.4\n1 0 obj\n<< /Type /Page /Parent 1 0 R /Contents [2 0 R] /Resources << /Font << /F1 3 0 R >> >> >>\nendobj\n3 0 obj\n<< /ToUnicode 4 0 R >>\nendobj\n2 0 obj\n<< /Filter /FlateDecode >>\nstream\n`,
  ),
  page,
  Buffer.from(
    '\nendstream\nendobj\n4 0 obj\n<< >>\nstream\n1 beginbfrange <00> <ff> <0000> endbfrange 1 beginbfchar <01> <0041> endbfchar\nendstream\nendobj\n',
  ),
])
const seeds: Buffer[] = [
  tarOf(files),
  zipOf(files),
  zipOf(files, { wide: true }),
  zipOf(files, { stored: true }),
  gzipSync(tarOf(files)),
  zstdCompressSync(tarOf(files)),
  BZIP2,
  XZ,
  image,
  pdf,
  Buffer.concat([
    Buffer.from('!<arch>\n'),
    Buffer.from(`${'a.env/'.padEnd(48)}${String(SECRET.length).padEnd(10)}\`\n${SECRET}`),
  ]),
]
const KINDS: Kind[] = ['zip', 'gzip', 'zstd', 'bzip2', 'xz', 'tar', 'ar', 'pdf']

const open = async (kind: Kind, bytes: Buffer): Promise<ScannedFile[]> => {
  const parts: ScannedFile[] = []
  const opening = { limits, vendored: true }
  for await (const part of scanInside(
    engine,
    kind,
    ofBytes(bytes),
    { file: 'a', bytes: bytes.length },
    opening,
    () => undefined,
  ))
    parts.push(part)
  return parts
}
const check = (parts: ScannedFile[]): void => {
  expect(parts.at(-1)?.file).toBe('a')
  for (const { file, detections } of parts) {
    expect(file === 'a' || file.startsWith('a!/')).toBe(true)
    expect(file.split('/')).not.toContain('..')
    for (const { line, start, end } of detections) expect(line > 0 && start < end).toBe(true)
  }
}
/** Bytes written over, cut out, doubled. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.uint8Array({ maxLength: 8 }),
  cut: fc.nat(40),
  doubles: fc.boolean(),
})
const changed = (
  bytes: Buffer,
  changes: { at: number; bytes: Uint8Array; cut: number; doubles: boolean }[],
): Buffer => {
  let result = bytes
  for (const { at, bytes: put, cut, doubles } of changes) {
    const from = Math.floor(at * result.length)
    result = Buffer.concat([
      result.subarray(0, from),
      put,
      result.subarray(doubles ? Math.max(0, from - cut) : from + (cut > 20 ? cut : put.length)),
    ])
  }
  return result
}

test('good archives with changes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (seed, changes) => {
        const bytes = changed(seed, changes)
        check(await open(kindOf(bytes) ?? kindOf(seed)!, bytes))
      },
    ),
    { numRuns: 1500 },
  )
}, 120_000)

test('any bytes as each kind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...KINDS), fc.uint8Array({ maxLength: 3000 }), async (kind, bytes) => {
      check(await open(kind, Buffer.from(bytes)))
    }),
    { numRuns: 500 },
  )
}, 120_000)

test('what is told of a tar is what its headers say, whatever they say', async () => {
  const header = fc.record({
    name: fc.string({ maxLength: 120 }),
    size: fc.oneof(fc.nat(2000), fc.constant(2 ** 33)),
    type: fc.constantFrom(...'0125LKxgSVD7A'),
    content: fc.uint8Array({ maxLength: 1200 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(header, { maxLength: 6 }), async (headers) => {
      const bytes = Buffer.concat(
        headers.flatMap(({ name, size, type, content }) => [tarHeader(name, size, type), content]),
      )
      check(await open('tar', bytes))
    }),
    { numRuns: 500 },
  )
}, 120_000)

test('no decompressor gives more than is allowed, and each ends', async () => {
  const methods: Method[] = ['gzip', 'zstd', 'bzip2', 'xz', 'deflate', 'zlib']
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...methods),
      fc.constantFrom(...seeds),
      fc.array(change, { maxLength: 3 }),
      async (method, seed, changes) => {
        let length = 0
        const bytes = ofBytes(changed(seed, changes))
        try {
          for await (const piece of decompressed(bytes.chunks(), method, openBudget(limits))) length += piece.length
        } catch (error) {
          if (!(error instanceof Fault || error instanceof Halt)) throw error
        }
        expect(length).toBeLessThanOrEqual(BYTES)
      },
    ),
    { numRuns: 400 },
  )
}, 120_000)
