/** Says what things are where their source cannot tell: a service's, the system's, or a human's. */
import { useId, useState } from 'react'
import { useAct } from '../../acting.ts'
import { Layer } from '../../parts/layer.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'

const VALUES = [
  ['service', 'A service', 'it is used by programs and nobody signs in with it'],
  ['system', 'The system', 'it came with the system and belongs to it'],
  ['human', 'A human', 'a person uses it; it is left out of what machines do'],
] as const

export function LabelSheet({
  of,
  close,
  act,
}: {
  of: string
  close: () => void
  act: (body: { label: string; value: string }) => Promise<unknown>
}) {
  const [value, setValue] = useState<string>('service')
  const { busy, refused, run } = useAct()
  const id = useId()
  return (
    <Layer title="Who uses it?" close={close}>
      <p className="quiet">
        <Name text={of} />. It holds over reads and renames, and narrows lists as <code>account:{value}</code>.
      </p>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void run(() => act({ label: 'accountKind', value })).then((done) => done && close())
        }}
      >
        <fieldset className="choices">
          <legend className="hidden-text">Who uses it</legend>
          {VALUES.map(([name, title, why]) => (
            <label key={name} className="row">
              <input type="radio" name={id} value={name} checked={value === name} onChange={() => setValue(name)} />
              <span>
                {title}
                <span className="sub">{why}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy}>
            Put the label on
          </button>
        </div>
      </form>
    </Layer>
  )
}
