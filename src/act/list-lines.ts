import { Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { ReeveError } from '../sdk/index.ts'

/** One line of a list that somebody brings in. Lines count from 1, with the header. */
export interface ListLine {
  line: number
  /** By the name of the column; white space at both ends is gone, and so is what kept a spreadsheet from running a cell. */
  cells: Record<string, string>
}

export interface LineFault {
  line: number
  column: string | null
  code: string
  says: string
}

/** The columns that a list may have: each by its own name and others that people give it. */
export interface ListColumns {
  known: Readonly<Record<string, readonly string[]>>
  /** Without this one nothing can be done. */
  needs: string
}

export interface List {
  /** Columns that mean nothing here. */
  ignored: string[]
  /** Lines that can be read, and faults of those that cannot, some thousand at a time. */
  batches: AsyncIterable<{ lines: ListLine[]; faults: LineFault[] }>
}

const BATCH = 5_000
/** Bytes of one line, and characters of one record: more is no list of people. */
const LONGEST_LINE = 65_536
const LONGEST_RECORD = 262_144
const [NEWLINE, RETURN, QUOTE] = [10, 13, 34]
const FORMULA = /^[=+\-@\t\r＝＋－＠]/
const ESCAPED = /^'(?='*[=+\-@\t\r＝＋－＠])/

