/** A finding held back until a date, opened again, and each of these taken back. */
import { forget } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask, sentenceOf } from '../../http.ts'
import type { FindingPage } from '../../nouns.ts'
import { date } from '../../words.ts'

const TOUCHED = ['/v1/findings', '/v1/overview', '/v1/frame', '/v1/entities']

const post = (id: string, act: string, body: object = {}) =>
  ask<FindingPage>(`/v1/findings/${encodeURIComponent(id)}/${act}`, { method: 'POST', body })

/** Says what was done, with the way back of that very step. */
async function done(says: string, { finding, history }: FindingPage): Promise<void> {
  const undo = history[0]?.undo ?? null
  tell(says, undo === null ? undefined : () => void takeBack(finding.id, undo))
  await forget(...TOUCHED)
}

export const reopen = async (id: string): Promise<void> => done('Open again.', await post(id, 'reopen'))

export const mute = async (id: string, until: string, reason: string): Promise<void> =>
  done(`Muted until ${date(until)}; it comes back by itself.`, await post(id, 'mute', { until, reason }))

/** Each for itself: what was refused is told with its reason, and what was done can be taken back as a whole. */
export async function muteAll(ids: readonly string[], until: string, reason: string): Promise<void> {
  const { rows } = await ask<{ rows: { id: string; undo: string | null; refused: string | null }[] }>(
    '/v1/findings/mute',
    { method: 'POST', body: { ids, until, reason } },
  )
  const muted = rows.filter((row): row is typeof row & { undo: string } => row.undo !== null)
  const refused = rows.filter((row) => row.refused !== null)
  tell(
    `${muted.length} muted until ${date(until)}${refused.length > 0 ? `, ${refused.length} refused: ${refused[0]!.refused}` : ''}.`,
    muted.length === 0 ? undefined : () => void takeBackAll(muted),
  )
  await forget(...TOUCHED)
}

async function takeBackAll(rows: readonly { id: string; undo: string }[]): Promise<void> {
  let back = 0
  let refusal: unknown
  for (const { id, undo } of rows)
    await post(id, 'undo', { undo }).then(
      () => back++,
      (error: unknown) => (refusal = error),
    )
  tell(refusal === undefined ? `${back} taken back.` : `${back} taken back. ${sentenceOf(refusal)}`)
  await forget(...TOUCHED)
}

/** An acceptance takes two: the first asks, another operator agrees. */
export async function accept(id: string, until: string, reason: string): Promise<void> {
  const page = await post(id, 'accept', { until, reason })
  await done(
    page.finding.state === 'accepted'
      ? `Accepted until ${date(until)}; it comes back by itself.`
      : 'Asked. Another operator or admin must agree; until then it stays open.',
    page,
  )
}

export const approve = async (id: string, until: string): Promise<void> =>
  done(`Accepted until ${date(until)}; it comes back by itself.`, await post(id, 'approve'))

/** Undoes the last thing that somebody did to it. */
export async function takeBack(id: string, undo: string): Promise<void> {
  try {
    await post(id, 'undo', { undo })
    tell('Taken back.')
  } catch (error) {
    tell(`It could not be taken back. ${sentenceOf(error)}`)
  }
  await forget(...TOUCHED)
}
