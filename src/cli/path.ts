import type { Command } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import type { Api } from './api.ts'
import { EXIT } from './exit.ts'
import type { Reeve } from './reeve.ts'
import { type OutputOptions, plain, type Terminal, terminal } from './terminal.ts'
import { withApi } from './with-api.ts'

interface Thing {
  key: string
  name: string
  type: string | null
}
interface Proof {
  says: string
  actions: string[]
  object: { name: string } | null
  objectSays: string | null
  dependsOn: string | null
  source: string
  readAt: string
}
export interface Unjudged {
  gaps: { connection: string; collection: string; reason: string; permission: string | null }[]
  depends: number
  undescribed: number
}
interface Answer {
  from: Thing | null
  to: { aim: string | null; thing: Thing | null; ends: number }
  things: Thing[]
  hops: { from: number; to: number; proofs: Proof[] }[]
  paths: { hops: number[]; dependsOn: string[] }[]
  more: string | null
  who: {
    total: number
    sure: number
    rows: { thing: Thing; distance: number; sure: boolean; next: Thing | null; end: Thing }[]
    next: string | null
  } | null
  unjudged: Unjudged
}

interface Leaked extends Pick<Answer, 'things' | 'hops' | 'to'> {
  total: number
  rows: (Answer['paths'][number] & {
    secret: number
    credential: number | null
    identity: number | null
    end: number
  })[]
  unjudged: Unjudged & { unmatched: number }
}

/** The words that stand for all of a sort. */
const AIMS: ReadonlySet<string> = new Set(['tier-zero', 'crown-jewels', 'sensitive'])
export const AIM_HELP = 'tier-zero, crown-jewels, sensitive, or any id of a thing'

export interface SwitchFlags {
  without: string[]
  inside: string[]
  avoid: string[]
}

const words = (text: string, before: string[] = []): string[] => [
  ...before,
  ...text.split(',').map((one) => one.trim()),
]
const again = (text: string, before: string[] = []): string[] => [...before, text]

/** What an attacker is not given, as flags of each command that looks for paths. */
export const withSwitches = (command: Command): Command =>
  command
    .option('--without <list>', 'stolen (no secret is taken), depends (nothing on unknown conditions), mfa', words, [])
    .option('--inside <list>', 'only through production, staging, development, test', words, [])
    .option('--avoid <id>', 'a thing that no path may touch; may be said again', again, [])

/** The key of a pasted id; throws `query/not-found`. */
export async function keyOf(api: Api, id: string): Promise<string> {
  const found = await api.request<{ hits: { entity: Thing }[] }>('GET', `/v1/find?${new URLSearchParams({ q: id })}`)
  const [hit] = found.hits
  if (!hit) throw new ReeveError('query/not-found', `looking up ${id.slice(0, 80)}: it was never seen, in no source`)
  return hit.entity.key
}

export const aimOf = (api: Api, to: string): Promise<string> | string => (AIMS.has(to) ? to : keyOf(api, to))

export const switchesOf = async (api: Api, { without, inside, avoid }: SwitchFlags): Promise<SwitchFlags> => ({
  without,
  inside,
  avoid: await Promise.all(avoid.map((id) => keyOf(api, id))),
})

