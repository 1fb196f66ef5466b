/** What `reeve import` and `reeve scan --baseline` read: the reports of other scanners, in memory and once. */
import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { baseline, IMPORT_FORMATS, type ImportFormat, importFindings, knownToReport } from './assess/index.ts'
import type { Imported, Reading, Scanned } from './cli/index.ts'
import { type Estate, EstateBuilder } from './graph/index.ts'
import { fingerprinter, type InstallationKey } from './platform/index.ts'
import { createScanner } from './scan/index.ts'
import { Finding, Instant, Json, Key, messageOf, ReeveError } from './sdk/index.ts'

/** A report with more bytes is not read: it has to fit into memory several times. */
const MOST = 256 * 2 ** 20

export async function importReport(
  file: string,
  format: string | undefined,
  key: InstallationKey,
): Promise<Imported & { scanned: Scanned<Estate> }> {
  if (format !== undefined && !isFormat(format))
    throw new ReeveError('use/import-format', `reading --format: '${format}' is none of ${IMPORT_FORMATS.join(', ')}`)
  const imported = importFindings(await textOf(file), file, format, partsOf(key))
  const estate = new EstateBuilder().build([])
  return { ...imported, scanned: { ...imported, ledger: [], readings: [], interrupted: false, estate } }
}

const Former = z.object({ value: Json, from: Instant, until: Instant })
/** What of `scan --json` the next scan goes by; the first versions had no readings. */
const Baseline = z.object({
  findings: Finding.array(),
  readings: z
    .object({ subject: Key, attribute: z.string(), value: Json, since: Instant, before: Former.array() })
    .array()
    .default([]),
})

export interface KnownBefore {
  readings: Reading[]
  isKnown(finding: Finding): boolean
}

/** An earlier `scan --json` or `import --json`, or the report of another scanner. */
export async function readBaseline(file: string, key: InstallationKey): Promise<KnownBefore> {
  try {
    const text = await textOf(file)
    const own = Baseline.safeParse(parsed(text))
    return { readings: own.data?.readings ?? [], isKnown: knownBy(text, file, own.data?.findings, key) }
  } catch (cause) {
    throw new ReeveError(
      'use/baseline',
      `reading the baseline: ${messageOf(cause)}; a baseline is what reeve scan --json prints, or a report of gitleaks, TruffleHog, Kingfisher or in SARIF`,
      { cause },
    )
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a baseline knows: our own findings by what `baseline` goes by, and those of other scanners by value or place. */
function knownBy(
  text: string,
  file: string,
  own: readonly Finding[] | undefined,
  key: InstallationKey,
): (finding: Finding) => boolean {
  const isOwn = baseline(own ?? [])
  const isTheirs = knownToReport(text, file, partsOf(key))
  return (finding) => isOwn(finding) || isTheirs(finding)
}

const isFormat = (text: string): text is ImportFormat => (IMPORT_FORMATS as readonly string[]).includes(text)

function partsOf(key: InstallationKey) {
  const scanner = createScanner()
  const clean = (text: string): string =>
    scanner
      .scan(Buffer.from(text), { file: '' })
      .reduce((rest, { value, redacted }) => rest.replaceAll(value.reveal(), redacted), text)
  return { fingerprint: fingerprinter(key), clean }
}

/** The text of a report; PowerShell writes UTF-16. */
async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > MOST)
      throw new ReeveError(
        'use/import-too-large',
        `reading ${file}: it has ${size} bytes, and at most ${MOST} are read`,
      )
    const bytes = await readFile(file)
    return bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le') : bytes.toString('utf8')
  } catch (cause) {
    if (cause instanceof ReeveError) throw cause
    throw new ReeveError('use/import-unreadable', `reading ${file}: ${messageOf(cause)}`, { cause })
  }
}
