import type { Edge, JsonValue } from '../../sdk/index.ts'
import { type Arn, accountKey, keyOf, parseArn } from './arn.ts'
import type { Statement } from './policy-document.ts'

/** More places than this are summed up as the account. */
const MOST_TARGETS = 200
const MOST_WORDS = 40

interface Grant {
  privileges: Set<string>
  patterns: Set<string>
  conditional: boolean
}

/**
 * What a policy allows, as sentences from `from` to the resources it names. Patterns stay patterns: what they may match is the
 * account, with the pattern beside it. Who evaluates exactly reads the document.
 */
export function grantsOf(from: string, statements: readonly Statement[], account: string): Edge[] {
  const grants = new Map<string, Grant>()
  for (const statement of statements) {
    if (!statement.allows) continue
    const classes = classesOf(statement)
    if (classes.length === 0) continue
    const resources = statement.resources.length > 0 ? statement.resources : ['*']
    for (const resource of resources) {
      const arn = parseArn(resource)
      const exact = statement.notResources.length > 0 || arn === null ? null : targetOf(resource, arn)
      const place = arn?.account
      const target =
        exact !== null && (grants.has(exact) || grants.size < MOST_TARGETS)
          ? exact
          : accountKey(place !== undefined && /^\d{12}$/.test(place) ? place : account)
      let grant = grants.get(target)
      if (grant === undefined) {
        grant = { privileges: new Set(), patterns: new Set(), conditional: true }
        grants.set(target, grant)
      }
      for (const one of classes) grant.privileges.add(one)
      if (target !== exact && grant.patterns.size < MOST_WORDS)
        grant.patterns.add(statement.notResources.length > 0 ? `all but ${statement.notResources[0]}` : resource)
      if (statement.conditions.length === 0) grant.conditional = false
    }
  }
  return [...grants].map(([to, { privileges, patterns, conditional }]) => ({
    from,
    verb: 'allows' as const,
    to,
    attributes: {
      privileges: [...privileges].sort().slice(0, MOST_WORDS),
      ...(patterns.size > 0 && { resources: [...patterns].slice(0, MOST_WORDS) }),
      ...(conditional && { conditional }),
    },
  }))
}

/** The one resource that an ARN of a policy names; null when it may be several. */
function targetOf(resource: string, { service, partition, resource: rest }: Arn): string | null {
  if (service === 's3') {
    const bucket = rest.split('/')[0]!
    return isPattern(bucket) || bucket.includes(':') ? null : keyOf(`arn:${partition}:s3:::${bucket}`)
  }
  const trunk = TRUNKS.has(service) ? resource.replace(/[:/]\*$/, '') : resource
  if (isPattern(trunk)) return null
  // `arn:…:table` is what stands before all tables, and no table.
  if (!/[:/]/.test(trunk.slice(resource.length - rest.length)) && !WITHOUT_TYPE.has(service)) return null
  return keyOf(service === 'lambda' ? trunk.split(':').slice(0, 7).join(':') : trunk)
}

/** Services where `thing/*` is what belongs to the one thing, and not a choice of things. */
const TRUNKS: ReadonlySet<string> = new Set(['dynamodb', 'logs', 'lambda', 'execute-api'])
const WITHOUT_TYPE: ReadonlySet<string> = new Set(['sqs', 'sns'])
const isPattern = (text: string): boolean => /[*?]|\$\{/.test(text)

function classesOf({ actions, notActions }: Statement): string[] {
  if (notActions.length > 0)
    return [`all but ${notActions.slice(0, 3).join(', ')}${notActions.length > 3 ? ' and more' : ''}`]
  return [...new Set(actions.map(actionClass))]
}

const READS =
  /^(get|list|describe|batchget|batchcheck|head|query|scan|search|select|view|read|lookup|test|simulate|validate|check|receive|download|preview|decrypt|verify)/i
const PERMISSIONS =
  /policy|permission|accesskey|loginprofile|passrole|assumerole|creategrant|acl$|mfadevice|credential/i

/** `s3:GetObject` is `s3:read`, `iam:CreateAccessKey` is `iam:permissions`; wildcards of a whole service stay as they are. */
export function actionClass(action: string): string {
  if (action === '*' || action === '*:*') return '*'
  const [service = '', name = ''] = action.split(':', 2)
  const head = service.toLowerCase()
  if (name === '*') return `${head}:*`
  if (READS.test(name)) return `${head}:read`
  return PERMISSIONS.test(name) || head === 'iam' ? `${head}:permissions` : `${head}:write`
}

export interface Excess {
  says: string
  level: 'all' | 'wide'
}

/** Services whose actions are telemetry or have no resources to name. */
const HARMLESS: ReadonlySet<string> = new Set(
  'logs cloudwatch xray ec2messages ssmmessages sts tag pricing ce cur health support events application-autoscaling'.split(
    ' ',
  ),
)

/** What of a policy is far too wide, a clause each: `all` makes an administrator, `wide` gives a whole service. */
export function excessOf(statements: readonly Statement[]): Excess[] {
  const found: Excess[] = []
  // What is denied altogether is not too much, whatever else is allowed.
  const nothing = statements.some(
    ({ allows, actions, resources, conditions }) =>
      !allows && conditions.length === 0 && actions.includes('*') && resources.includes('*'),
  )
  if (nothing) return found
  for (const { allows, actions, notActions, resources, notResources, conditions } of statements) {
    if (!allows || !(resources.includes('*') || notResources.length > 0)) continue
    const free = conditions.length === 0 && notResources.length === 0
    if (actions.some((action) => action === '*' || action === '*:*')) {
      found.push({ says: 'allows every action on every resource', level: free ? 'all' : 'wide' })
      continue
    }
    if (notActions.length > 0) {
      const but = notActions.slice(0, 3).join(', ')
      found.push({ says: `allows everything but ${but} on every resource`, level: 'wide' })
    }
    for (const action of actions) {
      const service = /^([a-z0-9-]+):\*$/i.exec(action)?.[1]?.toLowerCase()
      if (service !== undefined && !HARMLESS.has(service)) {
        const all = (service === 'iam' || service === 'organizations') && free
        found.push({ says: `allows every action of ${service} on every resource`, level: all ? 'all' : 'wide' })
      } else if (/^iam:passrole$/i.test(action) && conditions.length === 0) {
        found.push({ says: 'may pass any role to any service', level: 'wide' })
      }
    }
  }
  return found.slice(0, 20)
}

/** Attributes of an entitlement that hold what its document says. */
export function policyAttributes(statements: readonly Statement[]): { [name: string]: JsonValue } {
  const excess = excessOf(statements)
  const privileged = excess.some(({ level }) => level === 'all')
  return {
    statements: statements.length,
    ...(statements.some(({ allows }) => !allows) && { denies: true }),
    ...(excess.length > 0 && { excess: excess.map((one) => ({ ...one })) }),
    ...(privileged && { privileged }),
  }
}
