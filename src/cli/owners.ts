import type { Command } from 'commander'
import type { Api } from './api.ts'
import { EXIT } from './exit.ts'
import { addOwnersActs, personPath } from './owners-acts.ts'
import { addOwnersLists } from './owners-lists.ts'
import { addWriteBack } from './plans.ts'
import type { Reeve } from './reeve.ts'
import { known } from './search.ts'
import { type OutputOptions, plain, type Terminal, terminal } from './terminal.ts'
import { withApi } from './with-api.ts'

interface Named {
  key: string
  name: string
}

interface Page {
  counts: Record<
    'identities' | 'owned' | 'orphaned' | 'unowned' | 'unknown' | 'suggested' | 'overdue' | 'decommission',
    number
  >
  coverage: { owned: number; of: number }
  unknownBecause: { reason: string; identities: number }[]
  people: {
    person: Named
    presence: { state: string; because: string }
    owned: number
    sole: number
    overdue: number
    next: { duty: string; at: string } | null
  }[]
  peopleCount: number
  nextReview: string | null
}

interface Queue {
  rows: {
    entity: Named
    state: string
    former: Named | null
    suggestion: { person: Named; because: string[] } | null
    lastUsed: Parameters<typeof known>[0]
    mark: Parameters<Terminal['mark']>[0] | 'pass' | 'not-judged'
  }[]
  total: number
  suggested: number
}

interface Inbox {
  person: Named | null
  nobody: string | null
  items: {
    duty: string
    entity: Named
    says: string
    because: string[]
    due: string
    overdue: boolean
    escalatedFrom: Named | null
  }[]
  left: number
  overdue: number
  nextAt: string | null
}

interface Leaving {
  person: Named
  presence: { state: string; because: string }
  counts: Record<'owned' | 'orphaned' | 'caught' | 'agents' | 'backup' | 'breaks', number>
  breaks: { at: string | null; says: string; because: string }[]
  moves: { entity: Named; to: (Named & { because: string }) | null }[]
  teams: Named[]
}

/** Shares a command's asking and printing. */
export type Asked = (command: Command, act: (api: Api, out: Terminal) => Promise<number>) => Promise<void>

const dayOf = (at: string | null): string => at?.slice(0, 10) ?? 'nobody knows when'
const things = (count: number): string => (count === 1 ? 'one identity' : `${count} identities`)

export function addOwners(program: Command, reeve: Reeve): void {
  const asked: Asked = async (command, act) => {
    process.exitCode = await withApi(reeve, (api) => act(api, terminal(command.optsWithGlobals<OutputOptions>())))
  }
  const owners = program
    .command('owners')
    .summary('who answers for what: coverage, people, what nobody answers for, and what is asked of whom')
    .addHelpText('after', '\nExample:\n  $ reeve owners\n  $ reeve owners import owners.csv --dry-run\n')
    .action(async (_flags, command: Command) =>
      asked(command, async (api, out) => {
        const page = await api.request<Page>('GET', '/v1/owners')
        if (out.json) out.document(page)
        else printPage(page, out)
        return EXIT.done
      }),
    )
  addQueue(owners, asked)
  addInbox(owners, asked)
  addLeaving(owners, asked)
  addOwnersActs(owners, asked)
  addOwnersLists(owners, asked)
  addWriteBack(owners, asked)
}

function printPage({ counts, coverage, unknownBecause, people, peopleCount, nextReview }: Page, out: Terminal): void {
  out.line(`Of ${things(coverage.of)} ${coverage.owned} have somebody who answers for them.`)
  out.line(
    `${counts.orphaned} lost their owner, ${counts.unowned} never had one; for ${counts.suggested} of these somebody is suggested.`,
  )
  for (const { reason, identities } of unknownBecause)
    out.line(`? Of ${things(identities)} it is not known whether the owner is still here: ${plain(reason)}.`)
  if (counts.overdue > 0) out.line(`${counts.overdue} duties are past their day.`)
  if (counts.decommission > 0)
    out.line(`${counts.decommission} are needed no longer, say their owners, and still in force.`)
  out.line(`Next review: ${nextReview === null ? 'none, since nobody answers for anything' : dayOf(nextReview)}`)
  if (people.length === 0) return
  out.line()
  out.table(
    ['person', 'owns', 'alone', 'overdue', 'next', ''],
    people.map((row) => [
      plain(row.person.name).slice(0, 40),
      String(row.owned),
      String(row.sole),
      String(row.overdue),
      row.next ? `${row.next.duty} ${dayOf(row.next.at)}` : '',
      row.presence.state === 'active' ? '' : `${row.presence.state}: ${plain(row.presence.because)}`,
    ]),
  )
  if (peopleCount > people.length) out.line(`and ${peopleCount - people.length} more`)
}

