import { z } from 'zod'
import { Instant, known } from '../sdk/index.ts'
import { EntityRef, Mark, Person } from './ref.ts'

/** A hit. `exact` hits come first; the preview is the card at the palette's right. */
export const Hit = z.object({
  entity: EntityRef,
  exact: z.boolean(),
  /** What matched: `key`, `alias`, `fingerprint`, `name`, `path`. */
  by: z.enum(['key', 'alias', 'fingerprint', 'name', 'path']),
  mark: Mark,
  owner: Person.nullable(),
  lastUsed: known(Instant),
  lastUsedBy: known(z.string()),
  dependents: z.number().int(),
  reached: known(z.number().int()),
  copies: z.number().int(),
  rotate: z.object({ answer: z.string(), reason: z.string() }),
})
export type Hit = z.infer<typeof Hit>

export const Found = z.object({
  /** What the form of the text says it is: `AWS access key id`; null when it has no known form. */
  recognised: z.string().nullable(),
  /** It has the form of a secret value: it was not looked up; use `/v1/find/secret`. */
  secret: z.boolean(),
  hits: z.array(Hit),
  findings: z.array(z.object({ id: z.string(), says: z.string(), mark: Mark })),
  /** What could hide it when nothing was found: a sentence for each source that was not wholly read. */
  unread: z.array(z.string()),
})
export type Found = z.infer<typeof Found>
