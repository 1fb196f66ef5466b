import { access } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Edge, Entity, Run } from '../../sdk/index.ts'
import { isReadOnly } from './abilities.ts'
import type { Draft, Placed, PlacedServer } from './gather.ts'
import { grantsOf, ownGrants } from './grants.ts'
import { isReference } from './literals.ts'
import { clean, environmentOfHost, environmentOfWord, isExample, keyed } from './names.ts'
import { packageOf, scriptOf } from './package.ts'
import { type Estate, userKey } from './places.ts'
import { secretsOf } from './secrets.ts'
import { type Alone, byLevel, type Level } from './told.ts'

const SAID: Record<Level, string> = {
  plans: 'plans and does not act',
  asks: 'asks before it acts',
  edits: 'changes files without asking',
  acts: 'acts without asking',
}

/** An agent with its servers, what it may do through them, and the secrets in its files. */
export async function describe(estate: Estate, run: Run, draft: Draft): Promise<(Entity | Edge)[]> {
  const items: (Entity | Edge)[] = []
  const { where } = estate
  const alone = aloneOf(draft)
  items.push(agentOf(estate, draft, alone), { from: where.key, verb: 'contains', to: draft.key })
  if (draft.home) {
    items.push({ from: userKey(estate, draft.home.user), verb: 'controls', to: draft.key })
    // Programs in somebody's session can do whatever that account can.
    if (draft.client.hands)
      items.push({
        from: draft.key,
        verb: 'assumes',
        to: userKey(estate, draft.home.user),
        attributes: { how: 'it runs as this account' },
      })
  }
  if (draft.parent !== null)
    items.push({ from: draft.parent, verb: 'assumes', to: draft.key, attributes: { delegation: true } })
  const own = keyed(`${draft.key}/own-tools`)
  const grants = draft.name === null || draft.parent === null ? ownGrants(estate, draft, own, alone) : []
  if (grants.length > 0)
    items.push(
      {
        kind: 'entitlement',
        type: 'agent_tools',
        key: own,
        name: clean(`own tools of ${nameOf(estate, draft)}`),
        attributes: { client: draft.client.id, ...alone },
      },
      { from: draft.key, verb: 'has', to: own },
      ...grants,
    )
  for (const server of draft.servers) items.push(...(await serverOf(estate, draft, server)))
  items.push(...secretsOf(estate, run, draft))
  return items
}

function aloneOf({ told }: Draft): Alone {
  const any = (name: keyof Alone) => told.some((one) => one.alone?.[name] === true)
  return { shell: any('shell'), write: any('write'), web: any('web') }
}

export function nameOf({ where }: Estate, { client, name, home, dir }: Draft): string {
  const what = name === null ? client.title : `${name} (${client.title})`
  return clean(
    home
      ? `${what} of ${home.user}@${where.name}`
      : `${what} ${where.kind === 'host' ? 'on' : 'in'} ${where.name}${dir === '' ? '' : `/${dir}`}`,
  )
}

function agentOf(estate: Estate, draft: Draft, alone: Alone): Entity {
  const { client, told, home, files } = draft
  const autonomy = told.flatMap((one) => one.autonomy ?? []).sort(byLevel)
  const model = told.flatMap((one) => one.model ?? []).at(-1)
  const modelProvider = told.flatMap((one) => one.modelProvider ?? []).at(-1)
  const sponsor = told.flatMap((one) => one.sponsor ?? [])[0]
  const allowed = [...new Set(told.flatMap((one) => one.allowed ?? []))]
  const trusted = draft.servers.filter((one) => isTrusted(draft, one)).map((one) => one.config.name)
  const used = draft.lastUsed === null ? null : new Date(draft.lastUsed).toISOString()
  const declared = home === null && client.hands
  return {
    kind: 'identity',
    type: 'ai_agent',
    key: draft.key,
    name: nameOf(estate, draft),
    ...(estate.environment && { environment: estate.environment }),
    created: { unknown: 'a configuration does not say since when there is an agent' },
    expires: { notApplicable: 'a configuration has no end' },
    lastUsed:
      used !== null
        ? { value: used }
        : declared
          ? { notApplicable: 'a repository configures it; it is used wherever it is checked out' }
          : { unknown: `${client.title} keeps no record of use that can be read` },
    attributes: {
      agent: true,
      client: client.id,
      clientTitle: client.title,
      accountKind: 'service',
      accountKindReasons: ['it is an AI agent'],
      ...(model !== undefined && { model: clean(model, 120) }),
      ...(modelProvider !== undefined && { modelProvider: clean(modelProvider, 120) }),
      ...(autonomy[0] && {
        autonomy: SAID[autonomy[0].level],
        autonomyLevel: autonomy[0].level,
        autonomyBecause: [
          ...new Set(autonomy.filter((one) => one.level === autonomy[0]!.level).map((one) => clean(one.because))),
        ],
      }),
      shellAlone: alone.shell === true,
      writeAlone: alone.write === true,
      webAlone: alone.web === true,
      allowedAlone: allowed.slice(0, 60).map((rule) => clean(rule, 120)),
      trustedServers: trusted.slice(0, 60),
      servers: draft.servers.map((one) => one.config.name).slice(0, 100),
      ...(sponsor !== undefined && { sponsor: clean(sponsor, 120) }),
      ...(draft.name !== null && draft.parent !== null && { subagent: true }),
      ...(home && { runsAs: home.user }),
      file: clean(files[0]!, 500),
      files: files.slice(0, 20).map((file) => clean(file, 500)),
      ...(estate.where.kind === 'folder' && files.every(isExample) && { example: true }),
    },
    unknowns: {
      ...(sponsor === undefined && { sponsor: { reason: 'its configuration names nobody who answers for it' } }),
      ...(model === undefined && {
        model: { reason: `no configuration of ${client.title} that was read names a model` },
      }),
      ...(autonomy[0] === undefined && {
        autonomy: { reason: `no configuration of ${client.title} that was read says whether it asks before it acts` },
      }),
    },
  }
}

