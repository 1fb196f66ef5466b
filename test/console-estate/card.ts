import type * as read from '../../src/read/index.ts'
import { finding, owners, parts } from './findings.ts'
import { ago, HOSTILE, ref, row } from './rows.ts'

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
