import { useState } from 'react'
import { OwnerSheet } from '../parts/owner-sheet.tsx'
import type { Stories } from './story.ts'

function Opener() {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Assign
      </button>
      {open && (
        <OwnerSheet
          of="ci-deployer"
          suggested={{ key: 'person:m@x', name: 'Mara Quill' }}
          close={() => setOpen(false)}
          act={async () => undefined}
        />
      )}
    </>
  )
}

export const stories: Stories = {
  'the suggested person first': <Opener />,
}
