import type { ScannedFile } from '../../sdk/index.ts'
import type { Engine } from '../engine.ts'
import { scanBytes } from '../reading.ts'
import { arEntries } from './ar.ts'
import { decompressed } from './compressed.ts'
import { placeOf, strippedName } from './entry-names.ts'
import { type Image, startImage, tellsOfImage, withLayers } from './image.ts'
import { type Closed, HEAD, type Kind, kindOf, TAIL } from './kinds.ts'
import { type Leaf, scanWhole } from './leaf.ts'
import { type Budget, Fault, Halt, inUnits, type Limits, openBudget } from './limits.ts'
import { startLong } from './long.ts'
import { officeText, sharedStrings } from './office.ts'
import { textsOfPdf } from './pdf.ts'
import { gather, ofBytes, openPull, type Pull, type Source } from './source.ts'
import { tarEntries } from './tar.ts'
import { openZip, type Zip } from './zip.ts'

export interface Opening {
  limits: Limits
  /** Read the folders of package managers too. */
  vendored: boolean
}

interface Work extends Opening {
  engine: Engine
  budget: Budget
  turn: () => Promise<void> | undefined
  /** The tar that is read lies in another, which may be an image, as the layer of this name. */
  image?: { image: Image; layer: string } | undefined
  /** The strings of the workbook that is read. */
  shared: readonly string[]
  /** Detections that were told of. */
  found: number
  /** Parts that could not be read and were told of. */
  problems: number
  /** Those that were not, since there are so many. */
  untold: number
}

const TOO_MANY = 'too many possible secrets; the rest was not judged'
/** Of the strings that a workbook shares so much is put into its cells. */
const MOST_STRINGS = 32 << 20
const MOST_FOUND = 50_000
const MOST_PROBLEMS = 200

/**
 * Secrets in what a file holds, as parts of it (`a.zip!/conf/app.env`), those only that have secrets or could not be read; at last the file
 * itself, with what was wrong with it. Throws for nothing that the bytes can be.
 *
 * @param bytes the size of the file
 */
export async function* scanInside(
  engine: Engine,
  kind: Kind,
  source: Source,
  { file, bytes }: { file: string; bytes: number },
  opening: Opening,
  turn: () => Promise<void> | undefined,
): AsyncGenerator<ScannedFile> {
  const work: Work = {
    ...opening,
    engine,
    turn,
    budget: openBudget(opening.limits),
    found: 0,
    shared: [],
    problems: 0,
    untold: 0,
  }
  const wrong: string[] = []
  const own: ScannedFile = { file, bytes, detections: [] }
  try {
    for await (const part of openKind(work, kind, source, file, 1)) {
      if (part.file !== file) yield part
      else {
        own.detections = [...own.detections, ...part.detections]
        if (part.skipped !== undefined) wrong.push(part.skipped)
      }
    }
  } catch (error) {
    if (!(error instanceof Halt)) throw error
    wrong.push(error.message)
  }
  if (work.untold > 0) wrong.push(`${work.untold} more of its parts could not be read`)
  if (wrong.length > 0) own.skipped = wrong.join('; ')
  yield own
}

/** What is to be told of a part: nothing, when nothing was found and all was read. */
function* told(work: Work, part: ScannedFile): Generator<ScannedFile> {
  work.found += part.detections.length
  if (part.skipped !== undefined && ++work.problems > MOST_PROBLEMS) {
    work.untold++
    if (part.detections.length === 0) return
  }
  if (part.detections.length > 0 || part.skipped !== undefined) yield part
  if (work.found > MOST_FOUND) throw new Halt('it is full of possible secrets; the rest was not read')
}

