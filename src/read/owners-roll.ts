import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { joinAccountKind, mustBeOwned } from './in-force.ts'
import { onceForRoll } from './once-for-roll.ts'
import type { Duty, Ownership } from './owners.ts'
import { type KnownPerson, presencesOf } from './owners-presence.ts'
import { rotationsOf } from './owners-rotation.ts'
import type { Roll } from './roll.ts'

const BATCH = 5_000
const DAY = 86_400_000
export const CONFIRM_DAYS = 14
/** So long after its day a duty goes to the backup too. */
export const ESCALATE_DAYS = 7
/** A duty shows so long before its day. */
export const AHEAD_DAYS = 30
export const REVIEW_DAYS = 182

/** Who answers for one identity, and what is asked for it. Times in milliseconds; NaN where there is none. */
export interface Owned {
  id: number
  key: string
  state: Ownership
  /** The accountable person, also one who left; null for nobody. */
  owner: string | null
  team: string | null
  backup: string | null
  /** When the owner was named, or began to be named by the source; for nobody, when it was first read. */
  since: number
  /** Who named the owner here; null for a source. */
  by: string | null
  /** When the owner last said that it is theirs. */
  certified: number
  /** When the first of its credentials must be replaced. */
  rotate: number
  worst: number
  suggested: string | null
  declined: readonly string[]
  /** Its owner said that nobody needs it. */
  notNeeded: number
}

export interface TeamRow {
  id: string
  name: string
  contact: string | null
  accountable: string
  accountable_name: string
  members: string[]
  member_names: string[]
  by: string
  at: Date
}

/** The identities that somebody must answer for, worked out once for each state of the estate. */
export interface OwnersRoll {
  rows: readonly Owned[]
  people: ReadonlyMap<string, KnownPerson>
  teams: ReadonlyMap<string, TeamRow>
  /** Account, as decisions name who made them → the person whose account it is. */
  accounts: ReadonlyMap<string, string>
  reviewDays: number
}

export interface AskedDuty {
  duty: Duty
  due: number
}

/** What is asked of an identity's people: pure, from how it stands. */
export function dutiesOf(row: Owned, { people, accounts, reviewDays }: OwnersRoll): AskedDuty[] {
  if (row.owner === null) return []
  if (!Number.isNaN(row.notNeeded)) return [{ duty: 'decommission', due: row.notNeeded + CONFIRM_DAYS * DAY }]
  const duties: AskedDuty[] = []
  if (row.state === 'orphaned') {
    const since = people.get(row.owner)?.presence.since
    duties.push({ duty: 'replace-owner', due: Math.max(row.since, since ? Date.parse(since) : row.since) })
  } else {
    const namedItself = row.by !== null && accounts.get(row.by) === row.owner
    const certified = row.certified >= row.since ? row.certified : Number.NaN
    if (row.by !== null && !namedItself && Number.isNaN(certified))
      duties.push({ duty: 'confirm', due: row.since + CONFIRM_DAYS * DAY })
    else duties.push({ duty: 'review', due: (Number.isNaN(certified) ? row.since : certified) + reviewDays * DAY })
  }
  if (!Number.isNaN(row.rotate)) duties.push({ duty: 'rotate', due: row.rotate })
  return duties
}

/** On whom a duty is now, and whom it has come to besides because it was not done. */
export function bearersOf(
  row: Owned,
  { duty, due }: AskedDuty,
  { people, teams }: OwnersRoll,
  now: number,
): { on: string[]; also: string[] } {
  const here = (key: string | null | undefined): key is string =>
    key !== null && key !== undefined && people.get(key)?.presence.state !== 'left'
  const stand = [row.backup, ...(row.team === null ? [] : (teams.get(row.team)?.members ?? []))].filter(
    (key): key is string => here(key) && key !== row.owner,
  )
  const manager = row.owner === null ? null : people.get(row.owner)?.manager
  const deputies = stand.length > 0 ? [...new Set(stand)] : here(manager) && manager !== row.owner ? [manager] : []
  if (duty === 'decommission') return { on: [], also: [] }
  if (row.state === 'orphaned') return { on: deputies, also: [] }
  return { on: [row.owner!], also: now - due > ESCALATE_DAYS * DAY ? deputies : [] }
}

