import { type Collected, unreadText } from './collected.ts'
import { postgresFromCollected } from './postgres/from-collected.ts'
import { whatRoleCan, whoCanOn, whyRole } from './postgres/inquire.ts'
import { candidatesFor } from './postgres/objects.ts'
import { type World, worldOf } from './world.ts'

/** PostgreSQL servers, ready for questions; each is a world of its own. */
export function postgresWorlds(collected: Collected): World[] {
  return postgresFromCollected(collected).map(({ key, estate, roleKey }): World => {
    const { roles, names, objects, databases } = estate
    const named = new Map(roles.map(({ name }) => [roleKey(name), name]))
    const idOf = (text: string): string =>
      named.get(text) ??
      candidatesFor(
        text,
        databases.map(({ name }) => name),
      ).find((id) => objects.has(id)) ??
      text
    const world = worldOf(estate.grants, {
      system: key,
      subjects: names.map((name, at) => ({
        key: roleKey(name),
        type: 'postgres_role',
        name,
        unknown: [],
        // Who acts as a role inside its functions is nobody who asks.
        ...(at >= roles.length && { passive: true }),
      })),
      things: [...objects]
        .filter((id) => !id.startsWith('role:'))
        .map((id) => ({
          id,
          key: id,
          type: `postgres_${id.slice(0, id.indexOf(':')).replaceAll(' ', '_')}`,
          name: id.slice(id.indexOf(':') + 1),
        })),
      idOf,
      keyOf: (id) => id,
      actionsOf: async (index) => [...new Set(whatRoleCan(estate, index).flatMap(({ actions }) => actions))].sort(),
      notRead: () => collected.unread.map(unreadText),
      explain: (index, { action, resource }) => whyRole(estate, index, action, resource),
    })
    return { ...world, whoCan: ({ action, resource }) => whoCanOn(world.compiled, action, resource) }
  })
}
