/** What stands around every page: places, how much is seen, who you are; the palette, the keys, what is being read now. */
import { useEffect, useRef, useState } from 'react'
import { go, to, useAddress } from '../address.tsx'
import { useFrame, useThen } from '../asking.ts'
import { turnTheme } from '../liking.ts'
import type { Frame as FrameAnswer } from '../nouns.ts'
import { copyText } from '../parts/copy.tsx'
import { Icon, Logo, ThemeIcon } from '../parts/icon.tsx'
import { Layer } from '../parts/layer.tsx'
import { Ledger, seenWord } from '../parts/ledger.tsx'
import { Mark } from '../parts/mark.tsx'
import { cut } from '../parts/name.tsx'
import { count, short } from '../words.ts'
import { Help } from './help.tsx'
import { Invented } from './invented.tsx'
import { useKeys } from './keys.ts'
import { useLiveChanges } from './live.ts'
import { Palette } from './palette.tsx'
import { type Place, useMyPlaces } from './places.ts'
import { dayWord, hearPick, NotThen, PickDay, pickDay, Then, tellTime } from './then.tsx'
import { Toasts } from './toasts.tsx'
import './frame.css'

const opened = new EventTarget()
/** Opens the palette from anywhere, with a text already in it. */
export const openPalette = (text = ''): void => void opened.dispatchEvent(new CustomEvent('open', { detail: text }))

export function Frame({ children }: { children: React.ReactNode }) {
  const { path, query } = useAddress()
  const frame = useFrame()
  const places = useMyPlaces()
  const main = useRef<HTMLElement>(null)
  const [layer, setLayer] = useState<null | 'help' | 'more' | 'day' | { find: string }>(null)
  const then = useThen()
  useLiveChanges(then.asOf === null)
  const looksBack = then.asOf !== null && then.refused === null
  // Before the pages are drawn: they say how long ago things were.
  tellTime(looksBack ? then.asOf : null, frame?.now)

  const first = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page takes the focus, a new query does not
  useEffect(() => {
    if (first.current) first.current = false
    else {
      window.scrollTo(0, 0)
      main.current?.focus({ preventScroll: true })
    }
  }, [path])
  useEffect(() => {
    const find = (event: Event) => setLayer({ find: (event as CustomEvent<string>).detail })
    const command = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      setLayer((now) => (now === null ? { find: '' } : typeof now === 'object' ? null : now))
    }
    const unhear = hearPick(() => setLayer('day'))
    opened.addEventListener('open', find)
    window.addEventListener('keydown', command)
    return () => {
      unhear()
      opened.removeEventListener('open', find)
      window.removeEventListener('keydown', command)
    }
  }, [])
  useKeys({
    ...Object.fromEntries(places.filter((place) => place.key).map((place) => [`g ${place.key}`, () => go(place.href)])),
    '?': () => setLayer('help'),
    t: () => turnTheme(),
    'shift c': () => void copyText(window.location.href, 'The address is'),
  })

  const asOf = query.get('as-of')
  const here = (place: Place) =>
    (place.href === '/' ? path === '/' || path === '/welcome' : path.startsWith(place.href)) || undefined
  const close = () => setLayer(null)
  return (
    <>
      <a className="skip" href="#main">
        To the content
      </a>
      <div className={looksBack ? 'frame looking-back' : 'frame'}>
        <header className="top">
          <a className="brand" href="/">
            <Logo />
            Reeve
          </a>
          <button
            type="button"
            className="icon-button"
            aria-label="Find anything"
            onClick={() => setLayer({ find: '' })}
          >
            <Icon name="search" />
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label="See the estate as of an earlier day"
            onClick={pickDay}
          >
            <Icon name="expiry" />
          </button>
          <button type="button" className="icon-button" aria-label="Light or dark" onClick={turnTheme}>
            <ThemeIcon />
          </button>
        </header>
        <header className="side">
          <a className="brand" href="/">
            <Logo />
            Reeve
          </a>
          <button type="button" className="find" onClick={() => setLayer({ find: '' })}>
            <Icon name="search" />
            Find or paste a key id
            <kbd>{/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'}</kbd>
          </button>
          <button type="button" className="as-of" onClick={pickDay}>
            <Icon name="expiry" />
            {looksBack ? `As of ${dayWord(then.asOf!)}` : 'See an earlier day'}
          </button>
          <nav className="places" aria-label="Places">
            {places
              .filter((place) => place.href !== '/settings')
              .map((place, i, all) => (
                <div key={place.href} role="presentation">
                  {place.group !== '' && place.group !== all[i - 1]?.group && <h2>{place.group}</h2>}
                  <a className="place" href={place.href} aria-current={here(place) && 'page'}>
                    <Icon name={place.icon} />
                    {place.title}
                    {frame && <PlaceCount place={place} frame={frame} />}
                  </a>
                </div>
              ))}
          </nav>
          <div className="foot">
            {frame && <Seen frame={frame} />}
            <div className="me">
              <div>
                <span className="one-line">{cut(frame?.user.name ?? '', 40)}</span>
                <span className="meta">{frame?.user.role}</span>
              </div>
              <button type="button" className="icon-button" aria-label="Light or dark" onClick={turnTheme}>
                <ThemeIcon />
              </button>
              <a
                className="icon-button"
                href="/settings"
                aria-label="Settings"
                aria-current={path.startsWith('/settings') ? 'page' : undefined}
              >
                <Icon name="settings" />
              </a>
            </div>
          </div>
        </header>
        <main id="main" className="main" ref={main} tabIndex={-1}>
          {frame?.demo && <Invented demo={frame.demo} />}
          {asOf !== null && <Then asOf={asOf} refused={then.refused !== null} />}
          {frame && asOf === null && frame.running.length > 0 && !frame.demo?.loading && path !== '/welcome' && (
            <div className="notice">
              <Icon name="read" />
              <span>
                {frame.running.length === 1
                  ? `${cut(frame.running[0]!.title, 60)} is still being read; what is here grows meanwhile.`
                  : `${frame.running.length} sources are still being read; what is here grows meanwhile.`}
              </span>
              <a
                className="link"
                href={frame.running.length === 1 ? to.connection(frame.running[0]!.connection) : '/connections'}
              >
                Watch it
              </a>
            </div>
          )}
          {then.asOf !== null && then.refused ? <NotThen asOf={then.asOf} why={then.refused} /> : children}
        </main>
        <nav className="bottom" aria-label="Places, short">
          {places
            .filter((place) => !place.behind)
            .map((place) => (
              <a key={place.href} href={place.href} aria-current={here(place) && 'page'}>
                <Icon name={place.icon} size={18} />
                {place.title === 'Connections' ? 'Sources' : place.title}
              </a>
            ))}
          <button type="button" onClick={() => setLayer('more')}>
            <Icon name="more" size={18} />
            More
          </button>
        </nav>
      </div>
      {layer === 'day' && <PickDay asOf={asOf} close={close} />}
      {layer === 'help' && <Help close={close} />}
      {layer === 'more' && (
        <Layer title="More" side close={close}>
          <nav className="places" aria-label="More places">
            {places
              .filter((place) => place.behind)
              .map((place) => (
                <a key={place.href} className="place" href={place.href} onClick={close}>
                  <Icon name={place.icon} />
                  {place.title}
                </a>
              ))}
          </nav>
          {frame && <Seen frame={frame} />}
        </Layer>
      )}
      {layer !== null && typeof layer === 'object' && <Palette close={close} start={layer.find} />}
      <Toasts />
    </>
  )
}

