import { defineRule, type Entity, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { accountKind, list, nameOf, outOfForce } from './standing.ts'

const subject = 'aws:arn:aws:iam::111122223333:role/deploy'
const admin = 'aws:arn:aws:iam::aws:policy/AdministratorAccess'
const role = (attributes: Record<string, string> = {}) => ({
  kind: 'identity' as const,
  type: 'aws_iam_role',
  key: subject,
  name: 'deploy',
  attributes: { accountKind: 'service', ...attributes },
})
const policy = (privileged: boolean) => ({
  kind: 'entitlement' as const,
  type: 'aws_iam_policy',
  key: admin,
  name: 'AdministratorAccess',
  attributes: privileged ? { excess: [{ says: 'allows every action on every resource', level: 'all' }] } : {},
})
const edges = [{ from: subject, verb: 'has' as const, to: admin }]

export const awsAdministrator = defineRule({
  id: 'aws-administrator',
  title: 'A machine is administrator of an AWS account',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'Whoever takes over the machine, or finds its key, takes over the account: every secret, every log, every other identity.',
  fix: [
    'See under Services last accessed what it really calls.',
    'Give it a policy with those actions, and a permissions boundary.',
    'Detach the administrator’s policy.',
  ],
  undo: 'Attach the former policy again; the finding names it.',
  effort: 60,
  about: { kind: 'identity', types: ['aws_iam_user', 'aws_iam_role'] },
  along: { held: ['>has'], inherited: ['>has', '>has'] },
  needs: ['aws_iam_policy'],
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const kind = accountKind(entity)
    if (kind === 'human' || kind === 'system')
      return notApplicable(kind === 'human' ? 'people use it' : 'it belongs to a service of AWS')
    const all = [...along.held!, ...along.inherited!]
    const holding = all.flatMap((one) => {
      const says = allOf(one.entity)
      return says === undefined ? [] : [{ one, says }]
    })
    if (holding.length > 0) {
      if (entity.attributes['boundary'] !== undefined)
        return unknown('a permissions boundary takes away part of what its policies give; what is left is not computed')
      const denying = all.filter((one) => one.entity?.attributes['denies'] === true)
      if (denying.length > 0)
        return unknown(`${list(denying.map(nameOf))} denies some of it; what is left is not computed`)
      return fail(
        `${nameOf(entity)} is administrator through ${list(holding.map(({ one }) => nameOf(one)))}.`,
        holding.slice(0, 5).map(({ one, says }) => `${nameOf(one)} ${says}.`),
      )
    }
    const unread = all.filter((one) => one.entity === null || one.entity.unknowns?.['excess'] !== undefined)
    return unread.length > 0 ? unknown(`${list(unread.map(nameOf))}, which it has, could not be read`) : pass
  },
  cases: [
    { name: 'a role with AdministratorAccess', subject, entities: [role(), policy(true)], edges, expect: 'fail' },
    { name: 'a role with a narrow policy', subject, entities: [role(), policy(false)], edges, expect: 'pass' },
    {
      name: 'a role with a boundary',
      subject,
      entities: [role({ boundary: 'aws:b' }), policy(true)],
      edges,
      expect: 'unknown',
    },
    {
      name: 'a role with a policy that takes part of it away',
      subject,
      entities: [
        role(),
        policy(true),
        { ...policy(false), key: 'aws:deny', name: 'no-iam', attributes: { denies: true } },
      ],
      edges: [...edges, { from: subject, verb: 'has', to: 'aws:deny' }],
      expect: 'unknown',
    },
    { name: 'a policy that was not read', subject, entities: [role()], edges, expect: 'unknown' },
    {
      name: 'policies that were read in part',
      subject,
      entities: [role(), policy(false)],
      edges,
      incomplete: ['aws_iam_policy'],
      expect: 'unknown',
    },
    {
      name: 'a role of people',
      subject,
      entities: [role({ accountKind: 'human' }), policy(true)],
      edges,
      expect: 'not-applicable',
    },
  ],
})

/** What of a policy makes an administrator, a clause. */
function allOf(policy: Entity | null): string | undefined {
  const excess = policy?.attributes['excess']
  if (!Array.isArray(excess)) return undefined
  for (const one of excess)
    if (one !== null && typeof one === 'object' && !Array.isArray(one) && one['level'] === 'all')
      return String(one['says'])
  return undefined
}
