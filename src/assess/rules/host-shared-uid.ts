import { defineRule, fail, notApplicable, pass } from '../../sdk/index.ts'
import { list, nameOf } from './standing.ts'

const USER = 'host:web-1/user/toor'
const user = (account: string, uid: number, same: string[]) => ({
  kind: 'identity' as const,
  type: 'linux_user',
  key: USER,
  name: `${account}@web-1`,
  attributes: { account, uid, sameUidAs: same },
})

export const hostSharedUid = defineRule({
  id: 'host-shared-uid',
  title: 'Two accounts share one uid',
  owasp: ['NHI5', 'NHI9'],
  severity: 'medium',
  why: 'The kernel knows uids, not names: the accounts are one to it, with the rights of both, and logs cannot tell who did what. With uid 0 it is a second root, which is also how intruders stay.',
  fix: [
    'Give the account a uid of its own: usermod -u, then chown what it owns.',
    'If nobody knows a second uid 0, treat the host as broken into.',
  ],
  undo: 'Set the former uid again with usermod -o -u.',
  effort: 30,
  about: { kind: 'identity', types: ['linux_user'] },
  check({ entity }) {
    const { account, uid, sameUidAs } = entity.attributes
    const same = Array.isArray(sameUidAs) ? sameUidAs.map(String) : []
    if (account === 'root') return notApplicable('it is root itself')
    if (same.length === 0 && uid !== 0) return pass
    if (uid === 0)
      return fail(
        `${nameOf(entity)} is root under another name.`,
        [`Its uid is 0${same.length > 0 ? `, as that of ${list(same)}` : ''}.`],
        { severity: 'critical' },
      )
    return fail(`${nameOf(entity)} has the same uid as ${list(same)}.`, [`They share uid ${uid}.`])
  },
  cases: [
    { name: 'a second uid 0', subject: USER, entities: [user('toor', 0, ['root'])], expect: 'fail' },
    {
      name: 'two ordinary accounts with one uid',
      subject: USER,
      entities: [user('app', 1001, ['app2'])],
      expect: 'fail',
    },
    { name: 'a uid of its own', subject: USER, entities: [user('app', 1001, [])], expect: 'pass' },
    { name: 'root', subject: USER, entities: [user('root', 0, ['toor'])], expect: 'not-applicable' },
  ],
})
