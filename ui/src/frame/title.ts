import { useEffect } from 'react'
import { windowTitle } from '../words.ts'

/** The title of the window; undefined while it is not known yet. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title !== undefined) document.title = windowTitle(title)
  }, [title])
}
