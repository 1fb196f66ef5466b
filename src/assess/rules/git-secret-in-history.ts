import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { evidence, files, isNow, isOnlyHere, leaksOf, secretOf, severityOf, what } from './git-places.ts'
import { day, outOfForce } from './standing.ts'

export const gitSecretInHistory = defineRule({
  id: 'git-secret-in-history',
  title: 'A secret was taken out of the code but stands in its history',
  owasp: ['NHI2'],
  severity: 'high',
  why: 'Deleting a line does not delete the commit: each clone made since then holds the secret, and history is where attackers look first.',
  fix: [
    'Rotate the secret where it was issued; that alone ends the matter.',
    'Rewrite the history only if it has to be gone from sight; clones and forks keep it.',
  ],
  undo: 'The old secret can stay valid beside the new one until every user has moved.',
  effort: 20,
  about: { kind: 'credential' },
  along: { copies: ['<holds'] },
  check({ entity, along }) {
    if (entity.attributes['privateKey'] === true) return notApplicable('it is a private key')
    const leaks = leaksOf(along.copies!)
    if (leaks.length === 0) return notApplicable('it was seen in no repository')
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}, and opens nothing`)
    if (leaks.some(isNow)) return notApplicable('it is in the code still')
    const past = leaks.filter((leak) => !isOnlyHere(leak))
    if (past.length === 0) return pass
    const since = past
      .map(({ place }) => place.date)
      .filter((date) => date !== undefined)
      .sort()[0]
    return fail(
      `${what(entity)} is in the history of ${files(past)}${since ? `, committed on ${day(Date.parse(since))}` : ''}.`,
      evidence(entity, past),
      {
        severity: severityOf(entity, past, 'high'),
        places: past.map(({ place }) => place),
        secret: secretOf(entity),
      },
    )
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
            atHead: false,
            inFolder: false,
          },
        },
      ],
      edges: [{ from: 'git:a/leak/app.env#1', verb: 'holds', to: 'credential:hmac:1' }],
      expect: 'not-applicable',
    },
    {
      name: 'removed in a later commit',
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
            author: 'Ada <ada@acme.test>',
            date: '2026-03-05T10:00:00.000Z',
            repository: true,
            tracked: true,
            atHead: false,
            inFolder: false,
          },
        },
      ],
      edges: [{ from: 'git:a/leak/app.env#1', verb: 'holds', to: 'credential:hmac:1' }],
      expect: 'fail',
    },
    {
      name: 'in the newest state too',
      subject: 'credential:hmac:1',
      entities: [
        { kind: 'credential', type: 'secret_value', key: 'credential:hmac:1', name: 'Demo token dm_…1234' },
        {
          kind: 'secret',
          type: 'git_leak',
          key: 'git:a/leak/app.env#1',
          name: 'app.env:3',
          attributes: { file: 'app.env', line: 3, repository: true, tracked: true, atHead: true },
        },
      ],
      edges: [{ from: 'git:a/leak/app.env#1', verb: 'holds', to: 'credential:hmac:1' }],
      expect: 'not-applicable',
    },
    {
      name: 'only in a file that was never committed',
      subject: 'credential:hmac:1',
      entities: [
        { kind: 'credential', type: 'secret_value', key: 'credential:hmac:1', name: 'Demo token dm_…1234' },
        {
          kind: 'secret',
          type: 'git_leak',
          key: 'git:a/leak/.env#1',
          name: '.env:3',
          attributes: { file: '.env', line: 3, repository: true, tracked: false, atHead: false, inFolder: true },
        },
      ],
      edges: [{ from: 'git:a/leak/.env#1', verb: 'holds', to: 'credential:hmac:1' }],
      expect: 'pass',
    },
  ],
})
