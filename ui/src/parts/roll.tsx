/**
 * The table of 200,000: a window of about thirty rows over as many as there are, ordered and filtered by the server. Rows are
 * pages by position, so the scrollbar jumps; nothing moves under the hand.
 */
import { type Range, useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useKeys } from '../frame/keys.ts'
import { RollHead, tracksOf } from './roll-head.tsx'
import { RollRow, type RowActs } from './roll-row.tsx'
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

/** What is chosen: a row by its key, a range by two positions, which may hold rows that were never fetched. */
export interface Selecting {
  has: (key: string) => boolean
  none: boolean
  set: (keys: readonly string[], on: boolean) => void
  range: (from: number, to: number, on: boolean) => void
  clear: () => void
}

interface RollProps<Row> {
  label: string
  /** Another list begins at its top, with nothing stood on. */
  name?: string
  columns: readonly Column<Row>[]
  total: number
  row: (index: number) => Row | undefined
  keyOf: (row: Row) => string
  nameOf: (row: Row) => string
  /** The rows that are looked at, so that their pages can be fetched. */
  onWindow: (from: number, to: number) => void
  sort: string
  onSort: (sort: string) => void
  /** A column was drawn wider or narrower, in pixels. */
  onWidth?: (column: string, width: number) => void
  open: (row: Row) => void
  peek: (row: Row | null) => void
  peeking: boolean
  selecting: Selecting
  /** Further single keys for the row the cursor is on. */
  keys?: Record<string, (row: Row) => void>
}

/** How far down the list of each address was left. Back comes to where one was. */
const left = new Map<string, number>()
let back = false
window.addEventListener('popstate', () => {
  back = true
  setTimeout(() => {
    back = false
  }, 1_000)
})

function usePlaceKept(): void {
  useLayoutEffect(() => {
    const { href } = window.location
    const place = back ? left.get(href) : undefined
    // The page is put to its top when it is shown; after that it goes to where it was.
    const frame = place === undefined ? 0 : requestAnimationFrame(() => window.scrollTo(0, place))
    return () => {
      cancelAnimationFrame(frame)
      left.set(href, window.scrollY)
    }
  }, [])
}

const STEP = 8

/** Rows come and go a block at a time, so that most frames of a scroll change nothing in the page. */
function inSteps({ startIndex, endIndex, count }: Range): number[] {
  const from = Math.max(0, (Math.floor(startIndex / STEP) - 1) * STEP)
  const to = Math.min(count, (Math.floor(endIndex / STEP) + 2) * STEP)
  return Array.from({ length: to - from }, (_, i) => from + i)
}

interface Measures {
  top: number
  height: number
  narrow: boolean
}

/** The height of rows and where the first begins: read from the page when it is laid out anew, never while it scrolls. */
function useMeasures(table: React.RefObject<HTMLTableElement | null>): Measures {
  const [measures, setMeasures] = useState<Measures>({ top: 0, height: 44, narrow: false })
  useLayoutEffect(() => {
    const measure = () => {
      const style = getComputedStyle(document.documentElement)
      const rem = Number.parseFloat(style.fontSize) / 16
      const narrow = window.matchMedia('(max-width: 760px)').matches
      const height = narrow ? 76 * rem : Math.max(Number.parseFloat(style.getPropertyValue('--row')), 36 * rem)
      const top = table.current!.getBoundingClientRect().top + window.scrollY + 34
      setMeasures((was) =>
        was.top === top && was.height === height && was.narrow === narrow ? was : { top, height, narrow },
      )
    }
    measure()
    const watch = new ResizeObserver(measure)
    watch.observe(document.body)
    window.addEventListener('resize', measure)
    return () => {
      watch.disconnect()
      window.removeEventListener('resize', measure)
    }
  }, [table])
  return measures
}

