import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import { type Kind, ReeveError } from '../sdk/index.ts'
import type { Selection } from './roll.ts'

/** A list as it was shown. Its pages join, and what is chosen in it means what was seen, whatever changes meanwhile. */
export interface Snapshot {
  id: string
  kind: Kind
  /** Canonical words. */
  query: string
  /** Ids of entities, in order. */
  ids: Int32Array
  ofAll: number
  unowned: number
  unknownUse: number
}

const MOST = 400
const MOST_IDS = 16_000_000

/** The lists that were shown last, in memory; who comes back after hundreds of others is shown the list anew. */
export class Snapshots {
  readonly #kept = new Map<string, Snapshot>()
  readonly #of = new WeakMap<Selection, string>()
  #ids = 0

  /** The same selection is the same list. */
  keep(selection: Selection, make: () => Omit<Snapshot, 'id'>): Snapshot {
    const known = this.get(this.#of.get(selection) ?? '')
    if (known) return known
    const snapshot = { id: randomBytes(9).toString('base64url'), ...make() }
    this.#of.set(selection, snapshot.id)
    this.#kept.set(snapshot.id, snapshot)
    this.#ids += snapshot.ids.length
    for (const [id, oldest] of this.#kept) {
      if (this.#kept.size <= MOST && this.#ids <= MOST_IDS) break
      if (id === snapshot.id) break
      this.#kept.delete(id)
      this.#ids -= oldest.ids.length
    }
    return snapshot
  }

  get(id: string): Snapshot | undefined {
    const found = this.#kept.get(id)
    if (!found) return undefined
    this.#kept.delete(id)
    this.#kept.set(id, found)
    return found
  }

  /** Throws `list/gone`. */
  demand(id: string): Snapshot {
    const found = this.get(id)
    if (found) return found
    throw new ReeveError('list/gone', 'this list was shown too long ago to be remembered: show it anew')
  }
}

/** How two lists of ids differ: in the second alone, in the first alone. */
export function differenceOf(was: Int32Array, is: Int32Array): { came: number; went: number } {
  const before = new Set(was)
  let stayed = 0
  for (const id of is) if (before.has(id)) stayed++
  return { came: is.length - stayed, went: was.length - stayed }
}

/** What is told of an entity of a list that nothing describes any more. */
export interface Departed {
  id: number
  key: string
  type: string
  name: string
  connections: string[]
  first_seen: Date
  gone: Date
}

/** The last that was said of entities that are not here now. */
export async function departed(db: Db, ids: readonly number[]): Promise<Departed[]> {
  const { rows } = await sql<Departed>`
    select distinct on (e.key_id) e.key_id as id, k.key, e.type, coalesce(e.body->>'name', k.key) as name, array[s.connection] as connections,
      (select min(o.valid_from) from graph.entity o where o.key_id = k.id) as first_seen, coalesce(e.valid_to, e.valid_from) as gone
    from graph.entity e join graph.key k on k.id = e.key_id join graph.source s on s.id = e.source_id
    where e.key_id = any(${ids}::int[]) order by e.key_id, e.valid_to desc nulls first, e.source_id`.execute(db)
  return rows
}
