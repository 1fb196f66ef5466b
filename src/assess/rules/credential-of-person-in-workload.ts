import { defineRule, fail, notApplicable, pass, type RuleCase } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { accountKind, list, nameOf, outOfForce } from './standing.ts'

const token: RuleCase['entities'][number] = {
  kind: 'credential',
  type: 'demo_token',
  key: 'demo:token',
  name: 'token "nightly" of ada',
  method: 'token',
}
const around = (accountKind: string, interactive = false): RuleCase['entities'] => [
  token,
  { kind: 'identity', type: 'demo_user', key: 'demo:ada', name: 'ada', attributes: { accountKind } },
  { kind: 'secret', type: 'demo_secret', key: 'demo:copy', name: 'ADA_TOKEN' },
  { kind: 'workload', type: 'demo_job', key: 'demo:job', name: 'nightly', attributes: { interactive } },
]
const edges: NonNullable<RuleCase['edges']> = [
  { from: 'demo:token', verb: 'authenticates', to: 'demo:ada' },
  { from: 'demo:copy', verb: 'holds', to: 'demo:token' },
  { from: 'demo:job', verb: 'uses', to: 'demo:copy' },
]

const OF_MACHINES = notApplicable('it is not a person’s alone')

export const credentialOfPersonInWorkload = defineRule({
  id: 'credential-of-person-in-workload',
  title: 'A program works with the credential of a person',
  owasp: ['NHI10'],
  severity: 'medium',
  why: 'The program may do all that the person may, its log lines bear the person’s name, and it stops on the day the person leaves.',
  fix: [
    'Make an identity for the program, with the rights that it needs.',
    'Put its credential where the person’s lies, then revoke the person’s.',
  ],
  undo: 'Put the former credential back until the program works with its own.',
  effort: 25,
  about: { kind: 'credential' },
  along: { identities: ['>authenticates'], users: ['<uses'], throughCopies: ['<holds', '<uses'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    const people = along.identities!
    if (people.length === 0) return notApplicable('no identity is known that it proves')
    if (!people.every(({ entity: one }) => one !== null && accountKind(one) === 'human')) return OF_MACHINES
    const programs = [
      ...new Map([...along.users!, ...along.throughCopies!].map((one) => [one.key, one])).values(),
    ].filter(({ entity: one }) => one?.kind === 'workload' && one.attributes['interactive'] !== true)
    if (programs.length === 0) return pass
    return fail(`${list(programs.map(nameOf))} works with ${nameOf(entity)}.`, [
      `${nameOf(entity)} proves ${list(people.map(nameOf))}, a person’s own account.`,
    ])
  },
  cases: onTypes(
    ['aws_access_key', 'ssh_key', 'secret_value'],
    [
      { name: 'a nightly job', subject: 'demo:token', entities: around('human'), edges, expect: 'fail' },
      {
        name: 'a program that the person works with',
        subject: 'demo:token',
        entities: around('human', true),
        edges,
        expect: 'pass',
      },
      {
        name: 'a token of a service',
        subject: 'demo:token',
        entities: around('service'),
        edges,
        expect: 'not-applicable',
      },
      { name: 'a token of nobody known', subject: 'demo:token', entities: [token], expect: 'not-applicable' },
    ],
  ),
})
