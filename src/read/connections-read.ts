import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { type JsonValue, type LedgerLine, ReeveError } from '../sdk/index.ts'
import type { ConnectionPage, ConnectionRow, Connections, RunRow } from './connections.ts'
import type { SourceProgress } from './first-run.ts'
import { type ConnectionState, connectionStates, sumOf } from './ledger-bars.ts'
import { type Cause, countUnknownVerdicts, listingName, lostCauses, lostQuery } from './ledger-lost.ts'
import { actorName, iso, isoOrNull } from './refs.ts'
import type { Roll } from './roll.ts'

/** When a cron line comes due next. */
export type NextAt = (cron: string, from: Date) => Date | null

export async function readConnections(db: Db, roll: Roll, now: Date, nextAt: NextAt): Promise<Connections> {
  const [states, unknownVerdicts, granted] = await Promise.all([
    connectionStates(db),
    countUnknownVerdicts(db),
    sql<{ count: number }>`select count(*)::int as count from discover.acting`.execute(db),
  ])
  const rows = await rowsOf(db, roll, states, now, nextAt)
  return { bar: sumOf(states.map(({ bar }) => bar)), unknownVerdicts, writePermissions: granted.rows[0]!.count, rows }
}

async function rowsOf(
  db: Db,
  roll: Roll,
  states: readonly ConnectionState[],
  now: Date,
  nextAt: NextAt,
): Promise<ConnectionRow[]> {
  const causes = await lostCauses(db)
  const described = roll.perConnection()
  return states.map(({ label: _, ...state }) => ({
    ...state,
    ...(described.get(state.connection) ?? { entities: 0, identities: 0 }),
    unknownVerdicts: sumOfVerdicts(causes.filter(({ connection }) => connection === state.connection)),
    query: lostQuery({ lost: state.connection }),
    next: state.schedule === null ? null : isoOrNull(nextAt(state.schedule, now)),
  }))
}

export interface Described {
  title: string
  summary: string
  collections: readonly { id: string; title: string; yields: readonly string[]; needs: readonly string[] }[]
}

const sumOfVerdicts = (causes: readonly Cause[]): number => causes.reduce((sum, { verdicts }) => sum + verdicts, 0)

/** One connection. `describe` gives what its provider says of itself, null when there is no such provider any more. */
export async function readConnection(
  db: Db,
  roll: Roll,
  id: string,
  now: Date,
  nextAt: NextAt,
  describe: (provider: string) => Described | null,
): Promise<ConnectionPage> {
  const state = (await connectionStates(db)).find(({ connection }) => connection === id)
  if (!state) throw new ReeveError('discover/no-connection', `there is no connection ${id}: see \`reeve connections\``)
  const provider = describe(state.provider)
  const [[row], stored, lines, causes, progress, runs] = await Promise.all([
    rowsOf(db, roll, [state], now, nextAt),
    sql<{ shown: Record<string, JsonValue>; secrets: string[]; enabled: boolean; created_at: Date; by: string }>`
      select shown, secrets, enabled, created_at, ${actorName(sql`c.created_by`)} as by from discover.connection c where id = ${id}`.execute(
      db,
    ),
    linesOf(db, id),
    lostCauses(db, id),
    progressOf(db, { connection: id, roll }),
    readRuns(db, { connection: id, limit: 20 }),
  ])
  const ledger = ledgerOf(lines, causes, provider)
  const connection = stored.rows[0]!
  return {
    connection: row!,
    summary: provider?.summary ?? '',
    enabled: connection.enabled,
    created: iso(connection.created_at),
    createdBy: connection.by,
    settings: connection.shown,
    secrets: connection.secrets,
    ...ledger,
    grants: grantsOf(id, lines, causes),
    policy: policyOf(ledger.ledger, provider),
    progress: progress[0] ?? null,
    runs,
  }
}

type Line = LedgerLine & { whole: boolean; stale: number }

