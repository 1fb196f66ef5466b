import { useState } from 'react'
import { Layer } from '../parts/layer.tsx'
import type { Stories } from './story.ts'

function Opener({ side }: { side: boolean }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Open
      </button>
      {open && (
        <Layer title="A layer over the page" side={side} close={() => setOpen(false)}>
          <p>Focus stays inside; esc closes it and gives the focus back.</p>
        </Layer>
      )}
    </>
  )
}

export const stories: Stories = {
  'in the middle': <Opener side={false} />,
  'at the side': <Opener side />,
}
