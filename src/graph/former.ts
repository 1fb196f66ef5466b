import { sql } from 'kysely'
import type { Tx } from '../platform/index.ts'
import type { Entity, Former, JsonValue, Kind } from '../sdk/index.ts'

/** Attributes of all entities of a kind, or of some types, whose former values are wanted. */
export interface Remembered {
  kind: Kind
  types?: readonly string[]
  attributes: readonly string[]
}

/** By place in the list of entities, then by name of the attribute. */
export type FormerValues = ReadonlyMap<number, ReadonlyMap<string, readonly Former[]>>

/** One description: what it said of the attributes that are asked for, and how long. Times are milliseconds. */
interface Said {
  values: Record<string, JsonValue>
  from: number
  until: number | null
}

/**
 * What the attributes were before, out of the descriptions that held once. Costs nothing where no entity has such an attribute. The
 * first description of what is still there is never expired (expired.ts), so the first value is known however long ago it was.
 */
export async function loadFormer(
  tx: Tx,
  entities: readonly (Entity | undefined)[],
  remember: readonly Remembered[],
  asOf?: Date,
): Promise<Map<number, { key: string; values: ReadonlyMap<string, readonly Former[]> }>> {
  const wanted = wantedOf(entities, remember)
  const found = new Map<number, { key: string; values: ReadonlyMap<string, readonly Former[]> }>()
  if (wanted.size === 0) return found
  const names = [...new Set([...wanted.values()].flatMap((one) => [...one.attributes]))]
  const { rows } = await sql<{ key: string; said: Said[] }>`
    with named as (select id, key from graph.key where key = any(${[...wanted.keys()]})),
    own as (select id, key, id as own_id, key as own_key from named
      union all select n.id, n.key, k.id, k.key from named n join graph.key k on k.same_as = n.id),
    held as (select o.*, e.source_id, e.type, e.body->'attributes' as attributes, e.valid_from,
        case when e.valid_to <= ${asOf ?? null}::timestamptz or ${asOf === undefined} then e.valid_to end as valid_to
      from own o join graph.entity e on e.key_id = o.own_id where ${asOf === undefined} or e.valid_from <= ${asOf ?? null}::timestamptz)
    select key, jsonb_agg(jsonb_build_object(
        'values', (select coalesce(jsonb_object_agg(name, value), '{}') from jsonb_each(attributes) as a(name, value) where name = any(${names})),
        'from', floor(extract(epoch from valid_from) * 1000), 'until', floor(extract(epoch from valid_to) * 1000))
      order by type = 'secret_value', own_id <> h.id, connection collate "C", collection collate "C", own_key collate "C") as said
    from held h join graph.source s on s.id = h.source_id
    group by h.id, key having count(*) > 1`.execute(tx)
  for (const { key, said } of rows) {
    const { index, attributes } = wanted.get(key)!
    const values = new Map<string, readonly Former[]>()
    for (const name of attributes) {
      const before = formerOf(said, name)
      if (before.length > 0) values.set(name, before)
    }
    if (values.size > 0) found.set(index, { key, values })
  }
  return found
}

function wantedOf(entities: readonly (Entity | undefined)[], remember: readonly Remembered[]) {
  const wanted = new Map<string, { index: number; attributes: Set<string> }>()
  if (remember.length === 0) return wanted
  for (let index = 0; index < entities.length; index++) {
    const entity = entities[index]
    if (entity === undefined) continue
    for (const { kind, types, attributes } of remember) {
      if (kind !== entity.kind || (types !== undefined && !types.includes(entity.type))) continue
      const told = attributes.filter((name) => Object.hasOwn(entity.attributes, name))
      if (told.length === 0) continue
      const known = wanted.get(entity.key)
      if (known === undefined) wanted.set(entity.key, { index, attributes: new Set(told) })
      else for (const name of told) known.attributes.add(name)
    }
  }
  return wanted
}

/** `said` in the order in which one description is believed before another. A time in which nothing was said interrupts nothing. */
function formerOf(said: readonly Said[], name: string): Former[] {
  const telling = said.filter(({ values }) => Object.hasOwn(values, name))
  const moments = [...new Set(telling.flatMap(({ from, until }) => (until === null ? [from] : [from, until])))]
  const runs: { value: JsonValue; text: string; from: number; until: number | null }[] = []
  for (const moment of moments.sort((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last?.until === null) last.until = moment
    const holds = telling.find(({ from, until }) => from <= moment && (until === null || until > moment))
    if (holds === undefined) continue
    const value = holds.values[name]!
    const text = JSON.stringify(value)
    if (last?.text === text) last.until = null
    else runs.push({ value, text, from: moment, until: null })
  }
  return runs.flatMap(({ value, from, until }) =>
    until === null ? [] : [{ value, from: new Date(from).toISOString(), until: new Date(until).toISOString() }],
  )
}
