/** Random sequences of runs, against the most obvious twin: maps in memory, one snapshot after each run. */
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../platform/testing/index.ts'
import { type Edge, type Entity, isEdge, type Verb } from '../sdk/index.ts'
import { type Estate, estateFrom, loadEstate, migrations, openStage } from './index.ts'

interface Read {
  connection: string
  collections: { id: string; complete: boolean; items: (Entity | Edge)[] }[]
}
type Said = { entities: Map<string, Entity>; edges: Map<string, Edge> }
type Twin = Map<string, Said>

const prints = ['a', 'b', 'c'].map((letter) => `hmac:${letter.repeat(32)}`)
const instants = ['2026-01-01T00:00:00Z', '2026-02-02T10:00:00.500Z', '2025-12-31T23:59:59Z']
const known = fc.option(
  fc.oneof(
    fc.constantFrom(...instants).map((value) => ({ value })),
    fc.constant({ unknown: 'no right', permission: 'root' }),
    fc.constant({ notApplicable: 'never' }),
  ),
  { nil: undefined },
)
const word = fc.constantFrom('one', 'two', 'a\tb\\n"c"\n', 'NUL\0 and \ud800 half', 'ü — 漢字 🐝')
const names = fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined })
const attributes = fc.dictionary(
  fc.constantFrom('shell', 'uid', 'accountKind'),
  fc.oneof(word, fc.nat(3), fc.constant(null)),
)
const unknowns = fc.option(fc.dictionary(fc.constantFrom('shell', 'uid'), fc.constant({ reason: 'unreadable' })), {
  nil: undefined,
})
const common = { name: word, created: known, expires: known, lastUsed: known, attributes, unknowns }
const entity = fc.oneof(
  fc.record({
    ...common,
    kind: fc.constant('identity'),
    type: fc.constantFrom('linux_user', 'bot'),
    key: fc.constantFrom('host:u1', 'host:u2', 'host:u3'),
  }),
  fc.record({
    ...common,
    kind: fc.constant('person'),
    type: fc.constant('person'),
    key: fc.constantFrom('person:p1', 'person:p2'),
  }),
  fc.record({
    ...common,
    kind: fc.constant('resource'),
    type: fc.constantFrom('host', 'folder'),
    key: fc.constantFrom('host:r1', 'host:r2', 'host:r3', 'host:r4'),
    environment: fc.option(fc.constantFrom('production', 'staging', 'development', 'test'), { nil: undefined }),
    sensitivity: fc.option(fc.constantFrom('public', 'internal', 'confidential', 'restricted'), { nil: undefined }),
    tier: fc.option(fc.constantFrom(0, 1, 2), { nil: undefined }),
  }),
  fc.record({
    ...common,
    kind: fc.constant('credential'),
    type: fc.constantFrom('secret_value', 'access_key'),
    key: fc.constantFrom('aws:k1', 'aws:k2', ...prints.map((print) => `credential:${print}`)),
    method: fc.option(fc.constantFrom('access-key', 'token'), { nil: undefined }),
    fingerprint: fc.option(fc.constantFrom(...prints), { nil: undefined }),
    aliases: names.map((name) => (name === undefined ? undefined : [name, 'w'])),
  }),
) as fc.Arbitrary<Entity>
const things = ['host:u1', 'host:u2', 'host:u3', 'host:r1', 'host:r2', 'host:r3', 'host:r4']
const edge = fc
  .record({
    sentence: fc.oneof(
      fc.tuple(
        fc.constantFrom('host:r1', 'host:r2', 'host:r3', 'host:r4'),
        fc.constant('contains'),
        fc.constantFrom(...things),
      ),
      fc.tuple(
        fc.constantFrom('aws:k1', 'aws:k2', `credential:${prints[0]}`),
        fc.constant('authenticates'),
        fc.constantFrom(...things),
      ),
      fc.tuple(
        fc.constantFrom('person:p1', 'person:p2'),
        fc.constantFrom('owns', 'controls'),
        fc.constantFrom(...things, 'aws:k1'),
      ),
      fc.tuple(
        fc.constantFrom('host:u1', 'host:u2'),
        fc.constant('created'),
        fc.constantFrom(`credential:${prints[1]}`, 'nobody:said'),
      ),
    ),
    attributes: fc.option(
      fc.constantFrom<NonNullable<Edge['attributes']>[]>({ as: 'root' }, { as: 'any', n: [1, 2] }, {}),
      { nil: undefined },
    ),
  })
  .map(
    ({ sentence: [from, verb, to], attributes }): Edge => ({
      from,
      verb: verb as Verb,
      to,
      ...(attributes ? { attributes } : {}),
    }),
  )
