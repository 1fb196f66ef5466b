import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import { flowInto } from './projection-flow.ts'

/**
 * Brings `node` up to date for the nodes in `touched`, for the ends of edges in `edge_delta`, and for what lies below them. Twin
 * of `unite` (unite.ts), in sets.
 */
export async function project(tx: Tx, at: Date): Promise<void> {
  await uniteTouched(tx)
  await deriveFromEdges(tx)
  await flowInto(tx)
  await writeNodes(tx, at)
}

/** `projected`: for each touched node that is described, the union of its descriptions. */
async function uniteTouched(tx: Tx): Promise<void> {
  await sql`analyze touched`.execute(tx)
  await sql`create temp table described on commit drop as
    select t.id, count(*) filter (where e.valid_to is null) as living, bool_or(e.key_id <> t.id and e.valid_to is null) as merged,
      min(e.valid_from) as first_seen
    from (select id, id as key_id from touched union all select t.id, k.id from touched t join graph.key k on k.same_as = t.id) t
    join graph.entity e using (key_id)
    where not exists (select from graph.key k where k.id = t.id and k.same_as is not null)
    group by t.id`.execute(tx)
  await sql`analyze described`.execute(tx)
  await sql`create temp table projected on commit drop as
    select d.id, d.first_seen, array[s.connection] as connections, array[e.source_id] as sources, e.body
    from described d join graph.entity e on e.key_id = d.id and e.valid_to is null join graph.source s on s.id = e.source_id
    where d.living = 1 and not d.merged
    union all
    select id, first_seen, array(select distinct unnest(connections) order by 1), array(select distinct unnest(sources) order by 1),
      body || case when unknowns - array(select jsonb_object_keys(body->'attributes')) = '{}' then '{}'
        else jsonb_build_object('unknowns', unknowns - array(select jsonb_object_keys(body->'attributes'))) end
    from (${united}) u`.execute(tx)
  await sql`create unique index on projected (id)`.execute(tx)
  await sql`analyze projected (id)`.execute(tx)
}

const when = (field: string) => sql.raw(`(body->'${field}'->>'value')::timestamptz`)
const rank = (field: string) =>
  sql.raw(`case when body->'${field}' ? 'value' then 0 when body->'${field}' ? 'notApplicable' then 1 else 2 end`)

/** A value before "cannot exist" before "not known", then in the given order. */
const best = (field: string, ...order: ReturnType<typeof sql.raw>[]) =>
  sql`(array_agg(body->${sql.lit(field)} order by ${sql.join([...order, rank(field), sql.raw('place')])}) filter (where body ? ${sql.lit(field)}))[1]`

const first = (field: string) =>
  sql`(array_agg(body->${sql.lit(field)} order by place) filter (where body ? ${sql.lit(field)}))[1]`

/** Of the values there are, the one that comes first in the list. */
const strongest = (field: string, values: readonly string[]) =>
  sql`to_jsonb((array[${sql.join(values.map((value) => sql.lit(value)))}])[min(array_position(array[${sql.join(values.map((value) => sql.lit(value)))}], body->>${sql.lit(field)}))])`

const united = sql`
  select id, first_seen, array_agg(connection) as connections, array_agg(source_id) as sources,
    jsonb_strip_nulls(jsonb_build_object(
      'created', ${best('created', rank('created'), when('created'))},
      'expires', ${best('expires', rank('expires'), when('expires'))},
      'lastUsed', ${best('lastUsed', rank('lastUsed'), sql.raw(`(body->'lastUsed'->>'value')::timestamptz desc`))},
      'lastUsedBy', ${best('lastUsedBy', rank('lastUsedBy'), sql.raw(`(body->'lastUsed'->>'value')::timestamptz desc nulls last`))},
      'environment', ${strongest('environment', ['production', 'staging', 'test', 'development'])},
      'sensitivity', ${strongest('sensitivity', ['restricted', 'confidential', 'internal', 'public'])},
      'tier', min((body->>'tier')::int),
      'method', ${first('method')},
      'fingerprint', min(body->>'fingerprint')
    )) || jsonb_build_object(
      'kind', ${first('kind')}, 'type', ${first('type')}, 'name', ${first('name')},
      'attributes', graph.merged(coalesce(body->'attributes', '{}') order by place desc)
    ) || (select case when count(*) = 0 then '{}'::jsonb
        else jsonb_build_object('aliases', jsonb_agg(alias order by alias collate "C")) end from (
        select jsonb_array_elements_text(said) as alias from unnest(array_agg(body->'aliases') filter (where body ? 'aliases')) said
        union select unnest(array_agg(own_key) filter (where key_id <> id))) a)
      as body,
    graph.merged(coalesce(body->'unknowns', '{}') order by place desc) as unknowns
  from (select d.id, d.first_seen, e.key_id, e.source_id, e.body, s.connection, k.key as own_key,
      row_number() over (partition by d.id
        order by e.type = 'secret_value', e.key_id <> d.id, s.connection collate "C", s.collection collate "C", k.key) as place
    from described d
    join (select id, id as key_id from described union all select d.id, k.id from described d join graph.key k on k.same_as = d.id) m using (id)
    join graph.entity e on e.key_id = m.key_id and e.valid_to is null
    join graph.source s on s.id = e.source_id join graph.key k on k.id = e.key_id
    where d.living > 1 or d.merged) said
  group by id, first_seen`

