import type * as read from '../../src/read/index.ts'
import { ago, ahead, bar, HOSTILE } from './rows.ts'

export const connectionRow = (
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
  query: `verdict:unknown lost:"${id}"`,
  next: ahead(0.2),
  schedule: '0 */6 * * *',
  run: 'run-1',
})

export const progress: read.SourceProgress = {
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

export function connectionPage(
  id: string,
  rows: readonly read.ConnectionRow[],
  whole: boolean,
): read.ConnectionPage | undefined {
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
    query: verdictsLost > 0 ? `verdict:unknown lost:"${id}: ${title}"` : null,
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
            query: `verdict:unknown lost:"${id}" grant:"log_connections"`,
          },
        ],
    elsewhere: whole
      ? []
      : [{ reason: HOSTILE, verdicts: 3, query: `verdict:unknown lost:"${id}" cause:"the source does not say"` }],
    policy: [
      { need: 'connect to the server', listings: ['Roles', 'Grants'], refused: false },
      { need: HOSTILE, listings: ['Logins by role'], refused: !whole },
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

export const providers: read.ProviderPage[] = [
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
