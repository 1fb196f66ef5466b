import { z } from 'zod'
import { readJson } from './read-json.ts'

/** Anything else of an account: its type and settings are named as in Terraform. */
const Resource = z.looseObject({ type: z.string(), arn: z.string().optional(), account: z.string().optional() })
const File = z.union([z.looseObject({ resources: z.array(Resource) }), z.array(Resource)])

export type Resource = z.output<typeof Resource>

export async function readResources(file: string): Promise<Resource[]> {
  const read = await readJson(file, 'resources', File)
  return Array.isArray(read) ? read : read.resources
}

/** A setting as text; lists of blocks, as Terraform writes them, are looked through: `instance_configuration.instance_role_arn`. */
export function setting(resource: unknown, path: string): string | undefined {
  let found: unknown[] = [resource]
  for (const name of path.split('.'))
    found = found
      .flat()
      .flatMap((one) => (typeof one === 'object' && one !== null ? [(one as Record<string, unknown>)[name]] : []))
  const text = found.flat().find((one) => typeof one === 'string' && one !== '')
  return text as string | undefined
}
