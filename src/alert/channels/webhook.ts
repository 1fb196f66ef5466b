import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { defineChannel, isWebAddress, type Parcel, post } from '../channel.ts'

/** As Standard Webhooks writes a secret: `whsec_` and 24 to 64 bytes in base64. */
const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
const isSecret = (text: string): boolean => {
  const bytes = keyOf(text).length
  return /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text) && bytes >= 24 && bytes <= 64
}

const Webhook = z.strictObject({
  url: z
    .string()
    .max(4000)
    .refine(isWebAddress, 'an http or https address')
    .meta({ title: 'Address', description: 'Where alerts are posted to; it is not followed elsewhere', secret: true }),
  secret: z
    .string()
    .max(200)
    .refine(isSecret, 'whsec_ and 24 to 64 bytes in base64, such as printf whsec_%s "$(openssl rand -base64 32)"')
    .meta({
      title: 'Signing secret',
      description: 'whsec_ and 24 to 64 random bytes in base64; the other side checks with the same',
      secret: true,
    }),
  format: z.enum(['standard', 'cloudevents']).default('standard').meta({
    title: 'Form',
    description: 'standard: type, timestamp and data; cloudevents: CloudEvents 1.0 in structured JSON',
  }),
  authorization: z
    .string()
    .max(4000)
    .regex(/^[\x20-\x7e]*$/, 'visible ASCII')
    .optional()
    .meta({ title: 'Authorization header', description: 'Where the other side asks for one: Bearer …', secret: true }),
})
type Webhook = z.infer<typeof Webhook>

export const webhook = defineChannel<Webhook>({
  id: 'webhook',
  title: 'Webhook',
  summary:
    'Posts each alert, and its end, as signed JSON (Standard Webhooks) or as CloudEvents to an address of yours.',
  config: Webhook,
  label: ({ url, format }) => `${new URL(url).host}${format === 'cloudevents' ? ' (CloudEvents)' : ''}`,
  gathers: 'each',
  async send({ url, secret, format, authorization }, parcel, outlet) {
    const body = JSON.stringify(format === 'cloudevents' ? cloudEventOf(parcel) : standardOf(parcel))
    await post(
      url,
      body,
      {
        'content-type': format === 'cloudevents' ? 'application/cloudevents+json; charset=utf-8' : 'application/json',
        'user-agent': 'Reeve',
        ...(authorization === undefined ? {} : { authorization }),
        ...signed({ id: parcel.id, body, secret, at: outlet.now() }),
      },
      outlet,
    )
  },
})

/** The headers of Standard Webhooks 1.0. The id stays over tries; the time is that of the try, so that a tolerance of minutes holds. */
export function signed({ id, body, secret, at }: { id: string; body: string; secret: string; at: Date }) {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}

const dataOf = ({ topic, message }: Parcel) => ({
  topic,
  title: message.title,
  severity: message.severity,
  alerts: message.alerts,
  more: message.more,
  closed: message.closed,
  moreClosed: message.moreClosed,
  link: message.link,
})

export const standardOf = (parcel: Parcel): object => ({
  type: `alert.${parcel.message.what}`,
  timestamp: parcel.message.at,
  data: dataOf(parcel),
})

export const cloudEventOf = (parcel: Parcel): object => ({
  specversion: '1.0',
  id: parcel.id,
  source: parcel.message.link === null ? 'urn:reeve' : new URL('/', parcel.message.link).href,
  type: `reeve.alert.${parcel.message.what}`,
  time: parcel.message.at,
  subject: parcel.message.alerts[0]?.subject ?? parcel.message.closed[0]?.subject ?? parcel.topic,
  datacontenttype: 'application/json',
  data: dataOf(parcel),
})
