import { expect, test } from 'vitest'
import { Entity, Finding, fail, type Outcome, type Place, type Rule, unknown } from '../sdk/index.ts'
import type { Evaluated } from './evaluate.ts'
import { baseline, toFindings } from './finding.ts'
import { rules } from './rules/index.ts'

const rule: Rule = rules.find(({ id }) => id === 'credential-in-several-systems')!

function leak(fingerprint: string, places: Place[], redacted = 'ghp_abcd'): Evaluated {
  const subject = Entity.parse({
    kind: 'credential',
    type: 'secret_value',
    key: `credential:${fingerprint}`,
    name: 'GitHub token',
    fingerprint,
    attributes: { detector: 'github-token', provider: 'github', redacted },
  })
  const outcome: Outcome = fail('A token lies in the open.', ['It is in the history.'], {
    places,
    secret: { detector: 'github-token', provider: 'github', redacted, fingerprint },
  })
  return { rule, subject, outcome }
}
const print = (n: number) => `hmac:${String(n).repeat(32)}`

test('the id of a leak does not depend on the fingerprint key, nor on the line', () => {
  const here = toFindings([
    leak(print(1), [
      { file: 'b.env', line: 3 },
      { file: 'a.env', line: 9 },
    ]),
  ])
  const there = toFindings([
    leak(print(2), [
      { file: 'a.env', line: 40 },
      { file: 'b.env', line: 1 },
    ]),
  ])
  expect(here[0]!.id).toBe(there[0]!.id)
  expect(here[0]!.places[0]).toEqual({ file: 'a.env', line: 9 })
  expect(Finding.parse(here[0])).toEqual(here[0])
})

test('two secrets that look alike in one file keep their ids when both lines move', () => {
  const first = toFindings([leak(print(1), [{ file: 'a.env', line: 3 }]), leak(print(2), [{ file: 'a.env', line: 7 }])])
  const moved = toFindings([
    leak(print(2), [{ file: 'a.env', line: 107 }]),
    leak(print(1), [{ file: 'a.env', line: 103 }]),
  ])
  const ids = (findings: Finding[]) => Object.fromEntries(findings.map(({ id, subject }) => [subject, id]))
  expect(ids(moved)).toEqual(ids(first))
  expect(new Set(Object.values(ids(first))).size).toBe(2)
})

test('another rule, file or redacted value is another id; other findings go by rule and subject', () => {
  const ids = [
    toFindings([leak(print(1), [{ file: 'a.env' }])]),
    toFindings([leak(print(1), [{ file: 'b.env' }])]),
    toFindings([leak(print(1), [{ file: 'a.env' }], 'ghp_zzzz')]),
    toFindings([{ ...leak(print(1), [{ file: 'a.env' }]), rule: rules[0]! }]),
  ].map(([finding]) => finding!.id)
  expect(new Set(ids).size).toBe(4)
  const plain = Entity.parse({ kind: 'identity', type: 'demo', key: 'demo:a', name: 'a' })
  expect(toFindings([{ rule, subject: plain, outcome: fail('says something', ['x']) }])[0]!.id).toBe(
    toFindings([{ rule, subject: plain, outcome: unknown('who knows') }])[0]!.id,
  )
})

test('an unknown finding names what would answer it', () => {
  const subject = Entity.parse({ kind: 'identity', type: 'demo', key: 'demo:a', name: 'a' })
  const [finding] = toFindings([{ rule, subject, outcome: unknown('the log is refused', 'logs.read') }])
  expect(finding).toMatchObject({
    verdict: 'unknown',
    because: ['the log is refused'],
    permission: 'logs.read',
    fix: ['Grant logs.read, then sync again.'],
  })
})

test('a baseline knows a finding by id, by fingerprint, or by a look-alike in the same file', () => {
  const [old] = toFindings([leak(print(1), [{ file: 'a.env', line: 1 }])])
  const isOld = baseline([old!])
  const [moved] = toFindings([leak(print(1), [{ file: 'elsewhere.env', line: 1 }])])
  const [rekeyed] = toFindings([leak(print(2), [{ file: 'Z.env' }, { file: 'a.env' }])])
  const [fresh] = toFindings([leak(print(3), [{ file: 'new.env', line: 1 }])])
  const [twin] = toFindings([leak(print(3), [{ file: 'a.env', line: 1 }], 'ghp_other')])
  expect([old!, moved!, rekeyed!, fresh!, twin!].map(isOld)).toEqual([true, true, true, false, false])
})
