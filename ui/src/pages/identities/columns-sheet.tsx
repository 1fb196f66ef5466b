/** Columns of the inventory: which, in which order, how wide. All of it by keyboard; the address says what was chosen. */

import type { Kind } from '../../nouns.ts'
import { Icon } from '../../parts/icon.tsx'
import { Layer } from '../../parts/layer.tsx'
import { type Chosen, columnsFor } from './column-choice.ts'
import { columnTitle } from './columns.tsx'

const STEP = 40
const LEAST = 60
const MOST = 900
/** What a width begins from where the column has none of its own. */
const USUAL = 160

export function ColumnsSheet({
  kind,
  chosen,
  choose,
  close,
}: {
  kind: Kind
  chosen: readonly Chosen[]
  choose: (columns: readonly Chosen[] | null) => void
  close: () => void
}) {
  const rest = columnsFor(kind).filter((id) => !chosen.some((one) => one.id === id))
  const move = (at: number, by: number) => {
    const next = [...chosen]
    next.splice(at + by, 0, ...next.splice(at, 1))
    choose(next)
  }
  const widen = (at: number, by: number) =>
    choose(
      chosen.map((one, i) =>
        i === at ? { ...one, width: Math.min(MOST, Math.max(LEAST, (one.width ?? USUAL) + by)) } : one,
      ),
    )
  return (
    <Layer title="Columns" side close={close}>
      <p className="quiet">They are part of the address, and of a view that is saved with it.</p>
      <ul className="columns-list">
        {chosen.map(({ id, width }, at) => {
          const title = columnTitle(id, kind)
          return (
            <li key={id}>
              <label className="row">
                <input
                  type="checkbox"
                  checked
                  disabled={id === 'name'}
                  onChange={() => choose(chosen.filter((one) => one.id !== id))}
                />
                {title}
              </label>
              <span className="meta push">{width === null ? '' : `${width} px`}</span>
              {id !== 'verdict' && (
                <>
                  <Press says={`${title}: narrower`} act={() => widen(at, -STEP)}>
                    −
                  </Press>
                  <Press says={`${title}: wider`} act={() => widen(at, STEP)}>
                    +
                  </Press>
                </>
              )}
              <Press says={`${title}: further left`} act={() => move(at, -1)} off={at === 0}>
                <Turned by={-90} />
              </Press>
              <Press says={`${title}: further right`} act={() => move(at, 1)} off={at === chosen.length - 1}>
                <Turned by={90} />
              </Press>
            </li>
          )
        })}
        {rest.map((id) => (
          <li key={id}>
            <label className="row">
              <input type="checkbox" checked={false} onChange={() => choose([...chosen, { id, width: null }])} />
              {columnTitle(id, kind)}
            </label>
          </li>
        ))}
      </ul>
      <div className="acts">
        <button type="button" className="button" onClick={() => choose(null)}>
          Those of the kind
        </button>
      </div>
    </Layer>
  )
}

const Press = ({
  says,
  act,
  off = false,
  children,
}: {
  says: string
  act: () => void
  off?: boolean
  children: React.ReactNode
}) => (
  <button type="button" className="icon-button" aria-label={says} title={says} disabled={off} onClick={act}>
    {children}
  </button>
)

const Turned = ({ by }: { by: number }) => (
  <span style={{ display: 'grid', transform: `rotate(${by}deg)` }}>
    <Icon name="next" />
  </span>
)
