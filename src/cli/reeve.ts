/** What the command line needs of the rest of Reeve; `main.ts` gives it, each part loaded only when it is asked for. */
import type { Finding, Former, Instant, JsonValue, LedgerLine } from '../sdk/index.ts'
import type { Api } from './api.ts'

export interface Running {
  address: string
  /** The one-time admin link, when nobody can sign in yet. */
  link: string | undefined
  /** What is being read for the first time, in words. */
  reading: string[]
  /** Resolves when the server has stopped by itself. */
  stopped: Promise<void>
  stop(): Promise<void>
}

export interface UpOptions {
  port?: number
  data?: string
  /** Load the invented estate, and read nothing that stands nearby. */
  demo?: boolean
}

export interface ScanOptions {
  /** A folder, a repository, one file, `-` for standard input; undefined for this host and the folder one stands in. */
  path: string | undefined
  history: boolean
  only: ReadonlySet<'secrets' | 'posture'>
  since: string | undefined
  staged: boolean
  /** `base..head`: what this change brings in, and nothing else. */
  diff: string | undefined
  /** Archives are opened, within this many bytes each where it is given. */
  archives: boolean
  maxArchiveBytes: number | undefined
  /** MCP servers that are configured there are asked for their tools: over HTTP, or the programs too. */
  probe: 'remote' | 'all' | undefined
  /** Services are asked whether the keys that were found work. */
  validate: boolean
  /** An earlier `scan --json`: what it read is what rules remember. */
  baseline: string | undefined
  signal: AbortSignal
  progress(text: string): void
}

/** The value of an attribute that a rule remembers, since when it stood, and what it was before. */
export interface Reading {
  subject: string
  attribute: string
  value: JsonValue
  since: Instant
  before: Former[]
}

export interface Scanned<Estate = unknown> {
  findings: Finding[]
  ledger: LedgerLine[]
  /** For the scan that takes this one as its baseline. */
  readings: Reading[]
  /** Was it stopped before its end? */
  interrupted: boolean
  /** What was read; for the report. */
  estate: Estate
}

/** What of another scanner's report became findings, and what did not. */
export interface Imported {
  format: string
  findings: Finding[]
  items: number
  taken: number
  left: { at: string; why: string }[]
  whole: boolean
}

/** Why something in a file is a finding, or none. */
export interface Explained {
  line: number
  column: number
  detector: string
  title: string
  redacted: string
  isFinding: boolean
  because: string
}

export interface Check {
  what: string
  ok: boolean
  detail: string
  fix?: string
}

export interface Reeve<Estate = unknown> {
  version: string
  up(options: UpOptions): Promise<Running>
  /** The running server of this data folder, `REEVE_URL`, or one started for this command. */
  api(): Promise<Api>
  scan(options: ScanOptions): Promise<Scanned<Estate>>
  /** Findings that `baseline` (an earlier `scan --json`, or the report of another scanner) does not hold. */
  newSince(findings: readonly Finding[], baseline: string): Promise<Finding[]>
  /** The report of another scanner as findings; the format is told from what is in the file when it is not given. */
  importReport(file: string, format: string | undefined): Promise<Imported & { scanned: Scanned<Estate> }>
  /** Each thing that a detector looked at in a file, or on one line of it, with what became of it. */
  explain(file: string, line: number | undefined): Promise<Explained[]>
  csv(findings: readonly Finding[]): Promise<string>
  sarif(scanned: Pick<Scanned<Estate>, 'findings' | 'ledger'>): Promise<unknown>
  html(scanned: Scanned<Estate>, title: string): Promise<string>
  doctor(): Promise<Check[]>
  explainConfig(): { key: string; value: string; from: string; default: string; description: string }[]
  /** What is true of each identity of the invented estate. */
  labels(asked: { size?: number; seed?: number; day?: string }): Promise<object>
  verifyAudit(): Promise<{ ok: boolean; says: string; entries: number }>
  backup(file: string, passphrase: string | undefined): Promise<{ says: string }>
  restore(file: string, passphrase: string | undefined): Promise<{ says: string }>
  adminLink(): Promise<string>
  /** What ships, and the installation's own rules where its database can be had. */
  rules(): Promise<{ id: string; title: string; severity: string; owasp: readonly string[] }[]>
}
