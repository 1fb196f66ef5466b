/** What `reeve scan --validate` adds: the secrets that one scan finds are kept in memory until their services were asked. */
import { type Asked, type Asker, LIVE_CHECKS } from './scan/index.ts'
import type { Detection, Edge, Entity, LedgerLine, Run, Sensitive } from './sdk/index.ts'

/** More than these are not asked about in one scan; the ledger says so. */
const MOST = 500
const AT_ONCE = 8

interface Found {
  detector: string
  value: Sensitive
}

/** The same run, which remembers what it handed on, by fingerprint. */
export function remembering<R extends Omit<Run, 'ledger'>>(run: R): { run: R; found: Map<string, Found> } {
  const found = new Map<string, Found>()
  const take = (detections: readonly Detection[]): void => {
    for (const { detector, value } of detections) {
      if (!LIVE_CHECKS.has(detector)) continue
      const fingerprint = run.fingerprint(value)
      if (!found.has(fingerprint)) found.set(fingerprint, { detector, value })
    }
  }
  async function* each<T extends { detections: Detection[] }>(parts: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const part of parts) {
      take(part.detections)
      yield part
    }
  }
  return {
    found,
    run: {
      ...run,
      scan: (bytes, place) => {
        const detections = run.scan(bytes, place)
        take(detections)
        return detections
      },
      scanFolder: (path, options) => each(run.scanFolder(path, options)),
      scanHistory: (repository, options) => each(run.scanHistory(repository, options)),
    },
  }
}

export interface Validated {
  /** By fingerprint. */
  answers: Map<string, Asked>
  ledger: LedgerLine
}

/** Asks the services of all secrets, several services at once; an abort leaves the rest not asked. */
export async function validate(
  found: ReadonlyMap<string, Found>,
  asker: Asker,
  { signal, progress }: { signal: AbortSignal; progress(text: string): void },
): Promise<Validated> {
  const answers = new Map<string, Asked>()
  const waiting = [...found].slice(0, MOST)
  const all = waiting.length
  let refused = found.size - all
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [fingerprint, { detector, value }] = next
      if (signal.aborted) {
        refused++
        continue
      }
      const asked = await asker.ask(detector, value, signal).catch((error: unknown) => {
        if (signal.aborted) return null
        throw error
      })
      if (asked === null) refused++
      else answers.set(fingerprint, asked)
      progress(`asking services whether keys work: ${answers.size} of ${all}`)
    }
  })
  await Promise.all(workers)
  return {
    answers,
    ledger: {
      connection: 'services',
      collection: 'validation',
      scope: '',
      expected: found.size,
      obtained: answers.size,
      refused,
      reason:
        refused === 0
          ? null
          : signal.aborted
            ? 'it was interrupted'
            : `more than ${MOST} keys are not asked about in one scan`,
      permission: null,
      since: null,
    },
  }
}

/** The credential with what its service said. */
export function withAnswer(item: Entity | Edge, answers: ReadonlyMap<string, Asked>): Entity | Edge {
  if (!('kind' in item) || item.kind !== 'credential' || item.fingerprint === undefined) return item
  const asked = answers.get(item.fingerprint) ?? { live: 'not-asked', says: null }
  return {
    ...item,
    attributes: { ...item.attributes, live: asked.live, ...(asked.says !== null && { liveSays: asked.says }) },
  }
}
