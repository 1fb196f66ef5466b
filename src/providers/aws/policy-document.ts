import type { JsonValue } from '../../sdk/index.ts'

export interface Principal {
  /** `AWS`, `Service`, `Federated`, `CanonicalUser`; `*` for everybody. */
  type: string
  value: string
}

export interface Condition {
  operator: string
  key: string
  values: string[]
}

export interface Statement {
  allows: boolean
  actions: string[]
  notActions: string[]
  resources: string[]
  notResources: string[]
  principals: Principal[]
  conditions: Condition[]
}

export type Document = { document: { [name: string]: JsonValue }; statements: Statement[] } | { unreadable: string }

/** IAM's own limit is 10,240 characters, those of resource policies reach 256 KiB. */
const MOST_CHARACTERS = 300_000

/** A policy document as AWS hands it out: an object, JSON, or JSON encoded for an address. */
export function readDocument(given: unknown): Document {
  let value = given
  if (typeof given === 'string') {
    if (given.length > 3 * MOST_CHARACTERS) return tooLarge
    try {
      value = JSON.parse(/^\s*[{[]/.test(given) ? given : decodeURIComponent(given))
    } catch {
      return { unreadable: 'its document is not JSON' }
    }
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return { unreadable: value === undefined ? 'the source gave no document' : 'its document is not a policy' }
  if (!('Statement' in value)) return { unreadable: 'its document has no Statement' }
  try {
    if (JSON.stringify(value).length > MOST_CHARACTERS) return tooLarge
  } catch {
    return { unreadable: 'its document is nested too deeply' }
  }
  return { document: value as { [name: string]: JsonValue }, statements: statementsOf(value as { Statement: unknown }) }
}

const tooLarge: Document = { unreadable: `its document is larger than ${MOST_CHARACTERS} characters` }

function statementsOf({ Statement }: { Statement: unknown }): Statement[] {
  return several(Statement).flatMap((given) => {
    if (given === null || typeof given !== 'object') return []
    const of = given as Record<string, unknown>
    return [
      {
        allows: of['Effect'] === 'Allow',
        actions: texts(of['Action']),
        notActions: texts(of['NotAction']),
        resources: texts(of['Resource']),
        notResources: texts(of['NotResource']),
        principals: principalsOf(of),
        conditions: conditionsOf(of['Condition']),
      },
    ]
  })
}

function principalsOf(of: Record<string, unknown>): Principal[] {
  // To allow all but some is to allow people one has never heard of.
  if ('NotPrincipal' in of) return of['Effect'] === 'Allow' ? [{ type: '*', value: '*' }] : []
  const given = of['Principal']
  if (given === '*') return [{ type: '*', value: '*' }]
  if (given === null || typeof given !== 'object') return []
  return Object.entries(given).flatMap(([type, values]) =>
    texts(values).map((value) => ({ type: type === 'AWS' && value === '*' ? '*' : type, value })),
  )
}

function conditionsOf(given: unknown): Condition[] {
  if (given === null || typeof given !== 'object') return []
  return Object.entries(given).flatMap(([operator, keys]) =>
    keys === null || typeof keys !== 'object'
      ? []
      : Object.entries(keys).map(([key, values]) => ({ operator, key, values: texts(values) })),
  )
}

const several = (given: unknown): unknown[] => (Array.isArray(given) ? given : given === undefined ? [] : [given])
const texts = (given: unknown): string[] =>
  several(given).flatMap((one) =>
    typeof one === 'string' ? [one] : ['number', 'boolean'].includes(typeof one) ? [String(one)] : [],
  )
