import { z } from 'zod'
import { type Ending, Expiry, expiryOf, readExpiry } from '../read/index.ts'
import type { Entity } from '../sdk/index.ts'
import { AsOf } from './parameters.ts'
import { connectionsOf, ownerOf, type Past } from './past.ts'
import { route } from './route.ts'

const From = z.iso
  .date()
  .refine((day) => day >= '1970-01-05' && day < '2900', 'a day from 1970 to 2899')
  .optional()
  .meta({ description: 'a day of the first week; without it, the week of now' })

export const expiryRoutes = [
  route({
    method: 'GET',
    path: '/v1/expiry',
    can: 'see',
    says: 'Eight weeks of what ends and is not known to renew itself, who would have to renew it, and what has no end date that was read.',
    query: z.object({ from: From, 'as-of': AsOf }),
    answers: Expiry,
    async handle({ app, query: { from, 'as-of': asOf } }) {
      if (asOf !== undefined) return pastExpiry(await app.pasts.at(asOf), from)
      return readExpiry(app.db, await app.rolls.current(), app.clock.now(), from)
    },
  }),
]

/** The calendar as it would have been looked at then. */
const pastExpiry = (past: Past, from: string | undefined): Promise<Expiry> =>
  expiryOf(
    {
      roll: past.roll,
      now: past.asOf,
      asOf: past.asOf.toISOString(),
      tell: async (rows) => rows.map((row) => endingOf(past, past.estate.get(past.roll.keys[row]!)!)),
      why: async () => reasonsOf(past),
      ledger: null,
    },
    from,
  )

function endingOf({ estate }: Past, entity: Entity): Ending {
  const { key, name, kind, type, expires } = entity
  const proves = [...estate.edgesOf(key, 'out')]
    .filter(({ verb }) => verb === 'authenticates' || verb === 'holds')
    .map(({ to }) => to)
    .sort()
  const [first] = new Set(proves)
  const proven = first === undefined ? undefined : estate.get(first)
  const owner = ownerOf(estate, key) ?? (first === undefined ? null : ownerOf(estate, first))
  return {
    key,
    name,
    kind,
    type,
    ends: (expires as { value: string }).value,
    mark: 'not-judged',
    proves:
      first === undefined
        ? null
        : {
            key: first,
            kind: proven?.kind ?? null,
            type: proven?.type ?? null,
            name: proven?.name ?? first,
            gone: null,
          },
    more: Math.max(0, new Set(proves).size - 1),
    owner: owner && { key: owner.key, name: owner.name },
    suggested: null,
  }
}

function reasonsOf({ estate }: Past): Expiry['undated']['why'] {
  const counts = new Map<string, number>()
  for (const { key, expires } of estate.ofKind('credential')) {
    if (expires && !('unknown' in expires)) continue
    const reason = expires?.unknown ?? `not reported by ${connectionsOf(estate, key).join(', ')}`
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
    .slice(0, 5)
}
