import type * as read from '../../src/read/index.ts'
import type { Severity } from '../../src/sdk/index.ts'
import { ago, ahead, NAMES, person, ref, suggestion } from './rows.ts'

export const parts: read.ScorePart[] = [
  { factor: 'exploitability', says: 'Public', points: 40, most: 40 },
  { factor: 'prevalence', says: 'Live, used today', points: 25, most: 30 },
  { factor: 'impact', says: 'Reaches cardholder data', points: 22, most: 30 },
]

export const SAYS = [
  'A live production key has been public for ten days',
  'backup may run any command as root without a password',
  'orders_app owns every table it reads, since 2 March',
  'The key of labels-ftp has not been rotated in 3.7 years',
  'edge.larkfield.example stops being trusted in 6 days',
  '`.env` of checkout holds a password that four services share',
]
export const FIXES = [
  'Rotate the key with overlap.',
  'Name the one command it needs in `/etc/sudoers.d/backup`.',
  'Grant `select` on the two tables it was seen reading.',
  'Make a second key, move its users, make the first inactive.',
  'Let the renewal write its DNS record.',
  'Give each service a secret of its own.',
]
export const SEVERITIES: Severity[] = ['critical', 'high', 'high', 'medium', 'medium', 'low']

export function finding(i: number, state: read.FindingState = 'open'): read.FindingRow {
  return {
    id: `F-10${40 + i}`,
    rule: ['secret-public-and-live', 'host-sudo-without-password', 'postgres-owner-as-application'][i % 3]!,
    says: SAYS[i % SAYS.length]!,
    severity: SEVERITIES[i % 6]!,
    verdict: i === 5 ? 'unknown' : 'fail',
    state,
    until: state === 'muted' || state === 'accepted' ? ahead(30) : null,
    owasp: [(['NHI2', 'NHI5', 'NHI7'] as const)[i % 3]!],
    subject: ref(`host:ops-02/identity/${NAMES[i]}`, 'identity', 'linux_user', NAMES[i]!),
    owner: i % 2 === 1 ? person(i) : null,
    suggested: i % 2 === 0 ? suggestion(i) : null,
    fix: FIXES[i % 6]!,
    effort: [20, 5, 10, 60, 10, null][i % 6]!,
    opened: ago(10 + i * 3),
    closed: state === 'resolved' ? ago(1) : null,
    places:
      i === 0
        ? [
            {
              file: 'deploy/legacy.env',
              line: 14,
              column: 9,
              commit: '9f2c1ab07d',
              author: 'Felix Arden',
              date: ago(300),
              atHead: true,
            },
          ]
        : [],
  }
}

export const owners: read.Owners = {
  accountable: null,
  team: null,
  backup: null,
  certified: null,
  suggested: suggestion(0),
  directory: {
    value: [{ ...ref('person:lena@larkfield.example', 'person', 'person', 'Lena Brandt'), how: 'iam:UpdateUser' }],
  },
}

export function thing(i: number): read.Thing {
  const of = finding(i)
  return {
    opens: { what: 'finding', id: of.id },
    mark: of.severity,
    says: of.says,
    because: [
      '`AKIAIOSFODNN7EXAMPLE` sits in `deploy/legacy.env:14` of `larkfield/checkout`, a repository made public on 14 November.',
      'The source says the key is active; it was used at 08:58 today.',
    ],
    subject: of.subject,
    more: i === 0 ? 3 : 0,
    owner: { accountable: of.owner, suggested: of.suggested },
    fix: [of.fix, 'Verify each consumer.'],
    undo: 'The old key is made inactive, not deleted; it can be revived until 1 December.',
    effort: of.effort,
    cost: { reached: 42, sensitive: 6, dependents: 3, unknown: 7 },
    owasp: of.owasp,
    opened: of.opened,
    value: 10 - i,
  }
}
export const unlock: read.Thing = {
  ...thing(4),
  opens: { what: 'unlock', connection: 'postgres-orders' },
  mark: 'unknown',
  says: 'One setting on orders-db answers 12 unknown verdicts',
  because: ['The server does not record logins, so nobody can say which of its 31 roles are used.'],
  subject: null,
  more: 0,
  owner: { accountable: null, suggested: null },
  fix: ['Run `alter system set log_connections = on`.'],
  undo: 'Set it to off again; nothing else changes.',
  cost: { reached: 0, sensitive: 0, dependents: 0, unknown: 12 },
}
