import type { Command } from 'commander'
import type { Finding, Known, LedgerLine, Severity } from '../sdk/index.ts'
import { ReeveError } from '../sdk/index.ts'
import type { Api } from './api.ts'
import { EXIT } from './exit.ts'
import type { Reeve } from './reeve.ts'
import { type OutputOptions, plain, terminal } from './terminal.ts'
import { counts, failOn } from './threshold.ts'
import { withApi } from './with-api.ts'

interface Ref {
  key: string
  type: string | null
  name: string
  gone: string | null
}

interface Row {
  key: string
  name: string
  type: string
  mark: Severity | 'unknown' | 'pass' | 'not-judged'
  lastUsed: Known<string>
  owner: { person?: { name: string }; name?: string } | null
}

interface Found {
  recognised: string | null
  secret: boolean
  hits: { entity: Ref; exact: boolean; mark: string }[]
  unread: string[]
}

interface Card {
  entity: Ref
  touch: Record<'rotate' | 'narrow' | 'disable' | 'delete', { answer: string; reason: string }>
  attributes: Record<string, unknown>
  owners: { accountable: { person?: { name: string }; name?: string } | null }
  score: Known<{ total: number; parts: { says: string; points: number }[] }>
  usedBy: { consumers: { entity: Ref; verb: string }[]; more: number; seeing: Known<string> }
  credentials: { entity: Ref; copyCount: number }[]
  findings: { says: string; severity: Severity; state: string; fix: string }[]
}

/** What is known, or why it is not: the one way the command line prints an attribute. */
export function known(value: Known<unknown>): string {
  if ('value' in value) return typeof value.value === 'string' ? value.value : JSON.stringify(value.value)
  if ('unknown' in value) return `unknown: ${value.unknown}${value.permission ? ` (${value.permission})` : ''}`
  return `not applicable: ${value.notApplicable}`
}

const isKnown = (value: unknown): value is Known<unknown> =>
  typeof value === 'object' && value !== null && ('value' in value || 'unknown' in value || 'notApplicable' in value)

export function addSearch(program: Command, reeve: Reeve): void {
  program
    .command('find')
    .argument('<query...>', 'words as in the console: type:linux_user owner:none lastUsed:>90d')
    .summary('list identities and other entities that fit a query')
    .option('--kind <kind>', 'identity, credential, secret, workload, person, entitlement, resource', 'identity')
    .option('--limit <n>', 'how many', '100')
    .addHelpText('after', '\nExample:\n  $ reeve find accountKind:service lastUsed:>90d\n')
    .action(async (words: string[], _flags, command: Command) => {
      const flags = command.optsWithGlobals<OutputOptions & { kind: string; limit: string }>()
      const out = terminal(flags)
      process.exitCode = await withApi(reeve, async (api) => {
        const query = new URLSearchParams({ kind: flags.kind, q: words.join(' '), limit: flags.limit })
        const page = await api.request<{ rows: Row[]; total: { count: number; exact: boolean } }>(
          'GET',
          `/v1/entities?${query}`,
        )
        if (out.json) out.document(page)
        else if (page.rows.length === 0) out.line(`Nothing fits ${plain(words.join(' '))}, in what could be read.`)
        else {
          out.table(
            ['', 'name', 'type', 'last used', 'key'],
            page.rows.map((row) => [
              row.mark === 'pass' ? '✓' : row.mark === 'not-judged' ? ' ' : out.mark(row.mark),
              plain(row.name).slice(0, 40),
              row.type,
              known(row.lastUsed).slice(0, 40),
              plain(row.key).slice(0, 80),
            ]),
          )
          out.line(`${page.total.exact ? '' : 'about '}${page.total.count} in all`)
        }
        return EXIT.done
      })
    })

  program
    .command('show')
    .argument('<id>', 'any id: a key, key id, ARN, fingerprint, e-mail, file path')
    .summary('everything about one entity: may I touch it, who uses it, what it opens')
    .addHelpText('after', '\nExample:\n  $ reeve show SHA256:4c5U…\n')
    .action(async (id: string, _flags, command: Command) => {
      const out = terminal(command.optsWithGlobals<OutputOptions>())
      process.exitCode = await withApi(reeve, async (api) => {
        const card = await resolve(api, id)
        if (out.json) out.document(card)
        else printCard(card, out)
        return EXIT.done
      })
    })

  program
    .command('findings')
    .argument('[query...]', 'words as in the console: severity:high owasp:NHI5')
    .summary('what is wrong, worst first')
    .addOption(failOn())
    .addHelpText('after', '\nExample:\n  $ reeve findings severity:critical --json\n')
    .action(async (words: string[], _flags, command: Command) => {
      const flags = command.optsWithGlobals<OutputOptions & { failOn?: Severity }>()
      const out = terminal(flags)
      process.exitCode = await withApi(reeve, async (api) => {
        const page = await api.request<{ findings: Finding[]; ledger: LedgerLine[]; summary: Record<string, number> }>(
          'GET',
          `/v1/findings.json?${new URLSearchParams({ q: words.join(' ') })}`,
        )
        const failed = page.findings.filter((finding) => finding.verdict === 'fail')
        if (out.json) out.document(page)
        else {
          out.table(
            ['', 'what', 'risk', 'subject'],
            failed.map((one) => [
              out.mark(one.severity),
              plain(one.says ?? one.title).slice(0, 100),
              one.owasp.join(' '),
              plain(one.subject).slice(0, 60),
            ]),
          )
          out.line(`${failed.length} open, ${page.findings.length - failed.length} verdicts unknown`)
        }
        const { failOn: threshold } = flags
        if (threshold !== undefined && failed.some((one) => counts(one, threshold))) return EXIT.findings
        return page.ledger.some((line) => line.refused > 0) ? EXIT.incomplete : EXIT.done
      })
    })
}

