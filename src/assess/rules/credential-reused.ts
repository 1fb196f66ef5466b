import { z } from 'zod'
import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { accountKind, isPrivileged, list, nameOf, outOfForce } from './standing.ts'

export const credentialReused = defineRule({
  id: 'credential-reused',
  title: 'One credential serves several machines or applications',
  owasp: ['NHI9'],
  severity: 'low',
  why: 'A shared credential cannot be rotated for one user alone, its log lines name nobody, and a leak at the weakest user opens what all of them may open.',
  fix: [
    'Give each user named here a credential of its own.',
    'Take the shared one out of each as it moves.',
    'Remove the shared one.',
  ],
  undo: 'Put the shared credential back where it was until each user has its own.',
  effort: 30,
  about: { kind: 'credential' },
  along: { identities: ['>authenticates'], users: ['<uses'], throughCopies: ['<holds', '<uses'] },
  params: z.strictObject({
    identities: z.number().int().positive().default(1),
    workloads: z.number().int().positive().default(1),
  }),
  check({ entity, along }, { params }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const machines = along.identities!.filter(
      ({ entity: one }) =>
        one === null || (one.kind === 'identity' && accountKind(one) !== 'human' && !outOfForce(one)),
    )
    const workloads = new Map([...along.users!, ...along.throughCopies!].map((one) => [one.key, one]))
    if (machines.length <= params.identities && workloads.size <= params.workloads) return pass
    const because = [
      ...(machines.length > params.identities
        ? [`It proves ${machines.length} identities: ${list(machines.map(nameOf))}.`]
        : []),
      ...(workloads.size > params.workloads
        ? [`${workloads.size} workloads use it: ${list([...workloads.values()].map(nameOf))}.`]
        : []),
    ]
    return fail(
      `${nameOf(entity)} serves ${machines.length > params.identities ? `${machines.length} identities` : `${workloads.size} workloads`}.`,
      because,
      machines.some(({ entity: one }) => isPrivileged(one)) ? { severity: 'medium' } : {},
    )
  },
  cases: onTypes(
    ['aws_access_key', 'aws_iot_certificate', 'ssh_key', 'postgres_password'],
    [
      {
        name: 'one key for two service accounts',
        subject: 'demo:key',
        entities: [
          { kind: 'credential', type: 'ssh_key', key: 'demo:key', name: 'deploy key', method: 'ssh-key' },
          { kind: 'identity', type: 'demo_account', key: 'demo:a', name: 'a', attributes: { accountKind: 'service' } },
          { kind: 'identity', type: 'demo_account', key: 'demo:b', name: 'b', attributes: { accountKind: 'service' } },
        ],
        edges: [
          { from: 'demo:key', verb: 'authenticates', to: 'demo:a' },
          { from: 'demo:key', verb: 'authenticates', to: 'demo:b' },
        ],
        expect: 'fail',
      },
      {
        name: 'two workloads read copies of it',
        subject: 'demo:key',
        entities: [
          { kind: 'credential', type: 'secret_value', key: 'demo:key', name: 'token', method: 'token' },
          { kind: 'secret', type: 'demo_place', key: 'demo:place-1', name: 'a.env' },
          { kind: 'secret', type: 'demo_place', key: 'demo:place-2', name: 'b.env' },
        ],
        edges: [
          { from: 'demo:place-1', verb: 'holds', to: 'demo:key' },
          { from: 'demo:place-2', verb: 'holds', to: 'demo:key' },
          { from: 'demo:web', verb: 'uses', to: 'demo:place-1' },
          { from: 'demo:job', verb: 'uses', to: 'demo:place-2' },
        ],
        expect: 'fail',
      },
      {
        name: 'one key for one service account and the person behind it',
        subject: 'demo:key',
        entities: [
          { kind: 'credential', type: 'ssh_key', key: 'demo:key', name: 'key', method: 'ssh-key' },
          { kind: 'identity', type: 'demo_account', key: 'demo:a', name: 'a', attributes: { accountKind: 'human' } },
          { kind: 'identity', type: 'demo_account', key: 'demo:b', name: 'b', attributes: { accountKind: 'human' } },
        ],
        edges: [
          { from: 'demo:key', verb: 'authenticates', to: 'demo:a' },
          { from: 'demo:key', verb: 'authenticates', to: 'demo:b' },
        ],
        expect: 'pass',
      },
    ],
  ),
})
