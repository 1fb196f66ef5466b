import type { Edge, Entity, JsonValue } from '../../sdk/index.ts'
import { EVERYBODY, everybody, keyOf, lastPart, parseArn, rootKey, rootOf, serviceKey, serviceOf } from './arn.ts'
import type { Condition, Statement } from './policy-document.ts'

/** Accounts that are ours; `whole` when the source could tell all of them. */
export interface Ours {
  ids: ReadonlySet<string>
  whole: boolean
}

export interface Trust {
  items: (Entity | Edge)[]
  attributes: { [name: string]: JsonValue }
  unknowns: NonNullable<Entity['unknowns']>
  /** Names of services, and whether federations of people (SAML) or of workloads (OIDC) may take the role. */
  services: string[]
  people: boolean
  workloads: boolean
}

interface Trusted {
  kind: 'service' | 'account' | 'principal' | 'everybody' | 'federation' | 'deleted'
  who: string
  foreign?: boolean | null
  /** The statement asks for sts:ExternalId. */
  externalId: boolean
  /** Other conditions that narrow who may come. */
  conditions: string[]
}

const ACCOUNT = /^(?:arn:(aws[\w-]*):iam::)?(\d{12})(?::root)?$/
/** What is left of a user or role that was named and then deleted. */
const DELETED = /^A(?:IDA|ROA|GPA|NPA)[A-Z0-9]{12,}$/
const MOST = 100

/** Who may take the role by its trust policy: sentences, and the facts that rules read. */
export function trustOf(
  role: { arn: string; name: string; account: string; created?: string | undefined },
  statements: readonly Statement[],
  ours: Ours,
): Trust {
  const to = keyOf(role.arn)
  const { partition = 'aws' } = parseArn(role.arn) ?? {}
  const edges = new Map<string, Edge>()
  const entities = new Map<string, Entity>()
  const trusted: Trusted[] = []
  const federations = new Map<string, Statement[]>()
  const foreign = new Set<string>()
  let unsure = false

  const assumes = (from: string, conditions: readonly Condition[], more: { [name: string]: JsonValue } = {}) => {
    const known = edges.get(from)
    const said = conditionsSaid(conditions)
    if (known === undefined)
      edges.set(from, {
        from,
        verb: 'assumes',
        to,
        attributes: { ...more, ...(said.length > 0 && { conditions: said }) },
      })
    // One statement without a condition opens what another closes.
    else if (said.length === 0) delete known.attributes!['conditions']
  }

  for (const statement of statements) {
    if (!statement.allows || !statement.actions.some((action) => /^(\*|sts:(\*|assume\w*\*?))$/i.test(action))) continue
    const { conditions } = statement
    const narrowed = {
      externalId: conditions.some(({ key }) => /^sts:ExternalId$/i.test(key)),
      conditions: [...new Set(conditions.map(({ key }) => key))]
        .filter((key) => !/^sts:ExternalId$/i.test(key))
        .slice(0, 20),
    }
    for (const { type, value } of statement.principals) {
      if (type === 'Service') {
        entities.set(serviceKey(value), serviceOf(value))
        assumes(serviceKey(value), conditions)
        trusted.push({ kind: 'service', who: value, ...narrowed })
      } else if (type === '*') {
        entities.set(EVERYBODY, everybody)
        assumes(EVERYBODY, conditions)
        trusted.push({ kind: 'everybody', who: '*', ...narrowed })
      } else if (type === 'Federated') {
        federations.set(value, [...(federations.get(value) ?? []), statement])
        trusted.push({ kind: 'federation', who: value, ...narrowed })
      } else if (type === 'AWS') {
        const named = ACCOUNT.exec(value)
        if (DELETED.test(value)) {
          trusted.push({ kind: 'deleted', who: value, ...narrowed })
          continue
        }
        const account = named?.[2] ?? parseArn(value)?.account ?? ''
        const isForeign = account === role.account || ours.ids.has(account) ? false : ours.whole ? true : null
        if (isForeign) foreign.add(account)
        if (isForeign === null) unsure = true
        if (named) {
          const root = rootKey(named[1] ?? partition, account)
          if (account !== role.account) entities.set(root, rootOf(named[1] ?? partition, account))
          assumes(root, conditions, { by: 'whoever the account lets' })
          trusted.push({ kind: 'account', who: account, foreign: isForeign, ...narrowed })
        } else {
          assumes(keyOf(principalArn(value)), conditions)
          trusted.push({ kind: 'principal', who: value, foreign: isForeign, ...narrowed })
        }
      }
    }
  }

  for (const [provider, about] of federations) {
    const trust = federationOf(role, provider, about)
    entities.set(trust.key, trust)
    edges.set(trust.key, { from: trust.key, verb: 'authenticates', to })
    if (provider.startsWith('arn:')) edges.set(provider, { from: keyOf(provider), verb: 'contains', to: trust.key })
  }
  const isSaml = (provider: string) => provider.includes(':saml-provider/')
  return {
    items: [...entities.values(), ...edges.values()],
    attributes: {
      trusts: trusted.slice(0, MOST).map((one) => ({ ...one })),
      ...(foreign.size > 0 && { thirdParty: true, vendor: `account ${[...foreign].sort().join(', ')}`.slice(0, 200) }),
    },
    unknowns:
      unsure && foreign.size === 0
        ? {
            thirdParty: {
              reason: 'it trusts another account, and which accounts are ours is not known',
              permission: 'organizations:ListAccounts, or name the account under More accounts of ours',
            },
          }
        : {},
    services: trusted.filter(({ kind }) => kind === 'service').map(({ who }) => who),
    people: [...federations.keys()].some(isSaml),
    workloads: [...federations.keys()].some((provider) => !isSaml(provider)),
  }
}

