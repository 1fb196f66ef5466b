import { z } from 'zod'
import { frameworks } from '../assess/index.ts'
import {
  EvidenceRows,
  EvidenceState,
  FrameworkPage,
  Frameworks,
  readEvidenceRows,
  readFramework,
  readFrameworks,
} from '../read/index.ts'
import { AsOfQuery, Cursor, Id, Limit } from './parameters.ts'
import { route } from './route.ts'

export const frameworkRoutes = [
  route({
    method: 'GET',
    path: '/v1/frameworks',
    can: 'oversee',
    says: 'The standards that are shown as views over findings and facts, with how many of their controls are met, not met, unknown and not applicable.',
    query: AsOfQuery,
    answers: Frameworks,
    handle: async ({ app }) => readFrameworks(app.db, await app.rolls.current(), frameworks),
  }),
  route({
    method: 'GET',
    path: '/v1/frameworks/{id}',
    can: 'oversee',
    says: 'The controls of one standard, each with its evidence: for how many it is met, by which rules and facts, judged and read when, and the query of its rows.',
    params: Id,
    query: AsOfQuery,
    answers: FrameworkPage,
    handle: async ({ app, params }) => readFramework(app.db, await app.rolls.current(), frameworks, params.id),
  }),
  route({
    method: 'GET',
    path: '/v1/frameworks/{id}/rows',
    can: 'oversee',
    says: 'The identities, or other things, behind a number of a control, as many as the number says, each with what was found of it.',
    params: Id,
    query: AsOfQuery.extend({
      control: z.string().min(1).max(100),
      evidence: z.string().max(100).optional().meta({ description: 'one item of its evidence; all when left out' }),
      state: EvidenceState,
      of: z.enum(['identities', 'others']).default('identities'),
      cursor: Cursor,
      limit: Limit,
    }),
    answers: EvidenceRows,
    handle: async ({ app, params, query }) =>
      readEvidenceRows(app.db, await app.rolls.current(), frameworks, {
        framework: params.id,
        control: query.control,
        evidence: query.evidence,
        state: query.state,
        others: query.of === 'others',
        cursor: query.cursor,
        limit: query.limit,
      }),
  }),
]