export function Roll<Row>(props: RollProps<Row>) {
  const { columns, total, row, keyOf, onWindow, selecting } = props
  const table = useRef<HTMLTableElement>(null)
  const { top, height, narrow } = useMeasures(table)
  usePlaceKept()
  const [current, setCurrent] = useState(-1)
  const anchor = useRef(-1)
  const virtual = useWindowVirtualizer({
    count: total,
    estimateSize: () => height,
    rangeExtractor: inSteps,
    scrollMargin: top,
    scrollPaddingStart: 44,
    scrollPaddingEnd: 80,
    useFlushSync: false,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height lie elsewhere
  useLayoutEffect(() => virtual.measure(), [height])
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
  const withHere = (act: (row: Row) => void) => () => {
    const at = cursor.current >= 0 ? row(cursor.current) : undefined
    if (!at) return false
    act(at)
    return true
  }
  const toggle = (index: number, range: boolean) => {
    const at = row(index)
    if (!at) return
    const on = !selecting.has(keyOf(at))
    if (range && anchor.current >= 0 && anchor.current !== index)
      selecting.range(Math.min(anchor.current, index), Math.max(anchor.current, index), on)
    else selecting.set([keyOf(at)], on)
    anchor.current = index
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list
  useEffect(() => {
    if (cursor.current >= 0) stand(-1)
    anchor.current = -1
    if (window.scrollY > top) window.scrollTo(0, 0)
  }, [props.name])
  // Rows are drawn again only when they change, so that what they call is the same thing always.
  const acts = useRef<RowActs>({ stand, toggle })
  acts.current = { stand, toggle }

  const onControl = (event: KeyboardEvent) =>
    event.target instanceof HTMLElement && event.target.matches('a, button, input')
  const step = (by: number) => (event: KeyboardEvent) =>
    cursor.current < 0 || (onControl(event) && !table.current?.contains(event.target as Node))
      ? false
      : focusRow(cursor.current + by)
  useKeys({
    j: () => focusRow(cursor.current + 1),
    k: () => focusRow(cursor.current - 1),
    arrowdown: step(1),
    arrowup: step(-1),
    enter: (event) => (onControl(event) ? false : withHere(props.open)()),
    space: (event) =>
      event.target instanceof HTMLElement && event.target.matches('button, input, summary')
        ? false
        : withHere(props.peek)(),
    x: () => (cursor.current < 0 ? false : toggle(cursor.current, false)),
    'shift x': () => (cursor.current < 0 ? false : toggle(cursor.current, true)),
    escape: () => {
      if (props.peeking) props.peek(null)
      else if (!selecting.none) selecting.clear()
      else return false
      return true
    },
    ...Object.fromEntries(Object.entries(props.keys ?? {}).map(([key, act]) => [key, withHere(act)])),
  })

  const before = items.length > 0 ? items[0]!.start - top : 0
  const after = items.length > 0 ? virtual.getTotalSize() - (items.at(-1)!.end - top) : 0
  const blocks = Map.groupBy(items, ({ index }) => Math.floor(index / STEP))
  return (
    <table
      className="roll"
      ref={table}
      aria-label={props.label}
      aria-rowcount={total + 1}
      style={{ '--columns': tracksOf(columns) } as React.CSSProperties}
    >
      <RollHead columns={columns} table={table} sort={props.sort} onSort={props.onSort} onWidth={props.onWidth} />
      <tbody className="space" style={{ height: before }} />
      {[...blocks].map(([block, rows]) => (
        <tbody key={block} className="block">
          {rows.map(({ index }) => {
            const at = row(index)
            return (
              <RollRow
                key={index}
                index={index}
                row={at}
                name={at === undefined ? '' : props.nameOf(at)}
                columns={columns as readonly Column<unknown>[]}
                on={at !== undefined && selecting.has(keyOf(at))}
                current={index === current}
                acts={acts}
                measure={narrow ? virtual.measureElement : undefined}
              />
            )
          })}
        </tbody>
      ))}
      <tbody className="space" style={{ height: after }} />
    </table>
  )
}
