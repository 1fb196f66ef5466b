import { expect, test } from 'vitest'
import { prefixed } from './detector.ts'
import { made } from './detectors/made.ts'
import { detectors, explain } from './index.ts'

const why = (text: string | Buffer, line?: number, file = 'app/settings.py') =>
  explain(detectors, Buffer.from(text), { file, line })

test.each([
  ['a place-holder', 'password = "${DB_PASSWORD}"\n', /stands for another value/],
  ['a word that is no value', 'password = "undefined"\n', /stands for no value/],
  ['a run along the alphabet', 'api_key = "abcdefghijklmnopqrstuvwx"\n', /made to fill a page/],
  ['one character over and over', 'secret_key = "aaaaaaaaaaaaaaaaaaaaaaaa"\n', /made to fill a page/],
  ['a name', 'secret_key = "settingsServiceName"\n', /reads as a name/],
])('%s is turned down, and the reason is named', (_, text, reason) => {
  const told = why(text)
  expect(told.filter((one) => one.isFinding)).toEqual([])
  expect(told.map((one) => one.because).join('\n')).toMatch(reason)
})

const own = (over: object = {}) =>
  prefixed({
    id: 'own-token',
    provider: 'own',
    title: 'Token of our own',
    prefix: 'own_',
    body: '[A-Za-z0-9]{20}',
    cases: { yes: [], no: [] },
    ...over,
  })
const value = `own_${'k3J9xQ7mZ2pL5vB8nR4w'}`
const ofOwn = (text: string, over: object = {}, more: object[] = []) =>
  explain([own(over), ...more.map(own)], Buffer.from(text), { file: 'a.txt' })

test('a finding says its place and its format, and never shows the value', () => {
  const told = ofOwn(`first\n  é = ${value}\n`)
  expect(told).toEqual([
    {
      line: 2,
      column: 7,
      detector: 'own-token',
      title: 'Token of our own',
      redacted: 'own_k3J9…',
      isFinding: true,
      because: 'it has the format of own, and passes what is checked of that',
    },
  ])
  expect(JSON.stringify(told)).not.toContain(value)
})

test.each([
  ['a letter before it', `x${value}`, {}, /letter or digit stands right before it/],
  [
    'too little entropy',
    'own_aabbaabbaabbaabbaabb',
    { entropy: 3 },
    /vary too little: [\d.]+ bits each, and 3 are wanted/,
  ],
  ['a comment that allows it', `# reeve:allow a sample\n${value}`, {}, /a comment allows it/],
  ['a veto', value, { judge: () => 'veto' }, /knows it as something that is no secret/],
  [
    'a judge without words',
    value,
    { judge: () => null },
    /judge turned it down, by what stands around it or by a checksum/,
  ],
])('%s', (_, text, over, reason) => {
  const [one, ...rest] = ofOwn(text, over)
  expect(rest).toEqual([])
  expect(one).toMatchObject({ isFinding: false, because: expect.stringMatching(reason) })
})

test('a detector that is surer stands before the other, and the other says which', () => {
  const told = ofOwn(value, { rank: 1, id: 'guess' }, [{}])
  expect(told.map(({ detector, isFinding }) => ({ detector, isFinding }))).toEqual([
    { detector: 'own-token', isFinding: true },
    { detector: 'guess', isFinding: false },
  ])
  expect(told[1]!.because).toBe('own-token is surer of what stands there')
})

test('what another vetoes is not a finding, and says by whom', () => {
  const told = ofOwn(value, { rank: 1, id: 'guess' }, [{ judge: () => 'veto' }])
  expect(told.find((one) => one.detector === 'guess')!.because).toBe(
    'own-token knows it as something that is no secret',
  )
})

test('of one line only, with what its detector sees on the lines around it', () => {
  const text = `a = ${value}\nb = ${value}\n\nc = 1\n`
  const at = (line: number) => explain([own()], Buffer.from(text), { file: 'a.txt', line }).map((one) => one.line)
  expect([at(1), at(2), at(4), at(99)]).toEqual([[1], [2], [], []])
})

test('what is encoded is told where it is a finding', () => {
  const text = `data: ${Buffer.from(`key=${value}\n`).toString('base64')}\n`
  const told = explain([own()], Buffer.from(text), { file: 'a.txt' })
  expect(told).toMatchObject([{ isFinding: true, line: 1, because: expect.stringContaining('base64') }])
})

test('two-byte text is explained as text', () => {
  const text = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`\nkey ${value}\n`, 'utf16le')])
  expect(explain([own()], text, { file: 'a.txt' })).toMatchObject([{ isFinding: true, line: 2, column: 5 }])
})

test('what is explained as a finding is what a scan finds, of every tenth detector and its first cases', () => {
  for (const detector of detectors.filter((_, index) => index % 10 === 0))
    for (const one of [...detector.cases.yes.slice(0, 1), ...detector.cases.no.slice(0, 1)]) {
      const text = made(one)
      const file = detector.cases.file ?? 'a.txt'
      const told = explain([detector], Buffer.from(text), { file }).some((each) => each.isFinding)
      expect([detector.id, told]).toEqual([detector.id, detector.cases.yes.includes(one)])
    }
})
