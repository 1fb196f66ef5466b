import { defineRule, fail, notApplicable, pass, unknown } from '../../sdk/index.ts'
import { list, nameOf } from './standing.ts'

const UNIT = 'host:web-1/unit/report.service'
const unit = (account: string | null) => ({
  kind: 'workload' as const,
  type: 'systemd_unit',
  key: UNIT,
  name: 'report.service@web-1',
  attributes: { unit: 'report.service', active: true, account, file: '/etc/systemd/system/report.service' },
})
const host = (accounts: number, accountsElsewhere: string[] = []) => ({
  kind: 'resource' as const,
  type: 'linux_host',
  key: 'host:web-1',
  name: 'web-1',
  attributes: { accounts, accountsElsewhere },
})
const stands = { from: 'host:web-1', verb: 'contains' as const, to: UNIT }
const runsAs = { from: UNIT, verb: 'runs-as' as const, to: 'host:web-1/user/report' }
const account = (attributes: Record<string, string | boolean>) => ({
  kind: 'identity' as const,
  type: 'linux_user',
  key: 'host:web-1/user/report',
  name: 'report@web-1',
  attributes: { account: 'report', ...attributes },
})

export const hostJobWithoutAccount = defineRule({
  id: 'host-job-without-account',
  title: 'A service or cron job runs as an account that is gone or switched off',
  owasp: ['NHI1'],
  severity: 'medium',
  why: 'The job was left behind when its account went. It fails, or starts again as whoever next gets the name or the uid.',
  fix: [
    'Ask whether the job is still needed; if not, disable it and delete its file.',
    'If it is, give it an account of its own, or DynamicUser=yes.',
  ],
  undo: 'Put the unit file or crontab line back as it was.',
  effort: 20,
  about: { kind: 'workload', types: ['systemd_unit', 'cron_job'] },
  along: { accounts: ['>runs-as'], hosts: ['<contains'] },
  check({ entity, along }) {
    if (entity.attributes['active'] === false) return notApplicable('it is not started')
    const { account, file } = entity.attributes
    if (typeof account !== 'string') return notApplicable('systemd makes up an account for it')
    const target = along.accounts!.find(({ key }) => key.endsWith(`/user/${account}`))
    if (target === undefined) return notApplicable('what it runs as is not known')
    const where = typeof file === 'string' ? { places: [{ file }] } : {}
    if (target.entity === null) {
      const host = along.hosts!.find(({ entity: one }) => one?.type === 'linux_host')?.entity
      const { accounts, accountsElsewhere } = host?.attributes ?? {}
      if (typeof accounts !== 'number' || accounts === 0) return unknown('the accounts of the host are not known')
      if (Array.isArray(accountsElsewhere) && accountsElsewhere.length > 0)
        return unknown(
          `accounts also come from ${list(accountsElsewhere.map(String))}, which was not read`,
          `getent passwd ${account}`,
        )
      return fail(
        `${nameOf(entity)} runs as ${account}, an account this host does not have.`,
        [`No account ${account} stands in /etc/passwd.`],
        where,
      )
    }
    if (target.entity.attributes['status'] === 'expired') {
      return fail(
        `${nameOf(entity)} runs as ${account}, an account past its end date.`,
        [`${account} has expired; cron refuses its jobs, systemd does not.`],
        where,
      )
    }
    return pass
  },
  cases: [
    {
      name: 'the account was deleted',
      subject: UNIT,
      entities: [unit('report'), host(20)],
      edges: [runsAs, stands],
      expect: 'fail',
    },
    {
      name: 'accounts come from a directory as well',
      subject: UNIT,
      entities: [unit('report'), host(20, ['sss'])],
      edges: [runsAs, stands],
      expect: 'unknown',
    },
    {
      name: 'the account has expired',
      subject: UNIT,
      entities: [unit('report'), account({ status: 'expired' })],
      edges: [runsAs],
      expect: 'fail',
    },
    {
      name: 'a service account without password: as it should be',
      subject: UNIT,
      entities: [unit('report'), account({ password: 'none', loginShell: false })],
      edges: [runsAs],
      expect: 'pass',
    },
    { name: 'DynamicUser', subject: UNIT, entities: [unit(null)], expect: 'not-applicable' },
    {
      name: 'accounts could not be read',
      subject: UNIT,
      entities: [unit('report'), host(0)],
      edges: [runsAs, stands],
      expect: 'unknown',
    },
  ],
})
