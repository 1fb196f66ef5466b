import { sql } from 'kysely'
import type pg from 'pg'
import type { Db, Tx } from '../platform/index.ts'
import { type Edge, type Entity, isEdge, ReeveError } from '../sdk/index.ts'
import { Inlet } from './inlet.ts'
import { type Applied, type CollectionRead, reconcile } from './reconcile.ts'

/** Queries and copies on one pool. */
export interface Database {
  db: Db
  pool: pg.Pool
}

export interface Stage {
  /** Takes one item. Await what it returns, if anything: the database is slower than the source just then. */
  write(collection: string, item: Entity | Edge): Promise<void> | undefined
  /** The collection was read to its end: what it wrote outlives this process from now on, and `receipt` comes back on resume. */
  seal(collection: string, receipt: unknown): Promise<void>
  /** Collections that an earlier process sealed for this run, with their receipts. */
  readonly sealed: ReadonlyMap<string, unknown>
  /**
   * Makes the graph of what was staged, in one transaction, and drops the stage. Only collections named here count. `also` runs
   * in that transaction, last.
   */
  apply(read: {
    collections: readonly CollectionRead[]
    at: Date
    also?: (tx: Tx, applied: Applied) => Promise<void>
  }): Promise<Applied>
  /** Lets go without applying: what was sealed stays for the next to open it. */
  leave(): Promise<void>
  discard(): Promise<void>
}

/** So many new rows change how queries are best planned. */
const MANY = 5_000

/**
 * Where a run puts what it reads, outside the graph, by COPY. Memory does not grow with the estate. Opened again for the same
 * run, it still has what was sealed, unless PostgreSQL crashed in between.
 */
export async function openStage(
  { db, pool }: Database,
  { connection, run }: { connection: string; run: number },
): Promise<Stage> {
  if (!Number.isSafeInteger(run) || run < 1)
    throw new ReeveError('graph/run', `staging run ${run}: a run is a positive number`)
  const tables = { items: `staged_item_${run}`, edges: `staged_edge_${run}` }
  const { sealed, numbers, lastKey } = await prepare(db, run, tables)
  const items = new Inlet(pool, `graph.${tables.items} (n, key, collection, type, body)`)
  const edges = new Inlet(pool, `graph.${tables.edges} (collection, from_n, verb, to_n, attributes)`)
  const interned = new Interner(lastKey + 1)

  const numberOf = (collection: string): number => {
    const known = numbers.get(collection)
    if (known !== undefined) return known
    const number = Math.max(0, ...numbers.values()) + 1
    numbers.set(collection, number)
    return number
  }
  const place = (key: string): number => {
    const [n, isNew] = interned.place(key)
    if (isNew) items.push(`${n}\t${field(text(key))}\t\\N\t\\N\t\\N\n`)
    return n
  }
  const close = () => Promise.all([items.close(), edges.close()])
  const leave = async () => void (await Promise.allSettled([items.abort(), edges.abort()]))

  return {
    sealed,
    write(collection, item) {
      const number = numberOf(collection)
      if (isEdge(item)) {
        const from = place(item.from)
        const to = place(item.to)
        edges.push(`${number}\t${from}\t${item.verb}\t${to}\t${attributesOf(item)}\n`)
      } else {
        const { key, ...body } = item
        const [n, isNew] = interned.place(key)
        items.push(`${n}\t${isNew ? field(text(key)) : '\\N'}\t${number}\t${item.type}\t${field(json(body))}\n`)
      }
      return items.full || edges.full ? Promise.all([items.drain(), edges.drain()]).then(() => {}) : undefined
    },
    async seal(collection, receipt) {
      await close()
      await sql`insert into graph.sealed (run, collection, number, receipt)
        values (${run}, ${collection}, ${numberOf(collection)}, ${JSON.stringify(receipt)})`.execute(db)
    },
    async apply({ collections, at, also }) {
      await close()
      const applied = await db.transaction().execute(async (tx) => {
        const applied = await reconcile(tx, {
          run,
          connection,
          at,
          collections,
          tables,
          numberOf: (id) => numbers.get(id),
        })
        await dropStage(tx, run)
        await also?.(tx, applied)
        return applied
      })
      // Autovacuum comes within a minute; until then a first large read would be planned as if there were nothing.
      const { entities, edges } = applied
      if (entities.added + edges.added > MANY)
        await sql`analyze graph.key, graph.entity, graph.edge, graph.node`.execute(db)
      return applied
    },
    leave,
    async discard() {
      await leave()
      await dropStage(db, run)
    },
  }
}

