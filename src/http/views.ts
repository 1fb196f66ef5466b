import { randomBytes } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { audit, type Tx } from '../platform/index.ts'
import { ColumnsText, SortText, View } from '../read/index.ts'
import { Kind, ReeveError } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { type Caller, personOf, refusalOf } from './may.ts'
import { QueryText } from './parameters.ts'
import { route } from './route.ts'

const ViewName = z.string().trim().min(1).max(80)
const ViewId = z.object({ id: z.string().min(1).max(40) })
const MOST = 200

interface Row {
  id: string
  account: string
  made_by: string
  name: string
  kind: Kind
  q: string
  sort: string
  columns: string
  shared: boolean
  changed: Date
}

const columns = sql`id, account, made_by, name, kind, q, sort, columns, shared, changed`

const visibleTo = (caller: Caller): RawBuilder<unknown> => sql`(shared or account = ${caller.id})`

/** Who made it; of shared ones an admin too. */
const mayChange = (caller: Caller, row: Pick<Row, 'account' | 'shared'>): boolean =>
  row.account === caller.id || (row.shared && caller.role === 'admin')

const viewOf =
  (caller: Caller) =>
  (row: Row): z.input<typeof View> => ({
    id: row.id,
    name: row.name,
    kind: row.kind,
    q: row.q,
    sort: row.sort,
    columns: row.columns,
    shared: row.shared,
    mine: row.account === caller.id,
    madeBy: row.made_by,
    mayChange: mayChange(caller, row),
    changed: row.changed.toISOString(),
  })

/** What everybody sees is put up by who runs the place. */
function mayShare(caller: Caller): void {
  if (refusalOf('operate', caller) !== null)
    throw new ReeveError('access/role', 'sharing a view wants the role operator or admin; keep it for yourself')
}

/** Holds a view to change it. Throws `view/unknown` for one that is not seen, `access/role` for one that is not the caller's. */
async function hold(tx: Tx, caller: Caller, id: string, gone: boolean): Promise<Row> {
  const { rows } = await sql<Row>`select ${columns} from http.view
    where id = ${id} and (deleted is not null) = ${gone} and ${visibleTo(caller)} for update`.execute(tx)
  const row = rows[0]
  if (!row) throw new ReeveError('view/unknown', 'there is no view with this id that you see')
  if (!mayChange(caller, row))
    throw new ReeveError(
      'access/role',
      `this view is ${row.made_by}'s: its maker or an admin changes it; save it anew under a name of your own`,
    )
  return row
}

async function change(
  { db, clock }: Serving,
  caller: Caller,
  { id, action, gone = false }: { id: string; action: string; gone?: boolean },
  set: (row: Row, now: Date) => RawBuilder<unknown>,
): Promise<z.input<typeof View>> {
  return db.transaction().execute(async (tx) => {
    const before = await hold(tx, caller, id, gone)
    const { rows } =
      await sql<Row>`update http.view set ${set(before, clock.now())} where id = ${id} returning ${columns}`.execute(tx)
    await audit.record(tx, {
      actor: personOf(caller),
      action: `view.${action}`,
      subject: `view:${id}`,
      before: shown(before),
      ...(action === 'delete' ? {} : { after: shown(rows[0]!) }),
    })
    return viewOf(caller)(rows[0]!)
  })
}

const shown = ({ name, kind, q, sort, columns, shared }: Row) => ({ name, kind, q, sort, columns, shared })

export const viewRoutes = [
  route({
    method: 'GET',
    path: '/v1/views',
    can: 'see',
    says: 'Saved views of the inventory: the caller’s own and the shared ones.',
    answers: z.object({ rows: z.array(View) }),
    async handle({ app, caller }) {
      const { rows } = await sql<Row>`select ${columns} from http.view where deleted is null and ${visibleTo(caller)}
        order by shared desc, created, id limit ${MOST * 2}`.execute(app.db)
      return { rows: rows.map(viewOf(caller)) }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/views',
    can: 'own',
    says: 'Gives an address of the inventory a name: for the caller alone, or, by an operator, for everybody.',
    body: z.strictObject({
      name: ViewName,
      kind: Kind,
      q: QueryText,
      sort: SortText.default('worst'),
      columns: ColumnsText.default(''),
      shared: z.boolean().default(false),
    }),
    answers: View,
    status: 201,
    async handle({ app: { db, clock }, caller, body: { name, kind, q, sort, columns: chosen, shared } }) {
      if (shared) mayShare(caller)
      return db.transaction().execute(async (tx) => {
        const { rows: had } = await sql<{
          n: number
        }>`select count(*)::int as n from http.view where account = ${caller.id} and deleted is null`.execute(tx)
        if (had[0]!.n >= MOST)
          throw new ReeveError('view/conflict', `you have ${MOST} views, which is the most: delete one first`)
        const { rows } = await sql<Row>`
          insert into http.view (id, account, made_by, name, kind, q, sort, columns, shared, created, changed)
          values (${randomBytes(9).toString('base64url')}, ${caller.id}, ${caller.name}, ${name}, ${kind}, ${q}, ${sort}, ${chosen}, ${shared}, ${clock.now()}, ${clock.now()})
          returning ${columns}`.execute(tx)
        const row = rows[0]!
        await audit.record(tx, {
          actor: personOf(caller),
          action: 'view.save',
          subject: `view:${row.id}`,
          after: shown(row),
        })
        return viewOf(caller)(row)
      })
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/views/{id}',
    can: 'own',
    says: 'Renames a view, gives it another address, shares it or takes it back.',
    params: ViewId,
    body: z
      .strictObject({
        name: ViewName.optional(),
        q: z.string().max(2_000).optional(),
        sort: SortText.optional(),
        columns: ColumnsText.optional(),
        shared: z.boolean().optional(),
      })
      .refine((body) => Object.values(body).some((value) => value !== undefined), 'nothing to change was given'),
    answers: View,
    async handle({ app, caller, params: { id }, body }) {
      if (body.shared !== undefined) mayShare(caller)
      return change(
        app,
        caller,
        { id, action: 'change' },
        (row, now) =>
          sql`name = ${body.name ?? row.name}, q = ${body.q ?? row.q}, sort = ${body.sort ?? row.sort},
            columns = ${body.columns ?? row.columns}, shared = ${body.shared ?? row.shared}, changed = ${now}`,
      )
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/views/{id}',
    can: 'own',
    says: 'Deletes a view; what it shows is not touched. It can be brought back.',
    params: ViewId,
    async handle({ app, caller, params: { id } }) {
      await change(app, caller, { id, action: 'delete' }, (_, now) => sql`deleted = ${now}`)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/views/{id}/restore',
    can: 'own',
    says: 'Brings a deleted view back.',
    params: ViewId,
    answers: View,
    handle: ({ app, caller, params: { id } }) =>
      change(app, caller, { id, action: 'restore', gone: true }, () => sql`deleted = null`),
  }),
]
