/** What looks like chance and is the same for the same words, on every machine. */
import { hash } from 'node:crypto'

export interface Chance {
  /** 0 ≤ x < 1. */
  (...what: (string | number)[]): number
  /** One of the list. */
  of<T>(list: readonly T[], ...what: (string | number)[]): T
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number, ...what: (string | number)[]): number
  /** Small letters and digits, as long as asked: the made-up part of ids and values. */
  letters(length: number, ...what: (string | number)[]): string
  hex(length: number, ...what: (string | number)[]): string
}

export function chanceOf(seed: number): Chance {
  const draw = (...what: (string | number)[]): number => mixed(seed, what) / 2 ** 32
  return Object.assign(draw, {
    of: <T>(list: readonly T[], ...what: (string | number)[]): T => list[Math.floor(draw(...what) * list.length)]!,
    between: (low: number, high: number, ...what: (string | number)[]): number =>
      low + Math.floor(draw(...what) * (high - low + 1)),
    letters(length: number, ...what: (string | number)[]): string {
      let text = ''
      // Ids are made by the million: a block of six at a time, each from other beginnings.
      for (let block = 0; text.length < length; block++)
        text += mixed(seed + 0x9e3779b9 * (block + 1), [block, ...what])
          .toString(36)
          .padStart(7, '0')
          .slice(-6)
      return text.slice(0, length)
    },
    hex: (length: number, ...what: (string | number)[]): string => digest(seed, what).slice(0, length),
  })
}

const digest = (seed: number, what: readonly (string | number)[]): string => hash('sha512', `${seed} ${what.join(' ')}`)

/** FNV-1a over the words, with the finish of MurmurHash3: neighbours come out far apart. */
function mixed(seed: number, what: readonly (string | number)[]): number {
  let state = 0x811c9dc5 ^ seed
  for (const word of what) {
    const text = typeof word === 'number' ? `#${word}` : word
    for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193)
    state = Math.imul(state ^ 0x1f, 0x01000193)
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return (state ^ (state >>> 16)) >>> 0
}