export const ownersRoll = (db: Db, roll: Roll, now: Date): Promise<OwnersRoll> =>
  // Somebody leaves and a duty falls due although nothing is written.
  onceForRoll(roll, `owners ${Math.floor(now.getTime() / 3_600_000)}`, () => loadOwners(db, now))

interface Row {
  id: number
  key: string
  first_seen: Date
  worst: number | null
  suggested: string | null
  value: string | null
  team: string | null
  at: Date | null
  by: string | null
  backup: string | null
  sourced: string[] | null
  sourced_since: Date[] | null
  counts: boolean
}

const NOBODY: readonly string[] = []

async function loadOwners(db: Db, now: Date): Promise<OwnersRoll> {
  const [answers, rotations, teams, accounts, reviewDays] = await Promise.all([
    answersOf(db),
    rotationsOf(db, now),
    teamsOf(db),
    accountsOf(db),
    reviewDaysOf(db),
  ])
  const rows: Owned[] = []
  const several = new Map<Owned, { sourced: string[]; sourced_since: Date[] }>()
  const keys = new Set<string>()
  for (const { accountable, members } of teams.values()) for (const key of [accountable, ...members]) keys.add(key)
  for (let last = 0; ; ) {
    const { rows: found } = await sql<Row>`
      select n.id, n.key, n.first_seen, s.worst, sg.person as suggested, a.value, a.team, a.at, a.by, b.value as backup, src.sourced, src.sourced_since,
        ${mustBeOwned('n', 'l')} as counts
      from (select * from graph.node where kind = 'identity' and id > ${last} order by id limit ${sql.lit(BATCH)}) n
      left join assess.standing s on s.subject = n.key
      left join assess.suggestion sg on sg.subject = n.key
      left join act.assignment a on a.entity = n.key and a.sort = 'owner' and a.ended_at is null
      left join act.assignment b on b.entity = n.key and b.sort = 'backup' and b.ended_at is null
      ${joinAccountKind('n', 'l')}
      left join lateral (select array_agg(k.key order by e.valid_from desc, k.key) as sourced, array_agg(e.valid_from order by e.valid_from desc, k.key) as sourced_since
        from graph.edge e join graph.source es on es.id = e.source_id and es.connection <> 'self' join graph.key k on k.id = e.from_id
        where e.to_id = n.id and e.verb = 'owns' and e.valid_to is null) src on true order by n.id`.execute(db)
    for (const row of found.filter(({ counts }) => counts)) {
      const said = answers.get(row.key)
      const owned: Owned = {
        id: row.id,
        key: row.key,
        state: 'unowned',
        owner: row.value ?? row.sourced?.[0] ?? null,
        team: row.team,
        backup: row.backup,
        since: (row.at ?? row.sourced_since?.[0] ?? row.first_seen).getTime(),
        by: row.value === null ? null : row.by,
        certified: Number.NaN,
        rotate: rotations.get(row.id) ?? Number.NaN,
        worst: row.worst ?? 7,
        suggested: row.suggested,
        declined: said ? [...said.declined] : NOBODY,
        notNeeded: said?.notNeeded ?? Number.NaN,
      }
      const { sourced, sourced_since } = row
      if (row.value === null && sourced && sourced_since && (sourced.length > 1 || owned.declined.length > 0))
        several.set(owned, { sourced, sourced_since })
      for (const key of [row.value, row.backup, ...(row.value === null ? (row.sourced ?? []) : [])])
        if (key !== null) keys.add(key)
      rows.push(owned)
    }
    if (found.length < BATCH) break
    last = found.at(-1)!.id
  }
  const people = await withManagers(db, keys, now)
  const here = (key: string) => people.get(key)?.presence.state !== 'left'
  for (const row of rows) {
    const told = several.get(row)
    if (told) {
      // Whoever is here answers, before somebody who left; who said that it is not theirs does not.
      const asked = told.sourced.map((key, at) => ({ key, at })).filter(({ key }) => !row.declined.includes(key))
      const one = asked.find(({ key }) => here(key)) ?? asked[0]
      row.owner = one?.key ?? null
      row.since = one ? told.sourced_since[one.at]!.getTime() : row.since
    }
    if (row.owner !== null) {
      row.state = here(row.owner) ? 'owned' : 'orphaned'
      row.certified = answers.get(row.key)?.mine.get(row.owner) ?? Number.NaN
    }
    if (row.suggested !== null && (row.declined.includes(row.suggested) || row.suggested === row.owner))
      row.suggested = null
  }
  return { rows, people, teams, accounts, reviewDays }
}

