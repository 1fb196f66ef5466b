import { basename, dirname, join } from 'node:path'
import type { Run } from '../../sdk/index.ts'
import { type Client, type ConfigPlace, clients } from './clients.ts'
import { filesBelow, modifiedAt, namesIn, readText } from './files.ts'
import { type Home, homesOf } from './homes.ts'
import { type Literal, literalsBeside, literalsOf } from './literals.ts'
import { clean, keyed, type Tree, textOf } from './names.ts'
import { parse } from './parse.ts'
import type { Estate } from './places.ts'
import { type ServerConfig, serversOf } from './server-config.ts'
import type { Told } from './told.ts'

/** A secret as it stands in a file, and for which server, if for one. */
export interface Placed {
  literal: Literal
  file: string
  line: number | null
  server: string | null
}

export interface PlacedServer {
  key: string
  config: ServerConfig
  file: string
}

/** An agent, put together from all files that tell of it. */
export interface Draft {
  key: string
  client: Client
  /** The account whose home it is in. */
  home: Home | null
  /** The folder of a repository that it is configured for; empty for its top. */
  dir: string
  /** Its own name, where a client has several agents. */
  name: string | null
  parent: string | null
  /** Paths as people know them: on the machine, or in the repository. */
  files: string[]
  told: Told[]
  servers: PlacedServer[]
  literals: Placed[]
  lastUsed: number | null
}

interface Found {
  client: Client
  place: ConfigPlace
  home: Home | null
  dir: string
  /** Where it is on this machine. */
  path: string
  within: string
  shown: string
}

