/** What is done about who answers: each tells what was done, with the way back in one step. */
import { forgetEstate, takeBack } from '../../acting.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { Acted, Person, QueueRow } from '../../nouns.ts'
import { count, some } from '../../words.ts'

/** Says what came of an act on many; what was refused with the first reason. */
async function done(says: string, { refused, rows, undo }: Acted): Promise<void> {
  const why = rows.find(({ state }) => state === 'refused')?.says
  tell(
    `${says}${refused > 0 ? `, ${count(refused)} refused${why ? `: ${why.slice(0, 200)}` : ''}` : ''}.`,
    undo === null ? undefined : () => void takeBack(undo),
  )
  await forgetEstate()
}

/** Makes the suggested people answer, each for what was suggested. */
export async function acceptSuggestions(rows: readonly QueueRow[]): Promise<void> {
  const acted = await ask<Acted>('/v1/owners/accept', {
    method: 'POST',
    body: { entities: rows.map(({ entity }) => entity.key) },
  })
  const [only] = rows
  const one = rows.length === 1 && acted.done === 1 && only?.suggestion
  await done(
    one
      ? `${one.person.name.slice(0, 60)} now answers for ${only.entity.name.slice(0, 60)}`
      : `${some(acted.done, 'suggestion')} accepted`,
    acted,
  )
}

/** Moves what answers to one person to others; `heir`: all of it to one, who stands for their teams and as a backup then too. */
export async function handOver(
  from: Person,
  moves: readonly { entity: string; to: string }[],
  heir: Person | null,
): Promise<void> {
  const acted = await ask<Acted>(`/v1/owners/people/${encodeURIComponent(from.key)}/handover`, {
    method: 'POST',
    body: heir ? { to: heir.key } : { moves },
  })
  await done(`${some(acted.done, 'thing')} of ${from.name.slice(0, 60)} handed over`, acted)
}
