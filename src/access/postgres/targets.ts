import { among } from '../answers.ts'
import { anyBit, bitsOf, emptyBits, setBit } from '../bits.ts'
import type { Answer } from '../compile.ts'
import type { Powers } from '../escalation.ts'
import { type Asking, wayTo } from './asking.ts'
import { idOf } from './objects.ts'
import type { RightOf } from './rights.ts'

/** What is worth reaching by itself: all that is stored, and other servers whose passwords stand here. */
export function targetsOf(asking: Asking): Powers['targets'] {
  const { estate, sure } = asking
  const replicating = bitsOf(
    estate.size,
    estate.roles.flatMap(({ replication }, index) => (replication ? [index] : [])),
  )
  const read =
    estate.indexOf('pg_read_all_data') === undefined
      ? emptyBits(estate.size)
      : estate.havingPrivilegesOf('pg_read_all_data')
  const all: Powers['targets'][number] = {
    id: 'all that is stored',
    ways: [
      wayTo(sure(read), ['SELECT'], 'every table, by pg_read_all_data'),
      wayTo(sure(replicating), ['REPLICATION'], 'a copy of the whole server', [
        'whether pg_hba.conf lets it in for replication',
      ]),
    ].filter((way) => anyBit(way.who.possible)),
  }
  const others = mappingsOf(asking).map(({ able, server, user, at, role }) => ({
    id: `foreign server ${server}${user === null ? '' : ` as ${user}`}${at === null ? '' : ` (${at})`}`,
    ways: [wayTo(able, ['USAGE'], `user mapping of ${role ?? 'everybody'} for server ${server}`)],
  }))
  return [...(all.ways.length > 0 ? [all] : []), ...others]
}

export interface Mapping {
  able: Answer
  server: string
  /** Null when it is everybody's. */
  role: string | null
  /** As whom it logs in there; null where that is hidden. */
  user: string | null
  /** `host=billing.example port=5433`, as far as the server's options say. */
  at: string | null
}

/** Passwords for other servers, and who may use them: the mapped role, or everybody, with the right to use the server. */
export const mappingsOf = ({ estate, who }: Asking): Mapping[] =>
  estate.databases.flatMap(({ name: database, rights }) =>
    rights.flatMap((right): Mapping[] => {
      if (right.what !== 'mapping') return []
      const server = rights.find((one): one is RightOf<'server'> => one.what === 'server' && one.name === right.server)
      if (server === undefined) return []
      const mapped = emptyBits(estate.size)
      for (const at of right.role === null ? [] : [estate.indexOf(right.role), estate.shadowOf(right.role)])
        if (at !== undefined) setBit(mapped, at)
      const use = who('USAGE', idOf('server', database, right.server))
      const able = right.role === null ? use : among(use, mapped)
      return anyBit(able.possible)
        ? [{ able, server: right.server, role: right.role, user: right.user, at: server.at }]
        : []
    }),
  )
