import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, statfsSync } from 'node:fs'
import { type Ignore, parseIgnore } from './ignore.ts'
import { because } from './one-file.ts'

/** What other people wrote and a package manager put there. Their folders are not entered unless asked for. */
export const VENDORED: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  'jspm_packages',
  'site-packages',
  '.venv',
  'virtualenv',
  '__pycache__',
  '.tox',
  '.yarn',
  '.pnpm-store',
])
/** File systems that show the kernel, not files. */
const KERNEL_FILE_SYSTEMS = new Set([
  0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x64626720, 0x74726163, 0xcafe4a11, 0x73636673, 0x6165676c, 0x1cd1,
  0x19800202, 0x42494e4d,
])

const SLASH = Buffer.from('/')
const IGNORE = Buffer.from('.reeveignore')
const join = (folder: Buffer, name: Buffer): Buffer => Buffer.concat([folder, SLASH, name])

const ignoreAt = (folder: Buffer): Ignore | null => {
  try {
    const handle = openSync(join(folder, IGNORE), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      if (!fstatSync(handle).isFile()) return null
      const text = Buffer.alloc(1 << 20)
      return parseIgnore(text.toString('utf8', 0, readSync(handle, text, 0, text.length, 0)))
    } finally {
      closeSync(handle)
    }
  } catch {
    return null
  }
}

const isKernels = (path: Buffer): boolean => {
  try {
    return KERNEL_FILE_SYSTEMS.has(statfsSync(path).type)
  } catch {
    return false
  }
}

/** A file to read, or one that could not be looked at and why. Names are relative, with slashes. */
export type Met = { at: Buffer; file: string } | { skipped: string; file: string }

interface Folder {
  at: Buffer
  /** Relative, with a slash at its end; empty for the root. */
  prefix: string
  device: number
  ignores: { prefix: string; ignore: Ignore }[]
}

/** The files below a folder in order of path. Only names are looked at: links are not followed, special files not met. */
export function* walk(
  root: Buffer,
  device: number,
  { filter, vendored }: { filter?: ((path: string, isFolder: boolean) => boolean) | undefined; vendored: boolean },
): Generator<Met> {
  const stack: (Folder | { at: Buffer; file: string })[] = [{ at: root, prefix: '', device, ignores: [] }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if ('file' in next) {
      yield next
      continue
    }
    const { at, prefix } = next
    let entries: ReturnType<typeof listingOf>
    try {
      entries = listingOf(at)
    } catch (error) {
      yield { file: prefix.slice(0, -1) || '.', skipped: because(error) }
      continue
    }
    const own = entries.some(({ name }) => IGNORE.equals(name)) ? ignoreAt(at) : null
    const ignores = own === null ? next.ignores : [{ prefix, ignore: own }, ...next.ignores]
    const inGit = prefix === '.git/' || prefix.endsWith('/.git/')
    entries.sort((a, b) => Buffer.compare(b.name, a.name))
    for (const entry of entries) {
      const name = entry.name.toString('utf8')
      const file = prefix + name
      const path = join(at, entry.name)
      const kind = kindOf(entry, path)
      if (kind === null) continue
      const isFolder = kind === 'folder'
      if (inGit && name !== 'config') continue
      if (isFolder && !vendored && VENDORED.has(name)) continue
      let decided: boolean | undefined
      for (const { prefix: base, ignore } of ignores) {
        decided = ignore.decides(file.slice(base.length), isFolder)
        if (decided !== undefined) break
      }
      if (decided === true || filter?.(file, isFolder) === false) continue
      if (!isFolder) {
        stack.push({ at: path, file })
        continue
      }
      const inside = lstatSync(path, { throwIfNoEntry: false })
      if (inside === undefined || !inside.isDirectory()) continue
      if (inside.dev !== next.device && isKernels(path)) continue
      stack.push({ at: path, prefix: `${file}/`, device: inside.dev, ignores })
    }
  }
}

const listingOf = (folder: Buffer) =>
  readdirSync(folder.length === 0 ? SLASH : folder, { withFileTypes: true, encoding: 'buffer' })

const kindOf = (entry: ReturnType<typeof listingOf>[number], path: Buffer): 'folder' | 'file' | null => {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  if (
    entry.isSymbolicLink() ||
    entry.isFIFO() ||
    entry.isSocket() ||
    entry.isBlockDevice() ||
    entry.isCharacterDevice()
  )
    return null
  // Some file systems do not say in the listing what an entry is.
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat?.isDirectory() ? 'folder' : stat?.isFile() ? 'file' : null
}
