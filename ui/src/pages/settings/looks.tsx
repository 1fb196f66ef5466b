/** How the console looks and listens for you, wherever you sign in. */
import { type Liking, like, useLiking } from '../../liking.ts'

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

export function Looks() {
  const liking = useLiking()
  return (
    <section className="section">
      <header>
        <h2>How it looks and listens</h2>
        <span className="meta">for you, wherever you sign in</span>
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
            ['compact', 'Compact, 36 px'],
            ['normal', 'Normal, 44 px'],
            ['roomy', 'Roomy, 56 px'],
          ]}
        />
        <fieldset className="choice-set">
          <legend className="label">Keys</legend>
          <label>
            <input type="checkbox" checked={liking.keys} onChange={(event) => like({ keys: event.target.checked })} />
            <span>
              Single letters act
              <span className="sub">Off: only Ctrl K, esc and the arrows do, so that speech and slips do nothing.</span>
            </span>
          </label>
        </fieldset>
      </div>
    </section>
  )
}
