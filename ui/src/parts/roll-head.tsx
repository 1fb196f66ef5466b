/** The head of a roll: orders by a press, columns drawn wider by their edge. The keyboard does the same in the sheet of columns. */
import { useRef } from 'react'
import { Icon } from './icon.tsx'
import type { Column } from './roll.tsx'

const LEAST = 60
const MOST = 900

/** The columns as tracks of a grid: rows are laid out each for itself, not the whole table for one of them. */
export const tracksOf = <Row,>(columns: readonly Column<Row>[]): string =>
  ['28px', ...columns.map(({ width }) => width ?? 'minmax(0, 1fr)')].join(' ')

interface RollHeadProps<Row> {
  columns: readonly Column<Row>[]
  table: React.RefObject<HTMLTableElement | null>
  sort: string
  onSort: (sort: string) => void
  onWidth: ((column: string, width: number) => void) | undefined
}

export function RollHead<Row>({ columns, table, sort, onSort, onWidth }: RollHeadProps<Row>) {
  const [by, down] = [sort.replace('-', ''), sort.startsWith('-')]
  const next = (column: Column<Row>) =>
    by === column.sort ? `${down ? '' : '-'}${column.sort}` : `${column.descends ? '-' : ''}${column.sort}`
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th className="check" scope="col">
          <span className="hidden-text">Selected</span>
        </th>
        {columns.map((column) => {
          const title = <span className={column.title === 'Verdict' ? 'hidden-text' : ''}>{column.title}</span>
          return (
            <th
              key={column.id}
              scope="col"
              className={column.className}
              {...(column.sort
                ? { 'aria-sort': by === column.sort ? (down ? 'descending' : 'ascending') : 'none' }
                : {})}
            >
              {column.sort ? (
                <button type="button" onClick={() => onSort(next(column))}>
                  {title}
                  {by === column.sort && (
                    <span className={down ? '' : 'up'}>
                      <Icon name="sorted" size={12} />
                    </span>
                  )}
                </button>
              ) : (
                title
              )}
              {onWidth && column.title !== 'Verdict' && (
                <Edge
                  draw={(px) => {
                    const drawn = columns.map((one) => (one === column ? { ...one, width: `${px}px` } : one))
                    table.current!.style.setProperty('--columns', tracksOf(drawn))
                  }}
                  done={(px) => onWidth(column.id, px)}
                />
              )}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

/** The edge of a column. While it is drawn only the table's style changes; the address says it when let go. */
function Edge({ draw, done }: { draw: (width: number) => void; done: (width: number) => void }) {
  const held = useRef<{ x: number; width: number } | null>(null)
  return (
    <span
      className="edge"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.preventDefault()
        event.currentTarget.setPointerCapture(event.pointerId)
        held.current = { x: event.clientX, width: event.currentTarget.parentElement!.getBoundingClientRect().width }
      }}
      onPointerMove={(event) => {
        if (held.current) draw(widthAt(held.current, event.clientX))
      }}
      onPointerUp={(event) => {
        if (held.current && Math.abs(event.clientX - held.current.x) > 2) done(widthAt(held.current, event.clientX))
        held.current = null
      }}
    />
  )
}

const widthAt = ({ x, width }: { x: number; width: number }, now: number): number =>
  Math.round(Math.min(MOST, Math.max(LEAST, width + now - x)))
