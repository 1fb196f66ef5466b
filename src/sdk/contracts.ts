/**
 * The promises between Reeve and its plugins. A provider is one object with optional capabilities; a rule is one object
 * with its cases. Plugins see the world through `Run` alone, so that tests can replay it.
 */
import type { z } from 'zod'
import type { Acting } from './action.ts'
import type { Edge, Entity, Instant, JsonValue, Kind, Method, Owasp, Place, Severity, Verb, Verdict } from './model.ts'
import type { Sensitive } from './sensitive.ts'

/** Static message, data in fields; secrets in neither. */
export interface Log {
  debug(fields: Record<string, unknown>, message: string): void
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

/** Given to every plugin call, and its only way out: no global clock, logger, network or environment. */
export interface Run {
  /**
   * HTTP with the installation's proxy, time limit, back-off, Retry-After and address guard. Throws `ReeveError`
   * `outbound/…`; answers 401 and 403 are returned like any other: whether they are a refusal is the provider's to say.
   */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>
  log: Log
  now(): Date
  /** Aborts when the run is cancelled or out of time. Pass it on, or check it in every loop that can be long. */
  signal: AbortSignal
  /** Secrets in bytes, in order of offset, none overlapping. Never throws on any input. */
  scan(bytes: Uint8Array, place: ScanPlace): Detection[]
  /** Secrets in the files below a folder (or one file). Links are not followed; special files are never opened. */
  scanFolder(path: string, options?: ScanFolderOptions): AsyncIterable<ScannedFile>
  /** Secrets in the objects of a git repository, each blob read once, with the commits that brought and removed it. */
  scanHistory(repository: string, options?: ScanHistoryOptions): AsyncIterable<ScannedBlob>
  /** The keyed fingerprint of a secret value (HMAC-SHA-256 under this installation's key): `hmac:` and 32 hex digits. */
  fingerprint(value: Sensitive | string): string
  /** The ledger of the collection that is being read. */
  ledger: Ledger
}

/** How complete a read is. Scopes are free words of the provider; the empty scope is the whole collection. */
export interface Ledger {
  /** The source says there are `count` things in the scope. Adds up when called again. */
  expect(count: number, scope?: string): void
  /** `count` things of the scope were read. Needed only where scopes are used; else the runner counts entities. */
  obtain(count: number, scope?: string): void
  /**
   * A part could not be read: it makes the read partial, so nothing of the collection is deleted. `permission` is the exact
   * grant that would answer it. `count` is how many things are missing, 1 if not known.
   */
  refuse(reason: string, details?: { scope?: string; permission?: string; count?: number }): void
}

/** One listing of one system. */
export interface Collection<Client> {
  /** Kebab case, unique in the provider: `authorized-keys`. */
  id: string
  title: string
  /**
   * The entity types that `read` yields, all of them. What the collection yielded before and does not yield now is *gone*,
   * if the read returned without throwing and without refusals. Yielding another type is an error.
   */
  yields: readonly string[]
  /** Its source forgets: what it told once stays told when a later read does not hear of it any more. */
  forgets?: true
  /** The permissions it uses, in the source's own words; shown before a connection is made. */
  needs: readonly string[]
  /**
   * Yields entities and edges in any order; ends may be described elsewhere. Throw `Refused` when the listing as a whole is
   * refused, use `run.ledger.refuse` for a part. Any other throw ends the listing as failed; what was yielded stays valid.
   */
  read(client: Client, run: Run): AsyncIterable<Entity | Edge>
}

/**
 * Where `reeve up` and `reeve scan` stand: a folder or repository (with its history, or what came after a revision), or this machine.
 * `probe`: servers that are named there may be asked over HTTP (`remote`), or started and asked too (`all`).
 */
export type Nearby = ({ folder: string; history?: boolean; since?: string } | { host: true }) & {
  probe?: 'remote' | 'all'
}

/**
 * All that Reeve knows of one system: one folder, one object. Every capability is optional; nothing else in Reeve asks which
 * provider it is.
 */
// biome-ignore lint/suspicious/noExplicitAny: a list of providers erases their types; each provider checks its own
export interface Provider<Config = any, Client = any> {
  /** Kebab case; the head of every key the provider makes: `aws`. */
  id: string
  title: string
  /** One sentence: what it reads and with what rights. */
  summary: string
  /**
   * What it tells of does not exist. Such a provider is offered nowhere, bears the keys of the systems it makes up, and is never
   * connected beside one that reads something real.
   */
  invented?: boolean
  /**
   * Settings; draws the form and checks `reeve connect --set`. A field that is a secret bears `.meta({ secret: true })`; every
   * field bears a `title` and `description`.
   */
  config: z.ZodType<Config>
  /** A short name for one connection, from its settings: `orders-db:5432`. */
  label(config: Config): string
  /** Opens the connection or throws with what to do about it. Called again for every sync. */
  connect(config: Config, run: Run): Promise<Client>
  disconnect?(client: Client): Promise<void>
  collections?: readonly Collection<Client>[]
  /** How something is changed there, with a grant of its own; without it nothing can be. */
  acting?: Acting<Config>
  /** Settings with which the place can be read at once, without asking anybody; null when it is not for this provider. */
  nearby?(place: Nearby): Promise<Config | null>
}

/** What the detectors see of the place: a name gives hints (`.env`, `.pem`, lock files), bytes decide. */
export interface ScanPlace {
  file?: string
}

/** One secret found in bytes. */
export interface Detection {
  /** The detector's id: `aws-access-key`. */
  detector: string
  /** The system the secret opens, lower case: `aws`; `generic` when it cannot be told. */
  provider: string
  /** What it is, in words: `AWS access key`. */
  title: string
  severity: Severity
  method: Method
  value: Sensitive
  /** At most the public prefix of the format and four characters. */
  redacted: string
  /** The public id that the format or its neighbour carries (AKIA…, kid, user name at host). */
  keyId?: string
  /** Byte offsets of the value: `bytes.subarray(start, end)`. */
  start: number
  end: number
  /** From 1; columns in UTF-16 code units, as editors count. */
  line: number
  column: number
  /** Of a container image: the digest of the layer. */
  layer?: string
  /** What else there is to say of the place, as part of a sentence: `layer 2 of 5, sha256:0a1b…, made by “COPY . .”`. */
  note?: string
}

export interface ScanFolderOptions {
  /** Paths (relative, `/`-separated) for which false is returned are neither opened nor entered. */
  filter?: (path: string, isFolder: boolean) => boolean
  signal?: AbortSignal
}

export interface ScannedFile {
  /** Relative to the folder, `/`-separated. */
  file: string
  bytes: number
  detections: Detection[]
  /** Why the file was not, or not wholly, read. */
  skipped?: string
}

export interface ScanHistoryOptions {
  /** Only what is reachable from here and not from `since`; all refs when left out. */
  since?: string
  signal?: AbortSignal
}

/** A blob with detections; blobs without are not reported. */
export interface ScannedBlob {
  blob: string
  detections: Detection[]
  /** Each way the blob came in: oldest first, at least one. */
  appearances: {
    file: string
    commit: string
    author: string
    /** Author date. */
    date: Instant
    /** Is this blob at this path in HEAD? */
    atHead: boolean
    /** When the path last changed to something else or was removed; null while it is there. */
    lastSeen: Instant | null
  }[]
  /** Objects that could not be read, said once on the first item. */
  skipped?: string
}

// ── rules ──

/** A step along an edge: `>` from subject to object, `<` back. `'<authenticates'` leads from an identity to its credentials. */
export type Step = `>${Verb}` | `<${Verb}`

/** What stands at the end of a path; `entity` is null when nothing has described the key (it dangles). */
export interface Neighbour {
  key: string
  entity: Entity | null
  /** The last edge of the path. */
  edge: Edge
}

/** A value that an attribute had, and from when until when it was told. */
export interface Former {
  value: JsonValue
  from: Instant
  until: Instant
}

export interface Subject {
  entity: Entity
  /** For each name in the rule's `along`, what stands there; in order of key. */
  along: Readonly<Record<string, readonly Neighbour[]>>
  /**
   * For each name in the rule's `remembers`, the values it had before the present one, oldest first; those that follow each other
   * differ, and the last differs from the present one. Empty when it has had one value ever since it was first read.
   */
  before: Readonly<Record<string, readonly Former[]>>
}

export interface CheckContext<Params> {
  now: Date
  params: Params
}

export type Outcome =
  | {
      verdict: 'fail'
      /** A sentence with a subject, and a date where there is one: "backup may run any command as root without a password". */
      says: string
      /** Evidence, a sentence each, strongest first. */
      because: string[]
      /** When this subject is worse or better than the rule's own severity. */
      severity?: Severity
      /** When this subject wants other steps than the rule's own. */
      fix?: string[]
      places?: Place[]
      /** For leaked secrets. */
      secret?: { detector: string; provider: string; redacted: string; keyId?: string; fingerprint?: string }
    }
  | { verdict: 'pass' }
  | { verdict: 'unknown'; reason: string; permission?: string }
  | { verdict: 'not-applicable'; reason: string }

/** An example that is documentation and test at once. */
export interface RuleCase {
  /** The condition: "a key on the limit". */
  name: string
  subject: string
  entities: z.input<typeof Entity>[]
  edges?: Edge[]
  /** Former values of the subject's attributes, oldest first. */
  before?: Readonly<Record<string, readonly Former[]>>
  now?: Instant
  params?: Record<string, unknown>
  /** Types that could not be read completely. */
  incomplete?: string[]
  expect: Verdict
}

/**
 * One check over the estate. Pure and synchronous. Where the verdict leans on something *not* being there (no login seen, no
 * owner), `needs` names the types that must have been read completely; where they were not, a pass (and a fail, if
 * `failsOnAbsence`) turns unknown, with the ledger's reason.
 */
// biome-ignore lint/suspicious/noExplicitAny: a list of rules erases their parameters; each rule checks its own
export interface Rule<Params = any> {
  /** Kebab case, stable for ever: `host-sudo-without-password`. */
  id: string
  /** What is checked, a sentence in the form of the fault: "A service account may become root without a password". */
  title: string
  owasp: readonly Owasp[]
  severity: Severity
  why: string
  /** Steps, one sentence each. */
  fix: readonly string[]
  /** How to take the fix back, and until when. */
  undo: string
  /** Minutes a person needs for the fix. */
  effort: number
  /** Subjects: all entities of the kind, or those of the types. */
  about: { kind: Kind; types?: readonly string[] }
  /** Paths of verbs from the subject; `check` gets what stands at their ends. */
  along?: Readonly<Record<string, readonly Step[]>>
  /**
   * Attributes of the subject whose former values `check` gets. What a person set aside stays aside only while these are as they
   * were then: a finding that is muted or accepted opens again when one of them changes.
   */
  remembers?: readonly string[]
  needs?: readonly string[]
  failsOnAbsence?: boolean
  /** Settings an installation may change, each with a default. */
  params?: z.ZodType<Params>
  check(subject: Subject, context: CheckContext<Params>): Outcome
  cases: readonly RuleCase[]
}

export const pass: Outcome = { verdict: 'pass' }
export const fail = (
  says: string,
  because: string[],
  more: Omit<Extract<Outcome, { verdict: 'fail' }>, 'verdict' | 'says' | 'because'> = {},
): Outcome => ({
  verdict: 'fail',
  says,
  because,
  ...more,
})
export const unknown = (reason: string, permission?: string): Outcome =>
  permission === undefined ? { verdict: 'unknown', reason } : { verdict: 'unknown', reason, permission }
export const notApplicable = (reason: string): Outcome => ({ verdict: 'not-applicable', reason })

/** Keeps a literal's types while it is checked against the promise. */
export const defineProvider = <Config, Client>(provider: Provider<Config, Client>): Provider<Config, Client> => provider
export const defineRule = <Params>(rule: Rule<Params>): Rule<Params> => rule
