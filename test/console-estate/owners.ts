/** Who answers for the invented estate: some have left, of some it is not known, and one bears a hostile name. */
import type * as read from '../../src/read/index.ts'
import { ago, ahead, bar, HOSTILE, NOW, person, ref, row, suggestion } from './rows.ts'

const JONAS = { key: 'person:jonas.reyk@larkfield.example', name: 'Jonas Reyk' }
const here: read.Presence = { state: 'active', because: 'LDAP corp lists them', since: null, leaves: null }
const left: read.Presence = {
  state: 'left',
  because: 'LDAP corp says that the account is disabled',
  since: ago(6),
  leaves: null,
}
const untold: read.Presence = {
  state: 'unknown',
  because: 'no directory and no list of people names them',
  since: null,
  leaves: null,
}

const entityOf = (i: number) => {
  const { key, kind, type, name } = row(i)
  return ref(key, kind, type, name)
}

const people: read.OwnerRow[] = [
  [JONAS, left, 14, 12, 14],
  [person(0), here, 31, 20, 2],
  [person(1), here, 22, 0, 0],
  [{ key: 'person:hostile@larkfield.example', name: HOSTILE }, untold, 9, 9, 1],
  [person(2), { ...here, leaves: '2026-12-31' }, 8, 3, 0],
].map(([who, presence, owned, sole, overdue], i) => ({
  person: who as read.Person,
  presence: presence as read.Presence,
  owned: owned as number,
  sole: sole as number,
  backed: (owned as number) - (sole as number),
  backup: i,
  overdue: overdue as number,
  due: 1,
  next: { duty: i % 2 === 0 ? 'review' : 'confirm', at: ahead(4 * i + 2) },
  teams: i === 1 ? [{ id: 'platform', name: 'Platform', accountable: true }] : [],
}))

const teams: read.Team[] = [
  {
    id: 'platform',
    name: 'Platform',
    contact: '#platform',
    accountable: { ...person(0), presence: here },
    members: [person(1), person(2)].map((one) => ({ ...one, presence: here })),
    owned: 17,
    changed: ago(40),
    by: 'Noor Easton',
  },
]

export function ownersPage(empty: boolean, whole: boolean): read.OwnersPage {
  return {
    at: NOW,
    asOf: null,
    counts: empty
      ? { identities: 0, owned: 0, orphaned: 0, unowned: 0, unknown: 0, suggested: 0, overdue: 0, decommission: 0 }
      : whole
        ? {
            identities: 312,
            owned: 312,
            orphaned: 0,
            unowned: 0,
            unknown: 0,
            suggested: 0,
            overdue: 0,
            decommission: 0,
          }
        : {
            identities: 312,
            owned: 234,
            orphaned: 14,
            unowned: 64,
            unknown: 9,
            suggested: 41,
            overdue: 17,
            decommission: 1,
          },
    coverage: { owned: empty ? 0 : whole ? 312 : 234, of: empty ? 0 : 312 },
    unknownBecause: empty || whole ? [] : [{ reason: untold.because, identities: 9 }],
    people: empty ? [] : people,
    peopleCount: empty ? 0 : people.length,
    teams: empty ? [] : teams,
    nextReview: empty ? null : '2027-03-02T00:00:00.000Z',
    reviewDays: 182,
    ledger: empty ? bar(0, 0, 0) : whole ? bar(3884, 0, 0) : bar(4079, 100, 95),
  }
}

export const ownersPeople = (): read.OwnersPeople => ({ rows: people, total: people.length, next: null, asOf: null })
export const ownersTeams = (): read.Teams => ({ rows: teams })

export function ownersQueue(query: URLSearchParams, none: boolean): read.OwnersQueue {
  const state = query.get('state')
  const all = none
    ? []
    : Array.from({ length: 78 }, (_, i): read.QueueRow => {
        const orphaned = i % 6 === 1
        return {
          entity: entityOf(i),
          state: orphaned ? 'orphaned' : 'unowned',
          since: ago(orphaned ? 6 : 200 + i),
          former: orphaned ? { ...JONAS, presence: left } : null,
          team: null,
          backup: null,
          suggestion: i % 2 === 0 || i === 1 ? suggestion(i) : null,
          declined: i === 2 ? [person(3)] : [],
          lastUsed: i % 5 === 4 ? { unknown: 'CloudTrail could not be read' } : { value: ago(i + 0.2) },
          lastUsedBy: { unknown: 'its source does not say' },
          mark: row(i).mark,
          openFindings: row(i).openFindings,
        }
      })
  const rows = all.filter(
    (one) =>
      (state === null || one.state === state) &&
      (query.get('suggested') === null || (one.suggestion !== null) === (query.get('suggested') === 'yes')),
  )
  const from = Number(query.get('cursor') ?? 0)
  return {
    rows: rows.slice(from, from + 50),
    total: rows.length,
    suggested: rows.filter(({ suggestion }) => suggestion !== null).length,
    next: from + 50 < rows.length ? String(from + 50) : null,
    asOf: null,
  }
}

