import { z } from 'zod'
import type { Severity } from '../../sdk/index.ts'
import { defineChannel, isWebAddress, type Parcel, post } from '../channel.ts'
import { line } from '../message.ts'

const PagerDuty = z.strictObject({
  routingKey: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{32}$/, 'the integration key: 32 letters and digits')
    .meta({
      title: 'Integration key',
      description: 'Of an Events API v2 integration on the service that is to be paged',
      secret: true,
    }),
  address: z
    .string()
    .max(500)
    .refine(isWebAddress, 'an https address')
    .default('https://events.pagerduty.com/v2/enqueue')
    .meta({ title: 'Address', description: 'For accounts in the EU: https://events.eu.pagerduty.com/v2/enqueue' }),
})

const SEVERITIES: Readonly<Record<Severity, 'critical' | 'error' | 'warning' | 'info'>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
  info: 'info',
}

export const pagerduty = defineChannel<z.infer<typeof PagerDuty>>({
  id: 'pagerduty',
  title: 'PagerDuty',
  summary: 'Opens an incident for each alert through Events API v2, and resolves it when the alert closes itself.',
  config: PagerDuty,
  label: ({ address }) => new URL(address).host,
  gathers: 'each',
  async send({ routingKey, address }, parcel, outlet) {
    const tell = (body: object) =>
      post(
        address,
        JSON.stringify({ routing_key: routingKey, ...body }),
        { 'content-type': 'application/json' },
        outlet,
      )
    await tell(pagerdutyOf(parcel))
    // A test leaves nobody paged.
    if (parcel.message.what === 'test') await tell(resolve(parcel.topic))
  },
})

const resolve = (topic: string) => ({ event_action: 'resolve', dedup_key: topic })

export function pagerdutyOf({ topic, message }: Pick<Parcel, 'topic' | 'message'>): object {
  if (message.what === 'closed') return resolve(topic)
  const [first] = message.alerts
  return {
    event_action: 'trigger',
    dedup_key: topic,
    client: 'Reeve',
    ...(message.link === null
      ? {}
      : { client_url: message.link, links: [{ href: message.link, text: 'Open in Reeve' }] }),
    payload: {
      summary: line(message.title, 1024),
      source: line(first?.sources[0] ?? 'reeve', 200),
      severity: SEVERITIES[message.severity],
      timestamp: message.at,
      class: first?.event ?? message.what,
      ...(first === undefined ? {} : { component: line(first.name, 200) }),
      custom_details: {
        alerts: message.alerts.map((one) => ({
          says: one.says,
          because: one.because,
          fix: one.fix,
          subject: one.subject,
          owner: one.owner,
          environment: one.environment,
          ends: one.ends,
          finding: one.finding,
        })),
        more: message.more,
      },
    },
  }
}
