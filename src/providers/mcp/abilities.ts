/** What known servers let an agent do. A table of facts; whatever is not in it stays unknown until its tools are listed. */
import type { Package } from './package.ts'
import type { ServerConfig } from './server-config.ts'

/**
 * The three legs of a toxic trio: text that strangers wrote comes in, what is private is read, and something can be sent out
 * to where strangers read it.
 */
export type Leg = 'untrusted-input' | 'private-data' | 'outbound'

/** What a grant leads to. Databases and folders are named by the server's own settings. */
export type Target = 'internet' | 'folders' | 'database' | 'machine' | 'service' | 'none'

export interface Ability {
  title: string
  target: Target
  /** For services: the host that stands for it. */
  host?: string
  privileges: readonly string[]
  legs: readonly Leg[]
  /** Legs that go where the server is told to read only. */
  writes?: readonly Leg[]
  shell?: boolean
}

const READ = ['read'] as const
const BOTH = ['read', 'write'] as const
const ALL: readonly Leg[] = ['untrusted-input', 'private-data', 'outbound']

const service = (title: string, host: string, legs: readonly Leg[], privileges: readonly string[] = BOTH): Ability => ({
  title,
  target: 'service',
  host,
  privileges,
  legs,
  writes: ['outbound'],
})

/** By the name of package, image or address; the first that fits. */
const KNOWN: readonly [RegExp, Ability][] = [
  [
    /server-filesystem|filesystem-mcp|mcp-filesystem|rust-mcp-filesystem/i,
    { title: 'files', target: 'folders', privileges: BOTH, legs: ['private-data'] },
  ],
  [
    /desktop-commander|desktopcommander|shell-(mcp|command|server)|mcp-(shell|server-shell|server-commands)|server-commands|cli-mcp-server|iterm-mcp|ssh-mcp|mcp-ssh/i,
    { title: 'a shell', target: 'machine', privileges: ['execute'], legs: ['private-data', 'outbound'], shell: true },
  ],
  [
    /mcp-server-docker|docker-mcp|mcp-docker|server-kubernetes|kubernetes-mcp|mcp-k8s|kubectl-mcp/i,
    {
      title: 'containers',
      target: 'machine',
      privileges: ['execute'],
      legs: ['private-data', 'outbound'],
      shell: true,
    },
  ],
  [
    /mcp-server-fetch|server-fetch|fetch-mcp|mcp-fetch|firecrawl|jina|browserbase|hyperbrowser|brightdata|apify/i,
    { title: 'web pages', target: 'internet', privileges: READ, legs: ['untrusted-input', 'outbound'] },
  ],
  [
    /playwright|puppeteer|browser-use|chrome-devtools|browsermcp|selenium/i,
    { title: 'a web browser', target: 'internet', privileges: BOTH, legs: ['untrusted-input', 'outbound'] },
  ],
  [
    /brave-search|tavily|exa-mcp|mcp\.exa\.ai|perplexity|duckduckgo|serpapi|kagi|searxng|google-search/i,
    { title: 'web search', target: 'internet', privileges: READ, legs: ['untrusted-input'] },
  ],
  [
    /context7|microsoft-?docs|learn\.microsoft\.com|deepwiki|docs-mcp|gitmcp/i,
    { title: 'public documentation', target: 'internet', privileges: READ, legs: ['untrusted-input'] },
  ],
  [/github-mcp-server|server-github|api\.githubcopilot\.com|mcp-github/i, service('GitHub', 'api.github.com', ALL)],
  [/server-gitlab|gitlab-mcp|mcp-gitlab|gitlab\.com/i, service('GitLab', 'gitlab.com', ALL)],
  [
    /mcp-server-git\b|server-git\b/i,
    { title: 'git repositories', target: 'folders', privileges: BOTH, legs: ['private-data'] },
  ],
  [/server-slack|slack-mcp|mcp-slack|mcp\.slack\.com/i, service('Slack', 'slack.com', ALL)],
  [
    /gmail|google-?workspace|mcp-gsuite|outlook|ms-?365|office-?365|microsoft-?365|imap|mail/i,
    service('mail', 'mail', ALL),
  ],
  [/discord|telegram|whatsapp|twilio/i, service('messages', 'messages', ALL)],
  [/zapier|composio|pipedream|make\.com|n8n/i, service('automation', 'automation', ALL)],
  [/atlassian|jira|confluence/i, service('Atlassian', 'atlassian.net', ['untrusted-input', 'private-data'])],
  [/zendesk|intercom|freshdesk|servicenow|hubspot|salesforce/i, service('customer records', 'customer-records', ALL)],
  [
    /sentry|datadog|grafana|newrelic|pagerduty/i,
    service('operations data', 'operations-data', ['untrusted-input', 'private-data']),
  ],
  [
    /linear|asana|trello|monday|clickup|notion|obsidian/i,
    service('notes and tasks', 'notes-and-tasks', ['private-data']),
  ],
  [
    /gdrive|google-drive|dropbox|onedrive|box-mcp|sharepoint/i,
    service('file storage', 'file-storage', ['private-data']),
  ],
  [/stripe|paypal|square/i, service('payments', 'payments', ['private-data', 'outbound'])],
  [
    /postgres|supabase|neon|mysql|mariadb|mongo|redis|sqlite|mssql|clickhouse|snowflake|bigquery|dbhub|databricks|elasticsearch|toolbox/i,
    { title: 'a database', target: 'database', privileges: BOTH, legs: ['private-data'] },
  ],
  [
    /aws-api-mcp|awslabs|aws-mcp|azure-mcp|@azure\/mcp|gcloud-mcp|cloudflare|terraform/i,
    service('a cloud', 'cloud', ['private-data', 'outbound']),
  ],
  [/figma|vercel|netlify|heroku/i, service('a platform', 'platform', ['private-data'])],
  [
    /sequential-?thinking|server-memory|server-time|mcp-server-time|server-everything|calculator/i,
    { title: 'nothing outside', target: 'none', privileges: [], legs: [] },
  ],
]

