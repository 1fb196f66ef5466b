/** What holds now, as rows of a table that the engine compares with what it told before. All in sets. */
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../platform/index.ts'

/** Rules whose finding is an event of its own, or is told by another. */
const LONG_LIVED = 'credential-long-lived'
const OWNER_GONE = 'identity-owner-gone'
const TOLD_AS_ENDING = ['credential-about-to-expire', 'credential-expired-but-present']
/** Findings below this are for the list alone: 2 is medium. */
const LEAST = 2
/** What gives more than an identity should have; about an identity and at least high it is as good as administrator. */
const TOO_MUCH = 'NHI5'

const attribute = (node: string, name: string) => sql.raw(`${node}.body->'attributes'->>'${name}'`)
export const outOfForce = (node: string): RawBuilder<boolean> => sql`coalesce(
  coalesce(${attribute(node, 'disabled')}, ${attribute(node, 'suspended')}, ${attribute(node, 'revoked')}, 'false') = 'true'
  or ${attribute(node, 'enabled')} = 'false'
  or lower(${attribute(node, 'status')}) in ('disabled', 'inactive', 'revoked', 'suspended', 'deprovisioned', 'deleted', 'expired'), false)`
const shortName = (node: string) => sql.raw(`left(regexp_replace(left(${node}.name, 400), '\\s+', ' ', 'g'), 120)`)
const columns = sql.raw(
  'condition, event, subject, name, kind, level, rank, says, because, fix, finding, ends, sources, environment, begins',
)

/** Fills the temporary table `observed`, which lives as long as the transaction. */
export async function observe(tx: Tx, now: Date): Promise<void> {
  await sql`create temp table observed (condition text primary key, event text not null, subject text collate "C" not null, name text not null,
    kind text not null, level smallint not null, rank smallint not null, says text not null, because text[] not null, fix text[] not null,
    finding text, ends timestamptz, sources text[] not null, environment text, begins boolean not null) on commit drop`.execute(
    tx,
  )
  await observeEndings(tx, now)
  await observePrivileges(tx)
  await observeFindings(tx)
  await observeUndatedAges(tx, now)
  await sql`analyze observed`.execute(tx)
}

/**
 * What ends within 30 days, or ended and is still there, and is not known to renew itself. `level` is the nearest threshold that was
 * passed: 1 at 30 days, 2 at 7, 3 at 1. A threshold does not count for what was made to live less than twice as long.
 */
async function observeEndings(tx: Tx, now: Date): Promise<void> {
  const within = (days: number) =>
    sql`(n.expires <= ${now}::timestamptz + make_interval(days => ${sql.lit(days)}) and coalesce(n.expires - n.created >= make_interval(days => ${sql.lit(2 * days)}), true))`
  await sql`insert into observed (${columns})
    select 'ending:' || n.key || '@' || extract(epoch from n.expires)::bigint, 'ending', n.key, ${shortName('n')}, n.kind, t.level,
      case when n.expires < ${now}::timestamptz - interval '30 days' then 2 else 3 - t.level end, '', '{}', '{}', null, n.expires, n.connections, n.environment, true
    from graph.node n, lateral (select case when ${within(1)} then 3 when ${within(7)} then 2 when ${within(30)} then 1 else 0 end as level) t
    where n.expires is not null and n.expires <= ${now}::timestamptz + interval '30 days' and n.kind in ('credential', 'identity', 'secret')
      and n.body->'attributes'->'autoRenew' is distinct from 'true'::jsonb and not ${outOfForce('n')} and t.level > 0`.execute(
    tx,
  )
}

/**
 * Privileged grants to what is not a person: an edge that leads to what is privileged, or makes it so by another grant. It begins an
 * alert when it was not there the last time and none of the sources that say so was read for the first time, or whole for the
 * first time. What was seen is written down for the next time.
 */
