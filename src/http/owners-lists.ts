import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify'
import { z } from 'zod'
import {
  escapeCell,
  type Imported,
  importOwners,
  importPeople,
  OWNER_COLUMNS,
  openList,
  PEOPLE_COLUMNS,
} from '../act/index.ts'
import { exportOwners, ImportAnswer, type OwnerLine } from '../read/index.ts'
import { ReeveError } from '../sdk/index.ts'
import { personOf } from './may.ts'
import { readSelfAgain } from './ownership.ts'
import { AsOfQuery } from './parameters.ts'
import { route } from './route.ts'

const Yes = z
  .enum(['true', 'false', '1', '0', ''])
  .default('false')
  .transform((word) => word === 'true' || word === '1' || word === '')
/** A gigabyte of people is no list. */
const LARGEST = 1 << 30

/**
 * Lends the body once it has arrived whole: a sender that is slow or breaks off holds no transaction open, and a list of any length
 * takes no memory.
 */
async function arrived<T>(body: Readable, use: (whole: Readable) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-list-'))
  const file = join(folder, 'list')
  let size = 0
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length
      done(size > LARGEST ? new ReeveError('http/too-large', `a list may have ${LARGEST} bytes`) : null, chunk)
    },
  })
  try {
    await pipeline(body, counted, createWriteStream(file, { mode: 0o600, flags: 'wx' }))
    return await use(createReadStream(file))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const answerOf = ({ batch, ...came }: Imported, dryRun: boolean): z.input<typeof ImportAnswer> => ({
  dryRun,
  ...came,
  undo: batch === null ? null : `b${batch}`,
})

const COLUMNS: readonly (readonly [string, (line: OwnerLine) => string | null])[] = [
  ['identity', ({ identity }) => identity],
  ['owner', ({ owner }) => owner],
  ['backup', ({ backup }) => backup],
  ['team', ({ team }) => team],
  ['note', ({ note }) => note],
  ['identity_name', ({ name }) => name],
  ['owner_name', ({ ownerName }) => ownerName],
  ['decided_by', ({ by }) => by],
  ['decided_at', ({ at }) => at],
]

async function* csvLines(lines: AsyncIterable<OwnerLine>): AsyncGenerator<string[]> {
  for await (const line of lines) yield COLUMNS.map(([, cell]) => escapeCell(cell(line) ?? ''))
}

async function* jsonLines(lines: AsyncIterable<OwnerLine>): AsyncGenerator<string> {
  let first = true
  for await (const line of lines) {
    yield `${first ? '[' : ','}\n${JSON.stringify(line)}`
    first = false
  }
  yield first ? '[]\n' : '\n]\n'
}

const Body = z.instanceof(Readable, { error: 'send the list itself, as text/csv' })

export const ownersListRoutes = [
  route({
    method: 'POST',
    path: '/v1/owners/import',
    can: 'operate',
    says: 'Takes a list of owners over, as CSV: good lines are put in force, each other line is told with its number and cause.',
    query: z.object({ dryRun: Yes }),
    takes: 'text/csv',
    body: Body,
    answers: ImportAnswer,
    async handle({ app, caller, query: { dryRun }, body }) {
      const by = personOf(caller)
      const came = await arrived(body, async (whole) => {
        const list = await openList(whole, OWNER_COLUMNS)
        return app.db.transaction().execute((tx) => importOwners(tx, { list, by, now: app.clock.now(), dryRun }))
      })
      if (came.batch !== null) await readSelfAgain(app, by)
      return answerOf(came, dryRun)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/people/import',
    can: 'operate',
    says: 'Takes a list of people over, as CSV: who is here, who left and when. What somebody who left answered for is orphaned at once.',
    query: z.object({
      dryRun: Yes,
      complete: Yes.meta({ description: 'this is the whole list: who was in an earlier one and is missing has left' }),
    }),
    takes: 'text/csv',
    body: Body,
    answers: ImportAnswer.extend({
      missing: z
        .number()
        .int()
        .meta({ description: 'people of earlier lists who have left, by not being in this one' }),
    }),
    async handle({ app, caller, query: { dryRun, complete }, body }) {
      const by = personOf(caller)
      const { missing, ...came } = await arrived(body, async (whole) => {
        const list = await openList(whole, PEOPLE_COLUMNS)
        return app.db
          .transaction()
          .execute((tx) => importPeople(tx, { list, by, now: app.clock.now(), complete, dryRun }))
      })
      if (came.batch !== null) await readSelfAgain(app, by)
      return { ...answerOf(came, dryRun), missing }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/owners/export',
    can: 'see',
    says: 'Every owner and backup that was decided here, as CSV that an import takes back without a change, or as JSON.',
    query: AsOfQuery.extend({ format: z.enum(['csv', 'json']).default('csv') }),
    streams: 'text/csv; charset=utf-8',
    async handle({ app, query: { format }, reply }) {
      const lines = exportOwners(app.db)
      if (format === 'json') {
        reply
          .type('application/json; charset=utf-8')
          .header('content-disposition', 'attachment; filename="reeve-owners.json"')
        return reply.send(Readable.from(jsonLines(lines)))
      }
      reply.header('content-disposition', 'attachment; filename="reeve-owners.csv"')
      return Readable.from(csvLines(lines)).compose(stringify({ header: true, columns: COLUMNS.map(([name]) => name) }))
    },
  }),
]
