import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { estateFrom } from '../../graph/index.ts'
import type { Db } from '../../platform/index.ts'
import { testDatabase } from '../../platform/testing/index.ts'
import { type Edge, Entity } from '../../sdk/index.ts'
import { evaluate } from '../evaluate.ts'
import { migrations } from '../index.ts'
import { dryRun } from './dry-run.ts'
import { compileExpression } from './expression.ts'
import { linearMatcher } from './linear-match.ts'
import { ownRules, removeUserRule, saveUserRule } from './store-user-rules.ts'
import { parseUserRule } from './user-rule.ts'

const now = new Date('2026-11-24T12:00:00.000Z')
const RULE = `
id: shell-for-service
title: A service account has a login shell
owasp: [NHI10]
severity: medium
about: { kind: identity, types: [linux_user] }
along:
  owners: ['<owns']
when: >
  entity.attributes.shell.matches("(ba|z)?sh$") && entity.attributes.uid >= 100
  && !owners.exists(o, o.name == "Ada")
why: Nobody logs in as a service, so it needs no shell.
fix: Set its shell to /usr/sbin/nologin.
`
const user = (name: string, attributes: object): Entity =>
  Entity.parse({ kind: 'identity', type: 'linux_user', key: `host:a/user/${name}`, name, attributes })
const items: (Entity | Edge)[] = [
  user('web', { shell: '/bin/bash', uid: 998 }),
  user('db', { shell: '/usr/sbin/nologin', uid: 997 }),
  user('ada-job', { shell: '/bin/sh', uid: 996 }),
  user('dark', { uid: 995 }),
  Entity.parse({ kind: 'person', type: 'person', key: 'person:ada@example.org', name: 'Ada' }),
  { from: 'person:ada@example.org', verb: 'owns', to: 'host:a/user/ada-job' },
]
const estate = estateFrom(items.map((item) => ({ connection: 'a', collection: 'all', item })))

test('a rule in YAML is asked like any other, and what the source does not report is unknown', () => {
  const { rule } = parseUserRule(RULE)
  const verdicts = Object.fromEntries(
    [...evaluate(estate, [rule], { now })].map(({ subject, outcome }) => [subject.name, outcome.verdict]),
  )
  expect(verdicts).toEqual({ web: 'fail', db: 'pass', 'ada-job': 'pass', dark: 'unknown' })
})

test('the same rule in JSON', () => {
  const { rule } = parseUserRule(
    JSON.stringify({
      id: 'x',
      title: 'Always',
      owasp: ['NHI1'],
      severity: 'low',
      about: { kind: 'person' },
      when: 'true',
      why: 'Because.',
      fix: ['Nothing.'],
    }),
  )
  expect(dryRun(estate, rule, { now }).would).toEqual({ fail: 1, pass: 0, unknown: 0, notApplicable: 0 })
})

test('a dry run counts what it would find, and shows it', () => {
  expect(dryRun(estate, parseUserRule(RULE).rule, { now })).toEqual({
    would: { fail: 1, pass: 2, unknown: 1, notApplicable: 0 },
    sample: [
      { key: 'host:a/user/web', name: 'web', verdict: 'fail', says: 'web: A service account has a login shell' },
      { key: 'host:a/user/dark', name: 'dark', verdict: 'unknown', says: 'the source does not report shell' },
    ],
  })
})

test.each([
  ['a: [', /line 1, column 5/],
  ['a: &x 1\nb: *x', /aliases are not allowed/],
  [RULE.replace('NHI10', 'NHI11'), /owasp/],
  [RULE.replace("'<owns'", "'owns'"), /a step is > or </],
  [RULE.replace('&& entity', '&& && entity'), /line 1, column 50/],
  [RULE.replace('owners.exists', 'people.exists'), /Unknown variable: people/],
  [RULE.replace('(ba|z)?sh$', '(a)(?=b)'), /pattern at/],
  ['x'.repeat(70_000), /larger than 64 KiB/],
])('a rule that cannot be read is refused with the place: %#', (source, message) => {
  expect(() => parseUserRule(source)).toThrow(message)
})

