import { defineRule, fail, notApplicable } from '../../sdk/index.ts'
import { evidenceOf, whatOf } from './host-place.ts'
import { list, nameOf } from './standing.ts'

const SECRET = 'host:web-1/memory/aa/argument#0123456789abcdef'
const secret = (users: string) => ({
  kind: 'secret' as const,
  type: 'host_process_argument',
  key: SECRET,
  name: 'secret in an option in exporter on web-1',
  attributes: {
    program: '/usr/local/bin/exporter',
    account: users,
    title: 'secret in an option',
    detector: 'command-line',
    provider: 'generic',
    redacted: '****',
  },
})
const process = (inContainer: boolean) => ({
  kind: 'workload' as const,
  type: 'linux_process',
  key: 'host:web-1/process/exporter',
  name: 'exporter@web-1',
  attributes: { inContainer },
})
const uses = { from: 'host:web-1/process/exporter', verb: 'uses' as const, to: SECRET }

export const hostSecretInArguments = defineRule({
  id: 'host-secret-in-arguments',
  title: 'A secret is handed to a program on its command line',
  owasp: ['NHI2'],
  severity: 'high',
  why: 'Command lines are public on a host: ps and /proc show them to every account, and monitoring copies them off the host.',
  fix: [
    'Hand the secret over in a file, LoadCredential= or standard input.',
    'Replace it: it has been readable by every account.',
  ],
  undo: 'Start the program with the former arguments.',
  effort: 20,
  about: { kind: 'secret', types: ['host_process_argument'] },
  along: { programs: ['<uses'] },
  check({ entity, along }) {
    const { program, account } = entity.attributes
    if (along.programs!.length === 0) return notApplicable('the program no longer runs')
    return fail(
      `${program} was started with ${whatOf(entity)} among its arguments.`,
      [`It runs as ${account}: ${list(along.programs!.map(nameOf))}.`, 'Every account of the host can see it with ps.'],
      evidenceOf(entity),
    )
  },
  cases: [
    {
      name: 'a token as an option',
      subject: SECRET,
      entities: [secret('exporter'), process(false)],
      edges: [uses],
      expect: 'fail',
    },
    { name: 'the program has ended', subject: SECRET, entities: [secret('exporter')], expect: 'not-applicable' },
  ],
})
