import { createHmac } from 'node:crypto'
import type { Detection, Ledger, Log, Run, ScannedBlob, ScannedFile } from '../contracts.ts'
import { ReeveError } from '../errors.ts'
import { Sensitive } from '../sensitive.ts'

export interface RecordedLedger extends Ledger {
  readonly refusals: { reason: string; scope: string; permission: string | undefined; count: number }[]
  readonly expected: ReadonlyMap<string, number>
  readonly obtained: ReadonlyMap<string, number>
}

export const recordingLedger = (): RecordedLedger => {
  const expected = new Map<string, number>()
  const obtained = new Map<string, number>()
  const refusals: RecordedLedger['refusals'] = []
  return {
    expected,
    obtained,
    refusals,
    expect: (count, scope = '') => void expected.set(scope, (expected.get(scope) ?? 0) + count),
    obtain: (count, scope = '') => void obtained.set(scope, (obtained.get(scope) ?? 0) + count),
    refuse: (reason, { scope = '', permission, count = 1 } = {}) =>
      void refusals.push({ reason, scope, permission, count }),
  }
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** A run for tests: no network, no log, a fixed key and clock, no detectors unless given. */
export const testRun = (over: Partial<Run> = {}): Run & { ledger: RecordedLedger } => ({
  fetch: (url) => Promise.reject(new ReeveError('outbound/none', `fetching ${url}: this test has no network`)),
  log: silent,
  now: () => new Date('2026-11-24T06:00:00.000Z'),
  signal: new AbortController().signal,
  scan: (): Detection[] => [],
  scanFolder: async function* (): AsyncIterable<ScannedFile> {},
  scanHistory: async function* (): AsyncIterable<ScannedBlob> {},
  fingerprint: (value) =>
    `hmac:${createHmac('sha256', 'a key for tests')
      .update(value instanceof Sensitive ? value.reveal() : value)
      .digest('hex')
      .slice(0, 32)}`,
  ...over,
  ledger: recordingLedger(),
})
