/** One line that something was done, with the way back where there is one. Said politely to readers of screens. */
import { useSyncExternalStore } from 'react'
import './toasts.css'

interface Toast {
  id: number
  says: string
  undo: (() => void) | undefined
}

let toasts: readonly Toast[] = []
let last = 0
const listeners = new Set<() => void>()
const change = (next: readonly Toast[]) => {
  toasts = next
  for (const listener of listeners) listener()
}

const drop = (id: number) => change(toasts.filter((toast) => toast.id !== id))

/** Shows it for 10 seconds. */
export function tell(says: string, undo?: () => void): void {
  const id = ++last
  change([...toasts.slice(-2), { id, says, undo }])
  setTimeout(() => drop(id), 10_000)
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
  return (
    <div className="toasts" role="status">
      {shown.map(({ id, says, undo }) => (
        <div className="toast" key={id}>
          <span>{says}</span>
          {undo && (
            <button
              type="button"
              onClick={() => {
                drop(id)
                undo()
              }}
            >
              Undo
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
