import { join } from 'node:path'
import type { Collection, Detection, Edge, Entity, Instant, Run, ScannedBlob } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import { type Leak, leakLog } from './leak-log.ts'
import { environmentOfPath, isExample, parseAuthor, personKey, shortKey } from './place-names.ts'
import { fileLedger, texts } from './texts.ts'

/** Secrets in the files as they are, and in every commit: one credential per value, with the places where it was seen. */
export const leakedSecrets: Collection<Checkout> = {
  id: 'leaked-secrets',
  title: 'Secrets in files and history',
  yields: ['secret_value', 'ssh_key', 'git_leak'],
  needs: ['read access to the folder'],
  async *read(checkout, run): AsyncGenerator<Entity | Edge> {
    const log = leakLog()
    if (checkout.repository && checkout.config.history) await readHistory(checkout, run, log)
    if (checkout.repository?.bare) {
      if (!checkout.config.history) await readTree(checkout, run, log)
    } else await readFolder(checkout, run, log)
    if (log.dropped > 0) {
      run.ledger.refuse(
        `more secrets than can be kept: ${log.dropped} were left out; exclude the folders that are full of them`,
        {
          scope: 'places',
          count: log.dropped,
        },
      )
    }
    for (const leak of log.leaks()) yield* describeLeak(checkout, leak)
  },
}

type Log = ReturnType<typeof leakLog>

async function readHistory(checkout: Checkout, run: Run, log: Log): Promise<void> {
  const { place, shallow, partial, head } = checkout.repository!
  if (shallow) {
    run.ledger.refuse('the clone is shallow: older commits are not there', {
      scope: 'history',
      permission: 'git fetch --unshallow',
    })
  }
  if (partial) {
    run.ledger.refuse('the clone is partial: some objects are not there', {
      scope: 'history',
      permission: 'git fetch --refetch',
    })
  }
  if (head === null) return
  const options = { signal: run.signal, ...(checkout.config.since ? { since: checkout.config.since } : {}) }
  try {
    for await (const blob of run.scanHistory(place.workTree ?? place.gitDir, options)) {
      if (blob.skipped) run.ledger.refuse(blob.skipped, { scope: 'history' })
      run.ledger.expect(1, 'blobs with secrets')
      run.ledger.obtain(1, 'blobs with secrets')
      takeBlob(checkout, run, log, blob)
    }
  } catch (error) {
    run.signal.throwIfAborted()
    run.ledger.refuse(`reading the history: ${(error as Error).message}`, { scope: 'history' })
  }
}

function takeBlob(checkout: Checkout, run: Run, log: Log, { detections, appearances }: ScannedBlob): void {
  for (const { detection, fingerprint, ordinal } of numbered(detections, run)) {
    for (const seen of appearances) {
      if (!isWanted(checkout, archiveOf(seen.file))) continue
      log.take(fingerprint, detection, {
        file: seen.file,
        ordinal,
        line: detection.line,
        column: detection.column,
        layer: detection.layer ?? null,
        note: detection.note ?? null,
        commit: seen.commit,
        author: seen.author,
        date: seen.date,
        atHead: seen.atHead,
        lastSeen: seen.lastSeen,
        inFolder: false,
        tracked: true,
      })
    }
  }
}

async function readFolder(checkout: Checkout, run: Run, log: Log): Promise<void> {
  const ledger = fileLedger(run)
  const tracked = await checkout.tracked()
  const root = join(checkout.top, checkout.prefix)
  const options = {
    filter: (path: string, isFolder: boolean) => checkout.wanted(checkout.prefix + path, isFolder),
    signal: run.signal,
  }
  for await (const scanned of run.scanFolder(root, options)) {
    const file = checkout.prefix + scanned.file
    if (scanned.skipped) ledger.refuse(file, scanned.skipped)
    // Told as it goes: a long scan without a finding is no standstill.
    run.ledger.expect(1, 'files')
    if (!scanned.skipped) run.ledger.obtain(1, 'files')
    takeFile(run, log, file, scanned.detections, tracked(archiveOf(file)), checkout)
  }
}

/** The newest tree of a bare repository, when its history is not asked for. */
async function readTree(checkout: Checkout, run: Run, log: Log): Promise<void> {
  for await (const { path, text } of texts(checkout, run, () => true, { most: 16 << 20 })) {
    takeFile(run, log, path, run.scan(Buffer.from(text), { file: path }), true, checkout)
  }
}

