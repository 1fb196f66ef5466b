/** The systems that Larkfield is made of: what each lists, under which permission, and what it does not let anybody see. */
import type { Environment, Kind, Method } from '../../sdk/index.ts'

/** The listings that most systems have; each system names them in its own words. */
export type Slot = 'people' | 'identities' | 'credentials' | 'secrets' | 'workloads' | 'permissions' | 'resources'

export interface Listing {
  id: string
  title: string
  needs: readonly string[]
  yields: readonly string[]
}

/** A part that is refused, from the day `from` (days from the day of the stories) on. */
export interface Gap {
  slot: Slot
  scope: string
  reason: string
  permission: string
  count: number
  from?: number
}

/** How the many identities of a system look that no story is about. */
export interface Pattern {
  /** Its part of all identities, in hundredths. */
  share: number
  identity: string
  credential: string
  method: Method
  /** Days after which those who rotate do. */
  rotates: number
  entitlement: string
  resource: string
  /** What runs, and what a copy of the credential lies in; null where the system has none. */
  workload: string | null
  secret: string | null
  /** Does the system write down when an identity was last used? `refused`: it does and we may not read it. */
  usage: 'recorded' | 'refused' | 'none'
  environments: readonly Environment[]
}

export interface System {
  id: SystemId
  title: string
  /** What one connection to it is called. */
  label: string
  /** Days before the day of the stories on which it was connected. */
  connected: number
  listings: Partial<Record<Slot, Listing>>
  gaps: readonly Gap[]
  /** The permission that would show when identities were last used. */
  usagePermission?: string
  /** Days from the day of the stories on which it stopped answering, and what it says. */
  stopped?: { on: number; reason: string; permission: string }
  pattern: Pattern
}

export type SystemId =
  | 'aws'
  | 'entra'
  | 'kubernetes'
  | 'github'
  | 'gitlab'
  | 'gcp'
  | 'okta'
  | 'snowflake'
  | 'postgres'
  | 'linux'
  | 'vault'
  | 'jenkins'
  | 'salesforce'
  | 'slack'
  | 'iot'
  | 'rpa'
  | 'agents'

const ALL: readonly Environment[] = ['production', 'production', 'production', 'staging', 'development']
const LIVE: readonly Environment[] = ['production']

const listing = (id: string, title: string, needs: string, yields: string): Listing => ({
  id,
  title,
  needs: needs.split(' | '),
  yields: yields.split(' '),
})

