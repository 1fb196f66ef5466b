import { defineRule, fail, notApplicable, pass, type RuleCase, unknown } from '../../sdk/index.ts'
import { list, nameOf, outOfForce } from './standing.ts'

const place = (type: string, attributes: Record<string, string | boolean>): RuleCase['entities'][number] => ({
  kind: 'secret',
  type,
  key: 'demo:place',
  name: 'description of nightly',
  attributes,
})
const token = (over: object = {}): RuleCase['entities'][number] => ({
  kind: 'credential',
  type: 'demo_token',
  key: 'demo:token',
  name: 'token of alerts',
  method: 'token',
  ...over,
})
const holds = [{ from: 'demo:place', verb: 'holds' as const, to: 'demo:token' }]

export const secretOpenToEverybody = defineRule({
  id: 'secret-open-to-everybody',
  title: 'A credential in force lies where everybody may read it',
  owasp: ['NHI2'],
  severity: 'high',
  why: 'A description, a page or a shared folder that everybody reads is where a secret is found first, and nobody sees who took it.',
  fix: [
    'Rotate the credential where it was issued; that alone ends the matter.',
    'Put the new one where only its user reads it, and take the copy out.',
  ],
  undo: 'The old credential can stay valid beside the new one until every user has moved.',
  effort: 20,
  about: { kind: 'secret' },
  along: { held: ['>holds'] },
  check({ entity, along }) {
    const { public: open, readers, example, commit } = entity.attributes
    if (typeof commit === 'string') return notApplicable('it stands in code, and is judged there')
    if (example === true) return notApplicable('it is an example')
    if (open === undefined) {
      const missing = entity.unknowns?.['public']
      return missing
        ? unknown(missing.reason, missing.permission)
        : notApplicable('its source does not tell who may read it')
    }
    if (open !== true) return pass
    const held = along.held!.filter(({ entity: one }) => one === null || !outOfForce(one))
    if (held.length === 0) return notApplicable('what lies there opens nothing any more')
    return fail(`${list(held.map(nameOf))} lies in ${nameOf(entity)}, which everybody may read.`, [
      `It may be read by ${typeof readers === 'string' ? readers.slice(0, 120) : 'everybody'}.`,
    ])
  },
  cases: [
    ...['aws_lambda_variable', 'host_secret_file', 'ci_secret'].flatMap((type): RuleCase[] => [
      {
        name: `a token in an open description (${type})`,
        subject: 'demo:place',
        entities: [place(type, { public: true, readers: 'everybody who may log in' }), token()],
        edges: holds,
        expect: 'fail',
      },
      {
        name: `only its service may read it (${type})`,
        subject: 'demo:place',
        entities: [place(type, { public: false }), token()],
        edges: holds,
        expect: 'pass',
      },
    ]),
    {
      name: 'the token was revoked',
      subject: 'demo:place',
      entities: [place('demo_page', { public: true }), token({ attributes: { status: 'revoked' } })],
      edges: holds,
      expect: 'not-applicable',
    },
    {
      name: 'who may read it was not told',
      subject: 'demo:place',
      entities: [
        {
          ...place('demo_page', {}),
          unknowns: { public: { reason: 'the rights may not be read', permission: 'acl.read' } },
        },
        token(),
      ],
      edges: holds,
      expect: 'unknown',
    },
    {
      name: 'a line in code',
      subject: 'demo:place',
      entities: [place('git_leak', { public: true, commit: 'abc' }), token()],
      edges: holds,
      expect: 'not-applicable',
    },
  ],
})