/** A part that may itself hold others. */
async function* scanPart(work: Work, source: Source, file: string, depth: number): AsyncGenerator<ScannedFile> {
  const { engine, turn } = work
  await turn()
  const most = engine.room.length
  const pull = source.random !== undefined && source.random.size <= most ? null : openPull(source.chunks())
  const start = pull === null ? source.random!.at(0, most) : await pull.peek(most)
  const whole = start.length < most || pull === null
  const kind = kindOf(start.subarray(0, HEAD), whole ? start.subarray(-TAIL) : undefined)
  if (kind !== null) {
    const content: Source = whole
      ? ofBytes(start)
      : (source.random && source) || { chunks: () => pull!.pieces(Infinity) }
    yield* openKind(work, kind, content, file, depth + 1)
    if (pull?.fault !== undefined) yield* told(work, { file, bytes: 0, detections: [], skipped: pull.fault.message })
    return
  }
  if (whole) {
    const text = officeText(start, file, work.shared)
    const { detections, full } =
      text === null ? scanWhole(engine, start, file) : scanText(engine, Buffer.from(text), `${file}!/text`)
    const skipped = pull?.fault?.message ?? (full ? TOO_MANY : undefined)
    yield* told(work, { file, bytes: start.length, detections, ...(skipped === undefined ? {} : { skipped }) })
  } else yield* told(work, await scanLong(work, pull, file))
}

/** A text that was put together, of any size. */
const scanText = (engine: Engine, text: Buffer, name: string): Leaf =>
  text.length <= engine.room.length
    ? scanWhole(engine, text, name)
    : { detections: scanBytes(engine, text, name), full: false }

const scanLong = async ({ engine, turn }: Work, pull: Pull, file: string): Promise<ScannedFile> => {
  const feed = startLong(engine, file)
  let bytes = 0
  for await (const piece of pull.pieces(Infinity)) {
    bytes += piece.length
    feed.push(piece)
    await turn()
  }
  const { detections, full } = feed.end()
  const skipped = pull.fault?.message ?? (full ? TOO_MANY : undefined)
  return { file, bytes, detections, ...(skipped === undefined ? {} : { skipped }) }
}

