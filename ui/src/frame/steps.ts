import type { RefObject } from 'react'
import { useKeys } from './keys.ts'

/** `j` and `k` go from line to line: the focus moves to the next or the one before of what the selector finds. */
export function useSteps(ref: RefObject<HTMLElement | null>, lines: string): void {
  const step = (by: 1 | -1) => {
    const all = [...(ref.current?.querySelectorAll<HTMLElement>(lines) ?? [])]
    const here = all.indexOf(document.activeElement as HTMLElement)
    all[here < 0 ? (by === 1 ? 0 : all.length - 1) : here + by]?.focus()
  }
  useKeys({ j: () => step(1), k: () => step(-1) })
}
