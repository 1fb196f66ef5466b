import { readFile } from 'node:fs/promises'
import { isMap, isPair, isScalar, LineCounter, type Node, parseAllDocuments } from 'yaml'
import type { z } from 'zod'
import { messageOf, ReeveError } from '../sdk/index.ts'

export type Place = readonly PropertyKey[]

/** One document of a file as plain values. */
export interface FileDocument {
  file: string
  value: unknown
  /** `items[3].rules[0] (line 12)`; JSON has no lines, only the way to the value. */
  place(path: Place): string
}

const wayTo = (path: Place): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '') || 'its top'

/** The documents of a YAML or JSON file. Throws `access/file` when it cannot be opened, `access/yaml` with the line when it is neither. */
export async function readDocuments(file: string, what: string): Promise<FileDocument[]> {
  const read = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ReeveError('access/file', `opening ${file}: ${messageOf(cause)}`, { cause })
  })
  const text = read.replace(/^\ufeff/, '')
  if (/^\s*[[{]/.test(text)) {
    // Whole clusters come as JSON: its own parser takes a hundredth of the time.
    try {
      return [{ file, value: JSON.parse(text), place: wayTo }]
    } catch {
      // Flow style of YAML begins the same way; what is neither gets its line below.
    }
  }
  const documents = yamlDocuments(file, text, what)
  if (documents.length === 0) throw new ReeveError('access/yaml', `reading ${file} as ${what}: it is empty`)
  return documents
}

function yamlDocuments(file: string, text: string, what: string): FileDocument[] {
  const fail = (why: string, cause?: unknown): never => {
    throw new ReeveError('access/yaml', `reading ${file} as ${what}: ${why}`, { cause })
  }
  const counter = new LineCounter()
  const lineAt = (offset: number): number => counter.linePos(offset).line
  try {
    const parsed = parseAllDocuments(text, { lineCounter: counter, prettyErrors: false, logLevel: 'silent' })
    return (Array.isArray(parsed) ? parsed : []).flatMap((document) => {
      const [error] = document.errors
      if (error) {
        const { line, col } = counter.linePos(error.pos[0])
        const said = error.code.toLowerCase().replaceAll('_', ' ')
        fail(`it is neither YAML nor JSON (line ${line}, column ${col}: ${said})`)
      }
      const value: unknown = document.toJS()
      if (value === null || value === undefined) return []
      const place = (path: Place): string => {
        const offset = startOf(document.contents, path)
        return offset === undefined ? wayTo(path) : `${wayTo(path)} (line ${lineAt(offset)})`
      }
      return [{ file, value, place }]
    })
  } catch (cause) {
    if (cause instanceof ReeveError) throw cause
    return fail(messageOf(cause), cause)
  }
}

/** Where what stands at the path begins: its key in a map; what holds it when it is not there. */
function startOf(contents: Node | null, path: Place): number | undefined {
  let node: unknown = contents
  let found = contents?.range?.[0]
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      if (!isPair(pair)) return found
      found = (pair.key as Node).range?.[0] ?? found
      node = pair.value
    } else {
      node = (node as { items?: unknown[] } | null)?.items?.[Number(part)]
      found = (node as Node | undefined)?.range?.[0] ?? found
    }
  }
  return found
}

/** A value of a document by its shape; throws `access/shape` with file and place. */
export function shaped<T extends z.ZodType>(
  { file, place }: Pick<FileDocument, 'file' | 'place'>,
  value: unknown,
  at: Place,
  what: string,
  shape: T,
): z.output<T> {
  const read = shape.safeParse(value)
  if (read.success) return read.data
  const { path, message } = read.error.issues[0]!
  throw new ReeveError(
    'access/shape',
    `reading ${file} as ${what}: at ${place([...at, ...path])}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
  )
}
