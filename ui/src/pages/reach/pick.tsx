/** Where a path starts or ends: a thing by its name or any id, or all of a sort. */
import { useEffect, useId, useState } from 'react'
import { useAnswer } from '../../asking.ts'
import { recognise } from '../../frame/recognise.ts'
import type { Found } from '../../nouns.ts'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Layer } from '../../parts/layer.tsx'
import { Name } from '../../parts/name.tsx'
import { typeWord } from '../../words.ts'

export interface Choice {
  value: string | null
  says: string
}

/** Opens a field; what is chosen becomes the address. */
export function Pick({
  label,
  title,
  shown,
  choices,
  choose,
}: {
  label: string
  /** Of the layer in which it is chosen. */
  title: string
  /** What is chosen now. */
  shown: React.ReactNode
  /** Sorts beside things. */
  choices: readonly Choice[]
  choose: (value: string | null) => void
}) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="pick" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <span className="meta">{label}</span> {shown}
      </button>
      {open && (
        <Picking
          title={title}
          choices={choices}
          close={() => setOpen(false)}
          choose={(value) => {
            setOpen(false)
            choose(value)
          }}
        />
      )}
    </>
  )
}

function Picking({
  title,
  choices,
  choose,
  close,
}: {
  title: string
  choices: readonly Choice[]
  choose: (value: string | null) => void
  close: () => void
}) {
  const [typed, setTyped] = useState('')
  const [asked, setAsked] = useState('')
  const id = useId()
  const text = typed.trim()
  const held = recognise(text).is === 'secret'
  useEffect(() => {
    if (held) return
    const timer = setTimeout(() => setAsked(text), 70)
    return () => clearTimeout(timer)
  }, [text, held])
  const { data } = useAnswer<Found>(
    !held && asked !== '' && asked === text ? `/v1/find?${new URLSearchParams({ q: asked })}` : null,
    { keep: true },
  )
  const hits = text === '' || held ? [] : (data?.hits.filter(({ entity }) => entity.gone === null).slice(0, 12) ?? [])
  const fitting = choices.filter(({ says }) => says.toLowerCase().includes(text.toLowerCase()))
  return (
    <Layer title={title} close={close}>
      <div className="field">
        <label className="label" htmlFor={id}>
          A name, or any id
        </label>
        <input
          id={id}
          // biome-ignore lint/a11y/noAutofocus: the field is why the layer was opened
          autoFocus
          value={typed}
          maxLength={2048}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
        {held && (
          <p className="refusal" role="alert">
            That looks like a secret value. It was not sent anywhere: an id would do, and is safer.
          </p>
        )}
      </div>
      <ul className="choices pick-choices">
        {fitting.map(({ value, says }) => (
          <li key={says}>
            <button type="button" className="choice" onClick={() => choose(value)}>
              {says}
            </button>
          </li>
        ))}
        {hits.map(({ entity }) => (
          <li key={entity.key}>
            <button type="button" className="choice" onClick={() => choose(entity.key)}>
              <span className="pick-hit">
                <KindIcon kind={entity.kind} type={entity.type} named />
                <Name text={entity.name} longest={60} />
              </span>
              <span className="meta">
                {typeWord(entity.type)}, <Name text={entity.key} longest={60} />
              </span>
            </button>
          </li>
        ))}
        {text !== '' && !held && data && asked === text && hits.length + fitting.length === 0 && (
          <li className="meta">Nothing of that name or id was read.</li>
        )}
      </ul>
    </Layer>
  )
}
