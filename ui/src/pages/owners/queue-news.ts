/** Whether the queue has become another one since it was shown. Its lines are left where they are: it waits to be asked. */
import { useEffect, useState } from 'react'
import { news } from '../../frame/live.ts'
import { ask } from '../../http.ts'
import type { OwnersQueue } from '../../nouns.ts'

/** Milliseconds: what is read and judged comes in several strokes. */
const BREATH = 800

/** What a line is about, and what can be done with it. */
const face = ({ total, rows }: OwnersQueue): string =>
  JSON.stringify([total, rows.map(({ entity, state, suggestion }) => [entity.key, state, suggestion?.person.key])])

/** `shownAt`: when the shown one came, as a browser counts milliseconds. */
export function useQueueNews(question: string, shown: OwnersQueue | undefined, shownAt: number): boolean {
  const [now, setNow] = useState<{ question: string; face: string; at: number } | null>(null)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const hear = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        const at = Date.now()
        // What cannot be asked now is asked at the next news.
        ask<OwnersQueue>(question).then(
          (page) => setNow({ question, face: face(page), at }),
          () => undefined,
        )
      }, BREATH)
    }
    news.addEventListener('estate', hear)
    return () => {
      clearTimeout(timer)
      news.removeEventListener('estate', hear)
    }
  }, [question])
  return shown !== undefined && now?.question === question && now.at > shownAt && now.face !== face(shown)
}
