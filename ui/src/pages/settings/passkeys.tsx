/** Your passkeys: the way in that nobody can read off or send on. The one-time link stays the way back. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { forget, useAnswer } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { PasskeyRow } from '../../nouns.ts'
import { Failure } from '../../parts/failure.tsx'
import { When } from '../../parts/known.tsx'
import { Layer } from '../../parts/layer.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { hasPasskeys, makePasskey } from '../../passkey.ts'
import { date } from '../../words.ts'

export function Passkeys() {
  const answer = useAnswer<{ rows: PasskeyRow[] }>('/v1/passkeys')
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<PasskeyRow | null>(null)
  const rows = answer.data?.rows
  return (
    <section className="section">
      <header>
        <h2>Passkeys</h2>
        <span className="meta">sign in with this device’s lock, a phone or a security key</span>
        {hasPasskeys() && (
          <button type="button" className="link" onClick={() => setAdding(true)}>
            Add a passkey
          </button>
        )}
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="Your passkeys" again={() => void answer.refetch()} />
      ) : !rows ? (
        <Waiting rows={1} />
      ) : rows.length === 0 ? (
        <p className="empty quiet">
          You have none; one-time links are your way in.{' '}
          {!hasPasskeys() && (
            <>
              Browsers make passkeys for a name over https, or for localhost: you opened Reeve as{' '}
              <code>{window.location.host}</code>.
            </>
          )}
        </p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th>Signs in at</th>
              <th className="wide">Kept</th>
              <th className="wide">Made</th>
              <th>Last used</th>
              <th>
                <span className="hidden-text">Act</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td>
                  <Name text={row.name} longest={60} />
                </td>
                <td>
                  <code>{row.site}</code>
                </td>
                <td className="wide">{row.synced ? 'on several devices of yours' : 'on one device'}</td>
                <td className="wide">{date(row.created)}</td>
                <td>{row.lastUsed ? <When at={row.lastUsed} /> : <span className="quiet">never</span>}</td>
                <td className="number">
                  <button type="button" className="button small" onClick={() => setRemoving(row)}>
                    Remove<span className="hidden-text"> {row.name}</span>…
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {adding && <Add close={() => setAdding(false)} />}
      {removing && <Remove of={removing} last={rows?.length === 1} close={() => setRemoving(null)} />}
    </section>
  )
}

function Add({ close }: { close: () => void }) {
  const [name, setName] = useState('')
  const { busy, refused, run } = useAct()
  return (
    <Layer title="Add a passkey" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void run(async () => {
            const made = await makePasskey(name.trim())
            tell(`The passkey ${made.name.slice(0, 60)} signs you in from now on.`)
            await forget('/v1/passkeys')
            close()
          })
        }}
      >
        <p>
          Your browser asks next. Reeve keeps its public half, which opens nothing; the private half never leaves your
          device.
        </p>
        <label className="field">
          <span className="label">A name to know it by</span>
          <input
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoComplete="off"
            placeholder="Work laptop"
          />
        </label>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy}>
            {busy ? 'Your browser asks' : 'Make the passkey'}
          </button>
        </div>
      </form>
    </Layer>
  )
}

function Remove({ of, last, close }: { of: PasskeyRow; last: boolean; close: () => void }) {
  const { busy, refused, run } = useAct()
  return (
    <Layer title="Remove this passkey" close={close}>
      <div className="form">
        <p>
          <b>
            <Name text={of.name} longest={60} />
          </b>{' '}
          signs in no more. Your device may go on offering it; delete it there too. Where you are signed in now, you
          stay. {last && 'It is your last one: a one-time link from an admin is then your only way in.'}
        </p>
        <Refused error={refused} />
        <div className="acts">
          <button
            type="button"
            className="button danger"
            disabled={busy}
            onClick={() =>
              void run(async () => {
                await ask(`/v1/passkeys/${encodeURIComponent(of.id)}`, { method: 'DELETE' })
                tell('The passkey is removed.')
                await forget('/v1/passkeys')
                close()
              })
            }
          >
            Remove the passkey
          </button>
          <button type="button" className="button bare" onClick={close}>
            Keep it
          </button>
        </div>
      </div>
    </Layer>
  )
}
