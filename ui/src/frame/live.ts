/** What happens on the server meanwhile: the answers it touches are asked again, at most once a second. */
import { useEffect } from 'react'
import { forget } from '../asking.ts'

/** Rows of the inventory are left alone: it says that there is news and waits to be asked. */
const TOUCHED: Record<string, readonly string[]> = {
  run: ['/v1/frame', '/v1/first-run', '/v1/connections', '/v1/runs'],
  estate: ['/v1/frame', '/v1/overview', '/v1/findings', '/v1/expiry'],
}

export const news = new EventTarget()

export function useLiveChanges(on: boolean): void {
  useEffect(() => {
    if (!on || typeof EventSource === 'undefined') return
    const source = new EventSource('/v1/events')
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
    for (const name of Object.keys(TOUCHED)) source.addEventListener(name, heard)
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [on])
}
