/**
 * What follows from the rights of PostgreSQL servers, as rows with their proof: who can take whose place, who can become all there is of a
 * server, whose password for another server stands open.
 */
import type { DerivedEdge } from '../../sdk/index.ts'
import { forEachBit, hasBit } from '../bits.ts'
import type { Collected } from '../collected.ts'
import type { Way } from '../escalation.ts'
import { askingOf } from './asking.ts'
import { type CollectedServer, postgresFromCollected } from './from-collected.ts'
import { postgresPowers } from './powers.ts'
import { mappingsOf } from './targets.ts'

export const postgresDerived = (collected: Collected): DerivedEdge[] =>
  postgresFromCollected(collected).flatMap(derivedOf)

/** So many ways are told between two; the sure ones first. */
const MOST_WAYS = 3
const MOST_TEXT = 2_000
const cut = (text: string): string => (text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text)

function derivedOf({ key, estate, roleKey }: CollectedServer): DerivedEdge[] {
  const powers = postgresPowers(estate)
  const { roles, names } = estate
  const rows: DerivedEdge[] = []
  const told = new Map<string, number>()
  const put = (from: number, to: string, verb: DerivedEdge['verb'], ways: readonly Way[], says: string): void => {
    const [start, pair] = [roleKey(names[from]!), `${from} ${verb} ${to}`]
    const count = told.get(pair) ?? 0
    if (start === to || count >= MOST_WAYS || names[from]!.startsWith('pg_')) return
    told.set(pair, count + 1)
    const dependsOn = ways.flatMap((way, at) => (at === 0 && hasBit(way.who.sure, from) ? [] : way.dependsOn(from)))
    rows.push({
      verb,
      from: start,
      to,
      actions: [...new Set(ways.flatMap(({ actions }) => actions))].slice(0, 50),
      object: ways[0]!.object.slice(0, 2_048),
      holds: dependsOn.length === 0 ? 'yes' : 'depends',
      dependsOn: dependsOn.length === 0 ? null : cut([...new Set(dependsOn)].join('; ')),
      says: cut(says),
    })
  }
  const surest = (ways: readonly Way[]): Way[] =>
    ways.toSorted((one, other) => one.dependsOn(0).length - other.dependsOn(0).length)

  for (const [index, { name, superuser }] of roles.entries())
    if (superuser)
      rows.push({
        verb: 'escalates-to',
        from: roleKey(name),
        to: key,
        actions: ['*'],
        object: 'the attribute SUPERUSER',
        holds: 'yes',
        dependsOn: null,
        says: cut(`${names[index]} is a superuser of the server`),
      })
  const eachRole = (way: Way, call: (index: number) => void) =>
    forEachBit(way.who.possible, (index) => {
      if (index < roles.length) call(index)
    })
  for (const way of surest(powers.make))
    eachRole(way, (index) =>
      put(
        index,
        key,
        'escalates-to',
        [way],
        `${names[index]} can become a superuser with ${way.actions.join(', ')}: ${way.object}`,
      ),
    )
  for (const [to, ways] of powers.become.entries())
    for (const way of surest(ways))
      eachRole(way, (index) => {
        if (to < roles.length)
          put(
            index,
            roleKey(names[to]!),
            'escalates-to',
            [way],
            `${names[index]} can act as ${names[to]} with ${way.actions.join(', ')}: ${way.object}`,
          )
        else
          for (const end of outOf(to))
            put(
              index,
              end.to,
              'escalates-to',
              [way, ...end.ways],
              `${names[index]} can act as ${end.as} with ${[way, ...end.ways].flatMap(({ actions }) => actions).join(', ')}: ${way.object}`,
            )
      })
  for (const { id, ways } of powers.targets)
    if (id === 'all that is stored')
      for (const way of ways)
        eachRole(way, (index) =>
          put(index, key, 'reaches', [way], `${names[index]} can read all that is stored: ${way.object}`),
        )
  for (const { able, at, user, server } of mappingsOf(askingOf(estate))) {
    const host = hostOf(at)
    if (host !== null && user !== null)
      eachRole({ who: able, actions: [], object: '', dependsOn: () => [] }, (index) =>
        put(
          index,
          `postgres:${host}/role/${escaped(user)}`,
          'escalates-to',
          [
            {
              who: { sure: new Uint32Array(able.possible.length), possible: able.possible },
              actions: ['USAGE'],
              object: `user mapping for foreign server ${server}`,
              dependsOn: () => ['whether the password that is kept there opens it'],
            },
          ],
          `${names[index]} can act as ${user} at ${host} by foreign server ${server}`,
        ),
      )
  }
  return rows

  /** Where a place inside a role's functions leads: the role itself, as far as that gives no more than is so, and what is open from there. */
  function outOf(shadow: number): { to: string; as: string; ways: Way[] }[] {
    const name = ownerOf(shadow)
    const own = roles[estate.indexOf(name)!]!
    if (own.superuser) return [{ to: key, as: `the superuser ${name}`, ways: [] }]
    const found: { to: string; as: string; ways: Way[] }[] = []
    const seen = new Set([shadow])
    const queue: { at: number; ways: Way[] }[] = [{ at: shadow, ways: [] }]
    for (const { at, ways } of queue) {
      for (const way of powers.make)
        if (hasBit(way.who.possible, at)) found.push({ to: key, as: 'a superuser', ways: [...ways, way] })
      for (const [to, into] of powers.become.entries())
        for (const way of into) {
          if (!hasBit(way.who.possible, at)) continue
          if (to < roles.length) found.push({ to: roleKey(names[to]!), as: names[to]!, ways: [...ways, way] })
          else if (!seen.has(to)) {
            seen.add(to)
            queue.push({ at: to, ways: [...ways, way] })
          }
        }
    }
    return found
  }
  function ownerOf(shadow: number): string {
    return roles.find(({ name }) => estate.shadowOf(name) === shadow)!.name
  }
}

/** `billing.example:5432`, as keys of servers have it. */
function hostOf(options: string | null): string | null {
  const said = (name: string) => new RegExp(`(?:^| )${name}=(\\S+)`).exec(options ?? '')?.[1]
  const host = said('host') ?? said('hostaddr')
  return host === undefined
    ? null
    : `${host.startsWith('/') ? 'localhost' : host.toLowerCase()}:${said('port') ?? '5432'}`
}

const escaped = (name: string): string => name.replaceAll('%', '%25').replaceAll('/', '%2F')
