import { type Method, type Run, Sensitive, type Severity } from '../../sdk/index.ts'
import { clean, type Tree } from './names.ts'
import type { ServerConfig } from './server-config.ts'

/** A secret that stands in a configuration as it is, and what is known of it. */
export interface Literal {
  value: Sensitive
  detector: string
  provider: string
  title: string
  severity: Severity
  method: Method
  redacted: string
  keyId?: string
  /** Where in the entry: `env GITHUB_TOKEN`, `header Authorization`. */
  spot: string
}

/** It stands for a secret that lies elsewhere: a variable, an input, a vault's address, or a gap to fill in. */
const REFERENCE =
  /\$\{[^}]+\}|\{\{[^}]+\}\}|\{(?:env|file):[^}]+\}|%[A-Z_][A-Z0-9_]*%|^\$[A-Za-z_]\w*$|^\$\(|^(?:op|keychain|keyring|vault|aws-sm|gcp-sm|azure-kv|doppler|infisical|secretref|file|env|secret|input|cmd):/i
const GAP =
  /^(?:\*+|x{3,}|\.{3,}|…|-+|<.*>|\[.*\])$|^(?:true|false|yes|no|none|null|undefined|changeme|example|placeholder|redacted|masked|secret|token|password|dummy(?:[-_]key)?)$|your[-_ ]|[-_ ]here$|replace[-_ ]?me|^(?:sk|ghp|xoxb)[-_](?:\.{3}|x{4,}|your)|xxxx|\.\.\.$/i

export const isReference = (value: string): boolean => REFERENCE.test(value)
const isLiteral = (value: string): boolean => value.length >= 6 && !isReference(value) && !GAP.test(value)

const SECRET_NAME =
  /(?:^|[_.-])(?:pass|passwd|password|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|secret[_-]?key|private[_-]?key|auth[_-]?key|license[_-]?key|pat|credentials?|bearer|dsn|webhook)(?:[_.-]?[a-z0-9]{1,12})?$/i
const NOT_ITS_VALUE =
  /(?:file|path|dir|uri|name|id|ttl|length|type|header|command|helper|expiry|expires|timeout|count|limit|budget|mode|env_var|max_tokens?|max_output_tokens?)$/i
const PLAIN = /^(?:\/|\.{1,2}\/|~\/|\d{1,7}$|[a-z]{1,7}$)/

/** `GITHUB_TOKEN`, `apiKey`, `SLACK_BOT_TOKEN`. */
export const isSecretName = (name: string): boolean => {
  const snake = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2')
  return SECRET_NAME.test(snake) && !NOT_ITS_VALUE.test(snake)
}

const KNOWN: readonly [RegExp, string][] = [
  [/github|^gh[pousr]_|^github_pat_/i, 'github'],
  [/gitlab|^glpat-/i, 'gitlab'],
  [/anthropic|^sk-ant-/i, 'anthropic'],
  [/openai|^sk-(?:proj|svcacct)-/i, 'openai'],
  [/gemini|google|^AIza/i, 'google'],
  [/slack|^xox[abpr]-/i, 'slack'],
  [/notion|^ntn_/i, 'notion'],
  [/stripe|^[rs]k_(?:live|test)_/i, 'stripe'],
  [/aws|^AKIA/i, 'aws'],
  [/postgres|^pg/i, 'postgres'],
]
const systemOf = (name: string, value: string): string =>
  KNOWN.find(([said]) => said.test(name) || said.test(value))?.[1] ?? 'generic'

function named(name: string, value: string, spot: string, over: Partial<Literal> = {}): Literal[] {
  if (!isLiteral(value)) return []
  return [
    {
      value: new Sensitive(value),
      detector: 'agent-configuration',
      provider: systemOf(name, value),
      title: clean(name, 80),
      severity: 'high',
      method: /pass|pwd/i.test(name) ? 'password' : 'token',
      redacted: '****',
      spot: clean(spot, 120),
      ...over,
    },
  ]
}

/** A detector that knows the format tells more than the name under which the value stands. */
function recognised(run: Run, literals: Literal[]): Literal[] {
  return literals.map((one) => {
    const value = one.value.reveal()
    const known = run.scan(Buffer.from(`${one.title}=${value}`), {}).find((seen) => seen.value.reveal() === value)
    if (known === undefined || known.provider === 'generic') return one
    const { detector, provider, title, severity, method, redacted, keyId } = known
    return { ...one, detector, provider, title, severity, method, redacted, ...(keyId !== undefined && { keyId }) }
  })
}

/** Every secret that a server's entry holds as it is, each once. */
export function literalsOf(run: Run, server: ServerConfig): Literal[] {
  const found: Literal[] = []
  const literal = (name: string, value: string, spot: string) => recognised(run, named(name, value, spot))
  for (const [name, value] of Object.entries(server.env)) {
    if (isSecretName(name) && !PLAIN.test(value)) found.push(...literal(name, secretPart(value), `env ${name}`))
    else found.push(...inText(run, value, `env ${name}`))
  }
  for (const [name, value] of Object.entries(server.headers)) {
    if (/^(authorization|proxy-authorization|cookie)$|api-?key|token|secret/i.test(name))
      found.push(
        ...literal(`${name} header`, value.replace(/^(?:bearer|basic|token|apikey)\s+/i, ''), `header ${name}`),
      )
    else found.push(...inText(run, value, `header ${name}`))
  }
  server.args.forEach((word, index) => {
    const before = server.args[index - 1] ?? ''
    const pair = /^(?:-{1,2}|\/)?([A-Za-z][\w.-]{1,60})=(.*)$/s.exec(word)
    const header = /^(?:--header=)?([\w-]+)\s*:\s*(?:bearer\s+|basic\s+)?(\S.*)$/i.exec(word)
    const option = /^-{1,2}([A-Za-z][\w.-]*)$/.exec(before)?.[1]
    if (option && isSecretName(option) && !word.startsWith('-'))
      found.push(...literal(option, secretPart(word), `argument ${before}`))
    else if (pair && isSecretName(pair[1]!))
      found.push(...literal(pair[1]!, secretPart(pair[2]!), `argument ${pair[1]}`))
    else if (header && /^(authorization|cookie)$|api-?key|token|secret/i.test(header[1]!))
      found.push(...literal(`${header[1]} header`, header[2]!, `argument ${index + 1}`))
    else found.push(...inText(run, word, `argument ${index + 1}`))
  })
  if (server.url !== null) found.push(...inUrl(server.url), ...scanned(run, server.url, 'url'))
  return found
}

/** An address under a secret's name holds its password at most. */
const secretPart = (value: string): string => {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? URL.parse(value) : null
  return url === null ? value : decoded(url.password)
}

const inText = (run: Run, value: string, spot: string): Literal[] =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(value)
    ? [...inUrl(value, spot), ...scanned(run, value, spot)]
    : scanned(run, value, spot)

/** User information, query and path: services hand out addresses that are keys. */
function inUrl(address: string, spot = 'url'): Literal[] {
  const url = URL.parse(address)
  if (url === null) return []
  const found = named(`password of ${url.username || 'a user'} at ${url.host}`, decoded(url.password), spot, {
    method: 'password',
    provider: url.protocol
      .replace(/:$|\+.*$/g, '')
      .replace(/^postgresql$/, 'postgres')
      .replace(/^https?$/, 'generic'),
  })
  for (const [name, value] of url.searchParams)
    if (isSecretName(name) || /^(key|auth|sig|signature|code)$/i.test(name))
      found.push(...named(`${name} in the address of ${url.host}`, value, `query ${name}`))
  for (const part of url.pathname.split('/'))
    if (/^(?=.*\d)(?=.*[A-Za-z])[\w~.=-]{32,}$/.test(part) && !/^[a-z]+(-[a-z]+)+/.test(part))
      found.push(...named(`secret address at ${url.host}`, part, 'path of the address', { severity: 'medium' }))
  return found
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const scanned = (run: Run, text: string, spot: string): Literal[] =>
  run.scan(Buffer.from(text), {}).map(({ detector, provider, title, severity, method, value, redacted, keyId }) => ({
    value,
    detector,
    provider,
    title,
    severity,
    method,
    redacted,
    ...(keyId !== undefined && { keyId }),
    spot,
  }))

/** Keys of model providers and the like that stand beside the servers; `skip` are the values the servers told of. */
export function literalsBeside(run: Run, tree: Tree, servers: readonly (readonly string[])[]): Literal[] {
  const found: Literal[] = []
  const own = new Set(servers.map((path) => path[0]))
  const open: [string, unknown, number][] = Object.entries(tree)
    .filter(([name]) => !own.has(name))
    .map(([name, value]) => [name, value, 1])
  for (let steps = 0; open.length > 0 && steps < 20_000; steps++) {
    const [name, value, depth] = open.pop()!
    if (typeof value === 'string') {
      if (isSecretName(name) && !/\s/.test(value) && !PLAIN.test(value) && secretPart(value).length >= 8)
        found.push(...recognised(run, named(name, secretPart(value), name)))
    } else if (value !== null && typeof value === 'object' && name !== 'mcpServers') {
      for (const [inner, one] of Object.entries(value)) open.push([Array.isArray(value) ? name : inner, one, depth + 1])
    }
  }
  return found
}
