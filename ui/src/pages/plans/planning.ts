/** Makes plans, and what they are called. */
import { go } from '../../address.tsx'
import { forget } from '../../asking.ts'
import { ask } from '../../http.ts'
import type { Plan, PlanItem, Planned } from '../../nouns.ts'

/** What is planned for: keys, a list as it is shown, or all that differs at its source. */
export type Things =
  | { keys: readonly string[] }
  | { list: string; except: readonly string[] }
  | { differences: true }
  | object

/** Freezes what would be written back, and shows it; nothing is changed. */
export async function planWriteBack(things: Things, conflicts?: 'ours'): Promise<void> {
  const { id } = await ask<Planned>('/v1/plans', { method: 'POST', body: { things, ...(conflicts && { conflicts }) } })
  await forget('/v1/plans')
  go(`/plans/${id}`)
}

export const STATES: Record<Plan['state'], string> = {
  open: 'Waits for an approval',
  approved: 'Approved, not applied yet',
  running: 'Being applied',
  done: 'Applied',
  undoing: 'Being taken back',
  undone: 'Taken back',
  withdrawn: 'Withdrawn',
}

/** The word of each state of a thing, and the mark that stands beside it. */
export const ITEM_STATES: Record<
  PlanItem['state'],
  { word: string; mark: 'pass' | 'unknown' | 'high' | 'medium' | 'not-judged' | 'low' }
> = {
  ready: { word: 'to be written', mark: 'low' },
  conflict: { word: 'to be chosen', mark: 'high' },
  'left-out': { word: 'left as it is', mark: 'not-judged' },
  agrees: { word: 'agrees already', mark: 'pass' },
  cannot: { word: 'cannot be written', mark: 'not-judged' },
  done: { word: 'written', mark: 'pass' },
  refused: { word: 'not written', mark: 'high' },
  failed: { word: 'failed', mark: 'medium' },
  undone: { word: 'put back', mark: 'pass' },
  kept: { word: 'not put back', mark: 'high' },
}
