import { posix } from 'node:path'
import type { Collection, Edge, Entity, Key, Run } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import {
  type Declaration,
  declaredCredential,
  declaredIdentity,
  declaredPolicy,
  declaredTrusts,
} from './cloud-declarations.ts'
import { readHcl } from './hcl.ts'
import { managedExcess } from './iam-policy.ts'
import { identityOf } from './pipelines.ts'
import { isSample, shortKey } from './place-names.ts'
import { attribute, type Declared, literal, type Module, policyAt, referred, words } from './terraform-module.ts'
import { fileLedger, texts } from './texts.ts'

const MOST_RESOURCES = 50_000

/** Types of resource that are identities, credentials and entitlements; the rest of a plan is not read. */
const IDENTITIES = new Set([
  'aws_iam_user',
  'aws_iam_role',
  'google_service_account',
  'azuread_application',
  'azuread_application_registration',
  'azuread_service_principal',
  'azurerm_user_assigned_identity',
  'kubernetes_service_account',
  'kubernetes_service_account_v1',
])
const CREDENTIALS: Record<string, { method: NonNullable<Entity['method']>; of: string[] }> = {
  aws_iam_access_key: { method: 'access-key', of: ['user'] },
  aws_iam_service_specific_credential: { method: 'password', of: ['user_name'] },
  google_service_account_key: { method: 'access-key', of: ['service_account_id'] },
  azuread_application_password: { method: 'client-secret', of: ['application_id', 'application_object_id'] },
  azuread_service_principal_password: { method: 'client-secret', of: ['service_principal_id'] },
}
const POLICIES = new Set(['aws_iam_policy', 'aws_iam_user_policy', 'aws_iam_role_policy', 'aws_iam_group_policy'])
/** An attachment: who gets it, and which attribute names what. */
const ATTACHMENTS: Record<string, { who: string[]; what: string }> = {
  aws_iam_user_policy_attachment: { who: ['user'], what: 'policy_arn' },
  aws_iam_role_policy_attachment: { who: ['role'], what: 'policy_arn' },
  aws_iam_group_policy_attachment: { who: ['group'], what: 'policy_arn' },
  aws_iam_policy_attachment: { who: ['users', 'roles', 'groups'], what: 'policy_arn' },
  aws_iam_user_policy: { who: ['user'], what: '' },
  aws_iam_role_policy: { who: ['role'], what: '' },
  aws_iam_group_policy: { who: ['group'], what: '' },
}
const GRANTS = /^google_(?:project|folder|organization|storage_bucket|service_account)_iam_(member|binding)$/

const types = (names: Iterable<string>): string[] => [...names].map((name) => `terraform_${name}`)

/** Identities, credentials and policies that Terraform makes, and state files, which hold its secrets in plain text. */
export const terraform: Collection<Checkout> = {
  id: 'terraform',
  title: 'Terraform and OpenTofu',
  yields: [
    ...types(IDENTITIES),
    ...types(Object.keys(CREDENTIALS)),
    ...types(POLICIES),
    'terraform_aws_iam_group',
    'terraform_managed_policy',
    'terraform_google_role',
    'terraform_federation',
    'terraform_state',
  ],
  needs: ['read access to the folder'],
  async *read(checkout, run): AsyncGenerator<Entity | Edge> {
    for (const module of await modules(checkout, run)) yield* describeModule(checkout, module)
    yield* describeStates(checkout, run)
  },
}

async function modules(checkout: Checkout, run: Run): Promise<Module[]> {
  const byFolder = new Map<string, Module>()
  let resources = 0
  const isNamed = (path: string) => /\.(tf|tofu)$/.test(path) && !isSample(path.slice(checkout.prefix.length))
  for await (const { path, text } of texts(checkout, run, isNamed, { quiet: true })) {
    const folder = posix.dirname(path)
    const module: Module = byFolder.get(folder) ?? { folder, resources: [], documents: new Map() }
    byFolder.set(folder, module)
    for (const block of readHcl(text)) {
      const [type = '', name = ''] = block.labels
      if (block.type === 'data' && type === 'aws_iam_policy_document') module.documents.set(`${type}.${name}`, block)
      else if (block.type === 'resource' && name && isOurs(type) && resources++ < MOST_RESOURCES)
        module.resources.push({ file: path, block, type, name })
    }
  }
  if (resources > MOST_RESOURCES)
    run.ledger.refuse(`only the first ${MOST_RESOURCES} resources were read`, { scope: 'resources' })
  return [...byFolder.values()]
}

