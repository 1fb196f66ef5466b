/**
 * How many of the labelled secrets are found, and what is reported besides: `bench/accuracy.ts DIR`, where DIR holds `secrets/` with one folder
 * (`labels.json` and `files/`) or one file of examples for each set. One line of JSON per set; a table for people on standard error.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createScanner } from '../src/scan/index.ts'

interface Finding {
  line: number
  said: string
  value: string
}

interface Score {
  found: number
  labelled: number
  /** Reports where the labels say there is nothing. */
  surplus: number
}

interface Example {
  ruleId: string
  examples: string[]
  negatives: string[]
}
interface Row {
  file: string
  lineStart: number
  lineEnd: number
  label: 'T' | 'F'
  scored: boolean
}
type Labels =
  | { mode: 'counts'; files: Record<string, { risk: number; informative: number }> }
  | {
      mode: 'findings'
      files: string[]
      findings: { file: string; lines: { line: number }[] }[]
      disputed?: { file: string; line: number }[]
    }
  | { mode: 'cases'; cases: { file: string; secret: boolean; scored: boolean }[] }
  | { mode: 'rows'; rows: Row[] }

/** What the best of the peers finds of the same set (design/performance.md, Peers); sets that nobody measured have none. */
const PEERS: Record<string, { found: number; labelled: number }> = {
  'leaky-repo': { found: 37, labelled: 96 },
  credsweeper: { found: 91, labelled: 251 },
  'kingfisher-examples': { found: 519, labelled: 716 },
  secretlint: { found: 49, labelled: 62 },
}

const scanner = createScanner()
const findingsIn = (bytes: Uint8Array, file: string): Finding[] =>
  scanner
    .scan(bytes, { file })
    .map(({ line, detector, provider, value }) => ({ line, said: `${detector} ${provider}`, value: value.reveal() }))

const linesOf = (findings: readonly Finding[] | undefined): Set<number> =>
  new Set((findings ?? []).map(({ line }) => line))

const scoreCounts = (labels: Extract<Labels, { mode: 'counts' }>, all: Map<string, Finding[]>): Score => {
  const score = { found: 0, labelled: 0, surplus: 0 }
  for (const [file, { risk, informative }] of Object.entries(labels.files)) {
    const lines = linesOf(all.get(file)).size
    score.labelled += risk
    score.found += Math.min(lines, risk)
    score.surplus += Math.max(0, lines - risk - informative)
  }
  for (const [file, findings] of all) if (labels.files[file] === undefined) score.surplus += linesOf(findings).size
  return score
}

const scoreFindings = (labels: Extract<Labels, { mode: 'findings' }>, all: Map<string, Finding[]>): Score => {
  const known = new Set((labels.disputed ?? []).map(({ file, line }) => `${file} ${line}`))
  for (const { file, lines } of labels.findings) for (const { line } of lines) known.add(`${file} ${line}`)
  const found = labels.findings.filter(({ file, lines }) =>
    lines.some(({ line }) => linesOf(all.get(file)).has(line)),
  ).length
  let surplus = 0
  for (const file of labels.files)
    for (const line of linesOf(all.get(file))) if (!known.has(`${file} ${line}`)) surplus++
  return { found, labelled: labels.findings.length, surplus }
}

const scoreCases = (labels: Extract<Labels, { mode: 'cases' }>, all: Map<string, Finding[]>): Score => {
  const scored = labels.cases.filter((one) => one.scored)
  const secret = scored.filter((one) => one.secret)
  return {
    found: secret.filter(({ file }) => all.has(file)).length,
    labelled: secret.length,
    surplus: scored.filter((one) => !one.secret && all.has(one.file)).length,
  }
}

