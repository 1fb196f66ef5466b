/** The systems that Larkfield is made of: what each lists, and under which permission. */
import type { Kind } from '../../sdk/index.ts'
import { type Pattern, patterns, type SystemId } from './patterns.ts'

/** The listings that most systems have; each system names them in its own words. */
export type Slot = 'people' | 'identities' | 'credentials' | 'secrets' | 'workloads' | 'permissions' | 'resources'

export interface Listing {
  id: string
  title: string
  needs: readonly string[]
  yields: readonly string[]
}

export interface System {
  id: SystemId
  title: string
  /** What one connection to it is called. */
  label: string
  /** Days before the day of the stories on which it was connected. */
  connected: number
  listings: Partial<Record<Slot, Listing>>
  pattern: Pattern
}

/** One line each: slot, id, title, what it needs, what it yields. */
const listings = (text: string): Partial<Record<Slot, Listing>> =>
  Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => {
        const [slot, id, title, needs, yields] = line.split('|').map((cell) => cell.trim()) as [
          Slot,
          string,
          string,
          string,
          string,
        ]
        return [slot, { id, title, needs: needs.split('; '), yields: yields.split(' ') }]
      }),
  )

export const systems: readonly System[] = [
  {
    id: 'entra',
    title: 'Microsoft Entra ID',
    label: 'Entra ID',
    connected: 365,
    listings: listings(`
      people | users | People | User.Read.All | entra_user
      identities | service-principals | App registrations and managed identities | Application.Read.All | entra_app entra_managed_identity
      credentials | app-credentials | Secrets and certificates of apps | Application.Read.All | entra_client_secret entra_certificate entra_federated_credential
      workloads | app-hosts | What runs as an app | Application.Read.All | azure_function
      permissions | app-roles | Directory and app roles | RoleManagement.Read.Directory; AppRoleAssignment.Read.All | entra_role
      resources | tenants | Tenants, subscriptions and what is in them | Reader on each subscription | entra_tenant azure_subscription azure_storage
    `),
    pattern: patterns.entra,
  },
  {
    id: 'aws',
    title: 'Amazon Web Services',
    label: 'AWS organisation',
    connected: 365,
    listings: listings(`
      identities | iam-users-and-roles | IAM users and roles | iam:ListUsers; iam:ListRoles | aws_iam_user aws_iam_role
      credentials | access-keys-and-trust | Access keys and trust policies | iam:ListAccessKeys; iam:GetAccessKeyLastUsed | aws_access_key aws_trust
      secrets | secrets-manager | Secrets Manager | secretsmanager:ListSecrets | aws_secrets_manager_secret
      workloads | functions | Lambda functions and tasks | lambda:ListFunctions; ecs:ListServices | aws_lambda_function aws_ecs_service
      permissions | policies | Policies and who has them | iam:GetAccountAuthorizationDetails | aws_iam_policy
      resources | accounts-and-stores | Accounts, buckets and databases | organizations:ListAccounts; s3:ListAllMyBuckets; rds:DescribeDBInstances | aws_account aws_s3_bucket aws_rds_database
    `),
    pattern: patterns.aws,
  },
  {
    id: 'kubernetes',
    title: 'Kubernetes',
    label: 'Kubernetes',
    connected: 365,
    listings: listings(`
      identities | service-accounts | Service accounts | list serviceaccounts | kubernetes_service_account
      credentials | tokens | Token secrets | list secrets of type service-account-token | kubernetes_token
      secrets | secrets | Secrets, by name and fingerprint | list secrets | kubernetes_opaque_secret
      workloads | workloads | Deployments, jobs and cron jobs | list deployments, jobs, cronjobs | kubernetes_deployment kubernetes_cronjob
      permissions | roles | Roles and bindings | list roles, rolebindings, clusterroles, clusterrolebindings | kubernetes_binding
      resources | clusters | Clusters and namespaces | list namespaces | kubernetes_cluster kubernetes_namespace
    `),
    pattern: patterns.kubernetes,
  },
  {
    id: 'github',
    title: 'GitHub',
    label: 'GitHub',
    connected: 365,
    listings: listings(`
      identities | apps-and-machine-users | Apps, machine users and bots | Organization: Members: read; Administration: read | github_app github_machine_user
      credentials | tokens-and-keys | Tokens, deploy keys and secrets found in code | Organization: Personal access tokens: read; Contents: read | github_token github_deploy_key secret_value
      secrets | actions-secrets-and-leaks | Actions secrets, and secrets in files and history | Secrets: read; Contents: read | github_actions_secret git_leak
      workloads | workflows | Workflows | Actions: read | github_actions_job
      permissions | grants | What apps and users may do | Administration: read | github_permission
      resources | repositories | Repositories | Metadata: read | github_organization github_repository
    `),
    pattern: patterns.github,
  },
  {
    id: 'gitlab',
    title: 'GitLab',
    label: 'GitLab',
    connected: 330,
    listings: listings(`
      identities | bots-and-runners | Project bots and runners | read_api | gitlab_bot gitlab_runner
      credentials | access-tokens | Project and group access tokens | read_api as owner of the group | gitlab_token
      secrets | variables | CI/CD variables | maintainer of each project | gitlab_ci_variable
      workloads | pipelines | Pipelines | read_api | gitlab_pipeline_job
      permissions | memberships | Memberships | read_api | gitlab_membership
      resources | projects | Projects | read_api | gitlab_group gitlab_project
    `),
    pattern: patterns.gitlab,
  },
  {
    id: 'gcp',
    title: 'Google Cloud',
    label: 'Google Cloud',
    connected: 300,
    listings: listings(`
      identities | service-accounts | Service accounts | iam.serviceAccounts.list | gcp_service_account
      credentials | service-account-keys | Service account keys and workload identity | iam.serviceAccountKeys.list; iam.workloadIdentityPools.list | gcp_service_account_key gcp_workload_identity
      workloads | services | Cloud Run services and jobs | run.services.list | gcp_run_service
      permissions | bindings | IAM bindings | resourcemanager.projects.getIamPolicy | gcp_role
      resources | projects | Projects, buckets and datasets | resourcemanager.projects.list | gcp_project gcp_dataset
    `),
    pattern: patterns.gcp,
  },
  {
    id: 'okta',
    title: 'Okta',
    label: 'Okta',
    connected: 300,
    listings: listings(`
      identities | service-apps | Service apps | okta.apps.read | okta_service_app
      credentials | app-keys-and-tokens | Client keys and API tokens | okta.apps.read; okta.apiTokens.read | okta_api_token okta_client_key
      permissions | scopes | Granted scopes | okta.appGrants.read | okta_scope
      resources | org | The organisation and its groups | okta.groups.read | okta_org okta_group
    `),
    pattern: patterns.okta,
  },
  {
    id: 'snowflake',
    title: 'Snowflake',
    label: 'Snowflake',
    connected: 240,
    listings: listings(`
      identities | users | Service users | select on snowflake.account_usage.users | snowflake_user
      credentials | credentials | Key pairs, passwords and tokens | monitor on account | snowflake_key_pair snowflake_password
      workloads | clients | Programs that log in | select on snowflake.account_usage.login_history | snowflake_client
      permissions | roles | Roles and grants | select on snowflake.account_usage.grants_to_users | snowflake_role
      resources | databases | Databases | usage on each database | snowflake_account snowflake_database
    `),
    pattern: patterns.snowflake,
  },
  {
    id: 'postgres',
    title: 'PostgreSQL',
    label: 'PostgreSQL',
    connected: 365,
    listings: listings(`
      identities | roles | Roles | login | postgres_role
      credentials | passwords | Passwords, by kind and end | pg_read_all_settings | postgres_login_password postgres_client_certificate
      workloads | sessions | Programs that log in | pg_read_all_stats | postgres_client
      permissions | grants | Grants | login | postgres_grant
      resources | databases | Servers and databases | login | postgres_server postgres_database
    `),
    pattern: patterns.postgres,
  },
  {
    id: 'linux',
    title: 'Linux hosts',
    label: 'Linux hosts',
    connected: 365,
    listings: listings(`
      identities | accounts | Accounts | read /etc/passwd | linux_service_account linux_user
      credentials | ssh-keys | SSH keys that open accounts | read authorized_keys (root, or CAP_DAC_READ_SEARCH) | linux_ssh_key
      secrets | files | Key and configuration files | root, or CAP_DAC_READ_SEARCH | linux_secret_file
      workloads | units | Services and cron jobs | read /etc/systemd and /etc/cron.d | linux_unit linux_cron_job
      permissions | sudo | What accounts may do as others | read /etc/sudoers | linux_right
      resources | hosts | Hosts | login | linux_estate linux_host
    `),
    pattern: patterns.linux,
  },
  {
    id: 'vault',
    title: 'Vault',
    label: 'Vault',
    connected: 270,
    listings: listings(`
      identities | approles | AppRoles and entities | list auth/approle/role | vault_approle
      credentials | secret-ids | Secret ids and tokens | list auth/token/accessors | vault_secret_id
      secrets | kv | Paths of the KV store | list on each mount | vault_kv_secret
      permissions | policies | Policies | read sys/policies/acl | vault_policy
      resources | mounts | Mounts | read sys/mounts | vault_server vault_mount
    `),
    pattern: patterns.vault,
  },
  {
    id: 'jenkins',
    title: 'Jenkins',
    label: 'Jenkins',
    connected: 330,
    listings: listings(`
      identities | agents-and-users | Agents and API users | Overall/Read; Computer/ExtendedRead | jenkins_api_user
      credentials | api-tokens | API tokens | Overall/Administer | jenkins_api_token
      secrets | credentials-store | Credentials store | Credentials/View | jenkins_stored_credential
      workloads | jobs | Jobs | Job/Read | jenkins_job
      permissions | matrix | Permission matrix | Overall/SystemRead | jenkins_permission
      resources | folders | Controller and folders | Job/Read | jenkins_controller jenkins_folder
    `),
    pattern: patterns.jenkins,
  },
  {
    id: 'salesforce',
    title: 'Salesforce',
    label: 'Salesforce',
    connected: 210,
    listings: listings(`
      identities | connected-apps | Connected apps and integration users | View Setup and Configuration | salesforce_connected_app
      credentials | oauth-tokens | OAuth tokens | Manage Users | salesforce_oauth_token
      permissions | permission-sets | Permission sets | View Setup and Configuration | salesforce_permission_set
      resources | objects | The organisation and its objects | View All Data on object metadata | salesforce_org salesforce_object
    `),
    pattern: patterns.salesforce,
  },
  {
    id: 'slack',
    title: 'Slack',
    label: 'Slack',
    connected: 150,
    listings: listings(`
      identities | apps | Installed apps and bots | admin.apps:read | slack_app
      credentials | bot-tokens | Bot and user tokens | admin.apps:read | slack_token
      permissions | scopes | Granted scopes | admin.apps:read | slack_scope
      resources | channels | Workspace and channels | channels:read | slack_workspace slack_channel
    `),
    pattern: patterns.slack,
  },
  {
    id: 'iot',
    title: 'MQTT broker and devices',
    label: 'Warehouse MQTT',
    connected: 180,
    listings: listings(`
      identities | devices | Devices and gateways | read on the device registry | iot_device iot_gateway
      credentials | device-certificates | Device certificates | read on the device registry | iot_certificate
      permissions | topic-rules | Topic rules | read on the ACL | iot_topic_rule
      resources | sites | Broker, sites and topics | read on the broker | iot_broker iot_topic
    `),
    pattern: patterns.iot,
  },
  {
    id: 'rpa',
    title: 'RPA robots',
    label: 'RPA robots',
    connected: 200,
    listings: listings(`
      identities | robots | Robots | OR.Robots.Read | rpa_robot
      credentials | credential-assets | Credential assets | OR.Assets.Read | rpa_credential_asset
      workloads | processes | Processes | OR.Execution.Read | rpa_process
      permissions | roles | Roles | OR.Users.Read | rpa_role
      resources | folders | Folders and applications | OR.Folders.Read | rpa_tenant rpa_application
    `),
    pattern: patterns.rpa,
  },
  {
    id: 'agents',
    title: 'AI agents',
    label: 'AI agents',
    connected: 120,
    listings: listings(`
      identities | agents | Agents | read on the agent registry | ai_agent
      credentials | agent-keys | Model keys and tool tokens | read on the gateway | ai_model_key ai_tool_token
      workloads | deployments | Where agents run, and their MCP servers | read on the gateway | ai_agent_run mcp_server
      permissions | tools | Tools that agents may call | read on the agent registry | ai_tool_grant mcp_server_tools
      resources | tool-servers | Gateway and tool servers | read on the gateway | ai_gateway ai_tool_server
    `),
    pattern: patterns.agents,
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
