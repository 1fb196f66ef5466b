/** A reach picture on a canvas, drawn by sigma. Loaded when a picture is first shown: no page needs it before. */
import Graph from 'graphology'
import Sigma from 'sigma'
import type { NodeDisplayData } from 'sigma/types'
import { type LaidOut, layOut, type Place } from './reach-layout.ts'
import { type Picture, pathThings, plainName, type Shown } from './reach-picture.ts'
import { HopProgram, KindProgram } from './reach-programs.ts'
import { type Colours, coloursAt } from './reach-shapes.ts'

export interface Drawing {
  show(shown: Shown): void
  /** The theme was turned. */
  recolour(): void
  zoom(by: 'in' | 'out' | 'all'): void
  pan(x: number, y: number): void
  /** How long it took from the picture to the first paint, in milliseconds. */
  took: { layout: number; paint: number }
  end(): void
}

export interface Told {
  choose(thing: number | null): void
  expand(thing: number): void
  /** A thing was put somewhere by hand. */
  pin(key: string, place: Place): void
}

interface Node extends Record<string, unknown> {
  x: number
  y: number
  at: number
}

/** Up to so many things every name is written; of more, those that there is room for. */
const NAMED = 60
const LABEL = 12
/** Pixels around the picture, and between two rows at most. */
const PADDING = 56
const FARTHEST = 100
/** Pixels from the middle of a thing to its rim; where rows stand close it is less, and names wait until one comes nearer. */
const LARGEST = 22
const SMALLEST = 5
const READABLE = 11

/** Throws where the browser paints no WebGL. */
export function draw(element: HTMLElement, headings: HTMLElement, picture: Picture, told: Told): Drawing {
  const begun = performance.now()
  const laid = layOut(picture.things, picture.hops)
  const layout = performance.now() - begun
  let colours = coloursAt(element)
  let shown: Shown = { path: new Set(), chosen: null, hidden: new Set(), pinned: new Map() }
  let onPath = new Set<number>()
  let near: ReadonlySet<number> | null = null

  const graph = new Graph<Node>({ multi: true, type: 'directed' })
  const tall = tallOf(element, laid)
  for (const [at, { x, y }] of laid.places.entries()) graph.addNode(String(at), { x, y: -y * tall, at })
  for (const [at, { from, to }] of picture.hops.entries())
    graph.addDirectedEdgeWithKey(at, String(from), String(to), {})

  const all = picture.things.length <= NAMED
  let size = LARGEST
  let room = laid.step
  const sigma = new Sigma<Node>(graph, element, {
    allowInvalidContainer: true,
    defaultNodeType: 'kind',
    defaultEdgeType: 'hop',
    nodeProgramClasses: { kind: KindProgram as never },
    edgeProgramClasses: { hop: HopProgram as never },
    labelRenderedSizeThreshold: READABLE,
    labelDensity: 0.6,
    labelGridCellSize: 140,
    stagePadding: PADDING,
    zIndex: true,
    zoomToSizeRatioFunction: () => 1,
    minCameraRatio: 0.02,
    maxCameraRatio: 3,
    doubleClickZoomingRatio: 1,
    zoomDuration: 0,
    inertiaDuration: 0,
    defaultDrawNodeLabel: (context, data) => drawLabel(context, data as never, colours, room),
    defaultDrawNodeHover: () => {},
    nodeReducer: (_, { at, x, y }) => {
      const thing = picture.things[at]!
      const place = shown.pinned.get(thing.key)
      const put = onPath.has(at) || shown.chosen === at
      const dim = near !== null && !near.has(at)
      return {
        ...(place ? { x: place.x, y: -place.y * tall } : { x, y }),
        size,
        kind: thing.kind,
        choke: thing.choke ?? false,
        fill: shown.chosen === at ? colours.accent : colours.sheet,
        color: dim
          ? colours.rule
          : put
            ? colours.accent
            : thing.sensitive
              ? colours.critical
              : thing.kind === null
                ? colours.unknown
                : colours.node,
        label: plainName(thing.name),
        forceLabel: all || put || thing.choke === true || near?.has(at) === true,
        hidden: shown.hidden.has(at),
        zIndex: put ? 1 : 0,
      }
    },
    edgeReducer: (edge) => {
      const at = Number(edge)
      const hop = picture.hops[at]!
      const on = shown.path.has(at)
      const dim = near !== null && !(near.has(hop.from) && near.has(hop.to))
      return {
        size: on ? 2.5 : 1.2,
        unknown: hop.unknown ?? false,
        color: dim ? colours.rule : on ? colours.accent : hop.unknown ? colours.unknown : colours.hop,
        hidden: shown.hidden.has(hop.from) || shown.hidden.has(hop.to),
        zIndex: on ? 1 : 0,
      }
    },
  })

  sigma.on('clickNode', ({ node }) => told.choose(Number(node)))
  sigma.on('clickStage', () => told.choose(null))
  sigma.on('doubleClickNode', ({ node, event }) => {
    event.preventSigmaDefault()
    told.expand(Number(node))
  })
  sigma.on('enterNode', ({ node }) => {
    near = new Set([Number(node), ...graph.neighbors(node).map(Number)])
    element.style.cursor = 'pointer'
    sigma.refresh({ skipIndexation: true })
  })
  sigma.on('leaveNode', () => {
    near = null
    element.style.cursor = ''
    sigma.refresh({ skipIndexation: true })
  })
  takeByHand(sigma, (node, { x, y }) => told.pin(picture.things[node]!.key, { x, y: y / tall }))
  const unheard = leaveThePageItsWheel(element)
  let paint = 0
  sigma.on('beforeRender', () => {
    room = roomOf(sigma, laid, all)
  })
  sigma.on('afterRender', () => {
    paint ||= performance.now() - begun
    headingsAbove(sigma, headings, laid)
    fit()
  })
  // Nearer, things are larger; names are written once there is room.
  const fit = () => {
    const fitting = Math.min(
      LARGEST,
      Math.max(SMALLEST, 0.3 * Math.min(pixels(sigma, 0, laid.row * tall), pixels(sigma, laid.step, 0))),
    )
    if (Math.abs(fitting - size) < 0.5) return
    size = fitting
    sigma.scheduleRefresh()
  }
  const camera = sigma.getCamera()
  return {
    show(next) {
      shown = next
      onPath = pathThings(picture, next)
      sigma.refresh()
    },
    recolour() {
      colours = coloursAt(element)
      sigma.refresh({ skipIndexation: true })
    },
    zoom(by) {
      if (by === 'all') camera.setState({ x: 0.5, y: 0.5, ratio: 1 })
      else camera.setState({ ratio: camera.ratio * (by === 'in' ? 1 / 1.5 : 1.5) })
    },
    pan: (x, y) => camera.setState({ x: camera.x + x * camera.ratio, y: camera.y + y * camera.ratio }),
    get took() {
      return { layout, paint }
    },
    end() {
      unheard()
      sigma.kill()
    },
  }
}

