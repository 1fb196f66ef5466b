import { sql } from 'kysely'
import { audit, canonical, type Tx } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'
import { day } from './rules/standing.ts'

const DAY = 86_400_000
const MOST_MUTED = 90
const MOST_ACCEPTED = 365

interface Standing {
  id: string
  state: 'open' | 'muted' | 'accepted' | 'resolved'
  verdict: 'fail' | 'unknown'
  until: Date | null
  reason: string | null
  by: string | null
  approved_by: string | null
  asked: { until: string; reason: string; by: string; at: string } | null
}

/** What one step of a finding's life did. `undo` takes it back while nothing else happened to the finding. */
export interface Step {
  finding: string
  event: number
  state: Standing['state']
}

interface Act {
  /** The finding's id, or its number (`F-1043` or `1043`). */
  finding: string
  by: string
  now: Date
}

/** Puts an open finding aside until a date, at most 90 days off, after which it opens by itself. */
export async function mute(
  tx: Tx,
  { finding, until, reason, by, now }: Act & { until: Date; reason: string },
): Promise<Step> {
  const was = await hold(tx, finding)
  onlyFrom(was, ['open', 'muted'], 'muting')
  dated('muting', until, now, MOST_MUTED)
  reasoned('muting', reason)
  return become(tx, was, {
    state: 'muted',
    until,
    reason,
    by,
    now,
    what: 'muted',
    says: `Muted until ${day(until.getTime())}: ${reason}`,
  })
}

/** Asks that the risk be accepted until a date, at most a year off. Nothing changes before a second person approves. */
export async function askAcceptance(
  tx: Tx,
  { finding, until, reason, by, now }: Act & { until: Date; reason: string },
): Promise<Step> {
  const was = await hold(tx, finding)
  onlyFrom(was, ['open', 'muted'], 'asking to accept')
  dated('asking to accept', until, now, MOST_ACCEPTED)
  reasoned('asking to accept', reason)
  const asked = { until: until.toISOString(), reason, by, at: now.toISOString() }
  return become(tx, was, {
    asked,
    by,
    now,
    what: 'changed',
    says: `${by} asks to accept it until ${day(until.getTime())}: ${reason}`,
  })
}

/** The second person accepts what the first asked for. Throws `assess/second-person` when they are the same. */
export async function approveAcceptance(tx: Tx, { finding, by, now }: Act): Promise<Step> {
  const was = await hold(tx, finding)
  if (!was.asked)
    throw new ReeveError(
      'assess/not-asked',
      `accepting finding ${was.id}: nobody asked for it; ask first, then let a second person approve`,
    )
  if (was.asked.by === by)
    throw new ReeveError(
      'assess/second-person',
      `accepting finding ${was.id}: ${by} asked for it, so somebody else must approve`,
    )
  const until = new Date(was.asked.until)
  dated('accepting', until, now, MOST_ACCEPTED)
  return become(tx, was, {
    state: 'accepted',
    until,
    reason: was.asked.reason,
    by: was.asked.by,
    approvedBy: by,
    actor: by,
    asked: null,
    now,
    what: 'accepted',
    says: `Accepted until ${day(until.getTime())}, asked by ${was.asked.by}, approved by ${by}: ${was.asked.reason}`,
  })
}

/** Opens a muted or accepted finding before its date, or takes back a request to accept. */
export async function reopen(tx: Tx, { finding, by, now }: Act): Promise<Step> {
  const was = await hold(tx, finding)
  if (was.state === 'open' && was.asked)
    return become(tx, was, { asked: null, by, now, what: 'changed', says: `${by} took back the request to accept it.` })
  onlyFrom(was, ['muted', 'accepted'], 'opening again')
  return become(tx, was, {
    state: 'open',
    until: null,
    reason: null,
    asked: null,
    by: null,
    actor: by,
    now,
    what: 'reopened',
    says: `Opened again by ${by}.`,
  })
}

/** Takes back the last step somebody took, if nothing happened to the finding since. */
export async function undo(tx: Tx, { event, by, now }: { event: number; by: string; now: Date }): Promise<Step> {
  const { rows } = await sql<{ finding: string; before: Standing | null; last: string; says: string }>`
    select finding, before, says, (select max(id) from assess.event o where o.finding = e.finding) as last from assess.event e where id = ${event}`.execute(
    tx,
  )
  const step = rows[0]
  if (!step?.before)
    throw new ReeveError(
      'assess/no-undo',
      `undoing event ${event}: there is no such step, or it is none that a person took`,
    )
  const was = await hold(tx, step.finding)
  if (Number(step.last) !== event)
    throw new ReeveError(
      'assess/too-late',
      `undoing event ${event}: something else happened to finding ${was.id} since`,
    )
  const { state, until, reason, by: former, approved_by: approvedBy, asked } = step.before
  const end = until === null ? null : new Date(until)
  if (end && end <= now)
    throw new ReeveError('assess/too-late', `undoing event ${event}: the former state ended on ${day(end.getTime())}`)
  return become(tx, was, {
    state,
    until: end,
    reason,
    by: former,
    approvedBy,
    asked,
    actor: by,
    now,
    what: state === 'open' ? 'reopened' : state,
    says: `${by} took back: ${step.says}`,
  })
}

