/** Things that belong together, and who answers for the others: a namespace, a tag, a name's first words, a right, a place. */
import type { Entity } from '../sdk/index.ts'
import type { View } from './evaluate.ts'
import { accountKind, outOfForce } from './rules/standing.ts'

/** What a thing has in common with others, fit to stand after "others". */
interface Bond {
  id: string
  says: string
}

export interface Kin {
  /** The key of a person who answers for some of them. */
  person: string
  /** How many of them, and how many have anybody. */
  count: number
  of: number
  says: string
}

const BINDING_TAG =
  /^(?:[a-z0-9.-]+[:/])?(service|app|application|project|component|product|system|stack|repo|repository|name|part-of|cost-?cent(?:er|re))$/i
const GENERIC = new Set(
  'svc service services sa app application user role account acct bot robot key token job worker the prod production dev development staging stage test testing qa int aws gcp azure k8s kube github gitlab ci cd iam api'.split(
    ' ',
  ),
)
const MOST_RIGHTS = 8

/** Who answers for most of the others that a bond ties, and for how many anybody does. */
interface Answering {
  of: number
  first: readonly (readonly [person: string, count: number])[]
}
const MOST_PEOPLE = 3

const made = new WeakMap<View, Map<string, Answering>>()

/** For each bond of the thing those who answer for most of the others, where anybody does. */
export function kinOf(estate: View, entity: Entity): Kin[] {
  let bonds = made.get(estate)
  if (bonds === undefined) {
    bonds = owners(estate)
    made.set(estate, bonds)
  }
  const kin: Kin[] = []
  for (const { id, says } of bondsOf(estate, entity)) {
    const answering = bonds.get(id)
    if (answering === undefined) continue
    for (const [person, count] of answering.first) kin.push({ person, count, of: answering.of, says })
  }
  return kin
}

/** Bond → who answers → for how many. Only machines count: that people own their accounts says nothing of the others. */
function owners(estate: View): Map<string, Answering> {
  const bonds = new Map<string, Map<string, number>>()
  for (const entity of estate.entities()) {
    if (entity.kind !== 'identity' || accountKind(entity) === 'human') continue
    const answering = [...estate.edges(entity.key, 'in', 'owns')].flatMap(({ from }) => {
      const person = estate.get(from)
      return person && !outOfForce(person) ? [person.key] : []
    })
    if (answering.length === 0) continue
    for (const { id } of bondsOf(estate, entity)) {
      const people = bonds.get(id) ?? new Map<string, number>()
      bonds.set(id, people)
      for (const person of new Set(answering)) people.set(person, (people.get(person) ?? 0) + 1)
    }
  }
  return new Map(
    [...bonds].map(([id, people]) => {
      const first = [...people].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).slice(0, MOST_PEOPLE)
      return [id, { of: [...people.values()].reduce((sum, count) => sum + count, 0), first }]
    }),
  )
}

function* bondsOf(estate: View, entity: Entity): Generator<Bond> {
  const { namespace } = entity.attributes
  const space = typeof namespace === 'string' ? namespace : /:serviceaccount:([^:]+):/.exec(entity.key)?.[1]
  if (space !== undefined && space !== 'default')
    yield { id: `namespace ${space}`, says: `in the namespace ${short(space)}` }
  for (const [name, value] of tagsOf(entity))
    if (BINDING_TAG.test(name) && value !== entity.name)
      yield { id: `tag ${name.toLowerCase()} ${value}`, says: `with the tag ${short(`${name}=${value}`)}` }
  for (const stem of stemsOf(entity.name)) yield { id: `name ${stem}`, says: `whose name begins with ${short(stem)}` }
  let rights = 0
  for (const { to } of estate.edges(entity.key, 'out', 'has')) {
    if (++rights > MOST_RIGHTS) break
    yield { id: `right ${to}`, says: `that hold ${short(estate.get(to)?.name ?? to)}` }
  }
  for (const { from } of estate.edges(entity.key, 'in', 'contains'))
    yield { id: `place ${from}`, says: `in ${short(estate.get(from)?.name ?? from)}` }
}

/** Tags and labels as sources give them. */
export function* tagsOf({ attributes }: Entity): Generator<[name: string, value: string]> {
  for (const source of [attributes['tags'], attributes['labels'], attributes['annotations']]) {
    if (source === null || typeof source !== 'object' || Array.isArray(source)) continue
    for (const [name, value] of Object.entries(source))
      if (typeof value === 'string' && value !== '') yield [name, value]
  }
}

/** The first word that says something, and the first two: `svc-orders-export-7` is of `orders` and of `orders export`. */
function stemsOf(name: string): string[] {
  const words = name
    .slice(0, 200)
    .toLowerCase()
    .split('@')[0]!
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !GENERIC.has(word))
  if (words.length === 0 || words[0]!.length < 3) return []
  return words.length === 1 ? [words[0]!] : [words[0]!, `${words[0]} ${words[1]}`]
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text)
