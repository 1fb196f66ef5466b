/**
 * Stack sets run with two roles: one is passed and only takes the place of the other, which does what the template says. So whoever passes
 * the first gets what the second can do.
 */
import { isNobody } from '../answers.ts'
import { hasBit } from '../bits.ts'
import type { Way } from '../escalation.ts'
import type { Asked, Asking } from './asking.ts'
import type { AwsEstate, Holder } from './estate.ts'
import { wayOf } from './permissions.ts'
import { trusts } from './places.ts'

const SERVICE = 'cloudformation.amazonaws.com'
const NEW = ['cloudformation:CreateStackSet', 'cloudformation:CreateStackInstances']
const CHANGED = ['cloudformation:UpdateStackSet']

/** The roles that can be passed to a stack set, and who can do so. */
export function administrationRoles(
  asking: Asking,
  estate: AwsEstate,
): { index: number; pass: Asked; account: string }[] {
  return [...estate.holders.entries()].flatMap(([index, role]) =>
    role.kind === 'role' && trusts(estate, role, SERVICE) !== 'no'
      ? [
          {
            index,
            account: role.account,
            pass: asking.one('iam:PassRole', role.arn, new Map([['iam:passedtoservice', [SERVICE]]])),
          },
        ]
      : [],
  )
}

/** Taking the place of a role through a stack set. */
export function byStackSet(
  asking: Asking,
  estate: AwsEstate,
  role: Holder,
  passable: ReturnType<typeof administrationRoles>,
): Way[] {
  const open = passable.filter(({ pass }) => !isNobody(pass.who))
  if (open.length === 0) return []
  const assuming = asking.everybody('sts:AssumeRole', role.arn)
  const lending = open.filter(({ index }) => estate.holders[index] !== role && hasBit(assuming, index))
  const by = (actions: readonly string[], there?: string) =>
    asking.any(lending.map(({ pass, account }) => asking.all([pass, asking.on({ actions }, account, there)])))
  const sets = estate.resources.flatMap(({ type, arn }) =>
    type === 'aws_cloudformation_stack_set' && arn !== undefined ? [arn] : [],
  )
  return [
    wayOf(by(NEW), ['iam:PassRole', ...NEW], 'a new stack set'),
    ...sets.map((arn) => wayOf(by(CHANGED, arn), ['iam:PassRole', ...CHANGED], arn)),
  ]
}