/** A count stands here only where it is work. */
function PlaceCount({ place, frame }: { place: Place; frame: FrameAnswer }) {
  if (place.href === '/identities' && frame.identities > 0)
    return <span className="count">{count(frame.identities)}</span>
  if (place.href === '/expiry' && frame.expiringSoon > 0)
    return <span className="count">{count(frame.expiringSoon)} in 30 d</span>
  if (place.href === '/findings' && frame.openFindings > 0)
    return <span className="count">{count(frame.openFindings)}</span>
  if (place.href === '/owners' && frame.unowned > 0)
    return <span className="count">{count(frame.unowned)} unowned</span>
  if (place.href === '/connections' && frame.connections.incomplete > 0)
    return (
      <span className="count">
        <Mark of="unknown" />
      </span>
    )
  return null
}

const Seen = ({ frame }: { frame: FrameAnswer }) => (
  <a className="seen" href="/connections">
    <span className="seen-head">
      Seen <b>{seenWord(frame.ledger)}</b>
    </span>
    <Ledger bar={frame.ledger} />
    {frame.ledger.refused + frame.ledger.stale > 0 && (
      <span className="meta">
        {[
          frame.ledger.refused > 0 && `${count(frame.ledger.refused)} refused`,
          frame.ledger.stale > 0 &&
            `${count(frame.ledger.stale)} kept, ${frame.ledger.staleSince ? `the oldest from ${short(frame.ledger.staleSince)}` : 'from an earlier day'}`,
        ]
          .filter(Boolean)
          .join(', ')}
      </span>
    )}
  </a>
)