/** A session speaks for its role. The role's path is not in the name of a session. */
export function principalArn(arn: string): string {
  const session = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn)
  return session ? `arn:${session[1]}:iam::${session[2]}:role/${session[3]}` : arn
}

/** Claims that say whose token it is. */
const SUBJECT =
  /:(sub|repository|repository_owner|repository_id|job_workflow_ref|project_path|namespace_path|oid|amr)$/i
const POSITIVE = /^(ForAnyValue:|ForAllValues:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)(IfExists)?$/i

function federationOf(
  role: { arn: string; name: string; created?: string | undefined },
  provider: string,
  statements: readonly Statement[],
): Entity {
  const values = (claim: RegExp): string[] | null => {
    const about = statements.map(({ conditions }) =>
      conditions.filter(({ key, operator }) => claim.test(key) && POSITIVE.test(operator)).flatMap((one) => one.values),
    )
    // A statement that does not ask lets everybody in, whatever the others ask.
    return about.some((one) => one.length === 0) ? null : about.flat()
  }
  const issuer = provider.replace(/^arn:[\w-]+:iam::\d*:(oidc|saml)-provider\//, '')
  const saml = provider.includes(':saml-provider/')
  const audiences = values(saml ? /^SAML:aud$/i : /:(aud|app_id|client_id)$/i)
  const subjects = saml
    ? [`saml:${issuer}`]
    : issuer.startsWith('cognito-identity.')
      ? audiences
      : (values(SUBJECT)?.map((one) => (/[:/*?]/.test(one) ? one : `sub:${one}`)) ?? null)
  return {
    kind: 'credential',
    type: 'aws_trust',
    key: `${keyOf(role.arn)}#trust/${issuer}`,
    name: `trust of ${role.name} in ${lastPart(issuer)}`,
    method: 'federation',
    ...(role.created !== undefined && { created: { value: role.created } }),
    expires: { notApplicable: 'a trust has no end' },
    attributes: {
      issuer: saml ? issuer : `https://${issuer}`,
      protocol: saml ? 'SAML' : 'OpenID Connect',
      subject: (subjects ?? []).slice(0, MOST),
      audience: (audiences ?? []).slice(0, MOST),
      ...(saml && { subjectFrom: 'the assertion of the identity provider names the role' }),
      conditions: conditionsSaid(statements.flatMap(({ conditions }) => conditions)),
    },
  }
}

/** Conditions as words, bounded. */
export const conditionsSaid = (conditions: readonly Condition[]): { [name: string]: JsonValue }[] =>
  conditions.slice(0, 20).map(({ operator, key, values }) => ({
    operator,
    key,
    values: values.slice(0, 20).map((one) => one.slice(0, 500)),
  }))
