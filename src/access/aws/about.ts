/** What is known of principals, objects and every request, by AWS's global and IAM condition keys. */
import type { Context, Known } from '../condition.ts'
import { arnOf, lastName } from './arn.ts'

export type Tags = ReadonlyMap<string, string>

export interface Described {
  arn: string
  kind: string
  id: string | undefined
  tags: Tags
}

const TAG = /^[a-z0-9-]+:(principal|resource)tag\/(.+)$/

/** Requests that an identity signs by itself: no service speaks for it, no other account sent it. */
const NOBODY_BETWEEN = new Map<string, Known>([
  ['aws:viaawsservice', ['false']],
  ['aws:principalisawsservice', ['false']],
  ['aws:calledvia', null],
  ['aws:calledviafirst', null],
  ['aws:calledvialast', null],
  ['aws:sourcearn', null],
  ['aws:sourceaccount', null],
  ['aws:sourceowner', null],
  ['aws:principalservicename', null],
  ['aws:principalservicenameslist', null],
])

/**
 * Long-lived keys of a user carry no session: no time of issue, no federation. What a session was made with (MFA, a source identity,
 * a network) is not known before there is a request, so it is left open.
 */
export function aboutPrincipal({ arn, kind, id, tags }: Described, now: number): Context {
  const { account } = arnOf(arn)
  const user = kind === 'user'
  const known = new Map<string, Known>([
    ['aws:principalarn', kind === 'group' ? undefined : [arn]],
    ['aws:principalaccount', [account]],
    ['aws:principaltype', [user ? 'User' : 'AssumedRole']],
    ['aws:username', user ? [lastName(arn)] : kind === 'group' ? undefined : null],
    ['aws:tokenissuetime', user ? null : kind === 'group' ? undefined : [new Date(now).toISOString()]],
    ['aws:userid', user && id !== undefined ? [id] : undefined],
    ['aws:federatedprovider', user ? null : undefined],
    ['aws:sourceidentity', user ? null : undefined],
  ])
  return (key) => {
    const tag = TAG.exec(key)
    if (tag?.[1] === 'principal') return kind === 'group' ? undefined : valuesOf(tags, tag[2]!)
    return known.get(key)
  }
}

const valuesOf = (tags: Tags, key: string): Known => {
  const value = tags.get(key)
  return value === undefined ? null : [value]
}

export interface KnownObject {
  account: string
  tags: Tags
  /** Of a user or role: the ARN of its boundary; null, it has none. */
  boundary?: string | null
}

/** What is known of an object: its account from the ARN, its tags when it was listed. */
export function aboutObject(objects: ReadonlyMap<string, KnownObject>, resource: string, key: string): Known {
  const object = objects.get(resource)
  if (key === 'aws:resourceaccount') {
    const account = object?.account ?? arnOf(resource).account
    return account === '' ? undefined : [account]
  }
  if (object === undefined) return undefined
  const tag = TAG.exec(key)
  if (tag?.[1] === 'resource') return valuesOf(object.tags, tag[2]!)
  if (key === 'iam:permissionsboundary' && object.boundary !== undefined)
    return object.boundary === null ? null : [object.boundary]
  return undefined
}

export function aboutEvery(now: number): Context {
  const known = new Map<string, Known>([
    ...NOBODY_BETWEEN,
    ['aws:currenttime', [new Date(now).toISOString()]],
    ['aws:epochtime', [String(Math.floor(now / 1000))]],
  ])
  return (key) => known.get(key)
}

export const lowerTags = (tags: Iterable<readonly [string, string]>): Tags =>
  new Map([...tags].map(([key, value]) => [key.toLowerCase(), value]))
