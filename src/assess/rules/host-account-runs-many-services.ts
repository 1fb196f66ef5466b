import { z } from 'zod'
import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { list, nameOf } from './standing.ts'

const USER = 'host:web-1/user/app'
const user = (account: string, uid: number) => ({
  kind: 'identity' as const,
  type: 'linux_user',
  key: USER,
  name: `${account}@web-1`,
  attributes: { account, uid },
})
const unit = (name: string, active = true) => ({
  kind: 'workload' as const,
  type: 'systemd_unit',
  key: `host:web-1/unit/${name}`,
  name: `${name}@web-1`,
  attributes: { unit: name, active },
})
const runs = (name: string) => ({ from: `host:web-1/unit/${name}`, verb: 'runs-as' as const, to: USER })
const three = ['orders.service', 'billing.service', 'search.service']

export const hostAccountRunsManyServices = defineRule({
  id: 'host-account-runs-many-services',
  title: 'Unrelated services run as one account',
  owasp: ['NHI9'],
  severity: 'low',
  why: 'Each of them can read the files, memory and credentials of the others; who breaks into one has them all, and none can be taken away alone.',
  fix: [
    'Give each service an account of its own: User= in a drop-in, or DynamicUser=yes.',
    'Give it the files it owns with chown or StateDirectory=.',
  ],
  undo: 'Take the drop-ins away with systemctl revert and give the files back.',
  effort: 60,
  about: { kind: 'identity', types: ['linux_user'] },
  along: { jobs: ['<runs-as'] },
  params: z.strictObject({ services: z.number().int().positive().default(3) }),
  needs: ['systemd_unit'],
  check({ entity, along }, { params }) {
    if (entity.attributes['uid'] === 0) return notApplicable('it is root')
    const names = along.jobs!.flatMap(({ entity: job }) =>
      job?.type === 'systemd_unit' && job.attributes['active'] === true ? [nameOf(job)] : [],
    )
    // orders-api.service and orders-worker.service are one thing.
    const families = Map.groupBy(names, (name) => name.split(/[-@._]/)[0])
    if (families.size < params.services) return pass
    return fail(`${families.size} unrelated services run as ${nameOf(entity)}.`, [`They are ${list(names, 8)}.`])
  },
  cases: [
    {
      name: 'three of them',
      subject: USER,
      entities: [user('app', 1001), ...three.map((name) => unit(name))],
      edges: three.map(runs),
      expect: 'fail',
    },
    {
      name: 'three parts of one',
      subject: USER,
      entities: [
        user('app', 1001),
        ...['orders-api.service', 'orders-worker.service', 'orders-mail.service'].map((name) => unit(name)),
      ],
      edges: ['orders-api.service', 'orders-worker.service', 'orders-mail.service'].map(runs),
      expect: 'pass',
    },
    {
      name: 'root',
      subject: USER,
      entities: [user('root', 0), ...three.map((name) => unit(name))],
      edges: three.map(runs),
      expect: 'not-applicable',
    },
    {
      name: 'units could not be read',
      subject: USER,
      entities: [user('app', 1001)],
      incomplete: ['systemd_unit'],
      expect: 'unknown',
    },
  ],
})
