import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf, ReeveError, Sensitive } from '../sdk/index.ts'
import { known, leavesOf } from './config-leaf.ts'

const secret = () =>
  z
    .string()
    .min(1)
    .transform((text) => new Sensitive(text))
const list = () => z.array(z.string().min(1))
const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** All settings. A leaf's `env` names further environment variables beside its own, `REEVE_` and its path. */
const Schema = z.strictObject({
  data: z
    .string()
    .min(1)
    .default(join(checkout, '.reeve'))
    .describe('Folder of the embedded database, the installation key and reeve.yaml'),
  key: secret()
    .optional()
    .meta({ secret: true })
    .describe('The installation key itself, instead of a file: 32 bytes in base64, or the text of a key file'),
  keyFile: z.string().min(1).optional().describe('File of the installation key; <data>/key unless given'),
  database: z
    .strictObject({
      url: secret()
        .optional()
        .meta({ secret: true, env: ['DATABASE_URL'] })
        .describe('A PostgreSQL 15 or later to use instead of the embedded one'),
      user: z
        .string()
        .min(1)
        .optional()
        .describe('Under root: the user that the embedded PostgreSQL runs as; reeve, postgres or nobody unless given'),
      connections: z
        .number()
        .int()
        .min(4)
        .max(500)
        .default(20)
        .describe('Most database connections that one process opens for queries'),
    })
    .prefault({}),
  http: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
      port: z.number().int().min(0).max(65535).default(7373).describe('Port to listen on; 0 for any that is free'),
      url: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('How browsers reach Reeve, when that is through a proxy'),
    })
    .prefault({}),
  outbound: z
    .strictObject({
      proxy: secret()
        .optional()
        .meta({ secret: true, env: ['HTTPS_PROXY', 'https_proxy'] })
        .describe('HTTP proxy for outbound requests'),
      noProxy: list()
        .default([])
        .meta({ env: ['NO_PROXY', 'no_proxy'] })
        .describe('Hosts reached without the proxy: names, .suffixes, addresses, ranges'),
      allow: list()
        .default([])
        .describe('Private addresses, ranges or host names that requests may go to all the same'),
      timeout: z
        .number()
        .int()
        .min(100)
        .default(30_000)
        .describe('Milliseconds until an answer must begin, and between its parts'),
      attempts: z.number().int().min(1).max(20).default(5).describe('How often an idempotent request is tried in all'),
      maxBytes: z
        .number()
        .int()
        .min(1024)
        .default(64 * 1024 * 1024)
        .describe('Largest answer that is read'),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info')
        .describe('Least severe line that is logged'),
      format: z
        .enum(['auto', 'text', 'json'])
        .default('auto')
        .describe('text for people, json for machines, auto by whether stderr is a terminal'),
    })
    .prefault({}),
})
export type Config = z.infer<typeof Schema>

export interface ConfigSources {
  /** By path, from the command line: `{ 'http.port': 8080 }`. Stronger than all else. */
  overrides?: Record<string, unknown>
  env?: Record<string, string | undefined>
  /** A file to read instead of `<data>/reeve.yaml`; then it must be there. */
  file?: string
}

export interface ExplainedSetting {
  key: string
  /** As text; secrets masked. Null when there is none. */
  value: string | null
  /** `default`, `REEVE_PORT`, the file, or `command line`. */
  from: string
  default: string | null
  description: string
  /** The environment variables that set it, strongest first. */
  env: string[]
}

/** Throws `config/unknown` with the nearest known name, `config/invalid` with every setting that is wrong. */
export const loadConfig = (sources: ConfigSources = {}): Config => read(sources).config

/** What `reeve config explain` prints: every setting, its value, and where that is from. */
export function explainConfig(sources: ConfigSources = {}): ExplainedSetting[] {
  const { config, from } = read(sources)
  const defaults = Schema.parse({})
  return leaves.map((leaf) => ({
    key: leaf.path,
    value: shown(at(config, leaf.path)),
    from: from.get(leaf.path) ?? 'default',
    default: shown(at(defaults, leaf.path)),
    description: leaf.description,
    env: leaf.env,
  }))
}

