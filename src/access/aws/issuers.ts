/** Whose tokens AWS is told to believe: the forms of subjects that an issuer writes, and what in them a stranger cannot have. */
import type { Form, Part } from '../language.ts'

export interface Issuer {
  title: string
  /** Anybody can have an account there and get tokens. */
  shared: boolean
  forms: readonly { what: string; form: Form; byName?: boolean }[]
  /** Patterns of the subjects of the owners (organizations, groups, namespaces) that a value names, or begins to name. */
  owners(value: string): string[]
  /** The same for the things themselves: repositories, projects, service accounts. */
  items(value: string): string[]
  /** What the owner and the things are called. */
  owner: string
  item: string
  /** Claims besides `sub` and `aud` that AWS hands on, and those of them whose value a stranger cannot choose. */
  claims?: ReadonlySet<string>
  owned?: ReadonlySet<string>
}

const run = (of: RegExp, least = 1): Part => ({ of, least })
const NAME = run(/[A-Za-z0-9-]/)
const REPOSITORY = run(/[\w.-]/)
const ID = run(/\d/)
const REF = run(/[^\s:~^?*[\\]/)
const WORD = run(/[^:]/)

const none = (): string[] => []

const GITHUB_CONTEXTS: readonly [string, Form][] = [
  ['branches', [':ref:refs/heads/', REF]],
  ['tags', [':ref:refs/tags/', REF]],
  ['pull requests', [':pull_request']],
  ['environments', [':environment:', WORD]],
]

const github: Issuer = {
  title: 'GitHub',
  shared: true,
  owner: 'organization',
  item: 'repository',
  // Since July 2026 new repositories write their ids too; an @ is in no name.
  forms: GITHUB_CONTEXTS.flatMap(([what, end]) => [
    { what, form: ['repo:', NAME, '/', REPOSITORY, ...end], byName: true },
    { what, form: ['repo:', NAME, '@', ID, '/', REPOSITORY, '@', ID, ...end] },
  ]),
  owners: (value) => {
    const [, owner] = /^(?:repo|[^:/]*[*?][^:/]*):([^*?/@]+)/.exec(value) ?? []
    return owner === undefined ? [] : [`repo:${owner}/*`, `repo:${owner}@*`]
  },
  items: (value) => {
    const [, owner, name] =
      /^(?:repo|[^:/]*[*?][^:/]*):([^*?/@]+)(?:@[^/]*)?\/([^*?:@]+)(?:@[^:]*)?(?::|$)/.exec(value) ?? []
    return name === undefined ? [] : [`repo:${owner}/${name}:*`, `repo:${owner}@*/${name}@*:*`]
  },
  claims: new Set([
    'actor',
    'actor_id',
    'job_workflow_ref',
    'repository',
    'repository_id',
    'workflow',
    'ref',
    'environment',
    'enterprise_id',
  ]),
  owned: new Set(['repository', 'repository_id', 'enterprise_id', 'actor', 'actor_id']),
}

const PATH = run(/[\w./-]/)
const gitlab: Issuer = {
  title: 'GitLab',
  shared: true,
  owner: 'group',
  item: 'project',
  forms: (['branch', 'tag'] as const).map((what) => ({
    what: what === 'tag' ? 'tags' : 'branches',
    form: ['project_path:', run(/[\w.-]/), '/', PATH, `:ref_type:${what}:ref:`, REF],
    byName: true,
  })),
  owners: (value) => {
    const [, group] = /^project_path:([^*?:/]+)/.exec(value) ?? []
    return group === undefined ? [] : [`project_path:${group}/*`]
  },
  items: (value) => {
    const [, path] = /^project_path:([^*?:]+):/.exec(value) ?? []
    return path === undefined ? [] : [`project_path:${path}:*`]
  },
}

const UUID: Part[] = ['{', run(/[0-9a-f-]/), '}']
const bitbucket: Issuer = {
  title: 'Bitbucket',
  shared: false,
  owner: 'repository',
  item: 'repository',
  forms: [
    { what: 'steps', form: [...UUID, ':', ...UUID] },
    { what: 'environments', form: [...UUID, ':', ...UUID, ':', ...UUID] },
  ],
  owners: (value) => {
    const [, repository] = /^(\{[^*?}]+\})/.exec(value) ?? []
    return repository === undefined ? [] : [`${repository}:*`]
  },
  items: none,
}

const eks: Issuer = {
  title: 'EKS',
  shared: false,
  owner: 'namespace',
  item: 'service account',
  forms: [{ what: 'service accounts', form: ['system:serviceaccount:', run(/[a-z0-9-]/), ':', run(/[a-z0-9.-]/)] }],
  owners: (value) => {
    const [, namespace] = /^system:serviceaccount:([^*?:]+)/.exec(value) ?? []
    return namespace === undefined ? [] : [`system:serviceaccount:${namespace}:*`]
  },
  items: (value) => (/^system:serviceaccount:[^*?:]+:[^*?:]+$/.test(value) ? [value] : []),
}

const terraform: Issuer = {
  title: 'HCP Terraform',
  shared: true,
  owner: 'organization',
  item: 'workspace',
  forms: (['plan', 'apply'] as const).map((phase) => ({
    what: `runs that ${phase}`,
    form: ['organization:', WORD, ':project:', WORD, ':workspace:', WORD, `:run_phase:${phase}`],
    byName: true,
  })),
  owners: (value) => {
    const [, organization] = /^organization:([^*?:]+)/.exec(value) ?? []
    return organization === undefined ? [] : [`organization:${organization}:*`]
  },
  items: (value) => {
    const [, head] = /^(organization:[^*?:]+:project:[^*?:]+:workspace:[^*?:]+):/.exec(value) ?? []
    return head === undefined ? [] : [`${head}:*`]
  },
}

const plain = (title: string, shared: boolean): Issuer => ({
  title,
  shared,
  owner: 'subject',
  item: 'subject',
  forms: [{ what: 'subjects', form: [run(/[\s\S]/)] }],
  owners: (value) => (/[*?]/.test(value) ? [] : [value]),
  items: none,
})

/** By the address of the issuer, without `https://`. */
export function issuerOf(address: string): Issuer {
  if (address === 'token.actions.githubusercontent.com') return github
  // An enterprise may have an address of its own, which gives tokens to nobody else.
  if (/^token\.actions\.githubusercontent\.com\/|^token\.actions\.[\w-]+\.ghe\.com|\/_services\/token$/.test(address))
    return { ...github, shared: false }
  if (address === 'gitlab.com') return gitlab
  if (/(^|\.)gitlab\./.test(address)) return { ...gitlab, shared: false }
  if (/^api\.bitbucket\.org\//.test(address)) return bitbucket
  if (/^oidc\.eks\.[\w-]+\.amazonaws\.com(\.cn)?\/id\//.test(address)) return eks
  if (address === 'app.terraform.io') return terraform
  if (/^(accounts\.google\.com|www\.amazon\.com|graph\.facebook\.com|cognito-identity\.amazonaws\.com)$/.test(address))
    return plain(address, true)
  return plain(address, false)
}
