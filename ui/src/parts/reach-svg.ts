/** A reach picture as a document of SVG: to keep, and where a browser paints no WebGL. Names go in as text alone. */
import { type LaidOut, layOut, type Place } from './reach-layout.ts'
import { type Picture, pathThings, plainName, type Shown } from './reach-picture.ts'
import { type Colours, SHAPES } from './reach-shapes.ts'

const SVG = 'http://www.w3.org/2000/svg'
const EDGE = 80
const RADIUS = 20

type Words = Record<string, string | number>
const part = (name: string, words: Words, ...inside: (Node | string)[]): SVGElement => {
  const element = document.createElementNS(SVG, name)
  for (const [word, value] of Object.entries(words)) element.setAttribute(word, String(value))
  element.append(...inside)
  return element
}

export function svgOf(picture: Picture, shown: Shown, colours: Colours, title: string): SVGSVGElement {
  const laid = layOut(picture.things, picture.hops)
  const placeOf = (at: number): Place => shown.pinned.get(picture.things[at]!.key) ?? laid.places[at]!
  const onPath = pathThings(picture, shown)
  const seen = picture.things.flatMap((_, at) => (shown.hidden.has(at) ? [] : [at]))
  const [left, top, right, bottom] = boundsOf(laid, seen.map(placeOf))
  const width = right - left + 2 * EDGE
  const height = bottom - top + 2 * EDGE
  const root = part(
    'svg',
    {
      xmlns: SVG,
      viewBox: `${left - EDGE} ${top - EDGE} ${width} ${height}`,
      width: Math.round(width),
      height: Math.round(height),
      role: 'img',
      'font-family': colours.font,
      'font-size': 12,
    },
    part('title', {}, title),
    part('rect', { x: left - EDGE, y: top - EDGE, width, height, fill: colours.sheet }),
    ...laid.columns.map((column) =>
      part(
        'text',
        { x: column.x, y: top - 48, 'text-anchor': 'middle', fill: colours.quiet, 'font-weight': 600 },
        column.title,
      ),
    ),
    ...picture.hops.flatMap((hop, at) =>
      shown.hidden.has(hop.from) || shown.hidden.has(hop.to)
        ? []
        : hopOf(placeOf(hop.from), placeOf(hop.to), {
            colour: shown.path.has(at) ? colours.accent : hop.unknown ? colours.unknown : colours.hop,
            thick: shown.path.has(at) ? 2.5 : 1.2,
            dashed: hop.unknown === true,
          }),
    ),
    ...seen.map((at) => {
      const thing = picture.things[at]!
      const put = onPath.has(at) || shown.chosen === at
      const colour = put
        ? colours.accent
        : thing.sensitive
          ? colours.critical
          : thing.kind === null
            ? colours.unknown
            : colours.node
      const { x, y } = placeOf(at)
      const shape = { d: SHAPES[thing.kind ?? 'none'], stroke: colour, 'stroke-width': 1.5 }
      return part(
        'g',
        { transform: `translate(${x} ${y})` },
        part('path', { ...shape, fill: colours.sheet, ...(thing.kind === null ? { 'stroke-dasharray': '4 3' } : {}) }),
        ...(thing.choke ? [part('path', { ...shape, fill: 'none', transform: 'scale(1.350)' })] : []),
        part('text', { y: 34, 'text-anchor': 'middle', fill: colours.ink }, plainName(thing.name, 24)),
        ...(thing.type
          ? [
              part(
                'text',
                { y: 48, 'text-anchor': 'middle', fill: colours.quiet, 'font-size': 11 },
                plainName(thing.type.replaceAll('_', ' '), 24),
              ),
            ]
          : []),
      )
    }),
  )
  return root as SVGSVGElement
}

function boundsOf({ width, height }: LaidOut, places: readonly Place[]): [number, number, number, number] {
  let [left, top, right, bottom] = [0, 0, width, height]
  for (const { x, y } of places) {
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return [left, top, right, bottom]
}

/** A line from rim to rim with its head. */
function hopOf(from: Place, to: Place, { colour, thick, dashed }: { colour: string; thick: number; dashed: boolean }) {
  const long = Math.hypot(to.x - from.x, to.y - from.y)
  if (long < 2 * RADIUS) return []
  const [x, y] = [(to.x - from.x) / long, (to.y - from.y) / long]
  const at = (along: number, aside = 0) =>
    `${(from.x + x * along - y * aside).toFixed(1)} ${(from.y + y * along + x * aside).toFixed(1)}`
  const end = long - RADIUS
  return [
    part('path', {
      d: `M${at(RADIUS)}L${at(end - 5)}`,
      stroke: colour,
      'stroke-width': thick,
      fill: 'none',
      ...(dashed ? { 'stroke-dasharray': '4 3' } : {}),
    }),
    part('path', { d: `M${at(end)}L${at(end - 7, 3.5)}L${at(end - 7, -3.5)}Z`, fill: colour }),
  ]
}
