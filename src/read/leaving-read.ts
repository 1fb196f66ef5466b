import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { ReeveError } from '../sdk/index.ts'
import { credentialOf, day, short } from './inbox-read.ts'
import type { Break, Leaving, Move } from './leaving.ts'
import { type KnownPerson, presencesOf } from './owners-presence.ts'
import { type OwnersLook, personOf } from './owners-read.ts'
import { type OwnersRoll, ownersRoll } from './owners-roll.ts'
import { oldestAges, rotateBy } from './owners-rotation.ts'
import type { EntityRef } from './ref.ts'
import { iso, isoOrNull, markOf, refOr, refsOf } from './refs.ts'
import type { Roll } from './roll.ts'

const MOST = 500
const DAY = 86_400_000

/** If this person leaves today: what stops, by date, and what must go to whom. Throws `owner/no-person`. */
export async function readLeaving({ db, clock, asOf }: OwnersLook, roll: Roll, key: string): Promise<Leaving> {
  const now = clock.now()
  const [loaded, held] = await Promise.all([ownersRoll(db, roll, now), heldBy(db, key)])
  const described =
    await sql`select 1 from graph.key where key = ${key} union all select 1 from act.person where key = ${key} limit 1`.execute(
      db,
    )
  if (described.rows.length === 0 && !loaded.people.has(key))
    throw new ReeveError('owner/no-person', `looking for ${key.slice(0, 200)}: nobody of that key is known`)
  const { moves, owners, me } = await proposalsFor(db, { person: key, held, owners: loaded, now })
  const breaks = await breaksOf(db, key, held, owners, now)
  const caught = moves.filter(({ to }) => to?.as === 'backup' || to?.as === 'team').length
  return {
    person: { key, name: me.name },
    presence: me.presence,
    manager: me.manager === null ? null : personOf(owners, me.manager).person,
    at: iso(now),
    asOf: isoOrNull(asOf),
    counts: {
      owned: held.length,
      identities: held.filter(({ kind }) => kind === 'identity').length,
      orphaned: held.length - caught,
      caught,
      agents: held.filter(({ agent }) => agent).length,
      backup: loaded.rows.filter(({ backup }) => backup === key).length,
      breaks: breaks.length,
    },
    breaks: breaks.slice(0, MOST),
    moves: moves.slice(0, MOST),
    agents: held.filter(({ agent }) => agent).map(refOf),
    teams: [...loaded.teams.values()]
      .filter(({ accountable }) => accountable === key)
      .map(({ id, name, members }) => ({
        id,
        name,
        members: members.filter((one) => one !== key).map((one) => personOf(owners, one).person),
      })),
  }
}

/** Who should have each thing: its backup, somebody of its team, whom evidence names, or the manager; in the order of `held`. */
export async function proposalsFor(
  db: Db,
  { person, held, owners, now }: { person: string; held: readonly Held[]; owners: OwnersRoll; now: Date },
): Promise<{ moves: Move[]; owners: OwnersRoll; me: KnownPerson }> {
  const evidence = await evidenceFor(
    db,
    held.map(({ id }) => id),
    person,
  )
  const me = owners.people.get(person) ?? (await presencesOf(db, [person], now)).get(person)!
  const more = [me.manager, ...held.map(({ backup }) => backup), ...[...evidence.values()].map((one) => one.person)]
  const unknown = more.filter((key): key is string => key !== null && !owners.people.has(key))
  const people = new Map([...owners.people, ...(await presencesOf(db, unknown, now))])
  const all = { ...owners, people }
  return { moves: held.map((one) => moveOf(one, person, me.manager, all, evidence)), owners: all, me }
}

export interface Held {
  id: number
  key: string
  kind: EntityRef['kind']
  type: string
  name: string
  worst: number | null
  agent: boolean
  team: string | null
  backup: string | null
}

const refOf = ({ key, kind, type, name }: Held): EntityRef => ({ key, kind, type, name, gone: null })

