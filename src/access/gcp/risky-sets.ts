import type { Severity } from '../../sdk/index.ts'
import { readPermissionSets } from './read-permission-sets.ts'
import { type Scope, WAYS } from './ways.ts'

export interface GcpRow {
  role: string
  /** Null when the file does not say it; then it is taken to be granted where each way has its effect. */
  scope: Scope | null
  namespace: null
  flagged: boolean
  ids: string[]
  why: { id: string; severity: Severity; what: string; permissions: string[] }[]
}

/** A row for each permission set, with the ways in which who holds it becomes more. Errors as of `readPermissionSets`. */
export async function riskySets(files: readonly string[]): Promise<GcpRow[]> {
  return (await readPermissionSets(files)).map(({ name, scope, permissions }) => {
    const why = WAYS.flatMap(({ id, severity, what, scopes, sets }) => {
      if (scope !== null && !scopes.includes(scope)) return []
      const whole = sets.find((set) => set.every((permission) => permissions.has(permission)))
      return whole ? [{ id, severity, what, permissions: [...whole] }] : []
    })
    return { role: name, scope, namespace: null, flagged: why.length > 0, ids: why.map(({ id }) => id), why }
  })
}
