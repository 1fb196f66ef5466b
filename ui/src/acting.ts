/** A change: one at a time, its refusal said where it was asked for, the answers it touched asked again. */
import { useState } from 'react'
import { forget } from './asking.ts'
import { tell } from './frame/toasts.tsx'
import { ask, entityPath, sentenceOf } from './http.ts'
import type { Person } from './nouns.ts'
import { some } from './words.ts'

export interface Act {
  busy: boolean
  /** Why the last try was refused. */
  refused: unknown
  /** Runs it; false when it was refused. */
  run: (change: () => Promise<unknown>) => Promise<boolean>
}

export function useAct(): Act {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<unknown>(null)
  return {
    busy,
    refused,
    run: async (change) => {
      setBusy(true)
      setRefused(null)
      try {
        await change()
        return true
      } catch (error) {
        setRefused(error)
        return false
      } finally {
        setBusy(false)
      }
    },
  }
}

const ESTATE = [
  '/v1/entities',
  '/v1/lists',
  '/v1/counts',
  '/v1/overview',
  '/v1/frame',
  '/v1/facets',
  '/v1/findings',
  '/v1/find',
  '/v1/owners',
  'queue of ',
  '/v1/inbox',
  '/v1/teams',
]

/** What is known of the estate, and of who answers for it, is asked again. */
export const forgetEstate = (): Promise<void> => forget(...ESTATE)

/** Takes back what was done under this id. */
export async function takeBack(undo: string): Promise<void> {
  try {
    const { kept } = await ask<{ kept: number }>(`/v1/undo/${encodeURIComponent(undo)}`, { method: 'POST' })
    tell(`Taken back.${kept > 0 ? ` ${some(kept, 'was', 'were')} changed by somebody since and left so.` : ''}`)
  } catch (error) {
    tell(`It could not be taken back. ${sentenceOf(error)}`)
  }
  await forgetEstate()
}

/** Makes somebody answer for a thing, with the way back in the toast. */
export async function assignOwner(key: string, name: string, person: Person, reason?: string): Promise<void> {
  const { undo } = await ask<{ undo: string }>(`${entityPath(key)}/owner`, {
    method: 'PUT',
    body: { person: person.key, ...(reason ? { reason } : {}) },
  })
  tell(`${person.name.slice(0, 60)} now answers for ${name.slice(0, 60)}.`, () => void takeBack(undo))
  await forgetEstate()
}

/** Names the second person, who gets what the owner leaves undone, with the way back in the toast. */
export async function assignBackup(key: string, name: string, person: Person): Promise<void> {
  const { undo } = await ask<{ undo: string | null }>(`${entityPath(key)}/backup`, {
    method: 'PUT',
    body: { person: person.key },
  })
  tell(
    `${person.name.slice(0, 60)} is the backup of ${name.slice(0, 60)}.`,
    undo === null ? undefined : () => void takeBack(undo),
  )
  await forgetEstate()
}
