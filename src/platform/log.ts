import { pino } from 'pino'
import { type Log, messageOf, ReeveError } from '../sdk/index.ts'

export interface LogOptions {
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** `text` for people, `json` for machines; `auto`: text on a terminal. */
  format: 'auto' | 'text' | 'json'
}

/** Names whose values are never written, wherever they stand down to the third level. */
const HIDDEN = [
  'password',
  'passwd',
  'secret',
  'token',
  'authorization',
  'cookie',
  'apiKey',
  'privateKey',
  'passphrase',
]
const redact = HIDDEN.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/** Logs go to stderr, a line per outcome; stdout belongs to the answer. */
export function createLog({ level, format }: LogOptions, out: { write(line: string): unknown } = process.stderr): Log {
  const asText = format === 'text' || (format === 'auto' && process.stderr.isTTY === true)
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: errorFields },
      redact: { paths: redact, censor: '[hidden]' },
    },
    asText
      ? { write: (line: string) => void out.write(textLine(line)) }
      : { write: (line: string) => void out.write(line) },
  )
}

/** Code and message, the stack only of what we did not foresee. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const known = error instanceof ReeveError
  return {
    ...(known ? { code: error.code, ...error.fields } : { name: error.name, stack: error.stack }),
    message: messageOf(error),
    ...(error.cause !== undefined && { cause: messageOf(error.cause) }),
  }
}

function textLine(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
  const rest = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${msg}${rest.length > 0 ? `  ${rest.join(' ')}` : ''}\n`
}
