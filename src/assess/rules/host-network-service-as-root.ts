import { z } from 'zod'
import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { list, nameOf } from './standing.ts'

const UNIT = 'host:web-1/unit/orders.service'
const unit = (attributes: Record<string, string | boolean | string[]>) => ({
  kind: 'workload' as const,
  type: 'systemd_unit',
  key: UNIT,
  name: 'orders.service@web-1',
  attributes: {
    program: '/opt/orders/bin/orders',
    listensAs: 'root',
    listens: ['0.0.0.0:8080'],
    listensBeyondLoopback: true,
    inContainer: false,
    ...attributes,
  },
})

/** These need root for what they are (they log in others, or hand each connection on under another account). */
const EXPECTED = [
  'sshd',
  'systemd',
  'init',
  'login',
  'in.telnetd',
  'inetd',
  'xinetd',
  'dockerd',
  'docker-proxy',
  'containerd',
  'kubelet',
  'k3s',
  'k3s-server',
  'crio',
  'master',
  'cupsd',
  'smbd',
  'nmbd',
  'rpc.mountd',
  'rpcbind',
  'dhclient',
  'NetworkManager',
  'libvirtd',
  'cockpit-ws',
  'tailscaled',
  'wg-quick',
]

export const hostNetworkServiceAsRoot = defineRule({
  id: 'host-network-service-as-root',
  title: 'A service that the network reaches runs as root',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'A fault in the service is then a fault that gives away the whole host.',
  fix: [
    'Give it an account: User= in the unit, or DynamicUser=yes.',
    'For a port below 1024 add AmbientCapabilities=CAP_NET_BIND_SERVICE.',
    'If only this host talks to it, let it listen on 127.0.0.1.',
  ],
  undo: 'Take the drop-in away with systemctl revert and restart the service.',
  effort: 40,
  about: { kind: 'workload', types: ['systemd_unit', 'linux_process'] },
  params: z.strictObject({ expected: z.array(z.string()).default(EXPECTED) }),
  check({ entity }, { params }) {
    const { program, listensAs, listens, listensBeyondLoopback, inContainer } = entity.attributes
    if (listensBeyondLoopback !== true) return notApplicable('the network does not reach it')
    if (inContainer === true) return notApplicable('it runs in a container')
    if (listensAs !== 'root') return pass
    const name = String(program).split('/').at(-1)!
    if (params.expected.includes(name)) return notApplicable(`${name} needs to be root for what it does`)
    return fail(
      `${nameOf(entity)} runs as root and listens on ${list(Array.isArray(listens) ? listens.map(String) : [])}.`,
      [`The program is ${program}.`, 'The process that answers has uid 0.'],
    )
  },
  cases: [
    { name: 'a service of the house as root', subject: UNIT, entities: [unit({})], expect: 'fail' },
    { name: 'under its own account', subject: UNIT, entities: [unit({ listensAs: 'orders' })], expect: 'pass' },
    {
      name: 'loopback only',
      subject: UNIT,
      entities: [unit({ listensBeyondLoopback: false, listens: ['127.0.0.1:8080'] })],
      expect: 'not-applicable',
    },
    { name: 'sshd', subject: UNIT, entities: [unit({ program: '/usr/sbin/sshd' })], expect: 'not-applicable' },
  ],
})