/** Opens what has been recognised. */
async function* openKind(
  work: Work,
  kind: Kind,
  source: Source,
  file: string,
  depth: number,
): AsyncGenerator<ScannedFile> {
  const skip = (skipped: string) => told(work, { file, bytes: 0, detections: [], skipped })
  if (depth > work.limits.depth) {
    yield* skip(`archives are nested more than ${work.limits.depth} deep in it`)
    return
  }
  if (isClosed(kind)) {
    yield* skip(`it is a ${kind.closed} archive, which is not opened here`)
    return
  }
  let parts = 0
  try {
    for await (const part of partsOf(work, kind, source, file, depth)) {
      if (part === null || part.skipped === undefined) parts++
      if (part !== null) yield part
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    yield* skip(error.message)
    if (parts > 0) return
    // It only begins like an archive: then it is read as it lies there.
    if (source.random !== undefined) yield* told(work, await scanLong(work, openPull(source.chunks()), file))
  }
}

const isClosed = (kind: Kind): kind is Closed => typeof kind === 'object'

/** What is told of each part; null for a part of which there is nothing to tell. */
async function* partsOf(
  work: Work,
  kind: Exclude<Kind, Closed>,
  source: Source,
  file: string,
  depth: number,
): AsyncGenerator<ScannedFile | null> {
  const { budget } = work
  switch (kind) {
    case 'gzip':
    case 'zstd':
    case 'bzip2':
    case 'xz': {
      const pull = openPull(decompressed(source.chunks(), kind, budget))
      const inner: Source = { chunks: () => pull.pieces(Infinity) }
      // A compressed tar is one archive to everybody.
      try {
        if (kindOf(await pull.peek(HEAD)) === 'tar') yield* partsOfTar(work, pull, file, depth)
        else yield* scanPart(work, inner, `${file}!/${strippedName(file)}`, depth)
      } catch (error) {
        throw error instanceof Fault ? (pull.fault ?? error) : error
      }
      if (pull.fault !== undefined) throw pull.fault
      return
    }
    case 'tar':
      yield* partsOfTar(work, openPull(source.chunks()), file, depth)
      return
    case 'ar': {
      const pull = openPull(source.chunks())
      for await (const { name, size } of arEntries(pull, budget)) {
        yield null
        yield* scanEntry(work, await contentNext(work, pull, size), name, file, depth)
      }
      return
    }
    case 'zip':
      yield* partsOfZip(work, source, file, depth)
      return
    case 'pdf':
      yield* partsOfPdf(work, source, file, depth)
      return
  }
}

/** The next `size` bytes: in memory where they are few. */
const contentNext = async ({ engine }: Work, pull: Pull, size: number): Promise<Source> =>
  size <= engine.room.length ? ofBytes(await pull.take(size)) : { chunks: () => pull.pieces(size) }

async function* partsOfTar(work: Work, pull: Pull, file: string, depth: number): AsyncGenerator<ScannedFile | null> {
  const outer = work.image
  const image = startImage()
  /** What was found in tars in it, which may be layers: told when it is known what they are. */
  const held: ScannedFile[] = []
  let failure: unknown
  try {
    for await (const { name, size, type } of tarEntries(pull, work.budget)) {
      yield null
      const { place } = placeOf(name)
      outer?.image.name(outer.layer, name)
      if (type !== 'file' || size === 0) continue
      const content = await contentNext(work, pull, size)
      if (content.random !== undefined && tellsOfImage(name, size)) image.learn(name, content.random.at(0, size))
      work.image = { image, layer: place }
      for await (const part of scanEntry(work, content, name, file, depth))
        if (part.file.includes('!/', file.length + 2) && part.detections.length > 0) held.push(part)
        else yield part
    }
  } catch (error) {
    failure = error
  }
  work.image = outer
  yield* image.isImage ? withLayers(work.engine, image, (part) => part.slice(file.length + 2), held) : held
  if (failure !== undefined) throw failure
}

async function* partsOfZip(
  work: Work,
  source: Source,
  file: string,
  depth: number,
): AsyncGenerator<ScannedFile | null> {
  const { budget, limits } = work
  const bytes = source.random === undefined ? await gather(source.chunks(), limits.held) : null
  const random = source.random ?? (bytes === null ? undefined : ofBytes(bytes).random)
  if (random === undefined)
    throw new Fault(`it is a zip of more than ${inUnits(limits.held)} inside of another archive: unpack it first`)
  const zip = openZip(random, budget)
  const outer = work.shared
  work.shared = await sharedOf(zip)
  for await (const { name, problem, source } of zip.entries()) {
    if (problem === undefined) {
      yield null
      yield* scanEntry(work, source, name, file, depth)
    } else {
      const { place } = placeOf(name)
      yield* told(work, { file: `${file}!/${place}`, bytes: 0, detections: [], skipped: problem })
    }
  }
  work.shared = outer
  // What stands around the entries: a script that begins it, words about it.
  const around = Buffer.concat([random.at(0, Math.min(zip.head, work.engine.room.length / 2)), zip.comment])
  if (around.length > 0) {
    const { detections } = scanWhole(work.engine, around, file)
    yield* told(work, { file, bytes: around.length, detections })
  }
  if (zip.problem !== undefined) throw new Fault(zip.problem)
}

async function* partsOfPdf(
  work: Work,
  source: Source,
  file: string,
  depth: number,
): AsyncGenerator<ScannedFile | null> {
  const { limits, budget } = work
  const bytes = await gather(source.chunks(), limits.held)
  if (bytes === null) throw new Fault(`it is a PDF of more than ${inUnits(limits.held)}, which is not read`)
  for (const text of textsOfPdf(bytes, budget)) {
    yield null
    yield* scanPart(work, ofBytes(text.bytes), `${file}!/${text.name}`, depth)
  }
}

/** What the cells of a workbook refer to. */
const sharedOf = async (zip: Zip): Promise<string[]> => {
  for await (const { source, problem } of zip.entries((name) => name === 'xl/sharedStrings.xml'))
    if (problem === undefined)
      return sharedStrings(
        (await gather(openPull(source.chunks()).pieces(MOST_STRINGS), MOST_STRINGS))!.toString('utf8'),
      )
  return []
}

async function* scanEntry(
  work: Work,
  source: Source,
  name: string,
  archive: string,
  depth: number,
): AsyncGenerator<ScannedFile> {
  const { place, problem, isLeftOut } = placeOf(name)
  if (name.endsWith('/') || isLeftOut(work.vendored)) return
  const file = `${archive}!/${place}`
  // A name that points elsewhere is told of, whatever is under it.
  let said = problem === undefined
  for await (const part of scanPart(work, source, file, depth)) {
    if (said || part.file !== file) yield part
    else yield { ...part, skipped: part.skipped ?? problem }
    said ||= part.file === file
  }
  if (!said) yield* told(work, { file, bytes: 0, detections: [], skipped: problem })
}
