/** Batches and searches of AuthZEN over the systems that were compiled; asked in the thread of the desk. */
import { actionsIn, decideIn, resourcesIn, subjectsIn, type World } from '../access/index.ts'

export type Evaluation = Parameters<typeof decideIn>[1]
export type Decided =
  | ReturnType<typeof decideIn>
  | { decision: false; context: { error: { status: number; message: string } } }

/** What cannot be read of one evaluation is told in its place. */
export interface Batch {
  evaluations: readonly (Evaluation | { error: string })[]
  /** Ends with the first decision of this kind. */
  until?: boolean | undefined
}

export function evaluateIn(worlds: readonly World[], evaluations: Batch['evaluations'], until?: boolean): Decided[] {
  const decided: Decided[] = []
  for (const one of evaluations) {
    decided.push(
      'error' in one
        ? { decision: false, context: { error: { status: 400, message: one.error } } }
        : decideIn(worlds, one),
    )
    if (decided.at(-1)!.decision === until) break
  }
  return decided
}

export type SearchFor =
  | { of: 'subject'; asked: Parameters<typeof subjectsIn>[1] }
  | { of: 'resource'; asked: Parameters<typeof resourcesIn>[1] }
  | { of: 'action'; asked: Parameters<typeof actionsIn>[1] }

export type Found = { type: string; id: string } | { name: string }

export const searchIn = async (worlds: readonly World[], search: SearchFor): Promise<Found[]> =>
  search.of === 'subject'
    ? subjectsIn(worlds, search.asked)
    : search.of === 'resource'
      ? resourcesIn(worlds, search.asked)
      : actionsIn(worlds, search.asked)
