/** Says on every page that what is shown does not exist, and takes it away. */
import { useState } from 'react'
import { useAct } from '../acting.ts'
import { go } from '../address.tsx'
import { forget, useMay } from '../asking.ts'
import { ask } from '../http.ts'
import type { Frame } from '../nouns.ts'
import { Layer } from '../parts/layer.tsx'
import { Refused } from '../parts/refused.tsx'
import { tell } from './toasts.tsx'

export function Invented({ demo }: { demo: NonNullable<Frame['demo']> }) {
  const admin = useMay('admin')
  const [removing, setRemoving] = useState(false)
  const { busy, refused, run } = useAct()
  const remove = () =>
    run(async () => {
      await ask('/v1/demo', { method: 'DELETE' })
      setRemoving(false)
      tell('Larkfield is removed.')
      await forget('/v1/')
      go('/welcome')
    })
  return (
    <div className="notice">
      <span>
        Larkfield is invented.
        {demo.loading && ` Its year is being read in: ${demo.read} of ${demo.moments} moments.`}
      </span>
      {admin && (
        <button type="button" className="link" onClick={() => setRemoving(true)}>
          Remove it
        </button>
      )}
      {removing && (
        <Layer title="Remove Larkfield" close={() => setRemoving(false)}>
          <div className="form">
            <p>
              Its connections, its history, its findings and all that was decided about it are deleted. People,
              settings, rules and the audit trail of this installation stay. To take this back, load it anew:{' '}
              <code>reeve demo</code>.
            </p>
            <Refused error={refused} />
            <div className="acts">
              <button type="button" className="button danger" disabled={busy} onClick={() => void remove()}>
                Remove Larkfield
              </button>
              <button type="button" className="button bare" onClick={() => setRemoving(false)}>
                Keep it
              </button>
            </div>
          </div>
        </Layer>
      )}
    </div>
  )
}
