import { hostileIn, isStrangersRef, keepsStrangersOut, secretsIn } from './workflow-expressions.ts'
import { isTable, list, readYaml, strings, type Table, table, text, type YamlDocument } from './yaml-lines.ts'

export type Permissions = 'missing' | 'write-all' | 'read-all' | { [scope: string]: string }

export interface SecretUse {
  name: string
  job: string
  environment: string | null
  line: number
  /** The cloud whose static key it is, as far as the input or variable that takes it says. */
  cloudKey: 'aws' | 'gcp' | 'azure' | null
}

export interface Federation {
  cloud: 'aws' | 'gcp' | 'azure' | 'vault'
  /** The role, provider or client that is asked for; an expression when it stands in a variable. */
  target: string
  account: string | null
  job: string
  environment: string | null
  line: number
}

/** What one workflow file says, with lines. */
export interface Workflow {
  name: string
  triggers: string[]
  permissions: Permissions
  permissionsLine: number
  jobs: {
    id: string
    line: number
    environment: string | null
    runsOn: string[]
    permissions: Permissions
    uses: string | null
    secrets: string[]
  }[]
  secrets: SecretUse[]
  federations: Federation[]
  unpinned: { uses: string; line: number; job: string; secrets: string[] }[]
  injections: { expression: string; line: number; job: string }[]
  strangerCheckouts: {
    line: number
    job: string
    ref: string
    secrets: string[]
    permissions: Permissions
    gate: string | null
  }[]
  selfHosted: { job: string; line: number; labels: string[] }[]
  inherits: { uses: string; line: number; job: string }[]
}

/** Reads a workflow of GitHub Actions (Gitea and Forgejo write the same). `owner`: whose repository it is, if known. */
export function readWorkflow(source: string, owner: string | null): Workflow | { skipped: string } {
  const read = readYaml(source)
  if ('skipped' in read) return read
  const document = read.documents[0]
  if (!document || !isTable(document.value)) return { skipped: 'it is not a workflow' }
  const root = document.value
  const jobs = Object.entries(table(root['jobs'])).filter((job): job is [string, Table] => isTable(job[1]))
  const workflow: Workflow = {
    name: text(root['name']) ?? '',
    triggers: triggersOf(root['on'] ?? root['true']),
    permissions: permissionsOf(root['permissions']),
    permissionsLine: document.line(['permissions']),
    jobs: [],
    secrets: [],
    federations: [],
    unpinned: [],
    injections: [],
    strangerCheckouts: [],
    selfHosted: [],
    inherits: [],
  }
  for (const [id, job] of jobs.slice(0, 500)) readJob(workflow, document, root, id, job, owner)
  return workflow
}

function readJob(
  workflow: Workflow,
  document: YamlDocument,
  root: Table,
  id: string,
  job: Table,
  owner: string | null,
): void {
  const at = (...path: (string | number)[]) => document.line(['jobs', id, ...path])
  const permissions = job['permissions'] === undefined ? workflow.permissions : permissionsOf(job['permissions'])
  const environment = text(job['environment']) ?? text(table(job['environment'])['name']) ?? null
  const runsOn = isTable(job['runs-on']) ? strings(job['runs-on']['labels']) : strings(job['runs-on'])
  const uses = text(job['uses']) ?? null
  const everywhere = { ...table(root['env']), ...table(job['env']) }
  const ambient = secretsIn(everywhere)
  const all = secretsIn([everywhere, job])
  workflow.jobs.push({ id, line: document.line(['jobs', id]), environment, runsOn, permissions, uses, secrets: all })
  const use = (value: unknown, line: number, cloudKey: SecretUse['cloudKey'] = null) => {
    for (const name of secretsIn(value)) workflow.secrets.push({ name, job: id, environment, line, cloudKey })
  }
  for (const [name, value] of Object.entries(everywhere))
    use(value, name in table(job['env']) ? at('env', name) : document.line(['env', name]), cloudOfVariable(name))
  if (runsOn.some((label) => label.toLowerCase() === 'self-hosted'))
    workflow.selfHosted.push({ job: id, line: at('runs-on'), labels: runsOn })
  if (uses) {
    if (job['secrets'] === 'inherit') workflow.inherits.push({ uses, line: at('secrets'), job: id })
    for (const [name, value] of Object.entries(table(job['secrets']))) use(value, at('secrets', name))
    const given = job['secrets'] === 'inherit' ? ['*'] : secretsIn([job['secrets'], job['with']])
    if (given.length > 0 && !isPinned(uses, owner))
      workflow.unpinned.push({ uses, line: at('uses'), job: id, secrets: given })
  }
  use(job['container'], at('container'))
  use(job['services'], at('services'))
  readSteps(workflow, document, id, job, { owner, ambient, all, environment, permissions })
}

