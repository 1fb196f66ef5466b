/**
 * The nouns of Reeve, one zod schema each; the type bears the schema's name. `docs/words.md` explains the words.
 *
 * An estate is a graph. Its nodes are entities of seven closed kinds with open types; its edges are sentences made of two
 * keys and a verb. Reeve records what it was told, who told it, and what it could not read.
 */
import { z } from 'zod'

/** The seven closed kinds. Rules and screens switch on kinds; providers add types (`aws_iam_user`) freely. */
export const Kind = z.enum(['identity', 'person', 'workload', 'credential', 'secret', 'entitlement', 'resource'])
export type Kind = z.infer<typeof Kind>

/**
 * The verbs, read as sentences from `from` to `to`:
 * credential *authenticates* identity or person; secret *holds* credential; workload *uses* secret, credential or identity;
 * workload *runs-as* identity; identity *assumes* identity; identity, person or entitlement *has* entitlement;
 * entitlement *allows* resource; person *owns* anything (accountable); person or identity *controls* anything (can change
 * it at its source); person or identity *created* anything; resource *contains* anything; identity *called* resource
 * (observed). `reaches` and `escalates-to` are computed by Reeve and never collected.
 */
export const Verb = z.enum([
  'authenticates',
  'holds',
  'uses',
  'runs-as',
  'assumes',
  'has',
  'allows',
  'owns',
  'controls',
  'created',
  'contains',
  'called',
])
export type Verb = z.infer<typeof Verb>

/** `<provider>:<native id>`, the same in every sync. At most 2,048 characters. */
export const Key = z
  .string()
  .min(3)
  .max(2048)
  .regex(/^[a-z][a-z0-9-]*:.+$/su, 'a key is <provider>:<native id>')
export type Key = z.infer<typeof Key>

export const Json: z.ZodType<JsonValue> = z.json()
export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue }

/** ISO 8601 instant in UTC, e.g. `2026-11-24T05:37:00.000Z`. */
export const Instant = z.iso.datetime()
export type Instant = z.infer<typeof Instant>

/**
 * Something that is known, or unknown with the reason, or that cannot exist. An attribute that a provider leaves out
 * altogether reads as unknown, "not reported by <provider>": nothing is ever assumed from silence.
 */
export type Known<T> = { value: T } | { unknown: string; permission?: string | undefined } | { notApplicable: string }
export const known = <T extends z.ZodType>(value: T) =>
  z.union([
    z.strictObject({ value }),
    z.strictObject({ unknown: z.string().min(1), permission: z.string().optional() }),
    z.strictObject({ notApplicable: z.string().min(1) }),
  ])

export const Environment = z.enum(['production', 'staging', 'development', 'test'])
export type Environment = z.infer<typeof Environment>

/** What a resource's content is worth, least first. */
export const Sensitivity = z.enum(['public', 'internal', 'confidential', 'restricted'])
export type Sensitivity = z.infer<typeof Sensitivity>

/** 0: whoever holds it holds the estate (directory admin, root of a cloud). 1: a production system. 2: everything else. */
export const Tier = z.union([z.literal(0), z.literal(1), z.literal(2)])
export type Tier = z.infer<typeof Tier>

/** How a credential proves its bearer. */
export const Method = z.enum([
  'access-key',
  'client-secret',
  'password',
  'token',
  'certificate',
  'ssh-key',
  'federation',
])
export type Method = z.infer<typeof Method>

/**
 * A node of the estate, as one collection describes it. Several collections and connections may describe the same key; the
 * graph keeps each description and shows their union (a value that is known beats one that is not).
 */
export const Entity = z.strictObject({
  kind: Kind,
  /** The provider's own word, snake case with the system in front: `linux_user`, `postgres_role`. */
  type: z.string().regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/),
  key: Key,
  /** What people call it. Hostile input: shown as text only, at most 10,000 characters. */
  name: z.string().min(1).max(10_000),
  created: known(Instant).optional(),
  expires: known(Instant).optional(),
  /** When it was last used to do something, and by whom (a sentence such as "uid 0 from 10.0.0.7"). */
  lastUsed: known(Instant).optional(),
  lastUsedBy: known(z.string()).optional(),
  /** For resources; flows down `contains`. For others: only where the source itself says so. */
  environment: Environment.optional(),
  sensitivity: Sensitivity.optional(),
  tier: Tier.optional(),
  /** Credentials only. */
  method: Method.optional(),
  /**
   * Credentials and secrets: keyed fingerprints (`run.fingerprint`) by which one credential is recognised wherever it is
   * seen. Never the value, never an unkeyed hash of it. Public fingerprints (of SSH keys, certificates) are attributes.
   */
  fingerprint: z
    .string()
    .regex(/^hmac:[0-9a-f]{32}$/)
    .optional(),
  /** Other names a person may paste into search: key ids, ARNs, serials, SHA256: fingerprints, e-mail addresses. */
  aliases: z.array(z.string().min(1).max(2048)).max(64).optional(),
  /** What else the source says, camel case. Values only; an attribute that could not be read goes to `unknowns`. */
  attributes: z.record(z.string(), Json).default({}),
  /** Attribute name → why it is not known. */
  unknowns: z.record(z.string(), z.strictObject({ reason: z.string(), permission: z.string().optional() })).optional(),
})
export type Entity = z.infer<typeof Entity>

