export interface Dockerfile {
  stages: { name: string | null; image: string; line: number }[]
  /** The user of the last stage; null when no USER is set there, so the base image decides, mostly root. */
  user: string | null
  userLine: number
  /** Secrets given by value in ENV or ARG: they stay readable in the image. */
  literals: { name: string; how: 'ENV' | 'ARG'; line: number; value: string }[]
  /** Secrets that are handed in as build arguments: they stay in the image's history. */
  buildArguments: { name: string; line: number }[]
}

const SECRET_NAME =
  /(?:^|_)(?:PASS(?:WORD|WD)?|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?|AUTH_?KEY)(?:_|$)|(?:PASSWORD|SECRET|TOKEN|APIKEY)$/i
const NOT_SECRET =
  /^MINIO_ACCESS_KEY$|(?:_FILE|_PATH|_DIR|_NAME|_URL|_URI|_HEADER|_TYPE|_TTL|_LENGTH|_ENDPOINT|_EXPIRY|_ISSUER|_ID|_PUBLIC_KEY|_POLICY|_ENABLED|_REQUIRED|_LIMIT|_COUNT|_SIZE)$|^(?:MAX|MIN|NUM|USE|ENABLE|ALLOW|DISABLE|NO)_|TOKENIZ|PUBLIC/i

/** Is it the name of a setting that holds a secret by value? */
export const isSecretName = (name: string): boolean =>
  SECRET_NAME.test(name.replace(/([a-z])([A-Z])/g, '$1_$2')) && !NOT_SECRET.test(name)

/** Nothing, a reference to a variable, or words that stand where a value will be. */
export const isPlaceholder = (value: string): boolean => {
  const bare = value.trim().replace(/^(['"])(.*)\1$/s, '$2')
  return (
    bare.length < 3 ||
    /^[$%]|\$\{|\$\(|\{\{|^<.*>$|^\[.*\]$|^%[A-Z_]+%$|^\/|^(?:true|false|null|none|nil|yes|no|undefined|empty|unset|n\/a)$/i.test(
      bare,
    ) ||
    /^[\w.-]+(?:\.(?:json|pem|key|txt|jks|p12|pfx|crt|cer|ya?ml|properties)|[_-]creds)$/i.test(bare) ||
    /^(?:x+|\*+|\.+|-+|0+|1234?5?6?7?8?9?0?)$/i.test(bare) ||
    /^(?:your|my|the|a|some|insert|enter|put|add|set|use|replace|change|fill|todo|fixme|dummy|fake|sample|example|placeholder|redacted|secret|password|passwd|pass|pw|token|key|test|tests|testing|changeme|changeit|default|admin|root|user|username|foo|bar|baz|foobar|hello|abc|abcd|supersecret|s3cr3t|postgres|mysql|guest|string|value|hunter2)(?:[-_ .]?(?:your|my|the|here|me|this|it|with|in|value|secret|password|pass|token|key|api|access|example|placeholder|change|real|db|database|user|admin|root|test|dummy|fake|postgres|mysql|redis|dev|local|id|string|\d+))*[!1]*$/i.test(
      bare,
    )
  )
}

/** Reads a Dockerfile: continuation lines and comments as Docker reads them; here-documents are skipped. */
export function readDockerfile(source: string): Dockerfile {
  const file: Dockerfile = { stages: [], user: null, userLine: 0, literals: [], buildArguments: [] }
  for (const { instruction, rest, line } of instructions(source)) {
    if (instruction === 'FROM') {
      const match = /^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(rest)
      if (!match) continue
      file.stages.push({ image: match[1]!, name: match[2] ?? null, line })
      const parent = file.stages.slice(0, -1).some(({ name }) => name?.toLowerCase() === match[1]!.toLowerCase())
      if (!parent) {
        file.user = null
        file.userLine = 0
      }
    } else if (instruction === 'USER') {
      file.user = rest.split(/\s/)[0]!
      file.userLine = line
    } else if (instruction === 'ENV') {
      for (const [name, value] of pairs(rest)) {
        if (!isSecretName(name)) continue
        if (isPlaceholder(value)) {
          const from = /^"?\$\{?([A-Za-z_]\w*)\}?"?$/.exec(value)
          if (from && isSecretName(from[1]!)) file.buildArguments.push({ name: from[1]!, line })
        } else file.literals.push({ name, how: 'ENV', line, value })
      }
    } else if (instruction === 'ARG') {
      const match = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(rest.trim())
      if (!match || !isSecretName(match[1]!)) continue
      if (match[2] === undefined || match[2] === '' || match[2] === '""' || match[2] === "''")
        file.buildArguments.push({ name: match[1]!, line })
      else if (!isPlaceholder(match[2]))
        file.literals.push({ name: match[1]!, how: 'ARG', line, value: unquote(match[2]) })
    }
  }
  const seen = new Set<string>()
  file.buildArguments = file.buildArguments.filter(({ name }) => !seen.has(name) && seen.add(name))
  return file
}

const CONTINUES = /[\\`]\s*$/

function* instructions(source: string): Generator<{ instruction: string; rest: string; line: number }> {
  const lines = source.split(/\r?\n/)
  for (let at = 0; at < lines.length; at++) {
    const start = at
    const match = /^\s*([A-Za-z]{2,20})\s+(.*)$/.exec(lines[at]!)
    if (!match || lines[at]!.trimStart().startsWith('#')) continue
    const parts = [match[2]!]
    while (CONTINUES.test(parts.at(-1)!) && at + 1 < lines.length && parts.length < 5000) {
      const next = lines[++at]!
      parts.push(next.trimStart().startsWith('#') ? '\\' : next)
    }
    const rest = parts
      .map((part) => part.replace(CONTINUES, ' '))
      .join('')
      .slice(0, 200_000)
    const instruction = match[1]!.toUpperCase()
    const here = /^(?:RUN|COPY|ADD)$/.test(instruction)
      ? [...rest.matchAll(/<<-?\s*(["']?)([A-Za-z_]\w*)\1/g)].map((found) => found[2]!)
      : []
    for (const word of here) while (at + 1 < lines.length && lines[++at]!.trim() !== word);
    yield { instruction, rest: rest.trim(), line: start + 1 }
  }
}

function* pairs(text: string): Generator<[string, string]> {
  const old = /^([A-Za-z_]\w*)\s+(.+)$/s.exec(text)
  if (old && !/^[A-Za-z_]\w*=/.test(text)) {
    yield [old[1]!, unquote(old[2]!.trim())]
    return
  }
  for (const match of text.matchAll(/([A-Za-z_][\w.]*)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\]|\\.)*)/g))
    yield [match[1]!, unquote(match[2]!)]
}

const unquote = (value: string): string => value.trim().replace(/^(['"])(.*)\1$/s, '$2')

/** By digest, or made in the same file, or nothing at all. */
export const isPinnedImage = (image: string): boolean =>
  image === 'scratch' || /@sha256:[0-9a-f]{64}$/.test(image) || image.includes('$')
