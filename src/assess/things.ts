import type { Entity, Finding, Owasp, Rule, Severity } from '../sdk/index.ts'
import type { View } from './evaluate.ts'
import { accountable, type Suggested, suggestOwner } from './owner.ts'
import { dependentsOf, levelOf, reachOf } from './reach.ts'

/** One thing to know: what, because, what it could cost, who, fix, way back. */
export interface Thing {
  /** `unlock`: a permission whose absence loses verdicts; its fix is the grant. */
  what: 'finding' | 'unlock'
  says: string
  because: string[]
  severity: Severity | null
  /** The finding that speaks for all that the same fix closes. */
  finding: Finding | null
  /** Ids of everything the fix closes, or of the verdicts the unlock answers; at most 1,000. */
  findings: string[]
  /** How many there are besides the one that speaks. */
  more: number
  subject: string | null
  connection: string | null
  cost: { reached: number; sensitive: number; dependents: number; unknown: number }
  owner: { accountable: { key: string; name: string } | null; suggested: Suggested | null }
  fix: string[]
  undo: string
  /** Minutes for one of them. */
  effort: number
  owasp: Owasp[]
  /** Severity times what is reached, per minute of effort. */
  value: number
}

/** Findings of an estate; what the loss of a verdict is attributed to can be asked of its source. */
export interface ThingsEstate extends View {
  sourcesOf?(key: string): readonly { connection: string }[]
}

const GRAVITY: Readonly<Record<Severity, number>> = { critical: 40, high: 12, medium: 3, low: 0.8, info: 0.1 }
/** Of one fix only so many subjects are weighed; the worst come first. */
const WEIGHED = 50
/** Minutes to ask for a grant and get it. */
const ASKING = 10
/** Minutes that any fix takes beside its own: to read, to ask, to look afterwards. */
const BESIDE = 15

/**
 * The things most worth knowing, best first: open findings grouped by their fix, weighed by severity and by what is reached for
 * each minute of effort, no two with the same fix; and lost verdicts grouped by what would answer them. When verdicts are lost,
 * one of the first five is the unlock that answers most; the other unlocks come after the findings. Pure; the same findings and
 * estate give the same things.
 */
export function thingsToKnow(
  findings: readonly Finding[],
  estate: ThingsEstate,
  rules: readonly Rule[],
  most = 20,
): Thing[] {
  const ruleOf = new Map(rules.map((rule) => [rule.id, rule]))
  const byFix = Map.groupBy(
    findings.filter(({ verdict, rule }) => verdict === 'fail' && ruleOf.has(rule)),
    ({ rule, fix }) => JSON.stringify([rule, fix]),
  )
  const things = [...byFix.values()].map((group) => thingOf(group, ruleOf.get(group[0]!.rule)!, estate))
  const unlocks = unlocksOf(findings, estate, ruleOf).sort(
    (a, b) => Number(isReason(a)) - Number(isReason(b)) || b.more - a.more || best(a, b),
  )
  return withAnUnlock(spread(things.sort(best)), unlocks).slice(0, most)
}

/** The first five. */
export const fiveThings = (findings: readonly Finding[], estate: ThingsEstate, rules: readonly Rule[]): Thing[] =>
  thingsToKnow(findings, estate, rules, 5)

function thingOf(group: Finding[], rule: Rule, estate: ThingsEstate): Thing {
  const weighed = group
    .toSorted((a, b) => GRAVITY[b.severity] - GRAVITY[a.severity] || (a.subject < b.subject ? -1 : 1))
    .slice(0, WEIGHED)
    .map((finding) => {
      const reach = reachOf(estate, [finding.subject], 200)
      return {
        finding,
        reach,
        weight: GRAVITY[finding.severity] * (1 + Math.log2(1 + reach.resources.length + 4 * reach.sensitive.length)),
      }
    })
    .sort((a, b) => b.weight - a.weight)
  const { finding, reach, weight } = weighed[0]!
  const subject = estate.get(finding.subject)
  const answers = subject ? accountable(estate, subject.key)[0] : undefined
  return {
    what: 'finding',
    says: finding.says ?? finding.title,
    because: finding.because,
    severity: finding.severity,
    finding,
    findings: [finding.id, ...group.filter(({ id }) => id !== finding.id).map(({ id }) => id)].slice(0, 1000),
    more: group.length - 1,
    subject: finding.subject,
    connection: estate.sourcesOf?.(finding.subject)[0]?.connection ?? null,
    cost: {
      reached: reach.resources.length,
      sensitive: reach.sensitive.length,
      dependents: dependentsOf(estate, finding.subject, 200).length,
      unknown: reach.unknown,
    },
    owner: {
      accountable: answers ? { key: answers.key, name: answers.name } : null,
      suggested: answers || !subject ? null : suggestFor(estate, subject, finding),
    },
    fix: finding.fix,
    undo: rule.undo,
    effort: rule.effort,
    owasp: finding.owasp,
    value: round(weight / (BESIDE + rule.effort)),
  }
}