/** What the person answers for, of any kind: as decided here, else as sources say. The worst first. */
export async function heldBy(db: Db, person: string): Promise<Held[]> {
  const { rows } = await sql<Held>`
    with held as (
      select a.entity as key, a.team from act.assignment a where a.value = ${person} and a.sort = 'owner' and a.ended_at is null
      union
      select n.key, null from graph.key k join graph.edge e on e.from_id = k.id and e.verb = 'owns' and e.valid_to is null
      join graph.source s on s.id = e.source_id and s.connection <> 'self' join graph.node n on n.id = e.to_id
      where k.key = ${person} and not exists (select from act.assignment a where a.entity = n.key and a.sort = 'owner' and a.ended_at is null))
    select n.id, n.key, n.kind, n.type, n.name, s.worst, coalesce(n.body->'attributes'->'agent' = 'true'::jsonb, false) as agent, h.team, b.value as backup
    from held h join graph.node n on n.key = h.key left join assess.standing s on s.subject = n.key
    left join act.assignment b on b.entity = n.key and b.sort = 'backup' and b.ended_at is null
    order by s.worst nulls last, n.key`.execute(db)
  return rows
}

/** Thing → who else made it, may change it, or answers for what contains or runs as it; by whom it is best known. */
async function evidenceFor(
  db: Db,
  ids: readonly number[],
  leaver: string,
): Promise<Map<number, { person: string; says: string }>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: number; person: string; says: string }>`
    select distinct on (id) id, person, says from (
      select e.to_id as id, k.key as person, case e.verb when 'created' then 0 else 1 end as rank,
        case e.verb when 'created' then 'Made it.' when 'controls' then 'May change it at its source.' else 'Its source names them as an owner too.' end as says
      from graph.edge e join graph.key k on k.id = e.from_id join graph.node p on p.id = e.from_id and p.kind = 'person'
      where e.to_id = any(${ids}::int[]) and e.verb in ('created', 'controls', 'owns') and e.valid_to is null
      union all
      select e.to_id, k.key, 2, 'Answers for ' || left(w.name, 80) || case e.verb when 'runs-as' then ', which runs as it.' else ', which contains it.' end
      from graph.edge e join graph.node w on w.id = e.from_id join graph.edge o on o.to_id = w.id and o.verb = 'owns' and o.valid_to is null
      join graph.key k on k.id = o.from_id
      where e.to_id = any(${ids}::int[]) and e.verb in ('runs-as', 'contains') and e.valid_to is null) x
    where person <> ${leaver} order by id, rank, person`.execute(db)
  return new Map(rows.map(({ id, ...row }) => [id, row]))
}

function moveOf(
  held: Held,
  leaver: string,
  manager: string | null,
  owners: OwnersRoll,
  evidence: ReadonlyMap<number, { person: string; says: string }>,
): Move {
  const here = (key: string | null | undefined): key is string =>
    key !== null && key !== undefined && key !== leaver && owners.people.get(key)?.presence.state !== 'left'
  const team = held.team === null ? undefined : owners.teams.get(held.team)
  const seen = evidence.get(held.id)
  const to = (key: string, as: 'backup' | 'team' | 'evidence' | 'manager', because: string) => ({
    ...personOf(owners, key).person,
    as,
    because,
  })
  const member = team?.members.find(here)
  return {
    entity: refOf(held),
    mark: markOf(held.worst),
    team: team ? { id: team.id, name: team.name } : null,
    to: here(held.backup)
      ? to(held.backup, 'backup', 'Is its backup.')
      : member !== undefined
        ? to(member, 'team', `Is of ${team!.name}, which answers for it.`)
        : here(seen?.person)
          ? to(seen.person, 'evidence', seen.says)
          : here(manager)
            ? to(manager, 'manager', 'Is who the leaver reports to.')
            : null,
  }
}

