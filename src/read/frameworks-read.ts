/** Frameworks as views over what was judged: who meets which control, by what, as of when, and what leaves it open. */
import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { type Owasp, ReeveError } from '../sdk/index.ts'
import { facts } from './framework-facts.ts'
import { type EvidenceLedger, readEvidenceLedger, sourcesOf } from './framework-sources.ts'
import { readUnits, stateOf, type UnitGroup, type UnitState, worstOf } from './framework-units.ts'
import type {
  ControlView,
  EvidenceItem,
  EvidenceState,
  EvidenceTally,
  FrameworkPage,
  FrameworkRow,
  Frameworks,
} from './frameworks.ts'
import { isLost } from './ledger-lost.ts'
import { onceForRoll } from './once-for-roll.ts'
import { isoOrNull } from './refs.ts'
import type { Roll } from './roll.ts'

/** What is asked for: a claim as the mapping of a framework writes it. */
export interface AskedClaim {
  id: string
  says: string
  rules?: readonly string[]
  risks?: readonly Owasp[]
  facts?: readonly string[]
}
export interface AskedFramework extends Omit<FrameworkRow, 'controls' | 'meets'> {
  controls: readonly {
    id: string
    title: string
    asks: string
    beside?: string
    evidence: readonly AskedClaim[]
  }[]
}

interface StoredRule {
  id: string
  title: string
  owasp: Owasp[]
  kind: string
  types: string[] | null
  needs: string[]
  fails: number
  lost: number
}

/** All that the controls are judged from, read once for each state of the estate. */
export interface Evidence {
  groups: UnitGroup[]
  rules: Map<string, StoredRule>
  ledger: EvidenceLedger
  judged: Date | null
  identities: number
  /** How each group stands by each claim, as far as it was asked. */
  stands: Map<string, UnitState[]>
}

/** Findings that refute, put aside or not: what was accepted is not met. */
const ASIDE_TOO = 'verdict:fail state:open state:muted state:accepted'

export const readEvidence = (db: Db, roll: Roll): Promise<Evidence> =>
  onceForRoll(roll, 'evidence', async () => {
    const judged = await lastJudged(db)
    const [groups, ledger, rules] = await Promise.all([
      // Facts are told as of the same moment as verdicts: a page and a paper say the same, whenever they are made.
      judged === null ? [] : readUnits(db, judged),
      readEvidenceLedger(db),
      sql<StoredRule>`select r.id, r.title, r.owasp, r.kind, r.types, r.needs,
        coalesce(f.fails, 0) as fails, coalesce(f.lost, 0) as lost
        from assess.rule r left join (
          select f.rule, (count(*) filter (where f.verdict = 'fail' and f.state <> 'resolved'))::int as fails,
            (count(*) filter (where f.state = 'open' and ${isLost}))::int as lost
          from assess.finding f group by f.rule) f on f.rule = r.id order by r.position, r.id`.execute(db),
    ])
    return {
      groups,
      ledger,
      rules: new Map(rules.rows.map((rule) => [rule.id, rule])),
      judged,
      identities: roll.count('identity'),
      stands: new Map(),
    }
  })

/** When the estate was last judged; null for never. */
export async function lastJudged(db: Db): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`select max(at) as at from assess.evaluation`.execute(db)
  return rows[0]!.at
}

/** The ids of rules and facts that judge a claim. */
export function checksOf(claim: AskedClaim, rules: ReadonlyMap<string, Pick<StoredRule, 'id' | 'owasp'>>): string[] {
  const byRisk = [...rules.values()].filter(({ owasp }) => owasp.some((id) => claim.risks?.includes(id)))
  return [...new Set([...(claim.rules ?? []), ...byRisk.map(({ id }) => id), ...(claim.facts ?? [])])]
}

