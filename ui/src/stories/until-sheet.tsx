import { useState } from 'react'
import { UntilSheet } from '../parts/until-sheet.tsx'
import type { Stories } from './story.ts'
import { HOSTILE } from './story.ts'

function Opener({ what }: { what: 'mute' | 'accept' }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {what === 'mute' ? 'Mute until…' : 'Accept until…'}
      </button>
      {open && <UntilSheet what={what} says={HOSTILE} close={() => setOpen(false)} act={async () => undefined} />}
    </>
  )
}

export const stories: Stories = {
  mute: <Opener what="mute" />,
  accept: <Opener what="accept" />,
}
