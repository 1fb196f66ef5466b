import type { Collection, Edge, Entity, Key } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import {
  type Declaration,
  declaredCredential,
  declaredIdentity,
  declaredPolicy,
  declaredTrusts,
} from './cloud-declarations.ts'
import { managedExcess, statementsOf } from './iam-policy.ts'
import { isSample, shortKey } from './place-names.ts'
import { fileLedger, texts } from './texts.ts'
import { isTable, list, readYaml, type Table, table, text, type YamlDocument } from './yaml-lines.ts'

const isTemplate = (source: string): boolean =>
  /AWS::(IAM|Serverless)::/.test(source) && /"?Resources"?\s*:/.test(source)

/** Users, roles, keys and policies that CloudFormation and SAM templates make. */
export const cloudformation: Collection<Checkout> = {
  id: 'cloudformation',
  title: 'CloudFormation templates',
  yields: [
    'cloudformation_iam_user',
    'cloudformation_iam_role',
    'cloudformation_iam_group',
    'cloudformation_iam_access_key',
    'cloudformation_iam_policy',
    'cloudformation_managed_policy',
    'cloudformation_federation',
  ],
  needs: ['read access to the folder'],
  async *read(checkout, run): AsyncGenerator<Entity | Edge> {
    const ledger = fileLedger(run)
    const isNamed = (path: string) =>
      /\.(ya?ml|json|template)$/i.test(path) && !isSample(path.slice(checkout.prefix.length))
    for await (const { path, text: source } of texts(checkout, run, isNamed, { isAbout: isTemplate, quiet: true })) {
      const read = readYaml(source)
      if ('skipped' in read) ledger.refuse(path, read.skipped)
      else if (read.documents[0]) yield* describe(checkout, path, read.documents[0])
    }
  },
}

function* describe(checkout: Checkout, file: string, document: YamlDocument): Generator<Entity | Edge> {
  const resources = table(table(document.value)['Resources'])
  const keyOf = (id: string): Key => shortKey(`${checkout.key}/cloudformation/${file}/${id}`)
  const refersTo = (value: unknown): string | null => {
    const name = isTable(value)
      ? (text(value['Ref']) ?? text(list(value['GetAtt'] ?? value['Fn::GetAtt'])[0])?.split('.')[0])
      : text(value)
    if (name === undefined) return null
    return name in resources
      ? name
      : (Object.keys(resources).find((id) => nameOf(id, table(resources[id])) === name) ?? null)
  }
  const managed = new Set<Key>()
  for (const [id, given] of Object.entries(resources).slice(0, 2000)) {
    const resource = table(given)
    const kind = /^AWS::IAM::(User|Role|Group|AccessKey|Policy|ManagedPolicy)$/.exec(text(resource['Type']) ?? '')?.[1]
    if (!kind) continue
    const properties = table(resource['Properties'])
    const line = document.line(['Resources', id])
    const declaration: Declaration = {
      checkout,
      tool: 'cloudformation',
      key: keyOf(id),
      file,
      line,
      address: id,
      name: nameOf(id, resource),
    }
    if (kind === 'AccessKey') {
      yield* declaredCredential(declaration, 'cloudformation_iam_access_key', 'access-key', { encrypted: false })
      const user = refersTo(properties['UserName'])
      if (user) yield { from: declaration.key, verb: 'authenticates', to: keyOf(user) }
    } else if (kind === 'Policy' || kind === 'ManagedPolicy') {
      yield* declaredPolicy(declaration, 'cloudformation_iam_policy', statementsOf(properties['PolicyDocument']))
      const holders = new Set(
        [...list(properties['Users']), ...list(properties['Roles']), ...list(properties['Groups'])].flatMap(
          (holder) => refersTo(holder) ?? [],
        ),
      )
      for (const holder of holders)
        yield { from: keyOf(holder), verb: 'has', to: declaration.key, attributes: { file, line } }
    } else {
      yield* describeHolder(declaration, kind, properties, managed, document)
    }
  }
}

function* describeHolder(
  declaration: Declaration,
  kind: string,
  properties: Table,
  managed: Set<Key>,
  document: YamlDocument,
): Generator<Entity | Edge> {
  const { checkout, key, file, line, address } = declaration
  if (kind === 'Group') {
    yield {
      kind: 'entitlement',
      type: 'cloudformation_iam_group',
      key,
      name: declaration.name,
      attributes: { file, line, address, tool: 'cloudformation', repository: checkout.name },
    }
    yield { from: checkout.key, verb: 'contains', to: key }
  } else {
    yield* declaredIdentity(declaration, `cloudformation_iam_${kind.toLowerCase()}`, {
      accountKind: kind === 'User' ? 'unknown' : 'service',
      accountKindReasons: [`AWS::IAM::${kind} in ${file}`],
    })
    if (kind === 'Role') yield* declaredTrusts(declaration, statementsOf(properties['AssumeRolePolicyDocument']))
  }
  for (const [at, policy] of list(properties['Policies']).slice(0, 100).entries()) {
    if (!isTable(policy)) continue
    const inline: Declaration = {
      ...declaration,
      key: shortKey(`${key}/policy/${at}`),
      line: document.line(['Resources', address, 'Properties', 'Policies', at]),
      name: text(policy['PolicyName']) ?? `${declaration.name} policy ${at + 1}`,
    }
    yield* declaredPolicy(inline, 'cloudformation_iam_policy', statementsOf(policy['PolicyDocument']))
    yield { from: key, verb: 'has', to: inline.key, attributes: { file, line: inline.line } }
  }
  const groups = new Set(
    list(properties['Groups']).flatMap((group) => (isTable(group) ? (text(group['Ref']) ?? []) : [])),
  )
  for (const group of groups)
    yield { from: key, verb: 'has', to: shortKey(`${checkout.key}/cloudformation/${file}/${group}`) }
  const held = new Set(list(properties['ManagedPolicyArns']).flatMap((arn) => arnOf(arn) ?? []))
  for (const arn of held) {
    const policy = shortKey(`${checkout.key}/cloudformation/${file}/managed/${arn}`)
    if (!managed.has(policy)) {
      managed.add(policy)
      const excess = managedExcess(arn)
      yield {
        kind: 'entitlement',
        type: 'cloudformation_managed_policy',
        key: policy,
        name: arn.split('/').at(-1)!,
        aliases: [arn],
        attributes: {
          file,
          line: document.line(['Resources', address, 'Properties', 'ManagedPolicyArns']),
          address,
          tool: 'cloudformation',
          repository: checkout.name,
          arn,
          excess: excess ? [excess] : [],
        },
      }
    }
    yield { from: key, verb: 'has', to: policy, attributes: { file, line } }
  }
}

/** `arn:aws:…`, also where the partition stands in a `Sub`. */
const arnOf = (value: unknown): string | null => {
  const written = isTable(value) ? text(value['Sub'] ?? value['Fn::Sub']) : text(value)
  const arn = written?.replace(/\$\{AWS::Partition\}/, 'aws')
  return arn && /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/.+/.test(arn) ? arn : null
}

const nameOf = (id: string, resource: Table): string => {
  const properties = table(resource['Properties'])
  return (
    text(properties['UserName']) ??
    text(properties['RoleName']) ??
    text(properties['GroupName']) ??
    text(properties['ManagedPolicyName']) ??
    text(properties['PolicyName']) ??
    id
  )
}
