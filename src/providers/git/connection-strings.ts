import type { Collection, Edge, Entity, Key, Run } from '../../sdk/index.ts'
import type { Checkout } from './checkout.ts'
import { type Connection, connectionSettings, connectionStrings } from './connection-string.ts'
import { environmentOfPath, environmentOfWord, isExample, isSample, shortKey } from './place-names.ts'
import { texts } from './texts.ts'

const SERVERS = ['postgres', 'mysql', 'mongodb', 'redis', 'amqp', 'sqlserver']
const MOST_EACH = 200

/** Settings, not programs: what a program says of a connection is an example more often than a place. */
const isSettings = (path: string): boolean =>
  (/(^|\/)\.env([.-][\w.-]+)?$|\.(env|ini|cfg|conf|properties|toml|ya?ml|json|tfvars|config|xml)$/i.test(path) ||
    /(^|\/)(config|settings|secrets?|credentials|database)([.-](prod|production|staging|dev|development|local|test))?(\.(py|php|rb))?$/i.test(
      path,
    )) &&
  !/(^|\/)(package(-lock)?|composer|tsconfig[\w.-]*|pnpm-lock|openapi|swagger)\.(json|ya?ml)$|\.(lock|min\.json|schema\.json)$/i.test(
    path,
  )

/** Databases that settings lead to: host, user and environment, the password as a fingerprint only. */
export const connectionStringsOf: Collection<Checkout> = {
  id: 'connection-strings',
  title: 'Database connection strings',
  yields: ['connection_string', 'secret_value', ...SERVERS.map((system) => `${system}_server`)],
  needs: ['read access to the folder'],
  async *read(checkout, run): AsyncGenerator<Entity | Edge> {
    const seen = new Set<Key>()
    const isNamed = (path: string) => isSettings(path) && !isSample(path.slice(checkout.prefix.length))
    for await (const { path, text } of texts(checkout, run, isNamed, {
      most: 4 << 20,
      isAbout: mayConnect,
      quiet: true,
    })) {
      const connections = [...connectionStrings(text)]
      if (/(^|\/)\.?env\b|\.env$|\.properties$/i.test(path)) connections.push(...connectionSettings(text))
      for (const [at, connection] of connections.slice(0, MOST_EACH).entries())
        yield* describe(checkout, run, path, at, connection, seen)
    }
  },
}

const mayConnect = (text: string): boolean =>
  /(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|sqlserver|mssql)(?:\+\w+)?:\/\/|(?:password|pwd|pass|passwd)["']?\s*=/i.test(
    text,
  )

/** Hosts that mean another machine in each place: loopback, and the names that compose files give their services. */
const LOCAL =
  /^(localhost|127\..*|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal|db|database|postgres|postgresql|pg|mysql|mariadb|mongo|mongodb|redis|rabbitmq|mq|cache|sql)$/

function* describe(
  checkout: Checkout,
  run: Run,
  path: string,
  at: number,
  connection: Connection,
  seen: Set<Key>,
): Generator<Entity | Edge> {
  const { system, host, port, user, password, database, line, passwordElsewhere } = connection
  const isLocal = LOCAL.test(host)
  const environment =
    environmentOfPath(path) ?? environmentOfWord(host.split('.')[0]!) ?? environmentOfWord(database ?? '')
  const server = shortKey(`${system}:${host}:${port}`)
  const key = shortKey(
    `${checkout.key}/connection/${path}#${system}/${user ?? ''}@${host}:${port}/${database ?? ''}${seen.has(`${path}${host}${user}`) ? at : ''}`,
  )
  const staged = environment ? { environment } : {}
  if (seen.has(key)) return
  seen.add(key)
  seen.add(`${path}${host}${user}`)
  const fingerprint = password === null ? undefined : run.fingerprint(password)
  yield {
    kind: 'secret',
    type: 'connection_string',
    key,
    name: `${user ?? 'somebody'} at ${host}:${port}${database ? `/${database}` : ''} in ${path}`,
    ...staged,
    ...(fingerprint ? { fingerprint } : {}),
    attributes: {
      file: path,
      line,
      system,
      host,
      port,
      user,
      database,
      hasPassword: password !== null,
      passwordElsewhere,
      example: isExample(path),
      repositoryName: checkout.name,
    },
  }
  yield { from: checkout.key, verb: 'contains', to: key }
  if (!isLocal && !seen.has(server)) {
    seen.add(server)
    yield {
      kind: 'resource',
      type: `${system}_server`,
      key: server,
      name: `${host}:${port}`,
      ...staged,
      attributes: { host, port, namedIn: path },
    }
  }
  if (!fingerprint) return
  const credential = `credential:${fingerprint}`
  if (!seen.has(credential)) {
    seen.add(credential)
    yield {
      kind: 'credential',
      type: 'secret_value',
      key: credential,
      name: `password of ${user ?? 'somebody'} at ${host}`,
      method: 'password',
      fingerprint,
      attributes: { detector: 'connection-string', provider: system, host, port, user },
    }
  }
  yield { from: key, verb: 'holds', to: credential }
  if (!isLocal && user)
    yield {
      from: credential,
      verb: 'authenticates',
      to: shortKey(`${server}/role/${user}`),
      attributes: { file: path, line },
    }
}
