import type { Db } from '../platform/index.ts'
import { Kind, ReeveError } from '../sdk/index.ts'
import type { Counts, Facets, Inventory, ListChanges, Sort } from './inventory.ts'
import type { Facet } from './inventory-fields.ts'
import { inventoryRows } from './inventory-rows.ts'
import { attributeMatches, parseInventory, type Rolls, stampOf } from './load-roll.ts'
import { fold, type Query, spell } from './query.ts'
import type { Roll, Selection } from './roll.ts'
import { differenceOf, type Snapshot, type Snapshots } from './roll-snapshots.ts'

export interface InventoryQuestion {
  kind: Kind
  q: string
  sort: Sort
  /** The other direction: `-name`. */
  down: boolean
}

export interface Selected {
  kind: Kind
  roll: Roll
  selection: Selection
  query: Query
  now: number
}

/** The rows that a question means. Throws `query/…`. */
export async function selectRows(
  db: Db,
  rolls: Rolls,
  now: number,
  { kind, q, sort, down }: InventoryQuestion,
): Promise<Selected> {
  const query = await parseInventory(db, q)
  const [roll, attributes] = await Promise.all([rolls.current(), attributeMatches(db, kind, query)])
  return { kind, roll, query, now, selection: roll.select(kind, query, sort, down, now, attributes) }
}

const tell = (db: Db, { kind, roll }: Selected, rows: Int32Array): Promise<Inventory['rows']> =>
  inventoryRows(
    db,
    kind,
    Array.from(rows, (row) => roll.ids[row]!),
  )

interface PageQuestion {
  cursor?: string | undefined
  position?: number | undefined
  limit: number
}

/** A page of rows, from a cursor, a position, or the beginning. With `snapshots` the list is kept, so that it can be gone on with. */
export async function readInventory(
  db: Db,
  selected: Selected,
  { cursor, position, limit }: PageQuestion,
  snapshots?: Snapshots,
): Promise<Inventory> {
  const { kind, roll, selection, query } = selected
  const from = cursor === undefined ? Math.min(position ?? 0, selection.rows.length) : startOf(cursor, roll, selection)
  const page = selection.rows.subarray(from, from + limit)
  const counted = {
    ofAll: roll.count(kind),
    unowned: roll.countWithout(selection, 'owner'),
    unknownUse: roll.countUnknown(selection, 'used'),
  }
  const kept = snapshots?.keep(selection, () => ({ kind, query: query.text, ids: idsOf(roll, selection), ...counted }))
  const end = from + page.length
  return {
    rows: await tell(db, selected, page),
    position: from,
    next: end < selection.rows.length ? cursorOf(roll.keys[page.at(-1)!]!, end) : null,
    total: { count: selection.rows.length, exact: true },
    ofAll: { count: counted.ofAll, exact: true },
    unowned: counted.unowned,
    unknownUse: counted.unknownUse,
    asOf: null,
    query: query.text,
    snapshot: kept?.id ?? null,
  }
}

/** A page of a list as it was shown: the same rows in the same places, each as it is now. */
export async function readSnapshot(
  db: Db,
  { id, kind, query, ids, ofAll, unowned, unknownUse }: Snapshot,
  { position, limit }: { position: number; limit: number },
): Promise<Inventory> {
  const from = Math.min(position, ids.length)
  return {
    rows: await inventoryRows(db, kind, [...ids.subarray(from, from + limit)]),
    position: from,
    next: null,
    total: { count: ids.length, exact: true },
    ofAll: { count: ofAll, exact: true },
    unowned,
    unknownUse,
    asOf: null,
    query,
    snapshot: id,
  }
}

function idsOf(roll: Roll, { rows }: Selection): Int32Array {
  const ids = new Int32Array(rows.length)
  for (let at = 0; at < ids.length; at++) ids[at] = roll.ids[rows[at]!]!
  return ids
}

/** What a list would gain and lose, were it made now. */
export async function changesSince(db: Db, rolls: Rolls, now: number, snapshot: Snapshot): Promise<ListChanges> {
  const stamp = await stampOf(db)
  const { kind, query, ids } = snapshot
  const { roll, selection } = await selectRows(db, rolls, now, { kind, q: query, sort: 'name', down: false })
  return { ...differenceOf(ids, idsOf(roll, selection)), settled: stamp === rolls.stamp }
}

