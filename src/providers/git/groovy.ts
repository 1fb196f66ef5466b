/** What a Jenkinsfile says of credentials, by its strings and calls; Groovy itself is not evaluated. */
export interface GroovyCredential {
  id: string
  line: number
  /** The variable it is put into, where it can be seen. */
  variable: string | null
}

interface Token {
  kind: 'word' | 'string' | 'sign'
  text: string
  line: number
}

const MOST_TOKENS = 500_000

/** Words, strings and signs; comments are left out. Linear, and total on any text. */
export function groovyTokens(text: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  let at = 0
  while (at < text.length && tokens.length < MOST_TOKENS) {
    const char = text[at]!
    if (char === '\n') {
      line++
      at++
    } else if (/\s/.test(char)) at++
    else if (text.startsWith('//', at) || (char === '#' && text[at + 1] === '!')) {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2)
      const stop = end < 0 ? text.length : end + 2
      for (let inner = at; inner < stop; inner++) if (text.charCodeAt(inner) === 10) line++
      at = stop
    } else if (char === '"' || char === "'") {
      const quote = text.startsWith(char.repeat(3), at) ? char.repeat(3) : char
      const start = at + quote.length
      const from = line
      at = start
      while (at < text.length && !text.startsWith(quote, at)) {
        if (text[at] === '\\') at++
        else if (text[at] === '\n') {
          if (quote.length === 1) break
          line++
        }
        at++
      }
      tokens.push({ kind: 'string', text: text.slice(start, at), line: from })
      if (text.startsWith(quote, at)) at += quote.length
    } else if (/[A-Za-z_$]/.test(char)) {
      let end = at + 1
      while (end < text.length && /[\w$]/.test(text[end]!)) end++
      tokens.push({ kind: 'word', text: text.slice(at, end), line })
      at = end
    } else {
      tokens.push({ kind: 'sign', text: char, line })
      at++
    }
  }
  return tokens
}

export function readJenkinsfile(text: string): {
  credentials: GroovyCredential[]
  agents: string[]
  libraries: { name: string; line: number }[]
} {
  const tokens = groovyTokens(text)
  const credentials: GroovyCredential[] = []
  const agents: string[] = []
  const libraries: { name: string; line: number }[] = []
  const is = (at: number, text_: string) => tokens[at]?.text === text_ && tokens[at]?.kind !== 'string'
  const stringAt = (at: number) => (tokens[at]?.kind === 'string' ? tokens[at]!.text : null)
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!
    if (token.kind !== 'word') continue
    if (token.text === 'credentials' && is(at + 1, '(')) {
      const id = stringAt(at + 2)
      const variable = is(at - 1, '=') && tokens[at - 2]?.kind === 'word' ? tokens[at - 2]!.text : null
      if (id) credentials.push({ id, line: token.line, variable })
    } else if (token.text === 'credentialsId' && (is(at + 1, ':') || is(at + 1, '='))) {
      const id = stringAt(at + 2)
      if (id) credentials.push({ id, line: token.line, variable: variableNear(tokens, at) })
    } else if (token.text === 'sshagent') {
      for (let inner = at + 1; inner < at + 40 && tokens[inner] && !is(inner, '{'); inner++) {
        const id = stringAt(inner)
        if (id) credentials.push({ id, line: token.line, variable: null })
      }
    } else if (token.text === 'withRegistry' && is(at + 1, '(') && is(at + 3, ',')) {
      const id = stringAt(at + 4)
      if (id) credentials.push({ id, line: token.line, variable: null })
    } else if (token.text === 'label' && agents.length < 50) {
      const label = stringAt(at + 1)
      if (label) agents.push(label)
    } else if (token.text === 'Library' && is(at - 1, '@')) {
      for (let inner = at + 1; inner < at + 20 && tokens[inner] && !is(inner, ')'); inner++) {
        const name = stringAt(inner)
        if (name && libraries.length < 50) libraries.push({ name, line: token.line })
      }
    }
  }
  return { credentials, agents, libraries }
}

/** `usernamePassword(credentialsId: 'x', passwordVariable: 'P')`: the variable in the same brackets. */
function variableNear(tokens: readonly Token[], at: number): string | null {
  for (let inner = at; inner < at + 24 && tokens[inner] && tokens[inner]!.text !== ')'; inner++) {
    if (
      /^(passwordVariable|variable|secretKeyVariable|keyFileVariable)$/.test(tokens[inner]!.text) &&
      tokens[inner + 2]?.kind === 'string'
    )
      return tokens[inner + 2]!.text
  }
  return null
}
