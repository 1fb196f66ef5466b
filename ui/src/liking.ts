/**
 * What a person likes: theme, density, single keys. The server keeps it for them; this browser remembers it, so that the next page
 * begins as the last one ended.
 */
import { useSyncExternalStore } from 'react'
import { ask } from './http.ts'

export interface Liking {
  theme: 'system' | 'light' | 'dark'
  density: 'compact' | 'normal' | 'roomy'
  keys: boolean
}

const NAME = 'reeve.liking'
const DEFAULT: Liking = { theme: 'system', density: 'normal', keys: true }

const load = (): Liking => {
  try {
    return { ...DEFAULT, ...(JSON.parse(localStorage.getItem(NAME) ?? '{}') as Partial<Liking>) }
  } catch {
    return DEFAULT
  }
}

let liking = load()
const listeners = new Set<() => void>()
const system = window.matchMedia('(prefers-color-scheme: dark)')

export const themeNow = (): 'light' | 'dark' =>
  liking.theme === 'system' ? (system.matches ? 'dark' : 'light') : liking.theme

function show(): void {
  document.documentElement.dataset['theme'] = themeNow()
  document.documentElement.dataset['density'] = liking.density
  for (const listener of listeners) listener()
}

export function like(change: Partial<Liking>): void {
  take(change)
  // At the door nobody is known yet, and a picture of the past changes nothing.
  if (window.location.pathname !== '/sign-in')
    void ask('/v1/session/liking', { method: 'PATCH', body: change }).catch(() => undefined)
}

/** As the server says, for whoever signed in. */
export function take(change: { [Name in keyof Liking]?: Liking[Name] | undefined }): void {
  change = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  liking = { ...liking, ...(change as Partial<Liking>) }
  try {
    localStorage.setItem(NAME, JSON.stringify(liking))
  } catch {
    // A browser that keeps nothing still shows it until the window closes.
  }
  show()
}

export const turnTheme = (): void => like({ theme: themeNow() === 'dark' ? 'light' : 'dark' })

system.addEventListener('change', show)
show()

export const useLiking = (): Liking =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => liking,
  )
export const likingNow = (): Liking => liking
