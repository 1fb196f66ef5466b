import { describe, expect, test } from 'vitest'
import { checksOf, type Evidence, pageOf } from '../../read/frameworks-read.ts'
import { factIds } from '../../read/index.ts'
import { type Finding, Owasp, type Verdict } from '../../sdk/index.ts'
import { rules } from '../rules/index.ts'
import type { Claim } from './framework.ts'
import { frameworks } from './index.ts'
import { TEN_NAMES, underTenNames } from './ten-names.ts'

const stored = new Map(
  rules.map(({ id, title, owasp, about, needs }) => [
    id,
    {
      id,
      title,
      owasp: [...owasp],
      kind: about.kind,
      types: about.types ? [...about.types] : null,
      needs: [...(needs ?? [])],
      fails: 0,
      lost: 0,
    },
  ]),
)
const claims = [...new Set(frameworks.flatMap(({ controls }) => controls.flatMap(({ evidence }) => evidence)))]
const named = (claim: Claim): string[] => checksOf(claim, stored).filter((check) => !factIds.has(check))

/** One identity for each of these: failed, unknown or passed in one check. */
function evidenceOf(units: { fails?: string; unknown?: string; passes?: string }[]): Evidence {
  const only = (check: string | undefined): Set<string> => new Set(check === undefined ? [] : [check])
  return {
    groups: units.map(({ fails, unknown, passes }, id) => ({
      identities: true,
      fails: only(fails),
      unknown: only(unknown),
      passes: only(passes),
      ids: [id],
    })),
    rules: stored,
    ledger: { sources: [], types: new Map() },
    judged: new Date('2026-11-24T09:00:00.000Z'),
    identities: units.length,
    stands: new Map(),
  }
}

test('every rule that a claim names is there, and every fact', () => {
  const missing = claims.flatMap((claim) => [
    ...(claim.rules ?? []).filter((id) => !stored.has(id)).map((id) => `${claim.id}: no rule ${id}`),
    ...(claim.facts ?? []).filter((id) => !factIds.has(id)).map((id) => `${claim.id}: no fact ${id}`),
    ...(checksOf(claim, stored).length === 0 ? [`${claim.id}: nothing judges it`] : []),
  ])
  expect(missing).toEqual([])
})

test('a claim of one name is one claim, and a query of findings can name all its rules', () => {
  expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length)
  // By risks or by rules, never both: else no query of findings would list exactly its rows.
  expect(claims.filter(({ rules: by, risks }) => by && risks).map(({ id }) => id)).toEqual([])
  for (const claim of claims) {
    const words = (claim.rules ?? []).map((id) => `rule:${id}`).join(' ')
    expect(words.length, claim.id).toBeLessThan(1_900)
  }
})

test('every rule stands under OWASP by each of its ids, and one that bears none under another standard', () => {
  const owasp = frameworks.find(({ id }) => id === 'owasp-nhi')!
  expect(owasp.controls.map(({ id }) => id)).toEqual(Owasp.options)
  const judging = new Map(owasp.controls.map(({ id, evidence }) => [id, new Set(evidence.flatMap(named))]))
  for (const rule of rules) {
    const elsewhere = claims.some((claim) => claim.rules?.includes(rule.id))
    expect(rule.owasp.length > 0 || elsewhere, rule.id).toBe(true)
    for (const id of rule.owasp) expect(judging.get(id)!.has(rule.id), `${rule.id} under ${id}`).toBe(true)
  }
})

