/** What the address of the page asks, and the questions to the server that answer it. */
import { withQuery } from '../../address.tsx'
import type { Kind } from '../../nouns.ts'

export const AIMS = {
  'tier-zero': 'tier zero',
  'crown-jewels': 'the crown jewels',
  sensitive: 'anything sensitive',
  public: 'anything public',
} as const
export type Aim = keyof typeof AIMS
export const isAim = (to: string): to is Aim => to in AIMS

/** The switches, as sentences. */
export const SWITCHES = [
  { name: 'without', word: 'stolen', says: 'without stealing credentials' },
  { name: 'without', word: 'depends', says: 'without what depends on unknown conditions' },
  { name: 'without', word: 'mfa', says: 'without passing a second factor' },
  { name: 'inside', word: 'production', says: 'inside production only' },
] as const
export type Switch = (typeof SWITCHES)[number]

export interface Asked {
  from: string | null
  /** As the address says it; null where it leaves it open. */
  to: string | null
  without: readonly string[]
  inside: readonly string[]
  avoid: readonly string[]
  /** Things whose neighbours are drawn too. */
  around: readonly string[]
  hide: readonly Kind[]
  /** Which path is listed, from 0. */
  path: number
  thing: string | null
  /** Rows of whoever comes to the end. */
  rows: number | null
}

const wordsOf = (text: string | null): string[] => (text ?? '').split(',').filter(Boolean)

export function askedBy(query: URLSearchParams): Asked {
  const path = Number(query.get('path') ?? 1)
  return {
    from: query.get('from') || null,
    to: query.get('to') || null,
    without: wordsOf(query.get('without')),
    inside: wordsOf(query.get('inside')),
    avoid: query.getAll('avoid'),
    around: query.getAll('around'),
    hide: wordsOf(query.get('hide')) as Kind[],
    path: Number.isInteger(path) && path > 0 ? path - 1 : 0,
    thing: query.get('thing') || null,
    rows: Number(query.get('rows')) || null,
  }
}

function switched({ without, inside, avoid }: Asked): URLSearchParams {
  const query = new URLSearchParams()
  if (without.length > 0) query.set('without', without.join(','))
  if (inside.length > 0) query.set('inside', inside.join(','))
  for (const key of avoid) query.append('avoid', key)
  return query
}

const withWords = (path: string, query: URLSearchParams): string => (query.size === 0 ? path : `${path}?${query}`)

export function reachPath(asked: Asked): string {
  const query = switched(asked)
  if (asked.from) query.set('from', asked.from)
  if (asked.to) query.set('to', asked.to)
  if (asked.rows) query.set('limit', String(asked.rows))
  return withWords('/v1/reach', query)
}

export const blastPath = (asked: Asked, key: string): string =>
  withWords(`/v1/reach/blast/${encodeURIComponent(key)}`, switched(asked))

export const tierZeroPath = (asked: Asked): string => withWords('/v1/reach/tier-zero', switched(asked))

/** Where cuts are looked for: what is asked for, or what is worth most. */
export const chokesTo = ({ to }: Asked): string => to ?? 'crown-jewels'

export function chokesPath(asked: Asked): string {
  const query = switched(asked)
  query.set('to', chokesTo(asked))
  query.set('limit', '10')
  return withWords('/v1/reach/choke-points', query)
}

export const aroundPath = (keys: readonly string[]): string =>
  `/v1/reach/around?${new URLSearchParams(keys.map((key) => ['key', key]))}`

export const isOn = (asked: Asked, { name, word }: Switch): boolean => asked[name].includes(word)

/** The address with a word of a list put in, or taken out if it was there. */
export function toggled(name: 'without' | 'inside' | 'hide', words: readonly string[], word: string): string {
  const next = words.includes(word) ? words.filter((one) => one !== word) : [...words, word]
  return withQuery({ [name]: next.join(',') || null, path: null })
}

/** The address with a key put among those of a name, or taken out. */
export function keyed(name: 'avoid' | 'around', keys: readonly string[], key: string): string {
  const url = new URL(
    withQuery({ [name]: null, ...(name === 'avoid' ? { path: null, thing: null } : {}) }),
    window.location.href,
  )
  const next = keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key]
  for (const one of next) url.searchParams.append(name, one)
  return url.pathname + url.search
}