async function resolve(api: Api, id: string): Promise<Card> {
  const found = await api.request<Found>('GET', `/v1/find?${new URLSearchParams({ q: id })}`)
  const [hit] = found.hits
  if (hit) return api.request<Card>('GET', `/v1/entities/${encodeURIComponent(hit.entity.key)}`)
  const unread = found.unread.length > 0 ? `; not everything was read: ${found.unread.join('; ')}` : ''
  if (found.secret) {
    throw new ReeveError(
      'query/secret',
      'looking it up: this has the form of a secret value, and arguments are seen by every process; give an id of it',
    )
  }
  throw new ReeveError(
    'query/not-found',
    `looking up ${id.slice(0, 80)}: it was never seen, in no source now nor in the past${unread}`,
  )
}

function printCard(card: Card, out: ReturnType<typeof terminal>): void {
  out.line(
    `${out.style('bold', plain(card.entity.name))}  ${card.entity.type ?? 'never described'}  ${plain(card.entity.key)}`,
  )
  if (card.entity.gone) out.line(`Deleted at its source on ${card.entity.gone.slice(0, 10)}; last known state below.`)
  out.line()
  for (const [act, { answer, reason }] of Object.entries(card.touch))
    out.line(`  ${act.padEnd(8)} ${answer.padEnd(10)} ${plain(reason)}`)
  out.line()
  const owner = card.owners.accountable
  out.line(`  owner      ${owner ? plain(owner.person?.name ?? owner.name ?? '') : 'nobody'}`)
  for (const [name, value] of Object.entries(card.attributes))
    out.line(`  ${name.padEnd(10)} ${plain(isKnown(value) ? known(value) : String(value))}`)
  out.line(
    `  score      ${'value' in card.score ? `${card.score.value.total} = ${card.score.value.parts.map((part) => `${part.points} ${part.says}`).join(' + ')}` : known(card.score)}`,
  )
  out.line()
  const { seeing } = card.usedBy
  if (card.usedBy.consumers.length === 0)
    out.line(
      `  used by    nobody seen; ${'value' in seeing ? `a use would have been seen since ${seeing.value.slice(0, 10)}` : known(seeing)}`,
    )
  for (const one of card.usedBy.consumers) out.line(`  used by    ${plain(one.entity.name)} (${one.verb})`)
  for (const one of card.credentials) out.line(`  credential ${plain(one.entity.name)}, ${one.copyCount} copies`)
  for (const one of card.findings) out.line(`  ${out.mark(one.severity)} ${plain(one.says)}; ${plain(one.fix)}`)
}
