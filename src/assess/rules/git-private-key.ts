import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { evidence, files, isNow, isOnlyHere, leaksOf, secretOf, severityOf, what } from './git-places.ts'
import { outOfForce } from './standing.ts'

export const gitPrivateKey = defineRule({
  id: 'git-private-key',
  title: 'A private key was committed',
  owasp: ['NHI2'],
  severity: 'critical',
  why: 'A private key proves who one is. Whoever has a copy of the repository can be that server, account or signer until the key is taken out of trust everywhere.',
  fix: [
    'Make a new key where it is used; private keys do not travel.',
    'Remove the public half from every place that trusts it, or revoke its certificate.',
    'Take the file out of the repository.',
  ],
  undo: 'Trust the old key beside the new one until every user has moved.',
  effort: 45,
  about: { kind: 'credential' },
  along: { copies: ['<holds'], accounts: ['>authenticates'] },
  check({ entity, along }) {
    if (entity.attributes['privateKey'] !== true) return notApplicable('it is no private key')
    const leaks = leaksOf(along.copies!)
    if (leaks.length === 0) return notApplicable('it was seen in no repository')
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}, and opens nothing`)
    const committed = leaks.filter((leak) => !isOnlyHere(leak))
    if (committed.length === 0) return pass
    const now = committed.some(isNow)
    const trusted = along.accounts!.map(({ entity: account, key }) => account?.name ?? key)
    return fail(
      `${what(entity)} is in ${now ? '' : 'the history of '}${files(committed)}.`,
      [...(trusted.length > 0 ? [`It opens ${trusted.slice(0, 3).join(', ')}.`] : []), ...evidence(entity, committed)],
      {
        severity: trusted.length > 0 ? 'critical' : severityOf(entity, committed, now ? 'critical' : 'high'),
        places: committed.map(({ place }) => place),
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
          attributes: { status: 'revoked', privateKey: true },
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
      name: 'a deploy key at HEAD',
      subject: 'ssh:SHA256:abc',
      entities: [
        {
          kind: 'credential',
          type: 'ssh_key',
          key: 'ssh:SHA256:abc',
          name: 'OpenSSH private key',
          method: 'ssh-key',
          attributes: { privateKey: true, severity: 'critical' },
        },
        {
          kind: 'secret',
          type: 'git_leak',
          key: 'git:a/leak/deploy_key#1',
          name: 'deploy_key:1',
          attributes: { file: 'deploy_key', line: 1, repository: true, tracked: true, atHead: true },
        },
      ],
      edges: [{ from: 'git:a/leak/deploy_key#1', verb: 'holds', to: 'ssh:SHA256:abc' }],
      expect: 'fail',
    },
    {
      name: 'a key beside the repository, never committed',
      subject: 'ssh:SHA256:abc',
      entities: [
        {
          kind: 'credential',
          type: 'ssh_key',
          key: 'ssh:SHA256:abc',
          name: 'OpenSSH private key',
          method: 'ssh-key',
          attributes: { privateKey: true },
        },
        {
          kind: 'secret',
          type: 'git_leak',
          key: 'git:a/leak/id#1',
          name: 'id:1',
          attributes: { file: 'id', line: 1, repository: true, tracked: false, atHead: false, inFolder: true },
        },
      ],
      edges: [{ from: 'git:a/leak/id#1', verb: 'holds', to: 'ssh:SHA256:abc' }],
      expect: 'pass',
    },
    {
      name: 'a token',
      subject: 'credential:hmac:1',
      entities: [{ kind: 'credential', type: 'secret_value', key: 'credential:hmac:1', name: 'Demo token' }],
      expect: 'not-applicable',
    },
  ],
})
