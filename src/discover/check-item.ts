import { Edge, Entity, isEdge } from '../sdk/index.ts'

/** A key in UTF-8 must fit an index page of PostgreSQL. */
const KEY_BYTES = 2600
const ITEM_CHARACTERS = 1 << 20
const DEPTH = 64

export type Checked = { item: Entity | Edge } | { fault: string }

/**
 * Is it what a collection may yield? The fault is a sentence that names the thing and the field. Costs about 10 µs for an entity
 * and 1.5 µs for an edge.
 */
export function checkItem(given: Entity | Edge, yields: ReadonlySet<string>): Checked {
  try {
    const parsed = isEdge(given) ? Edge.safeParse(given) : Entity.safeParse(given)
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!
      return { fault: `${nameOf(given)}: ${issue.path.join('.') || 'item'}: ${issue.message}` }
    }
    const item = parsed.data
    const fault = isEdge(item) ? faultOfEdge(item) : faultOfEntity(item, yields)
    return fault === undefined ? { item } : { fault: `${nameOf(item)}: ${fault}` }
  } catch {
    return { fault: `${nameOf(given)}: it is nested too deeply` }
  }
}

function faultOfEdge({ from, to, attributes }: Edge): string | undefined {
  if (from.length + to.length > KEY_BYTES && [from, to].some((key) => Buffer.byteLength(key) > KEY_BYTES))
    return 'a key is too long'
  return attributes === undefined ? undefined : faultOfBody(attributes)
}

function faultOfEntity(entity: Entity, yields: ReadonlySet<string>): string | undefined {
  if (!yields.has(entity.type)) return `the type ${entity.type} is not declared by the collection`
  if (entity.key.length > KEY_BYTES / 4 && Buffer.byteLength(entity.key) > KEY_BYTES) return 'the key is too long'
  for (const field of ['created', 'expires', 'lastUsed'] as const) {
    const said = entity[field]
    if (said && 'value' in said && said.value < '0001') return `${field}: there was no year 0`
  }
  return faultOfBody(entity)
}

function faultOfBody(body: object): string | undefined {
  const text = JSON.stringify(body)
  if (text.length > ITEM_CHARACTERS) return `it is larger than ${ITEM_CHARACTERS} characters`
  if (text.length > 2 * DEPTH && depth(body) > DEPTH) return 'it is nested too deeply'
  return undefined
}

function depth(value: unknown, level = 0): number {
  if (value === null || typeof value !== 'object' || level > DEPTH) return level
  let deepest = level
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depth(inner, level + 1))
  return deepest
}

function nameOf(given: unknown): string {
  if (given === null || typeof given !== 'object') return 'an item'
  const { key, from, verb, to } = given as Record<string, unknown>
  const name = typeof key === 'string' ? key : `${from} ${verb} ${to}`
  return name.slice(0, 200)
}
