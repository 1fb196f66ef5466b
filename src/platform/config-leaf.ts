import { z } from 'zod'
import { ReeveError } from '../sdk/index.ts'

/** One setting: a leaf of the schema, with its place and how else it may be set. */
export interface Leaf {
  path: string
  env: string[]
  description: string
  /** Turns the text of an environment variable into what the schema takes. */
  fromText(text: string): unknown
}

/** The leaves of a schema of objects in objects. */
export function leavesOf(schema: z.ZodType, path = ''): Leaf[] {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([name, child]) =>
      leavesOf(child as z.ZodType, path === '' ? name : `${path}.${name}`),
    )
  }
  const short: Record<string, string[]> = { 'http.port': ['REEVE_PORT'], 'http.host': ['REEVE_HOST'] }
  const own = `REEVE_${path
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`
  return [
    {
      path,
      env: [own, ...(short[path] ?? []), ...((metaOf(schema)['env'] as string[] | undefined) ?? [])],
      description: schema.description ?? '',
      fromText: (text) => {
        if (inner instanceof z.ZodNumber) return text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text
        if (inner instanceof z.ZodBoolean)
          return /^(1|true|yes|on)$/i.test(text) ? true : /^(0|false|no|off)$/i.test(text) ? false : text
        if (inner instanceof z.ZodArray)
          return text
            .split(',')
            .map((part) => part.trim())
            .filter(Boolean)
        return text
      },
    },
  ]
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrap(schema.unwrap() as z.ZodType)
  return schema
}

/** What was said of a schema, or of what it wraps. */
function metaOf(schema: z.ZodType): Record<string, unknown> {
  const outer = (schema.meta() ?? {}) as Record<string, unknown>
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? { ...metaOf(schema.unwrap() as z.ZodType), ...outer }
    : outer
}

/** Throws `config/unknown`, with the nearest of the names, for one that is not among them. */
export function known(name: string, names: string[], where: string): void {
  if (names.includes(name)) return
  const nearest = names
    .map((candidate) => ({ candidate, far: distance(name, candidate) }))
    .sort((a, b) => a.far - b.far)[0]!
  const hint =
    nearest.far <= Math.max(2, name.length / 2)
      ? `did you mean ${nearest.candidate}?`
      : 'reeve config explain lists them all'
  throw new ReeveError('config/unknown', `reading settings from ${where}: there is no ${name}; ${hint}`)
}

/** How many letters must be typed, dropped or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        next[j - 1]! + 1,
        row[j]! + 1,
        row[j - 1]! + (a[i - 1]!.toLowerCase() === b[j - 1]!.toLowerCase() ? 0 : 1),
      )
    }
    row = next
  }
  return row[b.length]!
}
