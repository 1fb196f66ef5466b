/** How rules read the standing of an entity: is it in force, whose is it, since when. */
import type { Entity, Known, Neighbour } from '../../sdk/index.ts'

const DAY = 86_400_000
const OVER: ReadonlySet<unknown> = new Set([
  'disabled',
  'inactive',
  'revoked',
  'suspended',
  'deprovisioned',
  'deleted',
  'expired',
])

/** Why the entity is out of force (a finished fix, never to stay red), in a word; null when it is in force. */
export function outOfForce(entity: Entity): string | null {
  const { disabled, enabled, revoked, suspended, status, employment } = entity.attributes
  if (entity.kind === 'person' && employment === 'left') return 'marked as left'
  if (revoked === true) return 'revoked'
  if (suspended === true) return 'suspended'
  if (disabled === true || enabled === false) return 'disabled'
  return typeof status === 'string' && OVER.has(status.toLowerCase()) ? status.toLowerCase() : null
}

/** The moment of a known instant in milliseconds; null when it is unknown, cannot exist or is not a date. */
export function momentOf(known: Known<string> | undefined): number | null {
  if (known === undefined || !('value' in known)) return null
  const moment = Date.parse(known.value)
  return Number.isNaN(moment) ? null : moment
}

export const daysBetween = (from: number, to: number): number => Math.floor((to - from) / DAY)

/** Why an attribute is not known. */
export function whyUnknown(what: string, known: Known<unknown> | undefined): { reason: string; permission?: string } {
  if (known === undefined) return { reason: `the source does not report ${what}` }
  if ('unknown' in known) {
    const reason = `${what} is not known: ${known.unknown}`
    return known.permission === undefined ? { reason } : { reason, permission: known.permission }
  }
  return { reason: `${what} is not a date` }
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** `3 October 2026`, in UTC. */
export function day(moment: number): string {
  const date = new Date(moment)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

export const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`)

/** As `list` of what they are called, for which only those that are shown are looked at. */
export const listOf = (ends: readonly Neighbour[], called: (end: Neighbour) => string = nameOf, most = 4): string =>
  ends.length > most
    ? `${ends
        .slice(0, most - 1)
        .map(called)
        .join(', ')} and ${ends.length - most + 1} more`
    : list(ends.map(called), most)

/** A name fit for a sentence: one line, at most 80 characters. */
export function nameOf(of: Entity | Neighbour): string {
  const name = 'name' in of ? of.name : (of.entity?.name ?? of.key)
  const line = isPlain(name) ? name : name.replaceAll(/\s+/g, ' ').trim() || of.key
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}

/** Visible ASCII and single blanks between: nearly every name, and told apart faster than by a pattern. */
function isPlain(name: string): boolean {
  let blank = true
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at)
    if (code < 32 || code > 126 || (code === 32 && blank)) return false
    blank = code === 32
  }
  return !blank
}

/** `a, b and c`; beyond `most` names the rest is counted. */
export function list(names: readonly string[], most = 4): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** Who acts through it: what a person said of it, else what its source can tell. A person is always human. */
export function accountKind(entity: Entity): 'service' | 'system' | 'human' | 'unknown' | undefined {
  if (entity.kind === 'person') return 'human'
  const kind = entity.attributes['accountKindConfirmed'] ?? entity.attributes['accountKind']
  return kind === 'service' || kind === 'system' || kind === 'human' || kind === 'unknown' ? kind : undefined
}

const EMERGENCY = /\b(break[- _]?glass|emergenc(y|ies)|disaster[- _]?recovery)\b/i

/** Does its source, or a tag, say that it waits for an emergency? A name alone says nothing: names are cheap. */
export function forEmergencies({ attributes }: Entity): boolean {
  const { purpose, tags } = attributes
  if (typeof purpose === 'string') return EMERGENCY.test(purpose)
  if (tags === null || typeof tags !== 'object' || Array.isArray(tags)) return false
  return Object.entries(tags).some(([name, value]) => /purpose$/i.test(name) && EMERGENCY.test(String(value)))
}

/** Is it known to have been used since the moment? */
export function inUseSince({ entity }: Neighbour, since: number): boolean {
  const used = entity === null ? null : momentOf(entity.lastUsed)
  return used !== null && used >= since
}

/** A credential of nothing but what waits for an emergency. */
export const keptForEmergencies = (proved: readonly Neighbour[]): boolean =>
  proved.length > 0 && proved.every(({ entity }) => entity !== null && forEmergencies(entity))

/** Whoever holds it holds more than its own things. */
export function isPrivileged(entity: Entity | null): boolean {
  if (entity === null) return false
  const { privileged, admin } = entity.attributes
  return entity.tier === 0 || privileged === true || admin === true
}
