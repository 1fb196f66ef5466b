import type { Entity } from '../../sdk/index.ts'

export interface Arn {
  partition: string
  service: string
  region: string
  account: string
  resource: string
}

export function parseArn(text: string): Arn | null {
  const [head, partition, service, region, account, ...rest] = text.split(':')
  if (head !== 'arn' || !partition?.startsWith('aws') || service === undefined || rest.length === 0) return null
  return { partition, service, region: region!, account: account!, resource: rest.join(':') }
}

/** The part after the last slash: what people call a user, role or policy. */
export const lastPart = (arn: string): string => arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1)

export const keyOf = (arn: string): string => `aws:${arn}`
export const accountKey = (id: string): string => `aws:account/${id}`
/** The account as a principal: its root user, and whoever the account lets in its name. */
export const rootKey = (partition: string, id: string): string => `aws:arn:${partition}:iam::${id}:root`
export const accessKeyKey = (id: string): string => `aws:access-key/${id}`
export const serviceKey = (service: string): string => `aws:service/${service}`
export const EVERYBODY = 'aws:everybody'

/** A resource policy may name this, and then nobody needs to prove anything. */
export const everybody: Entity = {
  kind: 'identity',
  type: 'aws_everybody',
  key: EVERYBODY,
  name: 'everybody (AWS principal *)',
  attributes: { accountKind: 'system', accountKindReasons: ['it is whoever asks, with credentials or without'] },
}

export const rootOf = (partition: string, account: string): Entity => ({
  kind: 'identity',
  type: 'aws_account_root',
  key: rootKey(partition, account),
  name: `account ${account}`,
  aliases: [`arn:${partition}:iam::${account}:root`, account],
  attributes: { account, accountKind: 'system', accountKindReasons: ['it stands for the account itself'] },
})

export const serviceOf = (service: string): Entity => ({
  kind: 'identity',
  type: 'aws_service',
  key: serviceKey(service),
  name: service,
  attributes: { accountKind: 'system', accountKindReasons: ['it is a service of AWS'] },
})

/** ISO 8601 of what the SDK (a date) or a file (text) gives; undefined when it is no time. */
export function instant(given: unknown): string | undefined {
  const date = given instanceof Date ? given : typeof given === 'string' ? new Date(given) : undefined
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
