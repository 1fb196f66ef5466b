/**
 * The table of 200,000: a window of about thirty rows over as many as there are, ordered and filtered by the server. Rows are
 * pages by position, so the scrollbar jumps; nothing moves under the hand.
 */
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useKeys } from '../frame/keys.ts'
import { Icon } from './icon.tsx'
import './roll.css'

export interface Column<Row> {
  id: string
  title: string
  /** The order the server knows it by; with `descends`, the first press shows the greatest first. */
  sort?: string
  descends?: boolean
  className?: string
  width?: string
  cell: (row: Row) => React.ReactNode
}

interface RollProps<Row> {
  label: string
  columns: readonly Column<Row>[]
  total: number
  row: (index: number) => Row | undefined
  keyOf: (row: Row) => string
  nameOf: (row: Row) => string
  /** The rows that are looked at, so that their pages can be fetched. */
  onWindow: (from: number, to: number) => void
  sort: string
  onSort: (sort: string) => void
  open: (row: Row) => void
  peek: (row: Row | null) => void
  peeking: boolean
  selected: ReadonlySet<string>
  select: (keys: ReadonlySet<string>) => void
  /** Further single keys for the row the cursor is on. */
  keys?: Record<string, (row: Row) => void>
}

export function Roll<Row>(props: RollProps<Row>) {
  const { columns, total, row, keyOf, onWindow, selected, select } = props
  const table = useRef<HTMLTableElement>(null)
  const [top, setTop] = useState(0)
  const [current, setCurrent] = useState(-1)
  const anchor = useRef(-1)
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
  const narrow = window.matchMedia('(max-width: 760px)').matches
  const height = narrow
    ? 76 * rem
    : Math.max(Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')), 36 * rem)

  useLayoutEffect(() => {
    const measure = () => setTop(table.current!.getBoundingClientRect().top + window.scrollY + 34)
    measure()
    window.addEventListener('resize', measure)
    return () => window.removeEventListener('resize', measure)
  }, [])
  const virtual = useWindowVirtualizer({
    count: total,
    estimateSize: () => height,
    overscan: 8,
    scrollMargin: top,
    scrollPaddingStart: 44,
    scrollPaddingEnd: 80,
  })
  const items = virtual.getVirtualItems()
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0]
  useEffect(() => onWindow(first, last), [first, last, onWindow])

  // Keys come faster than renders: the row they start from is kept outside them.
  const cursor = useRef(-1)
  const stand = (index: number) => {
    cursor.current = index
    setCurrent(index)
  }
  const focusRow = (index: number) => {
    if (total === 0) return
    const next = Math.min(Math.max(index, 0), total - 1)
    stand(next)
    virtual.scrollToIndex(next, { align: 'auto' })
    const there = row(next)
    if (props.peeking && there) props.peek(there)
    const focus = () => {
      if (cursor.current === next)
        table.current?.querySelector<HTMLElement>(`[data-index="${next}"] a`)?.focus({ preventScroll: true })
    }
    requestAnimationFrame(() => requestAnimationFrame(focus))
  }
  const here = () => (cursor.current >= 0 ? row(cursor.current) : undefined)
  const withHere = (act: (row: Row) => void) => () => {
    const at = here()
    if (!at) return false
    act(at)
    return true
  }
  const toggle = (index: number, range: boolean) => {
    const next = new Set(selected)
    const on = !(row(index) && next.has(keyOf(row(index)!)))
    const from = range && anchor.current >= 0 ? anchor.current : index
    for (let i = Math.min(from, index); i <= Math.max(from, index); i++) {
      const at = row(i)
      if (at) next[on ? 'add' : 'delete'](keyOf(at))
    }
    anchor.current = index
    select(next)
  }
  const onControl = (event: KeyboardEvent) =>
    event.target instanceof HTMLElement && event.target.matches('a, button, input')
  useKeys({
    j: () => focusRow(cursor.current + 1),
    k: () => focusRow(cursor.current - 1),
    arrowdown: (event) =>
      onControl(event) && !table.current?.contains(event.target as Node)
        ? false
        : cursor.current < 0
          ? false
          : focusRow(cursor.current + 1),
    arrowup: (event) =>
      onControl(event) && !table.current?.contains(event.target as Node)
        ? false
        : cursor.current < 0
          ? false
          : focusRow(cursor.current - 1),
    enter: (event) => (onControl(event) ? false : withHere(props.open)()),
    space: (event) =>
      event.target instanceof HTMLElement && event.target.matches('button, input, summary')
        ? false
        : withHere(props.peek)(),
    x: () => (cursor.current < 0 ? false : toggle(cursor.current, false)),
    'shift x': () => (cursor.current < 0 ? false : toggle(cursor.current, true)),
    escape: () => {
      if (props.peeking) props.peek(null)
      else if (selected.size > 0) select(new Set())
      else return false
      return true
    },
    ...Object.fromEntries(Object.entries(props.keys ?? {}).map(([key, act]) => [key, withHere(act)])),
  })

  const before = items.length > 0 ? items[0]!.start - top : 0
  const after = items.length > 0 ? virtual.getTotalSize() - (items.at(-1)!.end - top) : 0
  const [by, down] = [props.sort.replace('-', ''), props.sort.startsWith('-')]
  return (
    <table className="roll" ref={table} aria-label={props.label} aria-rowcount={total + 1}>
      <colgroup>
        <col className="wide" style={{ width: 28 }} />
        {columns.map((column) => (
          <col key={column.id} {...(column.width ? { style: { width: column.width } } : {})} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          <th className="check" scope="col">
            <span className="hidden-text">Selected</span>
          </th>
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              className={column.className}
              {...(column.sort
                ? { 'aria-sort': by === column.sort ? (down ? 'descending' : 'ascending') : 'none' }
                : {})}
            >
              {column.sort ? (
                <button
                  type="button"
                  onClick={() =>
                    props.onSort(
                      by === column.sort
                        ? `${down ? '' : '-'}${column.sort}`
                        : `${column.descends ? '-' : ''}${column.sort}`,
                    )
                  }
                >
                  <span className={column.title === 'Verdict' ? 'hidden-text' : ''}>{column.title}</span>
                  {by === column.sort && (
                    <span className={down ? '' : 'up'}>
                      <Icon name="sorted" size={12} />
                    </span>
                  )}
                </button>
              ) : (
                <span className={column.title === 'Verdict' ? 'hidden-text' : ''}>{column.title}</span>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row of nothing, as high as the rows that are not drawn */}
        <tr className="space" aria-hidden="true">
          <td colSpan={columns.length + 1} style={{ height: before }} />
        </tr>
        {items.map(({ index }) => {
          const at = row(index)
          const on = at !== undefined && selected.has(keyOf(at))
          return (
            <tr
              key={index}
              ref={narrow ? virtual.measureElement : undefined}
              data-index={index}
              aria-rowindex={index + 2}
              aria-selected={on}
              className={index === current ? 'current' : ''}
              onFocus={() => stand(index)}
            >
              <td className="check wide">
                {at && (
                  <label>
                    <input
                      type="checkbox"
                      checked={on}
                      onChange={() => undefined}
                      onClick={(event) => toggle(index, event.shiftKey)}
                      aria-label={`Select ${props.nameOf(at).slice(0, 80)}`}
                    />
                  </label>
                )}
              </td>
              {columns.map((column) => (
                <td key={column.id} className={column.className}>
                  {at ? column.cell(at) : column.className === 'name' ? <span className="meta">reading…</span> : null}
                </td>
              ))}
            </tr>
          )
        })}
        {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row of nothing, as high as the rows that are not drawn */}
        <tr className="space" aria-hidden="true">
          <td colSpan={columns.length + 1} style={{ height: after }} />
        </tr>
      </tbody>
    </table>
  )
}
