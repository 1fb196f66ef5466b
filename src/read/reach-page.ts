/** What the pages of reach say: how something could become more, what cuts it, and what could not be judged on the way. */
import { z } from 'zod'
import { DerivedVerb, Environment, Instant, Key, Sensitivity, Tier, Verb } from '../sdk/index.ts'
import { FindingRow } from './findings.ts'
import { EntityRef, Mark } from './ref.ts'

const whole = z.number().int().nonnegative()

/** What a path may start at or end in, besides one thing. */
export const ReachAim = z.enum(['tier-zero', 'crown-jewels', 'sensitive', 'public'])
export type ReachAim = z.infer<typeof ReachAim>

/** `stolen`: no copy of a secret or credential is taken; `depends`: nothing that turns on unknown conditions; `mfa`: nothing that asks for a second factor. */
export const ReachWithout = z.enum(['stolen', 'depends', 'mfa'])
export type ReachWithout = z.infer<typeof ReachWithout>

export const ReachThing = EntityRef.extend({
  mark: Mark,
  environment: Environment.nullable(),
  sensitivity: Sensitivity.nullable(),
  tier: Tier.nullable(),
  /** Confidential or restricted, of tier 0 or 1, or in production. */
  sensitive: z.boolean(),
})
export type ReachThing = z.infer<typeof ReachThing>

/** One sentence that carries a hop, and who said so. */
export const ReachProof = z.object({
  verb: z.union([Verb, DerivedVerb]),
  says: z.string(),
  /** The permissions that give it, in the system's own words. */
  actions: z.array(z.string()),
  /** The policy, role or trust that gives it: as a thing where it is one, else in words. */
  object: EntityRef.nullable(),
  objectSays: z.string().nullable(),
  /** Null when it holds; else what it turns on. */
  dependsOn: z.string().nullable(),
  stolen: z.boolean(),
  mfa: z.boolean(),
  /** Where it was read, or that Reeve worked it out. */
  source: z.string(),
  connection: z.string().nullable(),
  collection: z.string().nullable(),
  readAt: Instant,
  since: Instant,
})
export type ReachProof = z.infer<typeof ReachProof>

/** `from` and `to` are places in `things`. Strongest proof first; none where only the picture is told. */
export const ReachHop = z.object({
  from: whole,
  to: whole,
  /** That of the strongest proof; null where only the picture is told. */
  verb: z.union([Verb, DerivedVerb]).nullable(),
  /** Does no proof hold without unknown conditions? */
  depends: z.boolean(),
  proofs: z.array(ReachProof),
})
export type ReachHop = z.infer<typeof ReachHop>

/** `hops` are places in the list of hops, in order. */
export const ReachPath = z.object({ hops: z.array(whole), dependsOn: z.array(z.string()) })
export type ReachPath = z.infer<typeof ReachPath>

/** A listing on the way that was not read whole: there may be more. */
export const ReachGap = z.object({
  connection: z.string(),
  collection: z.string(),
  title: z.string(),
  reason: z.string(),
  permission: z.string().nullable(),
})
export type ReachGap = z.infer<typeof ReachGap>

/** The end of a question: one thing, or all of a sort. */
export const ReachEnd = z.object({ aim: ReachAim.nullable(), thing: ReachThing.nullable(), ends: whole })
export type ReachEnd = z.infer<typeof ReachEnd>

/** A hop that every way to some ends needs: how many of them are not reached any more without it. */
export const ReachCut = z.object({ hop: whole, ends: whole })
export type ReachCut = z.infer<typeof ReachCut>

export const ReachRow = z.object({
  thing: ReachThing,
  distance: whole,
  /** Does one path hold without unknown conditions? */
  sure: z.boolean(),
  /** The first step of a shortest path, and its end; null when it is an end itself. */
  next: ReachThing.nullable(),
  end: ReachThing,
})
export type ReachRow = z.infer<typeof ReachRow>

/** What could not be judged: listings that were not read, hops that turn on unknown conditions, names that nothing describes. */
export const ReachUnjudged = z.object({ gaps: z.array(ReachGap), depends: whole, undescribed: whole })
export type ReachUnjudged = z.infer<typeof ReachUnjudged>

export const Reach = z.object({
  /** Null: whoever reaches the end is asked for. */
  from: ReachThing.nullable(),
  to: ReachEnd,
  things: z.array(ReachThing),
  hops: z.array(ReachHop),
  /** Shortest first. */
  paths: z.array(ReachPath),
  /** Why there are more than these; null when these are all. */
  more: z.string().nullable(),
  /** Those that part most first. */
  cuts: z.array(ReachCut),
  /** Do the cuts hold for every way there is? False where there were too many to look at all, or some are longer than was looked. */
  cutsWhole: z.boolean(),
  /** Without `from`: who reaches the end, nearest first. */
  who: z.object({ total: whole, sure: whole, rows: z.array(ReachRow), next: z.string().nullable() }).nullable(),
  unjudged: ReachUnjudged,
  asOf: Instant.nullable(),
})
export type Reach = z.infer<typeof Reach>

export const ReachTierZero = z.object({
  /** What is of tier 0, of whatever kind, at most 200. */
  things: z.array(ReachThing),
  thingCount: whole,
  total: whole,
  sure: whole,
  /** Exactly the identities that reach any of it. */
  rows: z.array(ReachRow),
  next: z.string().nullable(),
  unjudged: ReachUnjudged,
  asOf: Instant.nullable(),
})
export type ReachTierZero = z.infer<typeof ReachTierZero>

