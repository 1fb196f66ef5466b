/** What in an estate speaks for a person as owner of a thing, read from what sources told. */
import type { Entity, Place } from '../sdk/index.ts'
import type { View } from './evaluate.ts'
import { type Clue, nameAt, personAt, WEIGHT } from './owner-clue.ts'
import { committed, committers, repositoriesOf } from './owner-commits.ts'
import { kinOf, tagsOf } from './owner-kin.ts'
import { type People, peopleOf } from './owner-names.ts'

/** Of a larger team its members are no evidence. */
const LARGE_TEAM = 20
/** More things than this in a place, and whoever answers for the place hardly knows each. */
const CROWDED = 60
/** Somebody who made so many things that colleagues answer for makes things for a living. */
const MAKES_FOR_OTHERS = 6

const OWNER_TAG =
  /^(?:[a-z0-9.-]+[:/])?(?:owner|owners|owned[-_]?by|contact|maintainers?|responsible|accountable|sponsor|service[-_]?owner|technical[-_]?owner|business[-_]?owner|e-?mail|poc)$/i
const MAKER_TAG = /^(?:[a-z0-9.-]+[:/])?(?:creator|created[-_]?by|author|requester|requested[-_]?by|launched[-_]?by)$/i
const TEAM_TAG = /^(?:[a-z0-9.-]+[:/])?(?:team|squad|group|department|owner[-_]?team)$/i
const DESCRIPTIONS = ['description', 'comment', 'notes', 'purpose', 'gecos', 'title'] as const
const LEADS = /\b(lead|head|manager|owner|principal|director)\b/i

export function* cluesOf(estate: View, entity: Entity, places: readonly Place[]): Generator<Clue> {
  const people = peopleOf(estate)
  yield* told(entity, people)
  yield* made(estate, entity, people)
  yield* committed(estate, entity, places)
  for (const { from } of estate.edges(entity.key, 'in', 'controls'))
    yield* personAt(estate, people, from, 'control', WEIGHT.controls, 'May change it at its source.')
  yield* proved(estate, entity, people)
  yield* workloads(estate, entity, people)
  yield* around(estate, entity)
  yield* logins(entity, people)
  for (const { person, count, of, says } of kinOf(estate, entity))
    yield {
      person,
      sort: 'kin',
      weight: (WEIGHT.kin * (count / of) ** 1.5 * count) / (count + 1),
      says: count === of && of === 1 ? `Answers for another ${says}.` : `Answers for ${count} of ${of} others ${says}.`,
    }
  yield* teams(entity, people)
}

/** What the thing itself says, in words that a person wrote. */
function* told(entity: Entity, people: People): Generator<Clue> {
  for (const word of ['owner', 'sponsor', 'contact', 'maintainer', 'responsible']) {
    const value = entity.attributes[word]
    if (typeof value !== 'string') continue
    const person = people.named(value)?.key ?? (value.includes('@') ? `person:${value.toLowerCase()}` : undefined)
    if (person !== undefined)
      yield { person, sort: 'tag', weight: WEIGHT.source, says: `Its source names ${value.slice(0, 80)} as ${word}.` }
  }
  for (const [name, value] of tagsOf(entity)) {
    const weight = OWNER_TAG.test(name) ? WEIGHT.ownerTag : MAKER_TAG.test(name) ? WEIGHT.makerTag : 0
    if (weight === 0) continue
    const person =
      people.named(value)?.key ??
      people.in(value)[0]?.key ??
      (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? `person:${value.toLowerCase()}` : undefined)
    if (person !== undefined)
      yield { person, sort: 'tag', weight, says: `Its tag ${name.slice(0, 60)} names ${value.slice(0, 80)}.` }
  }
  for (const word of DESCRIPTIONS) {
    const text = entity.attributes[word]
    if (typeof text !== 'string') continue
    for (const { key } of people.in(text))
      yield {
        person: key,
        sort: 'name',
        weight: WEIGHT.described,
        says: `Its ${word} names them: “${text.slice(0, 80)}”.`,
      }
  }
  for (const { key } of people.in(entity.name))
    yield { person: key, sort: 'name', weight: WEIGHT.named, says: 'Its name is made of theirs.' }
}

function* made(estate: View, entity: Entity, people: People): Generator<Clue> {
  for (const { from } of estate.edges(entity.key, 'in', 'created')) {
    const others = madeForOthers(estate, from)
    const weight = others < MAKES_FOR_OTHERS ? WEIGHT.created : WEIGHT.created / 4
    const says =
      others < MAKES_FOR_OTHERS ? 'Made it.' : `Made it, as they made ${others} others that colleagues answer for.`
    yield* personAt(estate, people, from, 'creator', weight, says)
  }
}

const makers = new WeakMap<View, Map<string, number>>()

/** How many things somebody made that only others answer for, less those they answer for themselves. */
function madeForOthers(estate: View, maker: string): number {
  const known = makers.get(estate) ?? new Map<string, number>()
  makers.set(estate, known)
  const before = known.get(maker)
  if (before !== undefined) return before
  let others = 0
  let own = 0
  let looked = 0
  for (const { to } of estate.edges(maker, 'out', 'created')) {
    if (++looked > 500) break
    const owners = [...estate.edges(to, 'in', 'owns')]
    if (owners.some(({ from }) => from === maker)) own++
    else if (owners.length > 0) others++
  }
  const count = Math.max(0, others - 2 * own)
  known.set(maker, count)
  return count
}

