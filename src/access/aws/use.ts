/** What is granted against what was used: by service, as AWS records it, and by action where calls were told. */

import type { Known } from '../../sdk/index.ts'
import { type Granted, whatCan } from './inquire.ts'
import type { Call } from './read-used.ts'
import type { AwsWorld } from './world.ts'

/** When; null, never in the time that AWS looks back; or why it is not known. */
export type Used = Exclude<Known<string | null>, { notApplicable: string }>

export interface ServiceGrants {
  service: string
  actions: Granted[]
  used: Used
}

export interface GrantsUsed {
  /** Everything on everything: then services are those that were used, and nothing is counted as unused. */
  everything: boolean
  services: ServiceGrants[]
  /** Calls that were told one by one. */
  calls: Call[]
  /** How far back AWS looks; what was not used in it was not used for so long. */
  days: number
}

/** AWS keeps for so long when a service was last used. */
const DAYS = 400

export async function grantsUsed(world: AwsWorld, index: number): Promise<GrantsUsed> {
  const granted = await whatCan(world.aws, index)
  const everything = granted.some(({ action }) => action === '*')
  const usedOf = useOf(world, index)
  const services = everything
    ? usedServices(world, index)
    : [...new Set(granted.map(({ action }) => serviceOf(action)))]
  return {
    everything,
    services: services.sort().map((service) => ({
      service,
      actions: everything
        ? [{ action: `${service}:*`, on: ['*'], except: [], dependsOn: [] }]
        : granted.filter(({ action }) => serviceOf(action) === service),
      used: usedOf(service),
    })),
    calls: callsOf(world, index),
    days: DAYS,
  }
}

export const serviceOf = (action: string): string => action.slice(0, action.indexOf(':')).toLowerCase()

interface Accessed {
  service: string
  at: string
}

const nodeOf = (world: AwsWorld, index: number) => {
  const { key } = world.subjects[index]!
  return world.collected.nodes.find((node) => node.key === key)
}

const accessed = (world: AwsWorld, index: number): Accessed[] | undefined => {
  const said = nodeOf(world, index)?.attributes['servicesAccessed']
  return Array.isArray(said) ? (said as Accessed[]) : undefined
}

const usedServices = (world: AwsWorld, index: number): string[] => [
  ...new Set([
    ...(accessed(world, index) ?? []).map(({ service }) => service),
    ...callsOf(world, index).map(({ action }) => serviceOf(action)),
  ]),
]

function useOf(world: AwsWorld, index: number): (service: string) => Used {
  const node = nodeOf(world, index)
  const list = accessed(world, index)
  const never = node?.attributes['servicesNotAccessed']
  const unused = new Set(Array.isArray(never) ? never.map(String) : [])
  const called = new Set(callsOf(world, index).map(({ action }) => serviceOf(action)))
  const unread = node?.unknowns['servicesAccessed']
  return (service) => {
    const at = list?.find((one) => one.service === service)?.at
    if (at !== undefined) return { value: at }
    if (called.has(service)) return { unknown: 'it was called, and the source does not say when' }
    if (unused.has(service)) return { value: null }
    if (unread)
      return { unknown: unread.reason, ...(unread.permission !== undefined && { permission: unread.permission }) }
    return list === undefined
      ? { unknown: 'when it last used each service was not read', permission: 'iam:GenerateServiceLastAccessedDetails' }
      : { unknown: 'AWS keeps no record of the use of this service' }
  }
}

/** Calls that a source told: `identity called resource`, with its actions. */
export function callsOf(world: AwsWorld, index: number): Call[] {
  const { key } = world.subjects[index]!
  return world.collected.edges.flatMap(({ from, verb, to, attributes }): Call[] => {
    if (from !== key || verb !== 'called' || !to.startsWith('aws:arn:')) return []
    const actions = attributes?.['actions']
    return (Array.isArray(actions) ? actions : [])
      .filter((one): one is string => typeof one === 'string' && one.includes(':'))
      .map((action) => ({ action, resource: to.slice('aws:'.length) }))
  })
}

/**
 * What must go on being possible: calls that were told, and of a service that was used without a call being told, whatever is granted of it
 * today. `unknown` says of which services nobody knows; they are kept whole.
 */
export async function neededCalls(world: AwsWorld, index: number): Promise<{ calls: Call[]; unknown: string[] }> {
  const { services, calls } = await grantsUsed(world, index)
  const told = new Set(calls.map(({ action }) => serviceOf(action)))
  const unknown = services.filter(({ service, used }) => 'unknown' in used && !told.has(service))
  const kept = services.filter(({ service, used }) => !told.has(service) && ('unknown' in used || used.value !== null))
  return {
    calls: [...calls, ...kept.flatMap(({ actions }) => actions.map(({ action }) => ({ action })))],
    unknown: unknown.map(({ service, used }) => `${service}: ${'unknown' in used ? used.unknown : ''}`),
  }
}