describe.each(frameworks.map((framework) => [framework.id, framework] as const))('%s', (_, framework) => {
  test('its edition and its publisher are named, its controls once each, each with evidence', () => {
    expect(framework.version).not.toBe('')
    expect(framework.url).toMatch(/^https:\/\//)
    expect(new Set(framework.controls.map(({ id }) => id)).size).toBe(framework.controls.length)
    for (const { id, title, asks, evidence } of framework.controls) {
      expect(evidence.length, id).toBeGreaterThan(0)
      expect(title.length, id).toBeLessThan(80)
      expect(asks, id).toMatch(/\.$/)
      for (const { says } of evidence) expect(says).toMatch(/\.$/)
    }
  })

  test('each control is met by what passes, refuted by what fails, and left open by what is unknown', () => {
    for (const control of framework.controls) {
      const [check] = control.evidence.flatMap((claim) => checksOf(claim, stored))
      const viewOf = (evidence: Evidence) => pageOf(framework, evidence).controls.find(({ id }) => id === control.id)!
      const met = viewOf(evidenceOf([{ passes: check! }, { passes: check! }]))
      expect([control.id, met.state, met.identities.met]).toEqual([control.id, 'met', 2])
      const notMet = viewOf(evidenceOf([{ passes: check! }, { fails: check! }, { unknown: check! }]))
      expect([control.id, notMet.state, notMet.identities]).toEqual([
        control.id,
        'not-met',
        { met: 1, notMet: 1, unknown: 1, notApplicable: 0 },
      ])
      const unknown = viewOf(evidenceOf([{ passes: check! }, { unknown: check! }]))
      expect([control.id, unknown.state]).toEqual([control.id, 'unknown'])
      expect(viewOf(evidenceOf([{}])).state, control.id).toBe('not-applicable')
      expect(viewOf({ ...evidenceOf([{ passes: check! }]), judged: null }).state, control.id).toBe('unknown')
    }
  })

  test('a rule of each control has a case that is met and one that is not, or a fact stands for it', () => {
    const expected = (id: string): Verdict[] => rules.find((rule) => rule.id === id)!.cases.map((one) => one.expect)
    for (const { id, evidence } of framework.controls) {
      const all = evidence.flatMap(named)
      const facts = evidence.flatMap((claim) => claim.facts ?? [])
      const has = (verdict: Verdict): boolean =>
        facts.length > 0 || all.some((rule) => expected(rule).includes(verdict))
      expect([id, has('pass'), has('fail')]).toEqual([id, true, true])
    }
  })
})

test('what is met where a listing was not read whole is not called met', () => {
  const cis = frameworks.find(({ id }) => id === 'cis-controls')!
  const evidence = evidenceOf([{ passes: 'identity-across-environments' }])
  const whole = pageOf(cis, evidence).controls.find(({ id }) => id === '16.8')!
  expect(whole.state).toBe('met')
  const line = {
    connection: 'demo',
    collection: 'accounts',
    read: '2026-11-24T08:00:00.000Z',
    whole: null,
    complete: false,
    obtained: 3,
    refused: 1,
    reason: '403',
    permission: 'accounts.read',
  }
  const partial = pageOf(cis, {
    ...evidence,
    stands: new Map(),
    ledger: { sources: [{ yields: new Set(['demo_user']), line }], types: new Map([['identity', ['demo_user']]]) },
  }).controls.find(({ id }) => id === '16.8')!
  expect(partial.state).toBe('unknown')
  expect(partial.because).toContain('not read whole')
})

test('a rule that is switched off leaves its control open', () => {
  const pci = frameworks.find(({ id }) => id === 'pci-dss')!
  const without = new Map(
    [...stored].filter(
      ([id]) =>
        !['postgres-stored-password', 'postgres-password-verifier', 'host-private-key-without-passphrase'].includes(id),
    ),
  )
  const evidence = { ...evidenceOf([{ passes: 'host-secret-readable' }]), rules: without, stands: new Map() }
  const control = pageOf(pci, evidence).controls.find(({ id }) => id === '8.3.2')!
  expect(control.state).toBe('unknown')
  expect(control.because).toContain('switched off')
  expect(control.evidence[0]!.rules.every(({ asked }) => !asked)).toBe(true)
})

test('the ten names count what OWASP’s view counts: each finding stands somewhere in both, and the sums agree', () => {
  const findings = rules.map(({ id, owasp }) => ({ rule: id, owasp: [...owasp] })) as unknown as Finding[]
  const { names, unnamed } = underTenNames(findings)
  const distinct = new Set([...names.flatMap((name) => name.findings), ...unnamed])
  expect(distinct.size).toBe(findings.length)
  for (const { name, findings: under } of names) {
    const ids = TEN_NAMES.find((one) => one.name === name)!.owasp
    const byOwasp = new Set(ids.flatMap((id) => findings.filter(({ owasp }) => owasp.includes(id))))
    expect([name, new Set(under)]).toEqual([name, byOwasp])
  }
  // By way of controls too: what a name is judged by is what its risks are judged by.
  const tenNames = frameworks.find(({ id }) => id === 'ten-names')!
  const owasp = frameworks.find(({ id }) => id === 'owasp-nhi')!
  for (const [index, control] of tenNames.controls.entries()) {
    const ids = TEN_NAMES[index]!.owasp
    const byRisk = control.evidence.filter(({ risks }) => risks !== undefined)
    expect(new Set(byRisk.flatMap(named))).toEqual(
      new Set(
        owasp.controls.filter(({ id }) => ids.includes(id as Owasp)).flatMap(({ evidence }) => evidence.flatMap(named)),
      ),
    )
  }
})
