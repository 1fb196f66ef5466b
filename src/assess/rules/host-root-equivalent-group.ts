import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { accountKind, list, nameOf } from './standing.ts'

const USER = 'host:web-1/user/ci'
const GROUP = 'host:web-1/group/docker'
const user = (attributes: Record<string, string | number>) => ({
  kind: 'identity' as const,
  type: 'linux_user',
  key: USER,
  name: 'ci@web-1',
  attributes: { account: 'ci', uid: 1001, ...attributes },
})
const group = (rootEquivalent: boolean) => ({
  kind: 'entitlement' as const,
  type: 'linux_group',
  key: GROUP,
  name: 'docker@web-1',
  attributes: {
    group: 'docker',
    rootEquivalent,
    because: 'a member may start a container that mounts / and write there as root',
  },
})
const member = { from: USER, verb: 'has' as const, to: GROUP, attributes: { primary: false } }

export const hostRootEquivalentGroup = defineRule({
  id: 'host-root-equivalent-group',
  title: 'An account is in a group that makes it root',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'Membership of docker, lxd, disk and their like is root without a password and without a line in the sudo log.',
  fix: [
    'Take the account out: gpasswd -d, then end its sessions.',
    'Give it what it needs another way: rootless podman or docker, one sudo rule with fixed arguments, a build service.',
  ],
  undo: 'Put it back with usermod -aG.',
  effort: 30,
  about: { kind: 'identity', types: ['linux_user'] },
  along: { groups: ['>has'] },
  needs: ['linux_group'],
  check({ entity, along }) {
    if (entity.attributes['uid'] === 0) return notApplicable('it is root')
    const groups = along.groups!.filter(
      ({ entity: one }) =>
        one?.type === 'linux_group' &&
        one.attributes['rootEquivalent'] === true &&
        one.attributes['group'] !== entity.attributes['account'],
    )
    if (groups.length === 0) return pass
    const kind = accountKind(entity)
    return fail(
      `${nameOf(entity)} is as good as root through ${list(groups.map(({ entity: one }) => `the group ${one!.attributes['group']}`))}.`,
      groups.map(({ entity: one }) => `${one!.attributes['group']}: ${one!.attributes['because']}.`),
      kind === 'human' ? { severity: 'medium' } : {},
    )
  },
  cases: [
    {
      name: 'a build account in docker',
      subject: USER,
      entities: [user({ accountKind: 'service' }), group(true)],
      edges: [member],
      expect: 'fail',
    },
    { name: 'an ordinary group', subject: USER, entities: [user({}), group(false)], edges: [member], expect: 'pass' },
    {
      name: 'root',
      subject: USER,
      entities: [user({ uid: 0 }), group(true)],
      edges: [member],
      expect: 'not-applicable',
    },
    {
      name: 'groups could not be read',
      subject: USER,
      entities: [user({})],
      incomplete: ['linux_group'],
      expect: 'unknown',
    },
  ],
})
