import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { estateFrom } from '../graph/index.ts'
import { testDatabase } from '../platform/testing/index.ts'
import type { Collection, Provider } from '../sdk/index.ts'
import { Entity } from '../sdk/index.ts'
import { describeRules, ruleSettings, setRule, storeRules } from './catalogue.ts'
import { evaluate } from './evaluate.ts'
import { toFindings } from './finding.ts'
import { OWASP } from './frameworks/owasp.ts'
import { underTenNames } from './frameworks/ten-names.ts'
import { migrations } from './index.ts'
import { rules } from './rules/index.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase([migrations])
})
afterAll(() => database.close())

const now = new Date('2026-11-24T12:00:00.000Z')
const dormant = rules.find(({ id }) => id === 'identity-dormant')!

test('rules are described with what a person needs to judge and mend', () => {
  const listing = (id: string, ...yields: string[]) => ({ id, yields }) as unknown as Collection<unknown>
  const described = describeRules(rules, [
    { id: 'postgres', collections: [listing('roles', 'postgres_role')] } as unknown as Provider,
    { id: 'host', collections: [listing('users', 'linux_user')] } as unknown as Provider,
  ])
  expect(described).toHaveLength(rules.length)
  for (const one of described) {
    expect(new Set(one.cases.map(({ expect: verdict }) => verdict)).size).toBeGreaterThanOrEqual(2)
    expect(one.fix.length).toBeGreaterThan(0)
    expect(one.owasp.every((id) => id in OWASP)).toBe(true)
  }
  expect(described.find(({ id }) => id === 'postgres-superuser-login')?.providers).toEqual(['postgres'])
  expect(described.find(({ id }) => id === 'identity-dormant')).toMatchObject({
    providers: ['postgres', 'host'],
    params: { properties: { days: { default: 90 } } },
  })
  // Of a whole kind, and no case of it is about what these two yield.
  expect(described.find(({ id }) => id === 'federation-without-condition')?.providers).toEqual([])
})

test('every rule can be stored for screens to read, its settings as JSON Schema', async () => {
  await database.db
    .transaction()
    .execute((tx) =>
      storeRules(tx, rules, new Map([['identity-dormant', { fail: 1, pass: 2, unknown: 3, notApplicable: 4 }]])),
    )
  const { rows } = await sql<{ count: string }>`select count(*) from assess.rule`.execute(database.db)
  expect(Number(rows[0]!.count)).toBe(rules.length)
  const one =
    await sql`select fail, pass, unknown, not_applicable, mine, params->'properties'->'days'->>'default' as days from assess.rule where id = 'identity-dormant'`.execute(
      database.db,
    )
  expect(one.rows).toEqual([{ fail: 1, pass: 2, unknown: 3, not_applicable: 4, mine: false, days: '90' }])
})

test('a rule can be switched off or set otherwise, and refuses settings that are not its own', async () => {
  const set = (given: { enabled: boolean; params?: unknown }) =>
    database.db.transaction().execute((tx) => setRule(tx, { rule: dormant, ...given, by: 'user:ada', now }))
  await set({ enabled: true, params: { days: 30 } })
  expect(await ruleSettings(database.db)).toEqual({ off: new Set(), params: { 'identity-dormant': { days: 30 } } })
  await set({ enabled: false })
  expect(await ruleSettings(database.db)).toEqual({
    off: new Set(['identity-dormant']),
    params: { 'identity-dormant': { days: 30 } },
  })
  await expect(set({ enabled: true, params: { days: 'many' } })).rejects.toMatchObject({ code: 'assess/params' })
  await expect(set({ enabled: true, params: { hours: 3 } })).rejects.toMatchObject({ code: 'assess/params' })
})

test('the view under ten names reconciles with the findings', () => {
  const items = rules.flatMap((rule) =>
    rule.cases
      .filter(({ expect: verdict }) => verdict === 'fail')
      .slice(0, 1)
      .map((given) => ({ rule, given })),
  )
  const findings = items.flatMap(({ rule, given }) => {
    const estate = estateFrom(
      [...given.entities.map((one) => Entity.parse(one)), ...(given.edges ?? [])].map((item) => ({
        connection: 'x',
        collection: 'y',
        item,
      })),
    )
    return toFindings(
      evaluate(estate, [rule], {
        now: new Date(given.now ?? now),
        only: new Set([given.subject]),
        params: { [rule.id]: given.params },
      }),
    )
  })
  const { names, unnamed } = underTenNames(findings)
  const named = new Set(names.flatMap(({ findings: under }) => under))
  expect(named.size + unnamed.length).toBe(findings.length)
  expect(unnamed.every(({ owasp }) => owasp.every((id) => id === 'NHI10'))).toBe(true)
  expect(findings.length).toBeGreaterThanOrEqual(rules.length - 2)
})
