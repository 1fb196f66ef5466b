import { z } from 'zod'
import {
  Environment,
  Instant,
  Json,
  Key,
  Kind,
  known,
  Method,
  Sensitivity,
  Severity,
  Tier,
  Verb,
} from '../sdk/index.ts'
import { FindingRow } from './findings.ts'
import { Owners, ScorePart } from './owner.ts'
import { EntityRef, Mark } from './ref.ts'

/** May I? `unknown` always says what would answer it. */
export const Touch = z.object({
  answer: z.enum(['yes', 'with-care', 'no', 'unknown', 'not-applicable']),
  reason: z.string(),
  /** What would answer it, where a permission does. */
  permission: z.string().nullable(),
})
export type Touch = z.infer<typeof Touch>

/** The attribute set of B-20: always all of them, each known or unknown with the reason. */
export const Attributes = z.object({
  distinctId: Key,
  type: z.string(),
  kind: Kind,
  environment: known(Environment),
  sensitivity: known(Sensitivity),
  tier: known(Tier),
  created: known(Instant),
  expires: known(Instant),
  lastUsed: known(Instant),
  lastUsedBy: known(z.string()),
  permissions: known(
    z.object({ entitlements: z.number().int(), resources: z.number().int(), sensitive: z.number().int() }),
  ),
  credentials: known(z.object({ count: z.number().int(), oldest: known(Instant) })),
  methods: known(z.array(Method)),
})
export type Attributes = z.infer<typeof Attributes>

/** A workload (or identity) that uses it, and how a new key would reach it. */
export const Consumer = z.object({
  entity: EntityRef,
  verb: Verb,
  /** The key of the credential or secret through which it is used; the card's own when directly. */
  through: EntityRef.nullable(),
  lastSeen: known(Instant),
  takesNewKey: z.enum(['by-itself', 'by-hand', 'unknown']),
  because: z.string(),
})
export type Consumer = z.infer<typeof Consumer>

/** A place where a copy of a credential sits. */
export const Copy = z.object({
  entity: EntityRef,
  where: z.string(),
  connection: z.string().nullable(),
  environment: Environment.nullable(),
  public: z.boolean(),
  lastSeen: known(Instant),
})
export type Copy = z.infer<typeof Copy>

export const CardCredential = z.object({
  entity: EntityRef,
  method: Method.nullable(),
  mark: Mark,
  state: z.string().nullable(),
  created: known(Instant),
  expires: known(Instant),
  lastUsed: known(Instant),
  copies: z.array(Copy),
  /** How many copies there are when `copies` was cut. */
  copyCount: z.number().int(),
})
export type CardCredential = z.infer<typeof CardCredential>

/** One thing it may do; `used` is unknown where the source keeps no record of use. */
export const Grant = z.object({
  entitlement: EntityRef,
  via: z.array(EntityRef),
  resource: EntityRef.nullable(),
  actions: z.array(z.string()),
  sensitive: z.boolean(),
  used: known(Instant),
})
export type Grant = z.infer<typeof Grant>

export const Neighbourhood = z.object({
  nodes: z.array(EntityRef.extend({ mark: Mark, side: z.enum(['in', 'self', 'out']) })),
  edges: z.array(z.object({ from: Key, verb: Verb, to: Key, note: z.string().nullable() })),
  /** Neighbours that were left off. */
  more: z.number().int(),
})
export type Neighbourhood = z.infer<typeof Neighbourhood>

/** What changed, newest first. */
export const Change = z.object({
  at: Instant,
  what: z.enum(['appeared', 'vanished', 'changed', 'edge-appeared', 'edge-vanished', 'owner', 'label', 'finding']),
  says: z.string(),
  by: z.string().nullable(),
  other: EntityRef.nullable(),
})
export type Change = z.infer<typeof Change>

/** Who described it, when it was last read, and how complete that read was. */
export const CardSource = z.object({
  connection: z.string(),
  provider: z.string(),
  title: z.string(),
  collection: z.string(),
  readAt: Instant.nullable(),
  complete: z.boolean(),
  reason: z.string().nullable(),
  permission: z.string().nullable(),
})
export type CardSource = z.infer<typeof CardSource>

/** Everything about one entity of any kind: the card. */
export const Card = z.object({
  entity: EntityRef,
  mark: Mark,
  asOf: Instant.nullable(),
  firstSeen: Instant,
  staleSince: Instant.nullable(),
  touch: z.object({ rotate: Touch, narrow: Touch, disable: Touch, delete: Touch }),
  attributes: Attributes,
  owners: Owners,
  labels: z.array(z.string()),
  aliases: z.array(z.string()),
  /** Sum of the parts, or unknown when the read of its source was partial. */
  score: known(z.object({ total: z.number(), parts: z.array(ScorePart) })),
  usedBy: z.object({
    consumers: z.array(Consumer),
    more: z.number().int(),
    /** What an empty list means: could a use have been seen at all? */
    seeing: known(z.string()),
  }),
  credentials: z.array(CardCredential),
  grants: z.object({
    rows: z.array(Grant),
    more: z.number().int(),
    used: z.number().int(),
    notUsed: z.number().int(),
    unknown: z.number().int(),
  }),
  findings: z.array(FindingRow),
  rules: z.object({
    judged: z.number().int(),
    unknown: z.array(
      z.object({ rule: z.string(), title: z.string(), reason: z.string(), permission: z.string().nullable() }),
    ),
  }),
  neighbourhood: Neighbourhood,
  history: z.array(Change),
  sources: z.array(CardSource),
  /** What else the sources say, as they say it. */
  other: z.array(z.object({ name: z.string(), value: known(Json) })),
  severity: Severity.nullable(),
})
export type Card = z.infer<typeof Card>