/** A sentence between two keys. The ends may be described by another collection, another connection, or (yet) by nobody. */
export const Edge = z.strictObject({
  from: Key,
  verb: Verb,
  to: Key,
  /** The action classes, condition, privilege or evidence of the sentence; small. */
  attributes: z.record(z.string(), Json).optional(),
})
export type Edge = z.infer<typeof Edge>

/** What Reeve works out, and no collection yields. */
export const DerivedVerb = z.enum(['reaches', 'escalates-to'])
export type DerivedVerb = z.infer<typeof DerivedVerb>

/**
 * A sentence that Reeve worked out of what was collected: identity *escalates-to* identity (or to what stands for all of a system), identity
 * *reaches* resource. It carries its own proof.
 */
export const DerivedEdge = z.strictObject({
  verb: DerivedVerb,
  from: Key,
  to: Key,
  /** The permissions that give it, in the system's own words. */
  actions: z.array(z.string().min(1).max(500)).max(50),
  /** What gives it: the key of a policy, role or trust, or words; null when nothing single does. */
  object: z.string().min(1).max(2048).nullable(),
  /** `depends`: only a request settles it; `dependsOn` says what it turns on. */
  holds: z.enum(['yes', 'depends']),
  dependsOn: z.string().min(1).max(2000).nullable(),
  /** One sentence of proof. */
  says: z.string().min(1).max(2000),
})
export type DerivedEdge = z.infer<typeof DerivedEdge>

export const isEdge = (item: Entity | Edge): item is Edge => 'verb' in item

/**
 * A line of the completeness ledger: what was asked of one listing and what came. `expected` is null where the source does
 * not say how many there are. A line is complete when nothing was refused and nothing expected is missing.
 */
export const LedgerLine = z.object({
  connection: z.string(),
  collection: z.string(),
  /** The part of the collection the line is about: a region, a repository, a folder; empty for the whole. */
  scope: z.string(),
  expected: z.number().int().nonnegative().nullable(),
  obtained: z.number().int().nonnegative(),
  refused: z.number().int().nonnegative(),
  reason: z.string().nullable(),
  /** What would answer it: the grant to copy, in the source's own words. */
  permission: z.string().nullable(),
  /** The last time this scope was read completely; null for never. */
  since: Instant.nullable(),
})
export type LedgerLine = z.infer<typeof LedgerLine>

export const Severity = z.enum(['critical', 'high', 'medium', 'low', 'info'])
export type Severity = z.infer<typeof Severity>

/** Unknown never passes. */
export const Verdict = z.enum(['fail', 'pass', 'unknown', 'not-applicable'])
export type Verdict = z.infer<typeof Verdict>

/** OWASP Non-Human Identities Top 10, 2025. */
export const Owasp = z.enum(['NHI1', 'NHI2', 'NHI3', 'NHI4', 'NHI5', 'NHI6', 'NHI7', 'NHI8', 'NHI9', 'NHI10'])
export type Owasp = z.infer<typeof Owasp>

/** Where something is written down. Lines and columns count from 1, columns in UTF-16 code units. */
export const Place = z.object({
  file: z.string().optional(),
  line: z.number().int().positive().optional(),
  column: z.number().int().positive().optional(),
  commit: z.string().optional(),
  author: z.string().optional(),
  date: Instant.optional(),
  layer: z.string().optional(),
  /** Is it still there in the newest state of the source? */
  atHead: z.boolean().optional(),
})
export type Place = z.infer<typeof Place>

export const Live = z.enum(['live', 'dead', 'blocked', 'indeterminate', 'not-asked'])
export type Live = z.infer<typeof Live>

/** One rule about one subject. This is also what `scan --json` and `findings --json` print; fields are added, never changed. */
export const Finding = z.object({
  /** Stable over runs, machines and moves of the line. */
  id: z.string(),
  rule: z.string(),
  /** The rule's title. */
  title: z.string(),
  /** What is so of this subject, a sentence. */
  says: z.string().optional(),
  severity: Severity,
  verdict: z.enum(['fail', 'unknown']),
  owasp: z.array(Owasp),
  subject: Key,
  /** Evidence, one sentence each. */
  because: z.array(z.string()),
  /** Steps, one sentence each. */
  fix: z.array(z.string()),
  places: z.array(Place),
  detector: z.string().optional(),
  provider: z.string().optional(),
  fingerprint: z.string().optional(),
  /** At most the public prefix of the format and four characters. */
  redacted: z.string().optional(),
  keyId: z.string().optional(),
  live: Live.optional(),
  /** Of an unknown verdict: the grant that would answer it. */
  permission: z.string().optional(),
})
export type Finding = z.infer<typeof Finding>
