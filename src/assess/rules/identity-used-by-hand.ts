import { defineRule, fail, notApplicable, pass, type RuleCase } from '../../sdk/index.ts'
import { accountKind, list, nameOf, outOfForce } from './standing.ts'

const KEY = 'demo:reporting'
const identity = (type: string, attributes: object = {}): RuleCase['entities'][number] => ({
  kind: 'identity',
  type,
  key: KEY,
  name: 'REPORTING',
  attributes: { accountKind: 'service', ...attributes },
})
const program = (interactive?: boolean): RuleCase['entities'][number] => ({
  kind: 'workload',
  type: 'demo_client',
  key: 'demo:client',
  name: 'Worksheets in a browser',
  attributes: { ...(interactive !== undefined && { interactive }) },
})
const uses = [{ from: 'demo:client', verb: 'uses' as const, to: KEY }]

const NOBODY = notApplicable('no program is known that uses it')

export const identityUsedByHand = defineRule({
  id: 'identity-used-by-hand',
  title: 'A person works through a service identity with a program made for people',
  owasp: ['NHI10'],
  severity: 'medium',
  why: 'A worksheet, a shell or a console is worked by a person. Under a service identity nobody can tell who it was, and no second factor was asked.',
  fix: [
    'Give the person an account of their own with the rights they need.',
    'Rotate the credential of the service, which a person knows.',
  ],
  undo: 'Nothing to take back: the service keeps working.',
  effort: 20,
  about: { kind: 'identity' },
  along: { users: ['<uses'], direct: ['<runs-as'] },
  check({ entity, along }) {
    // Of a database role the rule about its sessions tells more.
    if (entity.type === 'postgres_role') return notApplicable('its sessions are judged by themselves')
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (accountKind(entity) === 'human') return notApplicable('a person uses it')
    if (along.users!.length + along.direct!.length === 0) return NOBODY
    const programs = [...along.users!, ...along.direct!].filter(({ entity: one }) => one?.kind === 'workload')
    if (programs.length === 0) return NOBODY
    const byHand = programs.filter(({ entity: one }) => one!.attributes['interactive'] === true)
    if (byHand.length === 0) return pass
    return fail(`A person works as ${nameOf(entity)} with ${list(byHand.map(nameOf))}.`, [
      `${list(byHand.map(nameOf))} ${byHand.length === 1 ? 'is a program' : 'are programs'} that people work with.`,
      ...(entity.lastUsedBy && 'value' in entity.lastUsedBy
        ? [`It was last used by ${entity.lastUsedBy.value.slice(0, 200)}.`]
        : []),
    ])
  },
  cases: [
    ...['aws_iam_user', 'linux_user', 'ai_agent'].flatMap((type): RuleCase[] => [
      {
        name: `a worksheet under a service identity (${type})`,
        subject: KEY,
        entities: [identity(type), program(true)],
        edges: uses,
        expect: 'fail',
      },
      {
        name: `a program that no person works with (${type})`,
        subject: KEY,
        entities: [identity(type), program(false)],
        edges: uses,
        expect: 'pass',
      },
    ]),
    {
      name: 'a person’s own account',
      subject: KEY,
      entities: [identity('demo_user', { accountKind: 'human' }), program(true)],
      edges: uses,
      expect: 'not-applicable',
    },
  ],
})