/** Opens what was muted or accepted until now. Its audit entry comes last in a transaction: `recordDue` writes it. */
export async function openDue(tx: Tx, now: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with due as (select id, state, until from assess.finding where state in ('muted', 'accepted') and until <= ${now} for update),
    opened as (update assess.finding f set state = 'open', until = null, reason = null, by = null, approved_by = null from due where due.id = f.id returning f.id)
    insert into assess.event (finding, at, what, says)
    select id, ${now}, 'reopened', 'Opened again: the time for which it was ' || state || ' is over.' from due order by id returning finding as id`.execute(
    tx,
  )
  return rows.map(({ id }) => id)
}

export async function recordDue(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await audit.record(tx, {
    actor: 'reeve',
    action: 'finding.reopen',
    subject: 'due',
    after: { findings: ids.slice(0, 1000), count: ids.length },
  })
}

async function hold(tx: Tx, finding: string): Promise<Standing> {
  const number = /^(?:F-)?(\d{1,15})$/i.exec(finding)?.[1] ?? null
  const { rows } = await sql<Standing>`
    select id, state, verdict, until, reason, by, approved_by, asked from assess.finding
    where id = ${finding} or number = ${number}::bigint order by id = ${finding} desc limit 1 for update`.execute(tx)
  if (!rows[0])
    throw new ReeveError(
      'assess/no-finding',
      `looking for finding ${finding.slice(0, 80)}: there is none with that id or number`,
    )
  return rows[0]
}

interface Change {
  state?: Standing['state']
  until?: Date | null
  reason?: string | null
  by: string | null
  approvedBy?: string | null
  asked?: Standing['asked']
  /** Who does it, where that is not `by`. */
  actor?: string
  now: Date
  what: 'muted' | 'accepted' | 'reopened' | 'changed' | 'resolved'
  says: string
}

async function become(tx: Tx, was: Standing, change: Change): Promise<Step> {
  const after = {
    state: change.state ?? was.state,
    until: change.until === undefined ? was.until : change.until,
    reason: change.reason === undefined ? was.reason : change.reason,
    by: change.state === undefined ? was.by : change.by,
    approved_by: change.approvedBy ?? null,
    asked: change.asked === undefined ? was.asked : change.asked,
  }
  const { id, verdict: _, ...before } = was
  const actor = change.actor ?? change.by ?? 'reeve'
  await sql`select set_config('reeve.now', ${change.now.toISOString()}, true)`.execute(tx)
  await sql`update assess.finding set state = ${after.state}, until = ${after.until}, reason = ${after.reason}, by = ${after.by}, approved_by = ${after.approved_by},
    asked = ${after.asked === null ? null : canonical(after.asked)}::jsonb where id = ${id}`.execute(tx)
  const { rows } = await sql<{ id: string }>`insert into assess.event (finding, at, what, by, says, before)
    values (${id}, ${change.now}, ${change.what}, ${actor}, ${change.says}, ${canonical(before)}::jsonb) returning id`.execute(
    tx,
  )
  await audit.record(tx, { actor, action: `finding.${change.what}`, subject: id, before, after })
  return { finding: id, event: Number(rows[0]!.id), state: after.state }
}

function onlyFrom(was: Standing, states: readonly Standing['state'][], doing: string): void {
  if (was.verdict === 'unknown')
    throw new ReeveError('assess/unknown', `${doing} finding ${was.id}: it is not known to hold; answer it instead`)
  if (!states.includes(was.state))
    throw new ReeveError('assess/state', `${doing} finding ${was.id}: it is ${was.state}`, {
      fields: { state: was.state },
    })
}

function dated(doing: string, until: Date, now: Date, most: number): void {
  if (!(until > now)) throw new ReeveError('assess/until', `${doing} a finding: the date must lie ahead`)
  if (until.getTime() > now.getTime() + most * DAY)
    throw new ReeveError('assess/until', `${doing} a finding: at most ${most} days ahead`)
}

function reasoned(doing: string, reason: string): void {
  if (reason.trim().length < 3) throw new ReeveError('assess/reason', `${doing} a finding: say why`)
  if (reason.length > 2000)
    throw new ReeveError('assess/reason', `${doing} a finding: the reason is longer than 2,000 characters`)
}
