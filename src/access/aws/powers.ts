import { isNobody, join, meet, without } from '../answers.ts'
import { type Bits, bitsOf, hasBit } from '../bits.ts'
import { compile } from '../compile.ts'
import type { Powers, Way } from '../escalation.ts'
import type { Grants, Policy } from '../model.ts'
import { type ActionBook, loadActions } from './actions.ts'
import { administrators, deniesAnything, rulers, unbound } from './administrator.ts'
import { type Answering, Asking } from './asking.ts'
import type { AwsEstate, Holder } from './estate.ts'
import { Permissions } from './permissions.ts'
import { credentialsIn, joinGroup, takeRole, takeUser } from './places.ts'
import { runningAs, startAs } from './running.ts'
import { administrationRoles, byStackSet } from './stack-sets.ts'
import { targetsOf } from './targets.ts'
import { RUNNING, STARTING, TARGETS } from './workloads.ts'

const IAM_ACTIONS =
  'iam:PassRole iam:CreateAccessKey iam:DeleteAccessKey iam:CreateLoginProfile iam:UpdateLoginProfile iam:UpdateAssumeRolePolicy iam:UpdateSAMLProvider iam:AddUserToGroup iam:PutUserPolicy iam:PutRolePolicy iam:PutGroupPolicy iam:AttachUserPolicy iam:AttachRolePolicy iam:AttachGroupPolicy iam:CreatePolicyVersion iam:SetDefaultPolicyVersion iam:DeleteUserPermissionsBoundary iam:DeleteRolePermissionsBoundary iam:CreateUser iam:CreateRole iam:CreateInstanceProfile iam:AddRoleToInstanceProfile sts:AssumeRole cloudformation:CreateStackSet cloudformation:CreateStackInstances cloudformation:UpdateStackSet'

/** Every action that a power is made of. */
export const POWER_ACTIONS: readonly string[] = [
  ...IAM_ACTIONS.split(' '),
  ...STARTING.flatMap(({ actions }) => actions),
  ...RUNNING.flatMap(({ ways }) => ways.flatMap(({ actions }) => actions)),
  ...TARGETS.map(({ action }) => action),
]

export interface AwsPowers extends Powers {
  /** By index; those beyond the estate's holders are holders that were given everything they can get. */
  names: readonly string[]
  /** Actions of the powers that AWS's tables do not list. */
  unlisted: readonly string[]
}

/** Everybody's powers over everybody, out of an estate. */
export async function awsPowers(
  estate: AwsEstate,
  { book: known, answer, worthy }: { book?: ActionBook; answer?: Answering; worthy?: typeof TARGETS } = {},
): Promise<AwsPowers> {
  const book = known ?? (await loadActions(POWER_ACTIONS))
  const { grants, strengthened } = withStrengthened(estate)
  const compiled = compile(grants)
  const admins = administrators(compiled, estate.holders)
  const asking = new Asking(compiled, book, admins, answer)
  const permissions = new Permissions(asking, estate)
  const { holders } = estate
  const size = compiled.size
  const ruling = rulers(compiled)
  const credentials = credentialsIn(estate.resources)
  const running = runningAs(asking, estate)
  const passable = administrationRoles(asking, estate)
  const free = bitsOf(
    size,
    [...holders.keys()].filter((index) => holders[index]!.kind === 'user' && unbound(holders[index]!)),
  )

  const become: Way[][] = Array.from({ length: size }, () => [])
  const strengthen: Way[][] = Array.from({ length: size }, () => [])
  for (const [index, holder] of holders.entries()) {
    const self = bitsOf(size, [index])
    const taken = open(placeOf(holder, index).map((way) => ({ ...way, who: without(way.who, self) })))
    const give = open(permissions.giveTo(holder))
    become[index] = taken
    if (ruling(index, holder.account) && !deniesAnything(holder.policies))
      strengthen[index] = holder.boundary === undefined ? give : open(permissions.unbinding(holder, give))
    const more = strengthened.get(index)
    if (more !== undefined) become[more] = open(give.map((way) => takenStronger(way, taken, self)))
  }

  /** He who strengthens it is it already, or takes its place as well. */
  function takenStronger(give: Way, taken: readonly Way[], self: Bits): Way {
    const place = taken.reduce((who, way) => join(who, way.who), { sure: self, possible: self })
    const placeFor = (principal: number) =>
      hasBit(self, principal) ? undefined : taken.find(({ who }) => hasBit(who.possible, principal))
    return {
      ...give,
      who: meet(give.who, place),
      besides: (principal) => placeFor(principal)?.actions ?? [],
      dependsOn: (principal) => [...give.dependsOn(principal), ...(placeFor(principal)?.dependsOn(principal) ?? [])],
    }
  }

  function placeOf(holder: Holder, index: number): Way[] {
    if (holder.kind === 'user') return takeUser(asking, holder, credentials)
    if (holder.kind === 'group') return joinGroup(asking, holder, free)
    const taken = takeRole(asking, holder)
    return [
      ...taken,
      ...startAs(asking, estate, holder),
      ...(running.get(index) ?? []),
      ...byStackSet(asking, estate, holder, passable),
    ]
  }

  return {
    size,
    become,
    strengthen,
    make: open([...new Set(holders.map(({ account }) => account))].flatMap((account) => permissions.make(account))),
    admins,
    targets: targetsOf(asking, estate, worthy),
    names: [...holders.map(({ arn }) => arn), ...[...strengthened.keys()].map((index) => holders[index]!.arn)],
    unlisted: [...new Set(POWER_ACTIONS)].filter((action) => book.nameOf(action) === undefined),
  }
}

const open = (ways: readonly Way[]): Way[] => ways.filter(({ who }) => !isNobody(who))

const EVERYTHING: Policy = {
  name: 'any policy',
  statements: [
    {
      effect: 'allow',
      actions: { not: false, patterns: ['*'] },
      resources: { not: false, patterns: ['*'] },
      condition: [],
      from: 'a policy given to it',
    },
  ],
}

/**
 * Whoever has a boundary or a denial is not an administrator though he be given everything: he stands a second time among the principals, as
 * one who holds everything within his bounds, and what he can do then is asked like of anybody.
 */
function withStrengthened({ grants, holders }: AwsEstate): { grants: Grants; strengthened: Map<number, number> } {
  const bound = [...holders.keys()].filter((index) => holders[index]!.kind !== 'group' && !unbound(holders[index]!))
  const strengthened = new Map(bound.map((index, at) => [index, holders.length + at]))
  const withMore = (members: readonly number[]) => [
    ...members,
    ...members.flatMap((index) => strengthened.get(index) ?? []),
  ]
  return {
    strengthened,
    grants: {
      ...grants,
      principals: [
        ...grants.principals,
        ...bound.map((index) => ({ ...grants.principals[index]!, id: `${holders[index]!.arn} with any policy` })),
      ],
      held: [
        ...grants.held.map(({ policy, holders: members }) => ({ policy, holders: withMore(members) })),
        ...(bound.length > 0 ? [{ policy: EVERYTHING, holders: [...strengthened.values()] }] : []),
      ],
      ceilings: grants.ceilings.map((ceiling) => ({ ...ceiling, members: withMore(ceiling.members) })),
    },
  }
}
