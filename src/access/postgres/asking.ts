/** Questions about one server, and sets of its roles; superusers, who can do everything anyway, are in none. */
import { join } from '../answers.ts'
import { type Bits, dropBits, emptyBits } from '../bits.ts'
import { type Answer, type Compiled, compile } from '../compile.ts'
import type { Way } from '../escalation.ts'
import { whoCan } from '../who-can.ts'
import type { PostgresEstate } from './estate.ts'
import { idOf } from './objects.ts'
import type { RightOf } from './rights.ts'

export interface Asking {
  estate: PostgresEstate
  who(action: string, object: string): Answer
  sure(members: Bits): Answer
}

export const wayTo = (
  who: Answer,
  actions: readonly string[],
  object: string,
  dependsOn: readonly string[] = [],
): Way => ({
  who: dependsOn.length === 0 ? who : { sure: emptyBits(who.possible.length << 5), possible: who.possible },
  actions,
  object,
  dependsOn: () => [...dependsOn],
})

export function askingOf(estate: PostgresEstate, compiled: Compiled = compile(estate.grants)): Asking {
  return {
    estate,
    who: (action, resource) => {
      const { sure, possible } = whoCan(compiled, { action, resource })
      return { sure: dropBits(sure, estate.superusers), possible: dropBits(possible, estate.superusers) }
    },
    sure: (members) => {
      const bits = dropBits(members.slice(), estate.superusers)
      return { sure: bits, possible: bits }
    },
  }
}

/** Who may create something somewhere in a database. */
export function creators(
  who: Asking['who'],
  rights: PostgresEstate['databases'][number]['rights'],
  database: string,
): Answer {
  const schemas = rights.filter((right): right is RightOf<'schema'> => right.what === 'schema')
  return join(
    who('CREATE', idOf('database', database)),
    ...schemas.map(({ name }) => who('CREATE', idOf('schema', database, name))),
  )
}

/** A way into the place of one principal. */
export interface WayInto {
  to: number
  way: Way
}
