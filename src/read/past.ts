import { sql } from 'kysely'
import type pg from 'pg'
import { type Db, kyselyOver, openPool } from '../platform/index.ts'

/** Connections for questions about the past: a page asks several at once. */
const CONNECTIONS = 4
const THEN = `current_setting('reeve.as_of')::timestamptz`

/**
 * The database as it was at a moment, for the functions that read the present: each table they name is one of the views below, in
 * a session of its own that can only read. What they say of the past is therefore what they said then.
 */
export class PastDatabase {
  readonly #pool: pg.Pool
  readonly #ready = new WeakMap<object, Promise<void>>()

  constructor(url: string) {
    this.#pool = openPool(url, { max: CONNECTIONS, idleTimeoutMillis: 30_000, application_name: 'reeve past' })
  }

  at(asOf: Date): Db {
    const connect = async () => {
      const client = await this.#pool.connect()
      try {
        const ready = this.#ready.get(client) ?? makeViews(client)
        this.#ready.set(client, ready)
        await ready
        await client.query(`select set_config('reeve.as_of', $1, false)`, [asOf.toISOString()])
      } catch (error) {
        client.release(true)
        throw error
      }
      return {
        query: (text: string, values: unknown[]) => client.query(then(text), values),
        release: () => client.release(),
      }
    }
    return kyselyOver({ connect, end: async () => {} } as unknown as pg.Pool)
  }

  close(): Promise<void> {
    return this.#pool.end()
  }
}

type Told = (column: string) => string
interface Kept {
  /** The query of a view, from the columns of the table. */
  view(columns: readonly Column[]): string
}
interface Column {
  table: string
  name: string
  type: string
  /** Is it kept in the table's `…_was`? */
  was: boolean
}

const listed = (columns: readonly Column[], told: Told = (name) => name): string =>
  columns.map(({ name }) => `${told(name)} as ${name}`).join(', ')

/** What people decided, from `at` until `ended_at`; an end that was still ahead is not told. */
const decided = (table: string): Kept => ({
  view: (columns) =>
    `select ${listed(columns, (name) => (/^ended_/.test(name) ? `case when ended_at <= ${THEN} then ${name} end` : name))}
     from ${table} where at <= ${THEN}`,
})

/** What happened at a moment, and stays. */
const happened = (table: string): Kept => ({
  view: (columns) => `select ${listed(columns)} from ${table} where at <= ${THEN}`,
})

/**
 * Rows as they are, of which former versions are in `…_was`; `since` is when the present version began. The moment is asked for
 * outside of the union, or the planner would not carry what else is asked into its parts, and read them whole.
 */
const versioned = (table: string, since = 'since'): Kept => ({
  view: (columns) => {
    const former = columns.map(({ name, type, was }) => (was ? name : `null::${type} as ${name}`)).join(', ')
    return `select ${listed(columns)} from (
      select ${listed(columns)}, timestamptz 'infinity' as held_to from ${table}
      union all select ${former}, valid_to as held_to from ${table}_was) v where ${since} <= ${THEN} and held_to > ${THEN}`
  },
})

/** Small tables, of which every row is in `kept` of their module. */
const remembered = (table: string): Kept => {
  const [schema, name] = table.split('.') as [string, string]
  return {
    view: (columns) => `select ${listed(columns, (column) => `r.${column}`)}
      from ${schema}.kept k, jsonb_populate_record(null::${table}, k.row) r
      where k.of = '${name}' and k.since <= ${THEN} and (k.valid_to is null or k.valid_to > ${THEN})`,
  }
}

/** Keys that stood for each other then: of what was different later, the first to change. */
const key: Kept = {
  view: (columns) => `select ${listed(columns, (name) => `k.${name}`)} from (
    select ${listed(columns)}, timestamptz 'infinity' as held_to from graph.key
    union all select ${listed(columns)}, valid_to as held_to from graph.key_was) k
    where k.held_to > ${THEN} and not exists (select from graph.key_was w
      where w.id = k.id and w.valid_to > ${THEN} and w.valid_to < k.held_to)`,
}

/** What sources said, ended or not: two parts of one table, so that what asks for either is led along its index. */
const entity: Kept = {
  view: (columns) => `select ${listed(columns)} from (
    select ${listed(columns)}, true as ended, valid_to as held_to from graph.entity
    union all select ${listed(columns, (name) => (name === 'valid_to' ? 'null::timestamptz' : name))}, false as ended, valid_to as held_to
    from graph.entity) e
    where valid_from <= ${THEN} and (ended and held_to <= ${THEN} or not ended and (held_to is null or held_to > ${THEN}))`,
}

