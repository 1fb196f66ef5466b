/** What commits tell: whose lines a thing is made of, and who works on the repository that declares it. */
import type { Entity, Place } from '../sdk/index.ts'
import type { View } from './evaluate.ts'
import { type Clue, WEIGHT } from './owner-clue.ts'
import { tagsOf } from './owner-kin.ts'

const REPOSITORY_TAG = /^(?:[a-z0-9.-]+[:/])?(?:repo|repository|source|git[-_]?repo(?:sitory)?)$/i

/** Whose lines they are: of the places at hand, of the secrets that hold it, and of the repository that declares it. */
export function* committed(estate: View, entity: Entity, places: readonly Place[]): Generator<Clue> {
  for (const [person, count] of authors(estate, entity, places))
    yield {
      person,
      sort: 'commits',
      weight: WEIGHT.committed + count / 100,
      says: count === 1 ? 'Committed the line that concerns it.' : `Committed ${count} of the lines that concern it.`,
    }
  for (const repository of repositoriesOf(estate, entity)) yield* committers(estate, repository)
}

export function* committers(estate: View, { key, name }: Entity): Generator<Clue> {
  const edges = [...estate.edges(key, 'in', 'created')].flatMap((edge) => {
    const { commits, lastCommit } = edge.attributes ?? {}
    return typeof commits === 'number' ? [{ person: edge.from, commits, last: Date.parse(String(lastCommit)) }] : []
  })
  const newest = Math.max(...edges.map(({ last }) => last || 0))
  // Who has not committed for a year while others have hardly answers for it still.
  const alive = edges.map((one) => ({
    ...one,
    weight: one.last < newest - 365 * 86_400_000 ? one.commits / 4 : one.commits,
  }))
  const all = alive.reduce((sum, { weight }) => sum + weight, 0)
  for (const { person, commits, weight } of alive)
    if (weight > all / 10)
      yield {
        person,
        sort: 'commits',
        weight: (WEIGHT.committed * weight) / all,
        says: `Made ${commits} commits to ${name.slice(0, 60)}, which declares it.`,
      }
}

/** The repositories that contain the declaration, or that a tag names. */
export function repositoriesOf(estate: View, entity: Entity): Entity[] {
  const found = new Map<string, Entity>()
  const look = (key: string): void => {
    const one = estate.get(key)
    if (one?.kind === 'resource') found.set(one.key, one)
  }
  for (const { from } of estate.edges(entity.key, 'in', 'contains')) look(from)
  for (const [name, value] of tagsOf(entity))
    if (REPOSITORY_TAG.test(name)) for (const key of namedResources(estate).get(lastPart(value)) ?? []) look(key)
  return [...found.values()]
}

const lastPart = (path: string): string =>
  path
    .replace(/\.git$/, '')
    .split('/')
    .at(-1)!
    .toLowerCase()

const repositories = new WeakMap<View, Map<string, string[]>>()

/** Repositories by the last part of their name. */
function namedResources(estate: View): Map<string, string[]> {
  let known = repositories.get(estate)
  if (known === undefined) {
    known = new Map()
    for (const { kind, type, key, name } of estate.entities()) {
      if (kind !== 'resource' || !/repository|project$/.test(type)) continue
      const part = lastPart(name)
      known.set(part, [...(known.get(part) ?? []), key])
    }
    repositories.set(estate, known)
  }
  return known
}

/** By address: from the finding's places, else from the secrets that hold the credential. */
function authors(estate: View, entity: Entity, places: readonly Place[]): Map<string, number> {
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
