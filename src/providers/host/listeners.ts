import type { Collection, Edge, Entity } from '../../sdk/index.ts'
import { clean, type Host, hostKey, keyOf, novel, onHost, userKey } from './host.ts'
import { isLoopback, type Listener, listenersOf } from './listening.ts'
import { workloadKey, workloadName } from './processes.ts'

export const listeners: Collection<Host> = {
  id: 'listeners',
  title: 'Services that listen, and the accounts they run as',
  yields: ['host_listener', 'systemd_unit', 'linux_process'],
  needs: [
    'read /proc/net/tcp and tcp6',
    'read /proc/<pid>/fd of all processes (root or CAP_SYS_PTRACE), to tell which program listens',
  ],
  async *read(host, run) {
    const fresh = novel()
    const all = await listenersOf(host, run)
    for (const listener of all) for (const item of describe(host, listener, all)) if (fresh(item)) yield item
  },
}

export const listenerKey = (host: Host, { address, port }: Pick<Listener, 'address' | 'port'>): string =>
  keyOf(host, `/listen/tcp/${address.includes(':') ? `[${address}]` : address}:${port}`)

function* describe(host: Host, listener: Listener, all: readonly Listener[]): Iterable<Entity | Edge> {
  const { process, address, port, account } = listener
  const key = listenerKey(host, listener)
  yield {
    kind: 'resource',
    type: 'host_listener',
    key,
    name: clean(`${process ? workloadName(process) : 'a program'} on ${host.name} port ${port}`, 300),
    attributes: {
      address,
      port,
      account,
      loopbackOnly: isLoopback(address),
      program: process === null ? null : clean(process.program),
      unit: process?.unit ?? null,
      container: process?.container ?? null,
    },
    ...(process === null && {
      unknowns: {
        program: {
          reason: 'the program that listens could not be found',
          permission: 'read /proc/<pid>/fd: run as root or give CAP_SYS_PTRACE',
        },
      },
    }),
  }
  yield { from: hostKey(host), verb: 'contains', to: key }
  if (process === null) return
  const workload = workloadKey(host, process)
  const sockets = all.filter((other) => other.process !== null && workloadKey(host, other.process) === workload)
  yield {
    kind: 'workload',
    type: process.unit === null ? 'linux_process' : 'systemd_unit',
    key: workload,
    name: onHost(host, workloadName(process)),
    attributes: {
      program: clean(process.program),
      listensAs: account,
      active: true,
      listens: sockets
        .map((other) => `${other.address.includes(':') ? `[${other.address}]` : other.address}:${other.port}`)
        .slice(0, 50),
      listensBeyondLoopback: sockets.some((other) => !isLoopback(other.address)),
      inContainer: process.container !== null,
    },
  }
  yield { from: hostKey(host), verb: 'contains', to: workload }
  yield { from: workload, verb: 'runs-as', to: userKey(host, account) }
}
