/** A list is sent as it is; the server reads it line by line. */
import { forgetEstate, takeBack } from '../../acting.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { ImportAnswer } from '../../nouns.ts'
import { count, some } from '../../words.ts'

/** `missing`: of people, who was in an earlier list and not in this one. */
export type Imported = ImportAnswer & { missing?: number }

export type ImportOf = 'owners' | 'people'

const PATHS: Record<ImportOf, string> = { owners: '/v1/owners/import', people: '/v1/people/import' }
const DONE: Record<ImportOf, readonly [string, string]> = {
  owners: ['owner is', 'owners are'],
  people: ['person is', 'people are'],
}
/** A million lines take their time. */
const PATIENCE = 30 * 60_000

/**
 * Reads it; `dry`: and changes nothing. `complete`: whoever is missing in this list of people has left. What was applied is told, with
 * the way back.
 */
export async function importList(
  of: ImportOf,
  file: File,
  { dry, complete }: { dry: boolean; complete: boolean },
): Promise<Imported> {
  const answer = await ask<Imported>(
    `${PATHS[of]}?${new URLSearchParams({ dryRun: String(dry), ...(of === 'people' ? { complete: String(complete) } : {}) })}`,
    {
      method: 'POST',
      body: file,
      patience: PATIENCE,
    },
  )
  if (dry) return answer
  const { undo } = answer
  tell(
    `${some(answer.applied, ...DONE[of])} imported${answer.errorCount > 0 ? `; ${count(answer.errorCount)} lines were wrong` : ''}.`,
    undo === null ? undefined : () => void takeBack(undo),
  )
  await forgetEstate()
  return answer
}
