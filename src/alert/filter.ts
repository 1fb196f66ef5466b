/** Which alerts a channel gets. */
import { z } from 'zod'
import { Environment, Severity } from '../sdk/index.ts'
import { AlertEvent, rankOf } from './message.ts'

export const Filter = z.strictObject({
  events: z
    .array(AlertEvent)
    .max(5)
    .default([])
    .meta({ title: 'About', description: 'ending, age, finding, privilege, ownership; all when empty' }),
  severity: z
    .enum(Severity.options.slice(0, 3) as ['critical', 'high', 'medium'])
    .default('medium')
    .meta({ title: 'At least', description: '30 days before an end is medium, 7 high, 1 critical' }),
  sources: z
    .array(z.string().max(64))
    .max(100)
    .default([])
    .meta({ title: 'Of connections', description: 'Their ids; all when empty' }),
  environments: z.array(Environment).max(4).default([]).meta({
    title: 'In environments',
    description: 'production, staging, development, test; all, and what has none, when empty',
  }),
  owners: z
    .array(z.string().max(500))
    .max(100)
    .default([])
    .meta({ title: 'Of owners', description: 'E-mail addresses or keys of people; all when empty' }),
  closings: z
    .boolean()
    .default(false)
    .meta({ title: 'Say also what closed by itself', description: 'PagerDuty and webhooks always hear of it' }),
})
export type Filter = z.infer<typeof Filter>

/** What of an alert decides where it goes. */
export interface Routed {
  id: string
  event: AlertEvent
  rank: number
  sources: string[]
  environment: string | null
  owner: string | null
}

export function fits({ events, severity, sources, environments, owners }: Filter, one: Routed): boolean {
  return (
    one.rank <= rankOf(severity) &&
    (events.length === 0 || events.includes(one.event)) &&
    (sources.length === 0 || one.sources.some((source) => sources.includes(source))) &&
    (environments.length === 0 || (environments as string[]).includes(one.environment ?? '')) &&
    (owners.length === 0 ||
      (one.owner !== null &&
        owners.some((owner) => one.owner === owner || one.owner === `person:${owner.toLowerCase()}`)))
  )
}
