import type { Run } from '../../sdk/index.ts'
import { type Host, namesIn, once, readText } from './host.ts'
import { eachOf, part } from './machine.ts'
import { type Directive, expand, lastOf, listOf, parseUnitFile } from './unit-file.ts'

export interface Unit {
  /** `backup.service`, `getty@tty1.service`. */
  name: string
  file: string
  /** Of the unit file and its drop-ins, in order. */
  directives: Directive[]
  /**
   * enabled: started at boot or by an enabled timer or socket. static: the distribution starts it. disabled: only by hand
   * or by another unit. masked: not at all.
   */
  state: 'enabled' | 'static' | 'disabled' | 'masked'
  /** Timers and sockets that start it. */
  startedBy: string[]
}

const ROOTS = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
]
const NAME = /^[\w:.\\@-]{1,255}\.(service|timer|socket)$/

interface Tree {
  /** Unit name → where its file is; null when masked. First root wins. */
  files: Map<string, string | null>
  /** Alias → unit. */
  aliases: Map<string, string>
  /** `x.service.d` → drop-in files, later roots first, in the order they apply. */
  dropIns: Map<string, string[]>
  enabled: Set<string>
  wanted: Set<string>
}

/** Services, timers and sockets of the system manager, as they would be loaded. */
export const unitsOf = (host: Host, run: Run): Promise<Unit[]> =>
  once(host, run, 'units', async (run) => {
    const tree = await treeOf(host, run)
    const names = new Set(
      [...tree.files.keys(), ...tree.enabled, ...tree.wanted].map((name) => tree.aliases.get(name) ?? name),
    )
    const units = await eachOf(
      [...names].filter((name) => NAME.test(name) && !/@\.[a-z]+$/.test(name)),
      8,
      (name) => load(host, run, tree, name),
    )
    return link(units.filter((unit) => unit !== null))
  })

async function treeOf(host: Host, run: Run): Promise<Tree> {
  const tree: Tree = { files: new Map(), aliases: new Map(), dropIns: new Map(), enabled: new Set(), wanted: new Set() }
  const seen = new Set<string>()
  for (const root of ROOTS) {
    const real = await part(run, () => host.machine.resolve(root))
    if (real === null || seen.has(real)) continue
    seen.add(real)
    const byAdministrator = root.startsWith('/etc') || root.startsWith('/run')
    const links = (await part(run, () => host.machine.links(real))) ?? new Map<string, string>()
    for (const { name, kind } of await namesIn(host, run, real)) {
      if (kind === 'folder' && /\.(wants|requires|upholds)$/.test(name)) {
        for (const wanted of await namesIn(host, run, `${real}/${name}`))
          (byAdministrator ? tree.enabled : tree.wanted).add(wanted.name)
      } else if (kind === 'folder' && name.endsWith('.d')) {
        const found = (await namesIn(host, run, `${real}/${name}`))
          .filter((file) => file.name.endsWith('.conf'))
          .map((file) => `${real}/${name}/${file.name}`)
        tree.dropIns.set(name, [...found, ...(tree.dropIns.get(name) ?? [])])
      } else if (NAME.test(name) && !tree.files.has(name) && !tree.aliases.has(name)) {
        const target = links.get(name)
        const pointed = target?.split('/').at(-1)
        if (target === '/dev/null') tree.files.set(name, null)
        else if (pointed !== undefined && pointed !== name && NAME.test(pointed)) {
          tree.aliases.set(name, pointed)
          if (byAdministrator) tree.enabled.add(pointed)
        } else tree.files.set(name, `${real}/${name}`)
      }
    }
  }
  return tree
}

async function load(host: Host, run: Run, tree: Tree, name: string): Promise<Unit | null> {
  const template = name.replace(/@[^@]*(\.[a-z]+)$/, '@$1')
  const file = tree.files.get(name) ?? (tree.files.has(name) ? null : tree.files.get(template))
  if (file === undefined) return null
  if (file === null) return { name, file: '/dev/null', directives: [], state: 'masked', startedBy: [] }
  const content = await readText(host, run, file)
  if (content === null) return null
  const directives = parseUnitFile(content.text, file)
  for (const path of dropInsOf(tree, name, template)) {
    const dropIn = await readText(host, run, path)
    if (dropIn) directives.push(...parseUnitFile(dropIn.text, path))
  }
  const state = tree.enabled.has(name) ? 'enabled' : tree.wanted.has(name) ? 'static' : 'disabled'
  return {
    name,
    file,
    directives: directives.map((one) => ({ ...one, value: expand(one.value, name) })),
    state,
    startedBy: [],
  }
}

/** `service.d`, then `a-.service.d` for a-b.service, then the template's, then its own; a file name counts once. */
function dropInsOf(tree: Tree, name: string, template: string): string[] {
  const type = name.slice(name.lastIndexOf('.') + 1)
  const dashes = [...name.matchAll(/-/g)].map((dash) => `${name.slice(0, dash.index + 1)}.${type}`)
  const byName = new Map<string, string>()
  for (const folder of [type, ...dashes, template, name]) {
    for (const path of tree.dropIns.get(`${folder}.d`) ?? []) byName.set(path.slice(path.lastIndexOf('/') + 1), path)
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path)
}

function link(units: Unit[]): Unit[] {
  const byName = new Map(units.map((unit) => [unit.name, unit]))
  for (const unit of units) {
    const section = unit.name.endsWith('.timer') ? 'Timer' : unit.name.endsWith('.socket') ? 'Socket' : null
    if (section === null || unit.state === 'masked') continue
    const named = lastOf(unit.directives, section, section === 'Timer' ? 'Unit' : 'Service')
    const started = byName.get(named ?? unit.name.replace(/\.[a-z]+$/, '.service'))
    if (!started) continue
    started.startedBy.push(unit.name)
    if (started.state === 'disabled' && unit.state !== 'disabled') started.state = unit.state
  }
  return units
}

/** The account a service runs as; null where systemd makes one up for it. */
export function accountOf(unit: Unit): string | null {
  const user = lastOf(unit.directives, 'Service', 'User')
  const dynamic = /^(yes|true|on|1)$/i.test(lastOf(unit.directives, 'Service', 'DynamicUser') ?? '')
  return dynamic ? null : (user ?? 'root')
}

export const execsOf = (unit: Unit): Directive[] =>
  ['ExecStartPre', 'ExecStart', 'ExecStartPost', 'ExecReload', 'ExecStop', 'ExecStopPost'].flatMap((name) =>
    listOf(unit.directives, 'Service', name),
  )
