import { z } from 'zod'
import { Instant, Key } from '../sdk/index.ts'

/** One act on many entities: how far it is, and what was refused and why. */
export const Bulk = z.object({
  id: z.string(),
  what: z.enum(['owner', 'label', 'mute', 'undo']),
  /** What is done, a part of a sentence: `Mara Quill answers for them`. */
  says: z.string(),
  by: z.string(),
  total: z.number().int(),
  done: z.number().int(),
  refused: z.number().int(),
  /** `stopped`: what was done until then stays done. */
  state: z.enum(['running', 'done', 'stopped']),
  created: Instant,
  ended: Instant.nullable(),
  /** What was done can be taken back as a whole. */
  undoable: z.boolean(),
  /** Why rows were refused, the commonest first, with how many and the first of them. */
  reasons: z.array(z.object({ says: z.string(), count: z.number().int(), first: Key })),
})
export type Bulk = z.infer<typeof Bulk>

/** What came of each row. */
export const BulkRow = z.object({
  entity: Key,
  state: z.enum(['waiting', 'done', 'refused']),
  code: z.string().nullable(),
  says: z.string().nullable(),
})
export type BulkRow = z.infer<typeof BulkRow>
