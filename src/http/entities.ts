import { z } from 'zod'
import {
  Card,
  ColumnsText,
  Counts,
  changesSince,
  countRows,
  everyRow,
  Facets,
  Inventory,
  ListChanges,
  readCard,
  readFacets,
  readInventory,
  readSnapshot,
  type Selected,
  Sort,
  selectRows,
  tagDifferenceOf,
} from '../read/index.ts'
import { Kind } from '../sdk/index.ts'
import { changingOf } from './acts.ts'
import type { Serving } from './app.ts'
import { csvOf } from './inventory-csv.ts'
import { AsOf, Cursor, KeyParam, Limit, QueryText } from './parameters.ts'
import { route } from './route.ts'

const Order = z
  .string()
  .regex(/^-?\w{1,20}$/)
  .default('worst')
  .transform((text) => ({ sort: text.replace(/^-/, ''), down: text.startsWith('-') }))
  .pipe(z.object({ sort: Sort, down: z.boolean() }))
  .meta({ description: `one of ${Sort.options.join(', ')}; \`-\` in front turns it round` })

const Position = z.coerce.number().int().min(0).max(10_000_000)
const Snapshot = z.string().regex(/^[\w-]{1,24}$/)

const Question = z.object({ kind: Kind.default('identity'), q: QueryText, sort: Order, 'as-of': AsOf })

const select = (app: Serving, { kind, q, sort }: z.output<typeof Question>): Promise<Selected> =>
  selectRows(app.db, app.rolls, app.clock.now().getTime(), { kind, q, ...sort })

const asOfNow = ({ asOf }: Serving) => ({ asOf: asOf?.toISOString() ?? null })

export const entityRoutes = [
  route({
    method: 'GET',
    path: '/v1/entities',
    can: 'see',
    says: 'A page of the inventory: the entities of a kind that fit a query, in order.',
    query: Question.extend({
      cursor: Cursor,
      position: Position.optional(),
      limit: Limit,
    }),
    answers: Inventory,
    handle: async ({ app, query }) => ({
      // A past does not change: its pages are asked for by position.
      ...(await readInventory(app.db, await select(app, query), query, app.asOf ? undefined : app.rolls.snapshots)),
      ...asOfNow(app),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/lists/{id}',
    can: 'see',
    says: 'A page of a list of the inventory as it was shown: the same rows in the same places, each as it is now.',
    params: z.object({ id: Snapshot }),
    query: z.object({ position: Position.default(0), limit: Limit }),
    answers: Inventory,
    handle: ({ app, params, query }) => readSnapshot(app.db, app.rolls.snapshots.demand(params.id), query),
  }),
  route({
    method: 'GET',
    path: '/v1/lists/{id}/changes',
    can: 'see',
    says: 'What a list of the inventory would gain and lose, were it made now.',
    params: z.object({ id: Snapshot }),
    answers: ListChanges,
    handle: ({ app, params }) =>
      changesSince(app.db, app.rolls, app.clock.now().getTime(), app.rolls.snapshots.demand(params.id)),
  }),
  route({
    method: 'GET',
    path: '/v1/counts',
    can: 'see',
    says: 'How many entities of a kind each of some queries finds.',
    query: z.object({
      kind: Kind.default('identity'),
      q: z
        .union([QueryText, z.array(QueryText).max(40)])
        .default([])
        .transform((q) => (typeof q === 'string' ? [q] : q))
        .meta({ description: 'once for each query' }),
      'as-of': AsOf,
    }),
    answers: Counts,
    handle: async ({ app, query: { kind, q } }) => ({
      rows: await countRows(app.db, app.rolls, app.clock.now().getTime(), { kind, queries: q }),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/facets',
    can: 'see',
    says: 'How many entities each choice of each facet has, each facet ignoring its own choice.',
    query: Question.omit({ sort: true }),
    answers: Facets,
    handle: async ({ app, query }) => ({
      ...(await readFacets(app.db, await select(app, { ...query, sort: { sort: 'worst', down: false } }))),
      ...asOfNow(app),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/entities.csv',
    can: 'see',
    says: 'All rows of the query as CSV, with the lines of the ledger by which each was read; formulas escaped.',
    query: Question.extend({
      columns: ColumnsText.default('').meta({ description: 'those of a view, in order; without, all there are' }),
    }),
    streams: 'text/csv; charset=utf-8',
    async handle({ app, query, reply }) {
      const rows = everyRow(app.db, await select(app, query))
      reply.header('content-disposition', `attachment; filename="reeve-${query.kind}.csv"`)
      return csvOf(rows, query.columns)
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
    async handle({ app, params: { key } }) {
      const [card, changing] = await Promise.all([readCard(app.db, key, app.clock.now()), changingOf(app)])
      const through = changing.map(({ connection }) => connection)
      return { ...card, tagDifference: await tagDifferenceOf(app.db, card.entity.key, through), ...asOfNow(app) }
    },
  }),
]
