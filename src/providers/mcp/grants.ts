import type { Edge, Entity } from '../../sdk/index.ts'
import { type Ability, abilityOf, type Leg } from './abilities.ts'
import type { Draft, PlacedServer } from './gather.ts'
import { clean, environmentOfHost, environmentOfWord, keyed } from './names.ts'
import type { Package } from './package.ts'
import type { Estate } from './places.ts'
import type { Alone } from './told.ts'

/** A resource that a grant leads to, and the edge from the entitlement to it. */
type Grant = Entity | Edge

const DATABASES: Record<string, { system: string; port: number }> = {
  postgres: { system: 'postgres', port: 5432 },
  postgresql: { system: 'postgres', port: 5432 },
  mysql: { system: 'mysql', port: 3306 },
  mariadb: { system: 'mysql', port: 3306 },
  mongodb: { system: 'mongodb', port: 27017 },
  'mongodb+srv': { system: 'mongodb', port: 27017 },
  redis: { system: 'redis', port: 6379 },
  rediss: { system: 'redis', port: 6379 },
}
/** Hosts that mean another machine in each place. */
const LOCAL = /^(localhost|127\..*|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal|db|database|postgres|mysql|mongo|redis)$/

interface Database {
  key: string
  server: string
  system: string
  user: string
  /** The role that its own system knows, where the address tells which server it is. */
  role: string | null
  host: string
  name: string
}

/** An object, so that what a grant is a leg of is not read as something it allows. */
export const legsOf = (legs: readonly Leg[]): Record<string, true> =>
  Object.fromEntries(legs.map((leg) => [leg, true as const]))

const entitlementAllows = (
  from: string,
  to: string,
  { privileges, legs }: Pick<Ability, 'privileges' | 'legs'>,
): Edge => ({
  from,
  verb: 'allows',
  to,
  attributes: { privileges: [...privileges], ...(legs.length > 0 && { legs: legsOf(legs) }) },
})

export const internet: Entity = {
  kind: 'resource',
  type: 'internet',
  key: 'mcp:internet',
  name: 'the internet',
  sensitivity: 'public',
  attributes: {},
}

const service = (host: string, title: string): Entity => {
  const environment = environmentOfHost(host)
  return {
    kind: 'resource',
    type: 'mcp_endpoint',
    key: keyed(`mcp:endpoint/${host}`),
    name: clean(title),
    ...(environment && { environment }),
    attributes: { host: clean(host) },
  }
}

/** What the tools of one server lead to; `known` is null where nothing tells what they do. */
export function grantsOf(
  estate: Estate,
  draft: Draft,
  server: PlacedServer,
  tools: string,
  of: Package | null,
  host: string | null,
): { known: Ability | null; grants: Grant[]; databases: Database[] } {
  const known = abilityOf(server.config, of, host)
  const databases = databasesOf(estate, server)
  const grants: Grant[] = []
  const grant = (resource: Entity | string, ability: Pick<Ability, 'privileges' | 'legs'>) => {
    if (typeof resource !== 'string') grants.push(resource)
    grants.push(entitlementAllows(tools, typeof resource === 'string' ? resource : resource.key, ability))
  }
  for (const database of databases)
    grants.push(
      ...databaseOf(database),
      entitlementAllows(tools, database.key, {
        privileges: known?.target === 'database' ? known.privileges : ['connect'],
        legs: ['private-data'],
      }),
    )
  if (known?.target === 'internet') grant(internet, known)
  if (known?.target === 'machine') grant(machineOf(estate), known)
  if (known?.target === 'folders') for (const folder of foldersOf(estate, draft, server)) grant(folder, known)
  if (known?.target === 'service') grant(service(known.host!, known.title), known)
  if (known?.target === 'database' && databases.length === 0)
    grant(
      host === null
        ? {
            ...service(`${server.key.slice(4)}`, `the database of ${server.config.name}`),
            key: keyed(`${server.key}/database`),
            type: 'agent_database',
          }
        : service(host, host),
      known,
    )
  if (known === null && host !== null) grant(service(host, host), { privileges: [], legs: [] })
  return { known, grants, databases }
}

/** What a client's own tools may do without asking, and what they read anyway. */
export function ownGrants(estate: Estate, draft: Draft, tools: string, alone: Alone): Grant[] {
  const reads: Leg[] = ['private-data']
  const grants: Grant[] = []
  if (draft.client.hands) {
    const workspace = draft.home ? folder(estate, homePath(estate, draft)) : estate.where.key
    if (typeof workspace !== 'string') grants.push(workspace)
    const to = typeof workspace === 'string' ? workspace : workspace.key
    grants.push(entitlementAllows(tools, to, { privileges: alone.write ? ['read', 'write'] : ['read'], legs: reads }))
  }
  if (alone.shell) {
    const machine = machineOf(estate)
    if (typeof machine !== 'string') grants.push(machine)
    grants.push(
      entitlementAllows(tools, typeof machine === 'string' ? machine : machine.key, {
        privileges: ['execute'],
        legs: ['private-data', 'outbound'],
      }),
    )
  }
  if (alone.web)
    grants.push(
      internet,
      entitlementAllows(tools, internet.key, { privileges: ['read'], legs: ['untrusted-input', 'outbound'] }),
    )
  return grants
}

