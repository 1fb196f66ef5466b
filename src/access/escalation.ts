/**
 * How everybody could become more. Powers come in as sets: who could take each principal's place, who could give it any
 * permission, who could make an administrator out of nothing. This file knows no provider.
 */
import { meet } from './answers.ts'
import { addBits, anyBit, type Bits, emptyBits, forEachBit, fullBits, hasBit, keepBits, setBit } from './bits.ts'
import type { Answer } from './compile.ts'

/** One way to do one thing, and everybody to whom it is open. */
export interface Way {
  who: Answer
  actions: readonly string[]
  /** What one of them does besides, where that differs between them. */
  besides?(principal: number): readonly string[]
  /** What it is done to. */
  object: string
  /** On what it depends for one of them, in words; none when it is sure. */
  dependsOn(principal: number): string[]
}

/** The one and then the other, done to what the first is done to. */
export const bothWays = (one: Way, other: Way): Way => ({
  who: meet(one.who, other.who),
  actions: [...one.actions, ...other.actions],
  object: one.object,
  dependsOn: (principal) => [...new Set([...one.dependsOn(principal), ...other.dependsOn(principal)])],
})

export interface Powers {
  size: number
  /** By principal: how others take its place. */
  become: readonly (readonly Way[])[]
  /** By principal: how it can be given any permission there is. */
  strengthen: readonly (readonly Way[])[]
  /** How an administrator is made out of nothing. */
  make: readonly Way[]
  /** Who is an administrator now. */
  admins: Bits
  /** What is worth reaching by itself, and how it is reached. */
  targets: readonly { id: string; ways: readonly Way[] }[]
}

/** A step without a way: it is one already. */
export interface Step {
  from: number
  to: number | 'admin' | { target: string }
  way: Way | undefined
  /** Who does it, where that is not the one it begins at. */
  by?: number
}
export type Path = readonly Step[]

/** Who can take the place of each, by any way. */
const rowOf = (ways: readonly Way[], size: number): Bits =>
  ways.reduce((row, { who }) => addBits(row, who.possible), emptyBits(size))

/** How many steps it is for everybody to one of the seeds; -1 for those who never get there. One walk backwards. */
export function walkBack(rows: readonly Bits[], seeds: Bits, within: Bits): Int32Array {
  const distance = new Int32Array(rows.length).fill(-1)
  const seen = seeds.slice()
  let frontier: number[] = []
  const arrive = (far: number) => (at: number) => {
    setBit(seen, at)
    distance[at] = far
    frontier.push(at)
  }
  forEachBit(seeds, arrive(0))
  for (let far = 1; frontier.length > 0; far++) {
    const reached = emptyBits(rows.length)
    for (const at of frontier) addBits(reached, rows[at]!)
    for (let word = 0; word < reached.length; word++) reached[word]! &= within[word]! & ~seen[word]!
    frontier = []
    forEachBit(reached, arrive(far))
  }
  return distance
}

/** A pair at the ends of two branches: who can strengthen, and the one strengthened. */
interface Detour {
  weak: number
  way: Way
  toStrong: Int32Array
  toWeak: Int32Array
}

export class Escalation {
  readonly powers: Powers
  readonly #rows: readonly Bits[]
  readonly #everyone: Bits
  readonly #detours = new Map<number, Detour>()
  /** Steps to the end of all power; -1: never. */
  readonly distance: Int32Array

