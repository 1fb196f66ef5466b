import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { Action, Change, Entity, JsonValue } from '../sdk/index.ts'
import type { NamedPerson } from './people.ts'
import type { PlanSettings } from './plan-settings.ts'

/** A connection through which something can be changed. */
export interface Changing {
  connection: string
  action: Action
  /** Does it have a grant for changes? Without one a plan can be made, and not applied. */
  granted: boolean
}

/** What would be done with one thing, before anybody decided anything. */
export interface PlannedItem {
  entity: string
  type: string
  name: string
  aliases: readonly string[]
  connection: string | null
  changes: Change[]
  readAt: Date | null
  state: 'agrees' | 'cannot' | 'conflict' | 'ready'
  code: string | null
  says: string | null
  names: NamedPerson | null
}

interface Row {
  asked: string
  key: string | null
  kind: Entity['kind']
  type: string
  name: string
  aliases: string[]
  connections: string[]
  attributes: Record<string, JsonValue>
  read_at: Record<string, string> | null
  owner: string | null
  owner_name: string | null
  owner_aliases: string[] | null
  backup: string | null
  backup_name: string | null
  backup_aliases: string[] | null
  written: Record<string, string> | null
}

interface Person extends NamedPerson {
  address: string | null
}

/** Each thing that is asked for, in that order, as it would be written back. Reads only what Reeve knows: no source is asked. */
export async function itemsOf(
  db: Db,
  asked: RawBuilder<unknown>,
  changing: readonly Changing[],
  settings: PlanSettings,
): Promise<PlannedItem[]> {
  const { rows } = await sql<Row>`
    with asked as (select place, entity from (${asked}) chosen)
    select asked.entity as asked, n.key, n.kind, n.type, n.name, n.aliases, n.connections, coalesce(n.body->'attributes', '{}') as attributes,
      (select jsonb_object_agg(s.connection, s.at) from (select connection, max(read_at) as at from graph.source where id = any(n.sources) group by 1) s) as read_at,
      o.value as owner, coalesce(op.name, o.name, o.value) as owner_name, op.aliases as owner_aliases,
      b.value as backup, coalesce(bp.name, b.name, b.value) as backup_name, bp.aliases as backup_aliases,
      (select jsonb_object_agg(w.place, w.value) from act.written w where w.entity = n.key and w.ended_at is null) as written
    from asked left join graph.key k on k.key = asked.entity left join graph.node n on n.id = coalesce(k.same_as, k.id)
    left join act.assignment o on o.entity = n.key and o.sort = 'owner' and o.ended_at is null
    left join graph.node op on op.key = o.value and op.kind = 'person'
    left join act.assignment b on b.entity = n.key and b.sort = 'backup' and b.ended_at is null
    left join graph.node bp on bp.key = b.value and bp.kind = 'person'
    order by asked.place`.execute(db)
  const items = rows.map((row) => itemOf(row, changing, settings))
  const found = await peopleNamed(
    db,
    items.flatMap(({ state, changes }) => (state === 'conflict' ? changes.flatMap(({ was }) => was ?? []) : [])),
  )
  for (const item of items)
    if (item.state === 'conflict')
      item.names = item.changes.flatMap(({ was }) => found.get(was?.toLowerCase() ?? '') ?? [])[0] ?? null
  return items
}

function itemOf(row: Row, changing: readonly Changing[], settings: PlanSettings): PlannedItem {
  const base = {
    entity: row.key ?? row.asked,
    type: row.type ?? '',
    name: row.name ?? row.asked,
    aliases: row.aliases ?? [],
    connection: null,
    changes: [],
    readAt: null,
    code: null,
    says: null,
    names: null,
  }
  const cannot = (code: string, says: string): PlannedItem => ({ ...base, state: 'cannot', code, says })
  if (row.key === null) return cannot('act/no-entity', 'nothing describes it now')
  const through = changing.filter(({ connection }) => row.connections.includes(connection))
  const by = through.find(({ granted }) => granted) ?? through[0]
  if (by === undefined) return cannot('plan/no-action', 'Reeve changes nothing in the systems that tell of it')
  if (row.owner === null) return cannot('plan/no-owner', 'nobody was named in Reeve who answers for it')
  const { action, connection } = by
  const owner = personIn(row.owner, row.owner_name!, row.owner_aliases)
  const backup = row.backup === null ? null : personIn(row.backup, row.backup_name!, row.backup_aliases)
  const wanted: [tag: string, person: Person][] = [[settings.ownerTag, owner]]
  if (settings.backupTag !== null && backup) wanted.push([settings.backupTag, backup])
  const preview = action.preview(
    { kind: row.kind, type: row.type, key: row.key, name: row.name, aliases: row.aliases, attributes: row.attributes },
    { tags: Object.fromEntries(wanted.map(([tag, person]) => [tag, told(person, settings)])) },
  )
  if ('cannot' in preview) return { ...cannot('plan/cannot', preview.cannot), connection }
  const people = new Map(wanted.map(([tag, person]) => [tag.toLowerCase(), person]))
  const changes = preview.changes.filter(
    ({ place, was }) => was === null || !names(was, people.get(place.toLowerCase())),
  )
  const foreign = changes.filter(({ place, was }) => was !== null && row.written?.[place] !== was)
  const state = changes.length === 0 ? 'agrees' : foreign.length > 0 ? 'conflict' : 'ready'
  return {
    ...base,
    connection,
    changes,
    readAt: row.read_at?.[connection] === undefined ? null : new Date(row.read_at[connection]),
    state,
    says:
      state === 'conflict'
        ? `${foreign.map(({ place, was }) => `its tag ${place} says ${was}`).join(', and ')}, which Reeve did not write`
        : null,
    code: state === 'conflict' ? 'plan/conflict' : null,
  }
}

function personIn(key: string, name: string, aliases: readonly string[] | null): Person {
  const address = /^person:([^\s@]+@[^\s@]+)$/.exec(key)?.[1] ?? aliases?.find((one) => /^[^\s@]+@[^\s@]+$/.test(one))
  return { key, name, address: address ?? null }
}

const told = ({ address, name }: Person, { writes }: PlanSettings): string =>
  writes === 'address' ? (address ?? name) : name

/** Is it this person who stands there, in whichever form? */
const names = (text: string, person: Person | undefined): boolean => {
  const said = text.trim().toLowerCase()
  return (
    person !== undefined &&
    [person.key, person.key.replace(/^person:/, ''), person.address, person.name].some(
      (one) => one?.toLowerCase() === said,
    )
  )
}

/** Whom these words name, where exactly one known person is meant; by the words in small letters. */
async function peopleNamed(db: Db, words: readonly string[]): Promise<Map<string, NamedPerson>> {
  const asked = [...new Set(words.map((word) => word.trim().toLowerCase()))]
  if (asked.length === 0) return new Map()
  const { rows } = await sql<NamedPerson & { word: string }>`
    select w.word, min(p.key) as key, min(p.name) as name from unnest(${asked}::text[]) w(word)
    join lateral (
      select n.key, n.name from graph.node n where n.kind = 'person' and (n.key = 'person:' || w.word or n.key = w.word or n.aliases @> array[w.word] or lower(n.name) = w.word)
      union select l.key, l.name from act.person l where l.ended_at is null and (l.key = 'person:' || w.word or lower(l.name) = w.word)
    ) p on true group by w.word having count(distinct p.key) = 1`.execute(db)
  return new Map(rows.map(({ word, key, name }) => [word, { key, name }]))
}
