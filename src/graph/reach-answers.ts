/** What is asked of the estate's attack graph, and what it answers. Keys that stand for one thing are asked by any of them. */
import { z } from 'zod'
import type { Db } from '../platform/index.ts'
import { DerivedVerb, Environment, Instant, Key, Kind, Sensitivity, Tier, Verb } from '../sdk/index.ts'

/** Where a path ends: one thing, or all that is worth most. */
export const Aim = z.union([z.enum(['tier-zero', 'crown-jewels', 'sensitive', 'public']), Key]).meta({
  description:
    '`tier-zero`: what is marked tier 0; `crown-jewels`: that, and restricted resources; `sensitive`: those, confidential resources, tier 1 and production; `public`: resources whose content is public; or a key',
})
export type Aim = z.infer<typeof Aim>

/**
 * What an attacker is not given. `stolen`: no copy of a secret or credential is taken on the way; `depends`: nothing that turns on
 * conditions Reeve does not know; `mfa`: nothing that asks for a second factor; `derived`: only what sources said themselves.
 */
export const Without = z.enum(['stolen', 'depends', 'mfa', 'derived'])
export type Without = z.infer<typeof Without>

export const Switches = z.object({
  without: z.array(Without).default([]),
  /** Only through things of these environments; those of which no environment is known are let through, and counted. */
  within: z.array(Environment).default([]),
  /** Things that no path may touch. */
  avoid: z.array(Key).max(100).default([]),
})
export type Switches = z.infer<typeof Switches>

export const ReachNode = z.object({
  key: Key,
  /** Null when nothing describes it: a sentence names it. */
  kind: Kind.nullable(),
  type: z.string().nullable(),
  name: z.string(),
  environment: Environment.nullable(),
  sensitivity: Sensitivity.nullable(),
  tier: Tier.nullable(),
})
export type ReachNode = z.infer<typeof ReachNode>

/** One sentence that carries a step, and who said so. */
export const Proof = z.object({
  verb: z.union([Verb, DerivedVerb]),
  says: z.string(),
  /** The permissions or privileges that give it, in the system's words. */
  actions: z.array(z.string()),
  /** The policy, role or trust that gives it: a key or words; null when the sentence itself does. */
  object: z.string().nullable(),
  /** Null when it holds; else what it turns on. */
  dependsOn: z.string().nullable(),
  stolen: z.boolean(),
  mfa: z.boolean(),
  /** The connection and listing that said it, or what worked it out. */
  source: z.string(),
  /** When the source was last read, or it was last worked out. */
  read: Instant,
  /** Since when it is known. */
  since: Instant,
})
export type Proof = z.infer<typeof Proof>

/** Strongest proof first; each of them is enough for the step. */
export const Hop = z.object({ from: ReachNode, to: ReachNode, proofs: z.array(Proof) })
export type Hop = z.infer<typeof Hop>

/** A chain of steps in which nothing comes twice. `dependsOn`: what it turns on, where no step can do without. */
export const Path = z.object({ hops: z.array(Hop), dependsOn: z.array(z.string()) })
export type Path = z.infer<typeof Path>

/** A listing that tells of things of the kinds on the way and was not read whole: there may be more. */
export const Gap = z.object({
  connection: z.string(),
  collection: z.string(),
  reason: z.string(),
  permission: z.string().nullable(),
})
export type Gap = z.infer<typeof Gap>

const whole = z.number().int().nonnegative()
const Told = z.object({ gaps: z.array(Gap), asOf: Instant.nullable() })

export const PathsAsked = z.object({
  from: Key,
  to: Aim.default('crown-jewels'),
  /** Every path up to a length, shortest first; without it one shortest path to each end, nearest first. */
  all: z.boolean().default(false),
  /** Steps of the longest path, where all are asked for. */
  longest: z.number().int().min(1).max(20).default(8),
  most: z.number().int().min(1).max(500).default(50),
  switches: Switches.prefault({}),
})
export type PathsAsked = z.infer<typeof PathsAsked>
export const PathsFound = Told.extend({
  from: ReachNode,
  paths: z.array(Path),
  /** Ends that are reached, whether or not a path to them is listed. */
  ends: whole,
  /** Why there may be more paths than these; null when these are all. */
  more: z.string().nullable(),
})
export type PathsFound = z.infer<typeof PathsFound>

