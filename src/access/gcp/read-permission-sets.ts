import { z } from 'zod'
import { ReeveError } from '../../sdk/index.ts'
import { type FileDocument, type Place, readDocuments, shaped } from '../read-documents.ts'
import { SCOPES, type Scope } from './ways.ts'

const WHAT = 'permission sets'

const permissions = z.array(z.string().min(1))
const SetOfPermissions = z
  .looseObject({
    name: z.string().nullish(),
    role: z.string().nullish(),
    title: z.string().nullish(),
    case: z.string().nullish(),
    scope: z.enum(SCOPES).nullish(),
    permissions: permissions.nullish(),
    includedPermissions: permissions.nullish(),
  })
  .refine((set) => set.permissions ?? set.includedPermissions, {
    message: 'neither permissions nor includedPermissions is there',
  })

export interface PermissionSet {
  name: string
  /** Null when the file does not say where it is granted. */
  scope: Scope | null
  permissions: ReadonlySet<string>
}

/**
 * Permission sets: roles as `gcloud iam roles describe` or `list` writes them (`name`, `includedPermissions`), or
 * `{ name, scope, permissions }`; one, a list, or a list under `roles` or `sets`, YAML or JSON. A bare list of permissions is a set with the
 * name of its file. Throws `access/file`, `access/yaml`, `access/shape` with file and place.
 */
export async function readPermissionSets(files: readonly string[]): Promise<PermissionSet[]> {
  const read = await Promise.all(files.map((file) => readDocuments(file, WHAT)))
  return read.flat().flatMap((document) => setsOf(document, document.value, []))
}

function setsOf(document: FileDocument, value: unknown, at: Place): PermissionSet[] {
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((one) => typeof one === 'string'))
      return [{ name: document.file, scope: null, permissions: new Set(value) }]
    return value.flatMap((one, index) => setsOf(document, one, [...at, index]))
  }
  for (const list of ['roles', 'sets'] as const) {
    const held = typeof value === 'object' && value !== null && (value as Record<string, unknown>)[list]
    if (Array.isArray(held)) return setsOf(document, held, [...at, list])
  }
  const set = shaped(document, value, at, WHAT, SetOfPermissions)
  const name = set.role ?? set.name ?? set.case ?? set.title
  if (!name)
    throw new ReeveError(
      'access/shape',
      `reading ${document.file} as ${WHAT}: at ${document.place(at)}: name is missing`,
    )
  return [
    {
      name,
      scope: set.scope ?? null,
      permissions: new Set([...(set.permissions ?? []), ...(set.includedPermissions ?? [])]),
    },
  ]
}
