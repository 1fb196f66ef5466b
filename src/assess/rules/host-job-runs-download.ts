import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { list, nameOf } from './standing.ts'

const JOB = 'host:web-1/cron/etc/cron.d/agent:1'
const job = (fetchesAndRuns: { file: string; line: number; from: string }[], active = true) => ({
  kind: 'workload' as const,
  type: 'cron_job',
  key: JOB,
  name: 'update-agent@web-1',
  attributes: { account: 'root', file: '/etc/cron.d/agent', active, fetchesAndRuns },
})
const line = { file: '/etc/cron.d/agent', line: 2, from: 'https://get.vendor.example/install.sh' }

export const hostJobRunsDownload = defineRule({
  id: 'host-job-runs-download',
  title: 'A service or cron job runs whatever it has just fetched from the network',
  owasp: ['NHI3'],
  severity: 'high',
  why: 'Whoever controls that address, or the way to it, runs commands here as the account of the job, again and again, without anybody installing anything.',
  fix: [
    'Install the software from a package or a file whose checksum is fixed.',
    'Let the job run that, and update it by hand or by the package manager.',
  ],
  undo: 'Put the line back from the evidence.',
  effort: 30,
  about: { kind: 'workload', types: ['systemd_unit', 'cron_job'] },
  check({ entity }) {
    if (entity.attributes['active'] === false) return notApplicable('it is not started')
    const listed = entity.attributes['fetchesAndRuns']
    const fetched = (Array.isArray(listed) ? listed : []) as { file: string; line: number; from: string }[]
    if (fetched.length === 0) return pass
    const account = entity.attributes['account']
    return fail(
      `${nameOf(entity)} runs what it fetches from ${list([...new Set(fetched.map((one) => one.from))])}.`,
      [
        ...fetched.map((one) => `${one.file}, line ${one.line}, hands ${one.from} to an interpreter.`),
        ...(typeof account === 'string' ? [`It runs as ${account}.`] : []),
      ],
      {
        places: fetched.map(({ file, line: at }) => ({ file, line: at })),
        ...(account === 'root' && { severity: 'critical' as const }),
      },
    )
  },
  cases: [
    { name: 'curl into sh', subject: JOB, entities: [job([line])], expect: 'fail' },
    { name: 'a plain job', subject: JOB, entities: [job([])], expect: 'pass' },
    { name: 'disabled', subject: JOB, entities: [job([line], false)], expect: 'not-applicable' },
  ],
})
