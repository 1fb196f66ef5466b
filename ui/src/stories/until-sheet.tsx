import { useState } from 'react'
import { UntilSheet } from '../parts/until-sheet.tsx'
import type { Stories } from './story.ts'
import { HOSTILE } from './story.ts'

function Opener() {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Mute until…
      </button>
      {open && <UntilSheet says={HOSTILE} close={() => setOpen(false)} act={async () => undefined} />}
    </>
  )
}

export const stories: Stories = {
  mute: <Opener />,
}
