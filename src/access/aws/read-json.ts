import { readFile } from 'node:fs/promises'
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
    throw new ReeveError('access/json', `reading ${file} as ${what}: ${placeOf(text, messageOf(cause))}`, { cause })
  }
  const read = shape.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const path = (issue?.path ?? []).map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  throw new ReeveError(
    'access/shape',
    `reading ${file} as ${what}: ${path === '' ? 'at its top' : `at ${path.replace(/^\./, '')}`}: ${issue?.message.toLowerCase() ?? 'it has another shape'}`,
  )
}

function placeOf(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1]
  const before = text.slice(0, position === undefined ? text.length : Number(position))
  const line = before.split('\n').length
  const column = before.length - before.lastIndexOf('\n')
  const ends =
    text.trim() === ''
      ? 'it is empty'
      : position === undefined || Number(position) >= text.trimEnd().length
        ? 'it ends in the middle'
        : 'it is not JSON'
  return `${ends} (line ${line}, column ${column})`
}
