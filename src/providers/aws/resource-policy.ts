import type { Edge, Entity } from '../../sdk/index.ts'
import { EVERYBODY, everybody, keyOf, parseArn, rootKey, rootOf, serviceKey, serviceOf } from './arn.ts'
import { type Condition, readDocument, type Statement } from './policy-document.ts'
import { actionClass } from './policy-grants.ts'
import { conditionsSaid, type Ours, principalArn } from './trust.ts'

const MOST = 200
/** Conditions that leave nobody from outside, whatever principal is named. */
const FENCES =
  /^aws:(PrincipalOrgID|PrincipalOrgPaths|PrincipalAccount|SourceAccount|SourceOrgID|SourceOrgPaths|SourceArn|SourceVpc|SourceVpce|PrincipalArn|SourceOwner|ResourceAccount)$|^(kms:CallerAccount|s3:DataAccessPointAccount|lambda:FunctionUrlAuthType)$/i
const WITHIN = /^(ForAnyValue:|ForAllValues:)?(String|Arn|Bool|IpAddress)(?!Not)\w*$/i

/**
 * The policy of a resource as an entitlement: whoever it names has it, and it allows the resource. The facts that rules read are
 * `public` (everybody, nothing in the way), `outsiders` (accounts that are not ours) and `unfenced` (services without a source).
 */
export function* resourcePolicyOf(
  resource: { arn: string; name: string; account: string; key?: string },
  given: unknown,
  ours: Ours,
): Generator<Entity | Edge> {
  const to = resource.key ?? keyOf(resource.arn)
  const key = `${to}#policy`
  const read = readDocument(given)
  const base = { kind: 'entitlement' as const, type: 'aws_resource_policy', key, name: `policy of ${resource.name}` }
  yield { from: key, verb: 'allows', to, ...privileges('statements' in read ? read.statements : []) }
  if ('unreadable' in read) {
    yield { ...base, attributes: { account: resource.account }, unknowns: { document: { reason: read.unreadable } } }
    return
  }
  const holders = new Map<string, Edge>()
  const named = new Map<string, Entity>()
  const has = (from: string, conditions: readonly Condition[]) => {
    if (holders.size >= MOST || holders.has(from)) return
    const said = conditionsSaid(conditions)
    holders.set(from, { from, verb: 'has', to: key, ...(said.length > 0 && { attributes: { conditions: said } }) })
  }
  const outsiders = new Set<string>()
  const doubtful = new Set<string>()
  const unfenced = new Set<string>()
  const open = new Set<string>()
  const conditional = new Set<string>()
  for (const { allows, principals, conditions, actions } of read.statements) {
    if (!allows) continue
    const fenced = conditions.some(
      ({ key: about, operator, values }) => FENCES.test(about) && WITHIN.test(operator) && !values.includes('*'),
    )
    for (const { type, value } of principals) {
      if (type === '*') {
        named.set(EVERYBODY, everybody)
        has(EVERYBODY, conditions)
        const into = fenced ? undefined : conditions.length > 0 ? conditional : open
        for (const action of actions) into?.add(actionClass(action))
      } else if (type === 'Service') {
        named.set(serviceKey(value), serviceOf(value))
        has(serviceKey(value), conditions)
        if (!fenced) unfenced.add(value)
      } else if (type === 'AWS') {
        const { account, partition } = parseArn(value) ?? { account: value, partition: 'aws' }
        if (!/^\d{12}$/.test(account)) continue
        const root = !value.startsWith('arn:') || value.endsWith(':root')
        if (account !== resource.account && !ours.ids.has(account)) (ours.whole ? outsiders : doubtful).add(account)
        if (root && account !== resource.account) named.set(rootKey(partition, account), rootOf(partition, account))
        has(root ? rootKey(partition, account) : keyOf(principalArn(value)), conditions)
      }
    }
  }
  yield {
    ...base,
    attributes: {
      account: resource.account,
      document: read.document,
      public: [...open].sort(),
      publicWithConditions: [...conditional].sort(),
      outsiders: [...outsiders].sort().slice(0, MOST),
      unfenced: [...unfenced].sort().slice(0, MOST),
    },
    ...(doubtful.size > 0 && {
      unknowns: {
        thirdParty: {
          reason: `it lets ${[...doubtful].slice(0, 3).join(', ')} in, and which accounts are ours is not known`,
          permission: 'organizations:ListAccounts, or name the account under More accounts of ours',
        },
      },
    }),
  }
  yield* named.values()
  yield* holders.values()
}

/** A policy that there may be and that was not shown: who it lets in is not known, and neither is whom it keeps out. */
export function* unreadPolicyOf(
  resource: { arn: string; name: string; account: string },
  { unknown, permission }: { unknown: string; permission?: string },
): Generator<Entity | Edge> {
  const to = keyOf(resource.arn)
  yield { from: `${to}#policy`, verb: 'allows', to }
  yield {
    kind: 'entitlement',
    type: 'aws_resource_policy',
    key: `${to}#policy`,
    name: `policy of ${resource.name}`,
    attributes: { account: resource.account },
    unknowns: { document: { reason: unknown, ...(permission !== undefined && { permission }) } },
  }
}

function privileges(statements: readonly Statement[]): Pick<Edge, 'attributes'> {
  const words = new Set(statements.filter(({ allows }) => allows).flatMap(({ actions }) => actions.map(actionClass)))
  return { attributes: { privileges: [...words].sort().slice(0, 40) } }
}
