import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { nameOf } from './standing.ts'

const BOX = 'host:web-1/container/ci'
const box = (attributes: Record<string, string | boolean | string[]>) => ({
  kind: 'workload' as const,
  type: 'host_container',
  key: BOX,
  name: 'ci@web-1',
  attributes: {
    image: 'ci:1',
    active: true,
    privileged: false,
    mountsRuntimeSocket: false,
    mountsRoot: false,
    hostProcesses: false,
    ...attributes,
  },
})
const WAYS: [string, string][] = [
  ['privileged', 'It is privileged: it may load kernel modules and mount the disks of the host.'],
  [
    'mountsRuntimeSocket',
    'The socket of the container runtime is mounted into it: it may start a container that mounts /.',
  ],
  ['mountsRoot', '/, /etc or /root of the host is mounted into it.'],
]

export const hostContainerOwnsHost = defineRule({
  id: 'host-container-owns-host',
  title: 'A container can take over its host',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'A fault in what runs in the container is then a fault that gives away the host and every other container on it.',
  fix: [
    'Start it without --privileged; add the one capability or device it needs.',
    'Instead of the socket give it a proxy that lets few calls through, or a rootless runtime of its own.',
  ],
  undo: 'Start the container again with its former options.',
  effort: 40,
  about: { kind: 'workload', types: ['host_container'] },
  check({ entity }) {
    if (entity.attributes['active'] === false) return notApplicable('it does not run')
    const because = WAYS.flatMap(([name, sentence]) => (entity.attributes[name] === true ? [sentence] : []))
    return because.length === 0
      ? pass
      : fail(`The container ${nameOf(entity)} can take over its host.`, [
          ...because,
          `Its image is ${entity.attributes['image']}.`,
        ])
  },
  cases: [
    { name: 'docker.sock mounted', subject: BOX, entities: [box({ mountsRuntimeSocket: true })], expect: 'fail' },
    { name: 'privileged', subject: BOX, entities: [box({ privileged: true })], expect: 'fail' },
    { name: 'a plain container', subject: BOX, entities: [box({})], expect: 'pass' },
    { name: 'stopped', subject: BOX, entities: [box({ privileged: true, active: false })], expect: 'not-applicable' },
  ],
})
