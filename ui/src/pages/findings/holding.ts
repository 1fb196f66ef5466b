/** A finding held back until a date, and opened again. */
import { forget } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { FindingPage } from '../../nouns.ts'
import { date } from '../../words.ts'

const TOUCHED = ['/v1/findings', '/v1/overview', '/v1/frame', '/v1/entities']

export async function reopen(id: string): Promise<void> {
  await ask(`/v1/findings/${encodeURIComponent(id)}/reopen`, { method: 'POST', body: {} })
  tell('Open again.')
  await forget(...TOUCHED)
}

export async function mute(id: string, until: string, reason: string): Promise<void> {
  await ask<FindingPage>(`/v1/findings/${encodeURIComponent(id)}/mute`, { method: 'POST', body: { until, reason } })
  tell(`Muted until ${date(until)}; it comes back by itself.`, () => void reopen(id))
  await forget(...TOUCHED)
}

/** An acceptance takes two: the first asks, another operator agrees. */
export async function accept(id: string, until: string, reason: string): Promise<void> {
  const { finding } = await ask<FindingPage>(`/v1/findings/${encodeURIComponent(id)}/accept`, {
    method: 'POST',
    body: { until, reason },
  })
  if (finding.state === 'accepted')
    tell(`Accepted until ${date(until)}; it comes back by itself.`, () => void reopen(id))
  else tell('Asked. Another operator or admin must agree; until then it stays open.')
  await forget(...TOUCHED)
}

export async function approve(id: string, until: string): Promise<void> {
  await ask<FindingPage>(`/v1/findings/${encodeURIComponent(id)}/approve`, { method: 'POST' })
  tell(`Accepted until ${date(until)}; it comes back by itself.`, () => void reopen(id))
  await forget(...TOUCHED)
}

/** Undoes the last thing that somebody did to it. */
export async function takeBack(id: string, undo: string): Promise<void> {
  await ask<FindingPage>(`/v1/findings/${encodeURIComponent(id)}/undo`, { method: 'POST', body: { undo } })
  tell('Taken back.')
  await forget(...TOUCHED)
}