  constructor(powers: Powers) {
    this.powers = powers
    this.#rows = powers.become.map((ways) => rowOf(ways, powers.size))
    this.#everyone = fullBits(powers.size)
    const seeds = this.#seeds()
    let distance = walkBack(this.#rows, seeds, this.#everyone)
    while (this.#findDetours(distance, seeds)) distance = walkBack(this.#rows, seeds, this.#everyone)
    this.distance = distance
  }

  /** Those at whom a path to all power ends: administrators, and who makes himself, another whose place he takes, or a new one one. */
  #seeds(): Bits {
    const { size, strengthen, make, admins } = this.powers
    const seeds = addBits(admins.slice(), rowOf(make, size))
    for (const [target, ways] of strengthen.entries()) {
      if (ways.length === 0) continue
      const strong = rowOf(ways, size)
      if (hasBit(strong, target)) setBit(seeds, target)
      addBits(seeds, keepBits(strong, this.#rows[target]!))
    }
    return seeds
  }

  /** Pairs that need two branches matter only to those who do not get there otherwise, and only others like them lie on the way. */
  #findDetours(distance: Int32Array, seeds: Bits): boolean {
    const { size, strengthen } = this.powers
    const left = emptyBits(size)
    for (const [at, far] of distance.entries()) if (far < 0) setBit(left, at)
    let found = false
    for (const [weak, ways] of strengthen.entries()) {
      if (ways.length === 0 || !hasBit(left, weak)) continue
      const toWeak = walkBack(this.#rows, only(size, weak), left)
      for (const way of ways) {
        const strong = keepBits(way.who.possible.slice(), left)
        if (!anyBit(strong)) continue
        const toStrong = walkBack(this.#rows, strong, left)
        forEachBit(left, (at) => {
          if (hasBit(seeds, at) || toWeak[at]! < 0 || toStrong[at]! < 0) return
          this.#detours.set(at, { weak, way, toStrong, toWeak })
          setBit(seeds, at)
          found = true
        })
      }
    }
    return found
  }

  /** Paths to all power, the shortest first moves each once, at most so many. */
  *pathsToPower(from: number): Generator<Path> {
    const far = this.distance[from]!
    if (far === 0) yield* this.#ends(from)
    else if (far > 0)
      for (const step of this.#moves(from, this.distance, far - 1)) yield [step, ...this.#onward(step.to as number)]
  }

  #onward(from: number): Path {
    const [path] = this.pathsToPower(from)
    return path ?? []
  }

  *#ends(from: number): Generator<Path> {
    const { admins, strengthen, become, make } = this.powers
    if (hasBit(admins, from)) return yield [{ from, to: 'admin', way: undefined }]
    for (const way of open(strengthen[from]!, from)) yield [{ from, to: 'admin', way }]
    for (const [target, ways] of strengthen.entries())
      if (target !== from && hasBit(this.#rows[target]!, from))
        for (const way of open(ways, from))
          for (const taken of open(become[target]!, from))
            yield [
              { from, to: target, way: taken },
              { from: target, to: 'admin', way, by: from },
            ]
    for (const way of open(make, from)) yield [{ from, to: 'admin', way }]
    const detour = this.#detours.get(from)
    if (detour === undefined) return
    const { weak, way, toStrong, toWeak } = detour
    const route = this.#route(from, toStrong)
    const by = (route.at(-1)?.to as number | undefined) ?? from
    yield [...route, ...this.#route(from, toWeak), { from: weak, to: 'admin', way, by }]
  }

  *#moves(from: number, distance: Int32Array, far: number): Generator<Step> {
    for (const [to, ways] of this.powers.become.entries())
      if (distance[to] === far && to !== from && hasBit(this.#rows[to]!, from))
        for (const way of open(ways, from)) yield { from, to, way }
  }

  #route(from: number, distance: Int32Array): Step[] {
    const steps: Step[] = []
    for (let at = from; distance[at]! > 0; ) {
      const [step] = this.#moves(at, distance, distance[at]! - 1)
      if (step === undefined) break
      steps.push(step)
      at = step.to as number
    }
    return steps
  }

  /** Paths to one target: over whoever reads it already, and over all power. */
  pathsToTarget({ id, ways }: Powers['targets'][number]): (from: number) => Generator<Path> {
    const distance = walkBack(this.#rows, rowOf(ways, this.powers.size), this.#everyone)
    const last = (from: number): Step => ({ from, to: { target: id }, way: open(ways, from)[0] ?? ways[0] })
    const onward = (at: number): Path => {
      const route = this.#route(at, distance)
      return [...route, last((route.at(-1)?.to as number | undefined) ?? at)]
    }
    const self = this
    return function* (from) {
      const far = distance[from]!
      if (far === 0) for (const way of open(ways, from)) yield [{ from, to: { target: id }, way }]
      else if (far > 0)
        for (const step of self.#moves(from, distance, far - 1)) yield [step, ...onward(step.to as number)]
      const [power] = self.pathsToPower(from)
      if (power) yield [...power, last(power.at(-1)!.from)]
    }
  }
}

const only = (size: number, at: number): Bits => {
  const bits = emptyBits(size)
  setBit(bits, at)
  return bits
}

/** The ways open to one, those first that hold whatever the request says. */
const open = (ways: readonly Way[], from: number): Way[] => {
  const all = ways.filter(({ who }) => hasBit(who.possible, from))
  const sure = all.filter(({ who }) => hasBit(who.sure, from))
  return sure.length === all.length || sure.length === 0 ? all : [...sure, ...all.filter((way) => !sure.includes(way))]
}
