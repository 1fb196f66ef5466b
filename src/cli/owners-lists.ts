import { createReadStream, createWriteStream } from 'node:fs'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Command, Option } from 'commander'
import { ReeveError } from '../sdk/index.ts'
import { EXIT } from './exit.ts'
import type { Asked } from './owners.ts'
import { undone } from './owners-acts.ts'
import { plain } from './terminal.ts'

interface Imported {
  dryRun: boolean
  lines: number
  applied: number
  unchanged: number
  errorCount: number
  errors: { line: number; column: string | null; code: string; says: string }[]
  ignored: string[]
  undo: string | null
  missing?: number
}

export function addOwnersLists(owners: Command, asked: Asked): void {
  owners
    .command('import')
    .argument('<file>', 'a CSV file, or - for standard input')
    .summary('take a list of owners over; lines that are wrong are told, and the others count')
    .option('--dry-run', 'say what would be done, and change nothing')
    .option('--people', 'it is a list of people: e-mail, name, status, left, manager')
    .option('--complete', 'of people: it is the whole list; who was in an earlier one and is missing has left')
    .addHelpText(
      'after',
      '\nExamples:\n  $ reeve owners import owners.csv --dry-run\n  $ reeve owners import --people --complete staff.csv\n',
    )
    .action(async (file: string, flags: { dryRun?: boolean; people?: boolean; complete?: boolean }, command: Command) =>
      asked(command, async (api, out) => {
        if (flags.complete && !flags.people)
          throw new ReeveError('use/import', 'importing: --complete is for a list of people; say --people too')
        const query = new URLSearchParams({
          dryRun: String(flags.dryRun === true),
          ...(flags.people ? { complete: String(flags.complete === true) } : {}),
        })
        const list = file === '-' ? process.stdin : await opened(file)
        const came = await api.upload<Imported>(`/v1/${flags.people ? 'people' : 'owners'}/import?${query}`, list)
        if (out.json) out.document(came)
        else {
          for (const { line, column, code, says } of came.errors)
            out.line(`  line ${line}${column === null ? '' : `, ${column}`}: ${plain(says)} (${code})`)
          if (came.errorCount > came.errors.length) out.line(`  and ${came.errorCount - came.errors.length} lines more`)
          if (came.ignored.length > 0) out.line(`Columns that mean nothing here: ${plain(came.ignored.join(', '))}`)
          if (came.missing) out.line(`${came.missing} of an earlier list are missing and have left.`)
          out.line(
            undone(
              `${came.lines} lines: ${came.applied} ${came.dryRun ? 'would be applied' : 'applied'}, ${came.unchanged} so already, ${came.errorCount} wrong.`,
              came.undo,
            ),
          )
        }
        return came.errorCount > 0 ? EXIT.incomplete : EXIT.done
      }),
    )
  owners
    .command('export')
    .argument('[file]', 'where to; without it, standard output')
    .summary('every owner and backup that was decided here; an import takes it back without a change')
    .addOption(new Option('--format <format>', 'what to write').choices(['csv', 'json']).default('csv'))
    .option('--certifications', 'what owners said of what is theirs instead')
    .addHelpText('after', '\nExample:\n  $ reeve owners export owners.csv\n')
    .action(async (file: string | undefined, flags: { format: string; certifications?: boolean }, command: Command) =>
      asked(command, async (api) => {
        const what = flags.certifications ? 'certifications' : 'owners'
        const from = await api.download(`/v1/${what}/export?${new URLSearchParams({ format: flags.format })}`)
        const source = Readable.fromWeb(from as Parameters<typeof Readable.fromWeb>[0])
        if (file === undefined) for await (const part of source) process.stdout.write(Buffer.from(part))
        else await pipeline(source, createWriteStream(file, { mode: 0o600 }) as Writable)
        return EXIT.done
      }),
    )
}

/** Throws `use/no-file` before anything is sent. */
function opened(file: string): Promise<AsyncIterable<Uint8Array>> {
  const stream = createReadStream(file)
  return new Promise((resolve, reject) => {
    stream.once('open', () => resolve(stream))
    stream.once('error', (cause) =>
      reject(new ReeveError('use/no-file', `reading the list: ${file} cannot be read`, { cause })),
    )
  })
}
