/** Tokens for programs. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { forget, useAnswer } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { Scope, TokenRow } from '../../nouns.ts'
import { Copy } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { When } from '../../parts/known.tsx'
import { Layer } from '../../parts/layer.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { date } from '../../words.ts'

export function Tokens() {
  const answer = useAnswer<{ rows: TokenRow[] }>('/v1/tokens')
  const [making, setMaking] = useState(false)
  const { busy, refused, run } = useAct()
  const tokens = answer.data?.rows?.filter((token) => token.revoked === null)
  return (
    <section className="section">
      <header>
        <h2>Tokens</h2>
        <span className="meta">for programs; a token never may more than you</span>
        <button type="button" className="link" onClick={() => setMaking(true)}>
          Make a token
        </button>
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="The tokens" again={() => void answer.refetch()} />
      ) : !tokens ? (
        <Waiting rows={2} />
      ) : tokens.length === 0 ? (
        <p className="empty quiet">None is alive. Programs and agents sign in with one.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th>Begins with</th>
              <th>May</th>
              <th className="wide">Made</th>
              <th>Ends</th>
              <th>Last used</th>
              <th>
                <span className="hidden-text">Act</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tokens.map((token) => (
              <tr key={token.id}>
                <td>
                  <Name text={token.name} longest={60} />
                  <span className="sub">{token.user}</span>
                </td>
                <td>
                  <code>{token.prefix}…</code>
                </td>
                <td>{token.scopes.join(', ')}</td>
                <td className="wide">{date(token.created)}</td>
                <td>{token.expires ? date(token.expires) : <span className="high">never</span>}</td>
                <td>{token.lastUsed ? <When at={token.lastUsed} /> : <span className="quiet">never</span>}</td>
                <td className="number">
                  <button
                    type="button"
                    className="button small"
                    disabled={busy}
                    onClick={() =>
                      void run(async () => {
                        await ask(`/v1/tokens/${encodeURIComponent(token.id)}`, { method: 'DELETE' })
                        tell('The token is dead. Make another if it was the wrong one.')
                        await forget('/v1/tokens')
                      })
                    }
                  >
                    Revoke
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Refused error={refused} />
      {making && <MakeToken close={() => setMaking(false)} />}
    </section>
  )
}

const SCOPES: readonly [Scope, string][] = [
  ['read', 'read what you see'],
  ['write', 'assign owners, mute, start reads'],
  ['admin', 'connections and people'],
]

function MakeToken({ close }: { close: () => void }) {
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly Scope[]>(['read'])
  const [days, setDays] = useState(90)
  const [value, setValue] = useState<string | null>(null)
  const { busy, refused, run } = useAct()
  if (value)
    return (
      <Layer title="Copy it now" close={close}>
        <div className="form">
          <p>It is shown this once; only a digest of it is kept.</p>
          <Copy text={value} says="the token" />
          <div className="acts">
            <button type="button" className="button primary" onClick={close}>
              I have it
            </button>
          </div>
        </div>
      </Layer>
    )
  return (
    <Layer title="Make a token" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void run(async () => {
            const made = await ask<{ value: string }>('/v1/tokens', {
              method: 'POST',
              body: { name: name.trim(), scopes, days },
            })
            setValue(made.value)
            await forget('/v1/tokens')
          })
        }}
      >
        <label className="field">
          <span className="label">What it is for</span>
          <input
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoComplete="off"
          />
        </label>
        <fieldset className="choice-set">
          <legend className="label">It may</legend>
          {SCOPES.map(([scope, says]) => (
            <label key={scope}>
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={(event) =>
                  setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))
                }
              />
              <span>
                {scope}: {says}
              </span>
            </label>
          ))}
        </fieldset>
        <label className="field">
          <span className="label">Days until it ends</span>
          <input
            type="number"
            className="short"
            required
            min={1}
            max={365}
            value={days}
            onChange={(event) => setDays(event.target.valueAsNumber)}
          />
        </label>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy || scopes.length === 0}>
            Make the token
          </button>
        </div>
      </form>
    </Layer>
  )
}