/** Edges between the nodes that their keys stood for then. */
const edge: Kept = {
  view: (columns) => {
    const told: Told = (name) =>
      name === 'valid_to' ? `case when e.valid_to <= ${THEN} then e.valid_to end` : `e.${name}`
    return `select ${listed(columns, told)} from (
      select ${listed(columns)}, timestamptz 'infinity' as until from graph.edge union all select ${listed(columns)}, until from graph.edge_was) e
      where e.valid_from <= ${THEN} and e.until > ${THEN} and not exists (select from graph.edge_was w
        where (w.from_key, w.to_key, w.verb, w.source_id, w.digest, w.valid_from) = (e.from_key, e.to_key, e.verb, e.source_id, e.digest, e.valid_from)
          and w.until > ${THEN} and w.until < e.until)`
  },
}

/** Rows that never change: each tells itself from when until when it held. */
const lasting = (table: string): Kept => ({
  view: (columns) =>
    `select ${listed(columns, (name) => (name === 'valid_to' ? `case when valid_to <= ${THEN} then valid_to end` : name))}
     from ${table} where valid_from <= ${THEN}`,
})

const run: Kept = {
  view: (columns) => {
    const ended = `ended_at <= ${THEN}`
    const told: Record<string, string> = {
      state: `case when ${ended} then state when started_at <= ${THEN} then 'running' else 'waiting' end`,
      started_at: `case when started_at <= ${THEN} then started_at end`,
      seen_at: `least(seen_at, ${THEN})`,
      cancel_requested: `cancel_requested and ${ended}`,
      progress: `case when ${ended} then progress else '[]' end`,
      lines: `case when ${ended} then lines else '[]' end`,
    }
    for (const name of ['ended_at', 'changes', 'error']) told[name] = `case when ${ended} then ${name} end`
    return `select ${listed(columns, (name) => told[name] ?? name)} from discover.run where requested_at <= ${THEN}`
  },
}

/** What a moment shows of each table. A table that is not here is as it is now: keys of people, their names. */
const TABLES: Readonly<Record<string, Kept>> = {
  'graph.key': key,
  'graph.node': versioned('graph.node'),
  'graph.entity': entity,
  'graph.edge': edge,
  'graph.derived_edge': lasting('graph.derived_edge'),
  'graph.derivation': remembered('graph.derivation'),
  'graph.source': remembered('graph.source'),
  'graph.ledger': remembered('graph.ledger'),
  'graph.applied': happened('graph.applied'),
  'assess.finding': versioned('assess.finding'),
  'assess.standing': versioned('assess.standing'),
  'assess.suggestion': versioned('assess.suggestion'),
  'assess.event': happened('assess.event'),
  'assess.evaluation': happened('assess.evaluation'),
  'assess.rule': remembered('assess.rule'),
  'assess.rule_setting': remembered('assess.rule_setting'),
  'assess.thing': remembered('assess.thing'),
  'assess.lost': remembered('assess.lost'),
  'act.assignment': decided('act.assignment'),
  'act.team': decided('act.team'),
  'act.person': decided('act.person'),
  'act.certification': happened('act.certification'),
  'act.written': decided('act.written'),
  'discover.connection': versioned('discover.connection', 'changed_at'),
  'discover.run': run,
  'platform.audit': happened('platform.audit'),
  'platform.audit_head': { view: () => `select coalesce(max(id), 0) as id from platform.audit where at <= ${THEN}` },
}

const NAMES = new RegExp(`\\b(${Object.keys(TABLES).join('|').replaceAll('.', '\\.')})\\b`, 'g')
const viewOf = (table: string): string => `pg_temp.then_${table.replace('.', '_')}`

/** The words of a question, with the tables of then; values stand outside it, so that only our own words are read. */
const then = (text: string): string => text.replaceAll(NAMES, viewOf)

async function makeViews(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<Column>(
    `select format('%s.%s', n.nspname, c.relname) as table, quote_ident(a.attname) as name, format_type(a.atttypid, a.atttypmod) as type,
       exists (select from pg_attribute w where w.attrelid = to_regclass(format('%I.%I', n.nspname, c.relname || '_was'))
         and w.attname = a.attname and not w.attisdropped) as was
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind = 'r' and format('%s.%s', n.nspname, c.relname) = any($1) order by a.attnum`,
    [Object.keys(TABLES)],
  )
  const columns = Map.groupBy(rows, ({ table }) => table)
  const views = Object.entries(TABLES).map(
    ([table, { view }]) =>
      `create temp view ${viewOf(table).replace('pg_temp.', '')} as ${view(columns.get(table) ?? [])};`,
  )
  // Of unions the planner knows little and expects much: compiling and workers would cost more than the few rows that come.
  await client.query(
    `${views.join('\n')} set jit = off; set max_parallel_workers_per_gather = 0; set default_transaction_read_only = on`,
  )
}

/** When something was first read, and from when on all that was known is kept; null while nothing was read. */
export async function firstRead(db: Db): Promise<Date | null> {
  const { rows } = await sql<{
    at: Date | null
  }>`select greatest((select min(at) from graph.applied), (select at from graph.kept_since limit 1)) as at`.execute(db)
  return rows[0]!.at
}
