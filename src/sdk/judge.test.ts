import { expect, test } from 'vitest'
import { defineRule, fail, pass, type RuleCase } from './contracts.ts'
import { runCase, testRule } from './testing/index.ts'

const subject = 'x:a'
const entity = (key: string, type = 'x_thing') => ({ kind: 'identity' as const, type, key, name: key })

const rule = (over: { failsOnAbsence?: boolean; needs?: string[] } = {}) =>
  defineRule({
    id: 'for-tests',
    title: 'A thing has no log-in that anybody saw',
    owasp: ['NHI1'],
    severity: 'low',
    why: 'A rule for the tests of the judge.',
    fix: ['nothing'],
    undo: 'nothing',
    effort: 1,
    about: { kind: 'identity', types: ['x_thing'] },
    along: { logins: ['<authenticates', '<holds'] },
    ...over,
    check: ({ along }) => (along['logins']!.length === 0 ? fail('nobody was seen', ['no log-in']) : pass),
    cases: [],
  })

const given = (over: Partial<RuleCase>): RuleCase => ({
  name: 'here',
  subject,
  entities: [entity(subject)],
  expect: 'fail',
  ...over,
})

test('paths are walked step by step, also through a key that nobody described', () => {
  const edges = [
    { from: 'x:credential', verb: 'authenticates' as const, to: subject },
    { from: 'x:secret', verb: 'holds' as const, to: 'x:credential' },
  ]
  expect(runCase(rule(), given({ edges })).verdict).toBe('pass')
  expect(runCase(rule(), given({ edges: edges.slice(0, 1) })).verdict).toBe('fail')
})

test('a pass that leans on a partial read is unknown, a fail by presence stands', () => {
  const edges = [
    { from: 'x:credential', verb: 'authenticates' as const, to: subject },
    { from: 'x:secret', verb: 'holds' as const, to: 'x:credential' },
  ]
  const needs = { needs: ['x_login'] }
  expect(runCase(rule(needs), given({ edges, incomplete: ['x_login'] }))).toMatchObject({ verdict: 'unknown' })
  expect(runCase(rule(needs), given({ incomplete: ['x_login'] })).verdict).toBe('fail')
  expect(runCase(rule(needs), given({ edges, incomplete: ['x_other'] })).verdict).toBe('pass')
})

test('a fail by absence is unknown after a partial read', () => {
  expect(runCase(rule({ needs: ['x_login'], failsOnAbsence: true }), given({ incomplete: ['x_login'] })).verdict).toBe(
    'unknown',
  )
})

test('the contract of a rule wants a case each way', () => {
  expect(() => testRule({ ...rule(), cases: [given({})] })).toThrow(/no case passes/)
  expect(() => testRule({ ...rule(), cases: [given({ expect: 'pass' })] })).toThrow(/gave/)
  expect(() => testRule({ ...rule(), cases: [given({ subject: 'x:absent' })] })).toThrow(/no subject/)
})
