/** A connection is removed by whoever can say its name. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { go } from '../../address.tsx'
import { forget } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { ConnectionRow } from '../../nouns.ts'
import { Layer } from '../../parts/layer.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { some } from '../../words.ts'

export function Remove({ of, close }: { of: ConnectionRow; close: () => void }) {
  const [typed, setTyped] = useState('')
  const { busy, refused, run } = useAct()
  const said = typed.trim() === of.connection
  return (
    <Layer title="Remove this connection" close={close}>
      <form
        className="form"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault()
          if (!said) return
          void run(async () => {
            await ask(`/v1/connections/${encodeURIComponent(of.connection)}`, { method: 'DELETE' })
            tell('The connection is removed.')
            await forget('/v1/')
            go('/connections')
          })
        }}
      >
        <dl className="facts">
          <div>
            <dt>What changes</dt>
            <dd>
              <Name text={of.title} longest={100} /> is read no more and its sealed settings are destroyed. Of{' '}
              {some(of.entities, 'thing')} it described, what no other source describes leaves the estate; history keeps
              it. The source itself is not touched.
            </dd>
          </div>
          <div>
            <dt>Effect</dt>
            <dd className="beside">
              <Mark of="critical" beside />
              <span>Destructive: the settings cannot be brought back.</span>
            </dd>
          </div>
          <div>
            <dt>Way back</dt>
            <dd>Connect it anew, with its credentials at hand. To stop reading for a while, pause it instead.</dd>
          </div>
        </dl>
        <label className="field">
          <span className="label">
            Type <code>{of.connection}</code> to remove it
          </span>
          <input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </label>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button danger" disabled={busy || !said}>
            Remove the connection
          </button>
          <button type="button" className="button bare" onClick={close}>
            Keep it
          </button>
        </div>
      </form>
    </Layer>
  )
}
