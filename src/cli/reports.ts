import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Command, Option } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import { EXIT } from './exit.ts'
import type { Reeve } from './reeve.ts'
import { type OutputOptions, plain, type Terminal, terminal } from './terminal.ts'
import { withApi } from './with-api.ts'

const FORMATS = ['pdf', 'html', 'csv', 'json', 'sarif']

type State = 'met' | 'not-met' | 'unknown' | 'not-applicable'

interface Counted {
  met: number
  notMet: number
  unknown: number
  notApplicable: number
}
interface Row {
  id: string
  title: string
  version: string
  controls: Counted
}
interface Page {
  framework: Row
  controls: {
    id: string
    title: string
    state: State
    because: string
    evidence: {
      id: string
      says: string
      reads: string
      judged: string | null
      read: string | null
      partial: boolean
      findings: { q: string; count: number } | null
    }[]
  }[]
}

const SIGNS: Readonly<Record<State, string>> = {
  met: '✓ met',
  'not-met': '✗ not met',
  unknown: '? unknown',
  'not-applicable': '– not applicable',
}

export function addReports(program: Command, reeve: Reeve): void {
  program
    .command('report')
    .argument('[file]', 'where to write it; the end of its name says the format')
    .summary('the posture of this moment as a paper; the same state gives the same bytes')
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS))
    .option('--framework <id>', 'one standard alone; with csv, its evidence as a table')
    .option('--as-of <date>', 'as it was at the end of that day, or at an instant')
    .option('--out <file>', 'where to write it; standard output when left out')
    .addHelpText(
      'after',
      '\nExample:\n  $ reeve report posture.pdf\n  $ reeve report --format csv --framework pci-dss --out pci.csv\n',
    )
    .action(async (named: string | undefined, _flags, command: Command) => {
      const flags = command.optsWithGlobals<
        OutputOptions & { format?: string; framework?: string; asOf?: string; out?: string }
      >()
      const out = terminal(flags)
      const file = flags.out ?? named
      const format = formatOf(flags.format, file)
      if (file === undefined && format === 'pdf' && process.stdout.isTTY)
        throw new ReeveError('use/format', 'writing a PDF: a terminal cannot show it; name a file with --out')
      const query = new URLSearchParams({ format })
      if (flags.framework !== undefined) query.set('framework', flags.framework)
      if (flags.asOf !== undefined) query.set('as-of', flags.asOf)
      process.exitCode = await withApi(reeve, async (api) => {
        const written = await api.download(`/v1/reports/posture?${query}`)
        const from = Readable.fromWeb(written as Parameters<typeof Readable.fromWeb>[0])
        if (file === undefined) await pipeline(from, process.stdout, { end: false })
        else {
          await pipeline(from, createWriteStream(file)).catch((cause: unknown) => {
            throw new ReeveError('use/no-file', `writing ${file}: it cannot be written there`, { cause })
          })
          out.say(`wrote ${file}`)
        }
        return EXIT.done
      })
    })

  program
    .command('frameworks')
    .argument('[id]', 'owasp-nhi, cis-controls, pci-dss, …; all in short when left out')
    .summary('standards as views over findings and facts: met, not met, unknown')
    .option('--as-of <date>', 'as it was at the end of that day, or at an instant')
    .addHelpText('after', '\nExample:\n  $ reeve frameworks pci-dss\n')
    .action(async (id: string | undefined, _flags, command: Command) => {
      const flags = command.optsWithGlobals<OutputOptions & { asOf?: string }>()
      const out = terminal(flags)
      const then = flags.asOf === undefined ? '' : `?${new URLSearchParams({ 'as-of': flags.asOf })}`
      process.exitCode = await withApi(reeve, async (api) => {
        if (id !== undefined) {
          const page = await api.request<Page>('GET', `/v1/frameworks/${encodeURIComponent(id)}${then}`)
          if (out.json) out.document(page)
          else printControls(page, out)
          return EXIT.done
        }
        const page = await api.request<{ rows: Row[] }>('GET', `/v1/frameworks${then}`)
        if (out.json) out.document(page)
        else
          out.table(
            ['framework', 'controls met', 'not met', 'unknown', 'not applicable', 'title'],
            page.rows.map(({ id: name, title, version, controls }) => [
              name,
              String(controls.met),
              String(controls.notMet),
              String(controls.unknown),
              String(controls.notApplicable),
              `${title}, ${version}`,
            ]),
          )
        return EXIT.done
      })
    })
}

function formatOf(asked: string | undefined, file: string | undefined): string {
  if (asked !== undefined) return asked
  const end = /\.([a-z]+)$/.exec(file ?? '')?.[1]
  if (file === undefined) return 'pdf'
  if (end === undefined || !FORMATS.includes(end))
    throw new ReeveError(
      'use/format',
      `writing ${file}: end its name in ${FORMATS.map((one) => `.${one}`).join(', ')}, or say --format`,
    )
  return end
}

function printControls({ framework, controls }: Page, out: Terminal): void {
  out.line(out.style('bold', `${framework.title}, ${framework.version}`))
  for (const control of controls) {
    out.line()
    out.line(`${out.style('bold', control.id)}  ${control.title}  ${SIGNS[control.state]}`)
    out.line(`    ${plain(control.because)}`)
    for (const one of control.evidence) {
      const dated =
        one.judged === null
          ? 'not judged yet'
          : `judged ${one.judged.slice(0, 16)}Z${one.read === null ? ', no listing bears on it' : `, read from ${one.read.slice(0, 16)}Z on`}`
      out.line(`  - ${plain(one.says)} ${one.reads} (${dated}${one.partial ? ', partly read' : ''})`)
      if (one.findings !== null && one.findings.count > 0)
        out.line(`    ${one.findings.count} findings: reeve findings '${plain(one.findings.q)}'`)
    }
  }
}