const scoreRows = (labels: Extract<Labels, { mode: 'rows' }>, all: Map<string, Finding[]>): Score => {
  const rows = labels.rows.filter(({ scored }) => scored)
  const covered = ({ file, lineStart, lineEnd }: Row): boolean =>
    (all.get(file) ?? []).some(({ line }) => line >= lineStart && line <= lineEnd)
  const real = rows.filter(({ label }) => label === 'T')
  const unreal = rows.filter(
    (row) =>
      row.label === 'F' &&
      !real.some(
        (other) => other.file === row.file && other.lineStart <= row.lineEnd && row.lineStart <= other.lineEnd,
      ),
  )
  return { found: real.filter(covered).length, labelled: real.length, surplus: unreal.filter(covered).length }
}

const scoreFolder = (folder: string): Score => {
  const labels = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8')) as Labels
  const all = new Map<string, Finding[]>()
  const base = join(folder, 'files')
  for (const file of readdirSync(base, { recursive: true, encoding: 'utf8' })) {
    if (!statSync(join(base, file)).isFile()) continue
    const findings = findingsIn(readFileSync(join(base, file)), file)
    if (findings.length > 0) all.set(file, findings)
  }
  switch (labels.mode) {
    case 'counts':
      return scoreCounts(labels, all)
    case 'findings':
      return scoreFindings(labels, all)
    case 'cases':
      return scoreCases(labels, all)
    case 'rows':
      return scoreRows(labels, all)
  }
}

const scoreExamples = (file: string): Score => {
  const score = { found: 0, labelled: 0, surplus: 0 }
  for (const { ruleId, examples, negatives } of JSON.parse(readFileSync(file, 'utf8')) as Example[]) {
    for (const [kind, texts] of [
      ['example', examples],
      ['negative', negatives],
    ] as const) {
      for (const [index, text] of texts.entries()) {
        const reported = findingsIn(Buffer.from(text), `${ruleId}/${kind}/${index}`).length > 0
        if (kind === 'example') {
          score.labelled++
          if (reported) score.found++
        } else if (reported) score.surplus++
      }
    }
  }
  return score
}

const isExamples = (file: string): boolean => {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return Array.isArray(parsed) && parsed.every((one) => Array.isArray((one as Partial<Example>).examples))
}

const folder = process.argv.slice(2).find((word) => !word.startsWith('--'))
const sets = folder === undefined ? '' : existsSync(join(folder, 'secrets')) ? join(folder, 'secrets') : folder
if (folder === undefined || !existsSync(sets)) {
  console.error(
    `bench accuracy: skipped, ${folder === undefined ? 'no folder of labelled data was named' : `there is no ${sets}`}`,
  )
  process.exit(0)
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((1000 * part) / whole) / 1000)
let holds = true
const table: string[] = []
for (const entry of readdirSync(sets).sort()) {
  const path = join(sets, entry)
  const name = basename(entry, '.json')
  const isFolder = existsSync(join(path, 'labels.json'))
  if (!isFolder && !(entry.endsWith('.json') && isExamples(path))) continue
  const { found, labelled, surplus } = isFolder ? scoreFolder(path) : scoreExamples(path)
  const peer = PEERS[name]
  const recall = share(found, labelled)
  const theirs = peer === undefined ? null : share(peer.found, peer.labelled)
  const ratio = theirs === null ? null : Math.round((100 * recall) / theirs) / 100
  const line = {
    claim: `accuracy ${name}`,
    what: 'share of the labelled secrets that is found; theirs: the best of the peers',
    ours: recall,
    theirs,
    unit: 'recall',
    ratio,
    floor: 1,
    holds: ratio === null || ratio >= 1,
    exact: true,
    recall,
    precision: share(found, found + surplus),
    found,
    labelled,
    surplus,
  }
  holds &&= line.holds
  console.log(JSON.stringify(line))
  table.push(
    `${name.padEnd(24)} ${String(found).padStart(5)} of ${String(labelled).padEnd(5)} recall ${recall.toFixed(3)}  precision ${line.precision.toFixed(3)}  surplus ${surplus}${ratio === null ? '' : `  peers x ${ratio}`}`,
  )
}
console.error(table.join('\n'))
process.exit(holds ? 0 : 1)
