import { z } from 'zod'
import {
  Environment,
  Instant,
  Json,
  Key,
  Kind,
  known,
  Live,
  Method,
  Sensitivity,
  Severity,
  Tier,
  Verb,
} from '../sdk/index.ts'
import { FindingRow } from './findings.ts'
import { Owners, ScorePart } from './owner.ts'
import { TagDifference } from './plans.ts'
import { EntityRef, Mark } from './ref.ts'

/** One step of the argument for an answer. `holds` is null when it is not known; then `permission` tells what would answer it, at `connection`. */
export const Check = z.object({
  says: z.string(),
  holds: z.boolean().nullable(),
  permission: z.string().nullable(),
  connection: z.string().nullable(),
})
export type Check = z.infer<typeof Check>

/** May I? `yes` only when every check holds; `unknown` always says what is missing. */
export const Touch = z.object({
  answer: z.enum(['yes', 'with-care', 'no', 'unknown', 'not-applicable']),
  reason: z.string(),
  /** What would answer it, where a permission does. */
  permission: z.string().nullable(),
  /** The whole argument: what decides first. */
  checks: z.array(Check),
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
  /** When the sentence that it uses it first stood. */
  firstSeen: Instant.nullable(),
  lastSeen: known(Instant),
  takesNewKey: z.enum(['by-itself', 'by-hand', 'unknown']),
  because: z.string(),
})
export type Consumer = z.infer<typeof Consumer>

/** A quiet after which it was used again. */
export const Quiet = z.object({ days: z.number().int(), from: Instant, until: Instant, times: z.number().int() })
export type Quiet = z.infer<typeof Quiet>

/** Who was seen to act as it, in the words of the source: two addresses on one account are two. */
export const SeenUser = z.object({ who: z.string(), first: Instant, last: Instant, days: z.number().int() })
export type SeenUser = z.infer<typeof SeenUser>

/** What its history tells of its use. */
export const UseRecord = z.object({
  /** Thirty days in UTC, the oldest first: how often a use is known of, 0 for a day on which none was and one would have been seen, null for a day nobody saw. */
  days: z.array(z.number().int().nullable()),
  /** The last of the days. */
  until: Instant,
  /** Since when a use would have been seen, without a hole until the last read. */
  recorded: known(Instant),
  quiet: Quiet.nullable(),
  by: z.array(SeenUser),
})
export type UseRecord = z.infer<typeof UseRecord>

/** A place where a copy of a credential sits. */
export const Copy = z.object({
  entity: EntityRef,
  where: z.string(),
  connection: z.string().nullable(),
  environment: Environment.nullable(),
  public: z.boolean(),
  /** Whether it still stands in the newest state of its place; null where the place has but one state. */
  atHead: z.boolean().nullable(),
  /** The workloads that were seen to read it. */
  readers: z.number().int(),
  lastSeen: known(Instant),
})
export type Copy = z.infer<typeof Copy>

export const CardCredential = z.object({
  entity: EntityRef,
  method: Method.nullable(),
  mark: Mark,
  state: z.string().nullable(),
  /** Whether its issuer takes it, as far as somebody asked. */
  live: Live,
  created: known(Instant),
  expires: known(Instant),
  lastUsed: known(Instant),
  copies: z.array(Copy),
  /** How many copies there are when `copies` was cut. */
  copyCount: z.number().int(),
})
export type CardCredential = z.infer<typeof CardCredential>

/** One thing it may do; `used` is null where it never was while use was recorded, unknown where no source records it. */
export const Grant = z.object({
  entitlement: EntityRef,
  via: z.array(EntityRef),
  resource: EntityRef.nullable(),
  actions: z.array(z.string()),
  sensitive: z.boolean(),
  used: known(Instant.nullable()),
  /** Else `used` is when a call was first told of, which does not say when it was. */
  dated: z.boolean(),
  /** Of one that is used: what it allows and was never called. */
  unusedActions: z.array(z.string()),
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
  /** Which read told it. */
  source: z.object({ connection: z.string(), title: z.string(), collection: z.string() }).nullable(),
  other: EntityRef.nullable(),
  /** What it was and what it is, where a value changed; null for not reported. */
  fields: z.array(z.object({ name: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
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
  /** Out of force, in its source's word, and since when that was seen. */
  off: z.object({ word: z.string(), since: Instant.nullable() }).nullable(),
  touch: z.object({ rotate: Touch, narrow: Touch, disable: Touch, delete: Touch }),
  attributes: Attributes,
  owners: Owners,
  /** Its source's tag says of the owner what Reeve does not. */
  tagDifference: TagDifference.nullable(),
  labels: z.array(z.string()),
  /** Who acts through it: what a person said of it, else what its source can tell. */
  account: known(
    z.object({ is: z.enum(['service', 'system', 'human']), confirmed: z.boolean(), because: z.array(z.string()) }),
  ),
  aliases: z.array(z.string()),
  /** Sum of the parts, or unknown when the read of its source was partial. */
  score: known(z.object({ total: z.number(), parts: z.array(ScorePart) })),
  usedBy: z.object({
    consumers: z.array(Consumer),
    more: z.number().int(),
    /** What an empty list means: since when a use would have been seen; unknown when it could have passed unseen. */
    seeing: known(Instant),
    record: UseRecord,
  }),
  credentials: z.array(CardCredential),
  grants: z.object({
    rows: z.array(Grant),
    more: z.number().int(),
    used: z.number().int(),
    partly: z.number().int(),
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
