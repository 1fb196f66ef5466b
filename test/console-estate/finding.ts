import type * as read from '../../src/read/index.ts'
import { finding, owners, parts } from './findings.ts'
import { ago, ahead, HOSTILE, ref } from './rows.ts'

export function findingPage(id: string, whole: boolean): read.FindingPage | undefined {
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
        collection: 'leaked-secrets',
        source: 'Repository checkout',
        readAt: ago(0.13),
        ledger: '44 of 44 branches read',
        complete: true,
      },
      {
        number: 2,
        says: `The name of its bearer is ${HOSTILE.slice(0, 300)}`,
        connection: 'git-checkout',
        collection: 'leaked-secrets',
        source: 'Repository checkout',
        readAt: ago(0.13),
        ledger: '3 objects are missing',
        complete: false,
      },
      {
        number: 3,
        says: 'No call came from an address we had not seen before. That is not proof that nobody took it.',
        connection: null,
        collection: null,
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
          sensitive: true,
        },
        {
          ...ref('postgres:orders', 'resource', 'postgres_server', 'orders-db'),
          sensitivity: 'internal',
          sensitive: false,
        },
      ],
      reachedCount: 42,
      sensitiveCount: 6,
      dependents: [
        { ...ref('host:ops-02/unit/backup.timer', 'workload', 'systemd_unit', 'backup.timer'), takesNewKey: 'by-hand' },
        { ...ref('git:checkout/deploy.yml', 'workload', 'github_workflow', 'deploy.yml'), takesNewKey: 'by-itself' },
      ],
      byItself: 1,
      dependentCount: 3,
      unknown: whole ? [] : [{ reason: 'one region refused us', permission: 'lambda:ListFunctions' }],
    },
    owners,
    fix: [
      of.fix,
      'Give the new key to `backup.timer` by hand: it reads `/etc/backup/s3.env`.',
      'Make the old key inactive, and delete it on 1 December.',
    ],
    change:
      i === 0
        ? [{ of: 'deploy/legacy.env:14', name: 'aws-access-key', from: 'AKIA…MPLE', to: null }]
        : i === 1
          ? [{ of: '', name: 'accountable owner', from: 'nobody', to: 'Mara Quill, as suggested, or whom you name' }]
          : [],
    reeveDoes: i === 1 ? 'owner' : null,
    effort: of.effort,
    undo: 'The old key can be revived until 1 December.',
    closes: [
      { says: 'No copy of it is at HEAD of any repository we read.', holds: false, because: 'one still is' },
      { says: 'The source says the key is inactive.', holds: null, because: 'the source was not asked since' },
      { says: 'Every consumer has called with the new key.', holds: true, because: null },
    ],
    alsoCloses: [finding(3), finding(5)],
    severityParts: parts,
    score: 87,
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
      changes:
        of.state === 'resolved'
          ? [{ of: '', name: 'expires', from: '2026-11-30T00:00:00.000Z', to: '2027-02-28T00:00:00.000Z' }]
          : [],
      closed: of.state === 'resolved' ? { connection: 'git-checkout', run: 4812 } : null,
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
