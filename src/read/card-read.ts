import { sql } from 'kysely'
import type { Db, Tx } from '../platform/index.ts'
import {
  type Entity,
  type Environment,
  type Known,
  type Method,
  ReeveError,
  type Sensitivity,
  type Tier,
} from '../sdk/index.ts'
import type { Card, CardSource, UseRecord } from './card.ts'
import { type Grants, grantsOf } from './card-grants.ts'
import { consumersOf, credentialsOf, stateOf } from './card-parts.ts'
import { listingsOf, offSince, stakesOf } from './card-stakes.ts'
import { useOf } from './card-use.ts'
import { changesOf } from './changes.ts'
import { findingColumns, findingRows, type StoredFinding } from './findings.ts'
import { neighbourhoodOf } from './neighbourhood.ts'
import { stepByStep } from './reach.ts'
import type { EntityRef } from './ref.ts'
import { iso, isoOrNull, knownOf, markOf, ownersOf } from './refs.ts'
import { touchOf } from './touch.ts'
import { DAY, QUARTER } from './touch-checks.ts'

interface Subject {
  id: number
  key: string
  gone: Date | null
  connections: string[]
  sources: number[]
  environment: Environment | null
  sensitivity: Sensitivity | null
  tier: Tier | null
  credentials: number
  methods: Method[]
  oldest_credential: Date | null
  first_seen: Date
  stale_since: Date | null
  body: Omit<Entity, 'key'>
  labels: string[] | null
  worst: number | null
  judged: number | null
  score: number | null
  score_parts: { factor: string; points: number; most: number; says: string }[] | null
  withheld: string | null
  withheld_permission: string | null
}

/** Everything about one entity, also one that is gone: then as it was last. Throws `entity/unknown`. */
export const readCard = (db: Db, key: string, now: Date): Promise<Omit<Card, 'tagDifference'>> =>
  stepByStep(db, (tx) => cardOf(tx, key, now))

async function cardOf(db: Tx, key: string, now: Date): Promise<Omit<Card, 'tagDifference'>> {
  const subject = await subjectOf(db, key)
  const { id, body } = subject
  const self: EntityRef = {
    key: subject.key,
    kind: body.kind,
    type: body.type,
    name: body.name,
    gone: isoOrNull(subject.gone),
  }
  const lastUsed = knownOf(body.lastUsed, subject.connections)
  const off = offOf(body)
  const [{ consumers, more }, { ids, credentials }, listings, stakes, since] = await Promise.all([
    consumersOf(db, id),
    credentialsOf(db, id),
    listingsOf(db, subject),
    stakesOf(db, { id, body, labels: subject.labels ?? [] }),
    off === null ? null : offSince(db, id, off, body),
  ])
  const { record, latest } = await useOf(db, id, body.kind === 'identity' ? ids : [], { now: now.getTime(), lastUsed })
  const sources = listings.own
  const [grants, owners, findings, unknowns, neighbourhood, history] = await Promise.all([
    grantsOf(db, id, longEnough(record.recorded, now)),
    ownersOf(db, subject.key),
    openFindings(db, id, subject.key),
    unknownVerdicts(db, subject.key),
    neighbourhoodOf(db, id, self, subject.worst),
    changesOf(db, id, subject.key),
  ])
  const attributes = attributesOf(subject, grants, credentials.length, sources)
  return {
    entity: self,
    mark: markOf(subject.worst),
    severity: findings[0]?.severity ?? null,
    asOf: null,
    firstSeen: iso(subject.first_seen),
    staleSince: isoOrNull(subject.stale_since),
    off: off === null ? null : { word: off, since: since === null ? null : new Date(since).toISOString() },
    touch: touchOf({
      ...stakes,
      kind: body.kind,
      gone: subject.gone !== null,
      now: now.getTime(),
      off: off === null ? null : { word: off, since },
      lastUsed: attributes.lastUsed,
      sighting: latest,
      recorded: record.recorded,
      quiet: record.quiet,
      consumers,
      moreConsumers: more,
      credentials: credentials.length,
      methods: credentials.flatMap(({ method }) => method ?? []),
      untold: untoldOf(body, credentials),
      grants,
      sources: listings.own,
      elsewhere: [...listings.near, ...listings.elsewhere],
    }),
    attributes,
    owners,
    labels: subject.labels ?? [],
    account: accountOf(body, subject.labels ?? []),
    aliases: body.aliases ?? [],
    score: scoreOf(subject),
    usedBy: { consumers, more, seeing: seeingOf(body.kind, record, [...listings.own, ...listings.near]), record },
    credentials,
    grants: {
      rows: grants.rows,
      more: grants.more,
      used: grants.used,
      partly: grants.partly,
      notUsed: grants.notUsed,
      unknown: grants.unknown,
    },
    findings,
    rules: { judged: subject.judged ?? 0, unknown: unknowns },
    neighbourhood,
    history,
    sources,
    other: othersOf(body),
  }
}

