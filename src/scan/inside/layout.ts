import { closeSync, constants, existsSync, fstatSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { decompressed } from './compressed.ts'
import { blobsOf, type Image, layersAbove, startImage } from './image.ts'
import { HEAD, kindOf } from './kinds.ts'
import { Fault, Halt, type Limits, openBudget } from './limits.ts'
import { ofFile, openPull, type Source } from './source.ts'
import { tarEntries } from './tar.ts'

const MOST_JSON = 4 << 20

/** The folder of the OCI layout that a file is a blob of, and the blob as the layout calls it; null for all other files. */
export const layoutAround = (path: string): { root: string; blob: string } | null => {
  const [, blob] = /\/(blobs\/\w+\/[0-9a-f]{32,})$/.exec(path) ?? []
  if (blob === undefined) return null
  const root = dirname(dirname(dirname(path)))
  return existsSync(join(root, 'oci-layout')) ? { root, blob } : null
}

/** What a layout that lies in a folder says of one of its layers and those above it. What cannot be read is left out. */
export const readLayout = async ({ root, blob }: { root: string; blob: string }, limits: Limits): Promise<Image> => {
  const image = startImage()
  const budget = openBudget(limits)
  const inFile = async (name: string, read: (source: Source, size: number) => void | Promise<void>): Promise<void> => {
    let handle: number
    try {
      handle = openSync(join(root, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    } catch {
      return
    }
    try {
      const stat = fstatSync(handle)
      if (stat.isFile()) await read(ofFile(handle, stat.size), stat.size)
    } catch (error) {
      if (!(error instanceof Fault || error instanceof Halt)) throw error
    } finally {
      closeSync(handle)
    }
  }
  const seen = new Set<string>()
  for (const queue = ['index.json', 'manifest.json']; queue.length > 0; ) {
    const name = queue.pop()!
    if (seen.has(name) || seen.size > 1000) continue
    seen.add(name)
    await inFile(name, ({ random }, size) => {
      if (size <= MOST_JSON) image.learn(name, random!.at(0, size))
    })
    queue.push(...blobsOf(image.documents.get(name)))
  }
  for (const layer of layersAbove(image, blob))
    await inFile(layer, async (source) => {
      const kind = kindOf(source.random!.at(0, HEAD))
      const isPacked = kind === 'gzip' || kind === 'zstd' || kind === 'bzip2' || kind === 'xz'
      const pull = openPull(isPacked ? decompressed(source.chunks(), kind, budget) : source.chunks())
      for await (const { name } of tarEntries(pull, budget)) image.name(layer, name)
    })
  return image
}
