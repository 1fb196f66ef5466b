/** What happens on the server meanwhile: the answers it touches are asked again, at most once a second. */
import { useEffect } from 'react'
import { forget } from '../asking.ts'

/** Rows of the inventory are left alone: it says that there is news and waits to be asked. */
const TOUCHED: Record<string, readonly string[]> = {
  run: ['/v1/frame', '/v1/first-run', '/v1/connections', '/v1/runs'],
  estate: ['/v1/frame', '/v1/overview', '/v1/findings', '/v1/expiry', '/v1/owners'],
}

export const news = new EventTarget()

export function useLiveChanges(on: boolean): void {
  useEffect(() => {
    if (!on || typeof EventSource === 'undefined') return
    let source: EventSource | undefined
    const waiting = new Set<string>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const heard = (event: Event) => {
      for (const start of TOUCHED[event.type] ?? []) waiting.add(start)
      if (event.type === 'estate') news.dispatchEvent(new Event('estate'))
      timer ??= setTimeout(() => {
        timer = undefined
        void forget(...waiting)
        waiting.clear()
      }, 1000)
    }
    // A browser keeps six connections to one server: a window that nobody looks at gives its own back, and asks anew when seen again.
    const listen = () => {
      source?.close()
      source = undefined
      if (document.visibilityState === 'hidden') return
      source = new EventSource('/v1/events')
      for (const name of Object.keys(TOUCHED)) source.addEventListener(name, heard)
    }
    const turned = () => {
      listen()
      if (source) for (const name of Object.keys(TOUCHED)) heard(new Event(name))
    }
    listen()
    document.addEventListener('visibilitychange', turned)
    return () => {
      document.removeEventListener('visibilitychange', turned)
      clearTimeout(timer)
      source?.close()
    }
  }, [on])
}
