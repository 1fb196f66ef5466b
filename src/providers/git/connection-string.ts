import { isPlaceholder } from './dockerfile.ts'

/** A connection to a database or broker as a text gives it, taken apart. */
export interface Connection {
  /** `postgres`, `mysql`, `mongodb`, `redis`, `amqp`, `sqlserver`. */
  system: string
  host: string
  port: number
  user: string | null
  /** Null when there is none, or it stands elsewhere. */
  password: string | null
  /** A reference or a stand-in where the password will be. */
  passwordElsewhere: boolean
  database: string | null
  line: number
}

const SYSTEMS: Record<string, { system: string; port: number }> = {
  postgres: { system: 'postgres', port: 5432 },
  postgresql: { system: 'postgres', port: 5432 },
  mysql: { system: 'mysql', port: 3306 },
  mariadb: { system: 'mysql', port: 3306 },
  mongodb: { system: 'mongodb', port: 27017 },
  'mongodb+srv': { system: 'mongodb', port: 27017 },
  redis: { system: 'redis', port: 6379 },
  rediss: { system: 'redis', port: 6379 },
  amqp: { system: 'amqp', port: 5672 },
  amqps: { system: 'amqp', port: 5671 },
  sqlserver: { system: 'sqlserver', port: 1433 },
  mssql: { system: 'sqlserver', port: 1433 },
}