const read: fc.Arbitrary<Read> = fc.record({
  connection: fc.constantFrom('east', 'west'),
  collections: fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('keys', 'users'),
      complete: fc.boolean(),
      items: fc
        .tuple(fc.uniqueArray(entity, { selector: (one) => one.key, maxLength: 9 }), fc.array(edge, { maxLength: 9 }))
        .map(([a, b]) => [...b, ...a]),
    }),
    { selector: (one) => one.id, minLength: 1, maxLength: 2 },
  ),
})

test('after any sequence of runs the graph, now and as of each run, is what an obvious twin says', async () => {
  let number = 0
  await fc.assert(
    fc.asyncProperty(fc.array(read, { minLength: 1, maxLength: 7 }), fc.nat(), async (reads, pick) => {
      const database = await testDatabase([migrations])
      try {
        const twin: Twin = new Map()
        const snapshots: { at: Date; estate: Estate }[] = []
        for (const [index, one] of reads.entries()) {
          const at = new Date(Date.UTC(2026, 10, 24, 12, index))
          const stage = await openStage(database, { connection: one.connection, run: ++number })
          for (const { id, items } of one.collections) for (const item of items) await stage.write(id, item)
          const yields = ['linux_user', 'bot', 'person', 'host', 'folder', 'secret_value', 'access_key']
          await stage.apply({ at, collections: one.collections.map(({ id, complete }) => ({ id, complete, yields })) })
          tell(twin, one)
          snapshots.push({ at, estate: estateFrom(itemsOf(twin)) })
          expect(dump(await loadEstate(database.db))).toEqual(dump(snapshots.at(-1)!.estate))
        }
        const then = snapshots[pick % snapshots.length]!
        expect(dump(await loadEstate(database.db, { asOf: then.at }))).toEqual(dump(then.estate))
        expect(await derived(database)).toEqual(derivedOf(snapshots.at(-1)!.estate))
        expect(await faults(database)).toEqual([])
        const before = await rowCounts(database)
        for (const connection of ['east', 'west']) {
          const collections = [...twin].filter(([source]) => source.startsWith(connection))
          const stage = await openStage(database, { connection, run: ++number })
          for (const [source, said] of collections) {
            for (const item of [...said.entities.values(), ...said.edges.values()])
              await stage.write(source.slice(5), item)
          }
          await stage.apply({
            at: new Date(Date.UTC(2026, 10, 25)),
            collections: collections.map(([source]) => ({
              id: source.slice(5),
              complete: true,
              yields: ['linux_user'],
            })),
          })
        }
        expect(await rowCounts(database)).toEqual(before)
      } finally {
        await database.close()
      }
    }),
    { numRuns: Number(process.env['REEVE_TWIN_RUNS'] ?? 15), endOnFailure: true },
  )
}, 240_000)

const sentence = (one: Edge) =>
  `${one.from} ${one.verb} ${one.to} ${stable(one.attributes && Object.keys(one.attributes).length > 0 ? one.attributes : null)}`

function tell(twin: Twin, { connection, collections }: Read): void {
  for (const { id, complete, items } of collections) {
    const name = `${connection} ${id}`.replace(' ', '/')
    const said: Said = complete
      ? { entities: new Map(), edges: new Map() }
      : (twin.get(name) ?? { entities: new Map(), edges: new Map() })
    for (const item of items) {
      if (isEdge(item)) said.edges.set(sentence(item), item)
      else said.entities.set(item.key, storable(item) as Entity)
    }
    twin.set(name, said)
  }
}

/** PostgreSQL stores neither NUL nor half a surrogate pair; undefined fields are not there. */
const storable = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, inner) =>
    typeof inner === 'string' ? inner.replaceAll('\0', '\uFFFD').toWellFormed() : inner,
  )

