import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { onTypes } from './on-types.ts'
import { accountKind, list, nameOf, outOfForce } from './standing.ts'

export const credentialSharedWithPerson = defineRule({
  id: 'credential-shared-with-person',
  title: 'A person and a service prove themselves with the same credential',
  owasp: ['NHI10'],
  severity: 'medium',
  why: 'Nobody can tell from a log whether the service acted or the person did, and the person keeps what the service may do after leaving the team.',
  fix: ['Make a credential for the service alone.', 'Remove the person’s credential from the service identity.'],
  undo: 'Add the person’s credential to the service identity again.',
  effort: 15,
  about: { kind: 'credential' },
  along: { identities: ['>authenticates'] },
  check({ entity, along }) {
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (along.identities!.length < 2) return pass
    const people: string[] = []
    const services: string[] = []
    const doubtful: string[] = []
    for (const one of along.identities!) {
      if (one.entity && outOfForce(one.entity)) continue
      const kind = one.entity ? accountKind(one.entity) : 'unknown'
      if (kind === 'human') people.push(nameOf(one))
      else if (kind === 'unknown' || kind === undefined) doubtful.push(nameOf(one))
      else services.push(nameOf(one))
    }
    if (people.length > 0 && services.length > 0) {
      return fail(`${list(people)} and ${list(services)} share ${nameOf(entity)}.`, [
        `It proves ${list(people)}, ${people.length === 1 ? 'a person' : 'who are people'}.`,
        `It also proves ${list(services)}, ${services.length === 1 ? 'a service identity' : 'which are service identities'}.`,
      ])
    }
    if (doubtful.length > 0 && doubtful.length + people.length + services.length > 1)
      return unknown(`it cannot be told whether ${list(doubtful)} is a person or a machine; label it`)
    return pass
  },
  cases: onTypes(
    ['aws_access_key', 'ssh_key', 'postgres_password'],
    [
      {
        name: 'the key of an administrator on a service account',
        subject: 'ssh:SHA256:abc',
        entities: [
          { kind: 'credential', type: 'ssh_key', key: 'ssh:SHA256:abc', name: 'ada@laptop', method: 'ssh-key' },
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:ada',
            name: 'ada',
            attributes: { accountKind: 'human' },
          },
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:backup',
            name: 'backup',
            attributes: { accountKind: 'service' },
          },
        ],
        edges: [
          { from: 'ssh:SHA256:abc', verb: 'authenticates', to: 'demo:ada' },
          { from: 'ssh:SHA256:abc', verb: 'authenticates', to: 'demo:backup' },
        ],
        expect: 'fail',
      },
      {
        name: 'the service account was disabled',
        subject: 'ssh:SHA256:abc',
        entities: [
          { kind: 'credential', type: 'ssh_key', key: 'ssh:SHA256:abc', name: 'ada@laptop', method: 'ssh-key' },
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:ada',
            name: 'ada',
            attributes: { accountKind: 'human' },
          },
          {
            kind: 'identity',
            type: 'demo_account',
            key: 'demo:backup',
            name: 'backup',
            attributes: { accountKind: 'service', disabled: true },
          },
        ],
        edges: [
          { from: 'ssh:SHA256:abc', verb: 'authenticates', to: 'demo:ada' },
          { from: 'ssh:SHA256:abc', verb: 'authenticates', to: 'demo:backup' },
        ],
        expect: 'pass',
      },
      {
        name: 'one of two cannot be told',
        subject: 'ssh:SHA256:abc',
        entities: [
          { kind: 'credential', type: 'ssh_key', key: 'ssh:SHA256:abc', name: 'ada@laptop', method: 'ssh-key' },
          { kind: 'person', type: 'person', key: 'person:ada@example.org', name: 'Ada' },
          { kind: 'identity', type: 'demo_account', key: 'demo:x', name: 'x', attributes: { accountKind: 'unknown' } },
        ],
        edges: [
          { from: 'ssh:SHA256:abc', verb: 'authenticates', to: 'person:ada@example.org' },
          { from: 'ssh:SHA256:abc', verb: 'authenticates', to: 'demo:x' },
        ],
        expect: 'unknown',
      },
    ],
  ),
})
