/** An owner's word on a thing, with ten seconds to take it back. */
import { forgetEstate, takeBack } from '../../acting.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { Answered, InboxItem, Person } from '../../nouns.ts'

export type Said = { answer: 'mine' } | { answer: 'not-needed' } | { answer: 'not-mine'; to: Person | null }

const TOLD = {
  mine: (name: string) => `Noted: ${name} is still needed.`,
  'not-needed': (name: string) => `Noted: ${name} is needed no longer. Operators are asked to take it down.`,
  'not-mine': (name: string, to: Person | null) =>
    to
      ? `${to.name.slice(0, 60)} is asked about ${name} now.`
      : `${name} is back in the queue; whoever said so is not suggested again.`,
} as const

/** `of`: whose word an operator passes on, null for their own. `back`: what follows once it was taken back. */
export async function say(
  { entity }: Pick<InboxItem, 'entity'>,
  said: Said,
  { of, note, back }: { of: Person | null; note: string; back?: () => void },
): Promise<void> {
  const { undo } = await ask<Answered>('/v1/inbox/answers', {
    method: 'POST',
    body: {
      entity: entity.key,
      answer: said.answer,
      ...(said.answer === 'not-mine' && said.to ? { to: said.to.key } : {}),
      ...(note === '' ? {} : { note }),
      ...(of === null ? {} : { person: of.key }),
    },
  })
  tell(TOLD[said.answer](entity.name.slice(0, 60), said.answer === 'not-mine' ? said.to : null), () => {
    void takeBack(undo).then(back)
  })
  await forgetEstate()
}
