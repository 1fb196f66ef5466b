import { z } from 'zod'
import { readJson } from './read-json.ts'

/** Something that was done; without a resource, its kind alone was recorded. */
export interface Call {
  action: string
  resource?: string
}

const Plain = z.array(z.union([z.string(), z.looseObject({ action: z.string(), resource: z.string().optional() })]))
const Trail = z.looseObject({
  Records: z.array(
    z.looseObject({
      eventSource: z.string(),
      eventName: z.string(),
      errorCode: z.string().optional(),
      resources: z.array(z.looseObject({ ARN: z.string().optional() })).optional(),
    }),
  ),
})
const LastAccessed = z.looseObject({
  ServicesLastAccessed: z.array(
    z.looseObject({
      ServiceNamespace: z.string(),
      LastAuthenticated: z.string().optional(),
      TrackedActionsLastAccessed: z
        .array(z.looseObject({ ActionName: z.string(), LastAccessedTime: z.string().optional() }))
        .optional(),
    }),
  ),
})
const File = z.union([
  Trail.transform(({ Records }): Call[] =>
    Records.filter(({ errorCode }) => errorCode === undefined).flatMap(({ eventSource, eventName, resources = [] }) => {
      // Some calls carry the version of their interface: Invoke20150331.
      const action = `${eventSource.split('.')[0]}:${eventName.replace(/\d{8}(v\d)?$/, '')}`
      const arns = resources.flatMap(({ ARN }) => ARN ?? [])
      return arns.length === 0 ? [{ action }] : arns.map((resource) => ({ action, resource }))
    }),
  ),
  LastAccessed.transform(({ ServicesLastAccessed }): Call[] =>
    ServicesLastAccessed.flatMap(({ ServiceNamespace, LastAuthenticated, TrackedActionsLastAccessed }) => {
      const tracked = (TrackedActionsLastAccessed ?? []).filter(
        ({ LastAccessedTime }) => LastAccessedTime !== undefined,
      )
      if (tracked.length > 0) return tracked.map(({ ActionName }) => ({ action: `${ServiceNamespace}:${ActionName}` }))
      return LastAuthenticated === undefined ? [] : [{ action: `${ServiceNamespace}:*` }]
    }),
  ),
  z
    .union([Plain, z.looseObject({ calls: Plain }).transform(({ calls }) => calls)])
    .transform((calls): Call[] =>
      calls.map((call) =>
        typeof call === 'string'
          ? { action: call }
          : { action: call.action, ...(call.resource !== undefined && { resource: call.resource }) },
      ),
    ),
])

/**
 * What was used: a list of actions or of `{ action, resource }`, records of CloudTrail, or the answer of `get-service-last-accessed-details`.
 * Calls that were refused do not count.
 */
export const readUsed = (file: string): Promise<Call[]> => readJson(file, 'what was used', File)