/** With their managers, to whom falls what nobody else is there for. */
async function withManagers(db: Db, keys: ReadonlySet<string>, now: Date): Promise<Map<string, KnownPerson>> {
  const people = await presencesOf(db, keys, now)
  const managers = [...people.values()].flatMap(({ manager }) =>
    manager !== null && !people.has(manager) ? [manager] : [],
  )
  return new Map([...people, ...(await presencesOf(db, managers, now))])
}

interface Said {
  /** Person → when they last said that it is theirs. */
  mine: Map<string, number>
  declined: Set<string>
  notNeeded: number
}

/** What people answered, by entity: of each person the last answer that was not taken back. */
async function answersOf(db: Db): Promise<Map<string, Said>> {
  const { rows } = await sql<{ entity: string; person: string; answer: 'mine' | 'not-mine' | 'not-needed'; at: Date }>`
    select distinct on (c.entity, c.person) coalesce(moved.entity, c.entity) as entity, c.person, c.answer, c.at
    from act.certification c
    left join lateral (select a.entity from act.assignment a where a.sort = 'owner' and a.ended_at is null and c.entity = any(a.aliases)
      and not exists (select from graph.node n where n.key = c.entity) limit 1) moved on true
    where c.takes_back is null and not exists (select from act.certification t where t.takes_back = c.id)
    order by c.entity, c.person, c.id desc`.execute(db)
  const said = new Map<string, Said>()
  const latest = new Map<string, number>()
  for (const { entity, person, answer, at } of rows) {
    const one = said.get(entity) ?? { mine: new Map(), declined: new Set(), notNeeded: Number.NaN }
    said.set(entity, one)
    if (answer === 'mine') one.mine.set(person, at.getTime())
    if (answer === 'not-mine') one.declined.add(person)
    if (answer !== 'not-mine' && at.getTime() >= (latest.get(entity) ?? -Infinity)) {
      latest.set(entity, at.getTime())
      one.notNeeded = answer === 'not-needed' ? at.getTime() : Number.NaN
    }
  }
  return said
}

async function teamsOf(db: Db): Promise<Map<string, TeamRow>> {
  const { rows } = await sql<TeamRow>`
    select id, name, contact, accountable, accountable_name, members, member_names, by, at from act.team where ended_at is null order by lower(name), id`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** Whose account it is: by the address they have in common. */
async function accountsOf(db: Db): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; person: string }>`
    select a.id, coalesce((select n.key from graph.node n where n.kind = 'person' and (n.key = 'person:' || a.email or n.aliases @> array[a.email])
      order by n.key = 'person:' || a.email desc, n.key limit 1), 'person:' || a.email) as person
    from http.account a where a.email is not null`.execute(db)
  return new Map(rows.map(({ id, person }) => [`user:${id}`, person]))
}

async function reviewDaysOf(db: Db): Promise<number> {
  const { rows } = await sql<{
    days: number | null
  }>`select (value->>'reviewDays')::int as days from http.setting where name = 'owners'`.execute(db)
  return rows[0]?.days ?? REVIEW_DAYS
}
