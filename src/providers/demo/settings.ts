import { z } from 'zod'

/** How small an estate can be and still hold every story, and how large one may be. */
export const LEAST = 120
export const MOST = 200_000

export const Settings = z.strictObject({
  size: z.coerce.number().int().min(LEAST).max(MOST).default(300).meta({
    title: 'Size',
    description: 'How many machine identities Larkfield has.',
  }),
  seed: z.coerce.number().int().min(0).max(4_294_967_295).default(1).meta({
    title: 'Seed',
    description: 'The same seed, size and day give the same estate.',
  }),
  day: z.iso.date().meta({
    title: 'Day',
    description: 'The day on which the stories are told: a key was made public ten days before it.',
  }),
})
export type Settings = z.infer<typeof Settings>
