/** Where each thing of a reach picture stands: columns by kind, from left to right as paths go, settled before it is shown. */
import type { Kind } from '../nouns.ts'

export interface LaidOut {
  /** By node: its place, in steps of the picture; y grows downward. */
  places: readonly Place[]
  columns: readonly { title: string; x: number }[]
  width: number
  height: number
  /** The least distance between two columns, and between two rows. */
  step: number
  row: number
}
export interface Place {
  x: number
  y: number
}

interface Thing {
  kind: Kind | null
  end?: boolean
}
interface Hop {
  from: number
  to: number
}

const STEP = 150
const ROW = 74
/** Between two kinds there is more room than within one. */
const GAP = 40
/** A column longer than this goes on beside itself; of many things, than the side of a square of all of them. */
const LONGEST = 26
/** Things of one kind that lead to each other stand side by side, this many at most. */
const DEEPEST = 5
const SWEEPS = 4

const TITLES = ['Where it starts', 'What proves it', 'Who it becomes', 'Through', 'What is reached'] as const
const COLUMN: Record<Kind, number> = {
  workload: 0,
  secret: 0,
  credential: 1,
  identity: 2,
  person: 2,
  entitlement: 3,
  resource: 4,
}

/** The same graph is always laid out the same way. */
export function layOut(things: readonly Thing[], hops: readonly Hop[]): LaidOut {
  const column = columnsOf(things, hops)
  const layer = layersOf(column, hops)
  const layers = inOrder(layer, hops)
  const places: Place[] = new Array(things.length)
  const columns: { title: string; x: number }[] = []
  const longest = Math.max(LONGEST, Math.ceil(Math.sqrt(things.length)))
  const tallest = Math.max(1, ...layers.map(({ nodes }) => Math.min(nodes.length, longest)))
  let x = 0
  let before = -1
  for (const { kind, nodes } of layers) {
    const wide = Math.ceil(nodes.length / longest)
    const rows = Math.ceil(nodes.length / wide)
    if (before >= 0) x += STEP + (kind === before ? 0 : GAP)
    if (kind !== before) columns.push({ title: TITLES[kind]!, x })
    else columns.at(-1)!.x += STEP / 2
    before = kind
    for (const [at, node] of nodes.entries()) {
      const row = at % rows
      places[node] = {
        x: x + Math.floor(at / rows) * STEP,
        y: ((tallest - rows) / 2 + row) * ROW,
      }
    }
    x += (wide - 1) * STEP
  }
  return { places, columns, width: x, height: (tallest - 1) * ROW, step: STEP, row: ROW }
}

/** A resource that leads on, as a repository that holds a key does, is where something starts, unless it is what is asked for. */
function columnsOf(things: readonly Thing[], hops: readonly Hop[]): number[] {
  const column = things.map(({ kind }) => (kind === null ? -1 : COLUMN[kind]))
  for (const { from, to } of hops)
    if (column[from] === 4 && !things[from]!.end && leadsOn(things[to]!)) column[from] = 0
  // What nothing describes stands one further than what names it.
  for (const { from, to } of hops)
    if (column[to] === -1 && column[from] !== -1) column[to] = Math.min(4, column[from]! + 1)
  return column.map((one) => (one === -1 ? 2 : one))
}

const leadsOn = ({ kind }: Thing): boolean => kind !== null && kind !== 'resource'

/** Things of one column that lead to each other, behind each other; a ring ends where it was entered. */
function layersOf(column: readonly number[], hops: readonly Hop[]): { kind: number; deep: number }[] {
  const deep = new Int32Array(column.length)
  const next: number[][] = column.map(() => [])
  const coming = new Int32Array(column.length)
  for (const { from, to } of hops) {
    if (column[from] !== column[to] || from === to) continue
    next[from]!.push(to)
    coming[to]!++
  }
  const ready = column.flatMap((_, node) => (coming[node] === 0 ? [node] : []))
  const seen = new Uint8Array(column.length)
  const walk = () => {
    for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
      seen[at] = 1
      for (const to of next[at]!) {
        if (seen[to] === 1) continue
        deep[to] = Math.min(DEEPEST, Math.max(deep[to]!, deep[at]! + 1))
        if (--coming[to]! === 0) ready.push(to)
      }
    }
  }
  walk()
  for (let node = 0; node < column.length; node++) {
    if (seen[node] === 1) continue
    ready.push(node)
    walk()
  }
  return column.map((kind, node) => ({ kind, deep: deep[node]! }))
}

/** Each layer ordered by the middle of what it is joined to, so that hops cross seldom. */
function inOrder(of: readonly { kind: number; deep: number }[], hops: readonly Hop[]) {
  const groups = [...Map.groupBy(of.keys(), (node) => of[node]!.kind * (DEEPEST + 1) + of[node]!.deep)]
    .sort(([a], [b]) => a - b)
    .map(([, nodes]) => ({ kind: of[nodes[0]!]!.kind, nodes }))
  const joined: number[][] = of.map(() => [])
  for (const { from, to } of hops) {
    joined[from]!.push(to)
    joined[to]!.push(from)
  }
  const at = new Float64Array(of.length)
  const settle = (nodes: readonly number[]) => {
    for (const [place, node] of nodes.entries()) at[node] = (place + 0.5) / nodes.length
  }
  for (const { nodes } of groups) settle(nodes)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const { nodes } of sweep % 2 === 0 ? groups : groups.toReversed()) {
      const middle = new Map(
        nodes.map((node) => {
          const others = joined[node]!
          return [
            node,
            others.length === 0 ? at[node]! : others.reduce((sum, one) => sum + at[one]!, 0) / others.length,
          ]
        }),
      )
      nodes.sort((a, b) => middle.get(a)! - middle.get(b)! || a - b)
      settle(nodes)
    }
  }
  return groups
}
