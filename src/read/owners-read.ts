import type { Db } from '../platform/index.ts'
import { connectionStates, sumOf } from './ledger-bars.ts'
import type { OwnerRow, OwnersPage, OwnersPeople, Presence, Team } from './owners.ts'
import type { KnownPerson } from './owners-presence.ts'
import { AHEAD_DAYS, bearersOf, dutiesOf, type OwnersRoll, ownersRoll, type TeamRow } from './owners-roll.ts'
import type { Person } from './ref.ts'
import { iso, isoOrNull } from './refs.ts'
import type { Roll } from './roll.ts'

const DAY = 86_400_000
/** So many people are told with the page. */
const FIRST = 100

/** When an estate is looked at; `asOf` when that is the past. */
export interface OwnersLook {
  db: Db
  clock: { now(): Date }
  asOf: Date | null
}

export async function readOwners({ db, clock, asOf }: OwnersLook, roll: Roll): Promise<OwnersPage> {
  const now = clock.now()
  const [owners, states] = await Promise.all([ownersRoll(db, roll, now), connectionStates(db)])
  const counted = countOwners(owners, now.getTime())
  return {
    at: iso(now),
    asOf: isoOrNull(asOf),
    counts: counted.counts,
    coverage: { owned: counted.counts.owned, of: counted.counts.identities },
    unknownBecause: counted.unknownBecause,
    people: counted.people.slice(0, FIRST),
    peopleCount: counted.people.length,
    teams: teamsOf(owners),
    nextReview: counted.nextReview === null ? null : iso(new Date(counted.nextReview)),
    reviewDays: owners.reviewDays,
    ledger: sumOf(states.map(({ bar }) => bar)),
  }
}

/** People by what is overdue, then by what they answer for; `q` is part of a name or an address. */
export async function readOwnersPeople(
  { db, clock, asOf }: OwnersLook,
  roll: Roll,
  { q, from, limit }: { q: string; from: number; limit: number },
): Promise<OwnersPeople> {
  const now = clock.now()
  const { people } = countOwners(await ownersRoll(db, roll, now), now.getTime())
  const asked = q.trim().toLowerCase()
  const rows = people.filter(({ person }) => `${person.name}\n${person.key}`.toLowerCase().includes(asked))
  return {
    rows: rows.slice(from, from + limit),
    total: rows.length,
    next: from + limit < rows.length ? String(from + limit) : null,
    asOf: isoOrNull(asOf),
  }
}

export async function readTeams({ db, clock }: OwnersLook, roll: Roll): Promise<Team[]> {
  return teamsOf(await ownersRoll(db, roll, clock.now()))
}

interface Counted {
  counts: OwnersPage['counts']
  unknownBecause: OwnersPage['unknownBecause']
  people: OwnerRow[]
  nextReview: number | null
}

const counted = new WeakMap<OwnersRoll, { minute: number; result: Counted }>()

/** Everything that is counted, in one pass; remembered for a minute. */
export function countOwners(owners: OwnersRoll, now: number): Counted {
  const minute = Math.floor(now / 60_000)
  const known = counted.get(owners)
  if (known?.minute === minute) return known.result
  const result = count(owners, now)
  counted.set(owners, { minute, result })
  return result
}

function count(owners: OwnersRoll, now: number): Counted {
  const counts = {
    identities: owners.rows.length,
    owned: 0,
    orphaned: 0,
    unowned: 0,
    unknown: 0,
    suggested: 0,
    overdue: 0,
    decommission: 0,
  }
  const because = new Map<string, number>()
  const people = new Map<string, OwnerRow>()
  const rowOf = (key: string): OwnerRow => {
    let row = people.get(key)
    if (!row) {
      row = {
        ...personOf(owners, key),
        ...{ owned: 0, sole: 0, backed: 0, backup: 0, overdue: 0, due: 0, next: null, teams: [] },
      }
      people.set(key, row)
    }
    return row
  }
  const here = (key: string | null) => key !== null && owners.people.get(key)?.presence.state !== 'left'
  let nextReview: number | null = null
  for (const row of owners.rows) {
    counts[row.state]++
    if (row.state !== 'owned' && row.suggested !== null) counts.suggested++
    if (row.owner !== null) {
      const person = rowOf(row.owner)
      person.owned++
      if (here(row.backup) && row.backup !== row.owner) person.backed++
      else person.sole++
      if (row.state === 'owned' && person.presence.state === 'unknown') {
        counts.unknown++
        because.set(person.presence.because, (because.get(person.presence.because) ?? 0) + 1)
      }
    }
    if (row.backup !== null) rowOf(row.backup).backup++
    for (const asked of dutiesOf(row, owners)) {
      if (asked.duty === 'decommission') counts.decommission++
      if (asked.due < now) counts.overdue++
      else if (asked.duty === 'review' && (nextReview === null || asked.due < nextReview)) nextReview = asked.due
      const { on, also } = bearersOf(row, asked, owners, now)
      for (const key of [...on, ...also]) {
        const person = rowOf(key)
        if (asked.due < now) person.overdue++
        else if (asked.due < now + AHEAD_DAYS * DAY) person.due++
        if (person.next === null || asked.due < Date.parse(person.next.at))
          person.next = { duty: asked.duty, at: iso(new Date(asked.due)) }
      }
    }
  }
  for (const team of owners.teams.values()) {
    for (const key of new Set([team.accountable, ...team.members]))
      rowOf(key).teams.push({ id: team.id, name: team.name, accountable: key === team.accountable })
  }
  return {
    counts,
    unknownBecause: [...because]
      .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
      .map(([reason, identities]) => ({ reason, identities })),
    people: [...people.values()].sort(byUrgency),
    nextReview,
  }
}

const left = ({ presence, owned }: OwnerRow): number => Number(presence.state === 'left' && owned > 0)
/** Who has left and still has something, then who is late, then who has most. */
const byUrgency = (a: OwnerRow, b: OwnerRow): number =>
  left(b) - left(a) ||
  b.overdue - a.overdue ||
  b.owned - a.owned ||
  b.backup - a.backup ||
  (a.person.key < b.person.key ? -1 : 1)

const UNKNOWN: Presence = { state: 'unknown', because: 'nothing that was read knows them', since: null, leaves: null }

export function personOf(owners: Pick<OwnersRoll, 'people'>, key: string): { person: Person; presence: Presence } {
  const known: KnownPerson | undefined = owners.people.get(key)
  return { person: { key, name: known?.name ?? key.replace(/^person:/, '') }, presence: known?.presence ?? UNKNOWN }
}

export function teamsOf(owners: OwnersRoll): Team[] {
  const owned = new Map<string, number>()
  for (const { team } of owners.rows) if (team !== null) owned.set(team, (owned.get(team) ?? 0) + 1)
  const asPerson = (key: string) => {
    const { person, presence } = personOf(owners, key)
    return { ...person, presence }
  }
  return [...owners.teams.values()].map((team: TeamRow) => ({
    id: team.id,
    name: team.name,
    contact: team.contact,
    accountable: asPerson(team.accountable),
    members: team.members.map(asPerson),
    owned: owned.get(team.id) ?? 0,
    changed: iso(team.at),
    by: team.by,
  }))
}
