/** What is yours; who may sign in; how this installation keeps itself. */
import { go, useAddress, withQuery } from '../../address.tsx'
import { answers, useFrame, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import { ask } from '../../http.ts'
import { Answer } from '../../parts/answer.tsx'
import { Name } from '../../parts/name.tsx'
import { Alerts } from './alerts.tsx'
import { Backups } from './backups.tsx'
import { Looks } from './looks.tsx'
import { Outbound } from './outbound.tsx'
import { Passkeys } from './passkeys.tsx'
import { People } from './people.tsx'
import { Retention } from './retention.tsx'
import { Sessions } from './sessions.tsx'
import { Tokens } from './tokens.tsx'
import './settings.css'

const PARTS = [
  ['you', 'You'],
  ['people', 'People'],
  ['keeping', 'Keeping'],
  ['alerts', 'Alerts'],
] as const

export function Settings() {
  const frame = useFrame()
  const admin = useMay('admin')
  const { query } = useAddress()
  const asked = query.get('part')
  const part = (admin && PARTS.find(([name]) => name === asked)?.[0]) || 'you'
  useTitle('Settings')
  return (
    <div className="page">
      <div className="head">
        <div>
          <h1>Settings</h1>
          <Answer>
            {frame && (
              <>
                You are{' '}
                <b>
                  <Name text={frame.user.name} longest={60} />
                </b>
                , {frame.user.role} of this installation; Reeve {frame.version}.
              </>
            )}
          </Answer>
        </div>
        <div className="acts">
          <button
            type="button"
            className="button"
            onClick={() =>
              void ask('/v1/session', { method: 'DELETE' })
                .catch(() => undefined)
                .then(() => {
                  answers.clear()
                  go('/sign-in')
                })
            }
          >
            Sign out
          </button>
        </div>
      </div>
      {admin && (
        <nav className="tabs" aria-label="Parts of the settings">
          {PARTS.map(([name, word]) => (
            <a
              key={name}
              href={withQuery({ part: name === 'you' ? null : name })}
              aria-current={name === part ? 'page' : undefined}
            >
              {word}
            </a>
          ))}
        </nav>
      )}
      <div className="settings">
        {part === 'people' ? (
          <People />
        ) : part === 'keeping' ? (
          <>
            <Backups />
            <Retention />
            <Outbound />
          </>
        ) : part === 'alerts' ? (
          <Alerts />
        ) : (
          <>
            <Passkeys />
            <Sessions />
            <Tokens />
            <Looks />
          </>
        )}
      </div>
    </div>
  )
}
