import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { LABELS, type LabelName } from '../act/index.ts'
import { audit } from '../platform/index.ts'
import { Bulk, BulkRow } from '../read/index.ts'
import { Instant, Key, ReeveError } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import type { Given } from './bulk-run.ts'
import { type Caller, personOf, refusalOf } from './may.ts'
import { Cursor, Limit } from './parameters.ts'
import { route } from './route.ts'

/** What was chosen: keys, or all of a list as it was shown but some. */
export const Chosen = z.union([
  z.strictObject({ keys: z.array(Key).min(1).max(5_000) }),
  z.strictObject({ list: z.string().regex(/^[\w-]{1,24}$/), except: z.array(Key).max(5_000).default([]) }),
])
export type Chosen = z.infer<typeof Chosen>

const Reason = z.string().trim().max(2_000).optional()
const BulkId = z.object({ id: z.string().regex(/^\d{1,15}$/) })
const REASONS = 8

interface Row {
  id: string
  account: string
  by: string
  what: Given['what']
  given: Given
  total: number
  done: number
  refused: number
  created: Date
  ended: Date | null
  stopped: boolean
  undone_by: string | null
  backs: boolean
}

const bulksWhere = (where: RawBuilder<unknown>) => sql<Row>`
  select b.*, exists (select from http.bulk_row r where r.bulk = b.id and r.state = 'done' and r.undo <> '{}') as backs
  from http.bulk b where ${where} order by b.id desc limit 20`

async function begin(
  app: Serving,
  caller: Caller,
  given: Given,
  rows: RawBuilder<unknown>,
): Promise<z.input<typeof Bulk>> {
  const by = personOf(caller)
  const id = await app.db.transaction().execute(async (tx) => {
    const { rows: made } = await sql<{ id: string }>`
      insert into http.bulk (account, by, what, given, total, created)
      values (${caller.id}, ${by}, ${given.what}, ${JSON.stringify(given)}::jsonb, 0, ${app.clock.now()}) returning id`.execute(
      tx,
    )
    const bulk = made[0]!.id
    const { rows: counted } = await sql<{ n: number }>`
      with chosen as (${rows}), put as (insert into http.bulk_row (bulk, place, entity) select ${bulk}, row_number() over (order by place), entity from chosen returning 1)
      select count(*)::int as n from put`.execute(tx)
    if (counted[0]!.n === 0) throw new ReeveError('bulk/no-rows', 'nothing is left of what was chosen')
    await sql`update http.bulk set total = ${counted[0]!.n} where id = ${bulk}`.execute(tx)
    if (given.what === 'undo') await sql`update http.bulk set undone_by = ${bulk} where id = ${given.bulk}`.execute(tx)
    await audit.record(tx, {
      actor: by,
      action: `bulk.${given.what}`,
      subject: `bulk:${bulk}`,
      after: { ...given, rows: counted[0]!.n },
    })
    return bulk
  })
  await app.discovery.jobs?.send('bulk', { bulk: id })
  return read(app, caller, id)
}

/** The keys that were chosen, each once, with its place. */
export function rowsOf({ rolls: { snapshots } }: Serving, chosen: Chosen): RawBuilder<unknown> {
  if ('keys' in chosen)
    return sql`select min(place) as place, entity from unnest(${chosen.keys}::text[]) with ordinality as k(entity, place) group by entity`
  const { ids } = snapshots.demand(chosen.list)
  return sql`select c.place, k.key as entity from unnest(${[...ids]}::int[]) with ordinality as c(id, place) join graph.key k using (id)
    where k.key <> all(${chosen.except}::text[])`
}

/** Its maker and admins see it. Throws `bulk/unknown`. */
async function find(app: Serving, caller: Caller, id: string): Promise<Row> {
  const { rows } = await bulksWhere(
    sql`b.id = ${id} and (b.account = ${caller.id} or ${caller.role === 'admin'})`,
  ).execute(app.db)
  if (rows[0]) return rows[0]
  throw new ReeveError('bulk/unknown', `there is no act on many rows with the number ${id} that you may see`)
}

async function read(app: Serving, caller: Caller, id: string): Promise<z.input<typeof Bulk>> {
  const row = await find(app, caller, id)
  const { rows: reasons } = await sql<{ says: string; count: number; first: string }>`
    select says, count(*)::int as count, (array_agg(entity order by place))[1] as first from http.bulk_row
    where bulk = ${id} and state = 'refused' group by says order by 2 desc, 1 limit ${REASONS}`.execute(app.db)
  return bulkOf(row, reasons)
}

const bulkOf = (row: Row, reasons: z.input<typeof Bulk>['reasons']): z.input<typeof Bulk> => ({
  id: row.id,
  what: row.what,
  says: sentenceOf(row.given),
  by: row.by,
  total: row.total,
  done: row.done,
  refused: row.refused,
  state: row.ended === null ? 'running' : row.stopped && row.done + row.refused < row.total ? 'stopped' : 'done',
  created: row.created.toISOString(),
  ended: row.ended?.toISOString() ?? null,
  undoable: row.ended !== null && row.what !== 'undo' && row.undone_by === null && row.backs,
  reasons,
})

