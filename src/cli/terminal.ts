/** What the command line prints: one JSON document, or a table for people; progress and complaints go to stderr. */
import { styleText } from 'node:util'
import Table from 'cli-table3'
import type { Severity } from '../sdk/index.ts'

export interface OutputOptions {
  json?: boolean
  quiet?: boolean
  color?: boolean
}

type Style = Parameters<typeof styleText>[0]

export interface Terminal {
  json: boolean
  /** One line on stdout. */
  line(text?: string): void
  /** The one JSON document on stdout. */
  document(value: unknown): void
  table(head: string[], rows: string[][]): void
  /** A line on stderr; silent under --quiet. */
  say(text: string): void
  /** A line that replaces itself while standing on a terminal, on stderr. */
  progress(text: string): void
  endProgress(): void
  style(style: Style, text: string): string
  mark(severity: Severity | 'unknown'): string
}

const MARKS: Record<Severity | 'unknown', [string, Style]> = {
  critical: ['◆', ['bold', 'red']],
  high: ['▲', 'red'],
  medium: ['◧', 'yellow'],
  low: ['○', 'blue'],
  info: ['·', 'gray'],
  unknown: ['?', 'magenta'],
}

/** Names come from other systems: control characters and direction marks must not reach the terminal. */
export const plain = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')

const ellipsis = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text)

export function terminal({ json = false, quiet = false, color = true }: OutputOptions): Terminal {
  const colored = color && !json && process.stdout.isTTY === true && !process.env['NO_COLOR']
  const moving = !quiet && process.stderr.isTTY === true
  let shown = false
  const style = (how: Style, text: string): string => (colored ? styleText(how, text, { validateStream: false }) : text)
  const endProgress = (): void => {
    if (shown) process.stderr.write('\r\x1b[2K')
    shown = false
  }
  return {
    json,
    style,
    endProgress,
    line: (text = '') => {
      endProgress()
      process.stdout.write(`${text}\n`)
    },
    document: (value) => {
      endProgress()
      process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    },
    table: (head, rows) => {
      endProgress()
      const table = new Table({
        head: head.map((cell) => style('dim', cell)),
        chars: {
          top: '',
          'top-mid': '',
          'top-left': '',
          'top-right': '',
          bottom: '',
          'bottom-mid': '',
          'bottom-left': '',
          'bottom-right': '',
          left: '',
          'left-mid': '',
          mid: '',
          'mid-mid': '',
          right: '',
          'right-mid': '',
          middle: '  ',
        },
        style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
      })
      table.push(...rows)
      process.stdout.write(`${table.toString()}\n`)
    },
    say: (text) => {
      endProgress()
      if (!quiet) process.stderr.write(`${text}\n`)
    },
    progress: (text) => {
      if (!moving) return
      process.stderr.write(`\r\x1b[2K${ellipsis(plain(text), (process.stderr.columns ?? 100) - 1)}`)
      shown = true
    },
    mark: (severity) => {
      const [sign, how] = MARKS[severity]
      return style(how, sign)
    },
  }
}