/** How many rows of the kind each query finds; one that cannot be asked says why. */
export async function countRows(
  db: Db,
  rolls: Rolls,
  now: number,
  { kind, queries }: { kind: Kind; queries: readonly string[] },
): Promise<Counts['rows']> {
  const rows: Counts['rows'] = []
  for (const q of queries) {
    await breath()
    try {
      const query = await parseInventory(db, q)
      const [roll, attributes] = await Promise.all([rolls.current(), attributeMatches(db, kind, query)])
      rows.push({ q, count: roll.countMatching(kind, query, now, attributes), says: null })
    } catch (error) {
      if (!(error instanceof ReeveError)) throw error
      rows.push({ q, count: null, says: error.message })
    }
  }
  return rows
}

/** A cursor goes on after its row; when that has left the list, where it stood. */
function startOf(cursor: string, roll: Roll, selection: Selection): number {
  try {
    const [key, position] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [unknown, unknown]
    if (typeof key === 'string' && Number.isInteger(position) && (position as number) >= 0) {
      return roll.after(selection, key) ?? Math.min(position as number, selection.rows.length)
    }
  } catch {}
  throw new ReeveError('http/cursor', 'this cursor is none of ours: begin again without one')
}

const cursorOf = (key: string, position: number): string =>
  Buffer.from(JSON.stringify([key, position])).toString('base64url')

/** How many rows of each kind the same question finds. */
async function countKinds(db: Db, { kind: chosen, roll, selection, query, now }: Selected): Promise<Facets['kinds']> {
  if (query.text === '') return Kind.options.map((kind) => ({ kind, count: roll.count(kind) }))
  const kinds: Facets['kinds'] = []
  for (const kind of Kind.options) {
    // Each takes milliseconds of a large estate: what a person waits for goes in between.
    await breath()
    const count =
      kind === chosen
        ? selection.rows.length
        : roll.countMatching(kind, query, now, await attributeMatches(db, kind, query))
    kinds.push({ kind, count })
  }
  return kinds
}

const breath = () => new Promise<void>((resolve) => setImmediate(resolve))

export async function readFacets(db: Db, selected: Selected): Promise<Facets> {
  const { roll, selection, query, now } = selected
  return {
    facets: roll.facets(selection, now).map(({ facet, counts }) => facetOf(facet, counts, query)),
    total: { count: selection.rows.length, exact: true },
    kinds: await countKinds(db, selected),
    asOf: null,
  }
}

function facetOf(
  facet: Facet,
  counts: readonly { value: string; count: number }[],
  query: Query,
): Facets['facets'][number] {
  const { field, title } = facet
  const chosen = new Set(
    query.terms.filter((term) => term.field?.name === field && !term.not).map((term) => fold(term.text)),
  )
  const values = counts.map(({ value, count }) => {
    const word = value === '' ? `${field}:none` : `${field}:${spell(value)}`
    return { value, word, count, chosen: chosen.has(fold(word)) }
  })
  if ('choices' in facet) {
    const shown = values.filter(({ count, chosen }) => count > 0 || chosen)
    return {
      field,
      title,
      more: 0,
      values: shown.map((value) => ({
        ...value,
        title: facet.choices.find((choice) => choice.value === value.value)!.title,
      })),
    }
  }
  const order = facet.order ?? []
  const place = (value: string) => (order.includes(value) ? order.indexOf(value) : order.length)
  values.sort((a, b) => place(a.value) - place(b.value) || b.count - a.count || (a.value < b.value ? -1 : 1))
  const shown = values.filter((value, index) => index < facet.most || value.chosen)
  return {
    field,
    title,
    more: values.length - shown.length,
    values: shown.map((value) => ({ ...value, title: value.value === '' ? (NONE[field] ?? 'None') : value.value })),
  }
}

/** How an empty value is called. */
const NONE: Readonly<Record<string, string>> = { env: 'Unknown', account: 'Not told', type: 'Unknown' }

/** All rows of a selection, a batch at a time. */
export async function* everyRow(db: Db, selected: Selected): AsyncGenerator<Inventory['rows'][number]> {
  const { rows } = selected.selection
  for (let from = 0; from < rows.length; from += 500) yield* await tell(db, selected, rows.subarray(from, from + 500))
}