export const ReachingAsked = z.object({
  to: Aim.default('tier-zero'),
  /** Who: identities, unless said. */
  kinds: z.array(Kind).default(['identity']),
  /** Rows to pass over. */
  skip: whole.default(0),
  most: z.number().int().min(1).max(1_000).default(100),
  switches: Switches.prefault({}),
})
export type ReachingAsked = z.infer<typeof ReachingAsked>
/** Exactly who reaches it, nearest first; what is marked so itself has distance 0. */
export const Reaching = Told.extend({
  ends: whole,
  total: whole,
  /** Of `total`, those that reach it without anything that turns on unknown conditions. */
  sure: whole,
  rows: z.array(
    z.object({
      node: ReachNode,
      distance: whole,
      /** Does one path hold without unknown conditions? */
      sure: z.boolean(),
      /** The first step of a shortest path, and its end; null when it is an end itself. */
      next: ReachNode.nullable(),
      end: ReachNode,
    }),
  ),
})
export type Reaching = z.infer<typeof Reaching>

const Tally = z.object({
  restricted: whole,
  confidential: whole,
  internal: whole,
  public: whole,
  /** Nothing says what its content is worth. */
  unknown: whole,
})

export const BlastAsked = z.object({
  of: Key,
  most: z.number().int().min(1).max(1_000).default(100),
  switches: Switches.prefault({}),
})
export type BlastAsked = z.infer<typeof BlastAsked>
/** What is reached if the thing is taken, and who would notice if it were taken away. */
export const Blast = Told.extend({
  of: ReachNode,
  reached: z.object({
    /** Described things beside itself. */
    total: whole,
    byKind: z.record(Kind, whole),
    /** Resources alone. */
    bySensitivity: Tally,
    tierZero: whole,
    sensitive: whole,
    /** Keys that sentences name and nothing describes: what lies behind them is not known. */
    undescribed: whole,
    /** Of `total`, those that are reached only where unknown conditions allow it. */
    depends: whole,
  }),
  /** Resources and tier 0 of any kind, what is worth most first. */
  rows: z.array(z.object({ node: ReachNode, distance: whole, sure: z.boolean() })),
  breaks: z.object({
    total: whole,
    /** Nearest first. */
    rows: z.array(z.object({ node: ReachNode, distance: whole, verb: Verb, through: ReachNode })),
  }),
})
export type Blast = z.infer<typeof Blast>

export const ChokesAsked = z.object({
  to: Aim.default('crown-jewels'),
  most: z.number().int().min(1).max(200).default(25),
  switches: Switches.prefault({}),
})
export type ChokesAsked = z.infer<typeof ChokesAsked>
/**
 * Where one cut helps most. The measure is exact: of all pairs of an identity (or a place where a secret lies) and an end that it
 * reaches, how many are no longer connected by any path once the thing, or the step, is taken away.
 */
export const Chokes = Told.extend({
  starts: whole,
  ends: whole,
  pairs: whole,
  /** Ends that were counted; fewer than `ends` when the work would have taken too long: then those worth most. */
  counted: whole,
  nodes: z.array(z.object({ node: ReachNode, pairs: whole })),
  steps: z.array(z.object({ hop: Hop, pairs: whole })),
})
export type Chokes = z.infer<typeof Chokes>

/** Taken away: a thing with all its sentences, or the sentences between two keys (of one verb, if said). */
export const Removal = z.union([
  z.strictObject({ key: Key }),
  z.strictObject({ from: Key, to: Key, verb: z.union([Verb, DerivedVerb]).optional() }),
])
export type Removal = z.infer<typeof Removal>

