import { z } from 'zod'
import { ReeveError } from '../../sdk/index.ts'
import { type FileDocument, type Place, readDocuments, shaped } from '../read-documents.ts'

const WHAT = 'RBAC manifests'
const GROUP = 'rbac.authorization.k8s.io'

const words = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? [])

const Rule = z.object({
  apiGroups: words,
  resources: words,
  verbs: words,
  resourceNames: words,
  nonResourceURLs: words,
})

const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).nullish(),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']), values: words }))
    .nullish(),
})

const Named = z.object({
  name: z.string().min(1),
  namespace: z.string().nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
})

const Role = z.object({
  metadata: Named,
  rules: z.array(Rule).nullish(),
  aggregationRule: z.object({ clusterRoleSelectors: z.array(Selector).nullish() }).nullish(),
})

const Binding = z.object({
  metadata: Named,
  roleRef: z.object({ kind: z.enum(['Role', 'ClusterRole']), name: z.string().min(1) }),
  subjects: z
    .array(z.object({ kind: z.string(), name: z.string(), namespace: z.string().nullish() }))
    .nullish()
    .transform((list) => list ?? []),
})

export type Rule = z.output<typeof Rule>
export type Selector = z.output<typeof Selector>
export type Role = z.output<typeof Role> & { kind: 'Role' | 'ClusterRole' }
export type Binding = z.output<typeof Binding> & { kind: 'RoleBinding' | 'ClusterRoleBinding' }

export interface Rbac {
  roles: Role[]
  bindings: Binding[]
}

const KINDS = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'] as const
type Kind = (typeof KINDS)[number]

/**
 * Roles and bindings of manifests or lists, as `kubectl get -o yaml` or `-o json` writes them; objects of other kinds are passed over.
 * Throws `access/file`, `access/yaml`, `access/shape` with file and place.
 */
export async function readManifests(files: readonly string[]): Promise<Rbac> {
  const found: Rbac = { roles: [], bindings: [] }
  for (const file of files)
    for (const document of await readDocuments(file, WHAT)) gather(document, document.value, [], undefined, found)
  return found
}

function gather(document: FileDocument, value: unknown, at: Place, listed: Kind | undefined, found: Rbac): void {
  if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) gather(document, one, [...at, index], listed, found)
    return
  }
  const head = shaped(
    document,
    value,
    at,
    WHAT,
    z.object({ kind: z.string().nullish(), apiVersion: z.string().nullish(), items: z.array(z.unknown()).nullish() }),
  )
  const kind = head.kind ?? listed
  if (kind === undefined)
    throw new ReeveError(
      'access/shape',
      `reading ${document.file} as ${WHAT}: at ${document.place(at)}: kind is missing`,
    )
  if (kind.endsWith('List')) {
    const of = KINDS.find((one) => `${one}List` === kind)
    gather(document, head.items ?? [], [...at, 'items'], of, found)
    return
  }
  // Other systems have a Role of their own; typed lists leave the version out.
  if (head.apiVersion && !head.apiVersion.startsWith(`${GROUP}/`)) return
  if (kind === 'Role' || kind === 'ClusterRole') found.roles.push({ kind, ...shaped(document, value, at, WHAT, Role) })
  else if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding')
    found.bindings.push({ kind, ...shaped(document, value, at, WHAT, Binding) })
}

/** A manifest that names no namespace goes where kubectl stands, which is `default` unless told otherwise. */
export const namespaceOf = ({ metadata }: { metadata: { namespace?: string | null | undefined } }): string =>
  metadata.namespace || 'default'
