/** What answers about access look like, one schema each. */
import { z } from 'zod'
import { Instant, Key, known } from '../sdk/index.ts'

const Verdict = z.enum(['yes', 'no', 'depends'])
const Possible = z.enum(['yes', 'depends'])
const Words = z.array(z.string())
const SubjectRef = z.object({ key: Key, type: z.string(), name: z.string() })

const Granted = z.object({
  action: z.string(),
  /** Patterns of the statements that allow it. */
  on: Words,
  /** Patterns that denials take out. */
  except: Words,
  dependsOn: Words,
})

const Hop = z.object({
  from: z.string(),
  /** A principal, a resource, or `admin`. */
  to: z.string(),
  actions: Words,
  object: z.string().optional(),
  by: z.string().optional(),
  dependsOn: Words.optional(),
})

export const Trust = z.object({
  provider: z.string(),
  issuer: z.string(),
  breadth: z.enum(['anybody', 'issuer', 'owner', 'named', 'nobody', 'unknown']),
  says: z.string(),
  witness: z.string().nullable(),
  any: Words,
  takeover: z.boolean(),
  asksAudience: z.boolean(),
  dependsOn: Words,
  from: z.string(),
})

const Used = known(Instant.nullable())

export const WhoCan = z.object({
  action: z.string(),
  resource: z.string(),
  rows: z.array(z.object({ subject: SubjectRef, verdict: Possible, dependsOn: Words })),
  more: z.number().int(),
  /** Who comes from elsewhere, by what the object itself says. */
  outside: z.array(
    z.object({
      who: z.string(),
      kind: z.enum(['everybody', 'service', 'scope', 'federation', 'principal']),
      verdict: Possible,
      dependsOn: Words,
      from: z.string(),
    }),
  ),
  /** What was not read and could change the answer. */
  notRead: Words,
})

export const WhatCan = z.object({
  subject: SubjectRef,
  /** Everything on everything, whatever the request says. */
  everything: z.boolean(),
  services: z.array(z.object({ service: z.string(), actions: z.array(Granted), more: z.number().int(), used: Used })),
  /** Calls that sources told one by one. */
  calls: z.number().int(),
  /** How many days back the source tells of use. */
  days: z.number().int(),
  isAdmin: z.boolean().nullable(),
  /** How it could become an administrator, shortest first. */
  paths: z.array(z.array(Hop)),
  /** Of a role: who could satisfy its trust in tokens. */
  trust: z.array(Trust),
  /** What of it could not be read. */
  unknown: Words,
  notRead: Words,
})

export const Why = z.object({
  subject: SubjectRef,
  action: z.string(),
  resource: z.string(),
  verdict: Verdict,
  because: z.string(),
  dependsOn: Words,
  layers: z.array(
    z.object({
      layer: z.enum(['held', 'door', 'ceiling']),
      name: z.string(),
      verdict: Verdict,
      statements: z.array(
        z.object({ effect: z.enum(['allow', 'deny']), from: z.string(), applies: Verdict, dependsOn: Words }),
      ),
    }),
  ),
  unknown: Words,
  notRead: Words,
})

const Admin = z.object({ before: z.boolean().nullable(), after: z.boolean().nullable() })
const PathChange = z.object({ principal: z.string(), path: z.array(Hop) })
const Call = z.object({ action: z.string().min(3).max(200), resource: z.string().min(1).max(2_048).optional() })

export const WhatIfAsked = z.object({
  principal: z.string().min(1).max(2_048),
  /** The proposed policy: a document of IAM, as an object or as text. */
  policy: z.union([z.record(z.string(), z.unknown()), z.string().min(2).max(300_000)]),
  /** Beside what it holds, or instead of the policies it holds itself or has attached. */
  mode: z.enum(['add', 'replace']).default('add'),
})
export const WhatIf = z.object({
  subject: SubjectRef,
  gained: z.array(Granted),
  lost: z.array(Granted),
  isAdmin: Admin,
  /** Ways up that there would be, and that there would not be any more, of anybody. */
  appear: z.array(PathChange),
  vanish: z.array(PathChange),
  /** Of so many observed calls, those that would not be allowed any more. */
  broken: z.array(Call),
  observed: z.number().int(),
  unknown: Words,
})

const Statement = z.object({
  Effect: z.literal('Allow'),
  Action: Words,
  Resource: Words,
  Condition: z.record(z.string(), z.record(z.string(), Words)).optional(),
})

export const LeastAsked = z.object({
  principal: z.string().min(1).max(2_048),
  /** What must go on being possible; without it, what was seen to be used. */
  calls: z.array(Call).max(20_000).optional(),
})
export const Least = z.object({
  subject: SubjectRef,
  policy: z.object({ Version: z.string(), Statement: z.array(Statement) }),
  terraform: z.string(),
  /** Each call asked again, of what it holds now and of the smaller policy. */
  replay: z.array(z.object({ action: z.string(), resource: z.string(), before: Verdict, after: Verdict })),
  proof: z.object({ calls: z.number().int(), allowed: z.number().int() }),
  /** Seen, although nothing it holds grants them. */
  ungranted: Words,
  /** Statements of today that nothing needed. */
  unneeded: Words,
  /** What is kept because nobody knows whether it is used. */
  unknown: Words,
})

export const Unused = z.object({
  rows: z.array(
    z.object({
      subject: SubjectRef,
      everything: z.boolean(),
      used: z.number().int(),
      unused: z.number().int(),
      unknown: z.number().int(),
      unusedServices: Words,
      days: z.number().int(),
    }),
  ),
  more: z.number().int(),
  notRead: Words,
})

export const ExposureList = z.object({
  rows: z.array(
    z.object({
      object: Key,
      who: z.string(),
      kind: z.enum(['everybody', 'account', 'principal', 'federation']),
      ours: z.boolean(),
      actions: Words,
      verdict: Possible,
      dependsOn: Words,
      from: z.string(),
    }),
  ),
  more: z.number().int(),
  notRead: Words,
})

export const Changes = z.object({
  subject: SubjectRef,
  since: Instant,
  until: Instant,
  wasThere: z.boolean(),
  gained: z.array(Granted),
  lost: z.array(Granted),
  isAdmin: Admin,
  /** What it came by: entitlements that came, went or were rewritten, when that was first read, and who made them where that is told. */
  told: z.array(
    z.object({
      at: Instant,
      what: z.enum(['added', 'removed', 'rewritten']),
      entitlement: Key,
      name: z.string(),
      by: z.string().nullable(),
    }),
  ),
  unknown: Words,
})

export const Template = z.object({
  like: z.string(),
  /** Whose use it was made of. */
  peers: z.array(SubjectRef),
  /** Like them by name, but nothing is known of what they use. */
  unknown: z.array(SubjectRef),
  policy: z.object({
    Version: z.string(),
    Statement: z.array(z.object({ Effect: z.literal('Allow'), Action: Words, Resource: Words })),
  }),
})
