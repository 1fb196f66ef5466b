import { sql } from 'kysely'
import type { Clock, Db } from '../platform/index.ts'
import { type Kind, type Log, messageOf, ReeveError } from '../sdk/index.ts'
import { NEVER } from './columns.ts'
import { joinAccountKind, mustBeOwned, outOfForce } from './in-force.ts'
import { fields, VERDICTS } from './inventory-fields.ts'
import type { Ownership } from './owners.ts'
import { parseQuery, type Query, type Term } from './query.ts'
import { Roll } from './roll.ts'
import { Snapshots } from './roll-snapshots.ts'
import { type RollEntry, RollTable } from './roll-table.ts'

/** Few enough that whoever asks meanwhile waits for no more than some milliseconds. */
const BATCH = 1_000
/** Up to here a question waits for the newest roll; beyond, it gets the one there is while the next is made. */
const WAITS = 5_000

interface Row {
  id: number
  key: string
  kind: Kind
  name: string
  at_name: string
  type: string
  connections: string[]
  created: Date | null
  expires: Date | null
  last_used: Date | null
  never_created: boolean | null
  never_expires: boolean | null
  never_used: boolean | null
  environment: string | null
  sensitivity: string | null
  tier: number | null
  method: string | null
  methods: string[]
  aliases: string[]
  account_kind: string | null
  owners: number[]
  must_be_owned: boolean
  credentials: number
  oldest_credential: Date | null
  first_seen: Date
  renews: boolean | null
  worst: number | null
  open: number | null
  reach: number | null
}

/** The estate as it is now. Read in batches, so that other questions are answered in between. */
export async function loadRoll(db: Db): Promise<Roll> {
  const [owners, undated, decided] = await Promise.all([ownersById(db), undatedById(db), decisions(db)])
  const table = new RollTable()
  let last: { kind: string; name: string; id: number } = { kind: '', name: '', id: 0 }
  for (;;) {
    const { rows } = await sql<Row>`
      select n.id, n.key, n.kind, n.name, lower(left(n.name, 100)) as at_name, n.type, n.connections, n.created, n.expires, n.last_used,
        n.body->'created' ? 'notApplicable' as never_created, n.body->'expires' ? 'notApplicable' as never_expires,
        n.body->'lastUsed' ? 'notApplicable' as never_used, n.environment, n.sensitivity, n.tier, n.method, n.methods, n.aliases,
        n.account_kind, n.owners, ${mustBeOwned('n', 'l')} as must_be_owned, n.credentials, n.oldest_credential, n.first_seen,
        case n.body->'attributes'->'autoRenew' when 'true'::jsonb then true when 'false'::jsonb then false end as renews, s.worst, s.open, s.reach
      from graph.node n left join assess.standing s on s.subject = n.key ${joinAccountKind('n', 'l')}
      where (n.kind, lower(left(n.name, 100)), n.id) > (${last.kind}, ${last.name}, ${last.id})
      order by n.kind, lower(left(n.name, 100)), n.id limit ${sql.lit(BATCH)}`.execute(db)
    for (const row of rows) table.add(entryOf(row, owners, undated, decided.get(row.key)))
    if (rows.length < BATCH) return new Roll(table)
    const end = rows.at(-1)!
    last = { kind: end.kind, name: end.at_name, id: end.id }
  }
}