/** Would a spreadsheet run it? */
export const isFormula = (cell: string): boolean => FORMULA.test(cell)
/** A cell as it is written, so that no spreadsheet runs it and reading it gives the same again. */
export const escapeCell = (cell: string): string => (/^'*[=+\-@\t\r＝＋－＠]/.test(cell) ? `'${cell}` : cell)
const unescapeCell = (cell: string): string => cell.trim().replace(ESCAPED, '')

/**
 * Reads a list line by line, whatever its size: CSV with commas, semicolons or tabs, with or without a byte order mark, in UTF-8 or
 * UTF-16, with either sort of line ends. Throws `import/empty`, `import/header`, and while it is read `import/quote`, where the shape
 * of the file is lost.
 */
export async function openList(source: AsyncIterable<Uint8Array>, columns: ListColumns): Promise<List> {
  const tooLong = new Set<number>()
  const text = tidy(decoded(source), tooLong)[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  let ended = false
  while (!ended && !head.includes(NEWLINE) && head.length < LONGEST_LINE) {
    const { value, done } = await text.next()
    if (done) ended = true
    else head = Buffer.concat([head, value])
  }
  const whole = async function* () {
    yield head
    for (let next = await text.next(); !next.done; next = await text.next()) yield next.value
  }
  let last = 0
  const parser = Readable.from(whole()).pipe(
    parse({
      bom: true,
      delimiter: delimiterOf(head),
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_RECORD,
      // A record is named by the line on which it begins, in a cell of its own before the others.
      on_record: (record: string[], { lines }) => {
        last = lines
        return [String(lines - record.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)), ...record]
      },
    }),
  )
  const records: AsyncIterator<string[]> = parser[Symbol.asyncIterator]()
  const next = async () => {
    try {
      return await records.next()
    } catch (error) {
      if (/^CSV_/.test(String((error as { code?: unknown }).code)))
        throw new ReeveError(
          'import/quote',
          `reading the list: after line ${last} a quote is opened and not closed again, so what follows cannot be told apart; nothing was changed`,
          { cause: error, fields: { line: last + 1 } },
        )
      throw error
    }
  }
  const first = await next()
  if (first.done) throw new ReeveError('import/empty', 'reading the list: there is nothing in it, not even a header')
  const { names, ignored } = headerOf(first.value.slice(1), columns)
  const batches = async function* () {
    for (let done = false; !done; ) {
      const [lines, faults]: [ListLine[], LineFault[]] = [[], []]
      while (lines.length + faults.length < BATCH) {
        const one = await next()
        if (one.done) {
          done = true
          break
        }
        const [number, ...cells] = one.value
        const line = Number(number)
        if (cells.every((cell) => cell.trim() === '')) continue
        const end = line + cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)
        const fault = [...tooLong].some((long) => long >= line && long <= end)
          ? { column: null, code: 'import/too-long', says: `the line is longer than ${LONGEST_LINE} bytes` }
          : faultOf(cells, names)
        if (fault) faults.push({ line, ...fault })
        else
          lines.push({
            line,
            cells: Object.fromEntries(
              names.flatMap((name, at) => (name === null ? [] : [[name, unescapeCell(cells[at]!)]])),
            ),
          })
      }
      if (lines.length + faults.length > 0) yield { lines, faults }
    }
  }
  return { ignored, batches: batches() }
}

function faultOf(cells: readonly string[], names: readonly (string | null)[]): Omit<LineFault, 'line'> | null {
  if (cells.length !== names.length)
    return {
      column: null,
      code: 'import/columns',
      says: `it has ${cells.length === 1 ? 'one cell' : `${cells.length} cells`}, and the header has ${names.length}`,
    }
  for (const [at, cell] of cells.entries()) {
    if (!cell.includes('\0') && !cell.includes('\ufffd')) continue
    return { column: names[at] ?? null, code: 'import/text', says: 'it holds bytes that are no text in UTF-8' }
  }
  return null
}

function headerOf(
  cells: readonly string[],
  { known, needs }: ListColumns,
): { names: (string | null)[]; ignored: string[] } {
  const byWord = new Map(Object.entries(known).flatMap(([name, also]) => [name, ...also].map((word) => [word, name])))
  const ignored: string[] = []
  const names = cells.map((cell) => {
    const name = byWord.get(
      cell
        .trim()
        .toLowerCase()
        .replaceAll(/[\s-]+/g, '_'),
    )
    if (name === undefined) ignored.push(cell.trim().slice(0, 100))
    return name ?? null
  })
  const twice = names.find((name, at) => name !== null && names.indexOf(name) !== at)
  if (twice)
    throw new ReeveError(
      'import/header',
      `reading the header: ${cells
        .filter((_, at) => names[at] === twice)
        .map((cell) => `"${cell.trim().slice(0, 100)}"`)
        .join(' and ')} both mean ${twice}; keep one`,
      { fields: { line: 1, column: twice } },
    )
  if (!names.includes(needs))
    throw new ReeveError(
      'import/header',
      `reading the header: no column is called ${[needs, ...known[needs]!].join(', ')}; the first line of the list names its columns, and this one says ${cells
        .map((cell) => `"${cell.trim().slice(0, 60)}"`)
        .slice(0, 12)
        .join(', ')}`,
      { fields: { line: 1, column: needs } },
    )
  return { names, ignored }
}

/** What parts the columns: the sign that the first line has most of. */
function delimiterOf(head: Buffer): string {
  const [line = ''] = head.toString('utf8').split('\n', 1)
  const outside = line.replaceAll(/"[^"]*"/g, '')
  return [',', ';', '\t'].reduce((best, sign) =>
    outside.split(sign).length > outside.split(best).length ? sign : best,
  )
}

/** UTF-8, whatever it was: spreadsheets like to write UTF-16, which begins with a mark of two bytes. */
async function* decoded(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let start = Buffer.alloc(0)
  let decoder: TextDecoder | null | undefined
  for await (const chunk of source) {
    let bytes = chunk
    if (decoder === undefined) {
      start = Buffer.concat([start, chunk])
      if (start.length < 2) continue
      const mark = start.readUInt16BE()
      decoder = mark === 0xfffe ? new TextDecoder('utf-16le') : mark === 0xfeff ? new TextDecoder('utf-16be') : null
      bytes = start
    }
    yield decoder ? Buffer.from(decoder.decode(bytes, { stream: true })) : bytes
  }
  if (decoder === undefined) yield start
}

/**
 * One sort of line ends, and no line without bound: of what is too long only the quotes are kept, so that the lines below are told
 * apart as before.
 */
async function* tidy(source: AsyncIterable<Uint8Array>, tooLong: Set<number>): AsyncGenerator<Buffer> {
  let [line, length, held] = [1, 0, false]
  for await (const chunk of source) {
    const out = Buffer.allocUnsafe(chunk.length + 1)
    let at = 0
    for (const byte of chunk) {
      // A return waits for what follows it.
      if (held && byte !== NEWLINE) out[at++] = RETURN
      held = byte === RETURN
      if (held) continue
      if (byte === NEWLINE) {
        line++
        length = 0
      } else if (++length > LONGEST_LINE) {
        tooLong.add(line)
        if (byte !== QUOTE) continue
      }
      out[at++] = byte
    }
    yield out.subarray(0, at)
  }
}
