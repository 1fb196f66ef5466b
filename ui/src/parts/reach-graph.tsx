/** The picture of a reach: things in columns by kind, a path put forward. The list beside it says the same and needs no picture. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Icon } from './icon.tsx'
import type { Picture, Shown } from './reach-picture.ts'
import { coloursAt } from './reach-shapes.ts'
import type { Drawing } from './reach-sigma.ts'
import { svgOf } from './reach-svg.ts'
import './reach-graph.css'

/** How far an arrow key moves the picture, in parts of its width. */
const STEP = 0.08
const MOVES: Record<string, readonly [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
}

export interface GraphActs {
  choose: (thing: number | null) => void
  expand: (thing: number) => void
  pin: (key: string, place: { x: number; y: number }) => void
}

export function ReachGraph({
  of,
  shown,
  title,
  acts,
}: {
  of: Picture
  shown: Shown
  /** A sentence, as the name of the picture. */
  title: string
  acts: GraphActs
}) {
  const canvas = useRef<HTMLDivElement>(null)
  const headings = useRef<HTMLDivElement>(null)
  const drawing = useRef<Drawing | null>(null)
  const [plain, setPlain] = useState(false)
  const told = useRef(acts)
  told.current = acts
  const now = useRef(shown)
  now.current = shown

  useEffect(() => {
    let ended = false
    void import('./reach-sigma.ts')
      .then(({ draw }) => {
        if (ended || !canvas.current || !headings.current) return
        drawing.current = draw(canvas.current, headings.current, of, {
          choose: (thing) => told.current.choose(thing),
          expand: (thing) => told.current.expand(thing),
          pin: (key, place) => told.current.pin(key, place),
        })
        drawing.current.show(now.current)
        canvas.current.dataset['took'] = JSON.stringify(drawing.current.took)
      })
      // A browser without WebGL, or a context that was lost: the same picture as a drawing that stands still.
      .catch(() => !ended && setPlain(true))
    const lost = () => setPlain(true)
    const frame = canvas.current
    frame?.addEventListener('webglcontextlost', lost, { capture: true })
    const unheard = hearTheme(() => drawing.current?.recolour())
    return () => {
      ended = true
      unheard()
      frame?.removeEventListener('webglcontextlost', lost, { capture: true })
      drawing.current?.end()
      drawing.current = null
    }
  }, [of])
  useEffect(() => drawing.current?.show(shown), [shown])

  const onKeyDown = (event: React.KeyboardEvent) => {
    const move = MOVES[event.key]
    if (move) drawing.current?.pan(...move)
    else if (event.key === '+' || event.key === '=') drawing.current?.zoom('in')
    else if (event.key === '-') drawing.current?.zoom('out')
    else if (event.key === '0') drawing.current?.zoom('all')
    else return
    event.preventDefault()
  }
  if (plain) return <Still of={of} shown={shown} title={title} />
  return (
    <div className="reach-graph">
      <div ref={headings} className="reach-headings" aria-hidden="true" />
      {/* biome-ignore lint/a11y/useSemanticElements: a picture that takes keys has no element of its own */}
      <div
        ref={canvas}
        className="reach-canvas"
        role="region"
        aria-label={`${title} The list beside it says the same. Arrows move the picture, plus and minus zoom it.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move it
        tabIndex={0}
        onKeyDown={onKeyDown}
      />
      <div className="reach-zoom">
        <button type="button" className="icon-button" aria-label="Nearer" onClick={() => drawing.current?.zoom('in')}>
          <Icon name="plus" />
        </button>
        <button type="button" className="icon-button" aria-label="Farther" onClick={() => drawing.current?.zoom('out')}>
          <Icon name="minus" />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="All of it"
          onClick={() => drawing.current?.zoom('all')}
        >
          <Icon name="whole" />
        </button>
      </div>
    </div>
  )
}

function Still({ of, shown, title }: { of: Picture; shown: Shown; title: string }) {
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    ref.current?.replaceChildren(svgOf(of, shown, coloursAt(ref.current), title))
  }, [of, shown, title])
  return <div ref={ref} className="reach-graph still" />
}

/** Whoever turns light to dark turns the picture too. */
function hearTheme(heard: () => void): () => void {
  const watch = new MutationObserver(heard)
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', heard)
  return () => {
    watch.disconnect()
    system.removeEventListener('change', heard)
  }
}