test.each([
  ['[1,2].map(x, [1,2].map(y, x))', /an inner loop must go over a list that is given/],
  ['l.exists(x, x.l.exists(y, y.l.exists(z, true)))', /two deep/],
  ['cel.bind(x, "a" + "a", x == "a")', /cel.bind/],
  ['1 + 1', /must give true or false/],
  [`"${'a'.repeat(5000)}" == "a"`, /at most 4000/],
  [`${'('.repeat(60)}true${')'.repeat(60)}`, /depth/i],
])('an expression that could run for long is refused: %s', (source, message) => {
  expect(() => compileExpression(source, { l: 'list' })).toThrow(message)
})

test('variables that are too large are not judged', () => {
  const asked = compileExpression('l.exists(x, l.exists(y, x == y))', { l: 'list' })
  expect(asked.ask({ l: Array.from({ length: 5000 }, (_, n) => n) })).toEqual({
    failed: 'a list of 5000 is too long to be judged',
  })
  expect(asked.ask({ l: [1n, 2n] })).toEqual({ value: true })
})

test('a pattern that makes others go back for ever takes a few steps for each character, however long the text', () => {
  const pattern = '^(a+)+(a|a?)*$'
  const matches = linearMatcher(pattern)
  // Each step of the matcher enters a state into a set.
  const { add } = Set.prototype
  let steps = 0
  Set.prototype.add = function (value) {
    steps++
    return add.call(this, value)
  }
  try {
    for (const length of [50, 500, 5000]) {
      steps = 0
      expect(matches(`${'a'.repeat(length)}b`)).toBe(false)
      expect(steps).toBeLessThan(3 * pattern.length * (length + 2))
    }
  } finally {
    Set.prototype.add = add
  }
})

test('the linear matcher agrees with RegExp', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '(a|b)', '(?:ab|a)', '\\.', '[0-9]')
  const piece = fc
    .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{0,}'))
    .map((parts) => parts.join(''))
  const branch = fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''))
  const pattern = fc
    .tuple(fc.constantFrom('', '^'), fc.array(branch, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '$'))
    .map(([head, branches, tail]) => `${head}(${branches.join('|')})${tail}`)
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '0', '.', '\n', '_'), maxLength: 8 })
  fc.assert(
    fc.property(pattern, text, (source, given) => {
      expect(linearMatcher(source)(given)).toBe(new RegExp(source).test(given))
    }),
    { numRuns: 3000 },
  )
})

let database: Awaited<ReturnType<typeof testDatabase>>
let db: Db
beforeAll(async () => {
  database = await testDatabase([migrations])
  db = database.db
})
afterAll(() => database.close())

test('a stored rule is audited, cannot take the id of ours, and a broken one does not stop the others', async () => {
  await db.transaction().execute((tx) => saveUserRule(tx, { source: RULE, by: 'user:ada', now }))
  await expect(
    db
      .transaction()
      .execute((tx) =>
        saveUserRule(tx, { source: RULE.replace('shell-for-service', 'identity-dormant'), by: 'user:ada', now }),
      ),
  ).rejects.toThrow(/choose another/)
  await sql`insert into assess.user_rule (id, source, by, at) values ('old', 'id: old', 'user:ada', ${now})`.execute(db)
  const own = await ownRules(db)
  expect(own.rules.map(({ id }) => id)).toEqual(['shell-for-service'])
  expect(own.expressions.get('shell-for-service')).toContain('matches')
  expect(own.broken).toEqual([{ id: 'old', why: expect.stringContaining('title'), source: 'id: old' }])
  await db.transaction().execute((tx) => removeUserRule(tx, { id: 'shell-for-service', by: 'user:ada' }))
  await expect(
    db.transaction().execute((tx) => removeUserRule(tx, { id: 'shell-for-service', by: 'user:ada' })),
  ).rejects.toMatchObject({ code: 'assess/no-rule' })
  const { rows } = await sql<{ action: string }>`select action from platform.audit order by id`.execute(db)
  expect(rows.map(({ action }) => action)).toEqual(['rule.save', 'rule.remove'])
})