function entryOf(
  row: Row,
  owners: ReadonlyMap<number, readonly string[]>,
  undated: ReadonlyMap<number, number>,
  decided: Decided | undefined,
): RollEntry {
  const worst = row.worst ?? VERDICTS.indexOf('not-judged')
  const account = decided?.labels['accountKind'] ?? row.account_kind ?? 'unknown'
  const named = decided?.owner ? [decided.owner] : row.owners.map((id) => owners.get(id) ?? [])
  return {
    id: row.id,
    key: row.key,
    kind: row.kind,
    name: row.name,
    aliases: row.aliases,
    worst,
    verdict: [VERDICTS[worst] ?? 'not-judged'],
    source: row.connections,
    type: [row.type],
    account: [account],
    env: [row.environment],
    sensitivity: [row.sensitivity],
    tier: [row.tier === null ? null : String(row.tier)],
    owner: named.flat(),
    ownership: row.must_be_owned ? [ownershipOf(named)] : [],
    method: row.kind === 'credential' ? [row.method] : row.methods,
    label: decided ? Object.values(decided.labels) : [],
    renews: row.renews === null ? [] : [row.renews ? 'yes' : 'no'],
    used: time(row.last_used, row.never_used),
    age:
      row.kind === 'credential'
        ? time(row.created, row.never_created)
        : time(row.oldest_credential, row.credentials === 0),
    created: time(row.created, row.never_created),
    expires: time(row.expires, row.never_expires),
    seen: row.first_seen.getTime(),
    reach: row.reach ?? Number.NaN,
    findings: row.open ?? 0,
    credentials: row.credentials,
    undated: undated.get(row.id) ?? 0,
  }
}

const ownershipOf = (named: readonly (readonly string[])[]): Ownership =>
  named.length === 0 ? 'unowned' : named.every(([, , left]) => left !== undefined) ? 'orphaned' : 'owned'

const time = (at: Date | null, never: boolean | null): number => at?.getTime() ?? (never ? NEVER : Number.NaN)

/** Owner → name, key and `left`, as the query may say them. */
async function ownersById(db: Db): Promise<Map<number, readonly string[]>> {
  const { rows } = await sql<{ id: number; key: string; name: string | null; gone: boolean }>`
    select k.id, k.key, n.name, n.id is null or ${outOfForce('n')} as gone
    from (select distinct unnest(owners) as id from graph.node) o join graph.key k using (id) left join graph.node n using (id)`.execute(
    db,
  )
  return new Map(rows.map(({ id, key, name, gone }) => [id, [name ?? key, key, ...(gone ? ['left'] : [])]]))
}

/** What is proved by credentials of which no source tells the end, and by how many. */
async function undatedById(db: Db): Promise<Map<number, number>> {
  const { rows } = await sql<{ id: number; count: number }>`
    select e.to_id as id, count(distinct c.id)::int as count from graph.node c join graph.edge e on e.from_id = c.id
    where c.kind = 'credential' and c.expires is null and not coalesce(c.body->'expires' ? 'notApplicable', false)
      and e.verb = 'authenticates' and e.valid_to is null group by 1`.execute(db)
  return new Map(rows.map(({ id, count }) => [id, count]))
}

interface Decided {
  owner: readonly string[] | undefined
  labels: Record<string, string>
}

/** What people decided, by entity: it holds at once, before the next read of `self` brings it into the graph. */
async function decisions(db: Db): Promise<Map<string, Decided>> {
  const { rows } = await sql<{ entity: string; sort: string; value: string; name: string | null; gone: boolean }>`
    select a.entity, a.sort, a.value, coalesce(n.name, a.name) as name, coalesce(n.id is not null and ${outOfForce('n')}, false) as gone
    from act.assignment a left join graph.key k on k.key = a.value and a.sort = 'owner' left join graph.node n on n.id = k.id
    where a.ended_at is null and a.sort <> 'backup' order by a.entity, a.sort`.execute(db)
  const decided = new Map<string, Decided>()
  for (const { entity, sort, value, name, gone } of rows) {
    const known = decided.get(entity) ?? { owner: undefined, labels: {} }
    if (sort === 'owner') known.owner = [name ?? value, value, ...(gone ? ['left'] : [])]
    else known.labels[sort] = value
    decided.set(entity, known)
  }
  return decided
}

