/** The texts of a page: the operators of its content, and the tables that say what the codes of a font stand for. */

/** What the codes of a font stand for; `width` bytes to a code. */
export interface Codes {
  width: number
  letters: Map<number, string>
}

const MOST_CODES = 70_000

/** A string between parentheses, with its escapes undone; `from` is behind the opening one. */
const literalAt = (text: string, from: number): [value: string, end: number] => {
  let value = ''
  let depth = 1
  let at = from
  for (; at < text.length; at++) {
    const letter = text[at]!
    if (letter === '\\') {
      const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0]
      const escaped = text[at + 1] ?? ''
      value +=
        octal === undefined ? (ESCAPES[escaped] ?? escaped) : String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
      at += octal?.length ?? 1
      continue
    }
    if (letter === '(') depth++
    else if (letter === ')' && --depth === 0) return [value, at + 1]
    value += letter
  }
  return [value, at]
}
const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '', f: '', '\n': '', '\r': '' }

const hexAt = (text: string, from: number): [value: string, end: number] => {
  const close = text.indexOf('>', from)
  const end = close < 0 ? text.length : close
  const digits = text.slice(from, end).replace(/[^0-9a-f]/gi, '')
  return [Buffer.from(digits.length % 2 === 1 ? `${digits}0` : digits, 'hex').toString('latin1'), end + 1]
}

const wide = (text: string): string =>
  Buffer.from(text.slice(0, text.length & -2), 'latin1')
    .swap16()
    .toString('utf16le')

/** The strings of an object: what is in parentheses or in hexadecimal digits. */
export const stringsOf = (object: string): string[] => {
  const strings: string[] = []
  for (let at = 0; at < object.length; ) {
    const letter = object[at]!
    if (letter === '(' || (letter === '<' && object[at + 1] !== '<')) {
      const [value, end] = letter === '(' ? literalAt(object, at + 1) : hexAt(object, at + 1)
      strings.push(value.startsWith('\xfe\xff') ? wide(value.slice(2)) : value)
      at = end
    } else at += letter === '<' ? 2 : 1
  }
  return strings
}

/** A `ToUnicode` table. */
export const codesOf = (table: string): Codes => {
  const letters = new Map<number, string>()
  let width = 1
  const code = (hex: string): number => {
    width = Math.max(width, Math.min(2, hex.length >> 1))
    return Number.parseInt(hex, 16)
  }
  const text = (hex: string): string => wide(Buffer.from(hex, 'hex').toString('latin1'))
  for (const [, lines = ''] of table.matchAll(/beginbfchar(.*?)endbfchar/gs))
    for (const [, from = '', to = ''] of lines.matchAll(/<([0-9a-f]+)>\s*<([0-9a-f]+)>/gi))
      if (letters.size < MOST_CODES) letters.set(code(from), text(to))
  for (const [, lines = ''] of table.matchAll(/beginbfrange(.*?)endbfrange/gs))
    for (const [, from = '', last = '', to, list] of lines.matchAll(
      /<([0-9a-f]+)>\s*<([0-9a-f]+)>\s*(?:<([0-9a-f]+)>|\[([^\]]*)\])/gi,
    )) {
      const [low, high] = [code(from), code(last)]
      const each = list?.match(/[0-9a-f]+/gi)
      const first = to === undefined ? '' : text(to)
      for (let at = low; at <= high && letters.size < MOST_CODES; at++)
        letters.set(
          at,
          each === undefined || each === null
            ? first.slice(0, -1) + String.fromCharCode((first.charCodeAt(first.length - 1) + at - low) & 0xffff)
            : text(each[at - low] ?? ''),
        )
    }
  return { width, letters }
}

const shown = (value: string, codes: Codes | undefined): string => {
  if (codes === undefined) return value
  let text = ''
  for (let at = 0; at + codes.width <= value.length; at += codes.width) {
    const code = codes.width === 1 ? value.charCodeAt(at) : value.charCodeAt(at) * 256 + value.charCodeAt(at + 1)
    text += codes.letters.get(code) ?? (codes.width === 1 ? value[at]! : '')
  }
  return text
}

/** A gap in thousandths of the height of the letters that is a blank. */
const BLANK = -180

/** What the content of a page shows, on lines as they are set; `fonts` by the names that the page gives them. */
export const textOfContent = (content: string, fonts: ReadonlyMap<string, Codes>): string => {
  let text = ''
  let codes: Codes | undefined
  let operands: (string | number)[] = []
  let height = 0
  const newLine = (): void => {
    if (text !== '' && !text.endsWith('\n')) text += '\n'
  }
  const show = (): void => {
    for (const operand of operands)
      if (typeof operand === 'string' && operand.startsWith('(')) text += shown(operand.slice(1), codes)
      else if (typeof operand === 'number' && operand < BLANK && !text.endsWith(' ')) text += ' '
  }
  const number = (back: number): number => {
    const operand = operands.at(-back)
    return typeof operand === 'number' ? operand : 0
  }
  for (let at = 0; at < content.length; ) {
    const letter = content[at]!
    if (letter === '(' || (letter === '<' && content[at + 1] !== '<')) {
      const [value, end] = letter === '(' ? literalAt(content, at + 1) : hexAt(content, at + 1)
      operands.push(`(${value}`)
      at = end
      continue
    }
    TOKEN.lastIndex = at
    const token = TOKEN.exec(content)?.[0]
    if (token === undefined) {
      at++
      continue
    }
    at += token.length
    if (token.startsWith('/')) operands.push(token)
    else if (/^[-+.\d]/.test(token)) operands.push(Number(token) || 0)
    else {
      switch (token) {
        case 'Tf':
          codes = fonts.get(String(operands.find((one) => typeof one === 'string' && one.startsWith('/'))).slice(1))
          break
        case "'":
        case '"':
          newLine()
          operands = operands.slice(-1)
          show()
          break
        case 'Tj':
        case 'TJ':
          show()
          break
        case 'T*':
        case 'ET':
          newLine()
          break
        case 'Td':
        case 'TD':
          if (number(1) !== 0) newLine()
          else if (text !== '' && !/\s$/.test(text)) text += ' '
          break
        case 'Tm':
          if (Math.abs(number(1) - height) > 0.5) newLine()
          else if (text !== '' && !/\s$/.test(text)) text += ' '
          height = number(1)
          break
      }
      operands = []
    }
    if (operands.length > 100_000) operands = []
  }
  return text
}
const TOKEN = /\/[^\s()<>[\]{}/%]*|[-+.\d]+|[A-Za-z'"*][\w*'"]*/y
