/** Powers over identities: how others take the place of a user, a role, or a member of a group. */
import type { Bits } from '../bits.ts'
import { holds } from '../condition.ts'
import type { Way } from '../escalation.ts'
import { contextOf } from '../rules.ts'
import type { Verdict } from '../verdict.ts'
import type { Asking } from './asking.ts'
import type { AwsEstate, Holder } from './estate.ts'
import { wayOf } from './permissions.ts'
import { type Resource, setting } from './read-resources.ts'

/** Two keys are the most a user can have. */
const MOST_KEYS = 2

export interface Known {
  keys: ReadonlyMap<string, number>
  passwords: ReadonlySet<string>
}

/** How many keys and which passwords the listed resources show. */
export function credentialsIn(resources: readonly Resource[]): Known {
  const keys = new Map<string, number>()
  const passwords = new Set<string>()
  for (const resource of resources) {
    const user = setting(resource, 'user')
    if (user === undefined) continue
    if (resource.type === 'aws_iam_access_key') keys.set(user, (keys.get(user) ?? 0) + 1)
    if (resource.type === 'aws_iam_user_login_profile') passwords.add(user)
  }
  return { keys, passwords }
}

export function takeUser(asking: Asking, { arn, name }: Holder, known: Known): Way[] {
  const create = asking.one('iam:CreateAccessKey', arn)
  const remove = asking.all([create, asking.one('iam:DeleteAccessKey', arn)])
  const password = asking.one('iam:CreateLoginProfile', arn)
  const change = asking.one('iam:UpdateLoginProfile', arn)
  const full = (known.keys.get(name) ?? 0) >= MOST_KEYS
  const has = known.passwords.has(name)
  return [
    ...(full ? [] : [wayOf(create, ['iam:CreateAccessKey'], arn)]),
    wayOf(remove, ['iam:DeleteAccessKey', 'iam:CreateAccessKey'], arn),
    ...(has ? [] : [wayOf(password, ['iam:CreateLoginProfile'], arn)]),
    wayOf(has ? change : asking.onlyIf(change, `a password that ${arn} has already`), ['iam:UpdateLoginProfile'], arn),
  ]
}

export function takeRole(asking: Asking, role: Holder): Way[] {
  const { arn, trust } = role
  const assume = asking.one('sts:AssumeRole', arn)
  const rewritten = asking.all([
    asking.one('iam:UpdateAssumeRolePolicy', arn),
    asking.one('sts:AssumeRole', arn, undefined, { openDoor: true }),
  ])
  const federations = (trust?.statements ?? []).flatMap(({ effect, who }) =>
    effect === 'allow' ? (who?.federations ?? []) : [],
  )
  return [
    wayOf(assume, ['sts:AssumeRole'], arn),
    wayOf(rewritten, ['iam:UpdateAssumeRolePolicy', 'sts:AssumeRole'], arn),
    // Whoever writes the metadata of a SAML provider signs in as any role that trusts it.
    ...federations
      .filter((one) => /:saml-provider\//.test(one))
      .map((one) => wayOf(asking.one('iam:UpdateSAMLProvider', one), ['iam:UpdateSAMLProvider'], one)),
  ]
}

/** A user can put himself into a group; one with a boundary or a denial keeps it there, and gains nothing certain. */
export const joinGroup = (asking: Asking, group: Holder, free: Bits): Way[] => [
  wayOf(asking.within(asking.one('iam:AddUserToGroup', group.arn), free), ['iam:AddUserToGroup'], group.arn),
]

/** Does a role trust a service, as far as can be said before there is a call? */
export function trusts(estate: AwsEstate, { arn, account, trust }: Holder, service: string): Verdict {
  const request = new Map([['aws:sourceaccount', [account]] as const, ['aws:principalisawsservice', ['true']] as const])
  const context = contextOf(
    {
      ...estate.grants,
      always: (key) => (/^aws:source(arn|account)/.test(key) ? undefined : estate.grants.always(key)),
    },
    {
      action: 'sts:AssumeRole',
      resource: arn,
      request,
    },
  )
  let allowed: Verdict = 'no'
  for (const { effect, actions, who, condition } of trust?.statements ?? []) {
    const names =
      who !== undefined && (who.not ? !who.services.includes(service) : who.anyone || who.services.includes(service))
    if (!names || !actions.patterns.some((one) => /^(\*|sts:(\*|assumerole\*?))$/i.test(one))) continue
    const applies = holds(condition, context)
    if (effect === 'deny' && applies !== 'no') return applies === 'yes' ? 'no' : 'depends'
    if (effect === 'allow' && applies !== 'no') allowed = allowed === 'yes' ? 'yes' : applies
  }
  return allowed
}

export const servicesTrustedBy = ({ trust }: Holder): Set<string> =>
  new Set((trust?.statements ?? []).flatMap(({ effect, who }) => (effect === 'allow' ? (who?.services ?? []) : [])))