function* itemsOf(twin: Twin) {
  for (const [source, { entities, edges }] of twin) {
    const [connection, collection] = source.split('/') as [string, string]
    for (const item of [...edges.values(), ...entities.values()]) yield { connection, collection, item }
  }
}

const stable = (value: unknown): string =>
  JSON.stringify(value, (_, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([, one]) => one !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  )

function dump(estate: Estate) {
  const entities = [...estate.entities()].sort((a, b) => (a.key < b.key ? -1 : 1))
  const keys = new Set([
    ...entities.map((one) => one.key),
    ...things,
    'nobody:said',
    'person:p1',
    'aws:k1',
    'aws:k2',
    ...prints.map((print) => `credential:${print}`),
  ])
  const edges = new Set(
    [...keys].flatMap((key) => [...estate.edgesOf(key, 'out'), ...estate.edgesOf(key, 'in')]).map(sentence),
  )
  return {
    entities: entities.map(stable),
    edges: [...edges].sort(),
    names: [...keys].sort().map((key) => `${key} = ${estate.get(key)?.key}`),
    disputed: entities.map(({ key }) => `${key} ${estate.disputed(key)}`),
    sources: entities.map(
      ({ key }) =>
        `${key} ${estate
          .sourcesOf(key)
          .map((one) => `${one.connection}/${one.collection}`)
          .sort()}`,
    ),
    origins: entities.map(
      ({ key }) =>
        `${key} ${['environment', 'sensitivity', 'tier'].map((name) => estate.origin(key, name as 'tier') !== undefined)}`,
    ),
  }
}

function derivedOf(estate: Estate) {
  const ends = (key: string, verb: Verb) =>
    [...new Set([...estate.edges(key, 'in', verb)].map((one) => one.from))].sort()
  return [...estate.entities()]
    .map(({ key }) => {
      const credentials = ends(key, 'authenticates')
      const methods = credentials.flatMap((one) => estate.get(one)?.method ?? [])
      const created = credentials.flatMap((one) => {
        const when = estate.get(one)?.created
        return when && 'value' in when ? [Date.parse(when.value)] : []
      })
      return {
        key,
        owners: ends(key, 'owns'),
        controllers: ends(key, 'controls'),
        contained: ends(key, 'contains').length > 0,
        credentials: credentials.length,
        methods: [...new Set(methods)].sort(),
        oldest: created.length === 0 ? null : Math.min(...created),
      }
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

async function derived({ db }: TestDatabase) {
  const { rows } = await sql<{ methods: string[]; oldest: Date | null }>`select n.key,
    array(select k.key from unnest(owners) o join graph.key k on k.id = o order by 1) as owners,
    array(select k.key from unnest(controllers) o join graph.key k on k.id = o order by 1) as controllers,
    container is not null as contained, credentials, methods, oldest_credential as oldest from graph.node n order by n.key`.execute(
    db,
  )
  return rows.map((row) => ({ ...row, methods: row.methods.sort(), oldest: row.oldest?.getTime() ?? null }))
}

const faults = async ({ db }: TestDatabase) =>
  (
    await sql`
    select 'overlap' as fault, key_id from graph.entity a where exists (select from graph.entity b where b.ctid <> a.ctid
      and b.key_id = a.key_id and b.source_id = a.source_id and b.valid_from < coalesce(a.valid_to, 'infinity')
      and a.valid_from < coalesce(b.valid_to, 'infinity'))
    union all select 'empty range', key_id from graph.entity where valid_to <= valid_from
    union all select 'edge at a node it is not about', from_key from graph.edge e join graph.key k on k.id = e.from_key
      where e.from_id <> coalesce(k.same_as, k.id)
    union all select 'stage left behind', oid::int from pg_class where relname like 'staged%' and relkind = 'r'`.execute(
      db,
    )
  ).rows

const rowCounts = async ({ db }: TestDatabase) =>
  (
    await sql`select (select count(*) from graph.entity) as entities, (select count(*) from graph.edge) as edges,
      (select count(*) from graph.key) as keys, (select string_agg(xmin::text, ' ' order by id) from graph.node) as nodes`.execute(
      db,
    )
  ).rows
