import type { Command } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import type { Api } from './api.ts'
import { EXIT } from './exit.ts'
import type { Asked } from './owners.ts'
import { addPlanSettings } from './plans-settings.ts'
import type { Reeve } from './reeve.ts'
import { type OutputOptions, plain, type Terminal, terminal } from './terminal.ts'
import { withApi } from './with-api.ts'

interface Item {
  entity: string
  state: string
  changes: { place: string; was: string | null; to: string | null }[]
  code: string | null
  says: string | null
  permission: string | null
  names: { key: string; name: string } | null
  byHand: string[]
}

interface Plan {
  id: string
  state: string
  by: string
  at: string
  approved: { by: string; until: string; reason: string; expired: boolean } | null
  counts: Record<
    | 'total'
    | 'agrees'
    | 'cannot'
    | 'conflict'
    | 'leftOut'
    | 'ready'
    | 'done'
    | 'refused'
    | 'failed'
    | 'undone'
    | 'kept',
    number
  >
  connections: { connection: string; granted: boolean; things: number; needs: string[] }[]
}

interface Planned extends Pick<Plan, 'counts' | 'connections'> {
  dryRun: boolean
  id: string | null
  items: Item[]
}

interface Differences {
  rows: {
    entity: { key: string; name: string }
    place: string
    sort: 'other' | 'behind' | 'gone'
    stands: string | null
    names: { key: string; name: string } | null
    owner: { key: string; name: string }
  }[]
  total: number
}

const POLL = 300
const WORDS: Record<keyof Plan['counts'], string> = {
  total: 'in all',
  conflict: 'to be chosen',
  ready: 'to be written',
  done: 'written',
  undone: 'put back',
  refused: 'changed since or gone',
  failed: 'failed',
  kept: 'not put back',
  leftOut: 'left as they are',
  agrees: 'agree already',
  cannot: 'cannot be written',
}
const ORDER = Object.keys(WORDS).filter((name) => name !== 'total') as (keyof Plan['counts'])[]

const countsIn = (counts: Plan['counts']): string =>
  `${counts.total} things: ${ORDER.filter((name) => counts[name] > 0)
    .map((name) => `${counts[name]} ${WORDS[name]}`)
    .join(', ')}.`

/** `reeve owners write-back`: plans, and changes nothing. */
export function addWriteBack(owners: Command, asked: Asked): void {
  owners
    .command('write-back')
    .argument('[keys...]', 'things by key')
    .summary(
      'plan to write who answers into the source’s own tags; nothing is changed before it is approved and applied',
    )
    .option('--query <words>', 'things that a query of the inventory finds, such as "source:aws owner:any"')
    .option('--differences', 'all whose tag says of the owner what Reeve does not')
    .option('--conflicts <choice>', 'tags that Reeve did not write: "ours" writes over them, "leave" leaves them')
    .option('--dry-run', 'show what would be planned, and keep nothing')
    .addHelpText(
      'after',
      '\nExample:\n  $ reeve owners write-back --query "source:aws-prod owner:any" --dry-run\n  $ reeve plan approve 12 --reason "agreed with platform"\n  $ reeve plan apply 12\n',
    )
    .action(async (keys: string[], _flags, command: Command) =>
      asked(command, async (api, out) => {
        const flags = command.optsWithGlobals<{
          query?: string
          differences?: boolean
          conflicts?: string
          dryRun?: boolean
        }>()
        const given = [keys.length > 0, flags.query !== undefined, flags.differences === true].filter(Boolean).length
        if (given !== 1)
          throw new ReeveError('use/things', 'planning: give keys, --query or --differences, one of them')
        const things =
          keys.length > 0 ? { keys } : flags.query !== undefined ? { query: flags.query } : { differences: true }
        const planned = await api.request<Planned>('POST', '/v1/plans', {
          things,
          ...(flags.conflicts !== undefined && { conflicts: flags.conflicts }),
          dryRun: flags.dryRun ?? false,
        })
        if (out.json) out.document(planned)
        else {
          printItems(planned.items, out)
          out.line(countsIn(planned.counts))
          printGrants(planned.connections, out)
          out.line(
            planned.id === null
              ? 'Nothing was planned: this was a dry run.'
              : `Plan ${planned.id} is made; nothing was changed. ${planned.counts.conflict > 0 ? `Choose first: reeve plan choose ${planned.id} ours|leave [keys]. Then: ` : ''}reeve plan approve ${planned.id} --reason <why>`,
          )
        }
        return EXIT.done
      }),
    )
}

