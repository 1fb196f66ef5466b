/** The door. There is no default password: a one-time link lets somebody in, once. */
import { useEffect, useRef, useState } from 'react'
import { go, useAddress } from '../../address.tsx'
import { answers } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import { ask, sentenceOf, setCsrf } from '../../http.ts'
import { take, turnTheme } from '../../liking.ts'
import { Logo, ThemeIcon } from '../../parts/icon.tsx'
import { hasPasskeys, signInByPasskey } from '../../passkey.ts'
import './sign-in.css'

interface Session {
  csrf: string
  liking?: Parameters<typeof take>[0]
}

/** The secret of a link, out of the address at once, so that neither history nor screen keeps it. */
function takeLink(): string | null {
  const link = /^#(link_[\w-]{16,})$/.exec(window.location.hash)?.[1] ?? null
  if (link) window.history.replaceState(null, '', window.location.pathname + window.location.search)
  return link
}

/** Taken when this page's code arrives, whatever React does with the page afterwards. */
let taken = takeLink()

export function SignIn() {
  const { query } = useAddress()
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState<null | 'link' | 'passkey'>(taken === null ? null : 'link')
  const [refused, setRefused] = useState<unknown>(null)
  useTitle('Sign in')
  const wanted = query.get('to') ?? '/'
  const enterBy = async (way: 'link' | 'passkey', sign: () => Promise<Session>) => {
    setBusy(way)
    setRefused(null)
    try {
      const session = await sign()
      setCsrf(session.csrf)
      take(session.liking ?? {})
      answers.clear()
      go(wanted.startsWith('/') && !wanted.startsWith('//') ? wanted : '/', { replace: true })
    } catch (error) {
      setRefused(error)
      setBusy(null)
    }
  }
  const enter = (link: string) => enterBy('link', () => ask<Session>('/v1/session', { method: 'POST', body: { link } }))
  const enterNow = useRef(enter)
  useEffect(() => {
    // A link that is opened in a window that stands at the door changes the address alone.
    const arrived = () => {
      taken ??= takeLink()
      const link = taken
      taken = null
      if (link !== null) void enterNow.current(link)
    }
    arrived()
    window.addEventListener('hashchange', arrived)
    return () => window.removeEventListener('hashchange', arrived)
  }, [])
  return (
    <main className="door">
      <div>
        <p className="brand">
          <Logo />
          Reeve
        </p>
        <h1 className="large">{busy ? 'Letting you in' : 'Sign in'}</h1>
        {busy ? (
          <p className="answer" role="status">
            {busy === 'link'
              ? 'The link is being used. It works once and is void afterwards.'
              : 'Your browser asks for a passkey.'}
          </p>
        ) : (
          <>
            <p className="answer">
              {hasPasskeys() ? 'With a passkey, or with a one-time link' : 'With a one-time link'}. There is no password
              to guess and none to leak.
            </p>
            {refused !== null && (
              <p className="refusal" role="alert">
                {sentenceOf(refused)}
              </p>
            )}
            {hasPasskeys() && (
              <div className="acts door-passkey">
                <button
                  type="button"
                  className="button primary"
                  onClick={() => void enterBy('passkey', () => signInByPasskey<Session>())}
                >
                  Sign in with a passkey
                </button>
              </div>
            )}
            <form
              className="form"
              autoComplete="off"
              onSubmit={(event) => {
                event.preventDefault()
                const link = /link_[\w-]+/.exec(typed)?.[0] ?? typed.trim()
                setTyped('')
                void enter(link)
              }}
            >
              <label className="field">
                <span className="label">One-time link</span>
                <input
                  type="password"
                  required
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                  autoComplete="off"
                  spellCheck={false}
                  placeholder="Paste the link, or its part after #"
                />
              </label>
              <div className="acts">
                <button type="submit" className={hasPasskeys() ? 'button' : 'button primary'}>
                  Sign in with the link
                </button>
              </div>
            </form>
            <h2 className="label">Where a link comes from</h2>
            <ul className="door-ways">
              <li>
                An admin of this installation makes one for you: <b>Settings, People</b>.
              </li>
              <li>
                On the host that runs Reeve: <code>./reeve admin-link</code>
              </li>
              <li>The very first one is printed by the first start.</li>
            </ul>
          </>
        )}
      </div>
      <button type="button" className="icon-button" aria-label="Light or dark" onClick={turnTheme}>
        <ThemeIcon />
      </button>
    </main>
  )
}
