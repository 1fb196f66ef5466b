import { z } from 'zod'
import { cancelRun } from '../discover/index.ts'
import { RunRow, readRun, readRuns, SourceProgress } from '../read/index.ts'
import { LedgerLine } from '../sdk/index.ts'
import { AsOfQuery, Limit } from './parameters.ts'
import { route } from './route.ts'

const RunId = z.object({ id: z.string().regex(/^\d{1,9}$/, 'a run is a number') })

export const runRoutes = [
  route({
    method: 'GET',
    path: '/v1/runs',
    can: 'oversee',
    says: 'Reads of sources, the newest first.',
    query: AsOfQuery.extend({
      connection: z.string().max(64).optional(),
      cursor: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
      limit: Limit,
    }),
    answers: z.object({ rows: z.array(RunRow), next: z.string().nullable() }),
    async handle({ app, query: { connection, cursor, limit } }) {
      const rows = await readRuns(app.db, { connection, limit, before: cursor })
      return { rows, next: rows.length === limit ? rows.at(-1)!.id : null }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/runs/{id}',
    can: 'oversee',
    says: 'One read: what it has so far, and the lines it ended with.',
    params: RunId,
    query: AsOfQuery,
    answers: z.object({ run: RunRow, progress: SourceProgress.nullable(), ledger: z.array(LedgerLine) }),
    handle: ({ app, params }) => readRun(app.db, params.id),
  }),
  route({
    method: 'POST',
    path: '/v1/runs/{id}/cancel',
    can: 'operate',
    says: 'Ends a read; what is whole by then is kept.',
    params: RunId,
    status: 202,
    answers: z.object({ run: RunRow }),
    async handle({ app, params }) {
      await cancelRun(app.discovery, Number(params.id))
      return { run: (await readRun(app.db, params.id)).run }
    },
  }),
]