export function addPlans(program: Command, reeve: Reeve): void {
  const asked: Asked = async (command, act) => {
    process.exitCode = await withApi(reeve, (api) => act(api, terminal(command.optsWithGlobals<OutputOptions>())))
  }
  const plan = program
    .command('plan')
    .summary('changes at sources: what is planned, approve, apply, put back')
    .addHelpText('after', '\nExample:\n  $ reeve plan list\n  $ reeve plan show 12\n')
  plan
    .command('list')
    .summary('plans, the newest first')
    .addHelpText('after', '\nExample:\n  $ reeve plan list --json\n')
    .action(async (_flags, command: Command) =>
      asked(command, async (api, out) => {
        const page = await api.request<{ rows: Plan[]; total: number; differences: number }>('GET', '/v1/plans')
        if (out.json) out.document(page)
        else {
          if (page.rows.length === 0) out.line('Nothing was planned yet. Begin with: reeve owners write-back --dry-run')
          else
            out.table(
              ['plan', 'state', 'made', 'by', 'things'],
              page.rows.map((row) => [row.id, row.state, row.at, plain(row.by), countsIn(row.counts)]),
            )
          if (page.differences > 0)
            out.line(`${page.differences} things bear another owner at the source: reeve plan differences`)
        }
        return EXIT.done
      }),
    )
  plan
    .command('show')
    .argument('<id>')
    .summary('one plan: old and new value of each tag, and what came of it')
    .option('--state <state>', 'only things that stand so: ready, conflict, refused, …')
    .addHelpText('after', '\nExample:\n  $ reeve plan show 12 --state refused\n')
    .action(async (id: string, _flags, command: Command) =>
      asked(command, async (api, out) => {
        const { state } = command.opts<{ state?: string }>()
        const page = await api.request<Plan>('GET', pathOf(id))
        const items = await itemsOf(api, id, state)
        if (out.json) out.document({ ...page, items })
        else {
          printItems(items, out)
          printPlan(page, out)
        }
        return EXIT.done
      }),
    )
  plan
    .command('differences')
    .summary('things whose tag at the source says of the owner what Reeve does not')
    .addHelpText('after', '\nExample:\n  $ reeve plan differences --json\n')
    .action(async (_flags, command: Command) =>
      asked(command, async (api, out) => {
        const found = await api.request<Differences>('GET', '/v1/plans/differences?limit=500')
        if (out.json) out.document(found)
        else {
          for (const { entity, place, stands, names, owner } of found.rows)
            out.line(
              `  ${plain(entity.key)}  ${plain(place)} ${stands === null ? 'was taken away there' : `says ${plain(stands)}${names === null ? ', which names nobody we know' : ''}`}; here ${plain(owner.name)} answers`,
            )
          out.line(
            found.total === 0
              ? 'Nothing differs.'
              : `${found.total} differ. Write again: reeve owners write-back --differences. Take the source’s word: reeve owners assign <key> <person>`,
          )
        }
        return EXIT.done
      }),
    )
  plan
    .command('choose')
    .argument('<id>')
    .argument('<choice>', '"ours" writes over what Reeve did not write, "leave" leaves it')
    .argument('[keys...]', 'all that is undecided when left out')
    .summary('decide about tags that Reeve did not write')
    .addHelpText('after', '\nExample:\n  $ reeve plan choose 12 leave\n')
    .action(async (id: string, choice: string, keys: string[], _flags, command: Command) =>
      asked(command, async (api, out) => {
        const body = { choice, ...(keys.length > 0 && { entities: keys }) }
        return shown(await api.request<Plan>('POST', `${pathOf(id)}/choose`, body), out)
      }),
    )
  plan
    .command('approve')
    .argument('<id>')
    .summary('allow a plan to be applied for a while')
    .requiredOption('--reason <text>', 'why; it stays on the record')
    .addHelpText('after', '\nExample:\n  $ reeve plan approve 12 --reason "agreed with platform"\n')
    .action(async (id: string, _flags, command: Command) =>
      asked(command, async (api, out) => {
        const { reason } = command.opts<{ reason: string }>()
        return shown(await api.request<Plan>('POST', `${pathOf(id)}/approve`, { reason }), out)
      }),
    )
  addPlanSettings(plan, asked)
  addRun(plan, asked, 'apply', 'write what was approved, thing by thing, or go on with what failed')
  addRun(plan, asked, 'undo', 'put back what was there, where nobody changed it since')
  plan
    .command('stop')
    .argument('<id>')
    .summary('stop applying or taking back; what is done stays')
    .addHelpText('after', '\nExample:\n  $ reeve plan stop 12\n')
    .action(async (id: string, _flags, command: Command) =>
      asked(command, async (api, out) => shown(await api.request<Plan>('POST', `${pathOf(id)}/stop`), out)),
    )
  plan
    .command('withdraw')
    .argument('<id>')
    .summary('give a plan up that was not applied')
    .addHelpText('after', '\nExample:\n  $ reeve plan withdraw 12\n')
    .action(async (id: string, _flags, command: Command) =>
      asked(command, async (api, out) => {
        await api.request('DELETE', pathOf(id))
        if (out.json) out.document({ id, state: 'withdrawn' })
        else out.line(`Plan ${id} is withdrawn. Nothing was changed.`)
        return EXIT.done
      }),
    )
}

