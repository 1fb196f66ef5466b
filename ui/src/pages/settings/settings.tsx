/** How it looks for you, your tokens, and the people of this installation. */
import { go } from '../../address.tsx'
import { answers, useFrame, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import { ask } from '../../http.ts'
import { type Liking, like, useLiking } from '../../liking.ts'
import { Answer } from '../../parts/answer.tsx'
import { Name } from '../../parts/name.tsx'
import { People } from './people.tsx'
import { Tokens } from './tokens.tsx'
import './settings.css'

export function Settings() {
  const frame = useFrame()
  const admin = useMay('admin')
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
      <div className="settings">
        <Display />
        <Tokens />
        {admin && <People />}
      </div>
    </div>
  )
}

const Choice = <Name extends 'theme' | 'density'>({
  name,
  legend,
  options,
}: {
  name: Name
  legend: string
  options: readonly (readonly [Liking[Name], string])[]
}) => {
  const liking = useLiking()
  return (
    <fieldset className="choice-set">
      <legend className="label">{legend}</legend>
      {options.map(([value, word]) => (
        <label key={value}>
          <input type="radio" name={name} checked={liking[name] === value} onChange={() => like({ [name]: value })} />
          {word}
        </label>
      ))}
    </fieldset>
  )
}

function Display() {
  const liking = useLiking()
  return (
    <section className="section">
      <header>
        <h2>How it looks and listens</h2>
        <span className="meta">for you, in this browser</span>
      </header>
      <div className="settings-row">
        <Choice
          name="theme"
          legend="Theme"
          options={[
            ['system', 'As the system'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
        />
        <Choice
          name="density"
          legend="Rows"
          options={[
            ['compact', 'Compact'],
            ['normal', 'Normal'],
            ['roomy', 'Roomy'],
          ]}
        />
        <fieldset className="choice-set">
          <legend className="label">Keys</legend>
          <label>
            <input type="checkbox" checked={liking.keys} onChange={(event) => like({ keys: event.target.checked })} />
            Single letters act
          </label>
        </fieldset>
      </div>
    </section>
  )
}
