import { z } from 'zod'
import { Instant, Json, Key } from '../sdk/index.ts'
import { EntityRef, Page, Person } from './ref.ts'

export const PlanState = z.enum(['open', 'approved', 'running', 'done', 'undoing', 'undone', 'withdrawn'])
export type PlanState = z.infer<typeof PlanState>

/**
 * How it stands with one thing of a plan. `agrees`: the source says so already; `cannot`: nothing can be written to it; `conflict`: the
 * source says what Reeve did not write, and somebody must choose; `left-out`: chosen to stay; `ready`: waits to be written; `refused`: it
 * changed since, or is gone; `failed`: can be tried again; `kept`: not taken back, because it changed since.
 */
export const PlanItemState = z.enum([
  'agrees',
  'cannot',
  'conflict',
  'left-out',
  'ready',
  'done',
  'refused',
  'failed',
  'undone',
  'kept',
])
export type PlanItemState = z.infer<typeof PlanItemState>

/** How many things of a plan stand how; together they are `total`. */
export const PlanCounts = z.object({
  total: z.number().int(),
  agrees: z.number().int(),
  cannot: z.number().int(),
  conflict: z.number().int(),
  leftOut: z.number().int(),
  ready: z.number().int(),
  done: z.number().int(),
  refused: z.number().int(),
  failed: z.number().int(),
  undone: z.number().int(),
  kept: z.number().int(),
})
export type PlanCounts = z.infer<typeof PlanCounts>

/** One change at sources, planned. */
export const PlanRow = z.object({
  id: z.string(),
  state: PlanState,
  by: z.string(),
  at: Instant,
  /** Until when it may be applied; `expired` once that is past. */
  approved: z
    .object({ by: z.string(), at: Instant, until: Instant, reason: z.string(), expired: z.boolean() })
    .nullable(),
  ended: Instant.nullable(),
  /** Somebody stopped it before its end. */
  stopped: z.boolean(),
  counts: PlanCounts,
})
export type PlanRow = z.infer<typeof PlanRow>

/** A connection that a plan changes something through, and the grants that its changes need there, in the source's own words. */
export const PlanConnection = z.object({
  connection: z.string(),
  granted: z.boolean(),
  things: z.number().int(),
  needs: z.array(z.string()),
})
export type PlanConnection = z.infer<typeof PlanConnection>

export const Plan = PlanRow.extend({
  ownerTag: z.string(),
  backupTag: z.string().nullable(),
  writes: z.enum(['address', 'name']),
  secondPerson: z.boolean(),
  effect: z.enum(['reversible', 'destructive']),
  connections: z.array(PlanConnection),
  /** Why the caller cannot do this now, a sentence each; null where they can. */
  may: z.object({
    approve: z.string().nullable(),
    apply: z.string().nullable(),
    undo: z.string().nullable(),
    withdraw: z.string().nullable(),
  }),
})
export type Plan = z.infer<typeof Plan>

export const PlanItem = z.object({
  entity: Key,
  name: z.string(),
  type: z.string(),
  connection: z.string().nullable(),
  state: PlanItemState,
  changes: z.array(z.object({ place: z.string(), was: z.string().nullable(), to: z.string().nullable() })),
  /** When the source was read that says what was there. */
  readAt: Instant.nullable(),
  code: z.string().nullable(),
  says: z.string().nullable(),
  permission: z.string().nullable(),
  /** Of a conflict: whom the source names. */
  names: Person.nullable(),
  /** Was it read back from the source after it was written? Null before. */
  verified: z.boolean().nullable(),
  at: Instant.nullable(),
  /** Commands by which a person does the same. */
  byHand: z.array(z.string()),
})
export type PlanItem = z.infer<typeof PlanItem>

export const PlanItems = Page.extend({ rows: z.array(PlanItem), total: z.number().int() })
export type PlanItems = z.infer<typeof PlanItems>

/** What would be planned, or was. `id` is null in a dry run, which keeps nothing. */
export const Planned = z.object({
  dryRun: z.boolean(),
  id: z.string().nullable(),
  counts: PlanCounts,
  connections: z.array(PlanConnection),
  /** The first 200. */
  items: z.array(PlanItem),
})
export type Planned = z.infer<typeof Planned>

/**
 * The source says of an owner what Reeve does not. `other`: it names somebody or something else; `behind`: it says what Reeve wrote,
 * and another answers for it since; `gone`: what Reeve wrote was taken away there.
 */
export const TagDifference = z.object({
  entity: EntityRef,
  place: z.string(),
  sort: z.enum(['other', 'behind', 'gone']),
  stands: z.string().nullable(),
  /** Whom it names, where that is one known person: they can be taken over. */
  names: Person.nullable(),
  /** Who answers for it by Reeve. */
  owner: Person,
  written: z.object({ value: z.string(), at: Instant }).nullable(),
})
export type TagDifference = z.infer<typeof TagDifference>

export const TagDifferences = z.object({
  rows: z.array(TagDifference),
  total: z.number().int(),
  asOf: Instant.nullable(),
})
export type TagDifferences = z.infer<typeof TagDifferences>

export const Plans = Page.extend({ rows: z.array(PlanRow), total: z.number().int(), differences: z.number().int() })
export type Plans = z.infer<typeof Plans>

/** With what a connection may change something; `grant` is null while it only reads. */
export const ActingPage = z.object({
  connection: z.string(),
  summary: z.string(),
  actions: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      effect: z.enum(['reversible', 'destructive']),
      types: z.array(z.string()),
      needs: z.array(z.string()),
    }),
  ),
  /** The JSON Schema of the grant's settings; secret fields bear `"secret": true`. */
  form: z.record(z.string(), Json),
  grant: z
    .object({
      settings: z.record(z.string(), Json),
      secrets: z.array(z.string()),
      changed: Instant,
      by: z.string(),
    })
    .nullable(),
})
export type ActingPage = z.infer<typeof ActingPage>
