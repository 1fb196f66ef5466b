import type * as read from '../../src/read/index.ts'
import { finding, owners, parts } from './findings.ts'
import { ago, HOSTILE, person, ref, row } from './rows.ts'

const holds = (says: string, holds: boolean | null): read.Check => ({ says, holds, permission: null, connection: null })

export function card(key: string, whole: boolean): read.Card | undefined {
  const at = Array.from({ length: 312 }, (_, i) => row(i)).find((one) => one.key === key)
  if (!at) return undefined
  const self = ref(at.key, at.kind, at.type, at.name)
  return {
    entity: self,
    mark: at.mark,
    asOf: null,
    firstSeen: at.firstSeen,
    staleSince: at.staleSince,
    off: null,
    touch: {
      rotate: {
        answer: 'with-care',
        reason: `One of 2 that use it must be given the new one by hand: ${HOSTILE.slice(0, 80)}.`,
        permission: null,
        checks: [
          holds(`One of 2 that use it must be given the new one by hand: ${HOSTILE.slice(0, 80)}.`, false),
          holds('Everything that describes it was read whole, within the last 7 days.', true),
        ],
      },
      narrow: {
        answer: 'yes',
        reason: 'Yes: 193 of 214 permissions were never used while use was recorded.',
        permission: null,
        checks: [holds('193 of 214 permissions were never used while use was recorded.', true)],
      },
      disable: {
        answer: 'no',
        reason: 'No: it was used within the last day by uid 0.',
        permission: null,
        checks: [holds('It was used within the last day by uid 0.', false), holds('backup.timer would fail.', false)],
      },
      delete: {
        answer: 'unknown',
        reason:
          'Not provable yet: it was last used 52 days ago, and was used again before after 91 quiet days: only 114 days without use would tell. 2 things more are open.',
        permission: whole ? null : 'read /var/log/wtmp',
        checks: [
          holds('It was last used 52 days ago: only 114 days without use would tell.', null),
          {
            says: 'Host ops-02, logins, was not read whole: /var/log/wtmp was refused.',
            holds: null,
            permission: 'read /var/log/wtmp',
            connection: 'host-ops-02',
          },
          holds('It is in force: disable it first, and watch for 30 days who is refused.', null),
          holds('Nothing that uses it was found.', true),
        ],
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
    tagDifference: null,
    owners: at.owner
      ? {
          ...owners,
          accountable: at.owner,
          team: { id: 'platform', name: 'Platform' },
          backup: person(1),
          certified: { person: person(0), at: ago(190) },
          suggested: null,
        }
      : owners,
    labels: ['service'],
    account: { value: { is: 'service', confirmed: true, because: ['a timer runs as it'] } },
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
          firstSeen: ago(40),
          lastSeen: { value: ago(0.3) },
          takesNewKey: 'by-hand',
          because: 'it reads /etc/backup/s3.env, line 3',
        },
        {
          entity: ref('git:checkout/deploy.yml', 'workload', 'github_workflow', HOSTILE),
          verb: 'uses',
          through: null,
          firstSeen: null,
          lastSeen: { unknown: 'workflow runs are not read' },
          takesNewKey: 'unknown',
          because: 'the workflow names the secret',
        },
      ],
      more: 0,
      seeing: { value: ago(200) },
      record: {
        days: Array.from({ length: 30 }, (_, day) => (day < 4 ? null : day % 7 === 3 ? 2 : day === 29 ? 1 : 0)),
        until: ago(0),
        recorded: { value: ago(200) },
        quiet: { days: 91, from: ago(143), until: ago(52), times: 2 },
        by: [
          { who: 'uid 0 on ops-02', first: ago(190), last: ago(0.1), days: 61 },
          { who: HOSTILE.slice(0, 300), first: ago(12), last: ago(12), days: 1 },
        ],
      },
    },
    credentials: [
      {
        entity: ref('credential:hmac:1', 'credential', 'aws_access_key', 'AKIAIOSFODNN7EXAMPLE'),
        method: 'access-key',
        mark: 'critical',
        state: 'active',
        live: 'not-asked',
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
            atHead: true,
            readers: 1,
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
          dated: true,
          unusedActions: ['write'],
        },
        {
          entitlement: ref('entitlement:sudo', 'entitlement', 'sudo_rule', 'ALL=(ALL) NOPASSWD: ALL'),
          via: [],
          resource: null,
          actions: [],
          sensitive: false,
          used: { unknown: 'sudo is not logged here' },
          dated: true,
          unusedActions: [],
        },
        {
          entitlement: ref('entitlement:deploy-v7', 'entitlement', 'policy', 'deploy-v7'),
          via: [],
          resource: ref('postgres:orders/logs', 'resource', 'postgres_table', 'logs'),
          actions: ['read'],
          sensitive: false,
          used: { value: null },
          dated: true,
          unusedActions: [],
        },
      ],
      more: 12,
      used: 9,
      partly: 1,
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
        says: 'Changed: visibility',
        by: null,
        source: { connection: 'git-checkout', title: 'Repository checkout', collection: 'repository' },
        other: null,
        fields: [{ name: 'visibility', from: 'private', to: HOSTILE.slice(0, 200) }],
      },
      {
        at: ago(49),
        what: 'edge-appeared',
        says: 'Since then: it has',
        by: null,
        source: { connection: 'host-ops-02', title: 'Host ops-02', collection: 'groups' },
        fields: [],
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
