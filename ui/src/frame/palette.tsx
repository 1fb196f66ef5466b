/** One field for everything: names, people, findings, pages, and any pasted id. A secret value is held back. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useAnswer, useMay } from '../asking.ts'
import { ask, sentenceOf } from '../http.ts'
import type { Found } from '../nouns.ts'
import { Icon } from '../parts/icon.tsx'
import { Mark } from '../parts/mark.tsx'
import { cut } from '../parts/name.tsx'
import { Hints, NotFound, Preview } from './palette-card.tsx'
import { type Option, remember, useOptions } from './palette-options.tsx'
import { recognise } from './recognise.ts'
import './palette.css'

export function Palette({ close, start = '' }: { close: () => void; start?: string }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(start)
  const [asked, setAsked] = useState(start)
  const [chosen, setChosen] = useState(0)
  const [looked, setLooked] = useState<Found | null>(null)
  const [refused, setRefused] = useState<unknown>(null)
  const mayLook = useMay('operator')
  const id = useId()
  const text = typed.trim()
  const form = recognise(text)
  const [heldByServer, setHeldByServer] = useState('')
  const held = form.is === 'secret' || (text !== '' && heldByServer === text)

  useLayoutEffect(() => {
    const opener = document.activeElement
    const layer = dialog.current!
    layer.showModal()
    return () => {
      layer.close()
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    }
  }, [])
  useEffect(() => {
    if (held) return
    // What came as a whole was pasted: nothing follows that is worth waiting for.
    const timer = setTimeout(() => setAsked(text), text.length - asked.length > 3 ? 0 : 70)
    return () => clearTimeout(timer)
  }, [text, held, asked])

  const question = useAnswer<Found>(
    !held && asked !== '' && asked === text ? `/v1/find?${new URLSearchParams({ q: asked })}` : null,
    { keep: true },
  )
  // A form that only the server knows is held back as well.
  if (question.data?.secret && asked === text && heldByServer !== text) setHeldByServer(text)
  const found = looked ?? (text === '' || held ? undefined : question.data)
  const options = useOptions(text, found)
  const at = Math.min(chosen, Math.max(0, options.length - 1))
  const option = options[at]

  const open = (one: Option | undefined) => {
    if (!one) return
    remember(one)
    close()
    one.act()
  }
  const clear = () => {
    setTyped('')
    field.current?.focus()
  }
  const look = async () => {
    const value = text
    // The field is emptied before the value travels; it is kept nowhere.
    clear()
    setRefused(null)
    try {
      setLooked(await ask<Found>('/v1/find/secret', { method: 'POST', body: { value } }))
    } catch (error) {
      setRefused(error)
    }
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const next = (at + (event.key === 'ArrowDown' ? 1 : -1) + options.length) % Math.max(1, options.length)
      setChosen(next)
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter' && !held) {
      event.preventDefault()
      open(option)
    }
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: esc closes it by keyboard
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Find anything"
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div className="palette-field">
        <Icon name="search" />
        <input
          ref={field}
          // biome-ignore lint/a11y/noAutofocus: the field is why the palette was opened
          autoFocus
          role="combobox"
          className={held ? 'held-value' : ''}
          aria-label="A name, a page, or any id"
          aria-expanded={!held}
          aria-controls={`${id}-list`}
          aria-activedescendant={option && !held ? `${id}-${at}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={typed}
          maxLength={8192}
          placeholder="A name, a page, or paste any key id"
          onChange={(event) => {
            setTyped(event.target.value)
            setLooked(null)
            setRefused(null)
            setChosen(0)
          }}
          onKeyDown={onKeyDown}
        />
        {form.is === 'id' && <span className="tag">{form.what}</span>}
        <button type="button" className="icon-button" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div className="palette-body">
        {held ? (
          <div className="held" role="alert">
            <h3>
              This has the form of {form.is === 'secret' ? form.what : (question.data?.recognised ?? 'a secret value')}
            </h3>
            <p>
              <b>Not sent yet.</b> An id would do and is safer. If you go on, the value travels once over this
              connection, becomes a fingerprint in memory and is dropped; the audit trail records that you looked, not
              what.
            </p>
            <div className="row">
              {mayLook && (
                <button type="button" className="button primary" onClick={() => void look()}>
                  Look for its fingerprint
                </button>
              )}
              <button type="button" className="button" onClick={clear}>
                Clear the field
              </button>
            </div>
            {!mayLook && <p>Looking for a value needs the role operator or admin.</p>}
          </div>
        ) : (
          <>
            <div className="palette-list" id={`${id}-list`} role="listbox" aria-label="What was found">
              {options.map((one, i) => (
                <div key={one.id} role="presentation">
                  {one.group !== options[i - 1]?.group && (
                    <div className="label" role="presentation">
                      {one.group}
                    </div>
                  )}
                  {/* biome-ignore lint/a11y/useKeyWithClickEvents: the combobox holds focus and answers enter */}
                  {/* biome-ignore lint/a11y/useFocusableInteractive: options of a combobox are pointed at, not focused */}
                  <div
                    id={`${id}-${i}`}
                    role="option"
                    aria-selected={i === at}
                    className="option"
                    onClick={() => open(one)}
                    onPointerMove={() => setChosen(i)}
                  >
                    {one.picture}
                    <span>
                      <span className="one-line">
                        <bdi>{cut(one.title, 120)}</bdi>
                      </span>
                      {one.sub && <bdi className="sub">{cut(one.sub, 120)}</bdi>}
                    </span>
                    {one.hit && <Mark of={one.hit.mark} />}
                  </div>
                </div>
              ))}
              {refused !== null && <p className="refusal">{sentenceOf(refused)}</p>}
              {found && found.hits.length === 0 && found.findings.length === 0 && (
                <NotFound of={found} text={text} value={looked !== null} />
              )}
            </div>
            <div className="palette-card" aria-live="polite">
              {option?.hit ? <Preview of={option.hit} /> : <Hints />}
            </div>
          </>
        )}
      </div>
    </dialog>
  )
}
