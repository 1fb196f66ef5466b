/** What the fixture server answers, in the shape asked for: as it mostly is, with nothing read, or with everything whole. */
import type * as read from '../../src/read/index.ts'
import type { Kind } from '../../src/sdk/index.ts'
import { card } from './card.ts'
import { findingPage } from './finding.ts'
import { FIXES, finding, thing, unlock } from './findings.ts'
import { find, rules } from './found.ts'
import { inbox, leaving, ownersPage, ownersPeople, ownersQueue, ownersTeams } from './owners.ts'
import { ago, ahead, bar, HOSTILE, NOW, row } from './rows.ts'
import { connectionPage, connectionRow, progress, providers } from './sources.ts'

export function estate({ empty = false, whole = false }: { empty?: boolean; whole?: boolean }) {
  const ledger = empty ? bar(0, 0, 0) : whole ? bar(3884, 0, 0) : bar(4079, 100, 95)
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
    demo: null,
    firstRun: empty,
  }
  const overview: read.Overview = {
    at: NOW,
    mine: null,
    answer: {
      identities: frame.identities,
      machines: empty ? 0 : 311,
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
    judged: empty ? null : ago(0.12),
    judging: false,
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
      snapshot: null,
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
  const firstRun: read.FirstRun = {
    identities: empty ? 0 : 170,
    query: null,
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
    owners: () => ownersPage(empty, whole),
    ownersQueue: (query: URLSearchParams) => ownersQueue(query, empty || whole),
    ownersPeople,
    ownersTeams,
    leaving: () => leaving(empty),
    inbox: () => inbox(empty || whole),
    connection: (id: string) => connectionPage(id, rows, whole),
    card: (key: string) => (empty ? undefined : card(key, whole)),
    finding: (id: string) => findingPage(id, whole),
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
        sessions: 2,
        passkeys: 1,
      },
    ] satisfies read.UserRow[],
    passkeys: [
      {
        id: 'p1',
        name: HOSTILE,
        site: 'reeve.larkfield.example',
        synced: true,
        created: ago(40),
        lastUsed: ago(0.2),
      },
    ] satisfies read.PasskeyRow[],
    sessions: ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', HOSTILE].map((agent, i) => ({
      id: `s${i}`,
      means: i === 0 ? ('passkey' as const) : ('link' as const),
      agent,
      created: ago(2 + i),
      lastSeen: ago(i),
      expires: ahead(5 - i),
      here: i === 0,
    })) satisfies read.SessionRow[],
    retention: {
      keep: { runs: 400, findings: 1095, history: 1095, events: null },
      due: { runs: 12, findings: 3, history: 4100, events: 0 },
      last: { at: ago(0.3), gone: { runs: 1, findings: 0, history: 40, events: 0 } },
      next: ahead(0.7),
    } satisfies read.RetentionPage,
    backups: {
      folder: '/srv/reeve/backups',
      schedule: { cron: '30 2 * * *', keep: 7 },
      next: ahead(0.6),
      rows: (['done', 'failed', 'running'] as const).map((state, i) => ({
        id: `b${i}`,
        state,
        by: 'Noor Easton',
        started: ago(i + 1),
        ended: state === 'running' ? null : ago(i + 0.99),
        file: `/srv/reeve/backups/reeve-2026-11-2${i}.backup`,
        there: state === 'done',
        withKey: i === 0,
        tables: 12,
        of: 40,
        bytes: 48_000_000,
        error: state === 'failed' ? { code: 'backup/disk-full', message: 'the disk is full' } : null,
      })),
    } satisfies read.BackupsPage,
    outbound: {
      since: ago(3),
      opened: 214,
      hosts: [{ host: HOSTILE.slice(0, 200), port: 443, opened: 214, last: ago(0.01) }],
    } satisfies read.Outbound,
  }
}
