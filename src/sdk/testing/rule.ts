import assert from 'node:assert/strict'
import type { Rule, RuleCase } from '../contracts.ts'
import { judge, type Surroundings } from '../judge.ts'
import { Edge, Entity, type Verb } from '../model.ts'

const NOON = '2026-11-24T12:00:00.000Z'

/** The verdict of a rule on one of its cases. Throws when the case itself is ill-formed. */
export function runCase(rule: Rule, given: RuleCase) {
  const entities = new Map(given.entities.map((entity) => [entity.key, Entity.parse(entity)]))
  const edges = (given.edges ?? []).map((edge) => Edge.parse(edge))
  const subject = entities.get(given.subject)
  assert.ok(subject, `${rule.id}: case "${given.name}" has no subject ${given.subject}`)
  const around: Surroundings = {
    get: (key) => entities.get(key),
    edges: (key: string, direction: 'out' | 'in', verb: Verb) =>
      edges.filter((edge) => edge.verb === verb && (direction === 'out' ? edge.from : edge.to) === key),
    incomplete: (type) =>
      given.incomplete?.includes(type) ? { reason: `${type} was not read completely` } : undefined,
    before: (key, attribute) => (key === given.subject ? (given.before?.[attribute] ?? []) : []),
  }
  const params = rule.params ? rule.params.parse(given.params ?? {}) : {}
  return judge(rule, subject, around, { now: new Date(given.now ?? NOON), params })
}

/**
 * The contract of a rule: its cases hold, there is one that fails and one that passes, every subject of a case is one the rule
 * is about, what it says is a sentence, and a rule that leans on absence has a case that turns unknown.
 */
export function testRule(rule: Rule): void {
  for (const given of rule.cases) {
    const outcome = runCase(rule, given)
    assert.equal(outcome.verdict, given.expect, `${rule.id}: case "${given.name}" gave ${JSON.stringify(outcome)}`)
    const subject = given.entities.find((entity) => entity.key === given.subject)!
    assert.equal(subject.kind, rule.about.kind, `${rule.id}: case "${given.name}" is about another kind`)
    if (rule.about.types) assert.ok(rule.about.types.includes(subject.type), `${rule.id}: "${given.name}": other type`)
    if (outcome.verdict === 'fail') {
      assert.ok(outcome.says.length > 10, `${rule.id}: "${given.name}" says nothing`)
      assert.ok(outcome.because.length > 0, `${rule.id}: "${given.name}" gives no evidence`)
    }
  }
  const verdicts = new Set(rule.cases.map((given) => given.expect))
  assert.ok(verdicts.has('fail'), `${rule.id}: no case fails`)
  assert.ok(verdicts.has('pass') || verdicts.has('not-applicable'), `${rule.id}: no case passes`)
  if (rule.needs) assert.ok(verdicts.has('unknown'), `${rule.id}: leans on absence, but no case is unknown`)
  assert.ok(
    rule.fix.length > 0 && rule.why.length > 20 && rule.undo.length > 0,
    `${rule.id}: why, fix or undo is missing`,
  )
}
