import { useState } from 'react'
import { PlanSheet, StepsSheet } from '../parts/plan-sheet.tsx'
import type { Stories } from './story.ts'

const shared = {
  of: 'orders_app',
  change: [
    { sign: '-', text: 'accountable owner: nobody' },
    { sign: '+', text: 'accountable owner: Mara Quill' },
  ],
  whom: 'Mara Quill, and whoever reads this list',
  back: 'Undo for 10 seconds; after that whoever may name an owner names another.',
} as const

/** A sheet stands over the page, so that a story shows it when it is asked for. */
function Opened({ says, children }: { says: string; children: (close: () => void) => React.ReactNode }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {says}
      </button>
      {open && children(() => setOpen(false))}
    </>
  )
}

export const stories: Stories = {
  reversible: (
    <Opened says="Open the sheet">
      {(close) => (
        <PlanSheet
          {...shared}
          title="Name who answers"
          effect="reversible"
          act="Name Mara Quill"
          close={close}
          run={async () => {}}
        />
      )}
    </Opened>
  ),
  'destructive: the name is typed first': (
    <Opened says="Open the sheet that destroys">
      {(close) => (
        <PlanSheet
          {...shared}
          title="Remove the connection"
          effect="destructive"
          act="Remove the connection"
          approve="A second admin agrees first."
          close={close}
          run={async () => {}}
        />
      )}
    </Opened>
  ),
  'steps for whoever runs the source': (
    <Opened says="Open the steps">
      {(close) => (
        <StepsSheet
          {...shared}
          title="Plan the fix"
          close={close}
          steps={[
            { says: 'Lock it with an end date: usermod --expiredate 1.', command: 'usermod --expiredate 1' },
            { says: 'Delete it after a quiet month.', command: null },
          ]}
        />
      )}
    </Opened>
  ),
}