/** Begins and stays with it. Status 4 when something was left undone. */
function addRun(plan: Command, asked: Asked, what: 'apply' | 'undo', summary: string): void {
  plan
    .command(what)
    .argument('<id>')
    .summary(summary)
    .option('--dry-run', 'show what would be done, and do nothing')
    .addHelpText('after', `\nExample:\n  $ reeve plan ${what} 12\n`)
    .action(async (id: string, _flags, command: Command) =>
      asked(command, async (api, out) => {
        if (command.opts<{ dryRun?: boolean }>().dryRun) {
          const states = what === 'apply' ? ['ready', 'failed'] : ['done']
          const items = (await Promise.all(states.map((state) => itemsOf(api, id, state)))).flat()
          if (out.json) out.document({ dryRun: true, items })
          else {
            printItems(items, out)
            out.line(`${items.length} would be ${what === 'apply' ? 'written' : 'put back'}; nothing was done.`)
          }
          return EXIT.done
        }
        await api.request<Plan>('POST', `${pathOf(id)}/${what}`)
        for (;;) {
          const page = await api.request<Plan>('GET', pathOf(id))
          const { counts, state } = page
          if (state !== 'running' && state !== 'undoing') {
            out.endProgress()
            const left = counts.ready + counts.refused + counts.failed + (what === 'undo' ? counts.kept : 0)
            const items = await Promise.all(['refused', 'failed', 'kept'].map((one) => itemsOf(api, id, one)))
            if (out.json) out.document({ ...page, items: items.flat() })
            else {
              printItems(items.flat(), out)
              printPlan(page, out)
            }
            return (what === 'apply' ? left : counts.kept) > 0 ? EXIT.incomplete : EXIT.done
          }
          out.progress(`plan ${id}: ${countsIn(counts)}`)
          await new Promise((resolve) => setTimeout(resolve, POLL))
        }
      }),
    )
}

const pathOf = (id: string): string => `/v1/plans/${encodeURIComponent(id)}`

async function itemsOf(api: Api, id: string, state?: string): Promise<Item[]> {
  const items: Item[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const asking = new URLSearchParams({ limit: '500', ...(state && { state }), ...(cursor && { cursor }) })
    const page: { rows: Item[]; next: string | null } = await api.request('GET', `${pathOf(id)}/items?${asking}`)
    items.push(...page.rows)
    cursor = page.next
  }
  return items
}

function shown(page: Plan, out: Terminal): number {
  if (out.json) out.document(page)
  else printPlan(page, out)
  return EXIT.done
}

function printPlan({ id, state, counts, approved, connections }: Plan, out: Terminal): void {
  out.line(`Plan ${id} is ${state}. ${countsIn(counts)}`)
  if (approved && state !== 'undone' && state !== 'withdrawn')
    out.line(
      `Approved by ${plain(approved.by)}: ${plain(approved.reason)}; ${approved.expired ? 'that ended' : 'it holds until'} ${approved.until}.`,
    )
  if (state === 'open' || state === 'approved') printGrants(connections, out)
}

function printGrants(connections: Plan['connections'], out: Terminal): void {
  for (const { connection, needs } of connections.filter(({ granted }) => !granted))
    out.line(
      `? ${connection} only reads; writing wants ${needs.join(', ')}: reeve connections grant ${connection}. Or run the commands above by hand.`,
    )
}

function printItems(items: readonly Item[], out: Terminal): void {
  for (const { entity, state, changes, says, code, permission, names, byHand } of items.slice(0, 200)) {
    out.line(`  ${plain(entity)}  ${state}${code === null ? '' : ` (${code})`}`)
    for (const { place, was, to } of state === 'agrees' || state === 'cannot' ? [] : changes)
      out.line(
        `      ${plain(place)}: ${was === null ? 'not there' : plain(was)} → ${to === null ? 'taken away' : plain(to)}`,
      )
    if (says !== null)
      out.line(
        `      ${plain(says)}${names === null ? '' : `: that is ${plain(names.name)}`}${permission === null ? '' : ` (${plain(permission)})`}`,
      )
    for (const command of state === 'ready' ? byHand : [])
      out.line(out.style('dim', `      by hand: ${plain(command)}`))
  }
  if (items.length > 200) out.line(`  and ${items.length - 200} more`)
}