const homePath = ({ where }: Estate, { home }: Draft): string =>
  where.root === '/' ? home!.path : home!.path.slice(where.root.length)

/** A host is described by its own connection; of a repository's agents nobody knows yet where they run. */
const machineOf = ({ where }: Estate): Entity | string =>
  where.kind === 'host'
    ? where.key
    : {
        kind: 'resource',
        type: 'agent_machine',
        key: keyed(`mcp:${where.key.replace(/^[a-z]+:/, '')}/machine`),
        name: clean(`the machine that runs the agents of ${where.name}`),
        attributes: {},
      }

const folder = ({ where }: Estate, path: string): Entity => {
  const environment = environmentOfWord(path.split('/').at(-1) ?? '')
  return {
    kind: 'resource',
    type: 'agent_folder',
    key: keyed(`mcp:${where.key.replace(/^[a-z]+:/, '')}/folder${path.startsWith('/') ? '' : '/'}${path}`),
    name: clean(`${path} ${where.kind === 'host' ? 'on' : 'beside'} ${where.name}`),
    ...(environment && { environment }),
    attributes: { path: clean(path) },
  }
}

function foldersOf(estate: Estate, draft: Draft, { config }: PlacedServer): (Entity | string)[] {
  const { where } = estate
  const paths = config.args
    .flatMap((word) => /(?:src|source)=([^,]+)/.exec(word)?.[1] ?? word.replace(/:\/[\w/.-]*(:r[ow])?$/, ''))
    .map((word) =>
      word.replace(/^(?:~|\$\{?HOME\}?|\$\{userHome\})(?=\/|$)/, draft.home ? homePath(estate, draft) : '~'),
    )
    .filter((word) => /^(\.{0,2}\/|~|\.$|\$\{(workspaceFolder|PWD)\}|[A-Za-z]:\\)/.test(word))
  if (paths.length === 0)
    return [where.kind === 'folder' ? where.key : folder(estate, 'folders that its arguments do not name')]
  return paths
    .slice(0, 50)
    .map((path) =>
      where.kind === 'folder' && /^(\.\/?$|\.\/|\$\{(workspaceFolder|PWD)\})/.test(path)
        ? where.key
        : folder(estate, path.replace(/(.)\/$/, '$1')),
    )
}

/** The databases that a server's addresses lead to. */
export function databasesOf(estate: Estate, { config }: PlacedServer): Database[] {
  const found = new Map<string, Database>()
  const base = `mcp:${estate.where.key.replace(/^[a-z]+:/, '')}`
  for (const text of [...config.args, ...Object.values(config.env)]) {
    const scheme = /^(?:[A-Za-z_-]+=)?([a-z][a-z0-9+]*):\/\//.exec(text)?.[1]
    const kind = scheme !== undefined && Object.hasOwn(DATABASES, scheme) ? DATABASES[scheme] : undefined
    const url = kind && URL.parse(text.replace(/^[A-Za-z_-]+=/, ''))
    if (!kind || !url || url.hostname === '' || /[${}<>]/.test(url.hostname)) continue
    const host = url.hostname.toLowerCase()
    const server = `${kind.system}:${host}:${url.port || kind.port}`
    const name = clean(decodeURIComponentSafely(url.pathname.slice(1)) || url.username || kind.system, 120)
    const local = LOCAL.test(host)
    const user = clean(decodeURIComponentSafely(url.username), 120)
    const key = keyed(local ? `${base}/database/${server}/${name}` : `${server}/database/${encodeURIComponent(name)}`)
    found.set(key, {
      key,
      server,
      system: kind.system,
      user,
      role: local || user === '' || /[${}]/.test(user) ? null : keyed(`${server}/role/${encodeURIComponent(user)}`),
      host: url.host,
      name,
    })
  }
  return [...found.values()].slice(0, 20)
}

function databaseOf({ key, system, host, name }: Database): Grant[] {
  const environment = environmentOfWord(name) ?? environmentOfHost(host)
  return [
    {
      kind: 'resource',
      type: `${system}_database`,
      key,
      name,
      ...(environment && { environment }),
      attributes: { host: clean(host) },
    },
  ]
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
