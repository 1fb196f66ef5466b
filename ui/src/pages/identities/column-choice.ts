/** Which columns the inventory shows, in which order and how wide: a part of the address, and so of a view. */
import type { Kind } from '../../nouns.ts'

/** What each kind is asked about most; what cannot exist for it has no column. */
const OF_KIND: Record<Kind, readonly string[]> = {
  identity: ['verdict', 'name', 'type', 'where', 'owner', 'lastUsed', 'age', 'reach'],
  workload: ['verdict', 'name', 'type', 'where', 'owner', 'lastUsed', 'reach', 'findings'],
  credential: ['verdict', 'name', 'type', 'where', 'owner', 'lastUsed', 'age', 'expires'],
  secret: ['verdict', 'name', 'type', 'where', 'owner', 'environment', 'findings'],
  person: ['verdict', 'name', 'where', 'findings'],
  entitlement: ['verdict', 'name', 'type', 'where', 'owner', 'reach', 'findings'],
  resource: ['verdict', 'name', 'type', 'where', 'owner', 'environment', 'findings'],
}
/** What may be added to those of the kind. */
const MORE: Record<Kind, readonly string[]> = {
  identity: [
    'expires',
    'findings',
    'environment',
    'account',
    'credentials',
    'created',
    'firstSeen',
    'sources',
    'labels',
  ],
  workload: ['environment', 'created', 'firstSeen', 'sources', 'labels'],
  credential: ['findings', 'environment', 'created', 'firstSeen', 'sources', 'labels'],
  secret: ['created', 'expires', 'firstSeen', 'sources', 'labels'],
  person: ['created', 'firstSeen', 'sources'],
  entitlement: ['environment', 'created', 'firstSeen', 'sources', 'labels'],
  resource: ['created', 'firstSeen', 'sources', 'labels'],
}

export interface Chosen {
  id: string
  /** In pixels, where it has a width of its own. */
  width: number | null
}

/** All that a kind can show, those it shows unasked first. */
export const columnsFor = (kind: Kind): readonly string[] => [...OF_KIND[kind], ...MORE[kind]]

/** `name:320,owner` of an address; those of the kind where it says nothing. What a row is called always stands in it. */
export function chosenColumns(text: string, kind: Kind): readonly Chosen[] {
  const known = new Set(columnsFor(kind))
  const asked = text
    .split(',')
    .map((part) => part.split(':'))
    .flatMap(([id = '', width]) => (known.delete(id) ? [{ id, width: width ? Number(width) : null }] : []))
  if (asked.length === 0) return OF_KIND[kind].map((id) => ({ id, width: null }))
  return asked.some(({ id }) => id === 'name') ? asked : [{ id: 'name', width: null }, ...asked]
}

/** What the address says of them: nothing for those of the kind. */
export function columnsText(columns: readonly Chosen[], kind: Kind): string | null {
  const text = columns.map(({ id, width }) => (width === null ? id : `${id}:${width}`)).join(',')
  return text === OF_KIND[kind].join(',') ? null : text
}
