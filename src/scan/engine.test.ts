import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { detectors } from './detectors/index.ts'
import { compile, compileSlowly, type Engine } from './engine.ts'
import { plan, SHIFT } from './plan.ts'
import { scanBytes, startFeed } from './reading.ts'

const engine = compile(detectors)
const twin = compileSlowly(detectors)
const positives = detectors.flatMap(({ cases }) => cases.yes)

const told = (one: Engine, bytes: Uint8Array, file: string, piece?: number) =>
  scanBytes(one, bytes, file, piece).map(({ value, ...rest }) => ({ ...rest, value: value.reveal() }))

/** Bits of text that come near to matching: anchors, operators, quotes, values. */
const scrap = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...positives) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...detectors.flatMap(({ anchors }) => anchors.map(({ literal }) => literal))),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ' = "',
      '": "',
      "', '",
      ': ',
      '=',
      '\n',
      '\\n',
      '%3D',
      '\r\n',
      '"',
      "'",
      ' ',
      '://',
      ':',
      '@',
      '<',
      '>',
      '\n  ',
      '\0',
      '\u00e9',
      '\u{1f511}',
    ),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 24 }) },
  { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/) },
)
const text = fc.array(scrap, { maxLength: 14 }).map((parts) => parts.join(''))
const file = fc.constantFrom('', 'a.env', 'src/a.ts', 'config.yml', '.npmrc', 'a.md', 'config/master.key', 'etc/shadow')

describe('the engine and the twin that tries every pattern at every byte', () => {
  test('agree on text made of near matches', () => {
    fc.assert(
      fc.property(text, file, (content, name) => {
        const bytes = Buffer.from(content, 'utf8')
        expect(told(engine, bytes, name)).toEqual(told(twin, bytes, name))
      }),
      { numRuns: 500 },
    )
  })

  test('agree on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), file, (bytes, name) => {
        expect(told(engine, bytes, name)).toEqual(told(twin, bytes, name))
      }),
      { numRuns: 150 },
    )
  })

  test('agree on arbitrary bytes with an anchor at every offset of blocks, and at the end of the file', () => {
    const anchors = detectors.flatMap(({ anchors }) => anchors.map(({ literal }) => Buffer.from(literal, 'latin1')))
    const cases = positives.map((yes) => Buffer.from(yes))
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 40, maxLength: 80 }),
        fc.constantFrom(...anchors, ...cases),
        fc.integer({ min: 0, max: 40 }),
        fc.boolean(),
        (noise, planted, offset, ends) => {
          const bytes = Buffer.concat([noise.subarray(0, offset), planted, ends ? noise.subarray(0, 0) : noise])
          expect(told(engine, bytes, 'a.env')).toEqual(told(twin, bytes, 'a.env'))
        },
      ),
      { numRuns: 400 },
    )
  })

  test('agree at every place around the blocks that the filter works in', () => {
    const few = detectors.filter(({ id }) =>
      ['twilio-api-key', 'github-personal-token', 'aws-access-key-id'].includes(id),
    )
    const [fast, slow] = [compile(few), compileSlowly(few)]
    for (const yes of few.flatMap(({ cases }) => cases.yes.slice(0, 1)))
      for (let offset = 2048 - 70; offset < 2048 + 20; offset++) {
        const bytes = Buffer.from(`${'-'.repeat(offset)} ${yes}`)
        const found = told(fast, bytes, '')
        expect(found, `offset ${offset}`).toEqual(told(slow, bytes, ''))
        expect(found.length).toBeGreaterThan(0)
      }
  })

  test('agree where there are more places than the memory for them holds', () => {
    const key = {
      ...detectors[0]!,
      anchors: [{ literal: 'key' }, { literal: 'key=' }],
      pattern: /key=/,
      boundary: false,
    }
    const bytes = Buffer.from('key='.repeat(150_000))
    const places = [...new Set(plan([key]).search(bytes, 4, bytes.length - 4))].map((place) => place / SHIFT)
    expect(places).toEqual(Array.from({ length: 149_998 }, (_, index) => 4 * index + 4))
  })

  test('agree on bytes that are no ASCII at the edges of anchors', () => {
    const anchors = detectors.flatMap(({ anchors }) => anchors.filter(({ literal }) => literal.length === 3))
    for (const { literal } of anchors.filter((_, index) => index % 7 === 0))
      for (const [before, after] of [
        [0xe4, 0x41],
        [0x20, 0xff],
        [0x80, 0xa0],
      ])
        for (const offset of [8, 9]) {
          const bytes = Buffer.alloc(64, ' ')
          bytes.set(
            [before!, ...Buffer.from(literal, 'latin1'), after!, ...Buffer.from('="r8Kq2Lm5vT9xWz4Bn7Dp1"')],
            offset,
          )
          expect(told(engine, bytes, 'a.conf')).toEqual(told(twin, bytes, 'a.conf'))
        }
  })

  test('agree on letters of which the capitals lie outside ASCII', () => {
    for (const word of [
      '\u043f\u0430\u0440\u043e\u043b\u044c',
      '\u041f\u0410\u0420\u041e\u041b\u042c',
      'CONTRASE\u00d1A',
      'l\u00f6senord',
    ]) {
      const bytes = Buffer.from(`${word} = "Quay71Lm#+"\n`)
      expect(told(engine, bytes, 'a.conf')).toEqual(told(twin, bytes, 'a.conf'))
    }
    expect(told(engine, Buffer.from('\u043f\u0430\u0440\u043e\u043b\u044c = "Quay71Lm#+"\n'), 'a.conf').length).toBe(1)
  })

  test('agree on every positive case, at the beginning, in the middle and at the end of a file', () => {
    for (const detector of detectors) {
      for (const yes of detector.cases.yes) {
        for (const content of [yes, `some text before it\n${yes}\nand after it\n`, `\n\t${yes}`]) {
          const bytes = Buffer.from(content, 'utf8')
          const name = detector.cases.file ?? 'a.conf'
          expect(told(engine, bytes, name)).toEqual(told(twin, bytes, name))
        }
      }
    }
  })
})

