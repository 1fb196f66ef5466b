/**
 * The one form that every provider's grants are turned into: principal × actions × resources × condition × allow or deny, in
 * a layer. Layers are of three kinds and no more. *Held*: what a principal holds (its policies, its groups', a role bound to it).
 * *Ceilings*: what none of its members may go beyond (a boundary, a session policy, an organization's policies). *Doors*: what
 * the object itself says about who may come (a bucket's policy, a role's trust, a key's policy).
 */
import type { Condition, Known } from './condition.ts'

/** Whoever can hold grants. `scope` is the account, cluster or database it lives in. */
export interface Principal {
  id: string
  kind: string
  scope: string
  /** What is known of it, by condition key in lower case: values, null for absent from its requests, undefined for unknown. */
  about(key: string): Known
  /** A door that names it opens though its own ceiling does not allow it (an AWS user, unlike a role). */
  passesOwnCeiling: boolean
}

/** What a statement speaks of; `not` turns it around: everything but. */
export interface Patterns {
  not: boolean
  patterns: readonly string[]
}

/** Whom a door's statement is about. */
export interface Who {
  /** Everything but these. */
  not: boolean
  anyone: boolean
  /** Exact ids of principals. */
  ids: readonly string[]
  /** Whole scopes: they may let their own principals come. */
  scopes: readonly string[]
  services: readonly string[]
  federations: readonly string[]
}

export interface Statement {
  effect: 'allow' | 'deny'
  /** Case does not matter. */
  actions: Patterns
  resources: Patterns
  condition: Condition
  /** Only in doors. */
  who?: Who
  /** Where it stands, for people: `policy deploy, statement 2 (AllowPass)`. */
  from: string
}

export interface Policy {
  name: string
  statements: readonly Statement[]
}

/** What `members` may not go beyond: something in `policies` must allow, and nothing may deny. */
export interface Ceiling {
  name: string
  kind: 'own' | 'organization'
  members: readonly number[]
  policies: readonly Policy[]
}

/** What an object says about who may come; or, as `*`, what is said for every object of its scope. */
export interface Door {
  object: string
  scope: string
  /** Nobody comes in unless the door lets them: a role's trust, a key's policy. */
  mandatory: boolean
  /** Services (what stands before the colon of an action) that the door guards; all when left out. */
  services?: ReadonlySet<string>
  policies: readonly Policy[]
}

export interface Grants {
  principals: readonly Principal[]
  /** Who holds which policy; the same policy object for all its holders. */
  held: readonly { policy: Policy; holders: readonly number[] }[]
  ceilings: readonly Ceiling[]
  doors: readonly Door[]
  /** What the door is of: the bucket of an object in it, else the resource itself. */
  objectOf(resource: string): string
  /** The scope an object lives in, where that is known. */
  scopeOf(resource: string): string | undefined
  /** What is known of an object, by condition key. */
  about(resource: string, key: string): Known
  /** What is true of every request: the time. */
  always(key: string): Known
}

export interface Question {
  action: string
  resource: string
  /** What is known of the request beyond the principal and the object, by condition key in lower case. */
  request?: ReadonlyMap<string, Known>
  /** Asks as if the door named everyone: what remains once it was rewritten. */
  openDoor?: boolean
  /** Asks as if everybody held everything: what ceilings and denials leave. */
  granted?: boolean
}
