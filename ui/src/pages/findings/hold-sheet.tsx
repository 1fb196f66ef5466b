/** Mute or accept until a date, or agree to it: what changes, for whom, until when, and the way back. */
import { useState } from 'react'
import type { FindingPage } from '../../nouns.ts'
import { type DiffLine, diffLines } from '../../parts/diff.tsx'
import { cut } from '../../parts/name.tsx'
import { PlanSheet } from '../../parts/plan-sheet.tsx'
import { UntilFields, useUntil } from '../../parts/until-fields.tsx'
import { date, some } from '../../words.ts'
import { accept, approve, mute, muteAll } from './holding.ts'

/** `ids`: one finding, or several to mute. */
export function HoldSheet({
  what,
  ids,
  says,
  owner,
  close,
}: {
  what: 'mute' | 'accept'
  ids: readonly string[]
  says: string
  owner: string | null
  close: () => void
}) {
  const until = useUntil(what)
  const many = ids.length > 1
  const day = until.day === '' ? 'a day' : date(until.end)
  return (
    <PlanSheet
      title={what === 'mute' ? (many ? `Mute ${ids.length} until…` : 'Mute until…') : 'Accept until…'}
      of={says}
      close={close}
      change={change(
        many ? some(ids.length, 'finding') : ids[0]!,
        'open',
        `${what === 'mute' ? 'muted' : 'accepted'} until ${day}`,
      )}
      whom={
        <>
          {owner === null ? 'Nobody answers for it' : `${cut(owner, 60)} answers for it`}; it leaves everybody’s lists
          until then. The audit trail keeps who, when and why.
        </>
      }
      effect="reversible"
      {...(what === 'accept'
        ? { approve: 'A second operator or admin must agree; until then it stays open, with your reason beside it.' }
        : {})}
      back={`Undo for 10 seconds, or open it again at any time. On ${day} it opens by itself.`}
      act={what === 'mute' ? (many ? `Mute ${ids.length} findings` : 'Mute it') : 'Ask to accept the risk'}
      ready={until.ready}
      run={() => {
        if (many) return muteAll(ids, until.end, until.why)
        return (what === 'mute' ? mute : accept)(ids[0]!, until.end, until.why)
      }}
    >
      <UntilFields of={until} />
    </PlanSheet>
  )
}

/** The second person: sees who asked, why and until when, before it holds. */
export const AgreeSheet = ({ of, close }: { of: FindingPage; close: () => void }) => {
  // As it was when the sheet was opened: once it is agreed to, nothing is asked any more.
  const [asked] = useState(of.state.asked!)
  return (
    <PlanSheet
      title="Agree to accept it"
      of={of.finding.says}
      close={close}
      change={change(of.finding.id, 'open', `accepted until ${date(asked.until)}`)}
      whom={
        <>
          {cut(asked.by, 60)} asked on {date(asked.at)}: “{cut(asked.reason, 400)}”. You are the second person who takes
          it on.
        </>
      }
      effect="reversible"
      back={`Undo for 10 seconds, or open it again at any time. On ${date(asked.until)} it opens by itself.`}
      act={`Accept it until ${date(asked.until)}`}
      run={() => approve(of.finding.id, asked.until)}
    />
  )
}

const change = (name: string, from: string, to: string): DiffLine[] => diffLines([{ name, from, to }])