describe('the sieves', () => {
  const without = compile(detectors.map(({ sieves: _, beside: __, glance: ___, ...detector }) => detector))
  const both = (content: string, name: string): void => {
    const bytes = Buffer.from(content)
    expect(told(engine, bytes, name), content).toEqual(told(without, bytes, name))
  }
  const names = fc.constantFrom(
    'password',
    'dbPassword',
    'PASS',
    'passphrase',
    'secret',
    'SECRET_KEY',
    'app_key',
    'jwtSecret',
    'session.secret',
    'apiKey',
    'HEROKU_API_KEY',
    'token',
    'oauthToken',
    'key',
    'auth',
    'salt',
    'stripe_secret',
    'privateKey',
    'signing-key',
    'totp',
    'credential',
  )
  const operators = fc.constantFrom(
    '=',
    ' = ',
    ': ',
    '":"',
    '": "',
    "' => '",
    ' := ',
    ' ',
    ', ',
    '("',
    ' is ',
    ' - ',
    '->',
    '<-',
    '>',
    '" value="',
    ':-',
    ' == ',
    '\n  value: ',
    ': String = ',
    ' || "',
    "', '",
    ' 0 ',
    '=${X:-',
  )
  const values = fc.oneof(
    fc.stringMatching(/^[A-Za-z]{3,18}$/),
    fc.stringMatching(/^[a-z]{2,6}[A-Z][a-z]{2,6}[A-Z]?[a-z]{0,5}$/),
    fc.stringMatching(/^[A-Za-z0-9]{3,44}$/),
    fc.stringMatching(/^[A-Za-z0-9!@#$%^&*?+~_./=:-]{3,40}$/),
    fc.stringMatching(/^[!-~]{3,60}$/),
    fc.stringMatching(/^[a-z]{8,20}[0-9][A-Za-z0-9]{2,20}$/),
    fc.constantFrom(
      'changeme',
      'hunter2',
      'two words',
      'a%20b',
      'x'.repeat(12),
      '{{ x }}',
      'path/to/it',
      'AB2CDE3FGH4IJK5L',
    ),
  )
  const ends = fc.constantFrom('', '"', "'", '\n', ';', '",', '</a>', ' # it\n', '}', ')', '\\n')

  test('hold back nothing that a detector would have said', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom('', '', '// ', '# ', ' * the "'),
            names,
            operators,
            fc.constantFrom('', '"', "'", '`'),
            values,
            ends,
          ),
          { minLength: 1, maxLength: 3 },
        ),
        file,
        (assignments, name) => both(assignments.map((parts) => parts.join('')).join('\n'), name),
      ),
      { numRuns: 4000 },
    )
  })

  test('let a long token through that stands bare in a comment of a program', () => {
    const bytes = Buffer.from('// auth_token=r8Kq2Lm5vT9xWz4Bn7Dp1\n')
    expect(told(engine, bytes, 'a.ts')).toEqual(told(without, bytes, 'a.ts'))
    expect(told(engine, bytes, 'a.ts').length).toBe(1)
  })

  test('hold back nothing of the cases, nor of those with other values', () => {
    for (const detector of detectors)
      for (const yes of [...detector.cases.yes, ...detector.cases.no])
        for (const name of [detector.cases.file ?? 'a.conf', 'b.js']) {
          both(yes, name)
          both(yes.replace(/[0-9]/g, 'q'), name)
          both(yes.toUpperCase(), name)
        }
  })
})

describe('a file read in pieces', () => {
  const small = compile(detectors.filter(({ span = 512, before = 64 }) => span <= 1200 && before <= 600))
  const samples = small.detectors.flatMap(({ cases }) => cases.yes.slice(0, 1)).filter((_, index) => index % 9 === 0)

  test('gives the same for a secret at every offset around a seam', () => {
    const step = 2 * (small.reach.before + small.reach.after + 64)
    for (const sample of samples.slice(0, 6)) {
      for (let offset = step - sample.length - 80; offset < step + 60; offset += 7) {
        const bytes = Buffer.from(
          `${'x '.repeat(Math.ceil(offset / 2)).slice(0, offset - 1)}\n${sample}\n${'y '.repeat(3000)}`,
        )
        const whole = told(small, bytes, 'a.conf')
        expect(told(small, bytes, 'a.conf', 64), `offset ${offset}`).toEqual(whole)
        expect(whole.length).toBeGreaterThan(0)
      }
    }
  })

  test('gives the same however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 8 }),
        file,
        (parts, cuts, name) => {
          const bytes = Buffer.from(parts.join('\nfiller '.repeat(180)))
          const feed = startFeed(engine, name, 10, 128)
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const length = cuts[turn % cuts.length]!
            feed.push(bytes.subarray(at, at + length))
            at += length
          }
          const fed = feed.end().detections.map(({ value, ...rest }) => ({ ...rest, value: value.reveal() }))
          expect(fed).toEqual(told(engine, bytes, name))
        },
      ),
      { numRuns: 60 },
    )
  })
})
