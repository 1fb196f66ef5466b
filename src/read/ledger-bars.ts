import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { LedgerBar, SourceSeen } from './ledger.ts'
import { isoOrNull } from './refs.ts'

export interface ConnectionState extends SourceSeen {
  label: string
  schedule: string | null
  run: string | null
}

/** How much of each connection is seen, worst first. */
export async function connectionStates(db: Db): Promise<ConnectionState[]> {
  const { rows } = await sql<{
    connection: string
    provider: string
    label: string
    schedule: string | null
    read: boolean
    complete: boolean | null
    last_read: Date | null
    obtained: number
    refused: number
    stale: number
    untold: number
    stale_since: Date | null
    open_run: string | null
    last_state: string | null
  }>`
    with line as (
      select source_id, sum(obtained)::int as obtained, sum(greatest(refused, coalesce(expected, 0) - obtained, 0))::int as refused,
        count(*) filter (where expected is null)::int as untold from graph.ledger group by source_id
    ), source as (
      select s.connection, s.complete, s.read_at, s.complete_at, coalesce(l.obtained, 0) as obtained, coalesce(l.refused, 0) as refused,
        coalesce(l.untold, 0) as untold,
        case when s.complete then 0 else greatest(0, (select count(*)::int from graph.entity e where e.source_id = s.id and e.valid_to is null) - coalesce(l.obtained, 0)) end as stale
      from graph.source s left join line l on l.source_id = s.id where s.removed_at is null
    ), seen as (
      select connection, bool_and(complete) as complete, max(read_at) as last_read, sum(obtained)::int as obtained,
        sum(greatest(0, refused - stale))::int as refused, sum(stale)::int as stale, sum(untold)::int as untold,
        min(complete_at) filter (where stale > 0) as stale_since
      from source group by connection
    )
    select c.id as connection, c.provider, c.label, c.schedule, s.connection is not null as read, s.complete, s.last_read,
      coalesce(s.obtained, 0) as obtained, coalesce(s.refused, 0) as refused, coalesce(s.stale, 0) as stale, coalesce(s.untold, 0) as untold, s.stale_since,
      (select r.id::text from discover.run r where r.connection = c.id and r.state in ('waiting', 'running') limit 1) as open_run,
      (select r.state from discover.run r where r.connection = c.id and r.state not in ('waiting', 'running') order by r.id desc limit 1) as last_state
    from discover.connection c left join seen s on s.connection = c.id order by c.id`.execute(db)
  const states = rows.map((row): ConnectionState => {
    const bar = barOf({
      obtained: row.obtained,
      refused: row.refused,
      stale: row.stale,
      untold: row.untold,
      staleSince: isoOrNull(row.stale_since),
    })
    return {
      connection: row.connection,
      provider: row.provider,
      title: row.label,
      label: row.label,
      state: row.open_run
        ? 'running'
        : !row.read
          ? row.last_state === 'failed'
            ? 'failed'
            : 'never'
          : stateOf(row.complete === true, row.last_state, bar),
      bar,
      lastRead: isoOrNull(row.last_read),
      schedule: row.schedule,
      run: row.open_run,
    }
  })
  return states.sort(
    (a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state) || (a.bar.percent ?? 101) - (b.bar.percent ?? 101),
  )
}

const WORST = ['failed', 'stale', 'partial', 'running', 'never', 'complete']

function stateOf(complete: boolean, last: string | null, bar: LedgerBar): SourceSeen['state'] {
  if (last === 'failed') return 'failed'
  if (complete) return 'complete'
  return bar.obtained === 0 && bar.stale > 0 ? 'stale' : 'partial'
}

const barOf = (parts: Omit<LedgerBar, 'asked' | 'percent'>): LedgerBar => {
  const asked = parts.obtained + parts.refused + parts.stale
  return { ...parts, asked, percent: asked === 0 ? null : Math.floor((1000 * parts.obtained) / asked) / 10 }
}

/** All bars as one. */
export function sumOf(bars: readonly LedgerBar[]): LedgerBar {
  const sum = (name: 'obtained' | 'refused' | 'stale' | 'untold') => bars.reduce((total, bar) => total + bar[name], 0)
  const since = bars.flatMap(({ staleSince }) => staleSince ?? []).sort()
  return barOf({
    obtained: sum('obtained'),
    refused: sum('refused'),
    stale: sum('stale'),
    untold: sum('untold'),
    staleSince: since[0] ?? null,
  })
}
