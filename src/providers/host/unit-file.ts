/** Unit files as systemd.syntax(7) describes them. Nothing here throws: what cannot be read is left out. */

export interface Directive {
  section: string
  name: string
  value: string
  file: string
  line: number
}

export function parseUnitFile(text: string, file: string): Directive[] {
  const directives: Directive[] = []
  let section = ''
  const lines = text.split(/\r?\n/)
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1
    let content = lines[at]!.trimStart()
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue
    while (content.endsWith('\\') && at + 1 < lines.length) {
      const next = lines[++at]!
      // Comments between continued lines are left out.
      content = /^\s*[#;]/.test(next) ? content : `${content.slice(0, -1).trimEnd()} ${next.trimStart()}`
    }
    const head = /^\[([^\]]{1,200})\]\s*$/.exec(content)
    if (head) {
      section = head[1]!
      continue
    }
    const equals = content.indexOf('=')
    if (equals > 0)
      directives.push({
        section,
        name: content.slice(0, equals).trim(),
        value: content.slice(equals + 1).trim(),
        file,
        line,
      })
  }
  return directives
}

/** All values of a list directive; an empty assignment starts it anew. */
export function listOf(directives: readonly Directive[], section: string, name: string): Directive[] {
  let list: Directive[] = []
  for (const directive of directives) {
    if (directive.section !== section || directive.name !== name) continue
    if (directive.value === '') list = []
    else list.push(directive)
  }
  return list
}

export const lastOf = (directives: readonly Directive[], section: string, name: string): string | null =>
  directives.findLast((one) => one.section === section && one.name === name)?.value || null

/** Splits a value into words: quotes, C escapes. */
export function wordsOf(value: string): string[] {
  const words: string[] = []
  let word = ''
  let inside = false
  let quote = ''
  for (let at = 0; at < value.length; at++) {
    const char = value[at]!
    if (char === '\\' && at + 1 < value.length && quote !== "'") {
      const next = value[++at]!
      word += next === 'n' ? '\n' : next === 't' ? '\t' : next === 's' ? ' ' : next
      inside = true
    } else if (quote !== '') {
      if (char === quote) quote = ''
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      inside = true
    } else if (/\s/.test(char)) {
      if (inside) words.push(word)
      word = ''
      inside = false
    } else {
      word += char
      inside = true
    }
  }
  if (inside) words.push(word)
  return words
}

/** `NAME=value` pairs of Environment= lines. */
export function environmentOf(
  directives: readonly Directive[],
): { name: string; value: string; file: string; line: number }[] {
  return listOf(directives, 'Service', 'Environment').flatMap(({ value, file, line }) =>
    wordsOf(value).flatMap((word) => {
      const equals = word.indexOf('=')
      return equals > 0 ? [{ name: word.slice(0, equals), value: word.slice(equals + 1), file, line }] : []
    }),
  )
}

/** The command of an Exec line without systemd's prefixes, and whether `+` or `!` lifts it out of User=. */
export function commandOf(value: string): { command: string; asRoot: boolean } {
  const prefix = /^[-@:+!|]*/.exec(value)![0]
  return { command: value.slice(prefix.length).trim(), asRoot: /[+!]/.test(prefix) }
}

/** The instance and the name of a unit stand for %i and %n. */
export function expand(value: string, unit: string): string {
  const instance = /@(.*)\.[a-z]+$/.exec(unit)?.[1] ?? ''
  return value.replace(/%([iInNpP%])/g, (_, letter: string) =>
    letter === '%'
      ? '%'
      : letter === 'n'
        ? unit
        : letter === 'N'
          ? unit.replace(/\.[a-z]+$/, '')
          : letter.toLowerCase() === 'i'
            ? instance
            : unit.replace(/(@.*)?\.[a-z]+$/, ''),
  )
}
