import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Detection } from '../../sdk/index.ts'
import type { Engine } from '../engine.ts'
import { kindOf } from '../inside/kinds.ts'
import { type Kept, openDeltaScan } from './delta-scan.ts'
import { scanEncoded } from './encoded-scan.ts'
import { BLOB, COMMIT, namesOf, PackFault, TREE } from './pack-file.ts'
import { openPlaces } from './places.ts'
import { openStore, readLoose } from './store.ts'
import { openUnpacker } from './unpack.ts'

export interface ScannedStore {
  /** Blobs with detections, and the path each was judged at. */
  hits: Map<string, { detections: Detection[]; path: string }>
  /** Blobs that trees name and are not here, with a path. */
  missing: Map<string, string>
  /** Blobs that are too large for this, and archives, with a path. */
  left: Map<string, string>
}

export interface StoreOptions {
  signal?: AbortSignal | undefined
  /** Archives are not searched but left. */
  opens?: boolean
  /** Called whenever something was found in a blob. */
  onFound?: () => void
}

/** Of an object that was not searched nothing is known. */
const UNREAD = { kept: null, encoded: true }

/** The longest that other work of the process waits, milliseconds. */
const TURN = 8

/**
 * Secrets in all blobs of a repository that some tree has as a file, each unpacked once. Objects that no ref leads to are among them. Throws
 * `PackFault` for what is damaged or not read here.
 *
 * @param objects the folder of the repository's objects
 * @param width length of an object's name in bytes
 */
export const scanStore = async (
  engine: Engine,
  objects: string,
  width: number,
  { signal, opens = false, onFound = () => undefined }: StoreOptions = {},
): Promise<ScannedStore> => {
  const store = openStore(objects, width)
  try {
    const places = openPlaces(store, width)
    const unpacker = openUnpacker()
    const { scan } = openDeltaScan(engine)
    const hits: ScannedStore['hits'] = new Map()
    const left: ScannedStore['left'] = new Map()
    const found = (blob: string, hit: { detections: Detection[]; path: string }): void => {
      hits.set(blob, hit)
      onFound()
    }
    let since = performance.now()
    const run = async (steps: Iterable<void>): Promise<void> => {
      for (const _ of steps) {
        if (performance.now() - since < TURN) continue
        signal?.throwIfAborted()
        await nextTurn()
        since = performance.now()
      }
    }
    const tooLarge = (): void => {
      throw new PackFault('a tree or commit is very large')
    }

    for (const [index, pack] of store.packs.entries())
      await run(
        unpacker.unpack<null>(
          pack,
          (kind) => kind === COMMIT || kind === TREE,
          ({ entry, bytes, base, kind }) => {
            if (kind === COMMIT) places.learnCommit(bytes)
            else places.learnTree(places.numberOf(index, entry), bytes, base?.copies ?? null)
            return null
          },
          tooLarge,
        ),
      )
    await run(learnLoose())
    for (const [index, pack] of store.packs.entries()) {
      const nameOf = namesOf(pack)
      const leave = (entry: number): void => {
        const path = places.pathOf(places.numberOf(index, entry))
        if (path !== null) left.set(nameOf(entry), path)
      }
      await run(
        unpacker.unpack<{ kept: Kept; encoded: boolean }>(
          pack,
          (kind) => kind === BLOB,
          ({ entry, bytes, base, isBase }) => {
            const path = places.pathOf(places.numberOf(index, entry))
            if (path === null) return UNREAD
            if (opens && kindOf(bytes) !== null) {
              left.set(nameOf(entry), path)
              return UNREAD
            }
            const { detections: plain, kept } = scan(bytes, path, base && { ...base, kept: base.kept.kept }, isBase)
            const { detections, encoded } = scanEncoded(
              engine,
              bytes,
              path,
              plain,
              base && { copies: base.copies, encoded: base.kept.encoded },
            )
            if (detections.length > 0) found(nameOf(entry), { detections, path })
            return { kept, encoded }
          },
          leave,
        ),
      )
    }
    await run(scanLoose())
    return { hits, left, missing: new Map(places.missing()) }

    function* learnLoose(): Generator<void> {
      for (const [name, file] of store.loose) {
        const object = readLoose(file)
        if (object?.kind === 'commit') places.learnCommit(object.bytes)
        else if (object?.kind === 'tree') places.learnTree(places.numberOfLoose(name), object.bytes, null)
        yield
      }
    }
    function* scanLoose(): Generator<void> {
      for (const [name, file] of store.loose) {
        const path = places.pathOf(places.numberOfLoose(name))
        if (path === null) continue
        const object = readLoose(file)
        if (object === null || (opens && object.kind === 'blob' && kindOf(object.bytes) !== null)) left.set(name, path)
        else if (object.kind === 'blob') {
          const { bytes } = object
          const { detections } = scanEncoded(engine, bytes, path, scan(bytes, path, null, false).detections, null)
          if (detections.length > 0) found(name, { detections, path })
        }
        yield
      }
    }
  } finally {
    store.close()
  }
}