async function linesOf(db: Db, id: string): Promise<Line[]> {
  const { rows } = await sql<Omit<Line, 'since'> & { since: Date | null }>`
    select s.connection, s.collection, l.scope, l.expected, l.obtained, l.refused, l.reason, l.permission, l.since,
      l.refused = 0 and (l.expected is null or l.obtained >= l.expected) as whole,
      case when s.complete or row_number() over (partition by s.id order by l.refused desc, l.scope) > 1 then 0
        else greatest(0, (select count(*)::int from graph.entity e where e.source_id = s.id and e.valid_to is null)
        - (select sum(o.obtained)::int from graph.ledger o where o.source_id = s.id)) end as stale
    from graph.ledger l join graph.source s on s.id = l.source_id where s.connection = ${id} and s.removed_at is null
    order by l.refused desc, s.collection, l.scope`.execute(db)
  return rows.map(({ since, ...line }) => ({ ...line, since: isoOrNull(since) }))
}

/** Each lost verdict at the line that its reason names; those that name none beside them. */
function ledgerOf(
  lines: readonly Line[],
  causes: readonly Cause[],
  provider: Described | null,
): Pick<ConnectionPage, 'ledger' | 'elsewhere'> {
  const names = lines.map(({ connection, collection, scope }) => listingName(connection, collection, scope))
  const blames = ({ reason }: Cause, name: string): boolean =>
    reason.toLowerCase().startsWith(`${name.toLowerCase()}: `)
  return {
    ledger: lines.map(({ whole, ...line }, index) => {
      const verdictsLost = sumOfVerdicts(causes.filter((cause) => blames(cause, names[index]!)))
      return {
        ...line,
        title: provider?.collections.find((one) => one.id === line.collection)?.title ?? line.collection,
        complete: whole,
        verdictsLost,
        query: verdictsLost > 0 ? lostQuery({ lost: names[index]! }) : null,
      }
    }),
    elsewhere: [...Map.groupBy(causes, ({ reason }) => reason)]
      .filter(([, [cause]]) => !names.some((name) => blames(cause!, name)))
      .map(([reason, group]) => ({
        reason,
        verdicts: sumOfVerdicts(group),
        query: lostQuery({ lost: group[0]!.connection ?? '', cause: reason }),
      })),
  }
}

/** What would answer the lost verdicts, and what was refused without losing one. */
function grantsOf(id: string, lines: readonly Line[], causes: readonly Cause[]): ConnectionPage['grants'] {
  const refused = lines.flatMap(({ permission, reason, whole }) =>
    whole || permission === null ? [] : [{ permission, reason: reason ?? '', verdicts: 0 }],
  )
  // A reason that names its listing is said of it elsewhere: here the cause is enough.
  const names = lines.map(({ connection, collection, scope }) => `${listingName(connection, collection, scope)}: `)
  const asked = causes.flatMap(({ permission, reason, verdicts }) =>
    permission === null
      ? []
      : [{ permission, reason: reason.slice(names.find((name) => reason.startsWith(name))?.length ?? 0), verdicts }],
  )
  return [...Map.groupBy([...asked, ...refused], ({ permission }) => permission)]
    .map(([permission, group]) => {
      const verdicts = group.reduce((sum, one) => sum + one.verdicts, 0)
      return {
        permission,
        reason: [...new Set(group.map(({ reason }) => reason).filter(Boolean))].slice(0, 3).join('; '),
        verdicts,
        query: verdicts > 0 ? lostQuery({ lost: id, grant: permission }) : null,
      }
    })
    .sort((a, b) => b.verdicts - a.verdicts || (a.permission < b.permission ? -1 : 1))
}

/** What the account there needs, each with the listings that want it. */
function policyOf(ledger: ConnectionPage['ledger'], provider: Described | null): ConnectionPage['policy'] {
  const wanted = (provider?.collections ?? []).flatMap(({ id, title, needs }) =>
    needs.map((need) => ({ need, title, id })),
  )
  return [...Map.groupBy(wanted, ({ need }) => need)].map(([need, group]) => ({
    need,
    listings: group.map(({ title }) => title),
    refused: group.every(({ id }) => ledger.some((line) => line.collection === id && line.refused > 0)),
  }))
}

interface Progress {
  id: string
  title: string
  state: SourceProgress['collections'][number]['state']
  obtained: number
  expected: number | null
  refused: number
  reason: string | null
  entities: number
  identities: number
}

