import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { at } from './git-places.ts'

export const gitContainerHoldsHost = defineRule({
  id: 'git-container-holds-host',
  title: 'A container is declared with the rights of its host',
  owasp: ['NHI5'],
  severity: 'high',
  why: 'With the runtime’s socket, the host’s root folder or privileged mode a program in the container is root on the host, and reaches every secret of every other container there.',
  fix: [
    'Take out privileged mode and name the one capability that is needed.',
    'Instead of the socket use a proxy that lets only the needed calls through, or a rootless builder.',
  ],
  undo: 'Write the setting again and start the container anew.',
  effort: 30,
  about: { kind: 'workload', types: ['compose_service', 'kubernetes_workload'] },
  check({ entity }) {
    const { privileged, runtimeSocket, hostRoot, hostProcesses, example, privilegedLine, volumesLine } =
      entity.attributes
    const found: [string, unknown][] = []
    if (privileged === true) found.push(['runs in privileged mode', privilegedLine])
    if (typeof runtimeSocket === 'string') found.push([`holds the runtime’s socket ${runtimeSocket}`, volumesLine])
    if (hostRoot === true) found.push(['mounts the root folder of the host', volumesLine])
    if (hostProcesses === true) found.push(['sees the processes of the host', undefined])
    if (found.length === 0) return pass
    if (example === true) return notApplicable('it is an example or a test')
    return fail(
      `${entity.name} ${found[0]![0]}.`,
      found.map(([says, line]) => `${at(entity, line).said}: it ${says}.`),
      {
        places: found.map(([, line]) => at(entity, line).place),
        ...(found.length === 1 && hostProcesses === true ? { severity: 'medium' as const } : {}),
      },
    )
  },
  cases: [
    {
      name: 'the socket of Docker in a service',
      subject: 'git:a/compose/compose.yml/ci',
      entities: [
        {
          kind: 'workload',
          type: 'compose_service',
          key: 'git:a/compose/compose.yml/ci',
          name: 'ci',
          attributes: { file: 'compose.yml', runtimeSocket: '/var/run/docker.sock', volumesLine: 8 },
        },
      ],
      expect: 'fail',
    },
    {
      name: 'an ordinary service',
      subject: 'git:a/compose/compose.yml/web',
      entities: [
        {
          kind: 'workload',
          type: 'compose_service',
          key: 'git:a/compose/compose.yml/web',
          name: 'web',
          attributes: { file: 'compose.yml', privileged: false, runtimeSocket: null },
        },
      ],
      expect: 'pass',
    },
  ],
})