function addQueue(owners: Command, asked: Asked): void {
  owners
    .command('queue')
    .summary('identities that nobody answers for, the worst first, with who probably does')
    .option('--orphaned', 'those whose owner has left')
    .option('--suggested', 'those with a suggestion')
    .option('--limit <n>', 'how many', '100')
    .addHelpText('after', '\nExample:\n  $ reeve owners queue --suggested\n')
    .action(async (flags: { orphaned?: boolean; suggested?: boolean; limit: string }, command: Command) =>
      asked(command, async (api, out) => {
        const query = new URLSearchParams({
          limit: flags.limit,
          ...(flags.orphaned ? { state: 'orphaned' } : {}),
          ...(flags.suggested ? { suggested: 'yes' } : {}),
        })
        const page = await api.request<Queue>('GET', `/v1/owners/queue?${query}`)
        if (out.json) {
          out.document(page)
          return EXIT.done
        }
        out.table(
          ['', 'identity', 'since', 'last used', 'probably', 'because'],
          page.rows.map((row) => [
            row.mark === 'pass' ? '✓' : row.mark === 'not-judged' ? ' ' : out.mark(row.mark),
            plain(row.entity.key).slice(0, 60),
            row.former ? `${plain(row.former.name).slice(0, 30)} left` : 'never owned',
            known(row.lastUsed).slice(0, 30),
            plain(row.suggestion?.person.name ?? 'nobody known').slice(0, 30),
            plain(row.suggestion?.because.join(' ') ?? '').slice(0, 60),
          ]),
        )
        out.line(`${page.total} in all, ${page.suggested} of them with a suggestion`)
        return EXIT.done
      }),
    )
}

function addInbox(owners: Command, asked: Asked): void {
  owners
    .command('inbox')
    .argument('[person]', 'a key, an address or a name; without it, yours')
    .summary('what is asked of an owner, most urgent first')
    .addHelpText('after', '\nExample:\n  $ reeve owners inbox ada@example.org\n')
    .action(async (person: string | undefined, _flags, command: Command) =>
      asked(command, async (api, out) => {
        const page = await api.request<Inbox>(
          'GET',
          `/v1/inbox?${new URLSearchParams({ person: person ?? 'me', limit: '100' })}`,
        )
        if (out.json) out.document(page)
        else if (page.items.length === 0)
          out.line(
            page.nobody === null
              ? `Nothing waits for ${plain(page.person?.name ?? '')}${page.nextAt ? ` until ${dayOf(page.nextAt)}` : ''}.`
              : `Whose inbox this is is not known: ${plain(page.nobody)}.`,
          )
        else {
          for (const item of page.items) {
            out.line(
              `${item.overdue ? out.style('red', 'overdue') : 'due'} ${dayOf(item.due)}  ${out.style('bold', plain(item.says))}`,
            )
            out.line(`    ${item.duty}  ${plain(item.entity.key)}`)
            for (const because of item.because) out.line(`    ${plain(because)}`)
          }
          out.line(`${page.left} wait, ${page.overdue} of them past their day`)
        }
        return EXIT.done
      }),
    )
}

function addLeaving(owners: Command, asked: Asked): void {
  owners
    .command('leaving')
    .argument('<person>', 'a key or an address')
    .summary('if this person leaves today: what stops, by date, and what must go to whom')
    .addHelpText('after', '\nExample:\n  $ reeve owners leaving ada@example.org\n')
    .action(async (person: string, _flags, command: Command) =>
      asked(command, async (api, out) => {
        const page = await api.request<Leaving>('GET', `/v1/owners/people/${personPath(person)}/leaving`)
        if (out.json) {
          out.document(page)
          return EXIT.done
        }
        const { counts } = page
        out.line(
          `If ${plain(page.person.name)} leaves today, ${counts.owned} lose their owner; a backup or a team has ${counts.caught} of them, nobody has ${counts.orphaned}.`,
        )
        if (counts.agents > 0) out.line(`They stand for ${counts.agents} AI agents.`)
        for (const team of page.teams) out.line(`${plain(team.name)} needs another accountable person.`)
        if (page.breaks.length > 0) out.line('\nWhat stops:')
        for (const one of page.breaks) out.line(`  ${dayOf(one.at)}  ${plain(one.says)} ${plain(one.because)}`)
        if (page.moves.length > 0) out.line('\nWhat must move:')
        out.table(
          ['thing', 'to', 'because'],
          page.moves.map(({ entity, to }) => [
            plain(entity.key).slice(0, 60),
            to ? plain(to.name).slice(0, 30) : 'nobody known',
            to ? plain(to.because).slice(0, 80) : '',
          ]),
        )
        return EXIT.done
      }),
    )
}
