import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { evidence, isNow, leaksOf, secretOf, severityOf, standsIn, what } from './git-places.ts'
import { outOfForce } from './standing.ts'

export const gitSecretInCode = defineRule({
  id: 'git-secret-in-code',
  title: 'A secret stands in the code as it is now',
  owasp: ['NHI2'],
  severity: 'high',
  why: 'Everybody who can read the repository, each clone, build and backup has the secret, and nobody sees who uses it.',
  fix: [
    'Rotate the secret where it was issued; treat the old one as known to others.',
    'Let the program read it from the environment or a vault, and take it out of the file.',
    'Look in the issuer’s audit trail for use since the day it was committed.',
  ],
  undo: 'The old secret can stay valid beside the new one until every user has moved.',
  effort: 30,
  about: { kind: 'credential' },
  along: { copies: ['<holds'] },
  check({ entity, along }, context) {
    if (entity.attributes['privateKey'] === true) return notApplicable('it is a private key')
    const leaks = leaksOf(along.copies!)
    if (leaks.length === 0) return notApplicable('it was seen in no repository')
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}, and opens nothing`)
    const now = leaks.filter(isNow)
    if (now.length === 0) return pass
    return fail(`${what(entity)} ${standsIn(now, context.now)}.`, evidence(entity, leaks), {
      severity: severityOf(entity, now),
      places: leaks.map(({ place }) => place),
      secret: secretOf(entity),
    })
  },
  cases: [
    {
      name: 'revoked where it was issued',
      subject: 'credential:hmac:1',
      entities: [
        {
          kind: 'credential',
          type: 'secret_value',
          key: 'credential:hmac:1',
          name: 'Demo token dm_…1234',
          attributes: { status: 'revoked' },
        },
        {
          kind: 'secret',
          type: 'git_leak',
          key: 'git:a/leak/app.env#1',
          name: 'app.env:3',
          attributes: {
            file: 'app.env',
            line: 3,
            commit: 'abcdef0123',
            repository: true,
            tracked: true,
            atHead: true,
            inFolder: true,
          },
        },
      ],
      edges: [{ from: 'git:a/leak/app.env#1', verb: 'holds', to: 'credential:hmac:1' }],
      expect: 'not-applicable',
    },
    {
      name: 'a key in a file at HEAD',
      subject: 'credential:hmac:1',
      entities: [
        {
          kind: 'credential',
          type: 'secret_value',
          key: 'credential:hmac:1',
          name: 'Demo token dm_…1234',
          attributes: { detector: 'demo-token', provider: 'demo', redacted: 'dm_…1234', severity: 'critical' },
        },
        {
          kind: 'secret',
          type: 'git_leak',
          key: 'git:a/leak/app.env#1',
          name: 'app.env:3',
          attributes: {
            file: 'app.env',
            line: 3,
            column: 5,
            commit: 'abcdef0123',
            author: 'Ada <ada@acme.test>',
            date: '2026-03-05T10:00:00.000Z',
            atHead: true,
            tracked: true,
            inFolder: true,
            repository: true,
            repositoryName: 'acme/app',
          },
        },
      ],
      edges: [{ from: 'git:a/leak/app.env#1', verb: 'holds', to: 'credential:hmac:1' }],
      expect: 'fail',
    },
    {
      name: 'a folder without repository',
      subject: 'credential:hmac:1',
      entities: [
        { kind: 'credential', type: 'secret_value', key: 'credential:hmac:1', name: 'Demo token dm_…1234' },
        {
          kind: 'secret',
          type: 'git_leak',
          key: 'git:a/leak/app.env#1',
          name: 'app.env:3',
          attributes: { file: 'app.env', line: 3, repository: false, inFolder: true, tracked: false },
        },
      ],
      edges: [{ from: 'git:a/leak/app.env#1', verb: 'holds', to: 'credential:hmac:1' }],
      expect: 'fail',
    },
    {
      name: 'only in an old commit',
      subject: 'credential:hmac:1',
      entities: [
        { kind: 'credential', type: 'secret_value', key: 'credential:hmac:1', name: 'Demo token dm_…1234' },
        {
          kind: 'secret',
          type: 'git_leak',
          key: 'git:a/leak/app.env#1',
          name: 'app.env:3',
          attributes: {
            file: 'app.env',
            line: 3,
            commit: 'abcdef0123',
            repository: true,
            tracked: true,
            atHead: false,
            inFolder: false,
          },
        },
      ],
      edges: [{ from: 'git:a/leak/app.env#1', verb: 'holds', to: 'credential:hmac:1' }],
      expect: 'pass',
    },
    {
      name: 'a password of a host',
      subject: 'credential:hmac:1',
      entities: [{ kind: 'credential', type: 'secret_value', key: 'credential:hmac:1', name: 'password' }],
      expect: 'not-applicable',
    },
  ],
})
