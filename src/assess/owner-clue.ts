/** One reason why a person may be the owner of a thing. */
import type { Edge } from '../sdk/index.ts'
import type { View } from './evaluate.ts'
import type { People } from './owner-names.ts'
import { accountKind } from './rules/standing.ts'

/** Where a reason was read. */
export type Sort =
  | 'tag'
  | 'commits'
  | 'creator'
  | 'control'
  | 'workload'
  | 'place'
  | 'credential'
  | 'login'
  | 'name'
  | 'kin'
  | 'team'

export interface Clue {
  /** The key of a person, or a name of one that nothing describes yet. */
  person: string
  sort: Sort
  weight: number
  says: string
}

/**
 * How much a sort of evidence weighs, set by how often each was right by itself on estates whose truth is known and how easily it
 * goes stale: a tag that names somebody was written to say so; a creator may have moved on, and a platform engineer makes what
 * others answer for; who was there once (a login, a name in a comment) says least. Nothing outweighs two others that agree.
 */
export const WEIGHT = {
  ownerTag: 6,
  source: 6,
  created: 5,
  makerTag: 4,
  committed: 4,
  controls: 3,
  workloadOwner: 5,
  workloadMaker: 2,
  place: 2.5,
  sameCredential: 3,
  keyholder: 2,
  credentialMaker: 2,
  keyComment: 1.5,
  login: 2,
  described: 3,
  named: 3,
  kin: 4,
  lead: 1,
  team: 0.5,
} as const

/** A clue for a person, or for the person behind an account of theirs; nothing for a machine. */
export function* personAt(
  estate: View,
  people: People,
  key: string,
  sort: Sort,
  weight: number,
  says: string,
): Generator<Clue> {
  const entity = estate.get(key)
  if (key.startsWith('person:') || entity?.kind === 'person') yield { person: key, sort, weight, says }
  else if (entity?.kind === 'identity' && accountKind(entity) === 'human') {
    const owners: Edge[] = [...estate.edges(key, 'in', 'owns')]
    const account = entity.attributes['account']
    const person =
      owners.length === 1
        ? owners[0]!.from
        : people.named(typeof account === 'string' ? account : entity.name.split('@')[0]!)?.key
    if (person !== undefined)
      yield { person, sort, weight: weight * 0.8, says: `${says.replace(/\.$/, '')}, as ${entity.name.slice(0, 60)}.` }
  }
}

export const nameAt = (estate: View, key: string): string => (estate.get(key)?.name ?? key).slice(0, 80)
