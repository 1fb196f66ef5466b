import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Environment, Kind, Known, Sensitivity, Tier } from '../sdk/index.ts'
import type { InventoryRow } from './inventory.ts'
import type { Suggestion } from './owner.ts'
import { accountable, declined, iso, isoOrNull, joinOwner, knownOf, markOf, type OwnerColumns } from './refs.ts'
import { type Departed, departed } from './roll-snapshots.ts'

/**
 * The answers of the rows with these ids, in their order. What nothing describes any more is told as it was last, with when it
 * went.
 */
export async function inventoryRows(db: Db, kind: Kind, ids: readonly number[]): Promise<InventoryRow[]> {
  const { rows } = await sql<StoredRow>`
    select owned.*, sg.person as suggested, sg.name as suggested_name, sg.because as suggested_because, n.id, n.key, n.kind, n.type, n.name, n.connections, n.environment, n.sensitivity, n.tier, n.account_kind, n.credentials,
      n.oldest_credential, n.first_seen, n.body->'created' as created, n.body->'expires' as expires, n.body->'lastUsed' as last_used,
      n.body->'lastUsedBy' as last_used_by, c.name as container, s.worst, s.open, s.unknown, s.reach,
      r.key as reached, r.name as reached_name, r.sensitivity as reached_sensitivity,
      (select array_agg(a.value order by a.sort) from act.assignment a where a.entity = n.key and a.sort not in ('owner', 'backup') and a.ended_at is null) as labels,
      (select a.value from act.assignment a where a.entity = n.key and a.sort = 'accountKind' and a.ended_at is null) as said_kind,
      (select array_agg(src.connection || '/' || src.collection order by src.id) from graph.source src where src.id = any(n.sources)) as ledger,
      (select max(src.complete_at) from graph.source src where src.id = any(n.sources)
        having bool_and(not src.complete and not exists (select from graph.ledger g where g.source_id = src.id and g.obtained > 0))) as stale_since
    from unnest(${ids}::int[]) with ordinality as asked(id, place)
    join graph.node n on n.id = asked.id left join assess.standing s on s.subject = n.key left join graph.node c on c.id = n.container
    left join graph.key rk on rk.key = s.reaches left join graph.node r on r.id = rk.id
    left join assess.suggestion sg on sg.subject = n.key and not ${declined('sg.subject', 'sg.person')} ${joinOwner}
    order by asked.place`.execute(db)
  if (rows.length === ids.length) return rows.map(rowOf)
  const here = new Map(rows.map((row) => [row.id, rowOf(row)]))
  const last = await departed(
    db,
    ids.filter((id) => !here.has(id)),
  )
  for (const one of last) here.set(one.id, departedRow(kind, one))
  return ids.flatMap((id) => here.get(id) ?? [])
}

/** So far the evaluation counts. */
const REACH_COUNTED = 100

interface StoredRow extends OwnerColumns {
  suggested: string | null
  suggested_name: string | null
  suggested_because: string[] | null
  id: number
  key: string
  kind: Kind
  type: string
  name: string
  connections: string[]
  ledger: string[] | null
  environment: Environment | null
  sensitivity: Sensitivity | null
  tier: Tier | null
  account_kind: InventoryRow['accountKind']
  said_kind: InventoryRow['accountKind']
  credentials: number
  oldest_credential: Date | null
  first_seen: Date
  created: Known<string> | null
  expires: Known<string> | null
  last_used: Known<string> | null
  last_used_by: Known<string> | null
  container: string | null
  worst: number | null
  open: number | null
  unknown: number | null
  reach: number | null
  reached: string | null
  reached_name: string | null
  reached_sensitivity: Sensitivity | null
  labels: string[] | null
  stale_since: Date | null
}

function rowOf(row: StoredRow): InventoryRow {
  const owner = accountable(row)
  const by = row.connections
  return {
    key: row.key,
    kind: row.kind,
    type: row.type,
    name: row.name,
    mark: markOf(row.worst),
    openFindings: row.open ?? 0,
    unknownVerdicts: row.unknown ?? 0,
    sources: by,
    ledger: row.ledger ?? [],
    where: row.container,
    environment: row.environment
      ? { value: row.environment }
      : { unknown: 'neither its source nor anything that contains it says so' },
    sensitivity: row.sensitivity,
    tier: row.tier,
    accountKind: row.said_kind ?? row.account_kind,
    owner,
    suggested: owner ? null : suggestionOf(row),
    created: knownOf(row.created ?? undefined, by),
    expires: knownOf(row.expires ?? undefined, by),
    lastUsed: knownOf(row.last_used ?? undefined, by),
    lastUsedBy: knownOf(row.last_used_by ?? undefined, by),
    oldestCredential: oldestOf(row),
    credentials: row.credentials,
    reach: reachOf(row),
    labels: row.labels ?? [],
    firstSeen: iso(row.first_seen),
    staleSince: isoOrNull(row.stale_since),
    gone: null,
  }
}

const suggestionOf = ({ suggested, suggested_name, suggested_because }: StoredRow): Suggestion | null =>
  suggested === null
    ? null
    : { person: { key: suggested, name: suggested_name ?? suggested }, because: suggested_because ?? [] }

function oldestOf(row: StoredRow): Known<string> {
  if (row.kind === 'credential') return knownOf(row.created ?? undefined, row.connections)
  if (row.credentials === 0) return { notApplicable: 'no credential of its own was found' }
  return row.oldest_credential
    ? { value: iso(row.oldest_credential) }
    : { unknown: 'no source says when its credentials were made' }
}

function reachOf(row: StoredRow): InventoryRow['reach'] {
  if (row.kind !== 'identity') return { notApplicable: 'only identities reach resources' }
  if (row.reach === null) return { unknown: 'not worked out yet: it is after the next evaluation' }
  const mostSensitive =
    row.reached === null
      ? null
      : { key: row.reached, name: row.reached_name ?? row.reached, sensitivity: row.reached_sensitivity }
  return { value: { resources: row.reach, atLeast: row.reach >= REACH_COUNTED, mostSensitive } }
}

/** The last state of what is gone: nothing of it is judged or known to hold now. */
function departedRow(kind: Kind, { key, type, name, connections, first_seen, gone }: Departed): InventoryRow {
  const unknown = { unknown: 'it is gone: its card has the last known state' }
  return {
    key,
    kind,
    type,
    name,
    mark: 'not-judged',
    openFindings: 0,
    unknownVerdicts: 0,
    sources: connections,
    ledger: [],
    where: null,
    environment: unknown,
    sensitivity: null,
    tier: null,
    accountKind: null,
    owner: null,
    suggested: null,
    created: unknown,
    expires: unknown,
    lastUsed: unknown,
    lastUsedBy: unknown,
    oldestCredential: unknown,
    credentials: 0,
    reach: unknown,
    labels: [],
    firstSeen: iso(first_seen),
    staleSince: null,
    gone: iso(gone),
  }
}
