/** Something to copy as it stands, and give to whoever runs it. */
import { useState } from 'react'
import { tell } from '../frame/toasts.tsx'
import './copy.css'

export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    tell(`${what} copied.`)
  } catch {
    tell('The browser did not let us copy. Mark the text and copy it by hand.')
  }
}

export function Copy({ text, says }: { text: string; says: string }) {
  const [done, setDone] = useState(false)
  return (
    <div className="copy">
      <div>
        <span>{says}</span>
        <button
          type="button"
          className="button small bare"
          onClick={() => void copyText(text, 'The text is').then(() => setDone(true))}
        >
          {done ? 'Copied' : 'Copy'}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0}>
        <bdi>{text}</bdi>
      </pre>
    </div>
  )
}
