import { entryNamed } from './pack-file.ts'
import type { Store } from './store.ts'
import type { Copies } from './unpack.ts'

/**
 * Where objects stand in the trees of a history. Each object has a number: packs behind each other by entry, then the files. Of each
 * only the first tree it was met in is remembered, which is enough for a path.
 */
export interface Places {
  numberOf(pack: number, entry: number): number
  numberOfLoose(name: string): number
  learnCommit(bytes: Buffer): void
  /** What `copies` brought from another tree was learned with that tree. */
  learnTree(number: number, bytes: Buffer, copies: Copies | null): void
  /** The path of a file, or null when no tree has it as a file. */
  pathOf(number: number): string | null
  /** Files that trees name and the repository has not got: name in hex, and path. */
  missing(): Iterable<[string, string]>
}

const NOWHERE = -1
/** The tree of a commit. */
const ROOT = -2
const DEEPEST = 2000

export const openPlaces = ({ packs, loose }: Store, width: number): Places => {
  const firsts: number[] = []
  let total = 0
  for (const { count } of packs) {
    firsts.push(total)
    total += count
  }
  const looseNumbers = new Map<string, number>()
  for (const name of loose.keys()) looseNumbers.set(name, total++)
  const parents = new Int32Array(total).fill(NOWHERE)
  const labels = new Uint32Array(total)
  const texts: string[] = []
  const labelOf = new Map<string, number>()
  const absent = new Map<string, { tree: number; label: number }>()

  const find = (bytes: Buffer, at: number): number => {
    for (const [index, pack] of packs.entries()) {
      const entry = entryNamed(pack, bytes, at)
      if (entry >= 0) return firsts[index]! + entry
    }
    return looseNumbers.size === 0 ? -1 : (looseNumbers.get(bytes.toString('hex', at, at + width)) ?? -1)
  }
  const label = (text: string): number => {
    const known = labelOf.get(text)
    if (known !== undefined) return known
    labelOf.set(text, texts.length)
    return texts.push(text) - 1
  }
  /** The path of each tree, with a slash at its end, as an index of `folders`; -1 is not known yet. */
  const folderOf = new Int32Array(total).fill(-1)
  const folders = ['']
  const folderNamed = new Map<string, number>()
  const folderAt = (tree: number): number => {
    const way: number[] = []
    let at = tree
    while (parents[at]! >= 0 && folderOf[at] === -1 && way.length < DEEPEST) {
      way.push(at)
      at = parents[at]!
    }
    let folder = folderOf[at] === -1 ? 0 : folderOf[at]!
    for (let one = way.pop(); one !== undefined; one = way.pop()) {
      const path = `${folders[folder]}${texts[labels[one]!]}/`
      folder = folderNamed.get(path) ?? folders.push(path) - 1
      folderNamed.set(path, folder)
      folderOf[one] = folder
    }
    return folder
  }
  const paths = new Map<number, string>()
  const MANY = 2 ** 26
  const pathFrom = (tree: number, text: number): string => {
    const folder = folderAt(tree)
    const path = paths.get(folder * MANY + text) ?? `${folders[folder]}${texts[text]}`
    if (paths.size > 100_000) paths.clear()
    paths.set(folder * MANY + text, path)
    return path
  }

  return {
    numberOf: (pack, entry) => firsts[pack]! + entry,
    numberOfLoose: (name) => looseNumbers.get(name)!,
    learnCommit(bytes) {
      if (bytes.toString('latin1', 0, 5) !== 'tree ') return
      const tree = find(Buffer.from(bytes.toString('latin1', 5, 5 + 2 * width), 'hex'), 0)
      if (tree >= 0 && parents[tree] === NOWHERE) parents[tree] = ROOT
    },
    learnTree(number, bytes, copies) {
      let copy = 0
      for (let at = 0; at < bytes.length; ) {
        const zero = bytes.indexOf(0, at)
        const end = zero + 1 + width
        if (zero < 0 || end > bytes.length) return
        if (copies !== null) {
          while (copy < copies.length && copies[copy]! + copies[copy + 2]! < end) copy += 3
          if (copy < copies.length && copies[copy]! <= at) {
            at = end
            continue
          }
        }
        // 100644, 100755 or 40000; not links and submodules.
        const isFile = bytes[at] === 49 && bytes[at + 1] === 48 && bytes[at + 2] === 48
        if (isFile || bytes[at] === 52) {
          const space = bytes.indexOf(32, at)
          const child = find(bytes, zero + 1)
          if (child < 0) {
            if (isFile && space >= 0)
              absent.set(bytes.toString('hex', zero + 1, end), {
                tree: number,
                label: label(bytes.toString('utf8', space + 1, zero)),
              })
          } else if (parents[child] === NOWHERE && child !== number) {
            parents[child] = number
            labels[child] = label(bytes.toString('utf8', space + 1, zero))
          }
        }
        at = end
      }
    },
    pathOf: (number) => (parents[number]! < 0 ? null : pathFrom(parents[number]!, labels[number]!)),
    *missing() {
      for (const [name, { tree, label: text }] of absent) yield [name, pathFrom(tree, text)]
    },
  }
}