const isOurs = (type: string): boolean =>
  IDENTITIES.has(type) ||
  type in CREDENTIALS ||
  POLICIES.has(type) ||
  type in ATTACHMENTS ||
  type === 'aws_iam_group' ||
  GRANTS.test(type)

function* describeModule(checkout: Checkout, module: Module): Generator<Entity | Edge> {
  const seen = new Set<Key>()
  const keyOf = (address: string): Key => shortKey(`${checkout.key}/terraform/${module.folder}/${address}`)
  const declared = new Set(module.resources.map(({ type, name }) => `${type}.${name}`))
  const target = (value: ReturnType<typeof attribute>): Key | null => {
    const address = referred(value)
    if (address && declared.has(address)) return keyOf(address)
    const written = literal(value)
    const named =
      written === undefined
        ? undefined
        : module.resources.find(
            ({ block, type }) =>
              /^aws_iam_(user|role|group)$/.test(type) && literal(attribute(block, 'name')) === written,
          )
    return named ? keyOf(`${named.type}.${named.name}`) : null
  }
  for (const resource of module.resources) {
    const { type, name, block, file } = resource
    const address = `${type}.${name}`
    const key = keyOf(address)
    const declaration: Declaration = {
      checkout,
      tool: 'terraform',
      key,
      file,
      line: block.line,
      address,
      name: nameOf(resource),
    }
    if (seen.has(key)) continue
    if (IDENTITIES.has(type)) {
      seen.add(key)
      yield* declaredIdentity(declaration, `terraform_${type}`, {
        accountKind: type === 'aws_iam_user' ? 'unknown' : 'service',
        accountKindReasons: [`${type} in ${file}`],
      })
      if (type === 'aws_iam_role')
        yield* declaredTrusts(declaration, policyAt(module, block, 'assume_role_policy') ?? [])
      yield* cloudRole(key, block, declaration)
      for (const arn of words(attribute(block, 'managed_policy_arns')))
        yield* attached(checkout, key, arn, declaration, seen)
    } else if (type in CREDENTIALS) {
      seen.add(key)
      const { method, of } = CREDENTIALS[type]!
      yield* declaredCredential(declaration, `terraform_${type}`, method, {
        encrypted: block.attributes['pgp_key'] !== undefined,
      })
      for (const holder of of) {
        const to = target(attribute(block, holder))
        if (to) yield { from: key, verb: 'authenticates', to }
      }
    } else if (POLICIES.has(type)) {
      seen.add(key)
      yield* declaredPolicy(declaration, `terraform_${type}`, policyAt(module, block, 'policy'))
    } else if (type === 'aws_iam_group') {
      seen.add(key)
      yield {
        kind: 'entitlement',
        type: 'terraform_aws_iam_group',
        key,
        name: declaration.name,
        attributes: { file, line: block.line, address, tool: 'terraform', repository: checkout.name },
      }
      yield { from: checkout.key, verb: 'contains', to: key }
    }
    yield* attach(checkout, resource, declaration, target, seen)
  }
}

/** Rights that a resource hands on: policies to users, roles and groups; roles of Google's to service accounts. */
function* attach(
  checkout: Checkout,
  { type, block }: Declared,
  declaration: Declaration,
  target: (value: ReturnType<typeof attribute>) => Key | null,
  seen: Set<Key>,
): Generator<Entity | Edge> {
  const attachment = ATTACHMENTS[type]
  if (attachment) {
    for (const who of attachment.who) {
      const value = attribute(block, who)
      for (const one of Array.isArray(value) ? value : [value]) {
        const holder = target(one)
        if (!holder) continue
        const what = attachment.what === '' ? declaration.key : target(attribute(block, attachment.what))
        if (what)
          yield { from: holder, verb: 'has', to: what, attributes: { file: declaration.file, line: declaration.line } }
        else yield* attached(checkout, holder, literal(attribute(block, attachment.what)) ?? '', declaration, seen)
      }
    }
  }
  if (!GRANTS.test(type)) return
  const role = literal(attribute(block, 'role'))
  if (!role) return
  const members = attribute(block, 'members') ?? attribute(block, 'member')
  const holders = (Array.isArray(members) ? members : [members]).flatMap((member) => {
    const written = typeof member === 'string' ? member : ''
    const inner = /\$\{\s*(google_service_account\.[\w-]+)\.(?:email|member)\s*\}/.exec(written)?.[1]
    const account = /^serviceAccount:([^$@\s]+@[a-z0-9.-]+)$/.exec(written)?.[1]
    return target(inner ? { reference: inner } : (member ?? undefined)) ?? (account ? `gcp:${account}` : [])
  })
  if (holders.length === 0) return
  const key = shortKey(`${checkout.key}/terraform/google-role/${role}@${declaration.file}`)
  if (!seen.has(key)) {
    seen.add(key)
    const basic = /^roles\/(owner|editor)$/.exec(role)?.[1]
    yield {
      kind: 'entitlement',
      type: 'terraform_google_role',
      key,
      name: role,
      attributes: {
        file: declaration.file,
        line: declaration.line,
        address: declaration.address,
        tool: 'terraform',
        repository: checkout.name,
        excess: basic
          ? [
              {
                says: `gives ${role}, which reaches every service of the project`,
                level: basic === 'owner' ? 'all' : 'wide',
              },
            ]
          : [],
      },
    }
  }
  for (const holder of new Set(holders))
    yield { from: holder, verb: 'has', to: key, attributes: { file: declaration.file, line: declaration.line } }
}