export const systems: readonly System[] = [
  {
    id: 'entra',
    title: 'Microsoft Entra ID',
    label: 'larkfield.example',
    connected: 365,
    listings: {
      people: listing('users', 'People', 'User.Read.All', 'entra_user'),
      identities: listing(
        'service-principals',
        'App registrations and managed identities',
        'Application.Read.All',
        'entra_app entra_managed_identity',
      ),
      credentials: listing(
        'app-credentials',
        'Secrets and certificates of apps',
        'Application.Read.All',
        'entra_client_secret entra_certificate entra_federated_credential',
      ),
      workloads: listing('app-hosts', 'What runs as an app', 'Application.Read.All', 'azure_function'),
      permissions: listing(
        'app-roles',
        'Directory and app roles',
        'RoleManagement.Read.Directory | AppRoleAssignment.Read.All',
        'entra_role',
      ),
      resources: listing(
        'tenants',
        'Tenants, subscriptions and what is in them',
        'Reader on each subscription',
        'entra_tenant azure_subscription azure_storage',
      ),
    },
    gaps: [],
    usagePermission: 'AuditLog.Read.All',
    pattern: {
      share: 11,
      identity: 'entra_app',
      credential: 'entra_client_secret',
      method: 'client-secret',
      rotates: 150,
      entitlement: 'entra_role',
      resource: 'azure_storage',
      workload: 'azure_function',
      secret: null,
      usage: 'refused',
      environments: ALL,
    },
  },
  {
    id: 'aws',
    title: 'Amazon Web Services',
    label: 'Larkfield organisation',
    connected: 365,
    listings: {
      identities: listing(
        'iam-users-and-roles',
        'IAM users and roles',
        'iam:ListUsers | iam:ListRoles',
        'aws_iam_user aws_iam_role',
      ),
      credentials: listing(
        'access-keys-and-trust',
        'Access keys and trust policies',
        'iam:ListAccessKeys | iam:GetAccessKeyLastUsed',
        'aws_access_key aws_trust',
      ),
      secrets: listing(
        'secrets-manager',
        'Secrets Manager',
        'secretsmanager:ListSecrets',
        'aws_secrets_manager_secret',
      ),
      workloads: listing(
        'functions',
        'Lambda functions and tasks',
        'lambda:ListFunctions | ecs:ListServices',
        'aws_lambda_function aws_ecs_service',
      ),
      permissions: listing(
        'policies',
        'Policies and who has them',
        'iam:GetAccountAuthorizationDetails',
        'aws_iam_policy',
      ),
      resources: listing(
        'accounts-and-stores',
        'Accounts, buckets and databases',
        'organizations:ListAccounts | s3:ListAllMyBuckets | rds:DescribeDBInstances',
        'aws_account aws_s3_bucket aws_rds_database',
      ),
    },
    gaps: [
      {
        slot: 'workloads',
        scope: 'eu-south-2',
        reason: 'the region eu-south-2 is closed to us by a service control policy',
        permission: 'lambda:ListFunctions in eu-south-2',
        count: 7,
        from: -120,
      },
    ],
    pattern: {
      share: 17,
      identity: 'aws_iam_user',
      credential: 'aws_access_key',
      method: 'access-key',
      rotates: 60,
      entitlement: 'aws_iam_policy',
      resource: 'aws_s3_bucket',
      workload: 'aws_lambda_function',
      secret: 'aws_secrets_manager_secret',
      usage: 'recorded',
      environments: ALL,
    },
  },
  {
    id: 'kubernetes',
    title: 'Kubernetes',
    label: 'prod-eu and staging-eu',
    connected: 365,
    listings: {
      identities: listing('service-accounts', 'Service accounts', 'list serviceaccounts', 'kubernetes_service_account'),
      credentials: listing('tokens', 'Token secrets', 'list secrets of type service-account-token', 'kubernetes_token'),
      secrets: listing('secrets', 'Secrets, by name and fingerprint', 'list secrets', 'kubernetes_opaque_secret'),
      workloads: listing(
        'workloads',
        'Deployments, jobs and cron jobs',
        'list deployments, jobs, cronjobs',
        'kubernetes_deployment kubernetes_cronjob',
      ),
      permissions: listing(
        'roles',
        'Roles and bindings',
        'list roles, rolebindings, clusterroles, clusterrolebindings',
        'kubernetes_binding',
      ),
      resources: listing(
        'clusters',
        'Clusters and namespaces',
        'list namespaces',
        'kubernetes_cluster kubernetes_namespace',
      ),
    },
    gaps: [
      {
        slot: 'secrets',
        scope: 'prod-eu/payroll',
        reason: 'the namespace payroll keeps its secrets to itself',
        permission: 'get and list secrets in namespace payroll (RoleBinding reeve-reader)',
        count: 9,
      },
    ],
    usagePermission: 'the API server audit log',
    pattern: {
      share: 13,
      identity: 'kubernetes_service_account',
      credential: 'kubernetes_token',
      method: 'token',
      rotates: 30,
      entitlement: 'kubernetes_binding',
      resource: 'kubernetes_namespace',
      workload: 'kubernetes_deployment',
      secret: 'kubernetes_opaque_secret',
      usage: 'none',
      environments: ALL,
    },
  },
  {
    id: 'github',
    title: 'GitHub',
    label: 'larkfield',
    connected: 365,
    listings: {
      identities: listing(
        'apps-and-machine-users',
        'Apps, machine users and bots',
        'Organization: Members: read | Administration: read',
        'github_app github_machine_user',
      ),
      credentials: listing(
        'tokens-and-keys',
        'Tokens, deploy keys and secrets found in code',
        'Organization: Personal access tokens: read | Contents: read',
        'github_token github_deploy_key secret_value',
      ),
      secrets: listing(
        'actions-secrets-and-leaks',
        'Actions secrets, and secrets in files and history',
        'Secrets: read | Contents: read',
        'github_actions_secret git_leak',
      ),
      workloads: listing('workflows', 'Workflows', 'Actions: read', 'github_actions_job'),
      permissions: listing('grants', 'What apps and users may do', 'Administration: read', 'github_permission'),
      resources: listing('repositories', 'Repositories', 'Metadata: read', 'github_organization github_repository'),
    },
    gaps: [
      {
        slot: 'secrets',
        scope: 'larkfield/payroll',
        reason: 'larkfield/payroll does not admit our app',
        permission: 'Repository access to larkfield/payroll for the app reeve-reader',
        count: 3,
        from: -200,
      },
      {
        slot: 'secrets',
        scope: 'larkfield/m-and-a',
        reason: 'larkfield/m-and-a does not admit our app',
        permission: 'Repository access to larkfield/m-and-a for the app reeve-reader',
        count: 2,
        from: -60,
      },
    ],
    pattern: {
      share: 8,
      identity: 'github_machine_user',
      credential: 'github_token',
      method: 'token',
      rotates: 75,
      entitlement: 'github_permission',
      resource: 'github_repository',
      workload: 'github_actions_job',
      secret: 'github_actions_secret',
      usage: 'recorded',
      environments: LIVE,
    },
  },
  {
    id: 'gitlab',
    title: 'GitLab',
    label: 'git.larkfield.example',
    connected: 330,
    listings: {
      identities: listing('bots-and-runners', 'Project bots and runners', 'read_api', 'gitlab_bot gitlab_runner'),
      credentials: listing(
        'access-tokens',
        'Project and group access tokens',
        'read_api as owner of the group',
        'gitlab_token',
      ),
      secrets: listing('variables', 'CI/CD variables', 'maintainer of each project', 'gitlab_ci_variable'),
      workloads: listing('pipelines', 'Pipelines', 'read_api', 'gitlab_pipeline_job'),
      permissions: listing('memberships', 'Memberships', 'read_api', 'gitlab_membership'),
      resources: listing('projects', 'Projects', 'read_api', 'gitlab_group gitlab_project'),
    },
    gaps: [
      {
        slot: 'secrets',
        scope: 'larkfield/hardware',
        reason: 'variables of larkfield/hardware are for maintainers',
        permission: 'Maintainer on larkfield/hardware for reeve-reader',
        count: 4,
      },
    ],
    pattern: {
      share: 5,
      identity: 'gitlab_bot',
      credential: 'gitlab_token',
      method: 'token',
      rotates: 80,
      entitlement: 'gitlab_membership',
      resource: 'gitlab_project',
      workload: 'gitlab_pipeline_job',
      secret: 'gitlab_ci_variable',
      usage: 'recorded',
      environments: ALL,
    },
  },
  {
    id: 'gcp',
    title: 'Google Cloud',
    label: 'larkfield.example organisation',
    connected: 300,
    listings: {
      identities: listing('service-accounts', 'Service accounts', 'iam.serviceAccounts.list', 'gcp_service_account'),
      credentials: listing(
        'service-account-keys',
        'Service account keys and workload identity',
        'iam.serviceAccountKeys.list | iam.workloadIdentityPools.list',
        'gcp_service_account_key gcp_workload_identity',
      ),
      workloads: listing('services', 'Cloud Run services and jobs', 'run.services.list', 'gcp_run_service'),
      permissions: listing('bindings', 'IAM bindings', 'resourcemanager.projects.getIamPolicy', 'gcp_role'),
      resources: listing(
        'projects',
        'Projects, buckets and datasets',
        'resourcemanager.projects.list',
        'gcp_project gcp_dataset',
      ),
    },
    gaps: [],
    usagePermission: 'policyanalyzer.serviceAccountLastAuthenticationActivities.query',
    pattern: {
      share: 8,
      identity: 'gcp_service_account',
      credential: 'gcp_service_account_key',
      method: 'access-key',
      rotates: 85,
      entitlement: 'gcp_role',
      resource: 'gcp_dataset',
      workload: 'gcp_run_service',
      secret: null,
      usage: 'recorded',
      environments: ALL,
    },
  },
  {
    id: 'okta',
    title: 'Okta',
    label: 'larkfield.okta.example',
    connected: 300,
    listings: {
      identities: listing('service-apps', 'Service apps', 'okta.apps.read', 'okta_service_app'),
      credentials: listing(
        'app-keys-and-tokens',
        'Client keys and API tokens',
        'okta.apps.read | okta.apiTokens.read',
        'okta_api_token okta_client_key',
      ),
      permissions: listing('scopes', 'Granted scopes', 'okta.appGrants.read', 'okta_scope'),
      resources: listing('org', 'The organisation and its groups', 'okta.groups.read', 'okta_org okta_group'),
    },
    gaps: [],
    stopped: {
      on: -3,
      reason: 'Okta no longer takes our token: it was not used from an allowed network',
      permission: 'a new API token for reeve-reader with okta.apps.read, okta.apiTokens.read, okta.appGrants.read',
    },
    pattern: {
      share: 3,
      identity: 'okta_service_app',
      credential: 'okta_client_key',
      method: 'client-secret',
      rotates: 120,
      entitlement: 'okta_scope',
      resource: 'okta_group',
      workload: null,
      secret: null,
      usage: 'recorded',
      environments: LIVE,
    },
  },
  {
    id: 'snowflake',
    title: 'Snowflake',
    label: 'lk48213.eu-west-1',
    connected: 240,
    listings: {
      identities: listing('users', 'Service users', 'select on snowflake.account_usage.users', 'snowflake_user'),
      credentials: listing(
        'credentials',
        'Key pairs, passwords and tokens',
        'monitor on account',
        'snowflake_key_pair snowflake_password',
      ),
      workloads: listing(
        'clients',
        'Programs that log in',
        'select on snowflake.account_usage.login_history',
        'snowflake_client',
      ),
      permissions: listing(
        'roles',
        'Roles and grants',
        'select on snowflake.account_usage.grants_to_users',
        'snowflake_role',
      ),
      resources: listing('databases', 'Databases', 'usage on each database', 'snowflake_account snowflake_database'),
    },
    gaps: [],
    pattern: {
      share: 4,
      identity: 'snowflake_user',
      credential: 'snowflake_key_pair',
      method: 'ssh-key',
      rotates: 180,
      entitlement: 'snowflake_role',
      resource: 'snowflake_database',
      workload: 'snowflake_client',
      secret: null,
      usage: 'recorded',
      environments: ['production', 'production', 'development'],
    },
  },
  {
    id: 'postgres',
    title: 'PostgreSQL',
    label: 'orders-db, ledger-db and lake-db',
    connected: 365,
    listings: {
      identities: listing('roles', 'Roles', 'login', 'postgres_role'),
      credentials: listing(
        'passwords',
        'Passwords, by kind and end',
        'pg_read_all_settings',
        'postgres_login_password postgres_client_certificate',
      ),
      workloads: listing('sessions', 'Programs that log in', 'pg_read_all_stats', 'postgres_client'),
      permissions: listing('grants', 'Grants', 'login', 'postgres_grant'),
      resources: listing('databases', 'Servers and databases', 'login', 'postgres_server postgres_database'),
    },
    gaps: [
      {
        slot: 'workloads',
        scope: 'lake-db',
        reason: 'sessions of other roles are hidden on lake-db',
        permission: 'grant pg_read_all_stats to reeve on lake-db',
        count: 6,
        from: -300,
      },
    ],
    pattern: {
      share: 6,
      identity: 'postgres_role',
      credential: 'postgres_login_password',
      method: 'password',
      rotates: 170,
      entitlement: 'postgres_grant',
      resource: 'postgres_database',
      workload: 'postgres_client',
      secret: null,
      usage: 'none',
      environments: ALL,
    },
  },
  {
    id: 'linux',
    title: 'Linux hosts',
    label: '11 hosts over SSH',
    connected: 365,
    listings: {
      identities: listing('accounts', 'Accounts', 'read /etc/passwd', 'linux_service_account linux_user'),
      credentials: listing(
        'ssh-keys',
        'SSH keys that open accounts',
        'read authorized_keys (root, or CAP_DAC_READ_SEARCH)',
        'linux_ssh_key',
      ),
      secrets: listing('files', 'Key and configuration files', 'root, or CAP_DAC_READ_SEARCH', 'linux_secret_file'),
      workloads: listing(
        'units',
        'Services and cron jobs',
        'read /etc/systemd and /etc/cron.d',
        'linux_unit linux_cron_job',
      ),
      permissions: listing('sudo', 'What accounts may do as others', 'read /etc/sudoers', 'linux_right'),
      resources: listing('hosts', 'Hosts', 'login', 'linux_estate linux_host'),
    },
    gaps: [
      {
        slot: 'credentials',
        scope: 'db-eu-2',
        reason: 'authorized_keys of other accounts are closed to us on db-eu-2',
        permission: 'setcap cap_dac_read_search+ep for the account reeve on db-eu-2',
        count: 5,
        from: -150,
      },
    ],
    pattern: {
      share: 6,
      identity: 'linux_service_account',
      credential: 'linux_ssh_key',
      method: 'ssh-key',
      rotates: 300,
      entitlement: 'linux_right',
      resource: 'linux_host',
      workload: 'linux_unit',
      secret: null,
      usage: 'recorded',
      environments: ['production', 'production', 'staging'],
    },
  },
  {
    id: 'vault',
    title: 'Vault',
    label: 'vault.larkfield.example',
    connected: 270,
    listings: {
      identities: listing('approles', 'AppRoles and entities', 'list auth/approle/role', 'vault_approle'),
      credentials: listing('secret-ids', 'Secret ids and tokens', 'list auth/token/accessors', 'vault_secret_id'),
      secrets: listing('kv', 'Paths of the KV store', 'list on each mount', 'vault_kv_secret'),
      permissions: listing('policies', 'Policies', 'read sys/policies/acl', 'vault_policy'),
      resources: listing('mounts', 'Mounts', 'read sys/mounts', 'vault_server vault_mount'),
    },
    gaps: [
      {
        slot: 'secrets',
        scope: 'kv-finance',
        reason: 'the mount kv-finance is closed to reeve-reader',
        permission: 'path "kv-finance/metadata/*" { capabilities = ["list", "read"] }',
        count: 12,
        from: -90,
      },
    ],
    pattern: {
      share: 4,
      identity: 'vault_approle',
      credential: 'vault_secret_id',
      method: 'token',
      rotates: 30,
      entitlement: 'vault_policy',
      resource: 'vault_mount',
      workload: null,
      secret: 'vault_kv_secret',
      usage: 'recorded',
      environments: ALL,
    },
  },
  {
    id: 'jenkins',
    title: 'Jenkins',
    label: 'ci.larkfield.example',
    connected: 330,
    listings: {
      identities: listing(
        'agents-and-users',
        'Agents and API users',
        'Overall/Read | Computer/ExtendedRead',
        'jenkins_api_user',
      ),
      credentials: listing('api-tokens', 'API tokens', 'Overall/Administer', 'jenkins_api_token'),
      secrets: listing('credentials-store', 'Credentials store', 'Credentials/View', 'jenkins_stored_credential'),
      workloads: listing('jobs', 'Jobs', 'Job/Read', 'jenkins_job'),
      permissions: listing('matrix', 'Permission matrix', 'Overall/SystemRead', 'jenkins_permission'),
      resources: listing('folders', 'Controller and folders', 'Job/Read', 'jenkins_controller jenkins_folder'),
    },
    gaps: [],
    usagePermission: 'the plugin audit-trail',
    pattern: {
      share: 3,
      identity: 'jenkins_api_user',
      credential: 'jenkins_api_token',
      method: 'token',
      rotates: 80,
      entitlement: 'jenkins_permission',
      resource: 'jenkins_folder',
      workload: 'jenkins_job',
      secret: 'jenkins_stored_credential',
      usage: 'none',
      environments: ['development', 'staging', 'production'],
    },
  },
  {
    id: 'salesforce',
    title: 'Salesforce',
    label: 'larkfield.my.salesforce.example',
    connected: 210,
    listings: {
      identities: listing(
        'connected-apps',
        'Connected apps and integration users',
        'View Setup and Configuration',
        'salesforce_connected_app',
      ),
      credentials: listing('oauth-tokens', 'OAuth tokens', 'Manage Users', 'salesforce_oauth_token'),
      permissions: listing(
        'permission-sets',
        'Permission sets',
        'View Setup and Configuration',
        'salesforce_permission_set',
      ),
      resources: listing(
        'objects',
        'The organisation and its objects',
        'View All Data on object metadata',
        'salesforce_org salesforce_object',
      ),
    },
    gaps: [],
    pattern: {
      share: 2,
      identity: 'salesforce_connected_app',
      credential: 'salesforce_oauth_token',
      method: 'token',
      rotates: 85,
      entitlement: 'salesforce_permission_set',
      resource: 'salesforce_object',
      workload: null,
      secret: null,
      usage: 'recorded',
      environments: LIVE,
    },
  },
  {
    id: 'slack',
    title: 'Slack',
    label: 'larkfield.slack.example',
    connected: 150,
    listings: {
      identities: listing('apps', 'Installed apps and bots', 'admin.apps:read', 'slack_app'),
      credentials: listing('bot-tokens', 'Bot and user tokens', 'admin.apps:read', 'slack_token'),
      permissions: listing('scopes', 'Granted scopes', 'admin.apps:read', 'slack_scope'),
      resources: listing('channels', 'Workspace and channels', 'channels:read', 'slack_workspace slack_channel'),
    },
    gaps: [],
    usagePermission: 'auditlogs:read (Enterprise Grid)',
    pattern: {
      share: 2,
      identity: 'slack_app',
      credential: 'slack_token',
      method: 'token',
      rotates: 85,
      entitlement: 'slack_scope',
      resource: 'slack_channel',
      workload: null,
      secret: null,
      usage: 'refused',
      environments: LIVE,
    },
  },
  {
    id: 'iot',
    title: 'MQTT broker and devices',
    label: 'broker.warehouse.larkfield.example',
    connected: 180,
    listings: {
      identities: listing('devices', 'Devices and gateways', 'read on the device registry', 'iot_device iot_gateway'),
      credentials: listing(
        'device-certificates',
        'Device certificates',
        'read on the device registry',
        'iot_certificate',
      ),
      permissions: listing('topic-rules', 'Topic rules', 'read on the ACL', 'iot_topic_rule'),
      resources: listing('sites', 'Broker, sites and topics', 'read on the broker', 'iot_broker iot_topic'),
    },
    gaps: [],
    pattern: {
      share: 8,
      identity: 'iot_device',
      credential: 'iot_certificate',
      method: 'certificate',
      rotates: 365,
      entitlement: 'iot_topic_rule',
      resource: 'iot_topic',
      workload: null,
      secret: null,
      usage: 'recorded',
      environments: LIVE,
    },
  },
  {
    id: 'rpa',
    title: 'RPA robots',
    label: 'Larkfield automation cloud',
    connected: 200,
    listings: {
      identities: listing('robots', 'Robots', 'OR.Robots.Read', 'rpa_robot'),
      credentials: listing('credential-assets', 'Credential assets', 'OR.Assets.Read', 'rpa_credential_asset'),
      workloads: listing('processes', 'Processes', 'OR.Execution.Read', 'rpa_process'),
      permissions: listing('roles', 'Roles', 'OR.Users.Read', 'rpa_role'),
      resources: listing('folders', 'Folders and applications', 'OR.Folders.Read', 'rpa_tenant rpa_application'),
    },
    gaps: [],
    pattern: {
      share: 2,
      identity: 'rpa_robot',
      credential: 'rpa_credential_asset',
      method: 'password',
      rotates: 90,
      entitlement: 'rpa_role',
      resource: 'rpa_application',
      workload: 'rpa_process',
      secret: null,
      usage: 'recorded',
      environments: LIVE,
    },
  },
  {
    id: 'agents',
    title: 'AI agents',
    label: 'Larkfield agent gateway',
    connected: 120,
    listings: {
      identities: listing('agents', 'Agents', 'read on the agent registry', 'ai_agent'),
      credentials: listing(
        'agent-keys',
        'Model keys and tool tokens',
        'read on the gateway',
        'ai_model_key ai_tool_token',
      ),
      workloads: listing('deployments', 'Where agents run', 'read on the gateway', 'ai_agent_run'),
      permissions: listing('tools', 'Tools that agents may call', 'read on the agent registry', 'ai_tool_grant'),
      resources: listing(
        'tool-servers',
        'Gateway and tool servers',
        'read on the gateway',
        'ai_gateway ai_tool_server',
      ),
    },
    gaps: [],
    pattern: {
      share: 4,
      identity: 'ai_agent',
      credential: 'ai_model_key',
      method: 'token',
      rotates: 60,
      entitlement: 'ai_tool_grant',
      resource: 'ai_tool_server',
      workload: 'ai_agent_run',
      secret: null,
      usage: 'recorded',
      environments: ['production', 'staging', 'development'],
    },
  },
]

const byId = new Map(systems.map((system) => [system.id, system]))
export const systemOf = (id: SystemId): System => byId.get(id)!

/** Which listing tells of a thing of the kind. */
export const SLOT: Readonly<Record<Kind, Slot>> = {
  person: 'people',
  identity: 'identities',
  credential: 'credentials',
  secret: 'secrets',
  workload: 'workloads',
  entitlement: 'permissions',
  resource: 'resources',
}