const isTrusted = ({ told }: Draft, { config }: PlacedServer): boolean =>
  config.trusted ||
  told.some(
    (one) =>
      one.trusted?.includes(config.name) ||
      one.allowed?.some((rule) => rule === `mcp__${config.name}` || rule === `mcp__${config.name}__*`),
  )

async function serverOf(estate: Estate, draft: Draft, server: PlacedServer): Promise<(Entity | Edge)[]> {
  const { config, key } = server
  const of = config.program === null ? null : packageOf(config.program, config.args)
  const url = config.url === null ? null : URL.parse(config.url)
  const disabled = config.disabled || draft.told.some((one) => one.disabled?.includes(config.name))
  const gone = await isGone(estate, draft, server)
  const environment =
    estate.environment ?? environmentOfWord(config.name) ?? (url ? environmentOfHost(url.hostname) : undefined)
  const literals = draft.literals.filter((one) => one.server === key)
  const tools = keyed(`${key}/tools`)
  const { known, grants, databases } = grantsOf(estate, draft, server, tools, of, url?.hostname ?? null)
  const items: (Entity | Edge)[] = [
    {
      kind: 'workload',
      type: 'mcp_server',
      key,
      name: clean(`${config.name} for ${nameOf(estate, draft)}`),
      ...(environment && { environment }),
      attributes: {
        server: config.name,
        client: draft.client.id,
        transport: config.transport,
        ...(of && { package: of.name, packageFrom: of.from, packageVersion: of.version, pinned: of.pinned }),
        ...(url && { host: clean(url.host), encrypted: url.protocol === 'https:', local: isLoopback(url.hostname) }),
        auth: authOf(config, literals),
        disabled,
        ...(gone !== null && { programGone: gone.gone, programPath: gone.path }),
        ...(config.project !== null && { project: config.project }),
        readOnly: isReadOnly(config),
        does: known?.title ?? null,
        file: clean(server.file, 500),
        ...(estate.where.kind === 'folder' && isExample(server.file) && { example: true }),
      },
      ...(known === null && {
        unknowns: {
          does: {
            reason: 'it is none of the servers that are known by name; its tools were not asked for',
            permission: 'connect with probe=remote or probe=all',
          },
        },
      }),
    },
    { from: estate.where.key, verb: 'contains', to: key },
    { from: draft.key, verb: 'controls', to: key },
  ]
  if (draft.home && config.transport === 'stdio' && !disabled)
    items.push({ from: key, verb: 'runs-as', to: userKey(estate, draft.home.user) })
  if (disabled) return items
  items.push(
    {
      kind: 'entitlement',
      type: 'mcp_server_tools',
      key: tools,
      name: clean(`tools of ${config.name} for ${nameOf(estate, draft)}`),
      attributes: {
        server: config.name,
        known: known !== null,
        does: known?.title ?? null,
        shell: known?.shell === true,
        withoutAsking: isTrusted(draft, server),
        ...(config.allowed.length > 0 && { allowedAlone: config.allowed.slice(0, 60).map((one) => clean(one, 120)) }),
        ...(config.only && { only: config.only.slice(0, 60).map((one) => clean(one, 120)) }),
      },
    },
    { from: draft.key, verb: 'has', to: tools },
    ...grants,
  )
  for (const database of databases)
    if (database.role !== null)
      items.push({
        from: draft.key,
        verb: 'assumes',
        to: database.role,
        attributes: { how: `the address in ${config.name} says so` },
      })
  return items
}

/** What a server is shown as who asks: a key that stands here, one that stands elsewhere, a sign-in, nothing. */
function authOf(
  config: PlacedServer['config'],
  literals: readonly Placed[],
): 'none' | 'static' | 'oauth' | 'env' | 'unknown' {
  if (literals.length > 0) return 'static'
  if (config.oauth) return 'oauth'
  const values = [...Object.values(config.env), ...Object.values(config.headers), ...config.args, config.url ?? '']
  if (config.tokenFrom.length > 0 || values.some(isReference)) return 'env'
  // What a program does not find in its arguments it may still find in the session; a server over HTTP may answer 401 and sign in.
  return config.transport === 'http' || config.transport === 'sse' ? 'none' : 'unknown'
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/.test(host)

/** Files that a command names and that can be looked for; null where there is none of the kind. */
async function isGone(
  { where }: Estate,
  draft: Draft,
  { config }: PlacedServer,
): Promise<{ gone: boolean; path: string } | null> {
  if (config.program === null) return null
  for (const word of [config.program, scriptOf(config.program, config.args) ?? '']) {
    if (isReference(word)) continue
    const inFolder = where.kind === 'folder'
    const path =
      /^~\//.test(word) && draft.home
        ? join(draft.home.path, word.slice(2))
        : isAbsolute(word) && !inFolder
          ? join(where.root, word)
          : inFolder && /^\.{1,2}\//.test(word)
            ? join(where.root, draft.dir, word)
            : null
    if (path === null) continue
    if (inFolder && !path.startsWith(`${where.root}/`)) continue
    const gone = await access(path).then(
      () => false,
      (error) => error.code === 'ENOENT' || error.code === 'ENOTDIR',
    )
    if (gone) return { gone, path: clean(word, 300) }
    if (word !== config.program || scriptOf(config.program, config.args) === null)
      return { gone, path: clean(word, 300) }
  }
  return null
}
