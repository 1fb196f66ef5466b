/** One row of a roll, drawn again only when it is another one. */
import { memo } from 'react'
import type { Column } from './roll.tsx'

export interface RowActs {
  stand: (index: number) => void
  toggle: (index: number, range: boolean) => void
}

interface RollRowProps {
  index: number
  /** Undefined while its page is fetched. */
  row: unknown
  name: string
  columns: readonly Column<unknown>[]
  on: boolean
  current: boolean
  acts: React.RefObject<RowActs>
  /** Where rows are as high as what is in them. */
  measure: ((element: Element | null) => void) | undefined
}

export const RollRow = memo(function RollRow({ index, row, name, columns, on, current, acts, measure }: RollRowProps) {
  return (
    <tr
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={on}
      className={current ? 'current' : ''}
      onFocus={() => acts.current.stand(index)}
    >
      <td className="check wide">
        {row !== undefined && (
          <label>
            <input
              type="checkbox"
              checked={on}
              onChange={() => undefined}
              onClick={(event) => acts.current.toggle(index, event.shiftKey)}
              aria-label={`Select ${name.slice(0, 80)}`}
            />
          </label>
        )}
      </td>
      {columns.map((column) => (
        <td key={column.id} className={column.className}>
          {row !== undefined ? (
            column.cell(row)
          ) : column.className === 'name' ? (
            <span className="meta">reading…</span>
          ) : null}
        </td>
      ))}
    </tr>
  )
})
