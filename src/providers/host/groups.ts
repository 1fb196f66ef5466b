import type { Collection, Entity } from '../../sdk/index.ts'
import { accountsOf } from './accounts.ts'
import { clean, groupKey, type Host, hostKey, onHost } from './host.ts'

/**
 * Groups whose members can become root without being asked for anything, and how. sudo, wheel and admin are not among
 * them: what they may do stands in sudoers.
 */
const ROOT_EQUIVALENT: Record<string, string> = {
  docker: 'a member may start a container that mounts / and write there as root',
  lxd: 'a member may start a privileged container with / in it',
  incus: 'a member may start a privileged container with / in it',
  'incus-admin': 'a member may start a privileged container with / in it',
  libvirt: 'a member may attach the disk of the host to a virtual machine',
  disk: 'a member may read and write the disks past all permissions',
  shadow: 'a member may read all password hashes',
  kmem: 'a member may read the memory of the kernel',
}
const BY_CUSTOM: Record<string, string> = {
  sudo: 'sudoers usually lets its members become root',
  wheel: 'sudoers usually lets its members become root',
  admin: 'sudoers usually lets its members become root',
}

export const groups: Collection<Host> = {
  id: 'groups',
  title: 'Groups',
  yields: ['linux_group'],
  needs: ['read /etc/group'],
  async *read(host, run) {
    const accounts = await accountsOf(host, run)
    run.ledger.expect(accounts.groups.length)
    run.ledger.obtain(accounts.groups.length)
    for (const group of accounts.groups) {
      const how = ROOT_EQUIVALENT[group.name] ?? (group.gid === 0 ? undefined : BY_CUSTOM[group.name])
      const privileged = group.name in ROOT_EQUIVALENT
      const key = groupKey(host, group.name)
      const entity: Entity = {
        kind: 'entitlement',
        type: 'linux_group',
        key,
        name: onHost(host, group.name),
        attributes: {
          group: clean(group.name, 200),
          gid: group.gid,
          members: group.members.length,
          rootEquivalent: privileged,
          privileged,
          ...(how === undefined ? {} : { because: how }),
        },
      }
      yield entity
      if (privileged)
        yield { from: key, verb: 'allows', to: hostKey(host), attributes: { actions: ['admin'], because: how! } }
    }
  },
}
