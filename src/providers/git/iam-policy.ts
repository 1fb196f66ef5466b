import { list, strings, table, text } from './yaml-lines.ts'

export interface Statement {
  allows: boolean
  actions: string[]
  notActions: string[]
  resources: string[]
  principals: { type: string; values: string[] }[]
  conditions: { test: string; variable: string; values: string[] }[]
}

/** The statements of a policy in Amazon's JSON, whatever has to be evaluated left out. */
export function statementsOf(policy: unknown): Statement[] {
  return list(table(jsonOf(policy))['Statement'])
    .slice(0, 500)
    .map((item) => {
      const statement = table(item)
      const principal = statement['Principal']
      return {
        allows: text(statement['Effect']) !== 'Deny',
        actions: strings(statement['Action']),
        notActions: strings(statement['NotAction']),
        resources: strings(statement['Resource']),
        principals:
          principal === '*'
            ? [{ type: '*', values: ['*'] }]
            : Object.entries(table(principal)).map(([type, values]) => ({
                type,
                values: list(values).map((value) => text(value) ?? referenceText(value)),
              })),
        conditions: Object.entries(table(statement['Condition'])).flatMap(([test, variables]) =>
          Object.entries(table(variables)).map(([variable, values]) => ({
            test,
            variable: functionText(variable),
            values: list(values).map((value) => text(value) ?? referenceText(value)),
          })),
        ),
      }
    })
}

/** A policy may be a string of JSON, with variables to be put in. */
function jsonOf(policy: unknown): unknown {
  const written = typeof policy === 'string' ? policy : (table(policy)['Sub'] ?? table(policy)['Fn::Sub'])
  if (typeof written !== 'string') return policy
  try {
    return JSON.parse(written)
  } catch {
    return policy
  }
}

const referenceText = (value: unknown): string =>
  text(Object.values(table(value))[0]) ?? JSON.stringify(value).slice(0, 200)
const functionText = (variable: string): string => variable.slice(0, 300)

/** What of the statements is far too wide, a clause each; `wide` for a whole service, `all` for everything. */
export function excessOf(statements: readonly Statement[]): { says: string; level: 'all' | 'wide' }[] {
  const found: { says: string; level: 'all' | 'wide' }[] = []
  for (const { allows, actions, notActions, resources, principals, conditions } of statements) {
    if (!allows || !resources.includes('*') || principals.length > 0) continue
    if (actions.includes('*') || actions.includes('*:*')) {
      found.push({ says: 'allows every action on every resource', level: conditions.length > 0 ? 'wide' : 'all' })
      continue
    }
    if (notActions.length > 0)
      found.push({
        says: `allows everything but ${notActions.slice(0, 3).join(', ')} on every resource`,
        level: 'wide',
      })
    for (const action of actions) {
      const service = /^([a-z0-9-]+):\*$/i.exec(action)?.[1]?.toLowerCase()
      if (service && !HARMLESS.has(service)) {
        const all = (service === 'iam' || service === 'organizations') && conditions.length === 0
        found.push({ says: `allows every action of ${service} on every resource`, level: all ? 'all' : 'wide' })
      } else if (/^iam:passrole$/i.test(action) && conditions.length === 0)
        found.push({ says: 'may pass any role to any service', level: 'wide' })
    }
  }
  return found
}

/** Services whose actions are telemetry or have no resources to name. */
const HARMLESS = new Set([
  'logs',
  'cloudwatch',
  'xray',
  'ec2messages',
  'ssmmessages',
  'sts',
  'tag',
  'pricing',
  'ce',
  'cur',
  'health',
  'support',
  'application-autoscaling',
  'events',
  'elasticloadbalancing',
])

/** Amazon's own policies that make whoever holds them an administrator, or nearly. */
export const managedExcess = (arn: string): { says: string; level: 'all' | 'wide' } | null =>
  /:policy\/(?:AdministratorAccess|IAMFullAccess)$/.test(arn)
    ? { says: 'makes its holder an administrator', level: 'all' }
    : /:policy\/(?:PowerUserAccess|job-function\/(?:SystemAdministrator|DatabaseAdministrator))$/.test(arn)
      ? { says: 'lets its holder do nearly everything', level: 'wide' }
      : null

export interface FederatedTrust {
  issuer: string
  /** Null when no condition speaks of the subject. */
  subjects: string[] | null
  audiences: string[] | null
}

/** Claims that say whose token it is. */
const SUBJECT = /:(sub|repository|repository_owner|job_workflow_ref|project_path|namespace_path|amr|oid)\W*$/i

/** Who from outside may take the role by federation. */
export function federatedTrusts(statements: readonly Statement[]): FederatedTrust[] {
  return statements.flatMap(({ allows, principals, conditions, actions }) => {
    if (!allows || !actions.some((action) => /AssumeRoleWithWebIdentity|^sts:\*$|^\*$/i.test(action))) return []
    const values = (claim: RegExp) => {
      const about = conditions.filter(
        ({ variable, test }) =>
          claim.test(variable) &&
          /^(ForAnyValue:|ForAllValues:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)(IfExists)?$/i.test(test),
      )
      return about.length === 0 ? null : about.flatMap((condition) => condition.values)
    }
    return principals
      .filter(({ type }) => type === 'Federated')
      .flatMap((principal) => principal.values)
      .map((issuer) => {
        const audiences = values(/:aud\W*$/i)
        // A pool of Cognito is its audience; all its tokens come from one customer.
        const subjects = issuer === 'cognito-identity.amazonaws.com' && audiences ? audiences : values(SUBJECT)
        return { issuer, subjects, audiences }
      })
  })
}

/** Accounts and principals of Amazon that may take the role. */
export const trustedPrincipals = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ allows, principals }) =>
    allows ? principals.filter(({ type }) => type === 'AWS' || type === '*').flatMap(({ values }) => values) : [],
  )
