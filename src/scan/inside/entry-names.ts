import { VENDORED } from '../walk.ts'

const LONGEST = 1000
/** Never part of a name that somebody reads: what ends a line, deletes, or turns the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be shown
const UNSHOWN = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

export interface EntryPlace {
  /** The name as a path that stays inside of the archive. */
  place: string
  /** What is wrong with the name. */
  problem?: string
  /** Would a folder be read without it? */
  isLeftOut(vendored: boolean): boolean
}

/** Where an entry stands. Nothing is ever written to where its name says, so a hostile name is only told of. */
export const placeOf = (name: string): EntryPlace => {
  const parts = name
    .slice(0, 4 * LONGEST)
    .replaceAll('\\', '/')
    .replace(UNSHOWN, '\ufffd')
    .split('/')
  const inside = parts.filter((part) => part !== '' && part !== '.' && part !== '..')
  const isOut = parts.includes('..') || name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name)
  const place = inside.join('/')
  return {
    place: place === '' ? 'unnamed' : place.length > LONGEST ? `…${place.slice(-LONGEST)}` : place,
    ...(isOut && parts.includes('..')
      ? { problem: 'its name points out of the archive; it was read all the same' }
      : {}),
    isLeftOut(vendored) {
      const folders = inside.slice(0, -1)
      const git = inside.indexOf('.git')
      return (
        (!vendored && folders.some((folder) => VENDORED.has(folder))) ||
        (git >= 0 && git < inside.length - 1 && inside[git + 1] !== 'config')
      )
    },
  }
}

const ENDINGS: readonly [RegExp, string][] = [
  [/\.(?:tgz|tbz2?|txz|tzst)$/i, '.tar'],
  [/\.(?:gz|gzip|zst|zstd|bz2|xz)$/i, ''],
]

/** What a compressed file is called without it. */
export const strippedName = (file: string): string => {
  const name = file.slice(file.lastIndexOf('/') + 1)
  for (const [ending, instead] of ENDINGS) {
    const stripped = name.replace(ending, instead)
    if (stripped !== name && stripped !== '') return stripped
  }
  return name
}
