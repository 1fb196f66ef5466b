import { z } from 'zod'
import { Instant, Key, Kind, Severity } from '../sdk/index.ts'

/** An entity as it is named elsewhere: enough to draw its mark and link to its card. */
export const EntityRef = z.object({
  key: Key,
  /** Null when nothing has described the key yet: an edge names it and no listing has read it. */
  kind: Kind.nullable(),
  type: z.string().nullable(),
  name: z.string(),
  /** When it vanished from its source; null while it is there. */
  gone: Instant.nullable(),
})
export type EntityRef = z.infer<typeof EntityRef>

/** The mark of a row: the worst open finding, else whether something could not be judged, else that all was judged. */
export const Mark = z.enum([...Severity.options, 'unknown', 'pass', 'not-judged'])
export type Mark = z.infer<typeof Mark>

export const Person = z.object({ key: Key, name: z.string() })
export type Person = z.infer<typeof Person>

/** Several people, one of whom answers for what the team has. */
export const TeamRef = z.object({ id: z.string(), name: z.string() })
export type TeamRef = z.infer<typeof TeamRef>

/** How often a thing is there. `about` counts are rounded and start where exact counting becomes dear. */
export const Count = z.object({ count: z.number().int().nonnegative(), exact: z.boolean() })
export type Count = z.infer<typeof Count>

/** A place in a list. `next` is null on the last page; a cursor is opaque and holds while order and query stay. */
export const Page = z.object({ next: z.string().nullable() })
