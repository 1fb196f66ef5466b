/** One step each way: a picture for the eye, and beside it the same as a list, which is all that is needed. */
import type { Neighbourhood as Around } from '../nouns.ts'
import { count } from '../words.ts'
import { EntityLink } from './entity-link.tsx'
import { KindIcon } from './kind-icon.tsx'
import { Mark } from './mark.tsx'
import { cut } from './name.tsx'
import './neighbourhood.css'

const ROW = 34
const MOST = 40

type Node = Around['nodes'][number]

export function NeighbourList({ of, self }: { of: Around; self: string }) {
  const named = new Map(of.nodes.map((node) => [node.key, node]))
  const ref = (key: string) =>
    named.get(key) ?? {
      key,
      kind: null,
      type: null,
      name: key,
      gone: null,
      mark: 'not-judged' as const,
      side: 'out' as const,
    }
  return (
    <ul className="hops">
      {of.edges.map((edge) => {
        const other = ref(edge.from === self ? edge.to : edge.from)
        return (
          <li key={`${edge.from} ${edge.verb} ${edge.to}`}>
            <Mark of={other.mark} />
            <span>
              {edge.from === self ? (
                <span className="quiet">{edge.verb.replace('-', ' ')} </span>
              ) : (
                <>
                  <EntityLink of={ref(edge.from)} /> <span className="quiet">{edge.verb.replace('-', ' ')}</span>{' '}
                </>
              )}
              {edge.to === self ? <span className="quiet">this</span> : <EntityLink of={ref(edge.to)} />}
              {edge.note && <span className="sub">{cut(edge.note, 200)}</span>}
            </span>
          </li>
        )
      })}
      {of.more > 0 && (
        <li>
          <span />
          <span className="meta">{count(of.more)} more neighbours are not drawn.</span>
        </li>
      )}
    </ul>
  )
}

/** Columns by side, at most forty nodes, settled before it is shown. Shape is the kind; dashed is not described. */
function Picture({ of }: { of: Around }) {
  const sides = {
    in: of.nodes.filter((node) => node.side === 'in'),
    self: of.nodes.filter((node) => node.side === 'self'),
    out: of.nodes.filter((node) => node.side === 'out'),
  }
  const height = Math.max(96, Math.max(sides.in.length, sides.out.length) * ROW + 24)
  const place = new Map<string, [number, number]>()
  const columns: [Node[], number][] = [
    [sides.in, 260],
    [sides.self, 390],
    [sides.out, 520],
  ]
  for (const [nodes, x] of columns)
    for (const [i, node] of nodes.entries()) place.set(node.key, [x, height / 2 + (i - (nodes.length - 1) / 2) * ROW])
  return (
    <svg
      className="graph"
      viewBox={`0 0 780 ${height}`}
      role="img"
      aria-label={`${sides.in.length} things lead to it and it leads to ${sides.out.length}; the list beside names them`}
    >
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M1 1 7 4 1 7" fill="none" stroke="var(--control)" strokeWidth="1.300" />
        </marker>
      </defs>
      {of.edges.map((edge) => {
        const [a, b] = [place.get(edge.from), place.get(edge.to)]
        if (!a || !b || a[0] === b[0]) return null
        const way = Math.sign(b[0] - a[0])
        const [x0, x1] = [a[0] + 16 * way, b[0] - 17 * way]
        return (
          <path
            key={`${edge.from} ${edge.verb} ${edge.to}`}
            className="edge"
            markerEnd="url(#arrow)"
            d={`M${x0} ${a[1]}C${x0 + 60 * way} ${a[1]} ${x1 - 60 * way} ${b[1]} ${x1} ${b[1]}`}
          />
        )
      })}
      {of.nodes.map((node) => {
        const at = place.get(node.key)
        if (!at) return null
        const bad = node.mark === 'critical' || node.mark === 'high'
        return (
          <g
            key={node.key}
            transform={`translate(${at[0]} ${at[1]})`}
            color={node.side === 'self' ? 'var(--accent)' : bad ? `var(--${node.mark})` : 'var(--ink-2)'}
          >
            <g transform="translate(-12 -12)">
              <rect width="24" height="24" fill="var(--sheet)" />
              <KindIcon kind={node.kind} type={node.type} size={24} />
            </g>
            <text
              x={node.side === 'in' ? -18 : node.side === 'out' ? 18 : 0}
              y={node.side === 'self' ? 28 : 4}
              textAnchor={node.side === 'in' ? 'end' : node.side === 'out' ? 'start' : 'middle'}
            >
              {cut(node.name, 34)}
            </text>
          </g>
        )
      })}
    </svg>
  )
}

export function Neighbourhood({ of, self }: { of: Around; self: string }) {
  if (of.edges.length === 0) return <p className="empty quiet">Nothing we read leads to it or away from it.</p>
  const drawn = of.nodes.length <= MOST
  return (
    <div className="around">
      {drawn && <Picture of={of} />}
      <NeighbourList of={of} self={self} />
    </div>
  )
}
