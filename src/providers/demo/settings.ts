import { z } from 'zod'
import { ReeveError } from '../../sdk/index.ts'

/** How small an estate can be and still hold every story, and how large one may be. */
const LEAST = 120
const MOST = 200_000

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

/** Throws `use/size` and `use/seed`. */
export function checkAsked({ size, seed }: { size: number; seed: number }): void {
  if (!Settings.shape.size.safeParse(size).success)
    throw new ReeveError('use/size', `making up ${size} identities: give ${LEAST} to ${MOST}`)
  if (!Settings.shape.seed.safeParse(seed).success)
    throw new ReeveError('use/seed', `making an estate up from the seed ${seed}: give a whole number up to 4294967295`)
}
