/** Compares what holds with what was told, opens and closes alerts, and writes what has to go out: all in one transaction. */
import { sql } from 'kysely'
import { audit, type Db, type Tx } from '../platform/index.ts'
import { answeringFor } from './answering.ts'
import { observe } from './observe.ts'
import { tellChannels } from './tell.ts'

export interface Observed {
  opened: number
  raised: number
  closed: number
  /** How many messages were written for sending. */
  deliveries: number
}

/** Any constant; the same in every Reeve that shares the database. */
const ALERT_LOCK = 7373_0601

/**
 * Every condition is told once while it holds, once more for each threshold it passes, and closes itself when it holds no more.
 * Whoever runs it twice at the same moment changes nothing the second time.
 */
export async function observeAlerts(db: Db, { now, link }: { now: Date; link: string | null }): Promise<Observed> {
  return db.transaction().execute(async (tx) => {
    await sql`set local jit = off`.execute(tx)
    await sql`select pg_advisory_xact_lock(${ALERT_LOCK})`.execute(tx)
    await observe(tx, now)
    const closed = await close(tx, now)
    const raised = await raise(tx, now)
    const opened = await open(tx, now)
    await nameOwners(tx, [...opened, ...raised])
    const deliveries = await tellChannels(tx, { now, link, opened, raised, closed })
    if (opened.length + raised.length + closed.length > 0)
      await audit.record(tx, {
        actor: 'reeve',
        action: 'alert.observe',
        subject: 'estate',
        after: { opened: opened.length, raised: raised.length, closed: closed.length, deliveries },
      })
    return { opened: opened.length, raised: raised.length, closed: closed.length, deliveries }
  })
}

const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id)

async function open(tx: Tx, now: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into alert.alert (condition, event, subject, name, kind, level, severity, rank, says, because, fix, finding, ends, sources, environment, opened_at, raised_at)
    select o.condition, o.event, o.subject, o.name, o.kind, o.level, (array['critical', 'high', 'medium', 'low', 'info'])[o.rank + 1], o.rank, o.says,
      o.because, o.fix, o.finding, o.ends, o.sources, o.environment, ${now}, ${now}
    from observed o where o.begins order by o.rank, o.condition
    on conflict (condition) where closed_at is null do nothing returning id`.execute(tx)
  return ids(rows)
}

/** The next threshold was passed, or the finding became worse: it is told again. */
async function raise(tx: Tx, now: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update alert.alert a set level = o.level, rank = o.rank, severity = (array['critical', 'high', 'medium', 'low', 'info'])[o.rank + 1], says = o.says,
      because = o.because, fix = o.fix, finding = o.finding, name = o.name, sources = o.sources, environment = o.environment, raised_at = ${now}
    from observed o where o.condition = a.condition and a.closed_at is null and o.level > a.level returning a.id`.execute(
    tx,
  )
  return ids(rows)
}

/** What holds no more closes, with what became of it. */
async function close(tx: Tx, now: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update alert.alert a set closed_at = ${now}, closed_says = case
        when f.state = 'muted' then 'Its finding is muted.'
        when f.state = 'accepted' then 'Its risk is accepted for a time.'
        when n.id is null then 'It is gone from its source.'
        when a.event = 'ending' and n.expires > a.ends then 'It was renewed: it ends on ' || to_char(n.expires at time zone 'UTC', 'FMDD FMMonth YYYY') || ' now.'
        when a.event = 'ending' and n.body->'attributes'->'autoRenew' = 'true'::jsonb then 'Its source says that it renews itself.'
        when a.event = 'ending' then 'It does not end any more, or is out of force.'
        when f.evidence->'says'->>0 is not null then f.evidence->'says'->>0
        when a.event = 'privilege' then 'The grant is gone, or does not lead to what is privileged.'
        else 'It does not hold any more.' end
    from alert.alert was left join graph.key k on k.key = was.subject left join graph.node n on n.id = coalesce(k.same_as, k.id)
      left join assess.finding f on f.number = nullif(substring(was.finding from '\\d+$'), '')::bigint
    where was.id = a.id and a.closed_at is null and not exists (select from observed o where o.condition = a.condition) returning a.id`.execute(
    tx,
  )
  return ids(rows)
}

const AT_ONCE = 5_000

/** Whoever answers when it is told; kept with the alert, so that lists need not look for it. */
async function nameOwners(tx: Tx, alerts: readonly string[]): Promise<void> {
  for (let from = 0; from < alerts.length; from += AT_ONCE) {
    const { rows } = await sql<{ id: string; subject: string }>`
      select id, subject from alert.alert where id = any(${alerts.slice(from, from + AT_ONCE)}::uuid[])`.execute(tx)
    const answering = await answeringFor(
      tx,
      rows.map(({ subject }) => subject),
    )
    const named = rows.flatMap(({ id, subject }) => {
      const owner = answering.get(subject)?.owner
      return owner ? [{ id, owner: owner.key, name: owner.name }] : []
    })
    if (named.length === 0) continue
    await sql`update alert.alert a set owner = v.owner, owner_name = v.name
      from jsonb_to_recordset(${JSON.stringify(named)}::jsonb) as v(id uuid, owner text, name text) where a.id = v.id`.execute(
      tx,
    )
  }
}
