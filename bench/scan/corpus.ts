import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface CorpusFile {
  name: string
  path: string
  size: number
}

/** Files of the packages of this checkout, in the order of their names, up to so many bytes. */
export const corpusOf = (packages: string, most: number): CorpusFile[] => {
  const files: CorpusFile[] = []
  let total = 0
  for (const name of readdirSync(packages, { recursive: true, encoding: 'utf8' }).sort()) {
    // What tools keep between runs, and one very large package of generated code.
    if (/^(?:\.|binaryen|assemblyscript)/.test(name)) continue
    const path = join(packages, name)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined || !stat.isFile() || stat.size > 3e6) continue
    if (total + stat.size > most) break
    total += stat.size
    files.push({ name, path, size: stat.size })
  }
  return files
}

export const copyCorpus = (files: readonly CorpusFile[], to: string): void => {
  for (const { name, path } of files) {
    mkdirSync(join(to, dirname(name)), { recursive: true })
    copyFileSync(path, join(to, name))
  }
}

export const joined = (files: readonly CorpusFile[]): Buffer =>
  Buffer.concat(files.map(({ path }) => readFileSync(path)))