export async function readFrameworks(db: Db, roll: Roll, frameworks: readonly AskedFramework[]): Promise<Frameworks> {
  const evidence = await readEvidence(db, roll)
  return {
    judged: isoOrNull(evidence.judged),
    identities: evidence.identities,
    read: roll.size > 0,
    rows: frameworks.map((framework) => pageOf(framework, evidence).framework),
  }
}

/** Throws `framework/unknown`. */
export async function readFramework(
  db: Db,
  roll: Roll,
  frameworks: readonly AskedFramework[],
  id: string,
): Promise<FrameworkPage> {
  return pageOf(frameworkNamed(frameworks, id), await readEvidence(db, roll))
}

export function frameworkNamed<F extends AskedFramework>(frameworks: readonly F[], id: string): F {
  const framework = frameworks.find((one) => one.id === id)
  if (framework) return framework
  throw new ReeveError(
    'framework/unknown',
    `there is no framework ${id.slice(0, 100)}: there are ${frameworks.map((one) => one.id).join(', ')}`,
  )
}

export function pageOf(framework: AskedFramework, evidence: Evidence): FrameworkPage {
  const { controls, ...named } = framework
  const views = controls.map((control): ControlView => {
    const items = control.evidence.map((claim) => itemOf(claim, evidence))
    const tallies = tallyOf(evidence, control.evidence)
    const state = overall(tallies, items, evidence)
    return {
      id: control.id,
      title: control.title,
      asks: control.asks,
      beside: control.beside ?? null,
      state,
      because: because(state, tallies, items, evidence),
      ...tallies,
      evidence: items,
    }
  })
  const counts = { met: 0, notMet: 0, unknown: 0, notApplicable: 0 }
  for (const { state } of views) counts[COUNTED[state]]++
  return {
    framework: {
      ...named,
      controls: counts,
      meets: tallyOf(
        evidence,
        controls.flatMap((control) => control.evidence),
      ).identities,
    },
    judged: isoOrNull(evidence.judged),
    identities: evidence.identities,
    controls: views,
  }
}

const COUNTED = { met: 'met', 'not-met': 'notMet', unknown: 'unknown', 'not-applicable': 'notApplicable' } as const

interface Tallies {
  identities: EvidenceTally
  others: EvidenceTally
}

/** How each group stands by a claim; worked out once, for claims are evidence for many controls. */
function standingBy({ groups, rules, stands }: Evidence, claim: AskedClaim): UnitState[] {
  const known = stands.get(claim.id)
  if (known) return known
  const checks = checksOf(claim, rules)
  const states = groups.map((group) => stateOf(group, checks))
  stands.set(claim.id, states)
  return states
}

function tallyOf(evidence: Evidence, claims: readonly AskedClaim[]): Tallies {
  const identities = { met: 0, notMet: 0, unknown: 0, notApplicable: 0 }
  const others = { met: 0, notMet: 0, unknown: 0, notApplicable: 0 }
  const by = claims.map((claim) => standingBy(evidence, claim))
  for (const [at, group] of evidence.groups.entries()) {
    let state: UnitState = 'not-applicable'
    for (const states of by) state = worstOf(state, states[at]!)
    ;(group.identities ? identities : others)[COUNTED[state]] += group.ids.length
  }
  // Of whatever nothing was ever said, nothing applies.
  identities.notApplicable = evidence.identities - identities.met - identities.notMet - identities.unknown
  others.notApplicable = 0
  return { identities, others }
}

const sum = ({ identities, others }: Tallies, what: 'met' | 'notMet' | 'unknown'): number =>
  identities[what] + others[what]

function stateBy(tallies: Tallies, partial: boolean, asked: boolean): EvidenceState {
  if (sum(tallies, 'notMet') > 0) return 'not-met'
  if (sum(tallies, 'unknown') > 0 || !asked) return 'unknown'
  if (sum(tallies, 'met') === 0) return partial ? 'unknown' : 'not-applicable'
  return partial ? 'unknown' : 'met'
}

