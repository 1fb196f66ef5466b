/** What goes to which channel and to whom, written into the outbox. */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import { type Answering, answeringFor, reachable } from './answering.ts'
import { kindOf } from './configured.ts'
import { Filter, fits, type Routed } from './filter.ts'
import { type AlertRow, lineOf } from './line-of.ts'
import { AlertEvent, type AlertLine, type Message, MOST_LINES, severityOf, some, titleOf } from './message.ts'

interface Told {
  now: Date
  link: string | null
  opened: readonly string[]
  raised: readonly string[]
  closed: readonly string[]
}

interface ChannelRow {
  id: string
  kind: string
  shown: Record<string, unknown>
  filter: unknown
  introduced_at: Date | null
}

type Light = Routed & { subject: string }

/** More alerts than this at once are one message, also where each has its own otherwise. */
const MOST_EACH = 20
const OVERDUE = '7 days'

/** Writes the deliveries; how many there are. */
export async function tellChannels(tx: Tx, told: Told): Promise<number> {
  const { rows: channels } = await sql<ChannelRow>`
    select id, kind, shown, filter, introduced_at from alert.channel where not paused order by created_at, id`.execute(
    tx,
  )
  const outbox = new Outbox(tx, told)
  if (channels.length === 0) return 0
  const [changed, closed] = [await light(tx, [...told.opened, ...told.raised]), await light(tx, told.closed)]
  for (const channel of channels) {
    const isNew = channel.introduced_at === null
    const filter = Filter.parse(channel.filter)
    const news = (isNew ? await lightOpen(tx) : changed).filter((one) => fits(filter, one))
    const ended = isNew ? [] : closed.filter((one) => fits(filter, one))
    if (kindOf(channel.kind).gathers === 'each') await tellEach(tx, outbox, channel, news, ended)
    else await tellDigest(tx, outbox, channel, news, filter.closings ? ended : [])
    if (isNew) await sql`update alert.channel set introduced_at = ${told.now} where id = ${channel.id}`.execute(tx)
  }
  await tellOverdue(tx, outbox, channels)
  return outbox.written
}

const lightColumns = sql`id, event, rank, sources, environment, owner, subject`

async function light(tx: Tx, alerts: readonly string[]): Promise<Light[]> {
  if (alerts.length === 0) return []
  const { rows } =
    await sql<Light>`select ${lightColumns} from alert.alert where id = any(${alerts}::uuid[]) order by rank, opened_at, condition`.execute(
      tx,
    )
  return rows
}

const lightOpen = async (tx: Tx): Promise<Light[]> =>
  (
    await sql<Light>`select ${lightColumns} from alert.alert where closed_at is null order by rank, opened_at, condition`.execute(
      tx,
    )
  ).rows

/** One message for each alert; of many at once, one for all. What was told is taken back when it closes. */
async function tellEach(
  tx: Tx,
  outbox: Outbox,
  channel: ChannelRow,
  news: readonly Light[],
  ended: readonly Light[],
): Promise<void> {
  if (news.length > MOST_EACH)
    await outbox.write({ channel: channel.id, recipient: null, what: 'digest', news, ended: [] })
  else
    for (const one of news)
      await outbox.write({
        channel: channel.id,
        recipient: null,
        what: 'opened',
        topic: one.id,
        news: [one],
        ended: [],
      })
  if (ended.length === 0) return
  // Only what was told there is taken back there; a digest when all that it told is over.
  const { rows } = await sql<{ topic: string; alerts: string[] }>`
    select d.topic, array_agg(distinct a.id) as alerts from alert.delivery d join alert.alert a on a.id = any(d.alerts)
    where d.channel = ${channel.id} and d.what in ('opened', 'digest') and d.alerts && ${ended.map(({ id }) => id)}::uuid[]
    group by d.topic having bool_and(a.closed_at is not null) order by min(d.number)`.execute(tx)
  for (const { topic, alerts } of rows) {
    const over = alerts.length === 1 ? ended.filter(({ id }) => id === alerts[0]) : await light(tx, alerts)
    await outbox.write({ channel: channel.id, recipient: null, what: 'closed', topic, news: [], ended: over })
  }
}

/** One message for all that came of a run: to the channel, or to each person for what is theirs. */
async function tellDigest(
  tx: Tx,
  outbox: Outbox,
  channel: ChannelRow,
  news: readonly Light[],
  ended: readonly Light[],
): Promise<void> {
  const kind = kindOf(channel.kind)
  if (news.length + ended.length === 0) return
  const fixed = kind.recipients?.(channel.shown) ?? [null]
  for (const recipient of fixed) await outbox.write({ channel: channel.id, recipient, what: 'digest', news, ended })
  if (!kind.people?.(channel.shown).owners) return
  const answering = await answeringOf(tx, [...news, ...ended])
  const owned = (lines: readonly Light[]) =>
    Map.groupBy(lines, ({ subject }) => {
      const { owner, backup } = answering.get(subject) ?? {}
      return owner?.left ? reachable(backup) : reachable(owner)
    })
  const [theirs, over] = [owned(news), owned(ended)]
  for (const address of new Set([...theirs.keys(), ...over.keys()])) {
    if (address === null || (fixed as readonly (string | null)[]).includes(address)) continue
    await outbox.write({
      channel: channel.id,
      recipient: address,
      what: 'digest',
      news: theirs.get(address) ?? [],
      ended: over.get(address) ?? [],
    })
  }
}

