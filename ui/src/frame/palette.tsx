/** One field for everything: names, people, findings, pages, and any pasted id. A secret value is held back. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { go, to } from '../address.tsx'
import { useAnswer, useMay } from '../asking.ts'
import { ask, sentenceOf } from '../http.ts'
import type { Found, Hit } from '../nouns.ts'
import { Icon } from '../parts/icon.tsx'
import { KindIcon } from '../parts/kind-icon.tsx'
import { IfKnown, Known, When } from '../parts/known.tsx'
import { Mark } from '../parts/mark.tsx'
import { Code, cut, Name } from '../parts/name.tsx'
import { date, some, typeWord } from '../words.ts'
import { type PLACES, useMyPlaces } from './places.ts'
import { recognise } from './recognise.ts'
import { pickDay } from './then.tsx'
import './palette.css'

interface Option {
  id: string
  group: string
  href: string
  /** Done instead of going there. */
  act?: () => void
  title: string
  sub?: string
  picture: React.ReactNode
  hit?: Hit
}

/** Cards opened from here, while the window is open; ids only, never what was typed. */
const recent: Option[] = []

export function Palette({ close, start = '' }: { close: () => void; start?: string }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [typed, setTyped] = useState(start)
  const [asked, setAsked] = useState(start)
  const [chosen, setChosen] = useState(0)
  const [looked, setLooked] = useState<Found | null>(null)
  const [refused, setRefused] = useState<unknown>(null)
  const mayLook = useMay('operator')
  const places = useMyPlaces()
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
  const options = optionsOf(text, found, places)
  const at = Math.min(chosen, Math.max(0, options.length - 1))
  const option = options[at]

  const open = (one: Option | undefined) => {
    if (!one) return
    if (one.hit && !recent.some((other) => other.id === one.id)) recent.unshift({ ...one, group: 'Recent' })
    recent.length = Math.min(recent.length, 6)
    close()
    if (one.act) one.act()
    else go(one.href)
  }
  const look = async () => {
    const value = text
    // The field is emptied before the value travels; it is kept nowhere.
    setTyped('')
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
              <button type="button" className="button" onClick={() => setTyped('')}>
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

function optionsOf(text: string, found: Found | undefined, places: readonly (typeof PLACES)[number][]): Option[] {
  const folded = text.toLowerCase()
  const hits: Option[] = (found?.hits ?? []).map((hit) => ({
    id: `hit ${hit.entity.key}`,
    group: hit.exact ? 'Exactly this' : 'By name',
    href: to.entity(hit.entity.key),
    title: hit.entity.name,
    sub: hit.entity.gone ? `deleted ${date(hit.entity.gone)}` : hit.entity.key,
    picture: <KindIcon kind={hit.entity.kind} type={hit.entity.type} named />,
    hit,
  }))
  const findings: Option[] = (found?.findings ?? []).map((finding) => ({
    id: `finding ${finding.id}`,
    group: 'Findings',
    href: to.finding(finding.id),
    title: finding.says,
    picture: <Mark of={finding.mark} />,
  }))
  const pages: Option[] = places
    .filter((place) => folded === '' || place.title.toLowerCase().includes(folded))
    .map((place) => ({
      id: `page ${place.href}`,
      group: 'Pages',
      href: place.href,
      title: place.title,
      picture: <Icon name={place.icon} />,
    }))
  const earlier: Option = {
    id: 'see an earlier day',
    group: 'Actions',
    href: '',
    act: pickDay,
    title: 'See the estate as of…',
    sub: 'another day: as it was known then',
    picture: <Icon name="expiry" />,
  }
  const actions = /^(see|as.of|earlier|day|past|then|history)/.test(folded) || folded === '' ? [earlier] : []
  return [...hits, ...findings, ...(text === '' ? recent : []), ...pages, ...actions]
}

const NotFound = ({ of, text, value }: { of: Found; text: string; value: boolean }) => (
  <div className="state">
    <h2>
      <Mark of="unknown" beside />
      <span>{value || of.recognised ? 'We have never seen this key' : 'Nothing has this name'}</span>
    </h2>
    <p>
      {value || of.recognised ? (
        'Not in any source now, nor in the past.'
      ) : (
        <>
          No name, id or path holds <Code text={text} longest={60} />, now or in the past.
        </>
      )}{' '}
      {of.unread.length > 0 && <>What could hide it: {of.unread.slice(0, 4).join(' ')}</>}
    </p>
  </div>
)

const Preview = ({ of }: { of: Hit }) => (
  <>
    <h3>
      <Name text={of.entity.name} />
    </h3>
    <p className="meta">
      {typeWord(of.entity.type)}
      {of.entity.gone && <>, deleted at its source on {date(of.entity.gone)}</>}
    </p>
    <dl>
      <dt>Owner</dt>
      <dd>{of.owner ? <Name text={of.owner.name} longest={60} /> : <span className="high">Nobody</span>}</dd>
      {of.preview && <InShort of={of.preview} />}
    </dl>
    <p className="meta spaced">
      <kbd>↵</kbd> opens the card
    </p>
  </>
)

const InShort = ({ of }: { of: NonNullable<Hit['preview']> }) => (
  <>
    <dt>Last used</dt>
    <dd>
      <Known of={of.lastUsed} brief>
        {(at) => <When at={at} />}
      </Known>
      <IfKnown of={of.lastUsedBy}>
        {(by) => (
          <span className="sub">
            by <Name text={by} longest={80} />
          </span>
        )}
      </IfKnown>
    </dd>
    <dt>Depends</dt>
    <dd>{of.dependents === 0 ? 'nothing we saw' : some(of.dependents, 'thing')}</dd>
    <dt>Reaches</dt>
    <dd>
      <Known of={of.reached} brief>
        {(n) => (n === 0 ? 'nothing we know' : some(n, 'resource'))}
      </Known>
    </dd>
    <dt>Copies</dt>
    <dd>{of.copies === 0 ? 'none found' : some(of.copies, 'place')}</dd>
    <dt>Rotate?</dt>
    <dd>
      <b>
        {of.rotate.answer === 'with-care'
          ? 'With care'
          : of.rotate.answer.charAt(0).toUpperCase() + of.rotate.answer.slice(1)}
      </b>
      <span className="sub">{cut(of.rotate.reason, 200)}</span>
    </dd>
  </>
)

const Hints = () => (
  <>
    <h3>Paste it. Whatever we know comes back as one card.</h3>
    <p className="quiet spaced">
      An access key id, an ARN, <code>SHA256:</code> of an SSH key, a serial, a UUID, a SPIFFE id,{' '}
      <code>system:serviceaccount:</code>, a distinguished name, an e-mail address or a path.
    </p>
    <p className="quiet spaced">Deleted things are found too. A secret value is held back until you say so.</p>
  </>
)