const URL_LIKE =
  /\b(?:jdbc:)?(postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|sqlserver|mssql)(?:\+[a-z0-9]{2,20})?:\/\/(?:([^\s:/?#@'"`<>\\]{0,200})(?::([^\s@/'"`<>\\]{0,500}|[^\s@'"`<>\\]{0,500}))?@)?([A-Za-z0-9._-]{1,253}|\[[0-9a-fA-F:.]{2,45}\]|\$\{[^}\s]{1,80}\}|\{\{[^}]{1,80}\}\})(?::(\d{1,5}))?(?:,[\w.:-]{1,400})?(?:\/([\w.-]{1,128}))?(?:\?([^\s'"`<>]{0,1000}))?/g
const LONGEST_LINE = 20_000

/** Connection strings in a text: URLs (JDBC too), and the `Server=…;Password=…` form. Host and user are needed to count. */
export function* connectionStrings(text: string): Generator<Connection> {
  let line = 0
  for (const written of text.split('\n')) {
    line++
    if (written.length > LONGEST_LINE) continue
    if (written.includes('://'))
      for (const match of written.matchAll(URL_LIKE)) {
        const connection = fromUrl(match, line)
        if (connection) yield connection
      }
    if (/password\s*=|pwd\s*=/i.test(written)) {
      const connection = fromPairs(written, line)
      if (connection) yield connection
    }
  }
}

function fromUrl(
  [, scheme, user, password, host, port, database, query]: RegExpMatchArray,
  line: number,
): Connection | null {
  const { system, port: usual } = SYSTEMS[scheme!]!
  if (/[${}]/.test(host!) || isStandIn(host!)) return null
  const parameters = new URLSearchParams(query ?? '')
  const who = decode(user ?? parameters.get('user') ?? '')
  const word = decode(password ?? parameters.get('password') ?? '')
  if (who === '' && word === '') return null
  return {
    system,
    host: host!.toLowerCase(),
    port: Number(port) || usual,
    user: plainOrNull(who),
    ...passwordOf(word),
    database: database ?? parameters.get('database') ?? null,
    line,
  }
}

function fromPairs(written: string, line: number): Connection | null {
  const from = written.search(/\b(?:server|data source|host|addr(?:ess)?)\s*=/i)
  if (from < 0) return null
  const pairs = new Map<string, string>()
  for (const part of written.slice(from).split(';')) {
    const match = /^\s*([A-Za-z ]{2,30}?)\s*=\s*([^"']*?)\s*(?:["'].*)?$/.exec(part)
    if (match) pairs.set(match[1]!.toLowerCase(), match[2]!)
  }
  if (pairs.size < 3) return null
  const first = (...names: string[]) => names.map((name) => pairs.get(name)).find((value) => value !== undefined)
  const [host = '', port] = (first('server', 'data source', 'host', 'address', 'addr') ?? '')
    .replace(/^tcp:/i, '')
    .split(/[,:]/)
  const user = first('user id', 'uid', 'username', 'user')
  const word = first('password', 'pwd')
  if (
    !/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(host.split('\\')[0]!) ||
    user === undefined ||
    word === undefined ||
    isStandIn(host)
  )
    return null
  const asked = Number(port ?? first('port'))
  const system = first('port') === '5432' || pairs.has('host') ? 'postgres' : asked === 3306 ? 'mysql' : 'sqlserver'
  return {
    system,
    host: host.split('\\')[0]!.toLowerCase(),
    port: asked || SYSTEMS[system]!.port,
    user: plainOrNull(user),
    ...passwordOf(word),
    database: first('database', 'initial catalog') ?? null,
    line,
  }
}

const ROLES = {
  host: /^(.*?)_?(?:HOST|HOSTNAME|SERVER)$/,
  user: /^(.*?)_?(?:USER|USERNAME|USR)$/,
  password: /^(.*?)_?(?:PASSWORD|PASSWD|PASS|PWD)$/,
  port: /^(.*?)_?PORT$/,
  database: /^(.*?)_?(?:NAME|DATABASE|DB|DBNAME)$/,
}
const DATABASE_WORD =
  /(?:^|_)(?:DB|DATABASE|POSTGRES|POSTGRESQL|PG|MYSQL|MARIADB|MONGO|MONGODB|REDIS|RABBITMQ|AMQP|MSSQL|SQL)(?:_|$)/

/** `DB_HOST`, `DB_USER`, `DB_PASSWORD` … in a file of settings. */
export function* connectionSettings(text: string): Generator<Connection> {
  const groups = new Map<string, Partial<Record<keyof typeof ROLES, { value: string; line: number }>>>()
  for (const [at, written] of text.split('\n').entries()) {
    const match = /^\s*(?:export\s+)?([A-Za-z][A-Za-z0-9_]{1,80})\s*=\s*(.{0,500}?)\s*$/.exec(
      written.length > LONGEST_LINE ? '' : written,
    )
    if (!match) continue
    const name = match[1]!.toUpperCase()
    const value = match[2]!.replace(/^(['"])(.*)\1.*$/, '$2')
    for (const role of Object.keys(ROLES) as (keyof typeof ROLES)[]) {
      const group = ROLES[role].exec(name)?.[1]
      if (group === undefined || !DATABASE_WORD.test(`${group}_`)) continue
      const known = groups.get(group) ?? {}
      known[role] ??= { value, line: at + 1 }
      groups.set(group, known)
      break
    }
  }
  for (const [group, { host, user, password, port, database }] of groups) {
    if (!host || !password || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(host.value) || isStandIn(host.value)) continue
    const system = /MY|MARIA/.test(group)
      ? 'mysql'
      : /MONGO/.test(group)
        ? 'mongodb'
        : /REDIS/.test(group)
          ? 'redis'
          : /RABBIT|AMQP/.test(group)
            ? 'amqp'
            : /MSSQL/.test(group)
              ? 'sqlserver'
              : systemOfPort(port?.value)
    yield {
      system,
      host: host.value.toLowerCase(),
      port: Number(port?.value) || SYSTEMS[system]!.port,
      user: plainOrNull(user?.value ?? ''),
      ...passwordOf(password.value),
      database: plainOrNull(database?.value ?? ''),
      line: password.line,
    }
  }
}

const systemOfPort = (port: string | undefined): string =>
  Object.values(SYSTEMS).find((known) => String(known.port) === port)?.system ?? 'postgres'

const passwordOf = (word: string): Pick<Connection, 'password' | 'passwordElsewhere'> =>
  word === ''
    ? { password: null, passwordElsewhere: false }
    : isPlaceholder(word)
      ? { password: null, passwordElsewhere: true }
      : { password: word, passwordElsewhere: false }

const plainOrNull = (value: string): string | null =>
  value === '' || /[${}<>]/.test(value) ? null : value.slice(0, 200)

/** Hosts of documentation, and words for a host. */
const isStandIn = (host: string): boolean =>
  /(^|\.)example\.(com|org|net)$|^(?:host|hostname|server|your[-_.].*|my[-_]?host|db[-_]?host|dbserver|some[-_]?host|address|url|ip|example)$/i.test(
    host,
  )

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