interface Around {
  owner: string | null
  ambient: string[]
  all: string[]
  environment: string | null
  permissions: Permissions
}

function readSteps(workflow: Workflow, document: YamlDocument, id: string, job: Table, around: Around): void {
  const steps = list(job['steps']).slice(0, 1000)
  for (const [index, step] of steps.entries()) {
    if (!isTable(step)) continue
    const at = (...path: (string | number)[]) => document.line(['jobs', id, 'steps', index, ...path])
    const uses = text(step['uses'])
    const given = table(step['with'])
    const action = (uses ?? '').split('@')[0]!.toLowerCase()
    for (const part of ['with', 'env'] as const) {
      for (const [name, value] of Object.entries(table(step[part]))) {
        const cloudKey = part === 'env' ? cloudOfVariable(name) : cloudOfInput(action, name)
        for (const secret of secretsIn(value)) {
          workflow.secrets.push({
            name: secret,
            job: id,
            environment: around.environment,
            line: at(part, name),
            cloudKey,
          })
        }
      }
    }
    for (const secret of secretsIn([step['run'], step['if']])) {
      workflow.secrets.push({ name: secret, job: id, environment: around.environment, line: at('run'), cloudKey: null })
    }
    if (uses) {
      const secrets = [...new Set([...secretsIn([given, step['env']]), ...around.ambient])].sort()
      if (secrets.length > 0 && !isPinned(uses, around.owner))
        workflow.unpinned.push({ uses, line: at('uses'), job: id, secrets })
      const federation = federationOf(action, given)
      if (federation)
        workflow.federations.push({ ...federation, job: id, environment: around.environment, line: at('uses') })
    }
    const script = text(step['run']) ?? (action === 'actions/github-script' ? text(given['script']) : undefined)
    for (const expression of script ? hostileIn(script) : []) {
      workflow.injections.push({ expression, line: script === step['run'] ? at('run') : at('with', 'script'), job: id })
    }
    const ref = strangersRef(action, given, script)
    if (ref === null || !runsForStrangers(workflow.triggers)) continue
    const condition = `${text(job['if']) ?? ''} ${text(step['if']) ?? ''}`
    const runsLater = steps
      .slice(index)
      .some(
        (later, after) =>
          isTable(later) &&
          (later['run'] !== undefined ? after > 0 || script !== undefined : /^\.\//.test(text(later['uses']) ?? '')),
      )
    if (keepsStrangersOut(condition) || !runsLater) continue
    workflow.strangerCheckouts.push({
      line: action === 'actions/checkout' ? at('uses') : at('run'),
      job: id,
      ref,
      secrets: around.all.filter((name) => name !== 'GITHUB_TOKEN'),
      permissions: around.permissions,
      gate: gateOf(condition, around.environment),
    })
  }
}

function strangersRef(action: string, given: Table, script: string | undefined): string | null {
  if (action === 'actions/checkout') {
    return [text(given['ref']), text(given['repository'])].find((value) => value && isStrangersRef(value)) ?? null
  }
  return script ? (/\bgh pr checkout\b|\bgit fetch \S+ \+?(?:refs\/)?pull\//.exec(script)?.[0] ?? null) : null
}

/** Triggers that run with the repository's secrets although a stranger sets them off. */
const runsForStrangers = (triggers: readonly string[]): boolean =>
  triggers.some(
    (trigger) => trigger === 'pull_request_target' || trigger === 'workflow_run' || trigger === 'issue_comment',
  )

const gateOf = (condition: string, environment: string | null): string | null =>
  /author_association/.test(condition)
    ? 'only for authors with a role'
    : /label/.test(condition)
      ? 'only with a label'
      : /github\.actor|user\.login|sender/.test(condition)
        ? 'only for named users'
        : environment
          ? `in the environment ${environment}, which may ask for approval`
          : null

const triggersOf = (on: unknown): string[] => (isTable(on) ? Object.keys(on) : strings(on)).slice(0, 50)

function permissionsOf(value: unknown): Permissions {
  if (value === undefined) return 'missing'
  if (value === 'write-all' || value === 'read-all') return value
  if (!isTable(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([scope, level]) => [scope, text(level) ?? 'none']))
}

/** By commit or digest, or not an outsider's at all: this repository's own, its owner's, or those of GitHub itself. */
export function isPinned(uses: string, owner: string | null): boolean {
  if (uses.startsWith('./') || uses.includes('${{')) return true
  if (uses.startsWith('docker://')) return /@sha256:[0-9a-f]{64}$/.test(uses)
  const [action = '', ref = ''] = uses.split('@')
  // Its releases verify themselves by tag; a commit is refused.
  if (action.startsWith('slsa-framework/slsa-github-generator/')) return /^v\d+\.\d+\.\d+$/.test(ref)
  const from = action
    .replace(/^https?:\/\/[^/]+\//, '')
    .split('/')[0]!
    .toLowerCase()
  if (from === 'actions' || from === 'github' || from === owner?.toLowerCase()) return true
  return /^[0-9a-f]{40}$|^[0-9a-f]{64}$/.test(ref)
}

const cloudOfVariable = (name: string): SecretUse['cloudKey'] =>
  /^(TF_VAR_)?AWS_(SECRET_ACCESS_KEY|ACCESS_KEY_ID|SECRET_KEY)$/i.test(name)
    ? 'aws'
    : /^(AZURE_CREDENTIALS|AZURE_CLIENT_SECRET|ARM_CLIENT_SECRET)$/i.test(name)
      ? 'azure'
      : /^(GOOGLE_CREDENTIALS|GCP_SA_KEY|GCP_CREDENTIALS|GOOGLE_APPLICATION_CREDENTIALS_JSON)$/i.test(name)
        ? 'gcp'
        : null

function cloudOfInput(action: string, input: string): SecretUse['cloudKey'] {
  if (action === 'aws-actions/configure-aws-credentials')
    return /^aws-(secret-access-key|access-key-id)$/.test(input) ? 'aws' : null
  if (action === 'google-github-actions/auth') return input === 'credentials_json' ? 'gcp' : null
  if (action === 'google-github-actions/setup-gcloud') return input === 'service_account_key' ? 'gcp' : null
  if (action === 'azure/login') return input === 'creds' ? 'azure' : null
  return null
}

function federationOf(action: string, given: Table): Pick<Federation, 'cloud' | 'target' | 'account'> | null {
  const role = text(given['role-to-assume'])
  if (action === 'aws-actions/configure-aws-credentials' && role && !given['aws-access-key-id'])
    return { cloud: 'aws', target: role, account: null }
  const provider = text(given['workload_identity_provider'])
  if (action === 'google-github-actions/auth' && provider)
    return { cloud: 'gcp', target: provider, account: text(given['service_account']) ?? null }
  const client = text(given['client-id'])
  if (action === 'azure/login' && client && !given['creds'])
    return { cloud: 'azure', target: client, account: text(given['tenant-id']) ?? null }
  if (action === 'hashicorp/vault-action' && text(given['method']) === 'jwt')
    return { cloud: 'vault', target: text(given['role']) ?? 'default', account: text(given['url']) ?? null }
  return null
}