async function subjectOf(db: Db, key: string): Promise<Subject> {
  const { rows } = await sql<Subject>`
    select n.id, n.key, null::timestamptz as gone, n.connections, n.sources, n.environment, n.sensitivity, n.tier, n.credentials, n.methods,
      n.oldest_credential, n.first_seen, n.body,
      (select array_agg(a.value order by a.sort) from act.assignment a where a.entity = n.key and a.sort not in ('owner', 'backup') and a.ended_at is null) as labels, s.worst, s.judged, s.score, s.score_parts, s.withheld, s.withheld_permission,
      (select max(src.complete_at) from graph.source src where src.id = any(n.sources)
        having bool_and(not src.complete and not exists (select from graph.ledger g where g.source_id = src.id and g.obtained > 0))) as stale_since
    from graph.key k join graph.node n on n.id = coalesce(k.same_as, k.id) left join assess.standing s on s.subject = n.key where k.key = ${key}
    union all
    select * from (select k.id, k.key, e.valid_to, array[s.connection], array[s.id], e.body->>'environment', e.body->>'sensitivity',
      (e.body->>'tier')::smallint, 0, '{}'::text[], null::timestamptz, (select min(valid_from) from graph.entity o where o.key_id = k.id), e.body,
      null::text[], null::smallint, null::int, null::smallint, null::jsonb, null, null, null::timestamptz
    from graph.key k join graph.entity e on e.key_id = k.id and e.valid_to is not null join graph.source s on s.id = e.source_id
    where k.key = ${key} order by e.valid_to desc limit 1) was
    limit 1`.execute(db)
  if (!rows[0])
    throw new ReeveError('entity/unknown', `nothing with the key ${key.slice(0, 200)} is known, nor was it ever`)
  return rows[0]
}

/** B-20: always all of them, each known or unknown with why. */
function attributesOf(
  subject: Subject,
  grants: Grants,
  credentials: number,
  sources: readonly CardSource[],
): Card['attributes'] {
  const { body, connections, key } = subject
  const silent = { unknown: 'neither its source nor anything that contains it says so' }
  const holds = body.kind === 'identity' || body.kind === 'entitlement'
  const gap = sources.find(({ complete }) => !complete)
  const unless = <T>(value: T, empty: boolean, what: string): Known<T> =>
    empty && gap
      ? {
          unknown: `${what}, but not everything was read: ${gap.reason ?? gap.connection}`,
          ...(gap.permission === null ? {} : { permission: gap.permission }),
        }
      : { value }
  return {
    distinctId: key,
    type: body.type,
    kind: body.kind,
    environment: subject.environment ? { value: subject.environment } : silent,
    sensitivity: subject.sensitivity ? { value: subject.sensitivity } : silent,
    tier: subject.tier === null ? silent : { value: subject.tier },
    created: knownOf(body.created, connections),
    expires: knownOf(body.expires, connections),
    lastUsed: knownOf(body.lastUsed, connections),
    lastUsedBy: knownOf(body.lastUsedBy, connections),
    permissions: holds
      ? unless(
          { entitlements: grants.entitlements, resources: grants.resources, sensitive: grants.sensitive },
          grants.total === 0,
          'no permission was seen',
        )
      : { notApplicable: `${a(body.kind)} holds no permissions` },
    credentials:
      body.kind === 'identity' || body.kind === 'secret' || body.kind === 'credential'
        ? unless(
            { count: credentials, oldest: oldestOf(subject, credentials) },
            credentials === 0,
            'no credential was seen',
          )
        : { notApplicable: `${a(body.kind)} has no credentials` },
    methods:
      body.kind === 'credential'
        ? body.method
          ? { value: [body.method] }
          : { unknown: `not reported by ${connections.join(', ')}` }
        : body.kind === 'identity'
          ? unless(subject.methods, subject.methods.length === 0, 'no credential was seen')
          : { notApplicable: `${a(body.kind)} does not sign in` },
  }
}

