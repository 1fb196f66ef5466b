import type { DerivedEdge } from '../../sdk/index.ts'
import { forEachBit, hasBit } from '../bits.ts'
import type { Collected } from '../collected.ts'
import { sudoPowers } from './escalate.ts'
import { sudoFromCollected } from './from-collected.ts'

const MOST_WAYS = 3
const cut = (text: string, most = 2_000): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

/** Who takes whose place by sudo, on each host, and which accounts are root: rows with their proof. */
export const sudoDerived = (collected: Collected): DerivedEdge[] =>
  sudoFromCollected(collected).flatMap(({ key, estate, accountKey }) => {
    const { accounts } = estate
    const host = key.slice(key.indexOf(':') + 1)
    const rows: DerivedEdge[] = accounts.flatMap(({ name, uid }) =>
      uid === 0
        ? [
            {
              verb: 'escalates-to',
              from: accountKey(name),
              to: key,
              actions: ['*'],
              object: null,
              holds: 'yes',
              dependsOn: null,
              says: cut(`${name} is root on ${host}`),
            },
          ]
        : [],
    )
    for (const [to, ways] of sudoPowers(estate).become.entries()) {
      const told = new Map<number, number>()
      for (const way of ways.toSorted((one, other) => one.dependsOn(0).length - other.dependsOn(0).length))
        forEachBit(way.who.possible, (from) => {
          const count = told.get(from) ?? 0
          if (count >= MOST_WAYS) return
          told.set(from, count + 1)
          const sure = hasBit(way.who.sure, from)
          rows.push({
            verb: 'escalates-to',
            from: accountKey(accounts[from]!.name),
            to: accountKey(accounts[to]!.name),
            actions: way.actions.map((action) => cut(action, 500)),
            object: cut(way.object),
            holds: sure ? 'yes' : 'depends',
            dependsOn: sure ? null : cut(way.dependsOn(from).join('; ')),
            says: cut(`${accounts[from]!.name} can act as ${accounts[to]!.name} on ${host}: ${way.object}`),
          })
        })
    }
    return rows
  })
