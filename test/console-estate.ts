/** An invented estate for the browser tests. Names are made up; the key ids are documented example ids. */
import type * as read from '../src/read/index.ts'
import type { Kind, Severity } from '../src/sdk/index.ts'

export const NOW = '2026-11-24T09:12:00.000Z'
const DAY = 86_400_000
const ago = (days: number): string => new Date(Date.parse(NOW) - days * DAY).toISOString()
const ahead = (days: number): string => ago(-days)

/** Markup, a right-to-left override, lines, and ten thousand characters. */
export const HOSTILE =
  `<img src=x onerror="document.title='owned'"> \u202Egnp.exe\u202C\n\n${'very-long-name-'.repeat(680)}`.slice(
    0,
    10_000,
  )

const TYPES = ['linux_user', 'postgres_role', 'github_app', 'aws_iam_user', 'kubernetes_service_account', 'mcp_agent']
const SOURCES = ['host-ops-02', 'postgres-orders', 'git-checkout']
const NAMES = [
  'ci-deployer',
  'backup',
  'orders_app',
  'edge-acme',
  'labels-ftp',
  'parcels-sync',
  'billing-export',
  'search-indexer',
  'notify',
  'track-worker',
  'returns',
  'ledger-migrate',
]
const PEOPLE = ['Mara Quill', 'Tobias Fenn', 'Ines Calloway', 'Priya Sandoval']
const MARKS: read.Mark[] = ['critical', 'high', 'high', 'medium', 'unknown', 'low', 'pass', 'pass', 'unknown', 'pass']

interface Shape {
  empty?: boolean
  whole?: boolean
}

const ref = (
  key: string,
  kind: Kind | null,
  type: string | null,
  name: string,
  gone: string | null = null,
): read.EntityRef => ({ key, kind, type, name, gone })
const person = (i: number): read.Person => ({
  key: `person:${PEOPLE[i % 4]!.toLowerCase().replace(' ', '.')}@larkfield.example`,
  name: PEOPLE[i % 4]!,
})
const bar = (asked: number, refused: number, stale: number, untold = 0): read.LedgerBar => {
  const obtained = asked - refused - stale
  return {
    asked,
    obtained,
    refused,
    stale,
    untold,
    percent: asked === 0 ? null : Math.floor((1000 * obtained) / asked) / 10,
    staleSince: stale > 0 ? ago(3) : null,
  }
}
const suggestion = (i: number): read.Suggestion => ({
  person: person(i),
  because: ['wrote 11 of the last 14 commits to deploy/.', 'is on the Platform rota.'],
})

function row(i: number, kind: Kind = 'identity'): read.InventoryRow {
  const type = kind === 'identity' ? TYPES[i % TYPES.length]! : kind === 'credential' ? 'ssh_key' : `${kind}_thing`
  const name = i === 3 ? HOSTILE : i < NAMES.length ? NAMES[i]! : `${NAMES[i % NAMES.length]}-${i}`
  return {
    key: `host:ops-02/${kind}/${i === 3 ? 'hostile' : name}`,
    kind,
    type,
    name,
    mark: MARKS[i < 5 ? i : (i * 7) % 10]!,
    openFindings: i < 4 ? 4 - i : 0,
    unknownVerdicts: i % 5 === 4 ? 2 : 0,
    sources: [SOURCES[i % 3]!],
    where: ['ops-02', 'orders-db', 'larkfield/checkout'][i % 3]!,
    environment:
      i % 4 === 3
        ? { unknown: 'neither its source nor anything that contains it says so' }
        : { value: (['production', 'staging', 'development'] as const)[i % 3]! },
    sensitivity: null,
    tier: null,
    accountKind: 'service',
    owner: i % 3 === 1 ? { ...person(i), confirmed: ago(40), assignedBy: 'Noor Easton', left: i % 4 === 0 } : null,
    suggested: i % 3 === 0 ? suggestion(i) : null,
    created: { value: ago(30 + i * 9) },
    expires: i % 6 === 0 ? { value: ahead(i + 2) } : { notApplicable: 'it has no end date' },
    lastUsed:
      i % 5 === 2
        ? {
            unknown: 'the server does not record logins: log_connections is off',
            permission: 'alter system set log_connections = on',
          }
        : { value: ago(0.01 + i * 0.8) },
    lastUsedBy:
      i % 5 === 2
        ? { unknown: 'the server does not record logins' }
        : { value: i % 2 === 0 ? 'deploy.yml' : 'uid 0 from 10.0.0.7' },
    oldestCredential:
      i % 7 === 5
        ? { unknown: 'the file keeps no date' }
        : i % 4 === 3
          ? { notApplicable: 'no credential of its own was found' }
          : { value: ago(20 + i * 31) },
    credentials: i % 4 === 3 ? 0 : 2,
    reach:
      kind === 'identity'
        ? {
            value: {
              resources: (i * 13) % 47,
              atLeast: false,
              mostSensitive:
                i % 3 === 0 && (i * 13) % 47 > 0
                  ? { key: 'postgres:orders/cards', name: 'cardholder exports', sensitivity: 'restricted' }
                  : null,
            },
          }
        : { notApplicable: 'only identities reach resources' },
    labels: [],
    firstSeen: ago(60),
    staleSince: i % 11 === 10 ? ago(3) : null,
    gone: null,
  }
}

