import type { Entity } from '../sdk/index.ts'
import type { View } from './evaluate.ts'
import { accountKind, outOfForce } from './rules/standing.ts'

/** Who is here, and by which words a tag, a comment or a log names them. */
export interface People {
  /** By address, login or name; undefined where the word names nobody, or several. */
  named(word: string): Entity | undefined
  /** Everybody here whose whole name, address, login or (where only one has it) first or last name stands in the text. */
  in(text: string): Entity[]
  ofTeam(team: string): readonly Entity[]
}

const made = new WeakMap<View, People>()

/** Worked out once for an estate: it never changes. */
export function peopleOf(estate: View): People {
  const known = made.get(estate)
  if (known) return known
  const people = indexed(estate)
  made.set(estate, people)
  return people
}

function indexed(estate: View): People {
  const byWord = new Map<string, Entity | null>()
  const byTeam = new Map<string, Entity[]>()
  const put = (word: string, person: Entity): void => {
    if (word.length < 3) return
    const before = byWord.get(word)
    byWord.set(word, before === undefined || before === person ? person : null)
  }
  for (const entity of estate.entities()) {
    if (entity.kind === 'person') {
      for (const word of wordsFor(entity)) put(word, entity)
      const { team } = entity.attributes
      if (typeof team !== 'string' || outOfForce(entity)) continue
      const members = byTeam.get(team.toLowerCase()) ?? []
      byTeam.set(team.toLowerCase(), members)
      members.push(entity)
    } else if (entity.kind === 'identity' && accountKind(entity) === 'human') {
      // A person's own account on a host or a code host is another name of theirs.
      const owners = [...estate.edges(entity.key, 'in', 'owns')].flatMap(({ from }) => estate.get(from) ?? [])
      if (owners.length === 1) put(loginOf(entity), owners[0]!)
    }
  }
  const named = (word: string): Entity | undefined => {
    const person = byWord.get(word.trim().toLowerCase())
    return person && !outOfForce(person) ? person : undefined
  }
  return {
    named,
    in: (text) => [...new Set(pieces(text).flatMap((word) => named(word) ?? []))],
    ofTeam: (team) => byTeam.get(team.toLowerCase()) ?? [],
  }
}

const fold = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()

/** An address and its local part, the whole name, and the logins that are usually made of one: `ada`, `lovelace`, `alovelace`. */
function wordsFor(person: Entity): Set<string> {
  const words = new Set<string>()
  const texts = [person.key.slice(person.key.indexOf(':') + 1), ...(person.aliases ?? [])]
  for (const name of ['mail', 'email', 'login', 'username', 'handle', 'userPrincipalName']) {
    const value = person.attributes[name]
    if (typeof value === 'string') texts.push(value)
  }
  for (const text of texts) {
    words.add(text.toLowerCase())
    if (text.includes('@')) words.add(text.slice(0, text.indexOf('@')).toLowerCase())
  }
  const name = fold(person.name).trim()
  const parts = name.split(/[\s.]+/).filter((part) => /^[a-z][a-z'-]+$/.test(part))
  words.add(name)
  if (parts.length >= 2) {
    const [first, last] = [parts[0]!, parts.at(-1)!]
    for (const word of [first, last, first + last, `${first}.${last}`, `${first}-${last}`, first[0]! + last])
      words.add(word)
  }
  return words
}

/** The account's own name without the host it is on. */
function loginOf({ name, attributes }: Entity): string {
  const account = attributes['account'] ?? attributes['login']
  return (typeof account === 'string' ? account : name).split('@')[0]!.toLowerCase()
}

/** Addresses, words, and neighbouring words joined: what could be a name, at most of the first 2,000 characters. */
function pieces(text: string): string[] {
  const short = fold(text.slice(0, 2_000))
  const addresses = short.match(/[^\s<>@,;:()"']+@[^\s<>@,;:()"']+/g) ?? []
  const words = short.match(/[a-z][a-z'-]*(?:\.[a-z][a-z'-]*)*/g) ?? []
  const apart = words.flatMap((word) => [word, ...word.split(/[-']/)])
  const pairs = words.slice(1).map((word, at) => `${words[at]} ${word}`)
  return [...addresses, ...pairs, ...apart]
}