const leaves = leavesOf(Schema)
/** Variables that other parts of Reeve read: the launcher, and the command line as a client. */
const ELSEWHERE = new Set(['REEVE_CONFIG', 'REEVE_URL', 'REEVE_TOKEN', 'REEVE_RUNTIME'])

function read({ overrides = {}, env = process.env, file }: ConfigSources): {
  config: Config
  from: Map<string, string>
} {
  const values: Record<string, unknown> = {}
  const from = new Map<string, string>()
  const set = (path: string, value: unknown, source: string) => {
    if (value === undefined || from.has(path)) return
    from.set(path, source)
    put(values, path, value)
  }
  for (const [path, value] of Object.entries(overrides)) {
    known(
      path,
      leaves.map((leaf) => leaf.path),
      'the command line',
    )
    set(path, value, 'command line')
  }
  for (const leaf of leaves) {
    for (const name of leaf.env) if (env[name]) set(leaf.path, leaf.fromText(env[name]), name)
  }
  const names = leaves.flatMap((leaf) => leaf.env)
  for (const name of Object.keys(env))
    if (name.startsWith('REEVE_') && !ELSEWHERE.has(name)) known(name, names, 'the environment')

  const data = String(values['data'] ?? Schema.parse({}).data)
  const settingsFile = file ?? env['REEVE_CONFIG'] ?? join(expand(data), 'reeve.yaml')
  for (const [path, value] of readSettings(settingsFile, file !== undefined || env['REEVE_CONFIG'] !== undefined))
    set(path, value, settingsFile)

  const parsed = Schema.safeParse(values)
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(
      (issue) =>
        `${issue.path.join('.')} (from ${from.get(issue.path.slice(0, 2).join('.')) ?? from.get(String(issue.path[0])) ?? 'default'}): ${issue.message}`,
    )
    throw new ReeveError('config/invalid', `reading settings: ${wrong.join('; ')}`)
  }
  const config = parsed.data
  config.data = expand(config.data)
  if (config.keyFile !== undefined) config.keyFile = expand(config.keyFile)
  return { config, from }
}

function readSettings(file: string, mustExist: boolean): [string, unknown][] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (!mustExist && /^ENO(ENT|TDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')) return []
    throw new ReeveError('config/unreadable', `reading settings from ${file}: ${messageOf(error)}`, { cause: error })
  }
  let tree: unknown
  try {
    // A pretty error would quote the line, and with it a secret.
    tree = parse(text, { maxAliasCount: 0, prettyErrors: false })
  } catch (error) {
    throw new ReeveError('config/syntax', `reading settings from ${file}: ${messageOf(error)}`)
  }
  if (tree === null) return []
  const found: [string, unknown][] = []
  const walk = (node: unknown, path: string): void => {
    if (leaves.some((leaf) => leaf.path === path)) {
      found.push([path, node])
      return
    }
    if (path !== '' && !leaves.some((leaf) => leaf.path.startsWith(`${path}.`))) known(path, everyPath(), file)
    if (typeof node !== 'object' || node === null || Array.isArray(node)) {
      throw new ReeveError(
        'config/invalid',
        `reading settings from ${file}: ${path || 'the file'} must hold settings by name`,
      )
    }
    for (const [name, value] of Object.entries(node)) walk(value, path === '' ? name : `${path}.${name}`)
  }
  walk(tree, '')
  return found
}

const everyPath = () => [...new Set(leaves.flatMap((leaf) => [leaf.path, leaf.path.split('.')[0]!]))]

function at(tree: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], tree)
}

function put(tree: Record<string, unknown>, path: string, value: unknown): void {
  const [head, ...rest] = path.split('.')
  if (rest.length === 0) {
    tree[head!] = value
    return
  }
  tree[head!] ??= {}
  put(tree[head!] as Record<string, unknown>, rest.join('.'), value)
}

const shown = (value: unknown): string | null =>
  value === undefined
    ? null
    : value instanceof Sensitive
      ? '[set]'
      : Array.isArray(value)
        ? value.join(', ')
        : String(value)

const expand = (path: string): string =>
  resolve(path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path)
