import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { z } from 'zod'
import { escapeCell } from '../act/index.ts'
import { type Certification, Certifications, readCertifications, streamCertifications } from '../read/index.ts'
import { placeOf } from './owners.ts'
import { AsOf, Cursor, Limit } from './parameters.ts'
import { route } from './route.ts'

const Asked = z.object({
  entity: z.string().min(1).max(2_048).optional(),
  person: z.string().min(1).max(500).optional().meta({ description: 'a key' }),
})

const COLUMNS: readonly (readonly [string, (one: Certification) => string])[] = [
  ['number', ({ id }) => id],
  ['at', ({ at }) => at],
  ['entity', ({ entity }) => entity.key],
  ['entity_name', ({ entity }) => entity.name],
  ['person', ({ person }) => person.key],
  ['person_name', ({ person }) => person.name],
  ['answer', ({ answer }) => answer],
  ['to', ({ to }) => to?.key ?? ''],
  ['note', ({ note }) => note ?? ''],
  ['recorded_by', ({ by }) => by],
  ['shown', ({ shown }) => JSON.stringify(shown)],
  ['taken_back_at', ({ takenBack }) => takenBack?.at ?? ''],
  ['taken_back_by', ({ takenBack }) => takenBack?.by ?? ''],
]

async function* csvLines(rows: AsyncIterable<Certification>): AsyncGenerator<string[]> {
  for await (const row of rows) yield COLUMNS.map(([, cell]) => escapeCell(cell(row)))
}

async function* jsonLines(rows: AsyncIterable<Certification>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}

export const certificationRoutes = [
  route({
    method: 'GET',
    path: '/v1/certifications',
    can: 'see',
    says: 'What owners said of what is theirs, newest first, with what was shown to them. No record is ever changed.',
    query: Asked.extend({ cursor: Cursor, limit: Limit, 'as-of': AsOf }),
    answers: Certifications,
    handle: ({ app, query: { cursor, limit, entity, person } }) =>
      readCertifications(app.db, { entity, person }, { before: cursor === undefined ? null : placeOf(cursor), limit }),
  }),
  route({
    method: 'GET',
    path: '/v1/certifications/export',
    can: 'see',
    says: 'All records of what owners said, as CSV or as one JSON object in each line.',
    query: Asked.extend({ format: z.enum(['csv', 'json']).default('csv'), 'as-of': AsOf }),
    streams: 'text/csv; charset=utf-8',
    async handle({ app, query: { format, entity, person }, reply }) {
      const rows = streamCertifications(app.db, { entity, person })
      if (format === 'json') {
        reply
          .type('application/x-ndjson; charset=utf-8')
          .header('content-disposition', 'attachment; filename="reeve-certifications.ndjson"')
        return reply.send(Readable.from(jsonLines(rows)))
      }
      reply.header('content-disposition', 'attachment; filename="reeve-certifications.csv"')
      return Readable.from(csvLines(rows)).compose(stringify({ header: true, columns: COLUMNS.map(([name]) => name) }))
    },
  }),
]
