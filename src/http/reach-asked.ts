/** What every question of reach may say, and what its answer says of the end that was asked for. */
import { z } from 'zod'
import type { ReachNode, Switches } from '../graph/index.ts'
import { ReachAim, type ReachEnd, ReachWithout, reachThings } from '../read/index.ts'
import { Environment, Key } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { AsOf } from './parameters.ts'

/** Words of a list that stands as one, `stolen,mfa`. */
const listed = <T extends z.ZodType<string, string>>(word: T, most: number) =>
  z
    .string()
    .max(20 * most)
    .default('')
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(word).max(most))

export const Switched = z.object({
  without: listed(ReachWithout, 3).meta({
    description:
      'what an attacker is not given, with commas between: `stolen` (no copy of a secret is taken), `depends` (nothing that turns on unknown conditions), `mfa`',
  }),
  inside: listed(Environment, 4).meta({
    description: 'only through things of these environments, with commas between; what names none is let through',
  }),
  avoid: z
    .union([Key, z.array(Key).max(100)])
    .default([])
    .transform((keys) => (typeof keys === 'string' ? [keys] : keys))
    .meta({ description: 'things that no path may touch, once for each' }),
  'as-of': AsOf,
})
export type Switched = z.output<typeof Switched>

/** What graph takes for it. */
export const switchesOf = ({ without, inside, avoid }: Pick<Switched, 'without' | 'inside' | 'avoid'>): Switches => ({
  without,
  within: inside,
  avoid,
})

export const To = z
  .union([ReachAim, Key])
  .optional()
  .meta({ description: `${ReachAim.options.map((aim) => `\`${aim}\``).join(', ')}, or the key of a thing` })

export const momentOf = ({ db, asOf }: Serving) => ({ db, asOf })
export const asOfOf = (asOf: Date | null) => asOf?.toISOString() ?? null

/** A thing by its key, or all of a sort by its word. */
export const isKey = (to: string): boolean => !(ReachAim.options as readonly string[]).includes(to)

export async function endOf(
  app: Serving,
  to: string,
  ends: number,
  node?: ReachNode,
): Promise<z.input<typeof ReachEnd>> {
  if (!isKey(to)) return { aim: ReachAim.parse(to), thing: null, ends }
  const known = node ?? (await app.reach.blast(momentOf(app), { of: to, most: 1, switches: NO_SWITCHES })).of
  return { aim: null, thing: (await reachThings(app.db, [known]))(known.key), ends }
}
const NO_SWITCHES: Switches = { without: [], within: [], avoid: [] }
