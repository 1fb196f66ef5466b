/** What a reach picture shows, however it is drawn. */
import type { Kind } from '../nouns.ts'
import type { Place } from './reach-layout.ts'

export interface DrawnThing {
  key: string
  kind: Kind | null
  type: string | null
  name: string
  /** One of those that were asked for. */
  end?: boolean
  sensitive?: boolean
  /** Most paths go through it: it is ringed twice. */
  choke?: boolean
}
export interface DrawnHop {
  from: number
  to: number
  verb: string
  /** Not known to hold: it is dashed. */
  unknown?: boolean
}
export interface Picture {
  things: readonly DrawnThing[]
  hops: readonly DrawnHop[]
}

/** What is put forward in it. */
export interface Shown {
  /** Places in `hops`: the path that is listed beside the picture. */
  path: ReadonlySet<number>
  /** The place in `things` of what is looked at. */
  chosen: number | null
  /** Places in `things` that are left out. */
  hidden: ReadonlySet<number>
  /** Where things were put by hand. */
  pinned: ReadonlyMap<string, Place>
}

export const pathThings = ({ hops }: Picture, { path }: Shown): Set<number> => {
  const on = new Set<number>()
  for (const at of path) {
    on.add(hops[at]!.from)
    on.add(hops[at]!.to)
  }
  return on
}

/** A name as one short line, without marks that turn or hide letters. */
export function plainName(text: string, longest = 60): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  return line === '' ? '(a name of spaces)' : line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}
