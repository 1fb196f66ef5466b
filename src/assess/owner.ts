import type { Entity, Place, Surroundings } from '../sdk/index.ts'
import { outOfForce } from './rules/standing.ts'

export interface Suggested {
  person: string
  name: string
  /** Strongest first. */
  because: string[]
}

/** How much a sort of evidence weighs beside the others. */
const WEIGHT = { created: 5, committed: 4, controls: 3, account: 3, keyholder: 2, wrote: 2 } as const

/** The living people who answer for it. */
export const accountable = (estate: Surroundings, key: string): Entity[] =>
  [...estate.edges(key, 'in', 'owns')].flatMap((edge) => {
    const person = estate.get(edge.from)
    return person && !outOfForce(person) ? [person] : []
  })

/**
 * The person who most probably answers for a thing, from evidence alone: who made it, who wrote the lines that concern it, who
 * may change it, whose account owns it. Null where no evidence names a living person. Never an accountable owner by itself.
 */
export function suggestOwner(estate: Surroundings, entity: Entity, places: readonly Place[] = []): Suggested | null {
  const people = new Map<string, { name: string; weight: number; because: string[] }>()
  const say = (key: string, weight: number, because: string): void => {
    const person = estate.get(key)
    if (!key.startsWith('person:') && person?.kind !== 'person') return
    if (person && outOfForce(person)) return
    const known = people.get(key) ?? { name: person?.name ?? key.slice(key.indexOf(':') + 1), weight: 0, because: [] }
    people.set(key, known)
    if (known.because.includes(because)) return
    known.weight += weight
    known.because.push(because)
  }
  for (const edge of estate.edges(entity.key, 'in', 'created')) say(edge.from, WEIGHT.created, 'Made it.')
  for (const [author, count] of authors(estate, entity, places)) {
    say(
      author,
      WEIGHT.committed + count / 100,
      count === 1 ? 'Committed the line that concerns it.' : `Committed ${count} of the lines that concern it.`,
    )
  }
  for (const edge of estate.edges(entity.key, 'in', 'controls'))
    say(edge.from, WEIGHT.controls, 'May change it at its source.')
  const owner = entity.attributes['owner']
  if (typeof owner === 'string' && owner.includes('@'))
    say(`person:${owner.toLowerCase()}`, WEIGHT.account, `Its source names ${owner.slice(0, 80)} as owner.`)
  for (const edge of estate.edges(entity.key, 'in', 'authenticates')) {
    for (const other of estate.edges(edge.from, 'out', 'authenticates')) {
      say(other.to, WEIGHT.keyholder, 'Holds a credential that also proves it.')
      for (const person of estate.edges(other.to, 'in', 'owns'))
        if (other.to !== entity.key)
          say(person.from, WEIGHT.account, `Answers for ${nameAt(estate, other.to)}, which has the same credential.`)
    }
    for (const maker of estate.edges(edge.from, 'in', 'created'))
      say(maker.from, WEIGHT.wrote, 'Made one of its credentials.')
  }
  for (const edge of estate.edges(entity.key, 'in', 'runs-as')) {
    for (const verb of ['owns', 'created', 'controls'] as const) {
      for (const person of estate.edges(edge.from, 'in', verb))
        say(
          person.from,
          verb === 'owns' ? WEIGHT.account : WEIGHT.wrote,
          `${WORD[verb]} ${nameAt(estate, edge.from)}, which runs as it.`,
        )
    }
  }
  for (const edge of estate.edges(entity.key, 'in', 'contains')) {
    for (const person of estate.edges(edge.from, 'in', 'owns'))
      say(person.from, WEIGHT.wrote, `Answers for ${nameAt(estate, edge.from)}, which contains it.`)
  }
  const best = [...people].sort(([a, one], [b, other]) => other.weight - one.weight || (a < b ? -1 : 1))[0]
  return best ? { person: best[0], name: best[1].name, because: best[1].because } : null
}

const WORD = { owns: 'Answers for', created: 'Made', controls: 'May change' } as const

const nameAt = (estate: Surroundings, key: string): string => (estate.get(key)?.name ?? key).slice(0, 80)

/** Whose lines they are, by address: from the finding's places, else from the secrets that hold the credential. */
function authors(estate: Surroundings, entity: Entity, places: readonly Place[]): Map<string, number> {
  const counts = new Map<string, number>()
  const count = (author: unknown): void => {
    const address = typeof author === 'string' ? /[^\s<>@]+@[^\s<>@]+/.exec(author)?.[0] : undefined
    if (address === undefined) return
    const key = `person:${address.toLowerCase()}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  for (const { author } of places) count(author)
  if (counts.size === 0 && entity.kind === 'credential') {
    for (const edge of estate.edges(entity.key, 'in', 'holds')) count(estate.get(edge.from)?.attributes['author'])
  }
  if (entity.kind === 'secret') count(entity.attributes['author'])
  return counts
}
