import { hash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import { sql } from 'kysely'
import { audit, type Tx } from '../platform/index.ts'
import type { Entity, Finding, Rule } from '../sdk/index.ts'
import { ruleKinds, storeRules, type Tally } from './catalogue.ts'
import { type Closing, evidenceOf, goneEvidence, type Saw, sawOf } from './closing.ts'
import type { Judged } from './evaluate.ts'
import { BATCH, carryOn, openIncoming } from './fates.ts'
import { toFinding } from './finding.ts'
import { storedFindings } from './finding-rows.ts'
import { openDue, recordDue } from './life.ts'
import { Passes } from './passes.ts'
import { rowText } from './row-text.ts'
import { storeStandings } from './standings.ts'
import { storeThings } from './store-things.ts'
import type { ThingsEstate } from './things.ts'

export interface StoredEvaluation {
  opened: number
  resolved: number
  reopened: number
  /** Failed before and cannot be judged now: they stay open, unverified. */
  unverified: number
  verdicts: Tally
}

interface Known {
  id: string
  state: string
  verdict: string
  digest: string
  unverified: boolean
  number: string | null
  /** A rule was asked about it in this evaluation. */
  judged: boolean
}

/** Any constant; the same in every Reeve that shares the database. */
export const EVALUATION_LOCK = 7373_0301

/** Subjects between two breaths, so that others get their turn. */
const BREATH = 200

/**
 * Takes the verdicts of one whole evaluation and carries every finding on through its life: opened, changed, closed with
 * evidence, opened again. A finding closes only when its rule now passes or does not apply, or its subject is gone from the
 * graph, which only a complete read brings about; a verdict that turned unknown leaves it open and unverified. `judgements` must be
 * all that `judgements(estate, rules, …)` yields. Reads and writes in sets; what did not change is not written.
 */
export async function storeEvaluation(
  tx: Tx,
  given: {
    estate: ThingsEstate
    rules: readonly Rule[]
    judgements: Iterable<Judged>
    now: Date
    run?: number
    expressions?: ReadonlyMap<string, string>
  },
): Promise<StoredEvaluation> {
  const { estate, rules, now } = given
  await sql`select pg_advisory_xact_lock(${EVALUATION_LOCK}), set_config('reeve.now', ${now.toISOString()}, true)`.execute(
    tx,
  )
  const due = await openDue(tx, now)
  const known = await load(tx, estate)
  const tallies = new Map<string, Tally>(
    rules.map((rule) => [rule.id, { fail: 0, pass: 0, unknown: 0, notApplicable: 0 }]),
  )
  const judged = new Map<string, number>()
  const passes = new Passes()
  const told: Told[] = []
  const closings: Closing[] = []
  const incoming = await openIncoming(tx)

  let seen = 0
  for (const { subject, rules: asked, outcomes } of given.judgements) {
    if (++seen % BREATH === 0) await breathe()
    const before = known.get(subject.key)
    const passed: string[] = []
    let applied = 0
    for (let n = 0; n < asked.length; n++) {
      const [rule, outcome] = [asked[n]!, outcomes[n]!]
      const tally = tallies.get(rule.id)!
      tally[outcome.verdict === 'not-applicable' ? 'notApplicable' : outcome.verdict]++
      if (outcome.verdict !== 'not-applicable') applied++
      if (outcome.verdict === 'pass') passed.push(rule.id)
      const was = before?.get(rule.id)
      if (was) was.judged = true
      if (outcome.verdict === 'pass' || outcome.verdict === 'not-applicable') {
        if (was && was.state !== 'resolved') closings.push({ id: was.id, rule, subject, outcome })
        continue
      }
      const finding = toFinding(rule, subject, outcome)
      const digest = digestOf(finding, rule, subject)
      if (was && was.digest === digest && was.state !== 'resolved' && !was.unverified) {
        if (was.state === 'open') told.push({ finding: { ...finding, id: was.id }, stands: true })
        continue
      }
      told.push({ finding, stands: false })
      const saw = finding.verdict === 'fail' ? sawOf(rule, subject, estate) : null
      await incoming.add(finding, digest, saw, rule.remembers ?? [])
    }
    if (applied > 0) judged.set(subject.key, applied)
    passes.add(subject.key, passed)
  }
  await incoming.end()

  const asked = new Map(rules.map((rule) => [rule.id, rule]))
  for (const [subject, rules] of known) {
    for (const [rule, before] of rules) {
      if (before.state === 'resolved' || before.judged) continue
      closings.push({
        id: before.id,
        rule: asked.get(rule) ?? rule,
        subject: estate.get(subject) ?? subject,
        outcome: null,
      })
    }
  }

  const { opened, reopened, unverified } = await carryOn(tx, now)
  const resolved = await close(tx, closings, estate, now)
  const verdicts = sum(tallies.values())
  const open = await openOnly(tx, told)
  await storeRules(tx, rules, tallies, given.expressions)
  await storeStandings(tx, { estate, rules, judged, open, passes: await passes.store(tx) })
  await storeThings(tx, { estate, rules, findings: open })
  await sql`insert into assess.evaluation (at, run, rules, subjects, fail, pass, unknown, not_applicable, opened, resolved, reopened)
    values (${now}, ${given.run ?? null}, ${rules.length}, ${judged.size}, ${verdicts.fail}, ${verdicts.pass}, ${verdicts.unknown}, ${verdicts.notApplicable},
      ${opened.length}, ${resolved.length}, ${reopened.length})`.execute(tx)
  await recordDue(tx, due)
  if (opened.length + resolved.length + reopened.length > 0) {
    const after = {
      opened: opened.slice(0, 1000),
      resolved: resolved.slice(0, 1000),
      reopened: reopened.slice(0, 1000),
    }
    await audit.record(tx, {
      actor: 'reeve',
      action: 'finding.evaluate',
      subject: given.run === undefined ? 'estate' : `run ${given.run}`,
      after,
    })
  }
  return { opened: opened.length, resolved: resolved.length, reopened: reopened.length, unverified, verdicts }
}

const sum = (tallies: Iterable<Tally>): Tally => {
  const total = { fail: 0, pass: 0, unknown: 0, notApplicable: 0 }
  for (const tally of tallies) for (const verdict of ruleKinds) total[verdict] += tally[verdict]
  return total
}

/**
 * The id is left out: a look-alike that comes or goes elsewhere does not change this finding. What the rule remembers of its subject
 * does, however little of it is told.
 */
function digestOf({ id: _, ...judged }: Finding, { remembers }: Rule, { attributes }: Entity): string {
  const of = remembers === undefined ? judged : { ...judged, remembers: remembers.map((name) => attributes[name]) }
  return hash('sha1', JSON.stringify(of), 'base64url')
}

/**
 * What is known, subject → rule. A credential that was found to be another one bears that one's key now; its findings
 * follow it, unless the other one has them already.
 */
async function load(tx: Tx, estate: ThingsEstate): Promise<Map<string, Map<string, Known>>> {
  const { rows } = await sql<Known & { rule: string; subject: string }>`
    select id, number, rule, subject, state, verdict, digest, unverified_since is not null as unverified, false as judged from assess.finding`.execute(
    tx,
  )
  const known = new Map<string, Map<string, Known>>()
  for (const row of rows) {
    const rules = known.get(row.subject)
    if (rules) rules.set(row.rule, row)
    else known.set(row.subject, new Map([[row.rule, row]]))
  }
  const moved: { id: string; subject: string }[] = []
  for (const [subject, rules] of [...known]) {
    const now = estate.get(subject)?.key ?? subject
    if (now === subject) continue
    const others = known.get(now) ?? new Map<string, Known>()
    known.set(now, others)
    for (const [rule, row] of rules) {
      if (row.state === 'resolved' || others.has(rule)) continue
      rules.delete(rule)
      others.set(rule, row)
      moved.push({ id: row.id, subject: now })
    }
  }
  if (moved.length > 0) {
    await sql`update assess.finding f set subject = m.subject from jsonb_to_recordset(${rowText(moved)}::jsonb) as m(id text, subject text) where f.id = m.id`.execute(
      tx,
    )
  }
  return known
}

/** Closes with evidence what failed; drops an unknown that was answered. Returns the ids that closed. */
async function close(tx: Tx, closings: readonly Closing[], estate: ThingsEstate, now: Date): Promise<string[]> {
  const gone = await goneEvidence(
    tx,
    closings.flatMap(({ subject }) => (typeof subject === 'string' ? [subject] : [])),
  )
  const closed: string[] = []
  for (let from = 0; from < closings.length; from += BATCH) {
    const batch = closings.slice(from, from + BATCH)
    const { rows: saws } = await sql<{
      id: string
      saw: Saw | null
    }>`select id, saw from assess.finding where id = any(${batch.map(({ id }) => id)})`.execute(tx)
    const saw = new Map(saws.map((row) => [row.id, row.saw]))
    const answers = batch.map((closing) => ({
      id: closing.id,
      evidence: evidenceOf(closing, saw.get(closing.id) ?? null, estate, gone, now),
    }))
    const { rows } = await sql<{ id: string }>`
      with answer as (select * from jsonb_to_recordset(${rowText(answers)}::jsonb) as x(id text, evidence jsonb)),
      answered as (delete from assess.finding f using answer where f.id = answer.id and f.number is null),
      done as (
        update assess.finding f set state = 'resolved', resolved_at = ${now}, evidence = answer.evidence, verdict = 'fail', until = null, asked = null,
          unverified_since = null, unverified_reason = null, unverified_permission = null, last_seen_at = (select max(at) from assess.evaluation)
        from answer where f.id = answer.id and f.number is not null returning f.id, f.evidence),
      told as (insert into assess.event (finding, at, what, says) select id, ${now}, 'resolved', 'Closed: ' || (evidence->'says'->>0) from done)
      select id from done order by id`.execute(tx)
    closed.push(...rows.map(({ id }) => id))
  }
  return closed
}

/** A finding of this evaluation. `stands`: it is open as it was, under the id that it bears; else what became of it is asked. */
interface Told {
  finding: Finding
  stands: boolean
}

/**
 * What is open, with the ids that the database gave: without the muted and accepted, and with those that failed before and
 * cannot be verified now, beside the verdict that was lost.
 */
async function openOnly(tx: Tx, told: readonly Told[]): Promise<Finding[]> {
  const { rows } = await sql<{ id: string; rule: string; subject: string }>`
    select f.id, f.rule, f.subject from incoming join assess.finding f using (rule, subject) where f.state = 'open'`.execute(
    tx,
  )
  const became = new Map(rows.map(({ id, rule, subject }) => [`${rule}\n${subject}`, id]))
  const judged = told.flatMap(({ finding, stands }) => {
    const id = stands ? finding.id : became.get(`${finding.rule}\n${finding.subject}`)
    return id === undefined ? [] : [{ ...finding, id }]
  })
  return [
    ...judged,
    ...(await storedFindings(tx, sql`state = 'open' and verdict = 'fail' and unverified_since is not null`)),
  ]
}