function sentenceOf(given: Given): string {
  switch (given.what) {
    case 'owner':
      return `${given.name.slice(0, 100)} answers for them`
    case 'label':
      return `they are of the kind ${given.value}`
    case 'mute':
      return `their open findings are muted until ${given.until.slice(0, 10)}`
    case 'undo':
      return 'what was done with them is taken back'
  }
}

export const bulkRoutes = [
  route({
    method: 'GET',
    path: '/v1/bulk',
    can: 'answer',
    says: 'The last acts of the caller on many rows, newest first.',
    answers: z.object({ rows: z.array(Bulk) }),
    async handle({ app, caller }) {
      const { rows } = await bulksWhere(sql`b.account = ${caller.id}`).execute(app.db)
      return { rows: rows.map((row) => bulkOf(row, [])) }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/bulk/owner',
    can: 'answer',
    says: 'Names the person who answers for each of many; done row by row.',
    body: z.strictObject({
      chosen: Chosen,
      person: z.string().trim().min(1).max(500),
      name: z.string().max(500).optional(),
      reason: Reason,
    }),
    answers: Bulk,
    status: 202,
    handle: ({ app, caller, body: { chosen, person, name = person, reason } }) =>
      begin(app, caller, { what: 'owner', person, name, reason }, rowsOf(app, chosen)),
  }),
  route({
    method: 'POST',
    path: '/v1/bulk/label',
    can: 'answer',
    says: 'Says what each of many is, where its source cannot tell; done row by row.',
    body: z.strictObject({
      chosen: Chosen,
      label: z.enum(Object.keys(LABELS) as [LabelName, ...LabelName[]]),
      value: z.string().min(1).max(200),
      reason: Reason,
    }),
    answers: Bulk,
    status: 202,
    handle: ({ app, caller, body: { chosen, ...given } }) =>
      begin(app, caller, { what: 'label', ...given }, rowsOf(app, chosen)),
  }),
  route({
    method: 'POST',
    path: '/v1/bulk/mute',
    can: 'operate',
    says: 'Puts the open findings of each of many aside until a date, at most 90 days off; done row by row.',
    body: z.strictObject({
      chosen: Chosen,
      until: z.union([Instant, z.iso.date()]),
      reason: z.string().trim().min(3).max(2_000),
    }),
    answers: Bulk,
    status: 202,
    handle: ({ app, caller, body: { chosen, until, reason } }) =>
      begin(
        app,
        caller,
        { what: 'mute', until: until.length === 10 ? `${until}T23:59:59.999Z` : until, reason },
        rowsOf(app, chosen),
      ),
  }),
  route({
    method: 'GET',
    path: '/v1/bulk/{id}',
    can: 'answer',
    says: 'How far an act on many rows is, and why rows were refused.',
    params: BulkId,
    answers: Bulk,
    handle: ({ app, caller, params }) => read(app, caller, params.id),
  }),
  route({
    method: 'GET',
    path: '/v1/bulk/{id}/rows',
    can: 'answer',
    says: 'What came of each row, the refused first.',
    params: BulkId,
    query: z.object({ cursor: Cursor, limit: Limit }),
    answers: z.object({ rows: z.array(BulkRow), next: z.string().nullable() }),
    async handle({ app, caller, params: { id }, query: { cursor, limit } }) {
      await find(app, caller, id)
      const from = cursor === undefined ? 0 : Number(cursor)
      if (!Number.isSafeInteger(from) || from < 0)
        throw new ReeveError('http/cursor', 'this cursor is none of ours: begin again without one')
      const { rows } = await sql<z.input<typeof BulkRow>>`
        select entity, state, code, says from http.bulk_row where bulk = ${id} order by state <> 'refused', place offset ${from} limit ${limit + 1}`.execute(
        app.db,
      )
      return { rows: rows.slice(0, limit), next: rows.length > limit ? String(from + limit) : null }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/bulk/{id}/stop',
    can: 'answer',
    says: 'Stops an act on many rows; what was done until then stays done.',
    params: BulkId,
    answers: Bulk,
    async handle({ app, caller, params: { id } }) {
      await find(app, caller, id)
      await sql`update http.bulk set stopped = true where id = ${id} and ended is null`.execute(app.db)
      return read(app, caller, id)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/bulk/{id}/undo',
    can: 'answer',
    says: 'Takes back what was done with each row, where nothing happened to it since; row by row as well.',
    params: BulkId,
    answers: Bulk,
    status: 202,
    async handle({ app, caller, params: { id } }) {
      const row = await find(app, caller, id)
      if (row.what === 'mute' && refusalOf('operate', caller) !== null)
        throw new ReeveError('access/role', 'this wants the role operator or admin')
      const bulk = bulkOf(row, [])
      if (row.what === 'undo' || !bulk.undoable)
        throw new ReeveError(
          'bulk/too-late',
          'there is nothing to take back: it runs still, was taken back already, or changed nothing',
        )
      return begin(
        app,
        caller,
        { what: 'undo', bulk: id, of: row.what },
        sql`select -place as place, entity from http.bulk_row where bulk = ${id} and state = 'done' and undo <> '{}'`,
      )
    },
  }),
]
