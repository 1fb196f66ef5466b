import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../platform/index.ts'
import { Environment, Instant, Key, Kind, type Known, known, Sensitivity, Tier } from '../sdk/index.ts'
import { Accountable, Suggestion } from './owner.ts'
import { Count, Mark, Page } from './ref.ts'
import { accountable, iso, isoOrNull, joinOwner, knownOf, markOf, type OwnerColumns } from './refs.ts'

export const Sort = z.enum([
  'worst',
  'name',
  'type',
  'lastUsed',
  'age',
  'created',
  'expires',
  'reach',
  'firstSeen',
  'findings',
])
export type Sort = z.infer<typeof Sort>

/** One row of the roll. Every kind has the same columns; what cannot exist for a kind is `notApplicable` with why. */
export const InventoryRow = z.object({
  key: Key,
  kind: Kind,
  type: z.string(),
  name: z.string(),
  mark: Mark,
  openFindings: z.number().int(),
  unknownVerdicts: z.number().int(),
  /** Connection ids that describe it. */
  sources: z.array(z.string()),
  where: z.string().nullable(),
  environment: known(Environment),
  sensitivity: Sensitivity.nullable(),
  tier: Tier.nullable(),
  accountKind: z.enum(['service', 'system', 'human', 'unknown']).nullable(),
  owner: Accountable.nullable(),
  suggested: Suggestion.nullable(),
  created: known(Instant),
  expires: known(Instant),
  lastUsed: known(Instant),
  lastUsedBy: known(z.string()),
  /** Created date of the oldest credential that authenticates it (of itself, for credentials). */
  oldestCredential: known(Instant),
  credentials: z.number().int(),
  /** Resources it reaches, counted to 100 (`atLeast`), and the most sensitive of them where one is sensitive. */
  reach: known(
    z.object({
      resources: z.number().int(),
      atLeast: z.boolean(),
      mostSensitive: z.object({ key: Key, name: z.string(), sensitivity: Sensitivity.nullable() }).nullable(),
    }),
  ),
  labels: z.array(z.string()),
  firstSeen: Instant,
  /** The source did not answer lately: the row is as it was then. */
  staleSince: Instant.nullable(),
  gone: Instant.nullable(),
})
export type InventoryRow = z.infer<typeof InventoryRow>

/** `position` is the number of the first row, from 0. `next` is null at the end. */
export const Inventory = Page.extend({
  rows: z.array(InventoryRow),
  position: z.number().int(),
  total: Count,
  /** Of the same kind, without the query. */
  ofAll: Count,
  /** In the query's rows: without an owner, with unknown last use. */
  unowned: z.number().int(),
  unknownUse: z.number().int(),
  asOf: Instant.nullable(),
  /** The query as it was understood, in canonical words; what the address should say. */
  query: z.string(),
})
export type Inventory = z.infer<typeof Inventory>

/** Counts of each value, each facet ignoring its own choice. `word` is what the query says: `owner:none`. */
export const Facets = z.object({
  facets: z.array(
    z.object({
      field: z.string(),
      title: z.string(),
      values: z.array(
        z.object({
          value: z.string(),
          title: z.string(),
          word: z.string(),
          count: z.number().int(),
          chosen: z.boolean(),
        }),
      ),
      /** How many further values were left off. */
      more: z.number().int(),
    }),
  ),
  total: Count,
  kinds: z.array(z.object({ kind: Kind, count: z.number().int() })),
  asOf: Instant.nullable(),
})
export type Facets = z.infer<typeof Facets>

/** The answers of the rows with these ids, in their order; what vanished in between is left out. */
export async function inventoryRows(db: Db, ids: readonly number[]): Promise<InventoryRow[]> {
  const { rows } = await sql<StoredRow>`
    select owned.*, sg.person as suggested, sg.name as suggested_name, sg.because as suggested_because, n.id, n.key, n.kind, n.type, n.name, n.connections, n.environment, n.sensitivity, n.tier, n.account_kind, n.credentials,
      n.oldest_credential, n.first_seen, n.body->'created' as created, n.body->'expires' as expires, n.body->'lastUsed' as last_used,
      n.body->'lastUsedBy' as last_used_by, c.name as container, s.worst, s.open, s.unknown, s.reach,
      r.key as reached, r.name as reached_name, r.sensitivity as reached_sensitivity,
      (select array_agg(a.value order by a.sort) from act.assignment a where a.entity = n.key and a.sort <> 'owner' and a.ended_at is null) as labels,
      (select a.value from act.assignment a where a.entity = n.key and a.sort = 'accountKind' and a.ended_at is null) as said_kind,
      (select max(src.complete_at) from graph.source src where src.id = any(n.sources)
        having bool_and(not src.complete and not exists (select from graph.ledger g where g.source_id = src.id and g.obtained > 0))) as stale_since
    from unnest(${ids}::int[]) with ordinality as asked(id, place)
    join graph.node n on n.id = asked.id left join assess.standing s on s.subject = n.key left join graph.node c on c.id = n.container
    left join graph.key rk on rk.key = s.reaches left join graph.node r on r.id = rk.id
    left join assess.suggestion sg on sg.subject = n.key ${joinOwner}
    order by asked.place`.execute(db)
  return rows.map(rowOf)
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
