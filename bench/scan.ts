/**
 * S1, S2, S3, S5, S6, S8 and the memory: the scanner beside ripgrep with the same literals, beside the way scanners are usually built, beside a loop
 * that only reads, beside `git cat-file`, and two threads beside one. S1 to S5 count processor time, so that other work on the machine weighs
 * little; S6 and S8 the clock. Exact: the findings are those of the twin.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  closeSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile, type Engine } from '../src/scan/engine.ts'
import { createScanner, detectors } from '../src/scan/index.ts'
import { plan } from '../src/scan/plan.ts'
import { scanBytes, startFeed } from '../src/scan/reading.ts'
import { walk } from '../src/scan/walk.ts'
import { claim, finish, quick } from './claims.ts'
import { type CorpusFile, copyCorpus, corpusOf, joined } from './scan/corpus.ts'
import { makeHistory } from './scan/history.ts'
import { compileByKeyword } from './scan/keyword-twin.ts'

const remark = (text: string): void => void process.stderr.write(`${text}\n`)
const ROUNDS = quick ? 3 : 5
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-'))

/** Milliseconds of processor time, the least of some rounds: what else the machine does only ever adds. */
const spent = async <T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> => {
  let ms = Infinity
  let result!: T
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    result = await work()
    const { user, system } = process.cpuUsage(before)
    ms = Math.min(ms, (user + system) / 1000)
  }
  return { ms, result }
}
const passed = async <T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> => {
  let ms = Infinity
  let result!: T
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    result = await work()
    ms = Math.min(ms, performance.now() - start)
  }
  return { ms, result }
}

