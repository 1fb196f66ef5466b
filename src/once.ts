/** What `reeve scan` runs: the same reading, graph and rules as the server, in memory and once. */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { evaluate, rules, toFindings } from './assess/index.ts'
import type { Reading, Scanned, ScanOptions } from './cli/index.ts'
import { createRun, readProvider } from './discover/index.ts'
import { type Estate, EstateBuilder, type SourceState } from './graph/index.ts'
import { remembering, validate, withAnswer } from './once-live.ts'
import { type Config, createFetch, fingerprinter, type InstallationKey, systemClock } from './platform/index.ts'
import { providers } from './providers/index.ts'
import { createAsker, createScanner } from './scan/index.ts'
import {
  type Edge,
  type Entity,
  type LedgerLine,
  type Log,
  messageOf,
  type Nearby,
  type Provider,
  ReeveError,
} from './sdk/index.ts'

/** Collections that give values found as text yield this type, whatever they read. */
const SECRETS = 'secret_value'

export async function scanOnce(
  options: ScanOptions,
  parts: { config: Config; log: Log; key: InstallationKey; known: readonly Reading[] },
): Promise<Scanned<Estate>> {
  const { signal } = options
  const places = await placesOf(options)
  try {
    const scanner = createScanner({
      archives: options.archives && (options.maxArchiveBytes === undefined ? {} : { bytes: options.maxArchiveBytes }),
    })
    const change = options.diff
    const limited =
      change !== undefined
        ? (path: string) => scanner.scanDiff(path, change, { signal })
        : options.staged && ((path: string) => scanner.scanStaged(path, { signal }))
    const fetch = createFetch(parts.config.outbound, systemClock, parts.log)
    const reading = {
      ...createRun(
        {
          fetch,
          log: parts.log,
          clock: systemClock,
          scanner,
          fingerprint: fingerprinter(parts.key),
        },
        signal,
      ),
      ...(limited && { scanFolder: limited }),
    }
    const { run, found } = options.validate ? remembering(reading) : { run: reading, found: new Map() }
    const builder = new EstateBuilder()
    const taken: [connection: string, collection: string, item: Entity | Edge][] = []
    const sources: SourceState[] = []
    for (const { provider, config } of await readersOf(places)) {
      const connection = `${provider.id}-${provider.label(config)}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
      const results = await readProvider(provider, config, {
        run,
        skip: skipped(provider, options),
        take: (collection, item) => {
          if (options.validate) taken.push([connection, collection, item])
          else builder.add(connection, collection, item)
          return undefined
        },
        progress: (collections) => {
          const reading = collections
            .filter((one) => one.state === 'running')
            .map((one) => `${one.title} ${one.obtained}`)
          options.progress(`${provider.title}: ${reading.join(', ')}`)
        },
      })
      for (const { id, yields, state, lines } of results) {
        const ledger = lines.map((line) => ({ connection, collection: id, ...line, since: null }))
        sources.push({
          connection,
          collection: id,
          yields,
          complete: state === 'complete',
          completeAt: null,
          lines: ledger,
        })
      }
    }
    const ledger: LedgerLine[] = []
    if (options.validate) {
      const asker = createAsker({ fetch, sleep: systemClock.sleep })
      const validated = await validate(found, asker, options)
      ledger.push(validated.ledger)
      for (const [connection, collection, item] of taken)
        builder.add(connection, collection, withAnswer(item, validated.answers))
    }
    options.progress('judging')
    const now = systemClock.now()
    const first = builder.build(sources)
    const readings = readingsOf(first, parts.known, now)
    for (const { subject, attribute, before } of readings) builder.remember(subject, attribute, before)
    const estate = readings.some(({ before }) => before.length > 0) ? builder.build(sources) : first
    const findings = toFindings(evaluate(estate, rules, { now })).filter((finding) =>
      options.only.has(finding.detector === undefined ? 'posture' : 'secrets'),
    )
    return { findings, ledger: [...estate.ledger(), ...ledger], readings, interrupted: signal.aborted, estate }
  } finally {
    await places.remove()
  }
}

/** What rules remember of what was read, with what the baseline knows of it; what the baseline alone knows stays known. */
function readingsOf(estate: Estate, known: readonly Reading[], now: Date): Reading[] {
  const readings = new Map(known.map((one) => [`${one.attribute} ${one.subject}`, one]))
  const at = now.toISOString()
  for (const { about, remembers = [] } of rules) {
    if (remembers.length === 0) continue
    for (const { key: subject, type, attributes } of estate.ofKind(about.kind)) {
      if (about.types !== undefined && !about.types.includes(type)) continue
      for (const attribute of remembers) {
        const value = attributes[attribute]
        if (value === undefined) continue
        const id = `${attribute} ${subject}`
        const was = readings.get(id)
        if (was === undefined) readings.set(id, { subject, attribute, value, since: at, before: [] })
        else if (JSON.stringify(was.value) !== JSON.stringify(value))
          readings.set(id, {
            ...was,
            value,
            since: at,
            before: [...was.before, { value: was.value, from: was.since, until: at }],
          })
      }
    }
  }
  return [...readings.values()]
}

/** Where to read. Standard input becomes a file, so that it is read like one, however long it is. */
async function placesOf({
  path,
  history,
  since,
  staged,
  diff,
  probe,
}: ScanOptions): Promise<{ list: Nearby[]; remove(): Promise<void> }> {
  const nothing = async (): Promise<void> => {}
  if (path === '-') {
    const folder = await mkdtemp(join(tmpdir(), 'reeve-stdin-'))
    const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
    try {
      await pipeline(process.stdin, createWriteStream(join(folder, 'stdin'), { mode: 0o600 }))
    } catch (cause) {
      await remove()
      throw new ReeveError('scan/stdin', `reading standard input: ${messageOf(cause)}`, { cause })
    }
    return { list: [{ folder, history: false }], remove }
  }
  const folder = path ?? '.'
  await stat(folder).catch((cause: unknown) => {
    throw new ReeveError('use/no-such-path', `reading ${folder}: there is no such file or folder`, { cause })
  })
  const asking = probe === undefined ? {} : { probe }
  const isChange = staged || diff !== undefined
  const here: Nearby = { folder, history: history && !isChange, ...(since === undefined ? {} : { since }), ...asking }
  return { list: path === undefined && !isChange ? [{ host: true, ...asking }, here] : [here], remove: nothing }
}

async function readersOf({ list }: { list: Nearby[] }): Promise<{ provider: Provider; config: unknown }[]> {
  const readers = []
  for (const place of list) {
    for (const provider of providers) {
      const config = (await provider.nearby?.(place)) ?? null
      if (config !== null) readers.push({ provider, config })
    }
  }
  if (readers.length > 0) return readers
  throw new ReeveError(
    'scan/nothing',
    `nothing here can be read: ${list.map((one) => ('folder' in one ? basename(one.folder) : 'this host')).join(', ')}`,
  )
}

/** Only secrets were asked for: listings that give none need not be read. What is staged or changed can hold nothing else. */
function skipped(provider: Provider, { only, staged, diff }: ScanOptions): ReadonlySet<string> {
  if (only.has('posture') && !staged && diff === undefined) return new Set()
  return new Set((provider.collections ?? []).filter((one) => !one.yields.includes(SECRETS)).map((one) => one.id))
}
