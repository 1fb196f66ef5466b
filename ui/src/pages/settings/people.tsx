/** The people who may sign in here. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { forget, useAnswer } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { Role, UserRow } from '../../nouns.ts'
import { Copy } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { When } from '../../parts/known.tsx'
import { Layer } from '../../parts/layer.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { date, some } from '../../words.ts'

const ROLES: readonly Role[] = ['viewer', 'owner', 'operator', 'admin']

export function People() {
  const answer = useAnswer<{ rows: UserRow[] }>('/v1/users')
  const [adding, setAdding] = useState(false)
  const [link, setLink] = useState<string | null>(null)
  const { busy, refused, run } = useAct()
  const users = answer.data?.rows
  const admins = users?.filter((user) => user.role === 'admin' && !user.disabled)
  /** Somebody must be left who may administer. */
  const isLast = (user: UserRow): boolean => admins?.length === 1 && admins[0]!.id === user.id
  const change = (user: UserRow, body: Record<string, unknown>, says: string) =>
    run(async () => {
      await ask(`/v1/users/${encodeURIComponent(user.id)}`, { method: 'PATCH', body })
      tell(says)
      await forget('/v1/users')
    })
  return (
    <section className="section">
      <header>
        <h2>People</h2>
        {users && (
          <span className="meta">
            {some(users.filter((user) => !user.disabled).length, 'person', 'people')} may sign in
          </span>
        )}
        <button type="button" className="link" onClick={() => setAdding(true)}>
          Add a person
        </button>
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="The people" again={() => void answer.refetch()} />
      ) : !users ? (
        <Waiting rows={2} />
      ) : (
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th>Role</th>
              <th className="wide">Since</th>
              <th className="wide">Last seen</th>
              <th className="wide">Signs in by</th>
              <th>
                <span className="hidden-text">Act</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {users.map((user) => (
              <tr key={user.id}>
                <td>
                  <Name text={user.name} longest={60} />
                  {user.email && <span className="sub">{user.email}</span>}
                  {user.disabled && <span className="sub high">may not sign in</span>}
                  {isLast(user) && <span className="sub">the last admin: make another before this one goes</span>}
                </td>
                <td>
                  <select
                    aria-label={`Role of ${user.name}`}
                    className="short"
                    value={user.role}
                    disabled={busy || isLast(user)}
                    onChange={(event) =>
                      void change(user, { role: event.target.value }, `${user.name} is now ${event.target.value}.`)
                    }
                  >
                    {ROLES.map((role) => (
                      <option key={role}>{role}</option>
                    ))}
                  </select>
                </td>
                <td className="wide">{date(user.created)}</td>
                <td className="wide">
                  {user.lastSeen ? <When at={user.lastSeen} /> : <span className="quiet">never</span>}
                  {user.sessions > 0 && <span className="sub">signed in {some(user.sessions, 'time')}</span>}
                </td>
                <td className="wide quiet">{user.passkeys > 0 ? some(user.passkeys, 'passkey') : 'one-time link'}</td>
                <td className="number">
                  <span className="row end">
                    {!user.disabled && (
                      <button
                        type="button"
                        className="button small"
                        disabled={busy}
                        onClick={() =>
                          void run(async () => {
                            const made = await ask<{ link: string }>(`/v1/users/${encodeURIComponent(user.id)}/link`, {
                              method: 'POST',
                              body: {},
                            })
                            setLink(linkOf(made))
                          })
                        }
                      >
                        One-time link
                      </button>
                    )}
                    {user.sessions > 0 && (
                      <button
                        type="button"
                        className="button small bare"
                        disabled={busy}
                        onClick={() =>
                          void run(async () => {
                            await ask(`/v1/users/${encodeURIComponent(user.id)}/sessions`, { method: 'DELETE' })
                            tell(`${user.name.slice(0, 60)} is signed out everywhere, and may sign in again.`)
                            await forget('/v1/users', '/v1/sessions')
                          })
                        }
                      >
                        End sessions
                      </button>
                    )}
                    <button
                      type="button"
                      className="button small bare"
                      disabled={busy || isLast(user)}
                      onClick={() =>
                        void change(
                          user,
                          { disabled: !user.disabled },
                          user.disabled ? `${user.name} may sign in again.` : `${user.name} may no longer sign in.`,
                        )
                      }
                    >
                      {user.disabled ? 'Let in again' : 'Shut out'}
                    </button>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Refused error={refused} />
      {adding && (
        <AddPerson
          close={() => setAdding(false)}
          made={(value) => {
            setAdding(false)
            setLink(value)
          }}
        />
      )}
      {link && (
        <Layer title="A one-time link" close={() => setLink(null)}>
          <div className="form">
            <p>It signs in once, within an hour, and is shown this once. Give it to that person alone.</p>
            <Copy text={link} says="the link" />
            <div className="acts">
              <button type="button" className="button primary" onClick={() => setLink(null)}>
                I have it
              </button>
            </div>
          </div>
        </Layer>
      )}
    </section>
  )
}

/** The server says the link whole or as a path behind its own address. */
const linkOf = ({ link }: { link: string }): string => new URL(link, window.location.origin).href

function AddPerson({ close, made }: { close: () => void; made: (link: string) => void }) {
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const { busy, refused, run } = useAct()
  return (
    <Layer title="Add a person" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void run(async () => {
            const answer = await ask<{ link: string }>('/v1/users', {
              method: 'POST',
              body: { name: name.trim(), role, ...(email ? { email: email.trim() } : {}) },
            })
            await forget('/v1/users')
            made(linkOf(answer))
          })
        }}
      >
        <label className="field">
          <span className="label">Name</span>
          <input
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoComplete="off"
          />
        </label>
        <label className="field">
          <span className="label">E-mail (optional)</span>
          <input
            type="email"
            maxLength={200}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            autoComplete="off"
          />
          <span className="meta">Joins them with the person of the estate, so that they see what they answer for.</span>
        </label>
        <label className="field">
          <span className="label">Role</span>
          <select value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {ROLES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy}>
            Add and make their link
          </button>
        </div>
      </form>
    </Layer>
  )
}
