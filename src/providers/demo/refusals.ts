/** What the systems of Larkfield do not let us see, and the grant that would show it. */
import type { SystemId } from './patterns.ts'
import type { Slot } from './systems.ts'

/** A part that is refused, from the day `from` (days from the day of the stories) on. */
interface Gap {
  system: SystemId
  slot: Slot
  scope: string
  reason: string
  permission: string
  count: number
  from?: number
}

export const gaps: readonly Gap[] = [
  {
    system: 'aws',
    slot: 'workloads',
    scope: 'eu-south-2',
    reason: 'the region eu-south-2 is closed to us by a service control policy',
    permission: 'lambda:ListFunctions in eu-south-2',
    count: 7,
    from: -120,
  },
  {
    system: 'kubernetes',
    slot: 'secrets',
    scope: 'prod-eu/payroll',
    reason: 'the namespace payroll keeps its secrets to itself',
    permission: 'get and list secrets in namespace payroll (RoleBinding reeve-reader)',
    count: 9,
  },
  {
    system: 'github',
    slot: 'secrets',
    scope: 'larkfield/payroll',
    reason: 'larkfield/payroll does not admit our app',
    permission: 'Repository access to larkfield/payroll for the app reeve-reader',
    count: 3,
    from: -200,
  },
  {
    system: 'github',
    slot: 'secrets',
    scope: 'larkfield/m-and-a',
    reason: 'larkfield/m-and-a does not admit our app',
    permission: 'Repository access to larkfield/m-and-a for the app reeve-reader',
    count: 2,
    from: -60,
  },
  {
    system: 'gitlab',
    slot: 'secrets',
    scope: 'larkfield/hardware',
    reason: 'variables of larkfield/hardware are for maintainers',
    permission: 'Maintainer on larkfield/hardware for reeve-reader',
    count: 4,
  },
  {
    system: 'postgres',
    slot: 'workloads',
    scope: 'lake-db',
    reason: 'sessions of other roles are hidden on lake-db',
    permission: 'grant pg_read_all_stats to reeve on lake-db',
    count: 6,
    from: -300,
  },
  {
    system: 'linux',
    slot: 'credentials',
    scope: 'db-eu-2',
    reason: 'authorized_keys of other accounts are closed to us on db-eu-2',
    permission: 'setcap cap_dac_read_search+ep for the account reeve on db-eu-2',
    count: 5,
    from: -150,
  },
  {
    system: 'vault',
    slot: 'secrets',
    scope: 'kv-finance',
    reason: 'the mount kv-finance is closed to reeve-reader',
    permission: 'path "kv-finance/metadata/*" { capabilities = ["list", "read"] }',
    count: 12,
    from: -90,
  },
]

/** Who writes down when identities were last used, and does not tell us. */
export const usagePermissions: Partial<Record<SystemId, string>> = {
  entra: 'AuditLog.Read.All',
  kubernetes: 'the API server audit log',
  gcp: 'policyanalyzer.serviceAccountLastAuthenticationActivities.query',
  jenkins: 'the plugin audit-trail',
  slack: 'auditlogs:read (Enterprise Grid)',
}

/** Who does not write down when a credential was made. */
export const undated: Partial<Record<SystemId, string>> = {
  jenkins: 'Jenkins does not write down when a token was made',
  postgres: 'PostgreSQL does not write down when a password was set',
}

/** Systems that stopped answering, and on which day, counted from that of the stories. */
export const stopped: Partial<Record<SystemId, { on: number; reason: string; permission: string }>> = {
  okta: {
    on: -3,
    reason: 'Okta no longer takes our token: it was not used from an allowed network',
    permission: 'a new API token for reeve-reader with okta.apps.read, okta.apiTokens.read, okta.appGrants.read',
  },
}