/** Drops what the stage of a run holds, if there is one. */
export async function dropStage(db: Db, run: number): Promise<void> {
  await sql`drop table if exists ${sql.id('graph', `staged_item_${run}`)}, ${sql.id('graph', `staged_edge_${run}`)}`.execute(
    db,
  )
  await sql`delete from graph.sealed where run = ${run}`.execute(db)
}

/** The runs that have a stage. */
export async function stagedRuns(db: Db): Promise<number[]> {
  const { rows } = await sql<{ run: number }>`select substring(c.relname from '\\d+$')::int as run from pg_class c
    where c.relnamespace = 'graph'::regnamespace and c.relkind = 'r' and c.relname ~ '^staged_item_\\d+$' order by 1`.execute(
    db,
  )
  return rows.map((row) => row.run)
}

async function prepare(db: Db, run: number, tables: { items: string; edges: string }) {
  return db.transaction().execute(async (tx) => {
    const items = sql.id('graph', tables.items)
    const edges = sql.id('graph', tables.edges)
    await sql`create unlogged table if not exists ${items}
      (n int not null, key text collate "C", collection smallint, type text, body jsonb)`.execute(tx)
    await sql`create unlogged table if not exists ${edges}
      (collection smallint not null, from_n int not null, verb graph.verb not null, to_n int not null, attributes jsonb)`.execute(
      tx,
    )
    const { rows } = await sql<{ collection: string; number: number; receipt: unknown }>`
      select collection, number, receipt from graph.sealed where run = ${run}`.execute(tx)
    const whole = rows.map((row) => row.number)
    await sql`update ${items} set collection = null, type = null, body = null
      where collection is not null and not collection = any(${whole}::smallint[])`.execute(tx)
    await sql`delete from ${edges} where not collection = any(${whole}::smallint[])`.execute(tx)
    const last = await sql<{ n: number | null }>`select max(n) as n from ${items}`.execute(tx)
    return {
      sealed: new Map(rows.map((row) => [row.collection, row.receipt])),
      numbers: new Map(rows.map((row) => [row.collection, row.number])),
      lastKey: last.rows[0]?.n ?? 0,
    }
  })
}

/**
 * Gives keys small numbers, so that an edge is staged as two integers. It forgets the keys that were not used for long; one that
 * comes back gets a second number, which costs a row and changes nothing.
 */
class Interner {
  #next: number
  #young = new Map<string, number>()
  #old = new Map<string, number>()

  constructor(next: number) {
    this.#next = next
  }

  place(key: string): [n: number, isNew: boolean] {
    const young = this.#young.get(key)
    if (young !== undefined) return [young, false]
    const old = this.#old.get(key)
    if (this.#young.size >= 1 << 17) {
      this.#old = this.#young
      this.#young = new Map()
    }
    const n = old ?? this.#next++
    this.#young.set(key, n)
    return [n, old === undefined]
  }
}

const attributesOf = ({ attributes }: Edge): string => {
  if (attributes === undefined) return '\\N'
  for (const _ in attributes) return field(json(attributes))
  return '\\N'
}

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
export const text = (value: string): string => value.replaceAll('\0', '\uFFFD').toWellFormed()

const json = (value: unknown): string => {
  const written = JSON.stringify(value)
  return /\\u(?:0000|d[89a-f])/i.test(written) ? JSON.stringify(storable(value)) : written
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map(storable)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [text(name), storable(inner)]))
}

/** A value as a field of COPY's text format. */
const field = (value: string): string =>
  /[\\\n\r\t]/.test(value)
    ? value.replace(/[\\\n\r\t]/g, (c) => (c === '\\' ? '\\\\' : c === '\n' ? '\\n' : c === '\r' ? '\\r' : '\\t'))
    : value