/** Every agent of the estate, by key. What could not be read or understood is in the ledger. */
export async function gather(estate: Estate, run: Run): Promise<Draft[]> {
  const drafts = new Map<string, Draft>()
  for await (const found of configurations(estate, run)) await take(estate, run, drafts, found)
  for (const draft of drafts.values()) {
    if (draft.home === null || draft.name !== null) continue
    for (const path of draft.client.state ?? []) {
      const used = await modifiedAt(join(draft.home.path, path))
      if (used !== null) draft.lastUsed = Math.max(draft.lastUsed ?? 0, used)
    }
  }
  return [...drafts.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

async function* configurations({ where }: Estate, run: Run): AsyncGenerator<Found> {
  if (where.kind === 'folder') {
    for await (const file of filesBelow(run, where.root))
      for (const { client, place, ends } of inFolders(file)) {
        const match = ends.exec(file)
        if (match)
          yield {
            client,
            place,
            home: null,
            dir: match[1] ?? '',
            path: join(where.root, file),
            within: where.root,
            shown: where.inside + file,
          }
      }
    return
  }
  for (const home of await homesOf(run, where.root))
    for (const client of clients)
      for (const place of client.home)
        for (const path of await matching(run, home.path, place.path))
          yield {
            client,
            place,
            home,
            dir: '',
            path: join(home.path, path),
            within: home.path,
            shown: `${onMachine(where.root, home.path)}/${path}`,
          }
  for (const client of clients)
    for (const place of client.system ?? [])
      yield {
        client,
        place,
        home: null,
        dir: '',
        path: join(where.root, place.path),
        within: where.root,
        shown: place.path,
      }
}

const onMachine = (root: string, path: string): string => (root === '/' ? path : path.slice(root.length))

/** The paths that a `*` stands for; the path itself where there is none. */
async function matching(run: Run, folder: string, pattern: string): Promise<string[]> {
  if (!pattern.includes('*')) return [pattern]
  const [head, tail] = [dirname(pattern), basename(pattern).slice(1)]
  return (await namesIn(run, join(folder, head))).filter((name) => name.endsWith(tail)).map((name) => `${head}/${name}`)
}

const PATTERNS = clients.flatMap((client) =>
  client.folder.map((place) => ({
    client,
    place,
    last: basename(place.path),
    ends: new RegExp(`^(?:(.*)/)?${place.path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '[^/]+')}$`, 's'),
  })),
)
const BY_NAME = Map.groupBy(PATTERNS, ({ last }) => (last.includes('*') ? last.slice(1) : last))
const inFolders = (file: string) => {
  const name = basename(file)
  const ending = name.slice(name.lastIndexOf('.'))
  const fitting = [...(BY_NAME.get(name) ?? []), ...(BY_NAME.get(ending) ?? [])].filter(({ ends }) => ends.test(file))
  return fitting.filter(({ client }, at) => fitting.findIndex((one) => one.client === client) === at)
}

async function take(estate: Estate, run: Run, drafts: Map<string, Draft>, found: Found): Promise<void> {
  const { client, place, path, within, shown } = found
  const content = await readText(run, path, within)
  if (content === null) return
  let tree: Tree
  try {
    tree = parse(content.text, place.format)
  } catch (error) {
    run.ledger.refuse(`reading ${shown}: ${(error as Error).message.split('\n')[0]!.slice(0, 200)}`, {
      scope: shown.slice(0, 500),
    })
    return
  }
  const several = place.members?.(tree)
  if (several !== undefined) {
    for (const { name, tree: one } of several.slice(0, 200))
      draftOf(estate, drafts, found, clean(name, 120)).told.push(place.reader(one))
    if (several.length > 0)
      note(
        draftOf(estate, drafts, found, clean(several[0]!.name, 120)),
        run,
        content.text,
        shown,
        [],
        literalsBeside(run, tree, []),
      )
    return
  }
  const told = place.reader(tree)
  const servers = serversOf(client, tree)
  if (place.shared && servers.length === 0 && told.autonomy === undefined && !told.allowed?.length) return
  const name = place.own ? clean(textOf(tree['name']) ?? basename(shown).replace(/\.[^.]+$/, ''), 120) : null
  // Agents of a client's own folder are started by the client, so there is one.
  if (name !== null) draftOf(estate, drafts, found, null)
  const draft = draftOf(estate, drafts, found, name)
  draft.told.push(told)
  note(
    draft,
    run,
    content.text,
    shown,
    servers,
    place.shared ? [] : literalsBeside(run, tree, [...client.servers, ...(client.projects ? [[client.projects]] : [])]),
  )
}

function draftOf(
  { where }: Estate,
  drafts: Map<string, Draft>,
  { client, place, home, dir, shown }: Found,
  name: string | null,
): Draft {
  const at = home
    ? `/user/${home.user}`
    : where.kind === 'folder' && where.inside + dir !== ''
      ? `/${(where.inside + dir).replace(/\/$/, '')}`
      : ''
  const main = keyed(`mcp:${where.key.replace(/^[a-z]+:/, '')}${at}/${client.id}`)
  const key = name === null ? main : keyed(`${main}/agent/${name}`)
  let draft = drafts.get(key)
  if (draft === undefined) {
    draft = {
      key,
      client,
      home,
      dir,
      name,
      parent: name !== null && place.own ? main : null,
      files: [],
      told: [],
      servers: [],
      literals: [],
      lastUsed: null,
    }
    drafts.set(key, draft)
  }
  if (!draft.files.includes(shown)) draft.files.push(shown)
  return draft
}

function note(draft: Draft, run: Run, text: string, shown: string, servers: ServerConfig[], beside: Literal[]): void {
  const add = (literal: Literal, server: string | null) =>
    draft.literals.push({ literal, file: shown, line: lineOf(text, literal.value.reveal()), server })
  for (const config of servers) {
    const key = keyed(`${draft.key}/server/${config.project === null ? '' : `${config.project}/`}${config.name}`)
    if (draft.servers.some((one) => one.key === key)) continue
    draft.servers.push({ key, config, file: shown })
    for (const literal of literalsOf(run, config)) add(literal, key)
  }
  for (const literal of beside) add(literal, null)
}

/** Where the value stands in the file, as written there; null where the format writes it in another way. */
function lineOf(text: string, value: string): number | null {
  const at = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]
    .map((one) => text.indexOf(one))
    .find((one) => one >= 0)
  return at === undefined ? null : text.slice(0, at).split('\n').length
}
