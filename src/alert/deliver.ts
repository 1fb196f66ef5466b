/** Sends what the outbox holds: at least once, in order for each topic, again after a pause that grows, and at last given up. */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { AddressGuard, Clock, Db, Sealer } from '../platform/index.ts'
import { codeOf, type Log, messageOf, ReeveError, type Run } from '../sdk/index.ts'
import { type ChannelKind, type Parcel, Undelivered } from './channel.ts'
import { getChannel, kindOf, openChannel } from './configured.ts'
import { line, type Message } from './message.ts'
import { overStored, parseSettings, type Settings, withoutValues } from './settings.ts'

export interface Sending {
  db: Db
  sealer: Sealer
  clock: Clock
  log: Log
  fetch: Run['fetch']
  guard: AddressGuard
  /** From 0 to below 1. */
  random?: () => number
}

/** Tries of one delivery in all: with the pauses between them, a little more than two days. */
const MOST_TRIES = 12
const FIRST_PAUSE = 30
const LONGEST_PAUSE = 6 * 3600
/** A process that took one and died held it for so long. */
const HELD_MINUTES = 10
const SEND_MILLISECONDS = 90_000

interface Due {
  id: string
  channel: string
  recipient: string | null
  topic: string
  message: Message
  attempts: number
}

/** Sends what is due, until nothing is. How many were sent, will be tried again, and were given up. */
export async function deliverDue(
  sending: Sending,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ sent: number; later: number; dead: number }> {
  const done = { sent: 0, later: 0, dead: 0 }
  while (!signal.aborted) {
    const due = await take(sending)
    if (due === null) break
    done[await deliver(sending, due, signal)]++
  }
  return done
}

/** The oldest that may go: none before an earlier one about the same, none to a channel that asked for a rest. */
async function take({ db, clock }: Sending): Promise<Due | null> {
  const now = clock.now()
  const { rows } = await sql<Due>`
    update alert.delivery set state = 'sending', attempts = attempts + 1, next_at = ${now}::timestamptz + make_interval(mins => ${HELD_MINUTES})
    where id = (select d.id from alert.delivery d join alert.channel c on c.id = d.channel
      where d.state in ('waiting', 'sending') and d.next_at <= ${now} and not c.paused and coalesce(c.hold_until <= ${now}, true)
        and not exists (select from alert.delivery e where e.channel = d.channel and e.topic = d.topic and e.number < d.number and e.state in ('waiting', 'sending'))
      order by d.number limit 1 for update of d skip locked)
    returning id, channel, recipient, topic, message, attempts`.execute(db)
  return rows[0] ?? null
}

async function deliver(sending: Sending, due: Due, signal: AbortSignal): Promise<'sent' | 'later' | 'dead'> {
  const { db, clock, log } = sending
  const failed = await openChannel(db, sending.sealer, due.channel)
    .then(({ kind, settings }) => attempt(sending, kind, settings, due, signal))
    .catch((error: unknown) => failureOf(error, messageOf(error)))
  if (failed === null) {
    await sql`update alert.delivery set state = 'sent', ended_at = ${clock.now()}, error = null, error_code = null where id = ${due.id} and state = 'sending'`.execute(
      db,
    )
    await sql`update alert.channel set hold_until = null where id = ${due.channel} and hold_until is not null`.execute(
      db,
    )
    log.info({ delivery: due.id, channel: due.channel, attempts: due.attempts }, 'an alert was sent')
    return 'sent'
  }
  if (signal.aborted) {
    await sql`update alert.delivery set state = 'waiting', attempts = attempts - 1, next_at = ${clock.now()} where id = ${due.id} and state = 'sending'`.execute(
      db,
    )
    return 'later'
  }
  const isOver = failed.permanent || due.attempts >= MOST_TRIES
  const pause = pauseAfter(due.attempts, failed.after, sending.random ?? Math.random)
  const next = new Date(clock.now().getTime() + pause * 1000)
  await sql`update alert.delivery set state = ${isOver ? 'dead' : 'waiting'}, next_at = ${next}, ended_at = ${isOver ? clock.now() : null},
    error_code = ${failed.code}, error = ${failed.says} where id = ${due.id} and state = 'sending'`.execute(db)
  if (failed.after !== undefined && !isOver)
    await sql`update alert.channel set hold_until = ${next} where id = ${due.channel}`.execute(db)
  log.warn(
    { delivery: due.id, channel: due.channel, attempts: due.attempts, code: failed.code, over: isOver },
    'an alert was not taken',
  )
  return isOver ? 'dead' : 'later'
}

