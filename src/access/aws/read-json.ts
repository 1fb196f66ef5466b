import { readFile } from 'node:fs/promises'
import { type ParseError, parse } from 'jsonc-parser'
import type { z } from 'zod'
import { messageOf, ReeveError } from '../../sdk/index.ts'

/**
 * A file as JSON of a shape. Throws `access/file` when it cannot be opened, `access/json` with line and column when it is no JSON,
 * `access/shape` with the place inside it when it is JSON of another kind.
 */
export async function readJson<T extends z.ZodType>(file: string, what: string, shape: T): Promise<z.output<T>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ReeveError('access/file', `opening ${file}: ${messageOf(cause)}`, { cause })
  })
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (cause) {
    throw new ReeveError('access/json', `reading ${file} as ${what}: ${placeOf(text)}`, { cause })
  }
  const read = shape.safeParse(value)
  if (read.success) return read.data
  const { path, message } = deepest(read.error.issues[0]!)
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  throw new ReeveError(
    'access/shape',
    `reading ${file} as ${what}: ${place === '' ? 'at its top' : `at ${place.replace(/^\./, '')}`}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
  )
}

interface Fault {
  path: readonly PropertyKey[]
  message: string
}

/** Where several shapes were tried, the one that got furthest says best what is wrong. */
function deepest(issue: z.core.$ZodIssue): Fault {
  if (issue.code !== 'invalid_union') return issue
  const tried = issue.errors.flatMap(([first]) => (first === undefined ? [] : [deepest(first)]))
  const [furthest] = tried.toSorted((one, other) => other.path.length - one.path.length)
  return furthest === undefined ? issue : { path: [...issue.path, ...furthest.path], message: furthest.message }
}

function placeOf(text: string): string {
  if (text.trim() === '') return 'it is empty'
  const errors: ParseError[] = []
  parse(text, errors, { disallowComments: true })
  const end = text.trimEnd().length
  const { offset, length } = errors[0] ?? { offset: end, length: 0 }
  const ends = offset + length >= end
  const before = text.slice(0, ends ? end : offset)
  const place = `line ${before.split('\n').length}, column ${before.length - before.lastIndexOf('\n')}`
  return `${ends ? 'it ends in the middle' : 'it is not JSON'} (${place})`
}
