import {
  defineRule,
  type Entity,
  fail,
  type Neighbour,
  notApplicable,
  type Outcome,
  pass,
  unknown,
} from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { actionsOf, onlyWatches } from './rights.ts'
import { accountKind, listOf, nameOf, outOfForce } from './standing.ts'

export const identityAcrossEnvironments = defineRule({
  id: 'identity-across-environments',
  title: 'An identity of one environment reaches into production',
  owasp: ['NHI8'],
  severity: 'medium',
  why: 'An identity that works in test and in production carries whatever happens in test into production.',
  fix: [
    'Make an identity for each environment.',
    'Take the rights in production away from the one that is used elsewhere.',
  ],
  undo: 'Grant the rights again; the finding lists them.',
  effort: 40,
  about: { kind: 'identity' },
  along: { reached: ['>has', '>allows'], deeper: ['>has', '>has', '>allows'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (accountKind(entity) === 'human') return notApplicable('a person uses it')
    let [inside, outside, unsaid] = [false, false, false]
    for (const ends of [along.reached!, along.deeper!]) {
      for (const { entity: end } of ends) {
        if (end?.environment === undefined) unsaid = true
        else if (end.environment === 'production') inside = true
        else outside = true
      }
    }
    const elsewhere = entity.environment !== undefined && entity.environment !== 'production'
    if (inside && (outside || elsewhere)) return worksInBoth(entity, [along.reached!, along.deeper!])
    if (!inside && !outside) return notApplicable('no environment is known of what it reaches')
    return unsaid ? unknown('the environment of some of what it reaches is not known') : pass
  },
  cases: onTypes(
    ['aws_iam_role', 'kubernetes_service_account', 'postgres_role', 'ai_agent'],
    [
      {
        name: 'a role in staging and in production',
        subject: 'demo:deployer',
        entities: [
          { kind: 'identity', type: 'demo_role', key: 'demo:deployer', name: 'deployer' },
          { kind: 'entitlement', type: 'demo_policy', key: 'demo:policy', name: 'deploy' },
          { kind: 'resource', type: 'demo_account', key: 'demo:prod', name: 'prod', environment: 'production' },
          { kind: 'resource', type: 'demo_account', key: 'demo:stage', name: 'stage', environment: 'staging' },
        ],
        edges: [
          { from: 'demo:deployer', verb: 'has', to: 'demo:policy' },
          { from: 'demo:policy', verb: 'allows', to: 'demo:prod' },
          { from: 'demo:policy', verb: 'allows', to: 'demo:stage' },
        ],
        expect: 'fail',
      },
      {
        name: 'production only',
        subject: 'demo:deployer',
        entities: [
          { kind: 'identity', type: 'demo_role', key: 'demo:deployer', name: 'deployer' },
          { kind: 'entitlement', type: 'demo_policy', key: 'demo:policy', name: 'deploy' },
          { kind: 'resource', type: 'demo_account', key: 'demo:prod', name: 'prod', environment: 'production' },
        ],
        edges: [
          { from: 'demo:deployer', verb: 'has', to: 'demo:policy' },
          { from: 'demo:policy', verb: 'allows', to: 'demo:prod' },
        ],
        expect: 'pass',
      },
      {
        name: 'a monitor that may read metrics everywhere and nothing else',
        subject: 'demo:monitor',
        entities: [
          { kind: 'identity', type: 'demo_role', key: 'demo:monitor', name: 'monitor' },
          { kind: 'entitlement', type: 'demo_policy', key: 'demo:policy', name: 'metrics' },
          { kind: 'resource', type: 'demo_account', key: 'demo:prod', name: 'prod', environment: 'production' },
          { kind: 'resource', type: 'demo_account', key: 'demo:stage', name: 'stage', environment: 'staging' },
        ],
        edges: [
          { from: 'demo:monitor', verb: 'has', to: 'demo:policy' },
          { from: 'demo:policy', verb: 'allows', to: 'demo:prod', attributes: { actions: ['metrics'] } },
          { from: 'demo:policy', verb: 'allows', to: 'demo:stage', attributes: { privileges: ['cloudwatch:read'] } },
        ],
        expect: 'pass',
      },
      {
        name: 'production, and something of unknown environment',
        subject: 'demo:deployer',
        entities: [
          { kind: 'identity', type: 'demo_role', key: 'demo:deployer', name: 'deployer' },
          { kind: 'entitlement', type: 'demo_policy', key: 'demo:policy', name: 'deploy' },
          { kind: 'resource', type: 'demo_account', key: 'demo:prod', name: 'prod', environment: 'production' },
        ],
        edges: [
          { from: 'demo:deployer', verb: 'has', to: 'demo:policy' },
          { from: 'demo:policy', verb: 'allows', to: 'demo:prod' },
          { from: 'demo:policy', verb: 'allows', to: 'demo:somewhere' },
        ],
        expect: 'unknown',
      },
    ],
  ),
})

/** To look at how things fare, in both, carries nothing from one into the other. */
function worksInBoth(entity: Entity, reached: readonly (readonly Neighbour[])[]): Outcome {
  const ends = new Map<string, Neighbour>()
  for (const some of reached) for (const one of some) if (one.entity?.environment !== undefined) ends.set(one.key, one)
  const inside: Neighbour[] = []
  const outside: Neighbour[] = []
  for (const one of ends.values())
    if (!onlyWatches(actionsOf(one.edge))) (one.entity!.environment === 'production' ? inside : outside).push(one)
  const elsewhere = entity.environment !== undefined && entity.environment !== 'production'
  if (inside.length === 0 || (outside.length === 0 && !elsewhere)) return pass
  return fail(`${nameOf(entity)} works in production and outside it.`, [
    `In production it reaches ${listOf(inside)}.`,
    ...(outside.length > 0
      ? [`Outside it reaches ${listOf(outside, (one) => `${nameOf(one)} (${one.entity!.environment})`)}.`]
      : []),
    ...(elsewhere ? [`It belongs to ${entity.environment} itself.`] : []),
  ])
}