async function observePrivileges(tx: Tx): Promise<void> {
  await sql`create temp table fresh on commit drop as
    select s.id from graph.source s left join alert.baseline b on b.source = s.id
    where s.removed_at is null and (b.source is null or (s.complete and not b.complete))`.execute(tx)
  await sql`create temp table granted on commit drop as
    with recursive privileged as (
      select n.id from graph.node n where n.kind in ('entitlement', 'identity') and (n.body->'tier' = '0'::jsonb
        or n.body->'attributes'->'privileged' = 'true'::jsonb or n.body->'attributes'->'admin' = 'true'::jsonb
        or n.body->'attributes'->'excess' @> '[{"level": "all"}]'::jsonb)
      union
      select e.from_id from privileged p join graph.edge e on e.to_id = p.id and e.verb = 'has' and e.valid_to is null)
    select 'grant:' || f.key || ' ' || e.verb || ' ' || t.key as sentence, f.key as subject, ${shortName('f')} as name, 'identity' as kind,
      1::smallint as rank, ${shortName('f')} || case e.verb when 'has' then ' now has ' when 'assumes' then ' may now act as ' else ' may now change ' end
        || ${shortName('t')} || '.' as says,
      array[${shortName('t')} || ' is privileged: whoever holds it holds more than its own things.'] as because,
      array['Ask who granted it, and for what.', 'Take it back at its source if nobody needs it, or name an end.'] as fix,
      null as finding, f.connections as sources, f.environment,
      bool_or(e.source_id in (select id from fresh) or f.sources && array(select id from fresh) or t.sources && array(select id from fresh)) as quiet
    from graph.edge e join graph.node f on f.id = e.from_id join privileged p on p.id = e.to_id join graph.node t on t.id = e.to_id
    where e.valid_to is null and e.verb in ('has', 'assumes', 'controls') and f.kind = 'identity'
      and coalesce(f.account_kind, '') not in ('human', 'system') and not ${outOfForce('f')}
    group by e.verb, f.id, f.key, f.name, f.connections, f.environment, t.id, t.key, t.name`.execute(tx)
  await sql`insert into granted
    select 'finding:' || f.id, f.subject, ${shortName('n')}, 'identity', f.rank, f.says, f.because, f.fix, 'F-' || f.number, n.connections, n.environment,
      n.sources && array(select id from fresh)
    from assess.finding f join graph.node n on n.key = f.subject
    where f.state = 'open' and f.verdict = 'fail' and f.rank <= 1 and ${TOO_MUCH} = any(f.owasp) and n.kind = 'identity'
      and coalesce(n.account_kind, '') not in ('human', 'system') and not exists (select from granted g where g.subject = f.subject)`.execute(
    tx,
  )
  await sql`insert into observed (${columns})
    select 'privilege:' || g.sentence, 'privilege', g.subject, g.name, g.kind, 1, g.rank, g.says, g.because, g.fix, g.finding, null, g.sources, g.environment, true
    from granted g where (not g.quiet and not exists (select from alert.privilege p where p.sentence = g.sentence))
      or exists (select from alert.alert a where a.closed_at is null and a.condition = 'privilege:' || g.sentence)`.execute(
    tx,
  )
  await sql`delete from alert.privilege p where not exists (select from granted g where g.sentence = p.sentence)`.execute(
    tx,
  )
  await sql`insert into alert.privilege (sentence) select sentence from granted on conflict do nothing`.execute(tx)
  await sql`delete from alert.baseline b where not exists (select from graph.source s where s.id = b.source and s.removed_at is null)`.execute(
    tx,
  )
  await sql`insert into alert.baseline (source, complete) select s.id, s.complete from graph.source s join fresh using (id)
    on conflict (source) do update set complete = excluded.complete`.execute(tx)
}

/** Open findings, but those that are told as a grant or an end. One that becomes worse rises. */
async function observeFindings(tx: Tx): Promise<void> {
  await sql`insert into observed (${columns})
    select distinct on (1) case w.event when 'finding' then 'finding:' || f.id else w.event || ':' || f.subject end, w.event, f.subject,
      coalesce(${shortName('n')}, left(f.subject, 120)), coalesce(n.kind, 'resource'), case w.event when 'finding' then 5 - f.rank else 1 end,
      f.rank, f.says, f.because, f.fix, 'F-' || f.number, null, coalesce(n.connections, '{}'), n.environment, true
    from assess.finding f left join graph.node n on n.key = f.subject,
      lateral (select case f.rule when ${LONG_LIVED} then 'age' when ${OWNER_GONE} then 'ownership' else 'finding' end as event) w
    where f.state = 'open' and f.verdict = 'fail' and f.number is not null and f.rule <> all(${TOLD_AS_ENDING})
      and (w.event <> 'finding' or f.rank <= ${sql.lit(LEAST)})
      and not (w.event = 'finding' and ${TOO_MUCH} = any(f.owasp) and f.rank <= 1
        and exists (select from observed o where o.event = 'privilege' and o.subject = f.subject))
    order by 1, f.rank`.execute(tx)
}

/**
 * Credentials of which no source says when they were made: their age counts from when they were first seen here, under the limits of
 * the rule about long-lived ones, as this installation has set them.
 */
async function observeUndatedAges(tx: Tx, now: Date): Promise<void> {
  await sql`insert into observed (${columns})
    select 'age:' || n.key, 'age', n.key, ${shortName('n')}, n.kind, 1, 2,
      ${shortName('n')} || ' has been here at least since ' || to_char(n.first_seen at time zone 'UTC', 'FMDD FMMonth YYYY') || '.',
      array['No source says when it was made: its age counts from when Reeve first saw it.',
        'A ' || replace(n.method, '-', ' ') || ' may be ' || m.most || ' days old.'],
      r.fix, null, null, n.connections, n.environment, true
    from assess.rule r left join assess.rule_setting s on s.rule = r.id,
      graph.node n, lateral (select coalesce(s.params->>n.method, r.params->'properties'->n.method->>'default')::int as most) m
    where r.id = ${LONG_LIVED} and coalesce(s.enabled, true) and n.kind = 'credential' and n.method is not null and n.created is null and m.most is not null
      and n.first_seen <= ${now}::timestamptz - make_interval(days => m.most + 1) and coalesce(n.expires > ${now}::timestamptz, true)
      and not coalesce(n.body->'created' ? 'notApplicable', false) and not (n.body->'attributes' ?| array['detector', 'rotated']) and not ${outOfForce('n')}
    on conflict (condition) do nothing`.execute(tx)
}
