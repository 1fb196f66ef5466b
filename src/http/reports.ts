import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { z } from 'zod'
import { rules, storedFindings, toCsv, toEvidenceCsv, toHtml, toJson, toPdf, toSarif } from '../assess/index.ts'
import { loadSources } from '../graph/index.ts'
import { Executive, readExecutive } from '../read/index.ts'
import type { Serving } from './app.ts'
import { AsOfQuery } from './parameters.ts'
import { frameworksOf, paperOf } from './reports-posture.ts'
import { route } from './route.ts'

const Format = z.enum(['pdf', 'html', 'csv', 'json', 'sarif'])
type Format = z.infer<typeof Format>

const TYPES: Readonly<Record<Format, string>> = {
  pdf: 'application/pdf',
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  sarif: 'application/sarif+json; charset=utf-8',
}

export const reportRoutes = [
  route({
    method: 'GET',
    path: '/v1/reports/executive',
    can: 'oversee',
    says: 'Volume, trend and what was reduced, each number with the address of its rows; of the moment at which the estate was last judged.',
    query: AsOfQuery,
    answers: Executive,
    handle: async ({ app }) => readExecutive(app.db, await app.rolls.current()),
  }),
  route({
    method: 'GET',
    path: '/v1/reports/posture',
    can: 'oversee',
    says: 'The posture as a paper: PDF, HTML, JSON, findings as CSV or SARIF, or with `framework` the evidence of one standard. The same state of the estate gives the same bytes.',
    query: AsOfQuery.extend({
      format: Format.default('pdf'),
      framework: z.string().max(100).optional().meta({ description: 'one standard; all when left out' }),
    }),
    streams: TYPES.pdf,
    async handle({ app, query: { format, framework }, reply }) {
      const answer = await written(app, format, framework)
      reply
        .type(TYPES[format])
        .header('cache-control', 'no-store')
        .header(
          'content-disposition',
          `attachment; filename="reeve-posture${framework ? `-${framework}` : ''}.${format}"`,
        )
      return reply.send(answer)
    },
  }),
]

async function written(app: Serving, format: Format, framework?: string): Promise<Readable | string> {
  if (format === 'sarif') {
    const { sources } = await loadSources(app.db)
    const ledger = sources.flatMap(({ lines }) => [...lines])
    return `${JSON.stringify(toSarif(await storedFindings(app.db, sql`state = 'open'`), { version: app.version, rules, ledger }), null, 2)}\n`
  }
  if (format === 'csv')
    return framework === undefined
      ? Readable.from(findingLines(app))
      : toEvidenceCsv(await frameworksOf(app, framework))
  const paper = await paperOf(app, framework)
  if (format === 'pdf') return toPdf(paper)
  return format === 'html' ? toHtml(paper) : toJson(paper)
}

const BATCH = 2_000

/** All open findings, the worst first, some thousands at a time. */
async function* findingLines(app: Serving): AsyncIterable<string> {
  const { rows } = await sql<{ id: string }>`select id from assess.finding where state = 'open'
    order by verdict, rank, rule collate "C", subject collate "C"`.execute(app.db)
  yield toCsv([])
  for (let from = 0; from < rows.length; from += BATCH) {
    const ids = rows.slice(from, from + BATCH).map(({ id }) => id)
    const found = new Map((await storedFindings(app.db, sql`id = any(${ids})`)).map((one) => [one.id, one]))
    const csv = toCsv(ids.flatMap((id) => found.get(id) ?? []))
    yield csv.slice(csv.indexOf('\r\n') + 2)
  }
}