export function addPath(program: Command, reeve: Reeve): void {
  withSwitches(
    program
      .command('path')
      .argument('[from]', 'any id of a thing; without it, whoever reaches the end')
      .argument('[to]', `${AIM_HELP}; tier-zero where from is left out, else crown-jewels`)
      .summary('how one thing becomes or reaches another, each step with its proof')
      .option('--all', 'every path of up to 8 steps, shortest first')
      .option('--leaks', 'every place where a copy of a secret lies that leads to an end; the one argument is the end')
      .option('--limit <n>', 'how many', '50'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  $ reeve path AKIA… crown-jewels\n  $ reeve path deploy-bot tier-zero --all --without stolen,depends\n  $ reeve path\n  $ reeve path --leaks tier-zero\n',
    )
    .action(async (from: string | undefined, to: string | undefined, _flags, command: Command) => {
      const flags = command.optsWithGlobals<
        OutputOptions & SwitchFlags & { all?: boolean; leaks?: boolean; limit: string }
      >()
      const out = terminal(flags)
      if (flags.leaks && to !== undefined)
        throw new ReeveError(
          'use/path',
          'following leaked secrets: --leaks takes the end alone, where they lie is what it tells',
        )
      process.exitCode = await withApi(reeve, async (api) => {
        const { without, inside, avoid } = await switchesOf(api, flags)
        const query = new URLSearchParams({ limit: flags.limit, without: without.join(','), inside: inside.join(',') })
        if (without.length === 0) query.delete('without')
        if (inside.length === 0) query.delete('inside')
        for (const key of avoid) query.append('avoid', key)
        if (flags.leaks) {
          query.set('to', await aimOf(api, from ?? 'crown-jewels'))
          const leaked = await api.request<Leaked>('GET', `/v1/reach/leaks?${query}`)
          if (out.json) out.document(leaked)
          else printLeaks(leaked, out)
          return endOf(leaked.unjudged, out)
        }
        if (from !== undefined) {
          query.set('from', await keyOf(api, from))
          query.set('all', String(flags.all ?? false))
        }
        query.set('to', await aimOf(api, to ?? (from === undefined ? 'tier-zero' : 'crown-jewels')))
        const answer = await api.request<Answer>('GET', `/v1/reach?${query}`)
        if (out.json) out.document(answer)
        else if (answer.who) printWho(answer, out)
        else printPaths(answer, out)
        return endOf(answer.unjudged, out)
      })
    })
}

/** What the end of a question is called. */
const nameOf = ({ aim, thing }: Answer['to']): string =>
  ({ 'tier-zero': 'tier zero', 'crown-jewels': 'a crown jewel', sensitive: 'anything sensitive' })[aim ?? ''] ??
  plain(thing?.name ?? 'it')

function printPaths({ from, to, things, hops, paths, more }: Answer, out: Terminal): void {
  if (paths.length === 0) out.line(`No path leads from ${plain(from!.name)} to ${nameOf(to)}, in what could be read.`)
  printSteps({ things, hops, paths }, out)
  if (paths.length > 0)
    out.line(
      `${counted(paths.length, 'path')} to ${counted(to.ends, 'end')}; ${more === null ? 'these are all' : plain(more)}`,
    )
}

function printLeaks({ to, things, hops, rows, total, unjudged }: Leaked, out: Terminal): void {
  const name = (place: number | null): string => (place === null ? 'none' : plain(things[place]!.name).slice(0, 40))
  if (total === 0) out.line(`No copy of a secret leads to ${nameOf(to)}, in what could be read.`)
  else
    out.table(
      ['steps', 'where it lies', 'credential', 'identity', 'comes to'],
      rows.map((row) => [
        String(row.hops.length),
        name(row.secret),
        name(row.credential),
        name(row.identity),
        name(row.end),
      ]),
    )
  printSteps({ things, hops, paths: rows }, out)
  if (total > 0)
    out.line(
      `${counted(total, 'place')} ${total === 1 ? 'leads' : 'lead'} to ${nameOf(to)}${total > rows.length ? `; the ${rows.length} shortest are told` : ''}`,
    )
  if (unjudged.unmatched > 0)
    out.say(`of ${counted(unjudged.unmatched, 'more place')} nothing tells what the secret opens`)
}

/** Paths, each step with its proof. */
function printSteps({ things, hops, paths }: Pick<Answer, 'things' | 'hops' | 'paths'>, out: Terminal): void {
  const name = (place: number): string => plain(things[place]!.name)
  for (const path of paths) {
    const first = hops[path.hops[0]!]!
    out.line(out.style('bold', [name(first.from), ...path.hops.map((hop) => name(hops[hop]!.to))].join(' → ')))
    for (const hop of path.hops) {
      const [proof, ...others] = hops[hop]!.proofs
      if (proof === undefined) continue
      const given = [proof.actions.join(', '), proof.object ? `by ${proof.object.name}` : (proof.objectSays ?? '')]
      const also = others.length > 0 ? `; ${others.length} more ${others.length === 1 ? 'way' : 'ways'}` : ''
      out.line(
        `  ${plain(proof.says)}${given.some(Boolean) ? ` (${plain(given.filter(Boolean).join(' '))})` : ''}${also}`,
      )
      if (proof.dependsOn !== null) out.line(`    depends on: ${plain(proof.dependsOn)}`)
      out.line(out.style('dim', `    ${plain(proof.source)}, read ${proof.readAt.slice(0, 16).replace('T', ' ')}`))
    }
    out.line()
  }
}

function printWho({ who, to }: Answer, out: Terminal): void {
  const { total, sure, rows } = who!
  if (total === 0) out.line(`Nobody reaches ${nameOf(to)}, in what could be read.`)
  else {
    out.table(
      ['steps', 'who', 'first step', 'comes to', 'holds'],
      rows.map(({ thing, distance, next, end, sure }) => [
        String(distance),
        plain(thing.name).slice(0, 40),
        next ? plain(next.name).slice(0, 40) : 'is marked so',
        plain(end.name).slice(0, 40),
        sure ? 'yes' : 'depends',
      ]),
    )
    out.line(
      `${counted(total, 'identity', 'identities')} ${total === 1 ? 'reaches' : 'reach'} ${nameOf(to)}, ${sure} without unknown conditions`,
    )
  }
}

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** What could not be judged is said, and makes the answer incomplete. */
export function endOf({ gaps, depends, undescribed }: Unjudged, out: Terminal): number {
  if (depends > 0) out.say(`${counted(depends, 'step')} turned on conditions that only a request settles`)
  if (undescribed > 0) out.say(`${counted(undescribed, 'name')} on the way that nothing describes`)
  for (const { connection, collection, reason, permission } of gaps)
    out.say(
      `not read whole: ${plain(connection)}: ${plain(collection)}: ${plain(reason)}${permission ? ` (needs ${plain(permission)})` : ''}`,
    )
  return gaps.length > 0 ? EXIT.incomplete : EXIT.done
}