/** Extensions that come with Goose. */
const BUILT_IN: Record<string, Ability> = {
  developer: {
    title: 'a shell and files',
    target: 'machine',
    privileges: ['execute', 'read', 'write'],
    legs: ['private-data', 'outbound'],
    shell: true,
  },
  computercontroller: {
    title: 'a web browser and the desktop',
    target: 'internet',
    privileges: BOTH,
    legs: ['untrusted-input', 'outbound'],
  },
  memory: { title: 'nothing outside', target: 'none', privileges: [], legs: [] },
}

const READ_ONLY = /^--?(read-?only|readonly|access-mode=restricted)$/i

export const isReadOnly = (server: ServerConfig): boolean =>
  server.args.some(
    (word, index) =>
      READ_ONLY.test(word) ||
      /^(GITHUB_READ_ONLY|READ_ONLY|READONLY)=(1|true)$/i.test(word) ||
      (word === '--access-mode' && server.args[index + 1] === 'restricted'),
  ) ||
  Object.entries(server.env).some(([name, value]) => /READ_?ONLY/i.test(name) && /^(1|true|yes)$/i.test(value)) ||
  Object.entries(server.headers).some(([name, value]) => /^x-mcp-readonly$/i.test(name) && value === 'true') ||
  /\/readonly\/?$/.test(server.url ?? '')

/** What the server is known to do; null when it is not known. */
export function abilityOf(server: ServerConfig, of: Package | null, host: string | null): Ability | null {
  const known =
    server.transport === 'built-in'
      ? Object.hasOwn(BUILT_IN, server.name)
        ? BUILT_IN[server.name]
        : undefined
      : KNOWN.find(([said]) => (of !== null && said.test(of.name)) || (host !== null && said.test(host)))?.[1]
  if (known === undefined) return null
  if (!isReadOnly(server)) return known
  return {
    ...known,
    privileges: known.privileges.filter((one) => one === 'read'),
    legs: known.legs.filter((leg) => !known.writes?.includes(leg)),
  }
}