/** Seconds: what the other side asked for, else twice the last pause, each with up to a fifth more so that not all come at once. */
export function pauseAfter(attempts: number, asked: number | undefined, random: () => number): number {
  const grown = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1))
  return Math.min(86_400, Math.max(asked ?? 0, asked === undefined ? grown : 1)) * (1 + random() / 5)
}

interface Failure {
  code: string
  says: string
  permanent: boolean
  after: number | undefined
}

/** Null when it was taken. What the other side says is kept without any secret in it. */
async function attempt(
  { fetch, guard, clock }: Sending,
  kind: ChannelKind,
  settings: Settings,
  parcel: Parcel,
  signal: AbortSignal,
): Promise<Failure | null> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(SEND_MILLISECONDS)])
  try {
    await kind.send(parseSettings(kind, settings), parcel, { fetch, guard, now: () => clock.now(), signal: limit })
    return null
  } catch (error) {
    return failureOf(error, line(withoutValues(kind, settings, messageOf(error)), 500))
  }
}

function failureOf(error: unknown, says: string): Failure {
  const permanent =
    error instanceof Undelivered
      ? error.permanent
      : ['outbound/refused-address', 'outbound/scheme', 'alert/settings', 'seal/broken', 'seal/unknown-key'].includes(
          codeOf(error),
        )
  return { code: codeOf(error), says, permanent, after: error instanceof Undelivered ? error.after : undefined }
}

export interface Tested {
  ok: boolean
  /** To whom it went. */
  recipients: string[]
  error: { code: string; message: string } | null
}

/** Sends a test message at once, past the outbox: whoever asks waits for the answer. Of a channel that is kept, or of settings. */
export async function testChannel(
  sending: Sending,
  given: {
    channel?: string | undefined
    kind?: string | undefined
    settings?: Settings | undefined
    recipient?: string | undefined
    by: string
    link: string | null
  },
  signal: AbortSignal = new AbortController().signal,
): Promise<Tested> {
  const stored = given.channel === undefined ? null : await openChannel(sending.db, sending.sealer, given.channel)
  const kind = stored?.kind ?? kindOf(given.kind ?? '')
  const settings =
    stored && given.settings
      ? overStored(kind, stored.settings, given.settings)
      : (stored?.settings ?? given.settings ?? {})
  const config = parseSettings(kind, settings)
  const fixed = kind.recipients?.(config)
  const recipients: readonly (string | null)[] =
    given.recipient !== undefined && fixed ? [given.recipient] : (fixed ?? [null])
  if (recipients.length === 0)
    throw new ReeveError(
      'alert/no-recipient',
      'sending a test message: this channel has no address of its own; say to whom, as in --to you@example.org',
    )
  for (const recipient of recipients) {
    const id = randomUUID()
    const failed = await attempt(
      sending,
      kind,
      settings,
      { id, topic: `test-${id}`, recipient, message: testMessage(sending.clock.now(), given) },
      signal,
    )
    if (failed) return { ok: false, recipients: [], error: { code: failed.code, message: failed.says } }
  }
  return { ok: true, recipients: recipients.flatMap((one) => one ?? []), error: null }
}

const testMessage = (now: Date, { by, link }: { by: string; link: string | null }): Message => ({
  what: 'test',
  title: `Reeve reaches you here: ${line(by, 100)} asked for this test.`,
  severity: 'info',
  at: now.toISOString(),
  alerts: [],
  more: 0,
  closed: [],
  moreClosed: 0,
  link,
})

/** One that was given up, or waits, goes at the next chance. Throws `alert/no-delivery`. */
export async function retryDelivery({ db, clock }: Pick<Sending, 'db' | 'clock'>, id: string): Promise<void> {
  const { rows } = await sql<{
    channel: string
  }>`update alert.delivery set state = 'waiting', attempts = 0, next_at = ${clock.now()}, ended_at = null
    where id::text = ${id} and state in ('dead', 'waiting') returning channel`.execute(db)
  if (!rows[0])
    throw new ReeveError(
      'alert/no-delivery',
      `trying delivery ${id.slice(0, 60)} again: there is none with that id that was given up or waits`,
    )
  await sql`update alert.channel set hold_until = null where id = ${(await getChannel(db, rows[0].channel)).id}`.execute(
    db,
  )
}
