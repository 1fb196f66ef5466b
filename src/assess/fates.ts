import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import type { Finding } from '../sdk/index.ts'
import type { Saw } from './closing.ts'
import { RANK } from './finding.ts'
import { oneAhead } from './one-ahead.ts'
import { rowText } from './row-text.ts'

/** Rows that go to the database, or are closed, in one statement. */
export const BATCH = 2_000

const COLUMNS =
  sql.raw(`rule text, subject text, verdict text, id text, severity text, rank smallint, title text, says text, owasp text[],
  because text[], fix text[], places jsonb, detector text, provider text, fingerprint text, redacted text, key_id text, live text, permission text, saw jsonb, remembers text[], digest text`)

/** New and changed findings on their way to the database, in batches. */
export async function openIncoming(tx: Tx): Promise<{
  add(finding: Finding, digest: string, saw: Saw | null, remembers: readonly string[]): Promise<void>
  end(): Promise<void>
}> {
  await sql`create temp table if not exists incoming (${COLUMNS}) on commit drop`.execute(tx)
  await sql`truncate incoming`.execute(tx)
  const ahead = oneAhead()
  let rows: unknown[] = []
  const flush = async (): Promise<void> => {
    const text = rowText(rows)
    rows = []
    await ahead.send(() =>
      sql`insert into incoming select * from jsonb_to_recordset(${text}::jsonb) as x(${COLUMNS})`.execute(tx),
    )
  }
  return {
    async end() {
      if (rows.length > 0) await flush()
      await ahead.end()
    },
    async add({ keyId, ...finding }, digest, saw, remembers) {
      rows.push({ ...finding, rank: RANK[finding.severity], key_id: keyId, saw, remembers, digest })
      if (rows.length >= BATCH) await flush()
    },
  }
}

/** Gives every incoming finding its fate, and writes it. */
export async function carryOn(
  tx: Tx,
  now: Date,
): Promise<{ opened: string[]; reopened: string[]; unverified: number }> {
  // Nobody else counts a temporary table, and hundreds of thousands of rows are not joined as a handful are.
  await sql`analyze incoming (rule, subject)`.execute(tx)
  await sql`drop table if exists became`.execute(tx)
  await sql`create temp table became on commit drop as
    select i.*, f.id as known, case
      when f.id is null then case i.verdict when 'fail' then 'opened' else 'unknown' end
      when i.verdict = 'fail' then case
        when f.state = 'resolved' then 'reopened'
        when f.state in ('muted', 'accepted') and moved then 'moved'
        when f.verdict = 'unknown' then case when f.number is null then 'opened' else 'reopened' end
        when f.severity <> i.severity then 'changed'
        else 'same' end
      when f.state = 'resolved' then 'unknown'
      when f.verdict = 'fail' then 'unverified'
      else 'same' end as fate, f.severity as was, moved
    from incoming i left join assess.finding f using (rule, subject)
    -- What a person looked at is not there any more, so that what was decided of it does not hold.
    cross join lateral (select exists (select from unnest(i.remembers) name
      where i.saw is not null and f.saw is not null and i.saw->''->name is distinct from f.saw->''->name) as moved) m`.execute(
    tx,
  )
  await sql`analyze became (rule, subject, id, known, fate)`.execute(tx)
  // Look-alikes are numbered on from those that are there.
  await sql`with base as (
      select split_part(id, '-', 1) as base, max(coalesce(nullif(split_part(id, '-', 2), '')::int, 1)) as last
      from assess.finding where split_part(id, '-', 1) in (select id from became where known is null) group by 1),
    fresh as (
      select rule, subject, coalesce(last, 0) + row_number() over (partition by id order by places->0->>'file', (places->0->>'line')::int nulls first, subject) as n
      from became left join base on base.base = became.id where known is null)
    update became set id = became.id || '-' || n from fresh where became.rule = fresh.rule and became.subject = fresh.subject and n > 1`.execute(
    tx,
  )
  await sql`insert into assess.finding (id, number, rule, subject, verdict, state, severity, rank, title, says, owasp, because, fix, places,
      detector, provider, fingerprint, redacted, key_id, live, permission, opened_at, saw, digest)
    select id, case when verdict = 'fail' then nextval('assess.finding_number') end, rule, subject, verdict, 'open', severity, rank, title, says, owasp, because, fix, places,
      detector, provider, fingerprint, redacted, key_id, live, permission, ${now}, saw, digest
    from (select * from became where known is null order by rank, rule, subject) fresh`.execute(tx)
  await sql`update assess.finding f set
      number = case when b.verdict = 'fail' then coalesce(f.number, nextval('assess.finding_number')) else f.number end,
      verdict = b.verdict,
      state = case when b.fate in ('opened', 'reopened', 'moved', 'unknown') then 'open' else f.state end,
      severity = b.severity, rank = b.rank, title = b.title, says = b.says, owasp = b.owasp, because = b.because, fix = b.fix, places = b.places,
      detector = b.detector, provider = b.provider, fingerprint = b.fingerprint, redacted = b.redacted, key_id = b.key_id, live = b.live,
      permission = b.permission, saw = coalesce(b.saw, f.saw), digest = b.digest,
      opened_at = case when b.fate in ('opened', 'reopened', 'moved') then ${now} else f.opened_at end,
      until = case when b.fate in ('opened', 'reopened', 'moved', 'unknown') then null else f.until end,
      asked = case when moved then null else f.asked end,
      last_seen_at = null, unverified_since = null, unverified_reason = null, unverified_permission = null, resolved_at = null, evidence = null
    from became b where f.id = b.known and b.fate <> 'unverified'`.execute(tx)
  await sql`update assess.finding f set unverified_since = coalesce(f.unverified_since, ${now}), unverified_reason = b.because[1], unverified_permission = b.permission
    from became b where f.id = b.known and b.fate = 'unverified'`.execute(tx)
  const { rows } = await sql<{ id: string; fate: string }>`
    with told as (
      insert into assess.event (finding, at, what, says)
      select coalesce(known, id), ${now}, case fate when 'unverified' then 'changed' when 'moved' then 'reopened' else fate end, case fate
        when 'opened' then 'Found: ' || says
        when 'reopened' then 'It came back: ' || says
        when 'moved' then 'Opened again, for it is not what was set aside any more: ' || says
        when 'unverified' then 'It cannot be verified now: ' || because[1]
        else 'Its severity went from ' || was || ' to ' || severity || '.' end
      from became b where fate in ('opened', 'reopened', 'moved', 'changed')
        or (fate = 'unverified' and exists (select from assess.finding f where f.id = b.known and f.unverified_since = ${now}))
      order by rank, rule, subject)
    select coalesce(known, id) as id, fate from became where fate in ('opened', 'reopened', 'moved', 'unverified') order by rank, rule, subject`.execute(
    tx,
  )
  const of = (fate: string) => rows.filter((row) => row.fate === fate).map(({ id }) => id)
  return { opened: of('opened'), reopened: [...of('reopened'), ...of('moved')], unverified: of('unverified').length }
}
