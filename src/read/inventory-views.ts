import { z } from 'zod'
import { Instant, Kind } from '../sdk/index.ts'
import { Sort } from './inventory.ts'

/** An order of the inventory, turned round by `-` in front. */
export const SortText = z
  .string()
  .regex(/^-?\w{1,20}$/)
  .refine((text) => Sort.safeParse(text.replace(/^-/, '')).success, `one of ${Sort.options.join(', ')}`)

/** Columns in order, each with its width in pixels where it has one of its own: `name:320,owner,lastUsed`. Empty for the kind's own. */
export const ColumnsText = z
  .string()
  .max(500)
  .regex(
    /^([a-zA-Z]{1,30}(:\d{2,4})?(,[a-zA-Z]{1,30}(:\d{2,4})?)*)?$/,
    'columns are names with widths: `name:320,owner`',
  )

/** An address of the inventory with a name. */
export const View = z.object({
  id: z.string(),
  name: z.string(),
  kind: Kind,
  q: z.string(),
  sort: z.string(),
  columns: z.string(),
  /** Everybody sees it; else its maker alone. */
  shared: z.boolean(),
  mine: z.boolean(),
  madeBy: z.string(),
  /** May whoever asks rename, change and delete it? */
  mayChange: z.boolean(),
  changed: Instant,
})
export type View = z.infer<typeof View>
