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
type Removal = { key: string } | { from: string; to: string; verb?: string }

interface Flags extends OutputOptions, SwitchFlags {
  remove: string[]
  fix: string[]
  to: string
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
      .option('--to <end>', AIM_HELP, 'crown-jewels'),
  )
    .addHelpText(
      'after',
      "\nExamples:\n  $ reeve simulate --remove 'deploy-bot -assumes-> admin'\n  $ reeve simulate --fix f_31c9 --to tier-zero\n",
    )
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<Flags>()
      const out = terminal(flags)
      if (flags.remove.length + flags.fix.length === 0)
        throw new ReeveError('use/simulate', 'simulating: nothing is taken away; say what with --remove or --fix')
      process.exitCode = await withApi(reeve, async (api) => {
        const remove = await Promise.all([
          ...flags.remove.map((what) => removalOf(api, what)),
          ...flags.fix.map((finding) => fixOf(api, finding)),
        ])
        const tried = await api.request<Tried>('POST', '/v1/reach/try', {
          remove,
          to: await aimOf(api, flags.to),
          ...(await switchesOf(api, flags)),
        })
        if (out.json) out.document({ remove, ...tried, changed: false })
        else print(tried, out)
        return endOf(tried.unjudged, out)
      })
    })
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
