import { z } from 'zod'
import { endTeam, putTeam } from '../act/index.ts'
import { readTeams, Team, Teams } from '../read/index.ts'
import { ReeveError } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { personOf } from './may.ts'
import { readSelfAgain } from './ownership.ts'
import { AsOfQuery } from './parameters.ts'
import { route } from './route.ts'

const TeamParam = z.object({ id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'small letters, digits and hyphens') })
const SomePerson = z.string().trim().min(1).max(500)

async function teamOf(app: Serving, id: string): Promise<z.input<typeof Team>> {
  const team = (await readTeams(app, await app.rolls.current())).find((one) => one.id === id)
  if (team) return team
  throw new ReeveError('act/no-team', `looking for the team ${id}: there is none of that id`)
}

export const teamRoutes = [
  route({
    method: 'GET',
    path: '/v1/teams',
    can: 'see',
    says: 'Teams that answer for things, each through one accountable person.',
    query: AsOfQuery,
    answers: Teams,
    handle: async ({ app }) => ({ rows: await readTeams(app, await app.rolls.current()) }),
  }),
  route({
    method: 'GET',
    path: '/v1/teams/{id}',
    can: 'see',
    says: 'One team.',
    params: TeamParam,
    query: AsOfQuery,
    answers: Team,
    handle: ({ app, params }) => teamOf(app, params.id),
  }),
  route({
    method: 'PUT',
    path: '/v1/teams/{id}',
    can: 'operate',
    says: 'Makes a team or changes it. A new accountable person answers at once for all it answers for.',
    params: TeamParam,
    body: z.strictObject({
      name: z.string().trim().min(1).max(200),
      accountable: SomePerson,
      members: z.array(SomePerson).max(200).default([]),
      contact: z.string().trim().max(500).nullable().optional(),
    }),
    answers: z.object({ team: Team, undo: z.string().nullable() }),
    async handle({ app, caller, params: { id }, body }) {
      const by = personOf(caller)
      const { batch } = await app.db
        .transaction()
        .execute((tx) => putTeam(tx, { id, ...body, by, now: app.clock.now() }))
      await readSelfAgain(app, by)
      return { team: await teamOf(app, id), undo: batch === null ? null : `b${batch}` }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/teams/{id}',
    can: 'operate',
    says: 'Ends a team that answers for nothing any more.',
    params: TeamParam,
    async handle({ app, caller, params: { id } }) {
      await app.db.transaction().execute((tx) => endTeam(tx, { id, by: personOf(caller), now: app.clock.now() }))
    },
  }),
]
