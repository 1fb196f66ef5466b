/** What a paper says beside the findings: the first page for those who decide, and the standards with their evidence. */
import { day } from '../rules/standing.ts'
import type { PostureReport } from './posture.ts'

export interface PaperNumber {
  says: string
  count: number
  of: number | null
  /** The address in the console that lists the rows. */
  href: string
}

export interface PaperExecutive {
  bar: { asked: number; obtained: number; refused: number; stale: number; percent: number | null }
  sources: {
    connection: string
    title: string
    state: string
    bar: { asked: number; obtained: number; refused: number; stale: number }
    lastRead: string | null
  }[]
  volume: PaperNumber[]
  risk: PaperNumber[]
  since: string | null
  reduced: PaperNumber[]
  trend: { at: string; machines: number; known: number; severe: number }[]
}

export type PaperState = 'met' | 'not-met' | 'unknown' | 'not-applicable'

export interface PaperEvidence {
  id: string
  says: string
  reads: string
  state: PaperState
  rules: { id: string; asked: boolean }[]
  facts: string[]
  judged: string | null
  read: string | null
  partial: boolean
  sources: {
    connection: string
    collection: string
    read: string
    complete: boolean
    obtained: number
    refused: number
    reason: string | null
    permission: string | null
  }[]
  findings: { q: string; count: number } | null
  open: { q: string; count: number } | null
}

export interface PaperFramework {
  framework: {
    id: string
    title: string
    version: string
    publisher: string
    url: string
    controls: { met: number; notMet: number; unknown: number; notApplicable: number }
  }
  controls: {
    id: string
    title: string
    asks: string
    beside: string | null
    state: PaperState
    because: string
    evidence: PaperEvidence[]
  }[]
}

export interface Paper extends PostureReport {
  executive: PaperExecutive | null
  frameworks: PaperFramework[]
}

export const STATE_WORDS: Readonly<Record<PaperState, string>> = {
  met: 'met',
  'not-met': 'not met',
  unknown: 'unknown',
  'not-applicable': 'not applicable',
}

/** The page of a control in the console, and the rows of one of its states there. */
export const rowsAddress = (framework: string, control: string, evidence?: string, state?: PaperState): string =>
  `/reports/${framework}?${new URLSearchParams({ control, ...(evidence ? { evidence } : {}), ...(state ? { state } : {}) })}`

/** `24 November 2026, 06:00 UTC`. */
export const moment = (at: string): string => `${day(Date.parse(at))}, ${at.slice(11, 16)} UTC`

/** 4 079, with a thin space. */
export const figure = (n: number): string => String(n).replaceAll(/\B(?=(\d{3})+$)/g, '\u202f')

export const counted = (n: number, one: string, many = `${one}s`): string => `${figure(n)} ${n === 1 ? one : many}`

/** The sentence that a report begins with. */
export function answerOf({ open, unknown, estate }: Pick<PostureReport, 'open' | 'unknown' | 'estate'>): string {
  const total = Object.values(open).reduce((sum, count) => sum + count, 0)
  const found =
    total === 0
      ? `Nothing is known to be wrong with ${counted(estate.identities, 'identity', 'identities')}`
      : `${counted(total, 'finding')} ${total === 1 ? 'is' : 'are'} open`
  return unknown === 0
    ? `${found}.`
    : `${found}; ${counted(unknown, 'verdict')} could not be reached and ${unknown === 1 ? 'is' : 'are'} not counted as passed.`
}

/** Where the rows are, to be read and typed: `/findings with severity:critical`. */
export function rowsSay(href: string): string {
  const { pathname, searchParams } = new URL(href, 'http://console')
  const words = searchParams.get('q')
  return words ? `${pathname} with ${words}` : pathname
}

/** When an item of evidence is of, and on what it leans, in a sentence. */
export function datedOf({ judged, read, sources, partial }: PaperEvidence): string {
  if (judged === null) return 'It was not judged yet.'
  if (read === null) return `Judged ${moment(judged)}. No listing that was read bears on it.`
  const missing = sources.filter(({ complete }) => !complete)
  const whole = partial
    ? `${counted(missing.length, 'listing')} of ${figure(sources.length)} ${missing.length === 1 ? 'was' : 'were'} not read whole`
    : `all ${counted(sources.length, 'listing')} it leans on ${sources.length === 1 ? 'was' : 'were'} read whole`
  return `Judged ${moment(judged)}, on what was read from ${moment(read)} on; ${whole}.`
}