function* proved(estate: View, entity: Entity, people: People): Generator<Clue> {
  for (const { from: credential } of estate.edges(entity.key, 'in', 'authenticates')) {
    for (const { to } of estate.edges(credential, 'out', 'authenticates')) {
      if (to === entity.key) continue
      yield* personAt(estate, people, to, 'credential', WEIGHT.keyholder, 'Holds a credential that also proves it.')
      for (const { from } of estate.edges(to, 'in', 'owns'))
        yield {
          person: from,
          sort: 'credential',
          weight: WEIGHT.sameCredential,
          says: `Answers for ${nameAt(estate, to)}, which has the same credential.`,
        }
    }
    for (const { from } of estate.edges(credential, 'in', 'created'))
      yield* personAt(estate, people, from, 'creator', WEIGHT.credentialMaker, 'Made one of its credentials.')
    const { comment } = estate.get(credential)?.attributes ?? {}
    if (typeof comment !== 'string') continue
    for (const { key } of people.in(comment))
      yield {
        person: key,
        sort: 'name',
        weight: WEIGHT.keyComment,
        says: `A key of it bears the comment ${comment.slice(0, 80)}.`,
      }
  }
}

/** What runs as it or takes its credential, and who answers for that. */
function* workloads(estate: View, entity: Entity, people: People): Generator<Clue> {
  const running = new Set<string>()
  const look = (key: string): void => {
    for (const { from } of estate.edges(key, 'in', 'runs-as')) running.add(from)
    for (const { from } of estate.edges(key, 'in', 'uses')) running.add(from)
  }
  look(entity.key)
  for (const { from: credential } of estate.edges(entity.key, 'in', 'authenticates')) {
    look(credential)
    for (const { from: copy } of estate.edges(credential, 'in', 'holds')) look(copy)
  }
  for (const key of running) {
    const name = nameAt(estate, key)
    for (const { from } of estate.edges(key, 'in', 'owns'))
      yield {
        person: from,
        sort: 'workload',
        weight: WEIGHT.workloadOwner,
        says: `Answers for ${name}, which runs as it.`,
      }
    for (const verb of ['created', 'controls'] as const)
      for (const { from } of estate.edges(key, 'in', verb)) {
        const word = verb === 'created' ? 'Made' : 'May change'
        yield* personAt(estate, people, from, 'workload', WEIGHT.workloadMaker, `${word} ${name}, which runs as it.`)
      }
    const workload = estate.get(key)
    if (workload === undefined) continue
    for (const clue of told(workload, people))
      yield {
        ...clue,
        weight: clue.weight * 0.8,
        says: `${clue.says.replace(/^Its /, `${name}, which runs as it: its `)}`,
      }
    for (const repository of repositoriesOf(estate, workload))
      for (const clue of committers(estate, repository))
        yield {
          ...clue,
          weight: clue.weight * 0.8,
          says: clue.says.replace('declares it', `declares ${name}, which runs as it`),
        }
  }
}

/** Who answers for the host, namespace or account that it stands in; and for that one's. */
function* around(estate: View, entity: Entity): Generator<Clue> {
  for (const { from: place } of estate.edges(entity.key, 'in', 'contains')) {
    yield* answering(estate, place, WEIGHT.place)
    for (const { from: outer } of estate.edges(place, 'in', 'contains'))
      yield* answering(estate, outer, WEIGHT.place / 2)
  }
}

function* answering(estate: View, place: string, weight: number): Generator<Clue> {
  const owners = [...estate.edges(place, 'in', 'owns')]
  if (owners.length === 0) return
  let held = 0
  for (const _ of estate.edges(place, 'out', 'contains')) if (++held > CROWDED) break
  for (const { from } of owners)
    yield {
      person: from,
      sort: 'place',
      weight: held > CROWDED ? weight / 5 : weight,
      says: `Answers for ${nameAt(estate, place)}, which contains it.`,
    }
}

/** The last person to work through it, as its source names them. */
function* logins(entity: Entity, people: People): Generator<Clue> {
  const { lastInteractive } = entity.attributes
  const texts = [entity.lastUsedBy && 'value' in entity.lastUsedBy ? entity.lastUsedBy.value : undefined]
  if (lastInteractive !== null && typeof lastInteractive === 'object' && !Array.isArray(lastInteractive))
    texts.push(typeof lastInteractive['from'] === 'string' ? lastInteractive['from'] : undefined)
  const seen = new Set<string>()
  for (const text of texts)
    for (const { key } of text === undefined ? [] : people.in(text)) {
      if (seen.has(key)) continue
      seen.add(key)
      yield { person: key, sort: 'login', weight: WEIGHT.login, says: `Worked through it last: ${text!.slice(0, 80)}.` }
    }
}

/** The team that a tag or its source names: whoever leads it, and a grain for everybody in it. */
function* teams(entity: Entity, people: People): Generator<Clue> {
  const names = new Set<string>()
  if (typeof entity.attributes['team'] === 'string') names.add(entity.attributes['team'])
  for (const [name, value] of tagsOf(entity)) if (TEAM_TAG.test(name)) names.add(value)
  for (const team of names) {
    const members = people.ofTeam(team)
    for (const { key, attributes } of members) {
      const leads = members.length === 1 || LEADS.test(String(attributes['title'] ?? ''))
      if (!leads && members.length > LARGE_TEAM) continue
      yield {
        person: key,
        sort: 'team',
        weight: leads ? WEIGHT.lead : WEIGHT.team,
        says: `${leads ? 'Leads' : 'Is of'} ${team.slice(0, 60)}, the team it is of.`,
      }
    }
  }
}