/** How far rows are drawn apart, for one that they are from column to column: as far as the frame has room, and no farther than is read together. */
function tallOf({ clientWidth, clientHeight }: HTMLElement, { width, height, row }: LaidOut): number {
  if (width === 0 || height === 0) return 1
  const across = (clientWidth - 2 * PADDING) / width
  const down = Math.min(FARTHEST / row, (clientHeight - 2 * PADDING) / height)
  return across > 0 && down > 0 ? down / across : 1
}

/** A thing that is dragged stays where it is let go. */
function takeByHand(sigma: Sigma<Node>, put: (node: number, place: Place) => void): void {
  let held: string | null = null
  let moved = false
  sigma.on('downNode', ({ node }) => {
    held = node
    moved = false
  })
  sigma.on('moveBody', ({ event }) => {
    if (held === null) return
    const { x, y } = sigma.viewportToGraph(event)
    moved = true
    put(Number(held), { x, y: -y })
    event.preventSigmaDefault()
    event.original.preventDefault()
  })
  const letGo = () => {
    held = null
  }
  sigma.on('upNode', ({ event }) => {
    if (moved) event.preventSigmaDefault()
    letGo()
  })
  sigma.on('upStage', letGo)
}

/** The wheel scrolls the page, and with a key held it zooms, as in maps. */
function leaveThePageItsWheel(element: HTMLElement): () => void {
  const wheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation()
  }
  element.addEventListener('wheel', wheel, { capture: true, passive: true })
  return () => element.removeEventListener('wheel', wheel, { capture: true })
}

/** The length of a step of the picture on the screen. */
function pixels(sigma: Sigma<Node>, x: number, y: number): number {
  const [a, b] = [sigma.graphToViewport({ x: 0, y: 0 }), sigma.graphToViewport({ x, y })]
  return Math.hypot(b.x - a.x, b.y - a.y)
}

/** Pixels that a name may take: from column to column. */
const roomOf = (sigma: Sigma<Node>, { step }: LaidOut, all: boolean): number =>
  Math.max(all ? 56 : 40, pixels(sigma, step, 0) - 8)

function drawLabel(
  context: CanvasRenderingContext2D,
  { x, y, size, label, kind }: NodeDisplayData & { kind: string | null },
  colours: Colours,
  room: number,
): void {
  if (!label) return
  context.font = `400 ${LABEL}px ${colours.font}`
  context.textAlign = 'center'
  const text = fitted(context, label, room)
  const below = y + size + LABEL - 2
  const half = context.measureText(text).width / 2 + 4
  const wide = context.canvas.clientWidth
  const middle = wide > 2 * half ? Math.min(Math.max(x, half), wide - half) : x
  context.lineJoin = 'round'
  context.lineWidth = 4
  context.strokeStyle = colours.sheet
  context.strokeText(text, middle, below)
  context.fillStyle = kind === null ? colours.unknown : colours.ink
  context.fillText(text, middle, below)
}

function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text
  let [few, many] = [3, text.length]
  while (many - few > 1) {
    const middle = (few + many) >> 1
    if (context.measureText(`${text.slice(0, middle)}…`).width <= room) few = middle
    else many = middle
  }
  return `${text.slice(0, few)}…`
}

/** What a column is, above it, wherever it has been moved to. */
function headingsAbove(sigma: Sigma<Node>, headings: HTMLElement, { columns }: LaidOut): void {
  if (headings.childElementCount !== columns.length)
    headings.replaceChildren(
      ...columns.map(({ title }) => {
        const heading = document.createElement('span')
        heading.textContent = title
        return heading
      }),
    )
  for (const [at, { x }] of columns.entries()) {
    const heading = headings.children[at] as HTMLElement
    heading.style.transform = `translateX(${Math.round(sigma.graphToViewport({ x, y: 0 }).x)}px) translateX(-50%)`
  }
}