export const leaving = (empty: boolean): read.Leaving => ({
  person: JONAS,
  presence: empty ? here : left,
  manager: person(3),
  at: NOW,
  asOf: null,
  counts: empty
    ? { owned: 0, identities: 0, orphaned: 0, caught: 0, agents: 0, backup: 0, breaks: 0 }
    : { owned: 14, identities: 14, orphaned: 12, caught: 2, agents: 1, backup: 3, breaks: 3 },
  breaks: empty
    ? []
    : [
        {
          at: ahead(6),
          what: 'credential-ends',
          entity: entityOf(0),
          credential: ref('cert:1', 'credential', 'x509_certificate', 'payroll certificate'),
          says: 'The certificate of ci-deployer ends on 30 November and nobody else renews it.',
          because: 'Jonas Reyk renewed it in 2024 and 2025.',
        },
        {
          at: ahead(20),
          what: 'review',
          entity: entityOf(3),
          credential: null,
          says: 'Nobody would answer the review of it.',
          because: 'It was confirmed last on 14 June.',
        },
        {
          at: null,
          what: 'credential-of-person',
          entity: entityOf(2),
          credential: null,
          says: 'orders_app signs in with a key that is theirs.',
          because: HOSTILE.slice(0, 300),
        },
      ],
  moves: empty
    ? []
    : [0, 1, 2, 3, 5, 6].map((i) => ({
        entity: entityOf(i),
        mark: row(i).mark,
        team: i === 1 ? { id: 'platform', name: 'Platform' } : null,
        to:
          i === 5
            ? null
            : {
                ...person(i),
                as: (['backup', 'team', 'evidence', 'manager'] as const)[i % 4]!,
                because: 'wrote 11 of the last 14 commits to deploy/.',
              },
      })),
  agents: empty ? [] : [ref('mcp:agent/1', 'identity', 'ai_agent', 'triage agent')],
  teams: empty ? [] : [{ id: 'platform', name: 'Platform', members: [person(1)] }],
})

const item = (i: number): read.InboxItem => ({
  duty: (['replace-owner', 'confirm', 'review', 'rotate'] as const)[i % 4]!,
  entity: entityOf(i),
  says: `Mara Quill last said on ${i + 2} June that ${i === 3 ? HOSTILE.slice(0, 80) : row(i).name} is still needed.`,
  because: ['Noor Easton named you on 14 June: runs the deploys.', 'GitHub larkfield says that it was made by you.'],
  due: i < 2 ? ago(9 - i) : ahead(i),
  overdue: i < 2,
  escalatedFrom: i === 0 ? JONAS : null,
  owner: person(0),
  backup: person(1),
  team: null,
  certified: ago(190),
  lastUsed:
    i === 2 ? { unknown: 'the audit log could not be read', permission: 'read audit-log' } : { value: ago(0.1) },
  lastUsedBy: { value: 'backup.timer on ops-02' },
  credentials: [
    {
      entity: ref('credential:hmac:1', 'credential', 'access_key', 'AKIAIOSFODNN7EXAMPLE'),
      method: 'access-key',
      expires: { unknown: 'the source keeps no date' },
      rotate: ahead(8),
    },
  ],
  credentialCount: 2,
  reach: {
    value: { resources: 18, atLeast: false, mostSensitive: ref('db:orders', 'resource', 'database', 'orders') },
  },
  mark: row(i).mark,
  findings: [{ mark: 'high', says: 'A live production key has been public for ten days.' }],
  findingCount: 2,
})

export const inbox = (none: boolean): read.Inbox => ({
  person: person(0),
  nobody: null,
  items: none ? [] : [0, 1, 2, 3].map(item),
  left: none ? 0 : 4,
  overdue: none ? 0 : 2,
  nextAt: none ? '2027-03-02T00:00:00.000Z' : null,
  next: null,
  asOf: null,
})
