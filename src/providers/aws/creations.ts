import type { LookupEventsCommandOutput } from '@aws-sdk/client-cloudtrail'
import type { Collection, Edge, Entity } from '../../sdk/index.ts'
import { accessKeyKey, keyOf, rootKey } from './arn.ts'
import { type Aws, reading } from './place.ts'

type Event = NonNullable<LookupEventsCommandOutput['Events']>[number]
type Tree = Record<string, unknown>

/** What makes an identity or a credential, as CloudTrail calls it. It is asked for one name at a time. */
const MAKING = ['CreateUser', 'CreateRole', 'CreateAccessKey'] as const

/**
 * Who made which user, role and access key, by the trail that every account has for 90 days without setting one up. What it told once
 * stays told: the trail forgets, and who made a thing does not change. Through a role that people take, the session bears their name,
 * so the thing is traced to the human behind the role.
 */
export const creations: Collection<Aws> = {
  ...reading({
    id: 'creations',
    title: 'Who made users, roles and access keys',
    yields: ['person'],
    needs: ['cloudtrail:LookupEvents'],
    where: 'account',
    async *read(place) {
      const trail = await import('@aws-sdk/client-cloudtrail')
      const client = place.client(trail.CloudTrailClient)
      for (const name of MAKING) {
        const lookup = { LookupAttributes: [{ AttributeKey: 'EventName' as const, AttributeValue: name }] }
        for await (const { Events = [] } of trail.paginateLookupEvents({ client, pageSize: 50 }, lookup)) {
          place.run.signal.throwIfAborted()
          for (const event of Events) {
            const told = creationIn(event)
            if (told === 'failed') continue
            place.obtained(1)
            if (told === null)
              place.ledger.refuse(`event ${event.EventId ?? 'without an id'} does not say who made what`, {
                scope: `${place.scope} ${name}`,
              })
            else for (const item of told) if ('verb' in item || isNew(place.described, item.key)) yield item
          }
        }
      }
    },
  }),
  forgets: true,
}

const isNew = (described: Set<string>, key: string): boolean => !described.has(key) && described.add(key) !== undefined

/** The sentences of one event; `failed` when nothing was made, null when it does not say. */
export function creationIn(event: Event): (Entity | Edge)[] | 'failed' | null {
  const { EventId: id, EventName: name, CloudTrailEvent: text } = event
  if (id === undefined || name === undefined || text === undefined) return null
  let told: Tree
  try {
    told = treeOf(JSON.parse(text))
  } catch {
    return null
  }
  if (told['errorCode'] !== undefined) return 'failed'
  const made = madeIn(treeOf(told['responseElements']))
  const by = makerIn(treeOf(told['userIdentity']))
  const at = textOf(told['eventTime'])
  if (made === null || by === null) return null
  const attributes = {
    event: name,
    eventId: id,
    ...(at !== undefined && { at }),
    ...(by.session !== undefined && { session: by.session }),
    ...(by.person !== undefined && by.role !== undefined && { through: by.role }),
  }
  const edge = (from: string): Edge => ({ from, verb: 'created', to: made, attributes })
  return [
    edge(by.key),
    ...(by.person === undefined
      ? []
      : [
          {
            kind: 'person' as const,
            type: 'person',
            key: `person:${by.person}`,
            name: by.person,
            aliases: [by.person],
            attributes: { email: by.person },
          },
          edge(`person:${by.person}`),
        ]),
  ]
}

function madeIn(answer: Tree): string | null {
  const key = textOf(treeOf(answer['accessKey'])['accessKeyId'])
  if (key !== undefined) return accessKeyKey(key)
  const arn = textOf(treeOf(answer['user'])['arn']) ?? textOf(treeOf(answer['role'])['arn'])
  return arn === undefined ? null : keyOf(arn)
}

interface Maker {
  key: string
  role?: string
  session?: string
  /** An address, where the session bears one. */
  person?: string
}

function makerIn(identity: Tree): Maker | null {
  const arn = textOf(identity['arn'])
  const type = textOf(identity['type'])
  const account = textOf(identity['accountId'])
  if (type === 'Root' && arn !== undefined && account !== undefined)
    return { key: rootKey(arn.split(':')[1]!, account) }
  const issuer = treeOf(treeOf(identity['sessionContext'])['sessionIssuer'])
  const role = textOf(issuer['arn'])
  if (type === 'AssumedRole' && role !== undefined) {
    const session = arn?.split('/').at(-1)?.slice(0, 200)
    const person =
      session !== undefined && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(session) ? session.toLowerCase() : undefined
    return {
      key: keyOf(role),
      role: keyOf(role),
      ...(session !== undefined && { session }),
      ...(person !== undefined && { person }),
    }
  }
  return type === 'IAMUser' && arn !== undefined ? { key: keyOf(arn) } : null
}

const treeOf = (given: unknown): Tree =>
  given !== null && typeof given === 'object' && !Array.isArray(given) ? (given as Tree) : {}
const textOf = (given: unknown): string | undefined => (typeof given === 'string' && given !== '' ? given : undefined)
