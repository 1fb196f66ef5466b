import { z } from 'zod'
import { Environment, Instant, Key, Kind, known, Sensitivity, Tier } from '../sdk/index.ts'
import { Accountable, Suggestion } from './owner.ts'
import { Count, Mark, Page } from './ref.ts'

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
  /** The lines of the ledger by which it was read: `connection/collection`. */
  ledger: z.array(z.string()).optional(),
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
  /** The list as it is now: `/v1/lists/{snapshot}` has its further pages whatever changes meanwhile. Null for a past. */
  snapshot: z.string().nullable().default(null),
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

/** What became of a list since it was shown. */
export const ListChanges = z.object({
  /** Rows that would be in it now and are not; rows that are in it and would not be now. */
  came: z.number().int(),
  went: z.number().int(),
  /** Of a large estate the newest is being put together still: ask again in a moment. */
  settled: z.boolean(),
})
export type ListChanges = z.infer<typeof ListChanges>

/** How many rows each query finds. */
export const Counts = z.object({
  rows: z.array(
    z.object({
      q: z.string(),
      /** Null when the query cannot be asked any more; `says` has why. */
      count: z.number().int().nullable(),
      says: z.string().nullable(),
    }),
  ),
})
export type Counts = z.infer<typeof Counts>