function itemOf(claim: AskedClaim, evidence: Evidence): EvidenceItem {
  const { rules, ledger, judged } = evidence
  const checks = checksOf(claim, rules)
  const tallies = tallyOf(evidence, [claim])
  const named = checks.filter((check) => !claim.facts?.includes(check))
  const asked = named.flatMap((id) => rules.get(id) ?? [])
  const about = facts.filter(({ id }) => claim.facts?.includes(id))
  const sources = sourcesOf(ledger, [
    ...asked,
    ...about.map(({ kind, needs }) => ({ kind, types: null, needs: needs ?? [] })),
  ])
  const partial = sources.some(({ complete }) => !complete)
  const words = claim.risks ? claim.risks.map((id) => `owasp:${id}`) : named.map((id) => `rule:${id}`)
  const count = (what: 'fails' | 'lost') => asked.reduce((total, rule) => total + rule[what], 0)
  return {
    id: claim.id,
    says: claim.says,
    reads: readsOf(tallies),
    state: stateBy(tallies, partial, judged !== null && (asked.length > 0 || about.length > 0)),
    ...tallies,
    rules: named.map((id) => ({ id, title: rules.get(id)?.title ?? id, asked: rules.has(id) })),
    facts: [...(claim.facts ?? [])],
    judged: isoOrNull(judged),
    read: sources.map(({ read }) => read).sort()[0] ?? null,
    partial,
    sources,
    findings: named.length === 0 ? null : { q: [ASIDE_TOO, ...words].join(' '), count: count('fails') },
    open: named.length === 0 ? null : { q: ['verdict:unknown', ...words].join(' '), count: count('lost') },
  }
}

function overall(tallies: Tallies, items: readonly EvidenceItem[], { judged }: Evidence): EvidenceState {
  const asked =
    judged !== null && items.every(({ rules, facts: shown }) => shown.length > 0 || rules.some((rule) => rule.asked))
  return stateBy(
    tallies,
    items.some(({ partial }) => partial),
    asked,
  )
}

/** "met for 291, not met for 2, unknown for 19", the identities first. */
export function readsOf({ identities, others }: Tallies): string {
  const parts = ({ met, notMet, unknown }: EvidenceTally): string =>
    `met for ${met}, not met for ${notMet}, unknown for ${unknown}`
  const beside = others.met + others.notMet + others.unknown
  const first = identities.met + identities.notMet + identities.unknown > 0 || beside === 0 ? [parts(identities)] : []
  return [...first, ...(beside > 0 ? [`of what belongs to no known identity ${parts(others)}`] : [])].join('; ')
}

function because(state: EvidenceState, tallies: Tallies, items: readonly EvidenceItem[], { judged }: Evidence): string {
  if (judged === null) return 'Nothing was judged yet.'
  const unread = new Set(
    items.flatMap(({ sources }) =>
      sources.filter(({ complete }) => !complete).map((one) => `${one.connection} ${one.collection}`),
    ),
  ).size
  const partly =
    unread === 0
      ? ''
      : ` ${unread === 1 ? 'One listing it leans on was' : `${unread} listings it leans on were`} not read whole.`
  const [met, notMet, unknown] = [sum(tallies, 'met'), sum(tallies, 'notMet'), sum(tallies, 'unknown')]
  if (state === 'not-met')
    return `It is not met for ${notMet}, and met for ${met}.${unknown > 0 ? ` It is unknown for ${unknown}.` : ''}${partly}`
  if (state === 'met') return `It is met for all ${met} that it concerns, and everything it leans on was read whole.`
  if (state === 'not-applicable') return 'Nothing that was read is of the kind it concerns.'
  const off = items.some(({ rules, facts: shown }) => shown.length === 0 && !rules.some((rule) => rule.asked))
  if (off) return `Not all of it is judged: the rules of some evidence are switched off or were not asked yet.${partly}`
  return unknown > 0
    ? `It is met for ${met} and could not be judged for ${unknown}.${partly}`
    : `It is met for the ${met} that were read.${partly}`
}
