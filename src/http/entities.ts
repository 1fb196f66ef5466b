import { z } from 'zod'
import {
  Card,
  changesOf,
  everyRow,
  Facets,
  firstSeenOf,
  Inventory,
  readCard,
  readFacets,
  readInventory,
  type Selected,
  Sort,
  selectPast,
  selectRows,
} from '../read/index.ts'
import { Kind } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { csvOf } from './inventory-csv.ts'
import { AsOf, Cursor, KeyParam, Limit, QueryText } from './parameters.ts'
import { pastCard } from './past-card.ts'
import { route } from './route.ts'

const Order = z
  .string()
  .regex(/^-?\w{1,20}$/)
  .default('worst')
  .transform((text) => ({ sort: text.replace(/^-/, ''), down: text.startsWith('-') }))
  .pipe(z.object({ sort: Sort, down: z.boolean() }))
  .meta({ description: `one of ${Sort.options.join(', ')}; \`-\` in front turns it round` })

const Question = z.object({ kind: Kind.default('identity'), q: QueryText, sort: Order, 'as-of': AsOf })

async function select(app: Serving, { kind, q, sort, 'as-of': asOf }: z.output<typeof Question>): Promise<Selected> {
  if (asOf === undefined) return selectRows(app.db, app.rolls, app.clock.now().getTime(), { kind, q, ...sort })
  return selectPast(await app.pasts.at(asOf), { kind, q, ...sort })
}

export const entityRoutes = [
  route({
    method: 'GET',
    path: '/v1/entities',
    can: 'see',
    says: 'A page of the inventory: the entities of a kind that fit a query, in order.',
    query: Question.extend({
      cursor: Cursor,
      position: z.coerce.number().int().min(0).max(10_000_000).optional(),
      limit: Limit,
    }),
    answers: Inventory,
    handle: async ({ app, query }) => readInventory(app.db, await select(app, query), query),
  }),
  route({
    method: 'GET',
    path: '/v1/facets',
    can: 'see',
    says: 'How many entities each choice of each facet has, each facet ignoring its own choice.',
    query: Question.omit({ sort: true }),
    answers: Facets,
    handle: async ({ app, query }) => readFacets(await select(app, { ...query, sort: { sort: 'worst', down: false } })),
  }),
  route({
    method: 'GET',
    path: '/v1/entities.csv',
    can: 'see',
    says: 'All rows of the query as CSV, formulas escaped.',
    query: Question,
    streams: 'text/csv; charset=utf-8',
    async handle({ app, query, reply }) {
      const rows = everyRow(app.db, await select(app, query))
      reply.header('content-disposition', `attachment; filename="reeve-${query.kind}.csv"`)
      return csvOf(rows)
    },
  }),
  route({
    method: 'GET',
    path: '/v1/entities/{key}',
    can: 'see',
    says: 'Everything about one entity: may I touch it, who uses it, what it opens; also when it is gone.',
    params: KeyParam,
    query: z.object({ 'as-of': AsOf }),
    answers: Card,
    async handle({ app, params: { key }, query: { 'as-of': asOf } }) {
      if (asOf === undefined) return readCard(app.db, key, app.clock.now())
      const [past, node] = await Promise.all([app.pasts.at(asOf), firstSeenOf(app.db, key)])
      return pastCard(past, key, node?.at ?? asOf.toISOString(), node ? await changesOf(app.db, node.id, key) : [])
    },
  }),
]
