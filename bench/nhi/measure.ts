/** Findings set beside what is true, identity by identity: docs/demo.md, "Measuring with it". */
import { evaluate, rules, suggestOwner } from '../../src/assess/index.ts'
import type { Estate } from '../../src/graph/index.ts'
import type { Labels } from '../../src/providers/demo/index.ts'
import type { Owasp } from '../../src/sdk/index.ts'
import { type Labelled, NOON } from './labelled-estate.ts'

type Truth = Labels['identities'][number]

/** What a person needs who works through a list: nine of ten lines are worth the walk, and nine of ten faults are on it. */
const FLOOR = 0.9
/** A vendor with administrative rights is said to have too many until a record shows that it needs them; some have none. */
const FLOORS: Partial<Record<Owasp, number>> = { NHI3: 0.8 }

export const floorOf = (risk: Owasp): number => FLOORS[risk] ?? FLOOR

export interface Tally {
  /** Said and true; said and not; true and not said, though nothing was unknown. */
  right: number
  wrong: number
  missed: number
  /** True, not said, and a rule of the risk says that it cannot tell. */
  unknown: number
  /** True and shown by nothing in the estate. */
  leftOut: number
  /** Of those missed and wrongly said, how many are labelled as hard. */
  hard: number
  /** Rule → how often it was wrong; label → how often it was found and how often it was true. */
  wrongBy: Map<string, number>
  labels: Map<string, { found: number; unknown: number; of: number }>
}

export const emptyTally = (): Tally => ({
  right: 0,
  wrong: 0,
  missed: 0,
  unknown: 0,
  leftOut: 0,
  hard: 0,
  wrongBy: new Map(),
  labels: new Map(),
})

/** What rules said of one identity under one risk: rule → its worst verdict. */
type Said = Map<string, 'fail' | 'unknown'>

/** Adds one estate to the tallies; `machine` picks machines or people's own accounts. */
export function tally({ estate, truths }: Labelled, tallies: ReadonlyMap<Owasp, Tally>, machine: boolean): void {
  const said = saidOf(estate)
  for (const truth of truths) {
    if (truth.machine !== machine) continue
    for (const [risk, counts] of tallies) count(truth, risk, said.get(truth.identity)?.get(risk) ?? new Map(), counts)
  }
}

function count(truth: Truth, risk: Owasp, said: Said, counts: Tally): void {
  const failed = [...said].flatMap(([rule, verdict]) => (verdict === 'fail' ? [rule] : []))
  const all = truth.labels[risk]
  const shown = all.filter((fault) => !truth.unseen.includes(fault))
  const outcome = failed.length > 0 ? 'found' : said.size > 0 ? 'unknown' : 'missed'
  for (const fault of shown) {
    const label = counts.labels.get(fault) ?? { found: 0, unknown: 0, of: 0 }
    counts.labels.set(fault, label)
    label.of++
    if (outcome !== 'missed') label[outcome]++
  }
  if (outcome === 'found') {
    if (all.length > 0) counts.right++
    else {
      counts.wrong++
      if (truth.hard !== null) counts.hard++
      for (const rule of failed) counts.wrongBy.set(rule, (counts.wrongBy.get(rule) ?? 0) + 1)
    }
  } else if (shown.length > 0) {
    counts[outcome]++
    if (outcome === 'missed' && truth.hard !== null) counts.hard++
  } else if (all.length > 0) counts.leftOut++
}

function saidOf(estate: Estate): Map<string, Map<Owasp, Said>> {
  const said = new Map<string, Map<Owasp, Said>>()
  for (const { rule, subject, outcome } of evaluate(estate, rules, { now: NOON })) {
    if (outcome.verdict !== 'fail' && outcome.verdict !== 'unknown') continue
    for (const identity of identitiesOf(estate, subject.key)) {
      const risks = said.get(identity) ?? new Map<Owasp, Said>()
      said.set(identity, risks)
      for (const risk of rule.owasp) {
        const rulesOf: Said = risks.get(risk) ?? new Map()
        risks.set(risk, rulesOf)
        if (rulesOf.get(rule.id) !== 'fail') rulesOf.set(rule.id, outcome.verdict)
      }
    }
  }
  return said
}

/** The identities that a subject is about: itself, what a credential proves, what a copy holds the proof of. */
function* identitiesOf(estate: Estate, key: string): Generator<string> {
  const entity = estate.get(key)
  if (entity?.kind === 'identity') yield entity.key
  if (entity?.kind === 'credential')
    for (const edge of estate.edges(key, 'out', 'authenticates')) yield* identitiesOf(estate, edge.to)
  if (entity?.kind === 'secret')
    for (const edge of estate.edges(key, 'out', 'holds')) yield* identitiesOf(estate, edge.to)
}

/** For identities that no source names an owner for and that somebody answers for. */
export interface OwnerTally {
  right: number
  wrong: number
  silent: number
  /** How sure it was → right and all. */
  confidence: Map<string, { right: number; of: number }>
  /** The strongest sort of evidence → right and all. */
  sorts: Map<string, { right: number; of: number }>
}

export const emptyOwnerTally = (): OwnerTally => ({
  right: 0,
  wrong: 0,
  silent: 0,
  confidence: new Map(),
  sorts: new Map(),
})

export function tallyOwners({ estate, truths }: Labelled, counts: OwnerTally): void {
  for (const { identity, machine, owner } of truths) {
    const entity = estate.get(identity)
    if (!machine || owner.recorded || owner.person === null || entity === undefined) continue
    const suggested = suggestOwner(estate, entity)
    if (suggested === null) {
      counts.silent++
      continue
    }
    const right = suggested.person === owner.person
    counts[right ? 'right' : 'wrong']++
    for (const [map, name] of [
      [counts.confidence, suggested.confidence],
      [counts.sorts, suggested.evidence[0]!.sort],
    ] as const) {
      const one = map.get(name) ?? { right: 0, of: 0 }
      map.set(name, one)
      one.of++
      if (right) one.right++
    }
  }
}
