/** An invented estate: names are made up; the key ids are documented example ids. */
import type * as read from '../../src/read/index.ts'
import type { Kind } from '../../src/sdk/index.ts'

export const NOW = '2026-11-24T09:12:00.000Z'
const DAY = 86_400_000
export const ago = (days: number): string => new Date(Date.parse(NOW) - days * DAY).toISOString()
export const ahead = (days: number): string => ago(-days)

/** Markup, a right-to-left override, lines, and ten thousand characters. */
export const HOSTILE =
  `<img src=x onerror="document.title='owned'"> \u202Egnp.exe\u202C\n\n${'very-long-name-'.repeat(680)}`.slice(
    0,
    10_000,
  )

const TYPES = ['linux_user', 'postgres_role', 'github_app', 'aws_iam_user', 'kubernetes_service_account', 'mcp_agent']
const SOURCES = ['host-ops-02', 'postgres-orders', 'git-checkout']
export const NAMES = [
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

export const ref = (
  key: string,
  kind: Kind | null,
  type: string | null,
  name: string,
  gone: string | null = null,
): read.EntityRef => ({ key, kind, type, name, gone })
export const person = (i: number): read.Person => ({
  key: `person:${PEOPLE[i % 4]!.toLowerCase().replace(' ', '.')}@larkfield.example`,
  name: PEOPLE[i % 4]!,
})
export const bar = (asked: number, refused: number, stale: number, untold = 0): read.LedgerBar => {
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
export const suggestion = (i: number): read.Suggestion => ({
  person: person(i),
  because: ['wrote 11 of the last 14 commits to deploy/.', 'is on the Platform rota.'],
})

export function row(i: number, kind: Kind = 'identity'): read.InventoryRow {
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
