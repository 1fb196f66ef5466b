import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { Entity } from '../sdk/index.ts'
import { consumersOf } from './card-parts.ts'
import type { Evidence, FindingPage } from './finding.ts'
import { type Reached, type Reaching, reachOf } from './reach.ts'
import { isoOrNull } from './refs.ts'

const LISTED = 100

interface Listing {
  key: string
  connection: string
  title: string
  collection: string
  read_at: Date
  complete: boolean
  expected: number | null
  obtained: number | null
  refused: number | null
}

export interface Told {
  /** The listings that describe the subject and what the rule looked at, by key. */
  of: ReadonlyMap<string, readonly Listing[]>
  subject: string
  /** What the rule looked at, the longest name first: `backup.timer` before `backup`. */
  names: readonly { key: string; name: string }[]
}

/** Where the evidence was read: in the listings of the subject, and of what stood at the ends of the rule's paths. */
export async function listingsOf(
  db: Db,
  subject: string,
  saw: Record<string, Record<string, unknown>> | null,
): Promise<Told> {
  const near = Object.entries(saw ?? {}).flatMap(([place, facts]) => {
    const key = place.slice(place.indexOf(' ') + 1)
    return place === '' || typeof facts?.['name'] !== 'string' ? [] : { key, name: facts['name'] }
  })
  const { rows } = await sql<Listing>`
    select k.key, s.connection, coalesce(c.label, s.connection) as title, s.collection, s.read_at, s.complete,
      sum(l.expected)::int as expected, sum(l.obtained)::int as obtained, sum(l.refused)::int as refused
    from graph.key k join graph.node n on n.id = coalesce(k.same_as, k.id) join graph.source s on s.id = any(n.sources)
    left join discover.connection c on c.id = s.connection left join graph.ledger l on l.source_id = s.id
    where k.key = any(${[subject, ...near.map(({ key }) => key)]}::text[]) and s.connection <> 'self'
    group by k.key, s.id, s.connection, s.collection, s.read_at, s.complete, c.label order by s.connection, s.collection`.execute(
    db,
  )
  return {
    of: Map.groupBy(rows, ({ key }) => key),
    subject,
    names: near.sort((a, b) => b.name.length - a.name.length),
  }
}

/** A sentence that names a neighbour was read where that is read; any other where the subject is. */
export function evidenceOf(number: number, says: string, told: Told): Evidence {
  const named = told.names.find(({ name }) => name.length > 2 && says.includes(name))
  const listings = (named && told.of.get(named.key)) ?? told.of.get(told.subject)
  const listing = listings?.[0]
  return {
    number,
    says,
    connection: listing?.connection ?? null,
    collection: listing?.collection ?? null,
    source: listing ? `${listing.title}, ${listing.collection}` : null,
    readAt: isoOrNull(listing?.read_at),
    ledger: listing ? ledgerSentence(listing) : null,
    complete: listing?.complete ?? null,
  }
}

function ledgerSentence({ expected, obtained, refused, complete }: Listing): string {
  const got =
    obtained === null
      ? complete
        ? 'read completely'
        : 'read in part'
      : expected === null
        ? `${obtained} read`
        : `${obtained} of ${expected} read`
  return refused ? `${got}, ${refused} refused` : got
}

const NOTHING: FindingPage['cost'] = {
  reached: [],
  reachedCount: 0,
  sensitiveCount: 0,
  dependents: [],
  byItself: 0,
  dependentCount: 0,
  unknown: [],
}

export async function costOf(db: Db, id: number | null): Promise<{ cost: FindingPage['cost']; reach: Reaching }> {
  if (id === null) return { cost: NOTHING, reach: { resources: [], undescribed: 0, more: false } }
  const [reach, { consumers, more }] = await Promise.all([reachOf(db, id), consumersOf(db, id)])
  const undescribed = consumers.filter(({ entity }) => entity.kind === null).length
  const unknown = [
    ...(reach.undescribed > 0
      ? [{ reason: `${reach.undescribed} on the way were named and never read`, permission: null }]
      : []),
    ...(reach.more ? [{ reason: 'it reaches more than was counted here', permission: null }] : []),
    ...(undescribed > 0
      ? [{ reason: `${undescribed} of those that depend on it were named and never read`, permission: null }]
      : []),
  ]
  return {
    reach,
    cost: {
      reached: reach.resources.slice(0, LISTED).map(({ key, kind, type, name, sensitivity, sensitive }) => ({
        key,
        kind,
        type,
        name,
        gone: null,
        sensitivity,
        sensitive,
      })),
      reachedCount: reach.resources.length,
      sensitiveCount: reach.resources.filter(({ sensitive }) => sensitive).length,
      dependents: consumers.map(({ entity, takesNewKey }) => ({ ...entity, takesNewKey })),
      byItself: consumers.filter(({ takesNewKey }) => takesNewKey === 'by-itself').length,
      dependentCount: consumers.length + more,
      unknown,
    },
  }
}

/** The most sensitive of what is reached; undefined while nothing is known of any. */
export function worstOf({ resources }: Reaching): Entity | undefined {
  const weight = ({ sensitivity, tier, environment }: Reached): number =>
    sensitivity === 'restricted' || tier === 0
      ? 3
      : sensitivity === 'confidential' || tier === 1 || environment === 'production'
        ? 2
        : sensitivity === 'internal'
          ? 1
          : 0
  const worst = resources.reduce<Reached | null>(
    (best, one) => (best && weight(best) >= weight(one) ? best : one),
    null,
  )
  if (!worst || weight(worst) === 0) return undefined
  const { key, type, name, sensitivity, tier, environment } = worst
  return Entity.parse({
    kind: 'resource',
    type,
    key,
    name,
    ...(sensitivity && { sensitivity }),
    ...(tier !== null && { tier }),
    ...(environment && { environment }),
  })
}
