/** What a browser must fetch before the first route stands: read from the built console, as the server sends it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** In bytes, scripts and styles gzipped. Of console.md §10. */
export const BUDGET = { script: 120_000, style: 14_000, font: 46_000 } as const
export type Part = keyof typeof BUDGET

export interface FirstRoute {
  bytes: Record<Part, number>
  /** Addresses, as the browser asks for them. */
  files: Record<Part, string[]>
}

export function firstRoute(dist: string): FirstRoute {
  const text = (path: string) => readFileSync(join(dist, path), 'utf8')
  const html = text('index.html')
  const named = (pattern: RegExp) => [...html.matchAll(pattern)].map((match) => match[1]!)

  // What is imported without being asked for comes too, also where no preload names it.
  const script = new Set<string>()
  const waiting = [
    ...named(/<script type="module"[^>]* src="([^"]+)"/g),
    ...named(/<link rel="modulepreload"[^>]* href="([^"]+)"/g),
  ]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (script.has(path)) continue
    script.add(path)
    for (const [, file] of text(path).matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
      waiting.push(`/assets/${file}`)
  }
  const style = named(/<link rel="stylesheet"[^>]* href="([^"]+)"/g)
  // Of a family only the part for plain Latin is fetched, until another letter is met.
  const font = style.flatMap((path) =>
    [...text(path).matchAll(/@font-face\s*\{[^}]*\}/g)]
      .map(([face]) => face)
      .filter((face) => !face.includes('unicode-range'))
      .map((face) => `/assets/${/url\(["']?(?:[^"')]*\/)?([^"')/]+\.woff2)/.exec(face)![1]!}`),
  )
  const files = { script: [...script].sort(), style, font: [...new Set(font)].sort() }
  const sent = (path: string, zipped: boolean) => {
    const bytes = readFileSync(join(dist, path))
    return zipped ? gzipSync(bytes, { level: 9 }).length : bytes.length
  }
  const sum = (part: Part) => files[part].reduce((bytes, path) => bytes + sent(path, part !== 'font'), 0)
  return { files, bytes: { script: sum('script'), style: sum('style'), font: sum('font') } }
}