const a = (kind: string): string => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`

function oldestOf({ body, connections, oldest_credential }: Subject, credentials: number): Known<string> {
  if (body.kind === 'credential') return knownOf(body.created, connections)
  if (credentials === 0) return { notApplicable: 'no credential of its own was found' }
  return oldest_credential
    ? { value: iso(oldest_credential) }
    : { unknown: 'no source says when its credentials were made' }
}

function scoreOf(subject: Subject): Card['score'] {
  if (subject.body.kind !== 'identity') return { notApplicable: 'only identities are scored' }
  if (subject.gone) return { notApplicable: 'it is gone from its source' }
  if (subject.score !== null && subject.score_parts)
    return { value: { total: subject.score, parts: subject.score_parts } }
  if (subject.withheld === null) return { unknown: 'it was not judged yet' }
  return {
    unknown: `withheld: ${subject.withheld}`,
    ...(subject.withheld_permission === null ? {} : { permission: subject.withheld_permission }),
  }
}

/** A source that says since when it records the use of an account records all of it, whichever key opened it. */
const untoldOf = ({ kind, attributes }: Subject['body'], credentials: Card['credentials']): string[] =>
  kind !== 'identity' || typeof attributes?.['usageSince'] === 'string'
    ? []
    : credentials.filter(({ lastUsed }) => 'unknown' in lastUsed).map(({ entity }) => entity.name)

/** What an empty list of consumers is worth. */
function seeingOf(kind: Entity['kind'], { recorded }: UseRecord, sources: readonly CardSource[]): Known<string> {
  const gap = sources.find(({ complete }) => !complete)
  if (gap)
    return {
      unknown: `${gap.title}, ${gap.collection}, was not read whole: ${gap.reason ?? 'part of it is missing'}`,
      ...(gap.permission === null ? {} : { permission: gap.permission }),
    }
  // Who holds an entitlement is listed, not watched.
  if (kind !== 'entitlement') return recorded
  const reads = sources.flatMap(({ readAt }) => readAt ?? []).sort()
  return reads[0] === undefined ? { unknown: 'no listing that was read describes it' } : { value: reads[0] }
}

/** A record too short to hold a quarter proves no disuse. */
const longEnough = (recorded: Known<string>, now: Date): Known<string> =>
  'value' in recorded && now.getTime() - Date.parse(recorded.value) < QUARTER * DAY
    ? { unknown: 'its use is not recorded for as long as a quarter' }
    : recorded

const offOf = (body: Subject['body']): string | null => {
  const state = stateOf(body)
  return state !== null && /^(revoked|suspended|disabled|inactive|deprovisioned|deleted|expired)$/.test(state)
    ? state
    : null
}

/** Open findings about it, its credentials and their copies: what a person who holds the card must know. */
async function openFindings(db: Db, id: number, key: string): Promise<Card['findings']> {
  const { rows } = await sql<StoredFinding>`
    with near as (select ${key}::text collate "C" as key
      union select k.key from graph.edge e join graph.key k on k.id = e.from_id where e.to_id = ${id} and e.verb in ('authenticates', 'holds') and e.valid_to is null
      union select k.key from graph.edge a join graph.edge h on h.to_id = a.from_id and h.verb = 'holds' and h.valid_to is null
        join graph.key k on k.id = h.from_id where a.to_id = ${id} and a.verb = 'authenticates' and a.valid_to is null)
    select ${findingColumns} from assess.finding f left join assess.rule r on r.id = f.rule
    where f.subject in (select key from near) and f.verdict = 'fail' and f.state <> 'resolved'
    order by f.state <> 'open', f.rank, f.opened_at, f.id limit 100`.execute(db)
  return findingRows(db, rows)
}

async function unknownVerdicts(db: Db, key: string): Promise<Card['rules']['unknown']> {
  const { rows } = await sql<Card['rules']['unknown'][number]>`
    select f.rule, f.title, coalesce(f.unverified_reason, f.because[1], f.says) as reason, coalesce(f.unverified_permission, f.permission) as permission
    from assess.finding f where f.subject = ${key} and f.state <> 'resolved' and (f.verdict = 'unknown' or f.unverified_since is not null)
    order by f.rank, f.rule limit 100`.execute(db)
  return rows
}

/** Who acts through it. What a person said holds at once, before `self` is read again. */
function accountOf({ kind, attributes = {} }: Subject['body'], labels: readonly string[]): Card['account'] {
  if (kind !== 'identity')
    return { notApplicable: kind === 'person' ? 'a person is human' : `${a(kind)} is no account` }
  const { accountKind, accountKindConfirmed, accountKindReasons } = attributes
  const confirmed = labels.find(isAccount) ?? accountKindConfirmed
  const because = Array.isArray(accountKindReasons)
    ? accountKindReasons.filter((reason): reason is string => typeof reason === 'string')
    : []
  if (isAccount(confirmed)) return { value: { is: confirmed, confirmed: true, because } }
  if (isAccount(accountKind)) return { value: { is: accountKind, confirmed: false, because } }
  return { unknown: because[0] ?? 'its source does not tell whether a person or a machine acts through it' }
}

const isAccount = (word: unknown): word is 'service' | 'system' | 'human' =>
  word === 'service' || word === 'system' || word === 'human'

/** Said in its own place, or by what a person said. */
const SAID = new Set(['accountKind', 'accountKindConfirmed', 'accountKindReasons'])

/** What else the sources say, and what they would not. */
function othersOf(body: Subject['body']): Card['other'] {
  const said = Object.entries(body.attributes ?? {})
    .filter(([name]) => !SAID.has(name))
    .map(([name, value]) => ({
      name,
      value: { value } as Known<typeof value>,
    }))
  const unsaid = Object.entries(body.unknowns ?? {}).map(([name, { reason, permission }]) => ({
    name,
    value: { unknown: reason, ...(permission === undefined ? {} : { permission }) },
  }))
  return [...said, ...unsaid].sort((a, b) => (a.name < b.name ? -1 : 1))
}
