import { type Document, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml'

/** One YAML document as plain values, with the line that each of them stands on. */
export interface YamlDocument {
  value: unknown
  /** The line of what stands at the path (the line of its key in a map); of the nearest thing above it when it is not there. */
  line(path: readonly (string | number)[]): number
}

export type YamlRead = { documents: YamlDocument[] } | { skipped: string }

const MOST_DEPTH = 120
const MOST_DOCUMENTS = 2000
const MOST_VALUES = 400_000

/**
 * Reads YAML (or JSON) that nobody vouches for: bounded in depth, documents, values and alias expansion; never throws. Tags that
 * the text makes up (`!Ref`) become `{ [tag]: value }`.
 */
export function readYaml(text: string): YamlRead {
  if (tooDeep(text)) return { skipped: 'it is nested too deeply' }
  const counter = new LineCounter()
  let parsed: Document.Parsed[]
  try {
    const all = parseAllDocuments(text, {
      lineCounter: counter,
      uniqueKeys: false,
      logLevel: 'silent',
      prettyErrors: false,
      strict: false,
      // YAML 1.2 and no made-up types: `on` stays a word, dates stay text.
      schema: 'core',
      merge: false,
    })
    parsed = Array.isArray(all) ? (all as Document.Parsed[]) : []
  } catch {
    return { skipped: 'it is not YAML that can be read' }
  }
  if (parsed.length > MOST_DOCUMENTS) return { skipped: `it has more than ${MOST_DOCUMENTS} documents` }
  const documents: YamlDocument[] = []
  const budget: Budget = { left: MOST_VALUES, anchors: new Map() }
  for (const document of parsed) {
    // A bracket that closes too far to the left is read as it was meant.
    const error = document.errors.find(
      ({ message }) => !message.startsWith('Flow end indicator should be more indented'),
    )
    if (error)
      return {
        skipped: `line ${counter.linePos(error.pos[0]).line}: ${error.code.toLowerCase().replaceAll('_', ' ')}`,
      }
    try {
      budget.anchors.clear()
      const value = plain(document.contents, budget, 0)
      if (value === undefined || value === null) continue
      const anchors = new Map(budget.anchors)
      documents.push({ value, line: (path) => lineOf(document, path, counter, anchors) })
    } catch (error) {
      return { skipped: error instanceof TooMuch ? error.message : 'it is not YAML that can be read' }
    }
  }
  return { documents }
}

class TooMuch extends Error {}

interface Budget {
  left: number
  /** As met in the order of the text; the library's own look-up walks the whole document for each alias. */
  anchors: Map<string, Node>
}

/** Flow brackets and rows of `- - -` are the two ways to nest deeply in few bytes. */
function tooDeep(text: string): boolean {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 91 || code === 123) deepest = Math.max(deepest, ++depth)
    else if (code === 93 || code === 125) depth = Math.max(0, depth - 1)
    else if (code === 10 && deepest <= MOST_DEPTH) depth = Math.max(0, depth)
    if (depth > MOST_DEPTH * 4) return true
  }
  return /(?:[-?:][ \t]+){60}/.test(text) || /\n {1000}/.test(text)
}

/** Plain values with aliases expanded, each expansion paid for from one budget: a bomb runs out of it. */
function plain(node: unknown, budget: Budget, depth: number): unknown {
  if (--budget.left < 0) throw new TooMuch('it expands to too many values')
  if (depth > MOST_DEPTH) throw new TooMuch('it is nested too deeply')
  if (node === null || node === undefined) return null
  if (isAlias(node)) return plain(budget.anchors.get(node.source), budget, depth + 1)
  const anchor = (node as { anchor?: string }).anchor
  if (anchor) budget.anchors.set(anchor, node as Node)
  if (isScalar(node)) return tagged(node, scalar(node.value))
  if (isMap(node)) {
    const map: Record<string, unknown> = {}
    for (const pair of node.items) {
      if (!isPair(pair)) continue
      const name = isScalar(pair.key) ? String(pair.key.value) : String(plain(pair.key, budget, depth + 1))
      const value = plain(pair.value, budget, depth + 1)
      if (name === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') merge(map, value)
      else Object.defineProperty(map, name, { value, enumerable: true, writable: true, configurable: true })
    }
    return tagged(node, map)
  }
  if (isSeq(node))
    return tagged(
      node,
      node.items.map((item) => plain(item, budget, depth + 1)),
    )
  return null
}

const scalar = (value: unknown): unknown =>
  typeof value === 'bigint' || value instanceof Date || typeof value === 'symbol' ? String(value) : value

function merge(into: Record<string, unknown>, value: unknown): void {
  for (const source of Array.isArray(value) ? value : [value]) {
    if (source === null || typeof source !== 'object') continue
    for (const [name, inner] of Object.entries(source)) if (!Object.hasOwn(into, name)) into[name] = inner
  }
}

/** `!GetAtt a.b` becomes `{ 'GetAtt': 'a.b' }`: a marker that no reader takes for a plain string. */
function tagged(node: Node, value: unknown): unknown {
  const tag = (node as { tag?: string }).tag
  return tag?.startsWith('!') && !tag.startsWith('!!') && tag.length > 1 ? { [tag.slice(1)]: value } : value
}

function lineOf(
  document: Document,
  path: readonly (string | number)[],
  counter: LineCounter,
  anchors: ReadonlyMap<string, Node>,
): number {
  let node: unknown = document.contents
  let offset = (node as Node | null)?.range?.[0] ?? 0
  for (const step of path) {
    if (isAlias(node)) node = anchors.get(node.source)
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
      if (!pair) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(step)]
      offset = (node as Node | undefined)?.range?.[0] ?? offset
    } else break
    if (node === undefined) break
  }
  return Math.max(1, counter.linePos(offset).line)
}

// ── plain values ──

export type Table = Record<string, unknown>

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
/** The map at a name, an empty one when there is something else. */
export const table = (value: unknown): Table => (isTable(value) ? value : {})
export const list = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== ''
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined
export const strings = (value: unknown): string[] => list(value).flatMap((item) => text(item) ?? [])