/** For a credential without evidence of its own, whoever would answer for what it proves. */
function suggestFor(estate: ThingsEstate, subject: Entity, finding: Finding): Suggested | null {
  const own = suggestOwner(estate, subject, { places: finding.places })
  if (own || subject.kind !== 'credential') return own
  for (const edge of estate.edges(subject.key, 'out', 'authenticates')) {
    const identity = estate.get(edge.to)
    const answers = identity && accountable(estate, identity.key)[0]
    if (answers)
      return {
        person: answers.key,
        name: answers.name,
        because: [`Answers for ${identity.name.slice(0, 80)}, which it proves.`],
        evidence: [{ sort: 'credential', says: `Answers for ${identity.name.slice(0, 80)}, which it proves.` }],
        confidence: 'high',
      }
    const other = identity && suggestOwner(estate, identity)
    if (other) return other
  }
  return null
}

/** Lost verdicts by connection and grant; where no grant is named, by reason. */
function unlocksOf(findings: readonly Finding[], estate: ThingsEstate, ruleOf: ReadonlyMap<string, Rule>): Thing[] {
  const unknown = findings.filter(({ verdict, rule }) => verdict === 'unknown' && ruleOf.has(rule))
  const lost = Map.groupBy(unknown, (finding) =>
    JSON.stringify([
      estate.sourcesOf?.(finding.subject)[0]?.connection ?? null,
      finding.permission ?? finding.because[0],
    ]),
  )
  return [...lost.values()].map((group) => {
    const [first] = group as [Finding]
    const connection = estate.sourcesOf?.(first.subject)[0]?.connection ?? null
    const subjects = new Set(group.map(({ subject }) => subject))
    const asked = new Set(group.map(({ rule }) => rule))
    const worst = group.reduce((a, b) => (GRAVITY[b.severity] > GRAVITY[a.severity] ? b : a))
    let sensitive = 0
    for (const key of [...subjects].slice(0, WEIGHED)) {
      const entity = estate.get(key)
      if (entity && levelOf(entity) >= 2) sensitive++
    }
    return {
      what: 'unlock',
      says: unlockSays(group.length, unknown.length, first, connection === null ? '' : ` on ${connection}`),
      because: [
        asSentence(first.because[0]!),
        `It concerns ${subjects.size === 1 ? (estate.get(first.subject)?.name ?? first.subject) : `${subjects.size} subjects`} and ${asked.size === 1 ? `the rule “${first.title}”` : `${asked.size} rules`}.`,
      ],
      severity: null,
      finding: null,
      findings: group.slice(0, 1000).map(({ id }) => id),
      more: group.length - 1,
      subject: subjects.size === 1 ? first.subject : null,
      connection,
      cost: { reached: 0, sensitive, dependents: 0, unknown: group.length },
      owner: { accountable: null, suggested: null },
      fix: first.fix,
      undo: 'Take the grant away again; what was read stays, marked with its date.',
      effort: ASKING,
      owasp: [...new Set(group.flatMap(({ owasp }) => owasp))].sort(),
      value: round((GRAVITY[worst.severity] * Math.log2(1 + group.length)) / (BESIDE + ASKING) / 10),
    }
  })
}

function unlockSays(count: number, all: number, { permission, because: [reason] }: Finding, place: string): string {
  const verdicts = (n: number) => (n === 1 ? '1 verdict' : `${n} verdicts`)
  if (count === all)
    return permission === undefined
      ? `${verdicts(count)} cannot be reached: ${reason}.`
      : `${verdicts(count)}${place} ${count === 1 ? 'waits' : 'wait'} for one permission: ${permission}.`
  const lost = `${verdicts(all)} could not be reached`
  return permission === undefined
    ? `${lost}, ${count} of them for one reason: ${reason}.`
    : `${lost}. One permission${place} answers ${count} of them: ${permission}.`
}

/** A reason begins in lower case, as refusals do. */
const asSentence = (reason: string): string => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`

const round = (value: number): number => Math.round(value * 1000) / 1000

const best = (a: Thing, b: Thing): number => b.value - a.value || (a.says < b.says ? -1 : a.says > b.says ? 1 : 0)

/** A subject that has spoken steps back behind the others, so that five things are about five things. */
function spread(things: Thing[]): Thing[] {
  const seen = new Set<string>()
  const first: Thing[] = []
  const later: Thing[] = []
  for (const thing of things) {
    if (thing.subject !== null && seen.has(thing.subject)) later.push(thing)
    else first.push(thing)
    if (thing.subject !== null) seen.add(thing.subject)
  }
  return [...first, ...later]
}

/** The first unlock stands where its value puts it, and in fifth place at the latest; the others at the end. */
function withAnUnlock(things: Thing[], [first, ...others]: Thing[]): Thing[] {
  if (first === undefined) return things
  const after = things.findIndex((thing) => best(first, thing) < 0)
  const place = Math.min(4, after < 0 ? things.length : after)
  return [...things.slice(0, place), first, ...things.slice(place), ...others]
}

/** Nothing that could be granted is named: the cause must be seen to by hand. */
const isReason = ({ fix }: Thing): boolean => !fix[0]!.startsWith('Grant ')
