import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../platform/index.ts'
import { type Collection, defineProvider, type Edge, type Entity, type Provider } from '../sdk/index.ts'

type Client = { db: Db }
const BATCH = 5_000

interface Decided {
  entity: string
  value: string
  name: string | null
  by: string
  at: Date
  team: string | null
  team_name: string | null
  backup: string | null
}

interface Listed {
  key: string
  name: string
  status: 'active' | 'left'
  left_on: string | null
  manager: string | null
}

/**
 * Reeve as a source of its own: who answers for what, and what people said things are. Read like any other source, by the
 * connection `self`. Before it reads, what was said of a thing that now bears another key follows it there.
 */
export function selfProvider(db: Db): Provider<Record<string, never>, Client> {
  const labelled: string[] = []
  const owners: Collection<Client> = {
    id: 'owners',
    title: 'People who answer for something',
    yields: ['person'],
    needs: [],
    async *read(): AsyncIterable<Entity | Edge> {
      const decided = await decidedOwners(db)
      const people = new Map(decided.map(({ value, name }) => [value, name ?? value]))
      const gone = await goneFrom(db, [...people.keys()])
      for (const [key, name] of people) {
        yield {
          kind: 'person',
          type: 'person',
          key,
          name,
          attributes: { ...(gone.has(key) && { employment: 'left' }) },
        }
      }
      for (const { entity, value, by, at, team, team_name, backup } of decided) {
        yield {
          from: value,
          verb: 'owns',
          to: entity,
          attributes: {
            assignedBy: by,
            confirmed: at.toISOString(),
            ...(team === null ? {} : { team, teamName: team_name ?? team }),
            ...(backup === null ? {} : { backup }),
          },
        }
      }
    },
  }
  const people: Collection<Client> = {
    id: 'people',
    title: 'People of lists that were brought in',
    yields: ['person'],
    needs: [],
    async *read(_, run): AsyncIterable<Entity> {
      const today = run.now().toISOString().slice(0, 10)
      for (let last = ''; ; ) {
        const { rows } = await sql<Listed>`select key, name, status, left_on::text as left_on, manager from act.person
          where ended_at is null and key > ${last} order by key limit ${sql.lit(BATCH)}`.execute(db)
        for (const row of rows) yield personOf(row, today)
        if (rows.length < BATCH) return
        last = rows.at(-1)!.key
      }
    },
  }
  const labels: Collection<Client> = {
    id: 'labels',
    title: 'What people said that things are',
    yields: labelled,
    needs: [],
    /** A label describes only what some other source describes too: it keeps nothing alive. */
    async *read(): AsyncIterable<Entity> {
      for (const { body, key, labels: said } of await labelledNodes(db)) {
        const attributes = Object.fromEntries(Object.entries(said).map(([name, value]) => [`${name}Confirmed`, value]))
        yield { kind: body.kind, type: body.type, key, name: body.name, attributes }
      }
    },
  }
  return defineProvider({
    id: 'self',
    title: 'Reeve itself',
    summary:
      'Reads what people decided in Reeve: who answers for what, lists of people, and labels. Needs no right anywhere.',
    config: z.strictObject({}),
    label: () => 'Reeve itself',
    async connect() {
      await follow(db)
      labelled.splice(0, labelled.length, ...(await labelledTypes(db)))
      return { db }
    },
    collections: [owners, people, labels],
  })
}

async function decidedOwners(db: Db): Promise<Decided[]> {
  const { rows } = await sql<Decided>`
    select a.entity, a.value, a.name, a.by, a.at, a.team, t.name as team_name, b.value as backup from act.assignment a
    left join act.team t on t.id = a.team and t.ended_at is null
    left join act.assignment b on b.entity = a.entity and b.sort = 'backup' and b.ended_at is null
    where a.sort = 'owner' and a.ended_at is null order by a.entity`.execute(db)
  return rows
}

/** Is there anything that people decided or brought in, so that it is worth reading again? */
export async function anythingDecided(db: Db): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`
    select exists (select from act.assignment where ended_at is null) or exists (select from act.person where ended_at is null) as any`.execute(
    db,
  )
  return rows[0]!.any
}

/**
 * Those whom sources described and describe no more: they have left. Where only the connection was removed nobody knows. That we name
 * them ourselves must not keep them.
 */
async function goneFrom(db: Db, keys: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ key: string }>`
    select k.key from graph.key k join graph.entity e on e.key_id = k.id join graph.source s on s.id = e.source_id and s.connection <> 'self'
    where k.key = any(${keys}::text[]) and not exists (select from act.person p where p.key = k.key and p.ended_at is null)
    group by k.key having bool_and(e.valid_to is not null) and bool_or(s.removed_at is null)`.execute(db)
  return new Set(rows.map(({ key }) => key))
}

function personOf({ key, name, status, left_on, manager }: Listed, today: string): Entity {
  const gone = left_on === null ? status === 'left' : left_on <= today
  return {
    kind: 'person',
    type: 'person',
    key,
    name,
    attributes: {
      employment: gone ? 'left' : 'active',
      ...(left_on === null ? {} : { leftOn: left_on }),
      ...(manager === null ? {} : { reportsTo: manager }),
    },
  }
}

const labelledNodes = async (db: Db) =>
  (
    await sql<{ key: string; body: Pick<Entity, 'kind' | 'type' | 'name'>; labels: Record<string, string> }>`
      select n.key, jsonb_build_object('kind', n.kind, 'type', n.type, 'name', n.name) as body, jsonb_object_agg(a.sort, a.value) as labels
      from act.assignment a join graph.node n on n.key = a.entity
      where a.sort not in ('owner', 'backup') and a.ended_at is null and n.connections <> array['self'] group by n.key, n.kind, n.type, n.name order by n.key`.execute(
      db,
    )
  ).rows

/** The types that labels describe now, or did when last read: of those it must be able to say that one is gone. */
const labelledTypes = async (db: Db): Promise<string[]> =>
  (
    await sql<{ type: string }>`
      select type from graph.node where 'self' = any(connections)
      union select n.type from graph.node n join act.assignment a on a.entity = n.key where a.sort not in ('owner', 'backup') and a.ended_at is null order by 1`.execute(
      db,
    )
  ).rows.map(({ type }) => type)

/**
 * An assignment whose key no source describes any more moves to the one thing that has the same fingerprint, or that bears its
 * key or one of its other names now. Where two fit, or that one has an assignment of its own, it stays where it is.
 */
async function follow(db: Db): Promise<void> {
  await sql`
    with lost as (
      select a.id, a.entity, a.sort, a.fingerprint, array_append(a.aliases, a.entity) as names from act.assignment a
      where a.ended_at is null and not exists (select from graph.node n where n.key = a.entity and n.connections <> array['self'])),
    found as (
      select lost.id, lost.sort, min(n.key) as key from lost join graph.node n
        on (n.fingerprint is not null and n.fingerprint = lost.fingerprint) or n.aliases && lost.names or n.key = any(lost.names)
      where n.key <> lost.entity and n.connections <> array['self'] group by lost.id, lost.sort having count(distinct n.key) = 1)
    update act.assignment a set entity = found.key, aliases = (select aliases || a.entity from graph.node where key = found.key)
    from found where a.id = found.id
      and not exists (select from act.assignment o where o.entity = found.key and o.sort = found.sort and o.ended_at is null)
      and not exists (select from found other where other.key = found.key and other.sort = found.sort and other.id < found.id)`.execute(
    db,
  )
}