/** The roll of now, made anew when something has changed. */
export class Rolls {
  /** The lists that were made of them. */
  readonly snapshots = new Snapshots()
  readonly #db: Db
  readonly #clock: Clock
  readonly #log: Log
  #roll: Roll | undefined
  #stamp = ''
  #loading: Promise<Roll> | undefined
  #checked = 0
  /** Milliseconds that the last one took to make. */
  #took = 0

  constructor(db: Db, clock: Clock, log: Log) {
    this.#db = db
    this.#clock = clock
    this.#log = log
  }

  /** Of what the roll was made. */
  get stamp(): string {
    return this.#stamp
  }

  /** The newest roll, or for large estates the one before while the newest is being made. */
  async current(): Promise<Roll> {
    const now = this.#clock.now().getTime()
    const busy = this.#roll !== undefined && this.#roll.size > WAITS
    // Beside a large estate that changes all the time, making rolls takes a quarter of the time at most.
    if (busy && now - this.#checked < Math.max(250, 4 * this.#took)) return this.#roll!
    this.#checked = now
    const stamp = await stampOf(this.#db)
    if (stamp === this.#stamp && this.#roll) return this.#roll
    const loading = this.#loading ?? this.#load(stamp)
    if (busy) {
      loading.catch((error) => this.#log.warn({ error: messageOf(error) }, 'the roll could not be made anew'))
      return this.#roll!
    }
    const roll = await loading
    // One that was begun before this change does not show it.
    return this.#stamp === stamp ? roll : (this.#loading ?? this.#load(stamp))
  }

  #load(stamp: string): Promise<Roll> {
    const begun = this.#clock.now().getTime()
    const loading = loadRoll(this.#db)
      .then((roll) => {
        this.#took = this.#clock.now().getTime() - begun
        this.#roll = roll
        this.#stamp = stamp
        return roll
      })
      .finally(() => {
        this.#loading = undefined
      })
    this.#loading = loading
    return loading
  }
}

/** Changes whenever the graph, the verdicts or somebody changed something. */
export async function stampOf(db: Db): Promise<string> {
  const { rows } = await sql<{ stamp: string }>`select concat_ws(' ', (select id from platform.audit_head),
    (select max(id) from assess.evaluation), (select max(at) from assess.evaluation), (select count(*) from graph.applied), (select max(at) from graph.applied)) as stamp`.execute(
    db,
  )
  return rows[0]!.stamp
}

/** The query, with fields that are attributes somewhere in the estate. */
export async function parseInventory(db: Db, text: string): Promise<Query> {
  const names = new Set<string>()
  for (;;) {
    try {
      return parseQuery(text, fields, (name) => names.has(name))
    } catch (error) {
      const name =
        error instanceof ReeveError && error.code === 'query/unknown-field' ? String(error.fields['field']) : undefined
      if (name === undefined || !(await isAttribute(db, name))) throw error
      names.add(name)
    }
  }
}

async function isAttribute(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql`select 1 from graph.node where body->'attributes' ? ${name} limit 1`.execute(db)
  return rows.length > 0
}

/** For the terms whose field is an attribute: the ids of what matches. An attribute that is not reported is unknown. */
export async function attributeMatches(db: Db, kind: Kind, query: Query): Promise<Map<Term, Set<number>>> {
  const found = new Map<Term, Set<number>>()
  for (const term of query.terms) {
    const name = term.field?.name
    if (name === undefined || fields.some((field) => field.name === name)) continue
    const value = sql`lower(body->'attributes'->>${name})`
    const { match } = term
    const holds =
      'special' in match
        ? match.special === 'any'
          ? sql`body->'attributes' ? ${name}`
          : sql`not body->'attributes' ? ${name}`
        : 'begins' in match
          ? sql`starts_with(${value}, ${match.begins})`
          : sql`${value} = ${'is' in match ? match.is : ''}`
    const { rows } = await sql<{ id: number }>`select id from graph.node where kind = ${kind} and ${holds}`.execute(db)
    found.set(term, new Set(rows.map(({ id }) => id)))
  }
  return found
}
