/** What is chosen in a list: rows by key, or all that match but some, as the list was when it was shown. */
import { useCallback, useMemo, useState } from 'react'
import { tell } from '../../frame/toasts.tsx'
import { sentenceOf } from '../../http.ts'
import type { Selecting } from '../../parts/roll.tsx'
import { count } from '../../words.ts'
import type { List } from './inventory-list.ts'

const MOST = 5_000

export interface Selection {
  selecting: Selecting
  size: number
  /** All that match, but the ones taken out again. */
  all: boolean
  chooseAll: () => void
  /** For the server: keys, or the list as it was shown. */
  chosen: () => { keys: string[] } | { list: string; except: string[] }
}

interface Chosen {
  name: string
  /** The list all of which is meant, but the keys: as it was shown, not as it is made anew. */
  all: string | null
  keys: ReadonlySet<string>
}

const nothing = (name: string): Chosen => ({ name, all: null, keys: NONE })

export function useSelection(list: List): Selection {
  const [state, setState] = useState<Chosen>(() => nothing(list.name))
  const shown = list.first?.snapshot ?? null
  // Another question lets go of what was chosen under the one before; so does another list of what was all.
  const holds = state.name === list.name && (state.all === null || state.all === shown)
  const isAll = holds && state.all !== null
  const here = holds ? state.keys : NONE
  const total = list.first?.total.count ?? 0
  const set = useCallback(
    (rows: readonly string[], on: boolean) =>
      setState((was) => {
        const base = was.name === list.name && (was.all === null || was.all === shown) ? was : nothing(list.name)
        const next = new Set(base.keys)
        for (const key of rows) next[on === (base.all !== null) ? 'delete' : 'add'](key)
        if (next.size > MOST) {
          tell(`At most ${count(MOST)} rows are chosen one by one; choose all that match instead.`)
          return was
        }
        return { ...base, keys: next }
      }),
    [list.name, shown],
  )
  const selecting = useMemo<Selecting>(
    () => ({
      has: (key) => here.has(key) !== isAll,
      none: !isAll && here.size === 0,
      set,
      range: (from, to, on) => {
        list.between(from, to).then(
          (found) =>
            found === null
              ? tell(`At most ${count(MOST)} rows are chosen one by one; choose all that match instead.`)
              : set(found, on),
          (error: unknown) => tell(sentenceOf(error)),
        )
      },
      clear: () => setState(nothing(list.name)),
    }),
    [here, isAll, set, list],
  )
  return {
    selecting,
    size: isAll ? total - here.size : here.size,
    all: isAll,
    chooseAll: () => setState({ name: list.name, all: shown, keys: NONE }),
    chosen: () =>
      isAll && list.first?.snapshot != null ? { list: list.first.snapshot, except: [...here] } : { keys: [...here] },
  }
}

const NONE: ReadonlySet<string> = new Set()
