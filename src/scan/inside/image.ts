import type { Detection, ScannedFile } from '../../sdk/index.ts'
import type { Engine } from '../engine.ts'
import { scanWhole } from './leaf.ts'

/** What one layer holds by name, to tell what became of a file in the layers above it. */
export interface LayerNames {
  files: Set<string>
  /** Files and folders of the layers below that it takes away, and folders whose content it hides. */
  removed: Set<string>
  hidden: Set<string>
}

interface Layer {
  path: string
  digest: string
  /** What made it, without what may be secret in it. */
  command: string | undefined
}

const MOST_NAMES = 500_000
const MOST_KEPT = 16 << 20
const MOST_COMMAND = 160

/** Is this one of the small files that say how an image is put together? */
export const tellsOfImage = (name: string, size: number): boolean =>
  size <= 4 << 20 &&
  /^(?:\.\/)?(?:manifest\.json|index\.json|oci-layout|[0-9a-f]{64}\.json|blobs\/\w+\/[0-9a-f]{32,})$/.test(name)

/** Gathers what an image (`docker save`, an OCI layout) says of itself, in whatever order it comes. */
export const startImage = () => {
  const documents = new Map<string, unknown>()
  const names = new Map<string, LayerNames>()
  let kept = 0
  let count = 0
  let isFull = false
  return {
    documents,
    names,
    get isImage() {
      return documents.has('manifest.json') || documents.has('index.json')
    },
    /** A layer has so many files that not all names are kept. */
    get isFull() {
      return isFull
    },
    learn(name: string, bytes: Buffer): void {
      if ((bytes[0] !== 0x7b && bytes[0] !== 0x5b) || kept + bytes.length > MOST_KEPT) return
      kept += bytes.length
      try {
        documents.set(name.replace(/^\.\//, ''), JSON.parse(bytes.toString('utf8')))
      } catch {
        // What is no JSON says nothing of the image; it is read like any file.
      }
    },
    /** An entry of a layer. */
    name(layer: string, entry: string): void {
      if (++count > MOST_NAMES) {
        isFull = true
        return
      }
      const held = names.get(layer) ?? { files: new Set(), removed: new Set(), hidden: new Set() }
      names.set(layer, held)
      const path = entry.replace(/^(?:\.?\/)+/, '').replace(/\/$/, '')
      const [, folder = '', name = ''] = /^(.*\/)?([^/]*)$/s.exec(path) ?? []
      if (name === '.wh..wh..opq') held.hidden.add(folder)
      else if (name.startsWith('.wh.')) held.removed.add(folder + name.slice(4))
      else held.files.add(path)
    },
  }
}
export type Image = ReturnType<typeof startImage>

const at = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const blobOf = (descriptor: unknown): string => `blobs/${text(at(descriptor, 'digest')).replace(':', '/')}`

/** The blobs that a document names and that say more of the image. */
export const blobsOf = (document: unknown): string[] =>
  [...list(at(document, 'manifests')), at(document, 'config')]
    .filter((one) => at(one, 'digest') !== undefined)
    .map(blobOf)
    .filter((blob) => tellsOfImage(blob, 0))

/** The layers that lie above one in any of the images. */
export const layersAbove = (image: Image, path: string): Set<string> =>
  new Set(
    imagesOf(image)
      .flatMap(({ layers }) => (layers.includes(path) ? layers.slice(layers.indexOf(path) + 1) : []))
      .filter((layer) => tellsOfImage(layer, 0)),
  )

/** The images that are put together of the layers, each as its configuration and its layers from the lowest. */
const imagesOf = ({ documents }: Image): { config: string; layers: string[] }[] => {
  const found = list(documents.get('manifest.json')).map((one) => ({
    config: text(at(one, 'Config')),
    layers: list(at(one, 'Layers')).map(text),
  }))
  const seen = new Set<unknown>()
  const queue = [documents.get('index.json')]
  for (let index = queue.pop(); queue.length > 0 || index !== undefined; index = queue.pop()) {
    if (index === undefined || seen.has(index)) continue
    seen.add(index)
    queue.push(...list(at(index, 'manifests')).map((one) => documents.get(blobOf(one))))
    if (at(index, 'layers') !== undefined)
      found.push({ config: blobOf(at(index, 'config')), layers: list(at(index, 'layers')).map(blobOf) })
  }
  return found
}

/** A command of a build, without values of variables and what looks like a secret. */
const shown = (engine: Engine, command: string): string => {
  const words = command
    .slice(0, 4096)
    .replace(/^\/bin\/sh -c #\(nop\)\s*/, '')
    .replace(/^(?:RUN )?(?:\|\d+ .*? )?\/bin\/sh -c /s, 'RUN ')
    .replace(/^\|\d+ .*$/s, 'RUN …')
    .replace(/\s*# buildkit$/, '')
    .replace(/\s+/g, ' ')
    .trim()
  // Of a variable only the name is said, wherever it is set.
  const named = words
    .replace(/\b([A-Za-z_]\w*)=(?:"[^"]*"|'[^']*'|\S+)/g, '$1=…')
    .replace(/^((?:ENV|ARG) \w+) .*$/, '$1 …')
  let safe = named
  for (const { value, redacted } of scanWhole(engine, Buffer.from(named), 'Dockerfile').detections)
    safe = safe.replaceAll(value.reveal(), redacted)
  return safe.length > MOST_COMMAND ? `${safe.slice(0, MOST_COMMAND)}…` : safe
}

const layersOf = (engine: Engine, image: Image): Layer[][] =>
  imagesOf(image).map(({ config, layers }) => {
    const settings = image.documents.get(config)
    const made = list(at(settings, 'history')).filter((one) => at(one, 'empty_layer') !== true)
    const digests = list(at(at(settings, 'rootfs'), 'diff_ids')).map(text)
    return layers.map((path, index) => {
      const [, method, hash] = /^blobs\/(\w+)\/([0-9a-f]+)$/.exec(path) ?? []
      const command = made.length === layers.length ? text(at(made[index], 'created_by')) : ''
      return {
        path,
        digest: method === undefined ? (digests[index] ?? '') : `${method}:${hash}`,
        command: command === '' ? undefined : shown(engine, command),
      }
    })
  })

/** The first of the layers above that takes a file away or puts another in its place. */
const fateOf = (image: Image, above: readonly Layer[], path: string): string => {
  const folders = path.split('/').map((_, index, parts) => parts.slice(0, index).join('/'))
  for (const { path: layer, digest } of above) {
    const names = image.names.get(layer)
    if (names === undefined) continue
    const isGone =
      names.removed.has(path) ||
      folders.some((folder) => names.removed.has(folder) || names.hidden.has(folder === '' ? '' : `${folder}/`))
    if (isGone) return `, removed by the later layer ${digest.slice(0, 19)}, which does not take it out of the image`
    if (names.files.has(path))
      return `, replaced in the later layer ${digest.slice(0, 19)}, which does not take it out of the image`
  }
  return image.isFull ? ', and whether a later layer removes it is unknown, since the image has so many files' : ''
}

/**
 * Says of what was found in the layers of an image which layer it is, what made it, and whether a later one removes it.
 *
 * @param pathOf the path inside of the image, of a part's file
 */
export const withLayers = (
  engine: Engine,
  image: Image,
  pathOf: (file: string) => string,
  found: readonly ScannedFile[],
): ScannedFile[] => {
  const images = layersOf(engine, image)
  return found.map((part) => {
    const inside = pathOf(part.file)
    for (const layers of images) {
      const index = layers.findIndex(({ path }) => inside === path || inside.startsWith(`${path}!/`))
      if (index < 0) continue
      const { path, digest, command } = layers[index]!
      const fate = fateOf(image, layers.slice(index + 1), inside.slice(path.length + 2).split('!/')[0]!)
      const note = `layer ${index + 1} of ${layers.length}, ${digest.slice(0, 19)}${command === undefined ? '' : `, made by “${command}”`}${fate}`
      const detections: Detection[] = part.detections.map((one) => ({
        ...one,
        layer: digest,
        note: joined(note, one.note),
      }))
      return { ...part, detections }
    }
    return part
  })
}

const joined = (first: string, second: string | undefined): string =>
  second === undefined ? first : `${first}; ${second}`