async function breaksOf(
  db: Db,
  person: string,
  held: readonly Held[],
  owners: OwnersRoll,
  now: Date,
): Promise<Break[]> {
  const by = new Map(held.map((one) => [one.id, one]))
  const due = rotateBy('c', await oldestAges(db))
  const [ends, own, tokens] = await Promise.all([
    sql<{ id: number; credential: string; expires: Date | null; rotate: Date }>`
      select e.to_id as id, c.key as credential, c.expires, ${due} as rotate from graph.edge e join graph.node c on c.id = e.from_id and c.kind = 'credential'
      where e.to_id = any(${[...by.keys()]}::int[]) and e.verb = 'authenticates' and e.valid_to is null and ${due} is not null`.execute(
      db,
    ),
    sql<{ credential: string; entity: string; how: string }>`
      select distinct c.key as credential, m.key as entity, e.verb::text as how
      from graph.key k join graph.edge a on a.to_id = k.id and a.verb = 'authenticates' and a.valid_to is null
      join graph.node c on c.id = a.from_id and c.kind = 'credential'
      join graph.edge e on e.valid_to is null and ((e.from_id = c.id and e.verb = 'authenticates') or (e.to_id = c.id and e.verb in ('uses', 'holds')))
      join graph.node m on m.id = case when e.from_id = c.id then e.to_id else e.from_id end and m.kind in ('identity', 'workload', 'secret')
      where k.key = ${person} order by 1, 2`.execute(db),
    sql<{ name: string; expires: Date | null; last_used: Date | null }>`
      select t.name, t.expires, t.last_used from http.token t join http.account a on a.id = t.account
      where 'person:' || a.email = ${person} and a.disabled is null and t.revoked is null and (t.expires is null or t.expires > ${now}) order by t.name`.execute(
      db,
    ),
  ])
  const refs = await refsOf(db, [
    ...ends.rows.map(({ credential }) => credential),
    ...own.rows.flatMap(({ credential, entity }) => [credential, entity]),
  ])
  const breaks: Break[] = []
  for (const { credential, entity, how } of own.rows) {
    breaks.push({
      at: iso(now),
      what: 'credential-of-person',
      entity: refOr(refs, entity),
      credential: refOr(refs, credential),
      says: `${short(refOr(refs, entity).name)} stops when what proves this person is taken away.`,
      because:
        how === 'authenticates'
          ? 'The same credential proves both.'
          : how === 'uses'
            ? 'It uses a credential of this person.'
            : 'A copy of a credential of this person is there.',
    })
  }
  for (const { name, last_used } of tokens.rows) {
    breaks.push({
      at: iso(now),
      what: 'token-of-person',
      entity: { key: person, kind: 'person', type: null, name: personOf(owners, person).person.name, gone: null },
      credential: null,
      says: `The API token ${short(name)} of this Reeve ends with the account of this person.`,
      because: last_used === null ? 'It was never used.' : `It was last used on ${day(last_used, now)}.`,
    })
  }
  for (const { id, credential, expires, rotate } of ends.rows) {
    // What is late already is no worse for their leaving.
    if (rotate < now) continue
    const ends_ = expires !== null && expires.getTime() === rotate.getTime()
    const one = by.get(id)!
    breaks.push({
      at: iso(rotate),
      what: ends_ ? 'credential-ends' : 'rotation',
      entity: refOf(one),
      credential: refOr(refs, credential),
      says: ends_
        ? `${credentialOf(refOr(refs, credential).name, one.name)} ends, and nobody renews it.`
        : `${credentialOf(refOr(refs, credential).name, one.name)} is too old by then, and nobody replaces it.`,
      because: ends_
        ? 'Its source tells this end, and does not say that it renews itself.'
        : 'By the age that its sort may have.',
    })
  }
  for (const row of owners.rows) {
    if (row.owner !== person || row.state !== 'owned') continue
    const at = (Number.isNaN(row.certified) ? row.since : Math.max(row.certified, row.since)) + owners.reviewDays * DAY
    const one = by.get(row.id)
    if (one && at >= now.getTime())
      breaks.push({
        at: iso(new Date(at)),
        what: 'review',
        entity: refOf(one),
        credential: null,
        says: `Whether ${short(one.name)} is still needed is asked, and nobody answers.`,
        because: `It is asked each ${owners.reviewDays} days.`,
      })
  }
  return breaks.sort((a, b) =>
    (a.at ?? '~') < (b.at ?? '~') ? -1 : (a.at ?? '~') > (b.at ?? '~') ? 1 : a.entity.key < b.entity.key ? -1 : 1,
  )
}
