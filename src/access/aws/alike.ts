/** A role template out of roles that do the same work: what every one of them uses, and who they are. */
import { globMatches } from '../glob.ts'
import { grantsUsed, serviceOf } from './use.ts'
import type { AwsWorld } from './world.ts'

export interface Alike {
  /** Keys of those that were looked at, and of those of whose use nothing is known. */
  peers: string[]
  unknown: string[]
  policy: { Version: '2012-10-17'; Statement: { Effect: 'Allow'; Action: string[]; Resource: string[] }[] }
}

/** Peers by a word or pattern of their names (`backup`, `*-backup`). */
export function peersNamed({ subjects }: AwsWorld, word: string): number[] {
  const wanted = word.toLowerCase()
  const pattern = /[*?]/.test(wanted) ? wanted : `*${wanted}*`
  return [...subjects.keys()].filter(
    (index) => !subjects[index]!.passive && globMatches(pattern, subjects[index]!.name.toLowerCase()),
  )
}

/** The actions that all of them were seen to use, each on what all of them have it on; where they differ, on everything, to be named. */
export async function templateOf(world: AwsWorld, peers: readonly number[]): Promise<Alike> {
  const known: { key: string; actions: Map<string, readonly string[]> }[] = []
  const unknown: string[] = []
  for (const index of peers) {
    const { key } = world.subjects[index]!
    const { services, calls } = await grantsUsed(world, index)
    const told = new Set(calls.map(({ action }) => serviceOf(action)))
    const actions = new Map<string, string[]>()
    for (const { action, resource = '*' } of calls) actions.set(action, [...(actions.get(action) ?? []), resource])
    for (const { service, actions: granted, used } of services)
      if (!told.has(service) && 'value' in used && used.value !== null)
        for (const { action, on } of granted) actions.set(action, on)
    const nothing = actions.size === 0 && services.every(({ used }) => 'unknown' in used)
    if (nothing) unknown.push(key)
    else known.push({ key, actions })
  }
  const [first, ...rest] = known
  const byObjects = new Map<string, string[]>()
  for (const [action, on] of first?.actions ?? []) {
    if (!rest.every(({ actions }) => actions.has(action))) continue
    const mine = [...new Set(on)].sort()
    const same = rest.every(
      ({ actions }) => JSON.stringify([...new Set(actions.get(action))].sort()) === JSON.stringify(mine),
    )
    const objects = JSON.stringify(same ? mine : ['*'])
    byObjects.set(objects, [...(byObjects.get(objects) ?? []), action])
  }
  return {
    peers: known.map(({ key }) => key),
    unknown,
    policy: {
      Version: '2012-10-17',
      Statement: [...byObjects].sort().map(([objects, actions]) => ({
        Effect: 'Allow',
        Action: actions.sort(),
        Resource: JSON.parse(objects) as string[],
      })),
    },
  }
}
