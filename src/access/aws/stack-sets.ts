/**
 * Stack sets run with two roles: one is passed and only takes the place of the other, which does what the template says. So whoever passes
 * the first gets what the second can do.
 */
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

/** Taking the place of a role through a stack set, given who can assume it. */
export function byStackSet(
  asking: Asking,
  estate: AwsEstate,
  role: Holder,
  assume: Way,
  passable: ReturnType<typeof administrationRoles>,
): Way[] {
  return passable.flatMap(({ index, pass, account }): Way[] => {
    if (!hasBit(assume.who.possible, index) || estate.holders[index] === role) return []
    const sets = (estate.resources ?? []).filter(
      (one) => one.type === 'aws_cloudformation_stack_set' && one.arn !== undefined,
    )
    return [
      wayOf(asking.all([pass, asking.on({ actions: NEW }, account)]), ['iam:PassRole', ...NEW], 'a new stack set'),
      ...sets.map((one) =>
        wayOf(
          asking.all([pass, asking.on({ actions: CHANGED }, account, one.arn)]),
          ['iam:PassRole', ...CHANGED],
          one.arn!,
        ),
      ),
    ]
  })
}