try {
  const files = corpusOf(join(root, 'node_modules'), quick ? 24e6 : 80e6)
  const whole = joined(files)
  const mb = (whole.length / 1e6).toFixed(0)
  remark(`${files.length} files, ${mb} MB; ${detectors.length} detectors`)
  const engine = compile(detectors)
  await besideRipgrep(engine, whole)
  await besideKeywords(engine, files)
  const tree = join(folder, 'tree')
  copyCorpus(files, tree)
  await besideReading(tree)
  threads(tree, files)
  await besideGit(engine, files)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
finish()

async function besideRipgrep(engine: Engine, whole: Buffer): Promise<void> {
  const one = join(folder, 'one')
  writeFileSync(one, whole)
  const literals = [...new Set(detectors.flatMap(({ anchors }) => anchors.map(({ literal }) => literal)))].filter(
    (literal) => /^[\x20-\x7e]+$/.test(literal),
  )
  writeFileSync(join(folder, 'literals'), `${literals.join('\n')}\n`)
  if (spawnSync('rg', ['--version']).status !== 0) {
    remark('S1, S2: not measured, ripgrep is not installed (Debian: apt-get install ripgrep)')
    return
  }
  let theirs = Infinity
  for (let round = 0; round < ROUNDS; round++)
    theirs = Math.min(
      theirs,
      childMs(['rg', '--no-config', '-F', '-i', '-j1', '-a', '-c', '-f', join(folder, 'literals'), one]),
    )

  const { room, search } = plan(detectors)
  const filtered = await spent(() => {
    let places = 0
    let at = 0
    const handle = openSync(one, 'r')
    for (let read = -1; read !== 0; at += read) {
      read = readSync(handle, room, 0, room.length, at)
      places += search(room.subarray(0, read), 0, read).length
    }
    closeSync(handle)
    return places
  })
  const full = await spent(() => {
    const feed = startFeed(engine, 'one')
    const handle = openSync(one, 'r')
    const chunk = Buffer.allocUnsafe(1 << 20)
    for (let read = -1; read !== 0; ) {
      read = readSync(handle, chunk, 0, chunk.length, null)
      feed.push(chunk.subarray(0, read))
    }
    closeSync(handle)
    return feed.end().detections.length
  })
  const mb = whole.length / 1e6
  remark(
    `rg ${((mb / theirs) * 1000).toFixed(0)} MB/s, filter and verify ${((mb / filtered.ms) * 1000).toFixed(0)} MB/s (${filtered.result} places), full ${((mb / full.ms) * 1000).toFixed(0)} MB/s (${full.result} findings)`,
  )
  // What the filter let through decides what is found: the twin looks at the beginning of the same file without one.
  const beginning = whole.subarray(0, quick ? 1e6 : 4e6)
  const [seen, expected] = [engine, compileByKeyword(detectors)].map((by) => told(scanBytes(by, beginning, 'one')))
  const exact = seen === expected
  const what = `${literals.length} literals, one file of ${mb.toFixed(0)} MB, against rg -F -i -j1, processor time`
  claim({
    claim: 'S1',
    what: `filter and verify, ${what}`,
    ours: filtered.ms,
    theirs,
    unit: 'ms',
    ratio: theirs / filtered.ms,
    floor: 2,
    exact,
  })
  claim({
    claim: 'S2',
    what: `full scan, ${what}`,
    ours: full.ms,
    theirs,
    unit: 'ms',
    ratio: theirs / full.ms,
    floor: 1.3,
    exact,
  })
}

/** Processor time of a command and what it starts, by the shell's own account. */
function childMs(command: readonly string[]): number {
  const { stdout } = spawnSync('bash', ['-c', `"$@" >/dev/null; times`, 'bash', ...command], { encoding: 'utf8' })
  const [user = 0, system = 0] = [
    ...stdout
      .trim()
      .split('\n')[1]!
      .matchAll(/(\d+)m([\d.]+)s/g),
  ].map(([, minutes, seconds]) => 60_000 * Number(minutes) + 1000 * Number(seconds))
  return user + system
}

async function besideKeywords(engine: Engine, files: readonly CorpusFile[]): Promise<void> {
  const some = files
    .filter((_, index) => index % (quick ? 24 : 12) === 0)
    .map((file) => ({ ...file, bytes: readFileSync(file.path) }))
  const twin = compileByKeyword(detectors)
  const scan = (by: Engine) => some.map(({ name, bytes }) => told(scanBytes(by, bytes, name))).join('\n')
  const ours = await spent(() => scan(engine))
  const before = process.cpuUsage()
  const expected = scan(twin)
  const { user, system } = process.cpuUsage(before)
  const theirs = (user + system) / 1000
  const bytes = some.reduce((sum, file) => sum + file.bytes.length, 0)
  claim({
    claim: 'S3',
    what: `full scan of ${some.length} files, ${(bytes / 1e6).toFixed(1)} MB, against keywords and then whole files, processor time`,
    ours: ours.ms,
    theirs,
    unit: 'ms',
    ratio: theirs / ours.ms,
    floor: 40,
    exact: expected === ours.result,
  })
}

function told(detections: ReturnType<typeof scanBytes>): string {
  return JSON.stringify(detections.map(({ value, ...one }) => ({ ...one, value: value.reveal() })))
}

async function besideReading(tree: string): Promise<void> {
  const scanner = createScanner({ threads: 0, vendored: true })
  const ours = await spent(async () => {
    let count = 0
    let bytes = 0
    for await (const file of scanner.scanFolder(tree)) {
      count++
      bytes += file.bytes
    }
    return { count, bytes }
  })
  const buffer = Buffer.alloc(4 << 20)
  const theirs = await spent(() => {
    let count = 0
    let bytes = 0
    for (const met of walk(Buffer.from(tree), 0, { vendored: true })) {
      if ('skipped' in met) continue
      const handle = openSync(met.at, 'r')
      bytes += readSync(handle, buffer, 0, fstatSync(handle).size, null)
      closeSync(handle)
      count++
    }
    return { count, bytes }
  })
  claim({
    claim: 'S5',
    what: `scan of a folder of ${ours.result.count} files, ${(ours.result.bytes / 1e6).toFixed(0)} MB, against only reading them, processor time`,
    ours: ours.ms,
    theirs: theirs.ms,
    unit: 'ms',
    ratio: theirs.ms / ours.ms,
    floor: 0.35,
    exact: JSON.stringify(ours.result) === JSON.stringify(theirs.result),
  })
}

interface FolderRun {
  ms: number
  mib: number
  files: number
  detections: number
  found: string
}

function threads(tree: string, files: readonly CorpusFile[]): void {
  // Larger, so that what a thread needs to start weighs less.
  for (let copy = 0; copy < (quick ? 1 : 3); copy++) copyCorpus(files, join(tree, `copy-${copy}`))
  const runs = (count: number): FolderRun => {
    let best: FolderRun | undefined
    for (let round = 0; round < ROUNDS; round++) {
      const run = JSON.parse(
        execFileSync(
          process.execPath,
          [fileURLToPath(new URL('scan/folder-child.ts', import.meta.url)), tree, `${count}`],
          {
            encoding: 'utf8',
          },
        ),
      ) as FolderRun
      if (best === undefined || run.ms < best.ms) best = { ...run, mib: Math.min(run.mib, best?.mib ?? Infinity) }
    }
    return best!
  }
  const [none, one, two] = [runs(0), runs(1), runs(2)]
  claim({
    claim: 'S8',
    what: `two threads against one, ${one.files} files, ${one.detections} findings, by the clock`,
    ours: two.ms,
    theirs: one.ms,
    unit: 'ms',
    ratio: one.ms / two.ms,
    floor: 1.7,
    exact: none.found === one.found && one.found === two.found,
  })
  claim({
    claim: 'S memory',
    what: 'peak memory of a folder scan in one thread, node and its modules included, against its limit',
    ours: none.mib,
    theirs: 150,
    unit: 'MiB',
    ratio: 150 / none.mib,
    floor: 1,
    exact: none.found === one.found,
  })
}

async function besideGit(engine: Engine, files: readonly CorpusFile[]): Promise<void> {
  const at = join(folder, 'history.git')
  mkdirSync(at)
  const kept = files
    .filter(({ name, size }) => /\.(?:js|ts|json|md)$/.test(name) && size > 4000 && size < 60_000)
    .slice(0, 400)
    .map(({ name, path }) => ({ name, text: readFileSync(path, 'utf8') }))
  makeHistory(at, kept, quick ? 1000 : 5000)
  const theirs = await passed(
    () =>
      spawnSync('git', ['-C', at, 'cat-file', '--batch-all-objects', '--batch', '--unordered'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }).status,
  )
  const scanner = createScanner()
  const ours = await passed(async () => {
    const found = new Map<string, string>()
    for await (const { blob, detections, appearances } of scanner.scanHistory(at))
      found.set(blob, `${appearances.at(-1)!.file} ${told(detections)}`)
    return found
  })
  const list = execFileSync('git', ['-C', at, 'rev-list', '--objects', '--all', '--filter=object:type=blob'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  let bytes = 0
  let differences = 0
  const contents = execFileSync('git', ['-C', at, 'cat-file', '--batch'], {
    input: list.replace(/ .*$/gm, ''),
    maxBuffer: 2 ** 31 - 1,
  })
  const paths = new Map(
    list
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, 40), line.slice(41)]),
  )
  for (let place = 0; place < contents.length; ) {
    const end = contents.indexOf(10, place)
    const [blob = '', type, size] = contents.toString('latin1', place, end).split(' ')
    const content = contents.subarray(end + 1, end + 1 + Number(size))
    place = end + 2 + Number(size)
    if (type !== 'blob') continue
    bytes += content.length
    const expected = scanBytes(engine, content, paths.get(blob)!)
    const said = ours.result.get(blob)
    if (expected.length === 0 ? said !== undefined : said !== `${paths.get(blob)} ${told(expected)}`) differences++
  }
  claim({
    claim: 'S6',
    what: `history of ${paths.size} blobs, ${(bytes / 1e6).toFixed(0)} MB, ${ours.result.size} with findings, with attribution, against git cat-file --batch-all-objects, by the clock`,
    ours: ours.ms,
    theirs: theirs.ms,
    unit: 'ms',
    ratio: theirs.ms / ours.ms,
    floor: 2,
    exact: differences === 0,
  })
}