const parts: read.ScorePart[] = [
  { factor: 'exploitability', says: 'Public', points: 40, most: 40 },
  { factor: 'prevalence', says: 'Live, used today', points: 25, most: 30 },
  { factor: 'impact', says: 'Reaches cardholder data', points: 22, most: 30 },
]

const SAYS = [
  'A live production key has been public for ten days',
  'backup may run any command as root without a password',
  'orders_app owns every table it reads, since 2 March',
  'The key of labels-ftp has not been rotated in 3.7 years',
  'edge.larkfield.example stops being trusted in 6 days',
  '`.env` of checkout holds a password that four services share',
]
const FIXES = [
  'Rotate the key with overlap.',
  'Name the one command it needs in `/etc/sudoers.d/backup`.',
  'Grant `select` on the two tables it was seen reading.',
  'Make a second key, move its users, make the first inactive.',
  'Let the renewal write its DNS record.',
  'Give each service a secret of its own.',
]
const SEVERITIES: Severity[] = ['critical', 'high', 'high', 'medium', 'medium', 'low']

function finding(i: number, state: read.FindingState = 'open'): read.FindingRow {
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

const owners: read.Owners = {
  accountable: null,
  suggested: suggestion(0),
  directory: {
    value: [{ ...ref('person:lena@larkfield.example', 'person', 'person', 'Lena Brandt'), how: 'iam:UpdateUser' }],
  },
}

function thing(i: number): read.Thing {
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
const unlock: read.Thing = {
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

export function estate({ empty = false, whole = false }: Shape) {
  const ledger = empty ? bar(0, 0, 0) : whole ? bar(3884, 0, 0) : bar(4079, 100, 95)
  const connectionRow = (
    id: string,
    title: string,
    provider: string,
    state: read.ConnectionRow['state'],
    of: read.LedgerBar,
    unknownVerdicts: number,
  ): read.ConnectionRow => ({
    connection: id,
    title,
    provider,
    state,
    bar: of,
    lastRead: state === 'never' ? null : ago(0.13),
    identities: 31,
    entities: 400,
    unknownVerdicts,
    next: ahead(0.2),
    schedule: '0 */6 * * *',
    run: 'run-1',
  })
  const rows = empty
    ? []
    : [
        connectionRow(
          'corp-ldap',
          'LDAP corp',
          'ldap',
          'stale',
          whole ? bar(95, 0, 0) : bar(95, 0, 95),
          whole ? 0 : 26,
        ),
        connectionRow(
          'postgres-orders',
          'PostgreSQL orders',
          'postgres',
          whole ? 'complete' : 'partial',
          bar(1257, whole ? 0 : 12, 0, 1),
          whole ? 0 : 12,
        ),
        connectionRow('git-checkout', 'Repository checkout', 'git', 'running', bar(191, 0, 0), 0),
        connectionRow('host-ops-02', 'Host ops-02', 'host', 'complete', bar(662, 0, 0), 0),
      ]
  const progress: read.SourceProgress = {
    connection: 'git-checkout',
    provider: 'git',
    title: 'Repository checkout',
    run: 'run-7',
    state: 'running',
    started: ago(0.001),
    ended: null,
    identities: 18,
    entities: 204,
    bar: bar(204, 3, 0),
    collections: [
      {
        id: 'commits',
        title: 'People who commit',
        state: 'complete',
        obtained: 41,
        expected: 41,
        refused: 0,
        reason: null,
      },
      { id: 'leaks', title: 'Leaked secrets', state: 'running', obtained: 29, expected: 44, refused: 0, reason: null },
      {
        id: 'workflows',
        title: 'Workflow identities',
        state: 'refused',
        obtained: 0,
        expected: null,
        refused: 3,
        reason: '3 objects are missing: the clone is shallow',
      },
      { id: 'manifests', title: 'Manifests', state: 'waiting', obtained: 0, expected: null, refused: 0, reason: null },
    ],
    error: null,
  }
  const things = empty ? [] : [thing(0), thing(1), unlock, thing(2), thing(3)]
  const frame: Omit<read.Frame, 'user'> = {
    version: '0.1.0',
    now: NOW,
    ledger,
    connections: { total: rows.length, incomplete: empty || whole ? 0 : 2, unknownVerdicts: empty || whole ? 0 : 61 },
    identities: empty ? 0 : 312,
    openFindings: empty ? 0 : 12,
    unowned: empty ? 0 : 64,
    expiringSoon: empty ? 0 : 13,
    running:
      empty || whole
        ? []
        : [{ run: 'run-7', connection: 'git-checkout', title: 'Repository checkout', started: ago(0.001) }],
    firstRun: empty,
  }
  const overview: read.Overview = {
    answer: {
      identities: frame.identities,
      people: 18,
      perPerson: empty ? null : 17.3,
      unowned: frame.unowned,
      since: ago(4),
      new: empty ? 0 : 9,
      closed: empty ? 0 : 12,
      quiet: empty ? 0 : 1,
      openFindings: frame.openFindings,
      unknownVerdicts: frame.connections.unknownVerdicts,
    },
    lastRead: empty ? null : ago(0.13),
    rules: 84,
    ledger,
    things,
    seen: rows,
    expiring: empty
      ? []
      : [0, 2, 3, 6, 8].map((days, i) => ({
          key: `cert:sha256:${i}`,
          name: [
            'meter-17 certificate',
            'renovate app key',
            HOSTILE,
            'edge.larkfield.example',
            'orders-db certificate',
          ][i]!,
          kind: 'credential',
          type: 'x509_certificate',
          ends: ahead(days + 0.1),
          mark: 'medium',
        })),
    nextExpiry: empty ? null : ahead(0.1),
    ages: {
      bars: ['<30d', '30d..90d', '90d..180d', '180d..1y', '1y..2y', '2y..5y', '>5y'].map((age, i) => ({
        age,
        count: empty ? 0 : [15, 45, 44, 8, 19, 66, 5][i]!,
        overPolicy: i > 3,
      })),
      unknown: empty ? 0 : 38,
      none: 72,
    },
    trend: empty
      ? []
      : [9, 9.5, 11, 10.8, 12.6, 14, 15.1, 15.9, 17.3].map((perPerson, i) => ({
          at: ago(240 - i * 30),
          machines: Math.round(perPerson * 18),
          people: 18,
          perPerson,
        })),
  }
  const total = empty ? 0 : 312
  const inventory = (query: URLSearchParams): read.Inventory => {
    const q = query.get('q') ?? ''
    const kind = (query.get('kind') ?? 'identity') as Kind
    const n = q.includes('zzz') ? 0 : q === '' ? total : Math.min(total, 64)
    const position = Number(query.get('cursor') ?? query.get('position') ?? 0)
    const until = Math.min(n, position + Number(query.get('limit') ?? 100))
    return {
      rows: Array.from({ length: Math.max(0, until - position) }, (_, i) => row(position + i, kind)),
      position,
      next: until < n ? String(until) : null,
      total: { count: n, exact: true },
      ofAll: { count: total, exact: true },
      unowned: Math.min(64, n),
      unknownUse: Math.min(51, n),
      asOf: null,
      query: q,
    }
  }
  const facets = (query: URLSearchParams): read.Facets => {
    const q = query.get('q') ?? ''
    const values = (field: string, list: readonly (readonly [string, string, number])[]) =>
      list.map(([value, title, count]) => ({
        value,
        title,
        word: `${field}:${value}`,
        count,
        chosen: q.includes(`${field}:${value}`),
      }))
    return {
      facets: [
        {
          field: 'verdict',
          title: 'Verdict',
          more: 0,
          values: values('verdict', [
            ['critical', 'Critical', 2],
            ['high', 'High', 5],
            ['medium', 'Medium', 29],
            ['low', 'Low', 35],
            ['unknown', 'Unknown', 50],
            ['pass', 'Pass', 191],
          ]),
        },
        {
          field: 'source',
          title: 'Source',
          more: 3,
          values: values('source', [
            ['host-ops-02', 'Host ops-02', 84],
            ['postgres-orders', 'PostgreSQL orders', 31],
            ['git-checkout', HOSTILE, 26],
          ]),
        },
        {
          field: 'owner',
          title: 'Accountable owner',
          more: 0,
          values: values('owner', [
            ['any', 'Named', 248],
            ['none', 'Nobody', 64],
            ['left', 'Has left', 14],
          ]),
        },
        {
          field: 'used',
          title: 'Last used',
          more: 0,
          values: values('used', [
            ['<1d', 'Today', 120],
            ['>90d', 'Over 90 days', 36],
            ['unknown', 'Unknown', 51],
          ]),
        },
      ],
      total: { count: q === '' ? total : 64, exact: true },
      kinds: (['identity', 'credential', 'secret', 'workload', 'person', 'entitlement', 'resource'] as const).map(
        (kind, i) => ({ kind, count: [312, 404, 97, 188, 18, 240, 61][i]! }),
      ),
      asOf: null,
    }
  }
  const findings = (query: URLSearchParams): read.FindingsPage => {
    const by = (query.get('by') ?? 'fix') as read.FindingsPage['by']
    const q = query.get('q') ?? ''
    const none = empty || q.includes('zzz')
    const state = q.includes('state:muted') ? 'muted' : q.includes('state:resolved') ? 'resolved' : 'open'
    const groups = none
      ? []
      : [0, 1, 2, 3, 4, 5].map((i) => {
          const list = i === 0 ? [finding(0, state), finding(3, state), finding(5, state)] : [finding(i, state)]
          return {
            id: `${by}-${i}`,
            title: by === 'fix' ? FIXES[i]! : by === 'rule' ? list[0]!.rule : list[0]!.subject.name,
            subject: by === 'identity' ? list[0]!.subject : null,
            severity: list[0]!.severity,
            count: i === 0 ? 5 : 1,
            effort: list[0]!.effort,
            oldest: list[0]!.opened,
            findings: list,
          }
        })
    return {
      by,
      groups,
      next: null,
      total: { count: none ? 0 : 12, exact: true },
      fixes: none ? 0 : 10,
      unknownVerdicts: frame.connections.unknownVerdicts,
      muted: 2,
      accepted: 1,
      closedThisWeek: 12,
      query: q,
    }
  }
  const findingPage = (id: string): read.FindingPage | undefined => {
    const i = [0, 1, 2, 3, 4, 5].find((n) => finding(n).id === id)
    if (i === undefined) return undefined
    const of = finding(i, i === 4 ? 'resolved' : i === 3 ? 'muted' : 'open')
    return {
      finding: of,
      why: 'Whoever reads the repository is whoever holds the key.',
      because: [
        {
          number: 1,
          says: 'The key is in `larkfield/checkout`, file `deploy/legacy.env`, line 14, since commit `9f2c1ab` of 2 March 2025, and still at HEAD.',
          connection: 'git-checkout',
          source: 'Repository checkout',
          readAt: ago(0.13),
          ledger: '44 of 44 branches read',
          complete: true,
        },
        {
          number: 2,
          says: `The name of its bearer is ${HOSTILE.slice(0, 300)}`,
          connection: 'git-checkout',
          source: 'Repository checkout',
          readAt: ago(0.13),
          ledger: '3 objects are missing',
          complete: false,
        },
        {
          number: 3,
          says: 'No call came from an address we had not seen before. That is not proof that nobody took it.',
          connection: null,
          source: null,
          readAt: null,
          ledger: null,
          complete: null,
        },
      ],
      cost: {
        reached: [
          {
            ...ref('postgres:orders/cards', 'resource', 'postgres_table', 'cardholder exports'),
            sensitivity: 'restricted',
          },
          { ...ref('postgres:orders', 'resource', 'postgres_server', 'orders-db'), sensitivity: 'internal' },
        ],
        reachedCount: 42,
        sensitiveCount: 6,
        dependents: [
          ref('host:ops-02/unit/backup.timer', 'workload', 'systemd_unit', 'backup.timer'),
          ref('git:checkout/deploy.yml', 'workload', 'github_workflow', 'deploy.yml'),
        ],
        dependentCount: 3,
        unknown: whole ? [] : [{ reason: 'one region refused us', permission: 'lambda:ListFunctions' }],
      },
      owners,
      fix: [
        of.fix,
        'Give the new key to `backup.timer` by hand: it reads `/etc/backup/s3.env`.',
        'Make the old key inactive, and delete it on 1 December.',
      ],
      effort: of.effort,
      undo: 'The old key can be revived until 1 December.',
      closes: [
        { says: 'No copy of it is at HEAD of any repository we read.', holds: false, because: 'one still is' },
        { says: 'The source says the key is inactive.', holds: null, because: 'the source was not asked since' },
        { says: 'Every consumer has called with the new key.', holds: true, because: null },
      ],
      alsoCloses: [finding(3), finding(5)],
      severityParts: parts,
      unknown:
        of.verdict === 'unknown'
          ? { reason: 'the server does not record logins', permission: 'alter system set log_connections = on' }
          : null,
      secret:
        i === 0
          ? {
              detector: 'aws-access-key',
              provider: 'aws',
              redacted: 'AKIA…MPLE',
              keyId: 'AKIAIOSFODNN7EXAMPLE',
              fingerprint: null,
              live: 'live',
            }
          : null,
      state: {
        by: of.state === 'open' ? null : 'Noor Easton',
        reason: of.state === 'muted' ? 'the vendor mends it on 1 December' : null,
        since: of.state === 'open' ? null : ago(2),
        until: of.until,
        asked:
          i === 2
            ? { by: 'Mara Quill', until: ahead(60), reason: 'the application is retired in January', at: ago(1) }
            : null,
        evidence: of.state === 'resolved' ? ['The certificate that is served ends on 28 February.'] : [],
      },
      history: [
        {
          at: of.opened,
          what: 'opened',
          by: null,
          says: 'Opened 11 minutes after the repository went public.',
          undo: null,
        },
      ],
    }
  }
  const card = (key: string): read.Card | undefined => {
    const at = Array.from({ length: total }, (_, i) => row(i)).find((one) => one.key === key)
    if (!at) return undefined
    const self = ref(at.key, at.kind, at.type, at.name)
    return {
      entity: self,
      mark: at.mark,
      asOf: null,
      firstSeen: at.firstSeen,
      staleSince: at.staleSince,
      touch: {
        rotate: {
          answer: 'with-care',
          reason: 'Two of three consumers take a new key by themselves; **backup.timer** has it in a file.'.replaceAll(
            '**',
            '',
          ),
          permission: null,
        },
        narrow: { answer: 'yes', reason: 'Nine of 214 actions were used in 90 days.', permission: null },
        disable: {
          answer: 'no',
          reason: 'Three consumers called within the last day and would fail at once.',
          permission: null,
        },
        delete: {
          answer: 'unknown',
          reason:
            'Not provable yet. A job that runs each quarter was last seen on 3 October; usage reaches back 90 days only.',
          permission: whole ? null : 'read /var/log/wtmp',
        },
      },
      attributes: {
        distinctId: at.key,
        type: at.type,
        kind: at.kind,
        environment: at.environment,
        sensitivity: { unknown: 'only resources have one' },
        tier: { unknown: 'nothing says so' },
        created: at.created,
        expires: at.expires,
        lastUsed: at.lastUsed,
        lastUsedBy: at.lastUsedBy,
        permissions: { value: { entitlements: 12, resources: 42, sensitive: 6 } },
        credentials: { value: { count: 2, oldest: at.oldestCredential } },
        methods: { value: ['access-key', 'ssh-key'] },
      },
      owners: at.owner ? { ...owners, accountable: at.owner, suggested: null } : owners,
      labels: ['pci'],
      aliases: ['AKIAIOSFODNN7EXAMPLE'],
      score: whole
        ? { value: { total: 87, parts } }
        : { unknown: 'the read of its source was partial, so no score is given' },
      usedBy: {
        consumers: [
          {
            entity: ref('host:ops-02/unit/backup.timer', 'workload', 'systemd_unit', 'backup.timer'),
            verb: 'uses',
            through: ref('secret:/etc/backup/s3.env', 'secret', 'host_secret_file', '/etc/backup/s3.env'),
            lastSeen: { value: ago(0.3) },
            takesNewKey: 'by-hand',
            because: 'it reads /etc/backup/s3.env, line 3',
          },
          {
            entity: ref('git:checkout/deploy.yml', 'workload', 'github_workflow', HOSTILE),
            verb: 'uses',
            through: null,
            lastSeen: { unknown: 'workflow runs are not read' },
            takesNewKey: 'unknown',
            because: 'the workflow names the secret',
          },
        ],
        more: 0,
        seeing: { value: 'We could have seen others: the process environment of all 388 processes was readable.' },
      },
      credentials: [
        {
          entity: ref('credential:hmac:1', 'credential', 'aws_access_key', 'AKIAIOSFODNN7EXAMPLE'),
          method: 'access-key',
          mark: 'critical',
          state: 'active',
          created: { value: ago(1363) },
          expires: { notApplicable: 'access keys have no end date' },
          lastUsed: { value: ago(0.01) },
          copies: [
            {
              entity: ref('secret:1', 'secret', 'git_leak', 'deploy/legacy.env:14'),
              where: 'deploy/legacy.env:14',
              connection: 'git-checkout',
              environment: 'production',
              public: true,
              lastSeen: { value: ago(0.1) },
            },
          ],
          copyCount: 4,
        },
      ],
      grants: {
        rows: [
          {
            entitlement: ref('entitlement:deploy-v7', 'entitlement', 'policy', 'deploy-v7'),
            via: [ref('entitlement:deployers', 'entitlement', 'linux_group', 'deployers')],
            resource: ref('postgres:orders/cards', 'resource', 'postgres_table', 'cardholder exports'),
            actions: ['read', 'write'],
            sensitive: true,
            used: { value: ago(1) },
          },
          {
            entitlement: ref('entitlement:sudo', 'entitlement', 'sudo_rule', 'ALL=(ALL) NOPASSWD: ALL'),
            via: [],
            resource: null,
            actions: [],
            sensitive: false,
            used: { unknown: 'sudo is not logged here' },
          },
        ],
        more: 12,
        used: 9,
        notUsed: 193,
        unknown: 12,
      },
      findings: [finding(0), finding(3)],
      rules: {
        judged: 41,
        unknown: whole
          ? []
          : [
              {
                rule: 'host-dormant-account',
                title: 'An account nobody uses',
                reason: 'wtmp could not be read',
                permission: 'read /var/log/wtmp',
              },
            ],
      },
      neighbourhood: {
        nodes: [
          { ...self, mark: at.mark, side: 'self' },
          {
            ...ref('host:ops-02/unit/backup.timer', 'workload', 'systemd_unit', 'backup.timer'),
            mark: 'pass',
            side: 'in',
          },
          {
            ...ref('credential:hmac:1', 'credential', 'aws_access_key', 'AKIAIOSFODNN7EXAMPLE'),
            mark: 'critical',
            side: 'in',
          },
          { ...ref('entitlement:deploy-v7', 'entitlement', 'policy', 'deploy-v7'), mark: 'not-judged', side: 'out' },
          { ...ref('host:b/unseen', null, null, 'host:b/unseen'), mark: 'unknown', side: 'out' },
        ],
        edges: [
          { from: 'host:ops-02/unit/backup.timer', verb: 'runs-as', to: at.key, note: null },
          { from: 'credential:hmac:1', verb: 'authenticates', to: at.key, note: 'authorized_keys:3' },
          { from: at.key, verb: 'has', to: 'entitlement:deploy-v7', note: null },
          { from: at.key, verb: 'called', to: 'host:b/unseen', note: null },
        ],
        more: 3,
      },
      history: [
        {
          at: ago(10),
          what: 'changed',
          says: 'Repository larkfield/checkout made public; one copy of the key became readable by anyone',
          by: 'Lena Brandt',
          other: null,
        },
        {
          at: ago(49),
          what: 'edge-appeared',
          says: 'Gained',
          by: null,
          other: ref('entitlement:deploy-v7', 'entitlement', 'policy', 'deploy-v7'),
        },
      ],
      sources: [
        {
          connection: 'host-ops-02',
          provider: 'host',
          title: 'Host ops-02',
          collection: 'users',
          readAt: ago(0.1),
          complete: true,
          reason: null,
          permission: null,
        },
      ],
      other: [
        { name: 'loginShell', value: { value: '/bin/bash' } },
        { name: 'passwordAge', value: { unknown: '/etc/shadow could not be read', permission: 'read /etc/shadow' } },
        { name: 'comment', value: { value: HOSTILE } },
      ],
      severity: 'critical',
    }
  }
  const connection = (id: string): read.ConnectionPage | undefined => {
    const of =
      rows.find((one) => one.connection === id) ??
      (id === 'postgres-orders'
        ? connectionRow(id, 'PostgreSQL orders', 'postgres', 'never', bar(0, 0, 0), 0)
        : undefined)
    if (!of) return undefined
    const line = (
      title: string,
      expected: number | null,
      obtained: number,
      refused: number,
      reason: string | null,
      permission: string | null,
      verdictsLost: number,
      stale = 0,
    ): read.LedgerRow => ({
      connection: id,
      collection: title.toLowerCase().replaceAll(' ', '-'),
      scope: '',
      title,
      expected,
      obtained,
      refused,
      reason,
      permission,
      since: reason === null ? ago(0.1) : ago(3),
      complete: reason === null,
      stale,
      verdictsLost,
    })
    return {
      connection: of,
      summary: 'Roles, memberships, grants and sessions of one server, as a role that may read the catalogues.',
      created: ago(90),
      createdBy: 'Noor Easton',
      enabled: true,
      settings: { host: 'orders-db.larkfield.example', port: 5432, tls: true },
      secrets: ['password'],
      ledger: whole
        ? [line('Roles', 31, 31, 0, null, null, 0)]
        : [
            line(
              'Logins by role',
              null,
              0,
              12,
              'the server does not record them: log_connections is off',
              'alter system set log_connections = on',
              12,
            ),
            line('Roles', 31, 31, 0, null, null, 0),
            line('Grants', 1204, 1204, 0, null, null, 0),
            line(HOSTILE, 22, 10, 0, 'the server hung up after 30 seconds', null, 0, 12),
          ],
      grants: whole
        ? []
        : [
            {
              permission: 'alter system set log_connections = on;\nselect pg_reload_conf();',
              reason: 'Logins by role are not recorded.',
              verdicts: 12,
            },
          ],
      progress: id === 'git-checkout' && !whole ? { ...progress } : null,
      runs: [
        {
          id: 'run-1',
          connection: id,
          state: whole ? 'done' : 'partial',
          started: ago(0.13),
          ended: ago(0.129),
          seconds: 21.4,
          added: 9,
          changed: 3,
          gone: 1,
          entities: 400,
          by: null,
          error: null,
        },
        {
          id: 'run-0',
          connection: id,
          state: 'failed',
          started: ago(1),
          ended: ago(1),
          seconds: 30,
          added: 0,
          changed: 0,
          gone: 0,
          entities: 0,
          by: 'Noor Easton',
          error: { code: 'source/unreachable', message: 'orders-db:5432 did not answer' },
        },
      ],
    }
  }
  const providers: read.ProviderPage[] = [
    {
      id: 'postgres',
      title: 'PostgreSQL server',
      summary: 'Reads roles, grants, host rules and sessions with a role that may read the catalogues.',
      collections: [
        { id: 'roles', title: 'Roles', yields: ['postgres_role'], needs: ['connect'] },
        { id: 'hba', title: 'Host rules', yields: [], needs: ['pg_read_all_settings'] },
      ],
      needs: ['connect', 'pg_read_all_settings', 'pg_monitor'],
      writes: false,
      form: {
        type: 'object',
        properties: {
          host: { type: 'string', title: 'Host', description: 'Name or address of the server.', minLength: 1 },
          port: {
            type: 'integer',
            title: 'Port',
            description: 'Where it listens.',
            default: 5432,
            minimum: 1,
            maximum: 65535,
          },
          user: { type: 'string', title: 'Role', description: 'A role that may log in and read the catalogues.' },
          password: {
            type: 'string',
            title: 'Password',
            description: 'Sealed with the key of this installation.',
            secret: true,
          },
          tls: {
            type: 'string',
            enum: ['verify', 'require', 'off'],
            title: 'TLS',
            description: 'Whether the certificate is checked.',
            default: 'verify',
          },
          databases: {
            type: 'array',
            items: { type: 'string' },
            title: 'Databases',
            description: 'Only these; all when left empty.',
          },
        },
        required: ['host', 'port', 'user', 'tls'],
      },
    },
    {
      id: 'host',
      title: 'Linux host',
      summary: 'This machine or another over SSH, read only, with the rights of the account it runs as.',
      collections: [],
      needs: [],
      writes: false,
      form: { type: 'object', properties: {} },
    },
  ]
  const firstRun: read.FirstRun = {
    identities: empty ? 0 : 170,
    sources: empty
      ? []
      : [
          progress,
          {
            ...progress,
            connection: 'host-ops-02',
            title: 'This host, ops-02',
            provider: 'host',
            state: 'done',
            bar: bar(662, 0, 0),
            identities: 22,
            collections: [],
          },
        ],
    offers: [
      {
        provider: 'host',
        title: 'This host and this repository',
        summary: 'About 20 seconds. Uses your own permissions.',
        ready: true,
        needs: [],
      },
      {
        provider: 'postgres',
        title: 'A PostgreSQL server',
        summary: 'A role that may read the catalogues.',
        ready: false,
        needs: ['connect', 'pg_read_all_settings', 'pg_monitor'],
      },
      {
        provider: 'git',
        title: 'A repository',
        summary: 'A folder or a clone, with its history.',
        ready: false,
        needs: [],
      },
    ],
    writePermissions: 0,
    things,
  }
  const find = (q: string): read.Found => {
    const hits: read.Hit[] = /ci-dep|AKIA|backup/.test(q)
      ? [
          {
            entity: ref('host:ops-02/identity/ci-deployer', 'identity', 'linux_user', 'ci-deployer'),
            exact: q.startsWith('AKIA'),
            by: 'alias',
            mark: 'critical',
            owner: null,
            preview: {
              lastUsed: { value: ago(0.002) },
              lastUsedBy: { value: 'deploy.yml' },
              dependents: 3,
              reached: { value: 42 },
              copies: 4,
              rotate: { answer: 'with-care', reason: 'One of three consumers has it in a file.' },
            },
          },
          {
            entity: ref('host:old', 'identity', 'linux_user', HOSTILE, ago(52)),
            exact: false,
            by: 'name',
            mark: 'not-judged',
            owner: person(0),
            preview: null,
          },
        ]
      : []
    return {
      recognised: q.startsWith('AKIA') ? 'AWS access key id' : null,
      secret: false,
      hits,
      findings: hits.length > 0 ? [{ id: 'F-1040', says: SAYS[0]!, mark: 'critical' }] : [],
      unread: ['One region and three repositories were not read.'],
    }
  }
  const rules: read.RulePage[] = [0, 1, 2].map((i) => ({
    rule: {
      id: finding(i).rule,
      title: [
        'A live secret stands in a public repository',
        'A service account may become root without a password',
        'An application owns the tables it uses',
      ][i]!,
      severity: SEVERITIES[i]!,
      owasp: finding(i).owasp,
      about: { kind: 'identity', types: i === 0 ? null : ['linux_user'] },
      mine: false,
      enabled: true,
      open: 2 - i,
      unknown: i,
    },
    why: 'Whoever becomes that account becomes root.',
    fix: [FIXES[i]!],
    undo: 'Put the line back.',
    effort: 10,
    needs: ['sudo_rule'],
    params: { days: 90 },
    expression: null,
    cases: [
      { name: 'a rule for one command', expect: 'pass' },
      { name: 'a rule for all commands', expect: 'fail' },
      { name: 'sudoers not read', expect: 'unknown' },
    ],
  }))
  return {
    frame,
    overview,
    firstRun,
    inventory,
    facets,
    findings,
    find,
    providers,
    rules,
    connection,
    card,
    finding: findingPage,
    connections: {
      bar: ledger,
      unknownVerdicts: frame.connections.unknownVerdicts,
      writePermissions: 0,
      rows,
    } satisfies read.Connections,
    audit: {
      next: null,
      total: 2,
      entries: [
        {
          number: 48_211,
          at: ago(0.1),
          actor: 'user:u1',
          action: 'finding.mute',
          subject: 'F-1043',
          before: { state: 'open' },
          after: { state: 'muted', reason: HOSTILE },
        },
        {
          number: 48_210,
          at: ago(0.2),
          actor: 'schedule',
          action: 'sync.start',
          subject: 'postgres-orders',
          before: null,
          after: null,
        },
      ],
    } satisfies read.AuditPage,
    tokens: [
      {
        id: 't1',
        name: 'ci',
        user: 'Noor Easton',
        scopes: ['read'],
        prefix: 'reeve_ab12',
        created: ago(20),
        expires: ahead(70),
        lastUsed: ago(1),
        revoked: null,
      },
    ] satisfies read.TokenRow[],
    users: [
      {
        id: 'u1',
        name: 'Noor Easton',
        email: 'noor@larkfield.example',
        role: 'admin',
        created: ago(90),
        lastSeen: ago(0.01),
        disabled: false,
      },
    ] satisfies read.UserRow[],
  }
}