/** `derived`: what edges say of the nodes at their ends, for those where it may have changed. */
async function deriveFromEdges(tx: Tx): Promise<void> {
  await sql`create temp table reached on commit drop as
    select id from projected
    union select to_id from edge_delta where verb in ('owns', 'controls', 'contains', 'authenticates')
    union select e.to_id from touched t join graph.edge e on e.from_id = t.id
      where e.verb = 'authenticates' and e.valid_to is null`.execute(tx)
  await sql`analyze reached`.execute(tx)
  await sql`create temp table derived on commit drop as
    select r.id,
      coalesce(array_agg(distinct e.from_id) filter (where e.verb = 'owns'), '{}') as owners,
      coalesce(array_agg(distinct e.from_id) filter (where e.verb = 'controls'), '{}') as controllers,
      min(e.from_id) filter (where e.verb = 'contains') as container,
      count(distinct e.from_id) filter (where e.verb = 'authenticates')::int as credentials,
      coalesce(array_agg(distinct e.method) filter (where e.method is not null), '{}') as methods,
      min(e.created) as oldest_credential
    from reached r
    left join (
      select to_id, from_id, verb, null as method, null::timestamptz as created from graph.edge
        where verb in ('owns', 'controls', 'contains') and valid_to is null
      union all
      select e.to_id, e.from_id, e.verb, p.body->>'method', (p.body->'created'->>'value')::timestamptz
        from graph.edge e join projected p on p.id = e.from_id where e.verb = 'authenticates' and e.valid_to is null
      union all
      select e.to_id, e.from_id, e.verb, n.method, n.created
        from graph.edge e
        left join (select id, method, created from graph.node where id not in (select id from touched)) n on n.id = e.from_id
        where e.verb = 'authenticates' and e.valid_to is null and e.from_id not in (select id from projected)
    ) e on e.to_id = r.id
    group by r.id`.execute(tx)
  await sql`create unique index on derived (id)`.execute(tx)
  await sql`analyze derived`.execute(tx)
}

const own = [
  'key',
  'kind',
  'type',
  'name',
  'connections',
  'sources',
  'created',
  'expires',
  'last_used',
  'last_used_by',
  'method',
  'fingerprint',
  'aliases',
  'account_kind',
  'first_seen',
  'changed_at',
  'body',
]
const fromEdges = ['owners', 'controllers', 'container', 'credentials', 'methods', 'oldest_credential']
const flowing = [
  'environment',
  'environment_from',
  'environment_disputed',
  'sensitivity',
  'sensitivity_from',
  'tier',
  'tier_from',
  'flow',
]
const columns = [...own, ...fromEdges, ...flowing]
const list = (names: readonly string[], table?: string) =>
  sql.join(names.map((name) => (table === undefined ? sql.ref(name) : sql.ref(`${table}.${name}`))))

/** The effective values, out of the numbers of projection-flow.ts. */
const effective = sql`select id,
    (array['production', 'staging', 'test', 'development'])[((severe >> 32) & 15) + 1] as environment,
    (severe & 4294967295)::int as environment_from,
    case when (mild >> 32) & 15 <> 3 - ((severe >> 32) & 15)
      then (array['development', 'test', 'staging', 'production'])[((mild >> 32) & 15) + 1] end as environment_disputed,
    (array['restricted', 'confidential', 'internal', 'public'])[(worth >> 50) + 1] as sensitivity,
    (worth & 4294967295)::int as sensitivity_from,
    (tier >> 50)::smallint as tier,
    (tier & 4294967295)::int as tier_from,
    case when coalesce(severe, worth, tier) is not null then array[severe, mild, worth, tier] end as flow
  from flow`

async function writeNodes(tx: Tx, at: Date): Promise<void> {
  await sql`delete from graph.node n using touched t where n.id = t.id and t.id not in (select id from projected)`.execute(
    tx,
  )
  await sql`insert into graph.node (id, ${list(columns)})
    select p.id, k.key, body->>'kind', body->>'type', body->>'name', connections, sources,
      ${when('created')}, ${when('expires')}, ${when('lastUsed')}, body->'lastUsedBy'->>'value',
      body->>'method', body->>'fingerprint',
      case when body ? 'aliases' then array(select a from jsonb_array_elements_text(body->'aliases') a where length(a) <= 600) else '{}' end,
      coalesce(body->'attributes'->>'accountKindConfirmed', body->'attributes'->>'accountKind'), first_seen, ${at}, body, ${list(fromEdges, 'd')}, ${list(flowing, 'f')}
    from projected p join graph.key k using (id) left join derived d using (id)
    left join (${effective} union all select id, ${list(flowing)} from graph.node where id not in (select id from flow)) f using (id)
    order by p.id
    on conflict (id) do update set ${sql.join(columns.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`))}`.execute(
    tx,
  )
  await sql`update graph.node n set (${list(fromEdges)}) = row(${list(fromEdges, 'd')}) from derived d
    where n.id = d.id and d.id not in (select id from projected)
      and (${list(fromEdges, 'n')}) is distinct from (${list(fromEdges, 'd')})`.execute(tx)
  await sql`update graph.node n set (${list(flowing)}) = row(${list(flowing, 'f')}) from (${effective}) f
    where n.id = f.id and f.id not in (select id from projected) and n.flow is distinct from f.flow`.execute(tx)
}
