import type { Client } from './clients.ts'
import { at, clean, type Tree, textOf, treeOf, wordsOf } from './names.ts'

/** One server as a configuration has it, whatever the client's dialect. Values may be secrets: they go nowhere from here. */
export interface ServerConfig {
  name: string
  /** The folder it is configured for, where a file holds those of several. */
  project: string | null
  transport: 'stdio' | 'http' | 'sse' | 'built-in' | 'unknown'
  program: string | null
  args: readonly string[]
  env: Readonly<Record<string, string>>
  url: string | null
  headers: Readonly<Record<string, string>>
  /** Variables that hold its token elsewhere. */
  tokenFrom: readonly string[]
  oauth: boolean
  disabled: boolean
  /** Do all its tools run without asking? */
  trusted: boolean
  /** Tools that run without asking. */
  allowed: readonly string[]
  /** Tools that are left, where the configuration narrows them; null for all. */
  only: readonly string[] | null
  without: readonly string[]
}

const MOST = 300

/** The servers of a file: those of everybody, then those of its projects. */
export function serversOf(client: Client, tree: Tree): ServerConfig[] {
  const servers = listed(client, tree, null)
  if (client.projects !== undefined)
    for (const [project, one] of Object.entries(treeOf(tree[client.projects])).slice(0, MOST))
      servers.push(...listed(client, treeOf(one), clean(project)))
  return servers.slice(0, MOST)
}

function listed(client: Client, tree: Tree, project: string | null): ServerConfig[] {
  const map = client.servers.map((path) => at(tree, ...path)).find((one) => one !== undefined && one !== null)
  const entries: [string, unknown][] = Array.isArray(map)
    ? map.map((one, index) => [textOf(at(one, 'name')) ?? `server ${index + 1}`, one])
    : Object.entries(treeOf(map))
  return entries
    .slice(0, MOST)
    .map(([name, one]) => serverOf(clean(name, 200), treeOf(one), project))
    .filter((one) => one !== null)
}

function serverOf(name: string, given: Tree, project: string | null): ServerConfig | null {
  if (name === '' || Object.keys(given).length === 0) return null
  // Continue's old files keep what matters one level down.
  const one: Tree = { ...treeOf(given['config']), ...treeOf(given['transport']), ...given }
  const type = (textOf(one['type']) ?? textOf(one['transport']) ?? '').toLowerCase()
  const command = one['command'] ?? one['cmd']
  const target = textOf(one['target'])
  const [program, ...args] = Array.isArray(command)
    ? wordsOf(command)
    : textOf(at(command, 'path'))
      ? [textOf(at(command, 'path'))!, ...wordsOf(at(command, 'args'))]
      : textOf(command)
        ? [
            ...(/\s/.test(textOf(command)!) && one['args'] === undefined
              ? words(textOf(command)!)
              : [textOf(command)!]),
            ...list(one['args']),
          ]
        : target && !/^https?:/.test(target)
          ? words(target)
          : []
  const httpUrl = textOf(one['httpUrl'])
  const url =
    httpUrl ??
    textOf(one['url']) ??
    textOf(one['serverUrl']) ??
    textOf(one['uri']) ??
    (target && /^https?:/.test(target) ? target : undefined)
  const allowed = [...wordsOf(one['autoApprove']), ...wordsOf(one['alwaysAllow'])]
  const only = one['includeTools'] ?? one['enabled_tools'] ?? one['available_tools'] ?? one['tools']
  return {
    name,
    project,
    transport: transportOf(type, program, url, httpUrl),
    program: program ?? null,
    args: args.slice(0, 200),
    env: {
      ...texts(one['env']),
      ...texts(one['envs']),
      ...texts(one['environment']),
      ...texts(at(command, 'env')),
      ...texts(one['settings']),
    },
    url: url ?? null,
    headers: {
      ...texts(one['headers']),
      ...texts(one['http_headers']),
      ...texts(at(one, 'requestOptions', 'headers')),
      ...bearer(one),
    },
    tokenFrom: [
      ...wordsOf(one['bearer_token_env_var']),
      ...Object.values(texts(one['env_http_headers'])),
      ...wordsOf(one['env_keys']),
    ],
    oauth:
      one['oauth'] !== undefined ||
      one['auth'] !== undefined ||
      one['requiresOAuth'] === true ||
      one['authProviderType'] !== undefined,
    disabled: one['disabled'] === true || one['enabled'] === false,
    trusted: one['trust'] === true || one['default_tools_approval_mode'] === 'approve' || allowed.includes('*'),
    allowed,
    only: Array.isArray(only) && only.length > 0 && !only.includes('*') ? wordsOf(only) : null,
    without: [...wordsOf(one['excludeTools']), ...wordsOf(one['disabled_tools']), ...wordsOf(one['disabledTools'])],
  }
}

/** Some clients take the token itself under a name of its own. */
const bearer = (one: Tree): Record<string, string> => {
  const token = textOf(one['bearer_token']) ?? textOf(one['bearerToken']) ?? textOf(one['apiKey'])
  return token === undefined ? {} : { Authorization: `Bearer ${token}` }
}

function transportOf(
  type: string,
  program: string | undefined,
  url: string | undefined,
  httpUrl: string | undefined,
): ServerConfig['transport'] {
  if (/^(builtin|platform|frontend|bundled)$/.test(type)) return 'built-in'
  if (program !== undefined) return 'stdio'
  if (url === undefined) return 'unknown'
  if (type === 'sse') return 'sse'
  if (/http/.test(type) || httpUrl !== undefined || type !== '') return 'http'
  return /\/sse\/?$/.test(url.split('?')[0]!) ? 'sse' : 'http'
}

const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string' || typeof one === 'number').map(String) : []

/** A command line that stands in one text. */
const words = (line: string): string[] =>
  (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))

const texts = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(treeOf(value))
      .slice(0, 200)
      .flatMap(([name, one]) => (typeof one === 'string' || typeof one === 'number' ? [[name, String(one)]] : [])),
  )