export const ReachChokePoints = z.object({
  to: ReachEnd,
  /** Pairs of an identity, or a place where a secret lies, and an end that it reaches. */
  pairs: whole,
  starts: whole,
  /** Ends that were counted; of a very large estate those worth most. */
  counted: whole,
  /** Things whose going parts most pairs. */
  things: z.array(z.object({ thing: ReachThing, pairs: whole })),
  /** Single hops whose going parts most pairs; places in `hopThings`. */
  hopThings: z.array(ReachThing),
  hops: z.array(ReachHop.extend({ pairs: whole })),
  unjudged: ReachUnjudged,
  asOf: Instant.nullable(),
})
export type ReachChokePoints = z.infer<typeof ReachChokePoints>

export const ReachBlast = z.object({
  of: ReachThing,
  reached: z.object({
    total: whole,
    resources: whole,
    sensitive: whole,
    tierZero: whole,
    bySensitivity: z.record(z.string(), whole),
    byKind: z.record(z.string(), whole),
    /** Only where unknown conditions allow it. */
    depends: whole,
  }),
  /** What is worth most first. */
  rows: z.array(z.object({ thing: ReachThing, distance: whole, sure: z.boolean() })),
  breaks: z.object({
    total: whole,
    rows: z.array(z.object({ thing: ReachThing, distance: whole, verb: Verb, through: ReachThing })),
  }),
  unjudged: ReachUnjudged,
  asOf: Instant.nullable(),
})
export type ReachBlast = z.infer<typeof ReachBlast>

/** What stands around some things: `hops` without proofs, places in `things`. */
export const ReachAround = z.object({
  things: z.array(ReachThing),
  hops: z.array(ReachHop),
  /** Were things left out? */
  more: z.boolean(),
  unjudged: ReachUnjudged,
  asOf: Instant.nullable(),
})
export type ReachAround = z.infer<typeof ReachAround>

/** Places where a copy of a secret lies, from which an end is reached: leaked secret, credential, identity, end. */
export const ReachLeaks = z.object({
  to: ReachEnd,
  total: whole,
  things: z.array(ReachThing),
  hops: z.array(ReachHop),
  /** The shortest path of each, shortest first; the others are places in `things`, null where the way has none. */
  rows: z.array(
    ReachPath.extend({ secret: whole, credential: whole.nullable(), identity: whole.nullable(), end: whole }),
  ),
  next: z.string().nullable(),
  /** `unmatched`: places of which nothing tells what their secret opens. */
  unjudged: ReachUnjudged.extend({ unmatched: whole }),
  asOf: Instant.nullable(),
})
export type ReachLeaks = z.infer<typeof ReachLeaks>

/** What the fix of each finding removes, as if what it is about went: the most that the fix can bring. */
export const ReachWorth = z.object({
  to: ReachEnd,
  /** Pairs of an identity, or a place where a secret lies, and an end that it reaches: all there are. */
  pairs: whole,
  /** Ends that were counted; of a very large estate those worth most. */
  counted: whole,
  /** The most pairs per minute first; without an effort last. */
  rows: z.array(
    z.object({
      finding: FindingRow,
      /** Pairs that nothing would join any more. */
      pairs: whole,
      /** Of the effort that the rule tells; null when it tells none. */
      perMinute: z.number().nonnegative().nullable(),
    }),
  ),
  total: whole,
  /** Findings whose fix removes nothing: what they are about is on no way, or never the only one. */
  nothing: whole,
  next: z.string().nullable(),
  unjudged: ReachUnjudged.extend({
    findings: z.object({
      /** Verdicts that could not be given. */
      unknown: whole,
      /** About something that no source names. */
      unplaced: whole,
      /** About more things than are counted at once. */
      beyond: whole,
      /** Whose rule tells no effort. */
      withoutEffort: whole,
    }),
  }),
  asOf: Instant.nullable(),
})
export type ReachWorth = z.infer<typeof ReachWorth>

/** Taken away in a trial: a thing with all its sentences, or the sentences between two things. */
export const ReachRemoval = z.union([
  z.strictObject({ key: Key }),
  z.strictObject({ from: Key, to: Key, verb: z.union([Verb, DerivedVerb]).optional() }),
])
export type ReachRemoval = z.infer<typeof ReachRemoval>

export const ReachTried = z.object({
  before: z.object({ pairs: whole, starts: whole, ends: whole }),
  after: z.object({ pairs: whole, starts: whole, ends: whole }),
  /** Who would reach fewer ends, those that lose most first. */
  freed: z.array(z.object({ thing: ReachThing, before: whole, after: whole })),
  freedTotal: whole,
  /** Shortest paths of before that would be gone, at most 20; `things` and `hops` are what they are made of. */
  things: z.array(ReachThing),
  hops: z.array(ReachHop),
  paths: z.array(ReachPath),
  calls: z.object({
    /** Calls that were seen, and could not be made any more. */
    breaks: whole,
    rows: z.array(z.object({ from: ReachThing, to: ReachThing, last: Instant.nullable() })),
    /** Of these identities nothing tells what they call. */
    unknown: whole,
  }),
  unjudged: ReachUnjudged,
  asOf: Instant.nullable(),
})
export type ReachTried = z.infer<typeof ReachTried>
