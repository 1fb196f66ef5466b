import { type Collection, messageOf, Refused } from '../sdk/index.ts'
import type { Line } from './ledger.ts'

export interface CollectionResult {
  id: string
  title: string
  yields: readonly string[]
  forgets?: true
  /**
   * complete: all of it was read. partial: parts were refused or are missing. refused: the source does not let us list it.
   * failed: the listing broke off. cancelled: the run was ended before it was done.
   */
  state: 'complete' | 'partial' | 'refused' | 'failed' | 'cancelled'
  lines: Line[]
  entities: number
  identities: number
  edges: number
}

/** What a collection has given so far. */
export interface CollectionProgress {
  id: string
  title: string
  state: 'waiting' | 'running' | CollectionResult['state']
  obtained: number
  expected: number | null
  refused: number
  reason: string | null
  entities: number
  identities: number
  edges: number
}

/** A collection that was not begun: cancelled, or the connection could not be made. */
export function unread(
  collection: Pick<Collection<never>, 'id' | 'title' | 'yields'>,
  error: unknown,
): CollectionResult {
  const { id, title, yields } = collection
  const none = { id, title, yields, entities: 0, identities: 0, edges: 0 }
  if (error === undefined) return { ...none, state: 'cancelled', lines: linesWith([], 'the run was cancelled') }
  return {
    ...none,
    state: error instanceof Refused ? 'refused' : 'failed',
    lines: linesWith([], messageOf(error), permissionOf(error)),
  }
}

/** The lines, with one refusal of the whole. */
export function linesWith(lines: Line[], reason: string, permission: string | null = null): Line[] {
  const whole = lines.find((line) => line.scope === '') ?? {
    scope: '',
    expected: null,
    obtained: 0,
    refused: 0,
    reason: null,
    permission: null,
  }
  const missing = whole.expected === null ? 1 : Math.max(1, whole.expected - whole.obtained - whole.refused)
  const said = {
    ...whole,
    refused: whole.refused + missing,
    reason: whole.reason === null ? reason : `${reason}; ${whole.reason}`,
    permission: permission ?? whole.permission,
  }
  return [said, ...lines.filter((line) => line.scope !== '')]
}

export const permissionOf = (error: unknown): string | null =>
  error instanceof Refused ? (error.permission ?? null) : null

export const waiting = (id: string, title: string): CollectionProgress => ({
  id,
  title,
  state: 'waiting',
  obtained: 0,
  expected: null,
  refused: 0,
  reason: null,
  entities: 0,
  identities: 0,
  edges: 0,
})

export const stateOf = ({
  id,
  title,
  state,
  lines,
  entities,
  identities,
  edges,
}: CollectionResult): CollectionProgress => ({
  id,
  title,
  state,
  ...progressOf(lines),
  entities,
  identities,
  edges,
})

export function progressOf(lines: readonly Line[]) {
  const told = lines.filter((line) => line.expected !== null)
  return {
    obtained: lines.reduce((sum, line) => sum + line.obtained, 0),
    expected: told.length === 0 ? null : told.reduce((sum, line) => sum + line.expected!, 0),
    refused: lines.reduce((sum, line) => sum + line.refused, 0),
    reason: lines.find((line) => line.reason !== null)?.reason ?? null,
  }
}
