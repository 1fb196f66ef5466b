import { z } from 'zod'
import {
  Leaving,
  Ownership,
  OwnersPage,
  OwnersPeople,
  OwnersQueue,
  readLeaving,
  readOwners,
  readOwnersPeople,
  readQueue,
} from '../read/index.ts'
import { ReeveError } from '../sdk/index.ts'
import { AsOf, AsOfQuery, Cursor, KeyParam, Limit } from './parameters.ts'
import { route } from './route.ts'

/** Lists of owners are counted from their beginning. Throws `http/cursor`. */
export function placeOf(cursor: string | undefined): number {
  const from = cursor === undefined ? 0 : Number(cursor)
  if (Number.isSafeInteger(from) && from >= 0) return from
  throw new ReeveError('http/cursor', 'this cursor is none of ours: begin again without one')
}

export const ownersRoutes = [
  route({
    method: 'GET',
    path: '/v1/owners',
    can: 'see',
    says: 'Who answers for what: coverage, people and teams, what waits for them, and what nobody answers for.',
    query: AsOfQuery,
    answers: OwnersPage,
    handle: async ({ app }) => readOwners(app, await app.rolls.current()),
  }),
  route({
    method: 'GET',
    path: '/v1/owners/people',
    can: 'see',
    says: 'Everybody who answers for something, steps in or stands for a team; who has left or is late first.',
    query: z.object({ q: z.string().max(200).default(''), cursor: Cursor, limit: Limit, 'as-of': AsOf }),
    answers: OwnersPeople,
    handle: async ({ app, query: { q, cursor, limit } }) =>
      readOwnersPeople(app, await app.rolls.current(), { q, from: placeOf(cursor), limit }),
  }),
  route({
    method: 'GET',
    path: '/v1/owners/queue',
    can: 'see',
    says: 'Identities for which nobody answers, the worst first, each with the person who probably does and why.',
    query: z.object({
      state: Ownership.exclude(['owned']).optional(),
      suggested: z.enum(['yes', 'no']).optional(),
      cursor: Cursor,
      limit: Limit,
      'as-of': AsOf,
    }),
    answers: OwnersQueue,
    handle: async ({ app, query: { state, suggested, cursor, limit } }) =>
      readQueue(app, await app.rolls.current(), { state, suggested, from: placeOf(cursor), limit }),
  }),
  route({
    method: 'GET',
    path: '/v1/owners/people/{key}/leaving',
    can: 'see',
    says: 'If this person leaves today: what stops, by date, and what must go to whom.',
    params: KeyParam,
    query: AsOfQuery,
    answers: Leaving,
    handle: async ({ app, params }) => readLeaving(app, await app.rolls.current(), params.key),
  }),
]
