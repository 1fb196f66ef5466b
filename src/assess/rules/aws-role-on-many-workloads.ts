import { z } from 'zod'
import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { isPrivileged, list, nameOf, outOfForce } from './standing.ts'

const subject = 'aws:arn:aws:iam::111122223333:role/shared'
const role = {
  kind: 'identity' as const,
  type: 'aws_iam_role',
  key: subject,
  name: 'shared',
  attributes: { accountKind: 'service' },
}
const functions = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    kind: 'workload' as const,
    type: 'aws_lambda_function',
    key: `aws:f${n}`,
    name: `f${n}`,
    attributes: {},
  }))
const edges = (count: number) =>
  functions(count).map(({ key }) => ({ from: key, verb: 'runs-as' as const, to: subject }))

export const awsRoleOnManyWorkloads = defineRule({
  id: 'aws-role-on-many-workloads',
  title: 'Many AWS workloads run as the same role',
  owasp: ['NHI9'],
  severity: 'low',
  why: 'Each of them has what any of them needs. A hole in the least guarded opens what the best guarded may reach, and no log tells which of them called.',
  fix: [
    'Make a role for each workload, with what that one calls.',
    'Move one at a time, and narrow the shared role as they go.',
  ],
  undo: 'Set the workload’s role back to the shared one.',
  effort: 60,
  about: { kind: 'identity', types: ['aws_iam_role'] },
  along: { workloads: ['<runs-as'], held: ['>has'] },
  params: z.strictObject({ workloads: z.number().int().positive().default(4) }),
  check({ entity, along }, { params }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    // Instances of one group, and revisions of one task, are one workload many times over.
    const distinct = along.workloads!.filter(({ entity: one }) => one?.type !== 'aws_ec2_instance')
    if (distinct.length <= params.workloads) return pass
    const privileged = along.held!.some((one) => isPrivileged(one.entity))
    return fail(
      `${distinct.length} workloads run as ${nameOf(entity)}.`,
      [`They are ${list(distinct.map(nameOf), 6)}.`, ...(privileged ? ['The role is privileged.'] : [])],
      privileged ? { severity: 'medium' } : {},
    )
  },
  cases: [
    { name: 'six functions', subject, entities: [role, ...functions(6)], edges: edges(6), expect: 'fail' },
    { name: 'one function', subject, entities: [role, ...functions(1)], edges: edges(1), expect: 'pass' },
  ],
})
