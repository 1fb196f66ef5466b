/** Single keys. Off in inputs, under open layers, and when a person has switched them off (WCAG 2.1.4). */
import { useEffect, useRef } from 'react'
import { likingNow } from '../liking.ts'

type Keys = Record<string, (event: KeyboardEvent) => unknown>

const layers: { current: Keys }[] = []

const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select'))

/** `x`, `shift x`, `space`, `enter`, `arrowdown`, `?`. */
const nameOf = ({ key }: KeyboardEvent): string =>
  key === ' ' ? 'space' : /^[A-Z]$/.test(key) ? `shift ${key.toLowerCase()}` : key.toLowerCase()

/** The place a `g` was pressed at, waiting for its second letter. */
let going = 0

window.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
  if (inField(event.target) || document.querySelector('dialog[open]')) return
  if (!likingNow().keys && event.key.length === 1) return
  let name = nameOf(event)
  if (name === 'g' && going === 0) {
    going = window.setTimeout(() => {
      going = 0
    }, 1200)
    return
  }
  if (going !== 0) {
    clearTimeout(going)
    going = 0
    name = `g ${name}`
  }
  for (const layer of layers.toReversed()) {
    const action = layer.current[name]
    if (action && action(event) !== false) {
      event.preventDefault()
      return
    }
  }
})

/** While shown, these keys do these things; an action that answers false leaves the key to others. */
export function useKeys(keys: Keys): void {
  const ref = useRef(keys)
  ref.current = keys
  useEffect(() => {
    layers.push(ref)
    return () => {
      layers.splice(layers.indexOf(ref), 1)
    }
  }, [])
}
