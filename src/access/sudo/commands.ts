/** Commands of sudoers as sudo compares them with what is typed: the program by its path, the arguments as one text. */
import type { SudoItem } from '../../sdk/index.ts'
import { both, type Verdict, verdictOf } from '../verdict.ts'

/** What is typed after `sudo`: a program by its whole path, and its arguments. */
export interface Typed {
  program: string
  args: readonly string[]
}

/** Parts of a command as sudoers has it. `args` null: any; empty: none may be given. */
export interface Written {
  program: string
  args: string | null
}

export function writtenOf(text: string): Written {
  // A regular expression may hold blanks; it ends with its dollar.
  const program = /^\^.*?\$(?=\s|$)/s.exec(text)?.[0] ?? /^(?:\\.|\S)+/s.exec(text)?.[0] ?? text
  const rest = text.slice(program.length).trim()
  return { program, args: rest === '' ? null : rest === '""' ? '' : rest }
}

/** A digest is of a file that nobody here sees. */
export function commandFits({ text, digest }: SudoItem, typed: Typed): Verdict {
  if (text === 'ALL') return 'yes'
  const { program, args } = writtenOf(text)
  if (mayTakeLong(program) || (args !== null && mayTakeLong(args))) return 'depends'
  const fits = programFits(program, typed.program) && argsFit(args, typed.args.join(' '), program === 'sudoedit')
  return both(verdictOf(fits), digest ? 'depends' : 'yes')
}

export function programFits(written: string, typed: string): boolean {
  if (written.startsWith('^') && written.endsWith('$')) return matchesExpression(written, typed)
  // A folder: what stands in it, and not below.
  if (written.endsWith('/'))
    return typed.startsWith(written) && !typed.slice(written.length).includes('/') && typed !== written
  return /[*?[\\]/.test(written) ? shellMatches(written, typed, true) : written === typed
}

function argsFit(written: string | null, typed: string, asPath: boolean): boolean {
  if (written === null) return true
  if (written === '') return typed === ''
  if (written.startsWith('^') && written.endsWith('$')) return matchesExpression(written, typed)
  return shellMatches(written, typed, asPath)
}

const expressions = new Map<string, RegExp | null>()

function kept(key: string, make: () => RegExp): RegExp | null {
  const known = expressions.get(key)
  if (known !== undefined) return known
  let made: RegExp | null = null
  try {
    made = make()
  } catch {
    // What is no expression matches nothing, as sudo has it.
  }
  if (expressions.size > 5_000) expressions.clear()
  expressions.set(key, made)
  return made
}

/** An expression with repeats inside what is repeated could take for ever; what it matches is left open. */
const mayTakeLong = (written: string): boolean =>
  written.startsWith('^') && (written.length > 1_000 || /\([^)]*[*+{|][^)]*\)[*+{?]|\\\d/.test(written))

/** POSIX classes have other names here. */
function matchesExpression(written: string, typed: string): boolean {
  const expression = kept(`^ ${written}`, () => new RegExp(withClasses(written), 's'))
  return expression?.test(typed) ?? false
}

const CLASSES: Record<string, string> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
}
const withClasses = (text: string): string =>
  text.replaceAll(/\[:([a-z]+):\]/g, (whole, name: string) => CLASSES[name] ?? whole)

/** fnmatch(3): in paths neither a star nor a question mark nor a set stands for a slash. */
export function shellMatches(pattern: string, text: string, asPath: boolean): boolean {
  return kept(`${asPath} ${pattern}`, () => expressionOf(pattern.slice(0, 1_000), asPath))?.test(text) ?? false
}

function expressionOf(pattern: string, asPath: boolean): RegExp {
  const any = asPath ? '[^/]' : '.'
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!
    if (char === '*') {
      while (pattern[at + 1] === '*') at++
      source += `${any}*`
    } else if (char === '?') source += any
    else if (char === '\\' && at + 1 < pattern.length) source += escaped(pattern[++at]!)
    else if (char === '[') {
      const set = /^\[([!^]?)((?:\]|)(?:\[:[a-z]+:\]|[^\]])*)\]/.exec(pattern.slice(at))
      if (set) {
        const inside = withClasses(set[2]!.replaceAll(/\\(?![[\]])/g, '\\\\')).replaceAll(']', '\\]')
        source += `${asPath ? '(?!/)' : ''}[${set[1] ? '^' : ''}${inside}]`
        at += set[0].length - 1
      } else source += '\\['
    } else source += escaped(char)
  }
  return new RegExp(`^${source}$`, 's')
}

const escaped = (char: string): string => char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
