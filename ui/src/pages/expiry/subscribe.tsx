/** What ends, in a calendar of one's own: a secret address, shown once, ended whenever one likes. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { forget, useAnswer } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { FeedRow } from '../../nouns.ts'
import { Copy } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { When } from '../../parts/known.tsx'
import { Layer } from '../../parts/layer.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'

export function Subscribe({ close }: { close: () => void }) {
  const [name, setName] = useState('My calendar')
  const [mine, setMine] = useState(false)
  const [address, setAddress] = useState<string | null>(null)
  const { busy, refused, run } = useAct()
  if (address)
    return (
      <Layer title="Copy it now" close={close}>
        <div className="form">
          <p>
            It is shown this once; only a digest of it is kept. Whoever has it reads what ends, with no other sign-in.
            Give it to your calendar as a subscription by address.
          </p>
          <Copy text={address} says="the address" />
          <div className="acts">
            <button type="button" className="button primary" onClick={close}>
              I have it
            </button>
          </div>
        </div>
      </Layer>
    )
  return (
    <Layer title="Subscribe to what ends" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void run(async () => {
            const made = await ask<{ path: string; url: string | null }>('/v1/expiry/feeds', {
              method: 'POST',
              body: { name: name.trim(), mine },
            })
            setAddress(made.url ?? window.location.origin + made.path)
            await forget('/v1/expiry/feeds')
          })
        }}
      >
        <p>
          Your calendar shows each end that nothing is known to renew, from 30 days ago to 400 days ahead, and follows
          renewals by itself.
        </p>
        <label className="field">
          <span className="label">A name to know it by</span>
          <input
            required
            maxLength={100}
            value={name}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label className="row">
          <input type="checkbox" checked={mine} onChange={(event) => setMine(event.target.checked)} />
          Only what I answer for
        </label>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy}>
            Make the address
          </button>
        </div>
      </form>
      <Feeds />
    </Layer>
  )
}

function Feeds() {
  const answer = useAnswer<{ rows: FeedRow[] }>('/v1/expiry/feeds', { now: true })
  const { busy, refused, run } = useAct()
  const rows = answer.data?.rows
  if (answer.error)
    return <Failure error={answer.error} what="Your calendar addresses" again={() => void answer.refetch()} />
  if (!rows || rows.length === 0) return null
  return (
    <section className="section">
      <header>
        <h3>Addresses you have</h3>
      </header>
      <table>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <Name text={row.name} longest={60} />
                {row.mine && <span className="sub">only what you answer for</span>}
              </td>
              <td>{row.lastUsed ? <When at={row.lastUsed} /> : <span className="quiet">never read</span>}</td>
              <td className="number">
                <button
                  type="button"
                  className="button small"
                  disabled={busy}
                  onClick={() =>
                    void run(async () => {
                      await ask(`/v1/expiry/feeds/${encodeURIComponent(row.id)}`, { method: 'DELETE' })
                      tell('The address opens nothing any more.')
                      await forget('/v1/expiry/feeds')
                    })
                  }
                >
                  End it<span className="hidden-text">: {row.name}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Refused error={refused} />
    </section>
  )
}