/** The live state of each connection's newest run, or of one connection's or run's. */
export async function progressOf(
  db: Db,
  { connection, run, roll }: { connection?: string; run?: string; roll?: Roll } = {},
): Promise<SourceProgress[]> {
  const { rows } = await sql<{
    connection: string
    provider: string
    title: string
    run: string | null
    state: RunRow['state'] | null
    started: Date | null
    ended: Date | null
    progress: Progress[] | null
    error: { code: string; message: string } | null
  }>`select c.id as connection, c.provider, c.label as title, r.id::text as run, r.state, r.started_at as started, r.ended_at as ended, r.progress, r.error
    from discover.connection c left join lateral (select * from discover.run r where r.connection = c.id and ${run === undefined ? sql`true` : sql`r.id::text = ${run}`}
      order by r.id desc limit 1) r on true
    where ${connection ?? null}::text is null or c.id = ${connection ?? null} order by c.created_at, c.id`.execute(db)
  return rows.map(({ progress, state, started, ended, ...row }) => {
    const collections = progress ?? []
    const sum = (name: 'obtained' | 'refused' | 'entities' | 'identities') =>
      collections.reduce((total, one) => total + (one[name] ?? 0), 0)
    const expected = collections.reduce(
      (total, one) => total + Math.max(one.expected ?? 0, one.obtained + one.refused),
      0,
    )
    const [obtained, refused] = [sum('obtained'), sum('refused')]
    return {
      ...row,
      state: state ?? 'waiting',
      started: isoOrNull(started),
      ended: isoOrNull(ended),
      // Two listings may describe one thing: when it has ended, what it made of them is told.
      ...((ended && roll?.perConnection().get(row.connection)) ?? {
        identities: sum('identities'),
        entities: sum('entities'),
      }),
      bar: {
        asked: expected,
        obtained,
        refused,
        stale: 0,
        untold: collections.filter((one) => one.expected === null).length,
        percent: expected === 0 ? null : Math.floor((1000 * obtained) / expected) / 10,
        staleSince: null,
      },
      collections: collections.map(({ id, title, state, obtained, expected, refused, reason }) => ({
        id,
        title,
        state,
        obtained,
        expected,
        refused,
        reason,
      })),
    }
  })
}

export async function readRuns(
  db: Db,
  {
    connection,
    id,
    limit = 50,
    before,
  }: { connection?: string | undefined; id?: string; limit?: number; before?: number | undefined },
): Promise<RunRow[]> {
  const { rows } = await sql<{
    id: string
    connection: string
    state: RunRow['state']
    started_at: Date | null
    ended_at: Date | null
    progress: Progress[] | null
    changes: { entities: { added: number; changed: number; gone: number } } | null
    by: string
    error: { code: string; message: string } | null
  }>`select r.id::text, r.connection, r.state, r.started_at, r.ended_at, r.progress, r.changes, ${actorName(sql`r.requested_by`)} as by, r.error
    from discover.run r where (${connection ?? null}::text is null or r.connection = ${connection ?? null}) and (${id ?? null}::text is null or r.id::text = ${id ?? null})
      and (${before ?? null}::int is null or r.id < ${before ?? null}) order by r.id desc limit ${limit}`.execute(db)
  return rows.map(({ started_at, ended_at, progress, changes, ...row }) => ({
    ...row,
    started: isoOrNull(started_at),
    ended: isoOrNull(ended_at),
    seconds: started_at && ended_at ? (ended_at.getTime() - started_at.getTime()) / 1000 : null,
    added: changes?.entities.added ?? 0,
    changed: changes?.entities.changed ?? 0,
    gone: changes?.entities.gone ?? 0,
    entities: (progress ?? []).reduce((sum, one) => sum + (one.entities ?? 0), 0),
  }))
}

/** One run with what it has so far and the lines it ended with. Throws `discover/no-run`. */
export async function readRun(
  db: Db,
  id: string,
): Promise<{ run: RunRow; progress: SourceProgress | null; ledger: LedgerLine[] }> {
  const [run] = await readRuns(db, { id, limit: 1 })
  if (!run) throw new ReeveError('discover/no-run', `there is no run ${id.slice(0, 40)}`)
  const [progress, { rows }] = await Promise.all([
    progressOf(db, { connection: run.connection, run: id }),
    sql<{ lines: LedgerLine[] }>`select lines from discover.run where id::text = ${id}`.execute(db),
  ])
  return { run, progress: progress[0] ?? null, ledger: rows[0]?.lines ?? [] }
}
