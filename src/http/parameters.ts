import { z } from 'zod'
import { Instant } from '../sdk/index.ts'

/** What many routes take, said once. */
export const QueryText = z
  .string()
  .max(2_000)
  .default('')
  .meta({ description: 'words as in the console: `type:linux_user owner:none used:>90d`' })
export const Cursor = z.string().max(8_192).optional().meta({ description: '`next` of the page before' })
export const Limit = z.coerce.number().int().min(1).max(500).default(100)
export const KeyParam = z.object({ key: z.string().min(3).max(2_048).meta({ description: 'url-encoded' }) })
export const Id = z.object({ id: z.string().min(1).max(200) })
export const AsOf = z
  .union([Instant, z.iso.date()])
  .optional()
  .transform((text) => (text === undefined ? undefined : new Date(text.length === 10 ? `${text}T23:59:59.999Z` : text)))
  .meta({ description: 'an instant of the past, or a day, whose end is meant: what was known and thought then' })
export const AsOfQuery = z.object({ 'as-of': AsOf })
