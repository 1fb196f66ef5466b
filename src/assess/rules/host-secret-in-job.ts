import { defineRule, fail, notApplicable } from '../../sdk/index.ts'
import { evidenceOf, whatOf } from './host-place.ts'
import { list, nameOf } from './standing.ts'

const SECRET = 'host:web-1/unit/app.service#0123456789abcdef'
const secret = {
  kind: 'secret' as const,
  type: 'host_unit_secret',
  key: SECRET,
  name: 'DB_PASSWORD in app.service on web-1',
  attributes: {
    file: '/etc/systemd/system/app.service',
    line: 7,
    title: 'DB_PASSWORD',
    detector: 'secret-variable',
    provider: 'generic',
    redacted: '****',
  },
}
const unit = (state: string) => ({
  kind: 'workload' as const,
  type: 'systemd_unit',
  key: 'host:web-1/unit/app.service',
  name: 'app.service@web-1',
  attributes: { state },
})
const uses = { from: 'host:web-1/unit/app.service', verb: 'uses' as const, to: SECRET }

export const hostSecretInJob = defineRule({
  id: 'host-secret-in-job',
  title: 'A secret stands in a unit file or crontab',
  owasp: ['NHI2'],
  severity: 'medium',
  why: 'systemd shows Environment= and command lines of a unit to every account (systemctl show), and the file goes into backups and configuration repositories.',
  fix: [
    'Move the value into a file with mode 600 and name it with LoadCredential= or EnvironmentFile=.',
    'Replace the value, which has been open.',
  ],
  undo: 'Put the line back from the evidence; the old value works until it is replaced.',
  effort: 20,
  about: { kind: 'secret', types: ['host_unit_secret', 'host_cron_secret'] },
  along: { jobs: ['<uses'] },
  check({ entity, along }) {
    if (along.jobs!.length > 0 && along.jobs!.every(({ entity: job }) => job?.attributes['state'] === 'masked'))
      return notApplicable('the unit is masked')
    const { file } = entity.attributes
    return fail(
      `${whatOf(entity)} stands in clear in ${file}.`,
      [`It is used by ${list(along.jobs!.map(nameOf)) || 'the job there'}.`],
      evidenceOf(entity),
    )
  },
  cases: [
    {
      name: 'Environment= with a password',
      subject: SECRET,
      entities: [secret, unit('enabled')],
      edges: [uses],
      expect: 'fail',
    },
    {
      name: 'a masked unit',
      subject: SECRET,
      entities: [secret, unit('masked')],
      edges: [uses],
      expect: 'not-applicable',
    },
  ],
})