function takeFile(
  run: Run,
  log: Log,
  file: string,
  detections: Detection[],
  tracked: boolean,
  checkout: Checkout,
): void {
  for (const { detection, fingerprint, ordinal } of numbered(detections, run)) {
    log.take(fingerprint, detection, {
      file,
      ordinal,
      line: detection.line,
      column: detection.column,
      layer: detection.layer ?? null,
      note: detection.note ?? null,
      commit: null,
      author: null,
      date: null,
      // Without the history, what git tracks is taken for committed.
      atHead: checkout.config.history && checkout.repository ? null : tracked,
      lastSeen: null,
      inFolder: true,
      tracked,
    })
  }
}

/** The same value twice in one file is two places: the first, the second. Lines move; their order hardly does. */
function* numbered(detections: readonly Detection[], run: Run) {
  const seen = new Map<string, number>()
  for (const detection of detections) {
    const fingerprint = run.fingerprint(detection.value)
    const ordinal = (seen.get(fingerprint) ?? 0) + 1
    seen.set(fingerprint, ordinal)
    yield { detection, fingerprint, ordinal }
  }
}

/** The file that a part is in (`a.zip` of `a.zip!/conf/app.env`), or the file itself. */
const archiveOf = (file: string): string => file.split('!/')[0]!

function isWanted(checkout: Checkout, file: string): boolean {
  if (!file.startsWith(checkout.prefix)) return false
  const folders = file.split('/').slice(0, -1)
  return (
    folders.every((_, at) => checkout.wanted(folders.slice(0, at + 1).join('/'), true)) && checkout.wanted(file, false)
  )
}

function* describeLeak(
  checkout: Checkout,
  { fingerprint, detection, total, places, publicKey, isPrivateKey }: Leak,
): Generator<Entity | Edge> {
  const credential = publicKey ? `ssh:${publicKey.fingerprint}` : `credential:${fingerprint}`
  const dates = places.flatMap(({ date }) => date ?? []).sort()
  const atHead = places.some((place) => place.atHead === true || place.inFolder)
  const ends: (Instant | null)[] = places.map(({ lastSeen }) => lastSeen)
  yield {
    kind: 'credential',
    type: publicKey ? 'ssh_key' : 'secret_value',
    key: credential,
    name: `${detection.title} ${detection.redacted}`.slice(0, 300),
    method: detection.method,
    fingerprint,
    aliases: [detection.keyId, publicKey?.fingerprint].flatMap((alias) => (alias ? alias.slice(0, 2048) : [])),
    attributes: {
      detector: detection.detector,
      provider: detection.provider,
      title: detection.title,
      redacted: detection.redacted,
      severity: detection.severity,
      ...(detection.keyId ? { keyId: detection.keyId } : {}),
      ...(isPrivateKey ? { privateKey: true } : {}),
      ...(publicKey ? { keyType: publicKey.keyType, ...(publicKey.bits ? { bits: publicKey.bits } : {}) } : {}),
      leakPlaces: total,
      leakPlacesKept: places.length,
      firstSeen: dates[0] ?? null,
      lastSeen: atHead
        ? null
        : (ends
            .filter((end) => end !== null)
            .sort()
            .at(-1) ?? null),
    },
  }
  for (const place of places) {
    const key = shortKey(
      `${checkout.key}/leak/${place.file}#${fingerprint.slice(5, 17)}${place.ordinal > 1 ? `.${place.ordinal}` : ''}`,
    )
    const environment = environmentOfPath(place.file)
    const author = place.author === null ? null : parseAuthor(place.author)
    yield {
      kind: 'secret',
      type: 'git_leak',
      key,
      name: `${place.file}:${place.line}`.slice(-10_000),
      fingerprint,
      ...(environment ? { environment } : {}),
      ...(place.date ? { created: { value: place.date } } : {}),
      attributes: {
        file: place.file,
        line: place.line,
        column: place.column,
        ...(place.layer === null ? {} : { layer: place.layer }),
        ...(place.note === null ? {} : { note: place.note }),
        detector: detection.detector,
        commit: place.commit,
        author: place.author,
        date: place.date,
        // What the folder holds and no commit does is not committed, unless the history was left out.
        atHead: place.atHead ?? false,
        lastSeen: place.lastSeen,
        inFolder: place.inFolder,
        tracked: place.tracked,
        repository: checkout.repository !== null,
        repositoryName: checkout.name,
        example: isExample(place.file),
      },
    }
    yield { from: key, verb: 'holds', to: credential }
    yield { from: checkout.key, verb: 'contains', to: key }
    if (author)
      yield {
        from: personKey(author.email),
        verb: 'created',
        to: key,
        attributes: { commit: place.commit, date: place.date },
      }
  }
}