export const SimulateAsked = z.object({
  remove: z.array(Removal).min(1).max(100),
  to: Aim.default('crown-jewels'),
  most: z.number().int().min(1).max(200).default(20),
  switches: Switches.prefault({}),
})
export type SimulateAsked = z.infer<typeof SimulateAsked>
/** What would be no more; nothing is changed. */
export const Simulated = Told.extend({
  before: z.object({ pairs: whole, starts: whole, ends: whole }),
  after: z.object({ pairs: whole, starts: whole, ends: whole }),
  /** Who reaches fewer ends, those that lose most first. */
  freed: z.array(z.object({ node: ReachNode, before: whole, after: whole })),
  freedTotal: whole,
  /** Shortest paths of before that are gone. */
  paths: z.array(Path),
})
export type Simulated = z.infer<typeof Simulated>

export const WorthAsked = z.object({
  keys: z.array(Key).min(1).max(10_000),
  to: Aim.default('sensitive'),
  switches: Switches.prefault({}),
})
export type WorthAsked = z.infer<typeof WorthAsked>
/** For each key, the pairs that are no longer connected once it alone is taken away: by it findings are put in order. */
export const Worth = Told.extend({
  pairs: whole,
  ends: whole,
  counted: whole,
  rows: z.array(z.object({ key: Key, pairs: whole })),
})
export type Worth = z.infer<typeof Worth>

export const LeaksAsked = z.object({
  to: Aim.default('crown-jewels'),
  skip: whole.default(0),
  most: z.number().int().min(1).max(200).default(50),
  switches: Switches.prefault({}),
})
export type LeaksAsked = z.infer<typeof LeaksAsked>
/** Places where a copy of a secret lies, from which an end is reached: the shortest path of each, shortest first. */
export const Leaks = Told.extend({ ends: whole, total: whole, paths: z.array(Path) })
export type Leaks = z.infer<typeof Leaks>

export const AroundAsked = z.object({
  keys: z.array(Key).min(1).max(100),
  /** Steps away, in either direction. */
  steps: z.number().int().min(1).max(6).default(1),
  most: z.number().int().min(1).max(2_000).default(300),
  /** All sentences, or only those an attacker can walk along. */
  sentences: z.enum(['all', 'walkable']).default('all'),
  switches: Switches.prefault({}),
})
export type AroundAsked = z.infer<typeof AroundAsked>
/** What stands around some things, nearest first, with the sentences among what is shown. */
export const Around = Told.extend({
  nodes: z.array(ReachNode.extend({ distance: whole, degree: whole })),
  edges: z.array(
    z.object({
      from: Key,
      verb: z.union([Verb, DerivedVerb]),
      to: Key,
      /** Can an attacker walk along it? */
      walkable: z.boolean(),
      depends: z.boolean(),
      stolen: z.boolean(),
    }),
  ),
  /** Were things left out? */
  more: z.boolean(),
})
export type Around = z.infer<typeof Around>

/** The database of a moment and the moment; null for now. What routes are given fits. */
export interface Moment {
  db: Db
  asOf: Date | null
}

/** Answers from the graph in memory, which follows the database. Throws `reach/unknown-key` for a key that nothing names. */
export interface Reach {
  paths(moment: Moment, asked: PathsAsked): Promise<PathsFound>
  reaching(moment: Moment, asked: ReachingAsked): Promise<Reaching>
  blast(moment: Moment, asked: BlastAsked): Promise<Blast>
  chokes(moment: Moment, asked: ChokesAsked): Promise<Chokes>
  simulate(moment: Moment, asked: SimulateAsked): Promise<Simulated>
  worth(moment: Moment, asked: WorthAsked): Promise<Worth>
  leaks(moment: Moment, asked: LeaksAsked): Promise<Leaks>
  around(moment: Moment, asked: AroundAsked): Promise<Around>
  stop(): Promise<void>
}