function* attached(
  checkout: Checkout,
  holder: Key,
  arn: string,
  { file, line, address }: Declaration,
  seen: Set<Key>,
): Generator<Entity | Edge> {
  if (!/^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\//.test(arn)) return
  const key = shortKey(`${checkout.key}/terraform/managed/${arn}@${file}`)
  if (!seen.has(key)) {
    seen.add(key)
    const excess = managedExcess(arn)
    yield {
      kind: 'entitlement',
      type: 'terraform_managed_policy',
      key,
      name: arn.split('/').at(-1)!,
      aliases: [arn],
      attributes: {
        file,
        line,
        address,
        tool: 'terraform',
        repository: checkout.name,
        arn,
        excess: excess ? [excess] : [],
      },
    }
  }
  yield { from: holder, verb: 'has', to: key, attributes: { file, line } }
}

/** A Kubernetes account made by Terraform may stand for a cloud's: by the same annotations as in a manifest. */
function* cloudRole(key: Key, block: Declared['block'], { file, line }: Declaration): Generator<Edge> {
  const metadata = block.blocks.find(({ type }) => type === 'metadata')
  const annotations = metadata ? attribute(metadata, 'annotations') : undefined
  if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations)) return
  const written = annotations as Record<string, unknown>
  const role = written['eks.amazonaws.com/role-arn']
  const account = written['iam.gke.io/gcp-service-account']
  const to =
    typeof role === 'string'
      ? identityOf('aws', role, null)
      : typeof account === 'string'
        ? identityOf('gcp', account, account)
        : null
  if (to) yield { from: key, verb: 'assumes', to, attributes: { file, line } }
}

const nameOf = ({ block, name }: Declared): string => {
  const metadata = block.blocks.find(({ type }) => type === 'metadata')
  for (const attributeName of ['name', 'display_name', 'account_id']) {
    const value = literal(attribute(metadata ?? block, attributeName))
    if (value && !value.includes('${')) return value
  }
  return name
}

/** A state file that is kept with the code: all that Terraform made, passwords in plain text. */
async function* describeStates(checkout: Checkout, run: Run): AsyncGenerator<Entity | Edge> {
  const ledger = fileLedger(run)
  const tracked = await checkout.tracked()
  const isNamed = (path: string) => /\.tfstate(\.backup)?$/.test(path)
  for await (const { path, text } of texts(checkout, run, isNamed, { most: 32 << 20, quiet: true })) {
    let state: { resources?: unknown }
    try {
      state = JSON.parse(text)
    } catch {
      ledger.refuse(path, 'it is not JSON')
      continue
    }
    const resources = Array.isArray(state?.resources) ? (state.resources as { type?: unknown; mode?: unknown }[]) : []
    const secretTypes = resources.flatMap(({ type }) =>
      typeof type === 'string' && SECRET_STATE.test(type) ? type : [],
    )
    const key = shortKey(`${checkout.key}/terraform-state/${path}`)
    yield {
      kind: 'secret',
      type: 'terraform_state',
      key,
      name: path,
      attributes: {
        file: path,
        line: 1,
        repository: checkout.name,
        tracked: tracked(path),
        sample: isSample(path.slice(checkout.prefix.length)),
        resources: resources.length,
        secretTypes: [...new Set(secretTypes)].sort().slice(0, 50),
      },
    }
    yield { from: checkout.key, verb: 'contains', to: key }
  }
}

const SECRET_STATE =
  /^(random_password|tls_private_key|aws_iam_access_key|aws_secretsmanager_secret_version|aws_db_instance|aws_rds_cluster|google_service_account_key|google_secret_manager_secret_version|azuread_.*_password|azurerm_key_vault_secret|kubernetes_secret(_v1)?|vault_.*|postgresql_role|mysql_user|github_actions_secret)$/
