import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import { DerivedEdge, ReeveError, type Verb } from '../sdk/index.ts'
import { APPLY_LOCK } from './reconcile.ts'
import { text } from './stage.ts'

/** Rows that one statement brings. */
const BATCH = 5_000

/** Sentences of a connection that a maker has weighed: what it made stands in their place, and no attack walks along them any more. */
export interface Settles {
  connection: string
  verbs: readonly Verb[]
}

/**
 * Makes the derived edges of a maker be exactly these; those of other makers stay. Rows that were there already are not written, so
 * each tells since when it holds. Rows that are alike count once. `at` is the moment from which they hold; without it, `reeve.now` or
 * the beginning of the transaction. `settles` says what the rows stand in place of. Throws `graph/derived` on a row that is none; nothing is written then.
 */
export async function replaceDerivedEdges(
  tx: Tx,
  maker: string,
  rows: Iterable<DerivedEdge>,
  { at, settles = [] }: { at?: Date; settles?: readonly Settles[] } = {},
): Promise<{ added: number; gone: number }> {
  if (at !== undefined) await sql`select set_config('reeve.now', ${at.toISOString()}, true)`.execute(tx)
  await sql`select pg_advisory_xact_lock(${APPLY_LOCK})`.execute(tx)
  await sql`create temp table if not exists derived_incoming (verb graph.derived_verb not null, from_key int, to_key int, digest uuid,
      "from" text collate "C", "to" text collate "C", actions text[], object text, depends_on text, says text) on commit drop`.execute(
    tx,
  )
  await sql`truncate derived_incoming`.execute(tx)
  let batch: DerivedEdge[] = []
  let line = 0
  for (const row of rows) {
    batch.push(checked(maker, row, ++line))
    if (batch.length >= BATCH) {
      await bring(tx, batch)
      batch = []
    }
  }
  if (batch.length > 0) await bring(tx, batch)
  return apply(tx, maker, JSON.stringify(settles))
}

function checked(maker: string, row: DerivedEdge, line: number): DerivedEdge {
  const parsed = DerivedEdge.safeParse(row)
  const wrong = parsed.success
    ? (row.holds === 'depends') !== (row.dependsOn !== null) && 'what depends says on what, and what holds does not'
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  if (wrong) throw new ReeveError('graph/derived', `derived edges of ${maker}: row ${line}: ${wrong}`)
  return row
}

async function bring(tx: Tx, batch: readonly DerivedEdge[]): Promise<void> {
  const given = batch.map(({ verb, from, to, actions, object, dependsOn, says }) => ({
    verb,
    from: text(from),
    to: text(to),
    actions: actions.map(text),
    object: object === null ? null : text(object),
    depends_on: dependsOn === null ? null : text(dependsOn),
    says: text(says),
  }))
  await sql`insert into derived_incoming (verb, "from", "to", digest, actions, object, depends_on, says)
    select verb, "from", "to", md5(jsonb_build_array(actions, object, depends_on, says)::text)::uuid, actions, object, depends_on, says
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb)
      as r(verb graph.derived_verb, "from" text, "to" text, actions text[], object text, depends_on text, says text)`.execute(
    tx,
  )
}

async function apply(tx: Tx, maker: string, settles: string): Promise<{ added: number; gone: number }> {
  await sql`insert into graph.key (key) select distinct named from derived_incoming, unnest(array["from", "to"]) named
    where not exists (select from graph.key k where k.key = named) on conflict do nothing`.execute(tx)
  await sql`analyze derived_incoming`.execute(tx)
  await sql`update derived_incoming i set from_key = f.id, to_key = t.id from graph.key f, graph.key t
    where f.key = i."from" and t.key = i."to"`.execute(tx)
  const gone =
    await sql`update graph.derived_edge d set valid_to = greatest(graph.moment(), valid_from + interval '1 ms')
    where maker = ${maker} and valid_to is null and not exists (select from derived_incoming i
      where (i.from_key, i.to_key, i.verb, i.digest) = (d.from_key, d.to_key, d.verb, d.digest))`.execute(tx)
  const added =
    await sql`insert into graph.derived_edge (maker, verb, from_key, to_key, digest, actions, object, depends_on, says, valid_from)
    select ${maker}, verb, from_key, to_key, digest, actions, object, depends_on, says, graph.moment() from derived_incoming
    on conflict (maker, from_key, to_key, verb, digest) where valid_to is null do nothing`.execute(tx)
  const changes = { added: Number(added.numAffectedRows), gone: Number(gone.numAffectedRows) }
  const isNew = sql`(${changes.added + changes.gone > 0} or derivation.settles <> ${settles}::jsonb)`
  await sql`insert into graph.derivation (maker, at, changed_at, settles) values (${maker}, graph.moment(), graph.moment(), ${settles}::jsonb)
    on conflict (maker) do update set at = excluded.at, settles = excluded.settles,
      changed_at = case when ${isNew} then excluded.at else derivation.changed_at end,
      version = derivation.version + case when ${isNew} then 1 else 0 end`.execute(tx)
  return changes
}