/** What ends within a day, or stayed open for a week, goes to the backup once. */
async function tellOverdue(tx: Tx, outbox: Outbox, channels: readonly ChannelRow[]): Promise<void> {
  const reach = channels.filter(({ kind, shown }) => kindOf(kind).people?.(shown).backups)
  if (reach.length === 0) return
  const { rows: due } = await sql<Light>`
    select ${lightColumns} from alert.alert where closed_at is null and overdue_at is null
      and (event = 'ending' and level = 3 or event <> 'ending' and opened_at <= ${outbox.told.now}::timestamptz - ${sql.lit(OVERDUE)}::interval)
      and (exists (select from act.assignment where sort = 'backup' and ended_at is null)
        or exists (select from graph.edge where verb = 'owns' and valid_to is null and attributes->'backup' = 'true'::jsonb))
    order by rank, opened_at, condition`.execute(tx)
  const answering = await answeringOf(tx, due)
  const toldOf = new Set<string>()
  for (const channel of reach) {
    const filter = Filter.parse(channel.filter)
    const theirs = Map.groupBy(
      due.filter((one) => fits(filter, one)),
      ({ subject }) => reachable(answering.get(subject)?.backup),
    )
    for (const [address, news] of theirs) {
      if (address === null) continue
      for (const { id } of news) toldOf.add(id)
      await outbox.write({ channel: channel.id, recipient: address, what: 'overdue', news, ended: [] })
    }
  }
  if (toldOf.size > 0)
    await sql`update alert.alert set overdue_at = ${outbox.told.now} where id = any(${[...toldOf]}::uuid[])`.execute(tx)
}

async function answeringOf(tx: Tx, lines: readonly Light[]): Promise<Map<string, Answering>> {
  const found = new Map<string, Answering>()
  const subjects = [...new Set(lines.map(({ subject }) => subject))]
  for (let from = 0; from < subjects.length; from += 5_000)
    for (const [subject, one] of await answeringFor(tx, subjects.slice(from, from + 5_000))) found.set(subject, one)
  return found
}

interface Written {
  channel: string
  recipient: string | null
  what: 'opened' | 'closed' | 'digest' | 'overdue'
  topic?: string
  news: readonly Light[]
  ended: readonly Light[]
}

class Outbox {
  readonly told: Told
  readonly #tx: Tx
  written = 0

  constructor(tx: Tx, told: Told) {
    this.#tx = tx
    this.told = told
  }

  async write({ channel, recipient, what, topic, news, ended }: Written): Promise<void> {
    const id = randomUUID()
    const message = await this.#message(what, news, ended)
    await sql`insert into alert.delivery (id, channel, recipient, topic, what, message, alerts, next_at, created_at)
      values (${id}, ${channel}, ${recipient}, ${topic ?? `digest-${id}`}, ${what}, ${JSON.stringify(message)}, ${[...news, ...ended].map((one) => one.id)}::uuid[],
        ${this.told.now}, ${this.told.now})`.execute(this.#tx)
    this.written++
  }

  async #message(what: Written['what'], news: readonly Light[], ended: readonly Light[]): Promise<Message> {
    const lines = await this.#lines(news)
    const closed = await this.#lines(ended)
    const first = news.length > 0 ? lines[0]! : closed[0]!
    const counts = new Map(AlertEvent.options.map((event) => [event, news.filter((one) => one.event === event).length]))
    const overdue = what === 'overdue' ? 'Overdue: ' : ''
    const title =
      news.length > 0
        ? `${overdue}${news.length === 1 ? first.says : titleOf(counts)}`
        : ended.length === 1
          ? `Closed: ${first.says}`
          : `Closed by itself: ${some(ended.length, 'alert')}`
    return {
      what,
      title,
      severity: severityOf((news[0] ?? ended[0])!.rank),
      at: this.told.now.toISOString(),
      alerts: lines,
      more: news.length - lines.length,
      closed,
      moreClosed: ended.length - closed.length,
      link: this.#link(news.length > 0 ? news : ended, first),
    }
  }

  async #lines(of: readonly Light[]): Promise<AlertLine[]> {
    const shown = of.slice(0, MOST_LINES).map(({ id }) => id)
    if (shown.length === 0) return []
    const { rows } =
      await sql<AlertRow>`select a.* from unnest(${shown}::uuid[]) with ordinality as s(id, place) join alert.alert a using (id) order by s.place`.execute(
        this.#tx,
      )
    return rows.map((row) => lineOf(row, this.told.now))
  }

  #link(of: readonly Light[], first: AlertLine): string | null {
    const { link } = this.told
    if (link === null) return null
    if (of.length > 1) return `${link}${of.every(({ event }) => event === 'ending') ? '/expiry' : '/findings'}`
    return first.finding === null
      ? `${link}/identities/${encodeURIComponent(first.subject)}`
      : `${link}/findings/${first.finding}`
  }
}
