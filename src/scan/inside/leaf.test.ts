import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createScanner } from '../index.ts'

const scanner = createScanner()
const found = (content: string | Uint8Array, file = 'a.txt') => scanner.scan(Buffer.from(content as string), { file })
/** `line:column value (note)` */
const hits = (content: string | Uint8Array, file = 'a.txt'): string[] =>
  found(content, file).map(
    ({ value, line, column, note }) => `${line}:${column} ${value.reveal()}${note ? ` (${note})` : ''}`,
  )

const SECRET = 'DB_PASSWORD=tr0ub4dor-x1'
const base64 = (text: string | Uint8Array): string => Buffer.from(text as string).toString('base64')

describe('base64', () => {
  test('of a text, with its place', () => {
    const encoded = base64(`A=1\n${SECRET}\n`)
    const [one] = found(`first\n  blob: ${encoded}\n`)
    expect(one).toMatchObject({ line: 2, note: 'in base64' })
    expect(one!.value.reveal()).toBe('tr0ub4dor-x1')
    // It points at the part of the run that the value is in.
    const before = encoded.slice(0, one!.start - 'first\n  blob: '.length)
    expect(Buffer.from(before, 'base64').toString()).toMatch(/DB_PASSWORD=?t?$/)
  })

  test('in the other alphabet, over several lines, and from a shell of two-byte characters', () => {
    const long = `# ${'~'.repeat(90)}\u003f\u003e\n${SECRET}\n`
    expect(hits(`a ${Buffer.from(long).toString('base64url')} b`)).toEqual([
      expect.stringContaining('tr0ub4dor-x1 (in base64)'),
    ])
    const lines = base64(`${'lorem ipsum '.repeat(20)}\n${SECRET}\n`).match(/.{1,76}/g)!
    const [one] = found(`data: |\n${lines.map((line) => `    ${line}\n`).join('')}end\n`)
    expect(one!.value.reveal()).toBe('tr0ub4dor-x1')
    expect(one!.line).toBe(lines.length + 1)
    expect(hits(`powershell -enc ${Buffer.from(SECRET, 'utf16le').toString('base64')}`)).toEqual([
      expect.stringContaining('tr0ub4dor-x1'),
    ])
  })

  test('of gzip, as charts keep their releases', () => {
    const packed = base64(gzipSync(JSON.stringify({ config: { note: SECRET } })))
    expect(hits(`release: ${packed}\n`)).toEqual([expect.stringContaining('tr0ub4dor-x1 (in base64)')])
    expect(hits(`release: ${base64(packed)}\n`)).toEqual([expect.stringContaining('tr0ub4dor-x1 (in base64)')])
  })

  test('a bomb in it is not unpacked', () => {
    expect(hits(`x: ${base64(gzipSync(Buffer.alloc(64 << 20)))}\n`)).toEqual([])
  })

  test('the values of a Secret of Kubernetes, a key among them', () => {
    const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n'.repeat(3)}-----END OPENSSH PRIVATE KEY-----\n`
    const manifest = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  ssh: ${base64(key)}\n  app.properties: ${base64(`db.password=tr0ub4dor-x2\n`)}\n`
    const values = found(manifest, 'a.yaml').map(({ value }) => value.reveal())
    expect(values).toContain('tr0ub4dor-x2')
  })

  test('wherever it begins, over the seams of what is looked at together too', () => {
    const encoded = base64(SECRET)
    for (const place of [0, 1, 15, 16, 17, 65_500, 65_510, 65_519, 65_520, 65_521, 65_535, 131_030])
      expect(hits(`${'.'.repeat(place)} ${encoded}`)).toEqual([expect.stringContaining('tr0ub4dor-x1 (in base64)')])
  })

  test('deeper than one level is left', () => {
    expect(hits(`x: ${base64(base64(SECRET))}\n`)).toEqual([])
  })

  test('what is no text in base64 says nothing', () => {
    expect(
      hits(
        `sha512-${base64(Buffer.from(Array.from({ length: 64 }, (_, at) => (at * 37) % 256)))}\nsrc/scan/inside/leaf/testing/archives\n`,
      ),
    ).toEqual([])
  })
})

test('percent signs in an address, once only where the address itself tells it', () => {
  expect(hits(`GET /?next=${encodeURIComponent(`https://acme.test/?x={"password":"tr0ub4dor-x1"}`)} 200\n`)).toEqual([
    expect.stringContaining('tr0ub4dor-x1'),
  ])
  expect(found('url=postgres://app:p%40ss%21w0rd@db.acme.test/x\n')).toHaveLength(1)
  expect(hits('width: 100%; height: 20%25; %zz %4 %\n')).toEqual([])
})

test('text of two bytes a character in a program, at even and at odd places', () => {
  for (const shift of [0, 1, 2, 3, 5, 7]) {
    const binary = Buffer.concat([
      Buffer.from('MZ\0\0'),
      Buffer.alloc(300 + shift, 0x90),
      Buffer.from(`\u0001${SECRET}`, 'utf16le'),
      Buffer.alloc(9, 0xff),
    ])
    expect(hits(binary, 'a.exe')).toEqual([expect.stringContaining('tr0ub4dor-x1 (as text of two bytes a character)')])
  }
  expect(hits(Buffer.from(`a\r\n${SECRET}\r\n`, 'utf16le'), 'a.reg')).toEqual([
    expect.stringMatching(/^2:.*tr0ub4dor-x1/),
  ])
})

test('a notebook: cells and outputs, at their lines in the file', () => {
  const notebook = JSON.stringify(
    {
      cells: [
        {
          cell_type: 'code',
          source: ['import os\n', `DB_PASSWORD = "tr0ub4dor-x1"\n`],
          outputs: [{ text: ['ok\n', `DB_PASSWORD='tr0ub4dor-x2'\n`] }],
        },
      ],
      nbformat: 4,
    },
    null,
    1,
  )
  const lines = notebook.split('\n')
  const values = found(notebook, 'a.ipynb')
  for (const word of ['tr0ub4dor-x1', 'tr0ub4dor-x2'])
    expect(values.find(({ value }) => value.reveal() === word)?.line).toBe(
      lines.findIndex((line) => line.includes(word)) + 1,
    )
  expect(values).toHaveLength(2)
})

test('any bytes, with pieces of encodings between: nothing throws, and places lie in the file', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom(SECRET, `"${SECRET}"`, '{"cells":', '{"rootfs":"history"', '%7B%22', '%', '"', '\\u12', '\n')
      .map((text) => Buffer.from(text)),
    fc.string().map((text) => Buffer.from(base64(text))),
    fc.constantFrom(SECRET, 'x'.repeat(30)).map((text) => Buffer.from(base64(text))),
    fc.constantFrom(SECRET).map((text) => Buffer.from(text, 'utf16le')),
    fc.constantFrom(SECRET).map((text) => Buffer.from(base64(gzipSync(text)))),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom('a.ipynb', 'a.env', 'x'), (pieces, file) => {
      const bytes = Buffer.concat(pieces)
      for (const { start, end, line, column } of found(bytes, file)) {
        expect(start).toBeLessThan(end)
        expect(end).toBeLessThanOrEqual(bytes.length)
        expect(Math.min(line, column)).toBeGreaterThan(0)
      }
    }),
    { numRuns: 300 },
  )
})
