import type { Command } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import type { Api } from './api.ts'
import {
  AIM_HELP,
  aimOf,
  counted,
  endOf,
  keyOf,
  type SwitchFlags,
  switchesOf,
  type Unjudged,
  withSwitches,
} from './path.ts'
import type { Reeve } from './reeve.ts'
import { type OutputOptions, plain, type Terminal, terminal } from './terminal.ts'
import { withApi } from './with-api.ts'

interface Thing {
  key: string
  name: string
}
interface Tried {
  before: { pairs: number; starts: number; ends: number }
  after: { pairs: number; starts: number; ends: number }
  freed: { thing: Thing; before: number; after: number }[]
  freedTotal: number
  calls: { breaks: number; rows: { from: Thing; to: Thing; last: string | null }[]; unknown: number }
  unjudged: Unjudged
}
interface Worth {
  rows: { finding: { id: string; says: string; effort: number | null }; pairs: number }[]
  total: number
  nothing: number
  unjudged: Unjudged & { findings: { unknown: number; unplaced: number; beyond: number } }
}
type Removal = { key: string } | { from: string; to: string; verb?: string }

interface Flags extends OutputOptions, SwitchFlags {
  remove: string[]
  fix: string[]
  to?: string
  worth?: boolean
}

const again = (text: string, before: string[] = []): string[] => [...before, text]

/** `x:a -> x:b`, or with the verb: `x:a -assumes-> x:b`. */
const STEP = /^(.+?)\s+-(?:([a-z-]+)-)?>\s+(.+)$/su

export function addSimulate(program: Command, reeve: Reeve): void {
  withSwitches(
    program
      .command('simulate')
      .summary('which paths would go if something were taken away or fixed; nothing is changed')
      .option(
        '--remove <what>',
        "any id of a thing, or a step: 'FROM -> TO', 'FROM -assumes-> TO'; again for more",
        again,
        [],
      )
      .option('--fix <finding>', 'the id of a finding: what it is about is taken away', again, [])
      .option('--to <end>', `${AIM_HELP}; crown-jewels, with --worth sensitive`)
      .option('--worth', 'findings by what fixing each removes, the most for each minute first'),
  )
    .addHelpText(
      'after',
      "\nExamples:\n  $ reeve simulate --remove 'deploy-bot -assumes-> admin'\n  $ reeve simulate --fix f_31c9 --to tier-zero\n  $ reeve simulate --worth\n",
    )
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<Flags>()
      const out = terminal(flags)
      const named = flags.remove.length + flags.fix.length > 0
      if (named === (flags.worth ?? false))
        throw new ReeveError(
          'use/simulate',
          named
            ? 'simulating: --worth weighs every finding by itself; leave --remove and --fix out'
            : 'simulating: nothing is taken away; say what with --remove or --fix, or weigh all findings with --worth',
        )
      process.exitCode = await withApi(reeve, async (api) => {
        if (flags.worth) return weigh(api, flags, out)
        const remove = await Promise.all([
          ...flags.remove.map((what) => removalOf(api, what)),
          ...flags.fix.map((finding) => fixOf(api, finding)),
        ])
        const tried = await api.request<Tried>('POST', '/v1/reach/try', {
          remove,
          to: await aimOf(api, flags.to ?? 'crown-jewels'),
          ...(await switchesOf(api, flags)),
        })
        if (out.json) out.document({ remove, ...tried, changed: false })
        else print(tried, out)
        return endOf(tried.unjudged, out)
      })
    })
}

async function weigh(api: Api, flags: Flags, out: Terminal): Promise<number> {
  const { without, inside, avoid } = await switchesOf(api, flags)
  const query = new URLSearchParams({ to: await aimOf(api, flags.to ?? 'sensitive') })
  if (without.length > 0) query.set('without', without.join(','))
  if (inside.length > 0) query.set('inside', inside.join(','))
  for (const key of avoid) query.append('avoid', key)
  const answer = await api.request<Worth>('GET', `/v1/reach/worth?${query}`)
  const { rows, total, nothing, unjudged } = answer
  if (out.json) out.document(answer)
  else {
    if (rows.length > 0)
      out.table(
        ['finding', 'paths that go', 'minutes', 'what'],
        rows.map(({ finding, pairs }) => [
          plain(finding.id),
          String(pairs),
          finding.effort === null ? 'not told' : String(finding.effort),
          plain(finding.says).slice(0, 80),
        ]),
      )
    out.line(
      `${counted(total, 'finding')} ${total === 1 ? 'removes' : 'remove'} paths if fixed${total > rows.length ? `; the first ${rows.length} are told` : ''}; ${nothing} would remove none.`,
    )
  }
  const { unknown, unplaced, beyond } = unjudged.findings
  if (unknown + unplaced + beyond > 0)
    out.say(
      `not weighed: ${unknown} with an unknown verdict, ${unplaced} about what no source names, ${beyond} beyond what is counted at once`,
    )
  return endOf(unjudged, out)
}

async function removalOf(api: Api, what: string): Promise<Removal> {
  const step = STEP.exec(what)
  if (step === null) return { key: await keyOf(api, what) }
  const [from, to] = await Promise.all([keyOf(api, step[1]!), keyOf(api, step[3]!)])
  return { from, to, ...(step[2] !== undefined && { verb: step[2] }) }
}

async function fixOf(api: Api, id: string): Promise<Removal> {
  const { finding } = await api.request<{ finding: { subject: Thing } }>(
    'GET',
    `/v1/findings/${encodeURIComponent(id)}`,
  )
  return { key: finding.subject.key }
}

function print({ before, after, freed, freedTotal, calls }: Tried, out: Terminal): void {
  const gone = before.pairs - after.pairs
  if (gone === 0) out.line('No path would go: every end is reached another way, or was not reached before.')
  else {
    const stay = after.pairs === 0 ? 'none stays' : `${after.pairs} ${after.pairs === 1 ? 'stays' : 'stay'}`
    out.line(
      `${counted(gone, 'path')} ${gone === 1 ? 'goes' : 'go'}, ${stay}: of ${counted(before.starts, 'beginning')} that ${before.starts === 1 ? 'reaches' : 'reach'} an end, ${after.starts} still ${after.starts === 1 ? 'does' : 'do'}.`,
    )
    out.table(
      ['who', 'ends before', 'after'],
      freed.map((one) => [plain(one.thing.name).slice(0, 60), String(one.before), String(one.after)]),
    )
    if (freedTotal > freed.length) out.line(`and ${freedTotal - freed.length} more`)
  }
  for (const { from, to, last } of calls.rows)
    out.line(
      `would break: ${plain(from.name)} called ${plain(to.name)}${last ? `, last seen ${last.slice(0, 10)}` : ''}`,
    )
  if (calls.breaks > calls.rows.length) out.line(`and ${calls.breaks - calls.rows.length} more calls that were seen`)
  if (calls.unknown > 0)
    out.line(`Of ${counted(calls.unknown, 'identity', 'identities')} nothing tells what they call: they may break too.`)
  out.line('Nothing was changed. A path is a beginning and an end that something joins.')
}
