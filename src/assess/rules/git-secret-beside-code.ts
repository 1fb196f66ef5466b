import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { evidence, files, isNow, isOnlyHere, leaksOf, secretOf, severityOf, what } from './git-places.ts'
import { outOfForce } from './standing.ts'

export const gitSecretBesideCode = defineRule({
  id: 'git-secret-beside-code',
  title: 'A secret lies in the working folder, one commit away from the repository',
  owasp: ['NHI2'],
  severity: 'medium',
  why: 'It is not committed, but editors, containers, archives and agents read the whole folder, and one `git add` in a hurry publishes it.',
  fix: [
    'Keep it in a secret store and let the program fetch it at start.',
    'Where a file has to be, keep it outside the folder, readable for its user alone.',
  ],
  undo: 'Put the file back; nothing else changed.',
  effort: 15,
  about: { kind: 'credential' },
  along: { copies: ['<holds'] },
  check({ entity, along }) {
    const leaks = leaksOf(along.copies!)
    if (leaks.length === 0) return notApplicable('it was seen in no repository')
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}, and opens nothing`)
    if (leaks.some(isNow)) return notApplicable('it is in the code itself')
    const here = leaks.filter(isOnlyHere)
    if (here.length === 0) return pass
    return fail(`${what(entity)} lies uncommitted in ${files(here)}.`, evidence(entity, here), {
      severity: severityOf(entity, here, 'high'),
      places: here.map(({ place }) => place),
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
            tracked: false,
            atHead: false,
            inFolder: true,
          },
        },
      ],
      edges: [{ from: 'git:a/leak/app.env#1', verb: 'holds', to: 'credential:hmac:1' }],
      expect: 'not-applicable',
    },
    {
      name: 'an ignored settings file',
      subject: 'credential:hmac:1',
      entities: [
        { kind: 'credential', type: 'secret_value', key: 'credential:hmac:1', name: 'Demo token dm_…1234' },
        {
          kind: 'secret',
          type: 'git_leak',
          key: 'git:a/leak/.env#1',
          name: '.env:3',
          attributes: { file: '.env', line: 3, repository: true, tracked: false, inFolder: true },
        },
      ],
      edges: [{ from: 'git:a/leak/.env#1', verb: 'holds', to: 'credential:hmac:1' }],
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
          },
        },
      ],
      edges: [{ from: 'git:a/leak/app.env#1', verb: 'holds', to: 'credential:hmac:1' }],
      expect: 'pass',
    },
  ],
})
