import type { Command } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import type { Api } from './api.ts'
import { EXIT } from './exit.ts'
import type { Reeve } from './reeve.ts'
import { type OutputOptions, type Terminal, terminal } from './terminal.ts'
import { withApi } from './with-api.ts'

interface State {
  demo: { size: number; seed: number; day: string; loading: boolean; read: number; moments: number } | null
}

type Flags = OutputOptions & { size?: number; seed?: number; labels?: boolean; remove?: boolean }

export function addDemo(program: Command, reeve: Reeve): void {
  program
    .command('demo')
    .summary('an invented company to look at: load it, print what is true of it, or remove it')
    .option('--size <n>', 'how many machine identities, 120 to 200000; 300 when left out', whole('size'))
    .option('--seed <n>', 'the same seed, size and day give the same estate', whole('seed'))
    .option('--labels', 'print what is true of each identity as JSON, and load nothing')
    .option('--remove', 'remove it whole, history and findings included')
    .addHelpText('after', '\nExample:\n  $ reeve demo --size 2000\n  $ reeve demo --labels > labels.json\n')
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<Flags>()
      const out = terminal(flags)
      if (flags.labels && flags.remove) throw new ReeveError('use/demo', 'give --labels or --remove, not both')
      process.exitCode = flags.labels
        ? await labels(reeve, out, flags)
        : await withApi(reeve, (api) => (flags.remove ? remove(api, out) : load(api, out, flags)))
    })
}

async function load(api: Api, out: Terminal, { size, seed }: Flags): Promise<number> {
  let state = await api.request<State>('POST', '/v1/demo', {
    ...(size === undefined ? {} : { size }),
    ...(seed === undefined ? {} : { seed }),
  })
  while (state.demo?.loading) {
    const { read, moments } = state.demo
    out.progress(`reading Larkfield in: ${read} of ${moments} moments of its year`)
    await new Promise((resolve) => setTimeout(resolve, 300))
    state = await api.request<State>('GET', '/v1/demo')
  }
  if (state.demo === null) throw new ReeveError('demo/none', 'loading the demo: it was removed meanwhile')
  if (out.json) out.document(state)
  else out.line(`Larkfield is here: ${state.demo.size} invented identities. Remove it with: reeve demo --remove`)
  return EXIT.done
}

async function remove(api: Api, out: Terminal): Promise<number> {
  await api.request('DELETE', '/v1/demo')
  if (out.json) out.document({ demo: null })
  else out.line('Larkfield is removed: connections, history, findings and all that was decided about it.')
  return EXIT.done
}

/** Of the estate that is here, unless another is asked for. */
async function labels(reeve: Reeve, out: Terminal, { size, seed }: Flags): Promise<number> {
  const asked = { ...(size === undefined ? {} : { size }), ...(seed === undefined ? {} : { seed }) }
  const here =
    size === undefined && seed === undefined
      ? (await withApi(reeve, (api) => api.request<State>('GET', '/v1/demo'))).demo
      : null
  out.document(await reeve.labels(here ?? asked))
  return EXIT.done
}

function whole(name: string) {
  return (text: string): number => {
    if (/^\d{1,10}$/.test(text)) return Number(text)
    throw new ReeveError(`use/${name}`, `reading --${name} ${text}: give a whole number`)
  }
}
