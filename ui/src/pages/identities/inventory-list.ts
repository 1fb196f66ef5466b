/** The list of the inventory as it was shown: pages of a hundred by position, and what it would gain and lose were it made now. */
import { useQueries, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { answers, forget } from '../../asking.ts'
import { news } from '../../frame/live.ts'
import { ask, Problem } from '../../http.ts'
import type { Inventory, InventoryRow, Kind, ListChanges } from '../../nouns.ts'

const PAGE = 100
/** The most rows that a range may hold beyond those that are here. */
const LONGEST_RANGE = 5_000
const NEWS_EVERY = 2_000

export interface ListQuestion {
  kind: Kind
  q: string
  sort: string
  asOf: string | null
}

export interface List {
  /** The name of the question: another one is another list. */
  name: string
  first: Inventory | undefined
  error: Error | null
  /** What is shown answers the question before: the new answer is on its way. */
  stale: boolean
  row: (index: number) => InventoryRow | undefined
  onWindow: (from: number, until: number) => void
  changes: ListChanges | undefined
  /** Makes the list anew. */
  show: () => void
  /** The keys between two positions, those that were never shown too; null when they are too many to be meant one by one. */
  between: (from: number, until: number) => Promise<string[] | null>
}

export const listPath = ({ kind, q, sort, asOf }: ListQuestion): string =>
  `/v1/entities?${new URLSearchParams({ kind, sort, limit: String(PAGE), ...(q ? { q } : {}), ...(asOf ? { 'as-of': asOf } : {}) })}`

export function useList(question: ListQuestion): List {
  const path = listPath(question)
  // Asked for the first time it is made; asked again, because a row changed, it is the same list with the row as it is now.
  const made = useRef(new Set<string>())
  const first = useQuery<Inventory, Error>({
    queryKey: [path],
    queryFn: async ({ signal }) => {
      const before = made.current.has(path) ? answers.getQueryData<Inventory>([path]) : undefined
      made.current.add(path)
      if (before?.snapshot == null) return ask<Inventory>(path, { signal })
      return ask<Inventory>(pagePath(path, before.snapshot, 0), { signal }).catch((error: unknown) => {
        if (error instanceof Problem && error.code === 'list/gone') return ask<Inventory>(path, { signal })
        throw error
      })
    },
    placeholderData: (before) => before,
  })
  const snapshot = first.data?.snapshot ?? null
  const total = first.data?.total.count ?? 0

  const [pages, setPages] = useState<readonly number[]>([0])
  const onWindow = useCallback((from: number, until: number) => {
    // A page ahead is fetched when seven tenths of this one are behind.
    const [low, high] = [Math.floor(from / PAGE), Math.floor((until + 0.3 * PAGE) / PAGE)]
    setPages((now) =>
      now[0] === low && now.at(-1) === high ? now : Array.from({ length: high - low + 1 }, (_, i) => low + i),
    )
  }, [])
  const show = useCallback(() => {
    made.current.delete(path)
    void forget(path, '/v1/facets', '/v1/counts')
  }, [path])
  const further = pages.filter((page) => page > 0 && page * PAGE < total)
  const fetched = useQueries({
    queries: further.map((page) => ({
      queryKey: [pagePath(path, snapshot, page)],
      staleTime: 60_000,
      refetchOnWindowFocus: false,
    })),
  })
  const here = new Map<number, Inventory | undefined>(
    further.map((page, at) => [page, fetched[at]?.data as Inventory | undefined]),
  )
  here.set(0, first.data)
  const gone = fetched.some(({ error }) => error instanceof Problem && error.code === 'list/gone')
  useEffect(() => {
    if (gone) show()
  }, [gone, show])

  const changes = useChanges(path, snapshot)
  return {
    name: path,
    first: first.data,
    error: first.error ?? fetched.find(({ error }) => error !== null && !gone)?.error ?? null,
    stale: first.isPlaceholderData,
    row: (index) => {
      const page = Math.floor(index / PAGE)
      const data = here.get(page) ?? answers.getQueryData<Inventory>([pagePath(path, snapshot, page)])
      return data?.rows[index - page * PAGE]
    },
    onWindow,
    changes,
    show,
    between: async (from, until) => {
      if (until - from >= LONGEST_RANGE) return null
      const numbers = Array.from(
        { length: Math.floor(until / PAGE) - Math.floor(from / PAGE) + 1 },
        (_, i) => Math.floor(from / PAGE) + i,
      )
      const found = await Promise.all(
        numbers.map((page) =>
          page === 0 && first.data
            ? first.data
            : answers.fetchQuery<Inventory>({ queryKey: [pagePath(path, snapshot, page)], staleTime: 60_000 }),
        ),
      )
      return found
        .flatMap(({ rows, position }) => rows.map((row, i) => ({ key: row.key, at: position + i })))
        .flatMap(({ key, at }) => (at >= from && at <= until ? [key] : []))
    },
  }
}

/** Of a list that is now, its snapshot's; an earlier day does not change. */
const pagePath = (path: string, snapshot: string | null, page: number): string =>
  snapshot === null ? `${path}&position=${page * PAGE}` : `/v1/lists/${snapshot}?position=${page * PAGE}&limit=${PAGE}`

/** Asked once something was heard of; rows that are shown are read again where they stand. */
function useChanges(path: string, snapshot: string | null): ListChanges | undefined {
  const [heard, setHeard] = useState<string | null>(null)
  const changes = useQuery<ListChanges, Error>({
    queryKey: [`/v1/lists/${snapshot}/changes`],
    enabled: heard !== null && heard === snapshot,
    refetchInterval: ({ state }) => (state.data?.settled === false ? NEWS_EVERY : false),
  })
  useEffect(() => {
    if (snapshot === null) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const hear = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        setHeard(snapshot)
        void forget(path, `/v1/lists/${snapshot}`, '/v1/counts')
      }, NEWS_EVERY)
    }
    news.addEventListener('estate', hear)
    return () => {
      clearTimeout(timer)
      news.removeEventListener('estate', hear)
    }
  }, [path, snapshot])
  return changes.data
}
