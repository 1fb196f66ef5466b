/** What to try of a command that sudoers allows: the programs it lets through, with arguments that would give more than their name says. */
import type { SudoItem } from '../../sdk/index.ts'
import { commandFits, programFits, type Typed, writtenOf } from './commands.ts'
import { MIGHTY_FILE, PROGRAM_NAMES, type Told, toldOf, toldWith } from './shells.ts'

export interface Probe {
  typed: Typed
  told: Pick<Told, 'how' | 'dependsOn'>
}

const ANYTHING = '/opt/reeve/anything'
const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/local/sbin']
const FILES = [
  '/etc/passwd',
  '/etc/shadow',
  '/etc/sudoers',
  '/etc/sudoers.d/x',
  '/etc/crontab',
  '/etc/cron.d/x',
  '/root/.ssh/authorized_keys',
  '/etc/systemd/system/x',
]
/** So many programs of a folder are tried. */
const MOST_PROGRAMS = 40

const split = (args: string): string[] => (args === '' ? [] : args.split(' '))

/** Ways to more by this one command, none when it does as its name says and no more. */
export function probesOf(command: SudoItem): Probe[] {
  if (command.text === 'ALL') return [{ typed: { program: ANYTHING, args: [] }, told: { how: 'runs anything' } }]
  const { program, args } = writtenOf(command.text)
  if (program === 'sudoedit') return edits(args)
  const fits = ({ typed }: Probe): boolean => commandFits(command, typed) !== 'no'
  const found = programsOf(program).flatMap((path) => probesWith(path, args).filter(fits).slice(0, 1))
  // What a folder lets through is one way, by the first of its programs that gives it.
  return found
}

/** A command as it may be typed, whatever it does; null when none can be made up. */
export function typedOf(command: SudoItem): Typed | null {
  if (command.text === 'ALL') return { program: ANYTHING, args: [] }
  const { program, args } = writtenOf(command.text)
  const [path] = /[*?[\\^]/.test(program) || program.endsWith('/') ? programsOf(program) : [program]
  if (path === undefined) return null
  const typed = { program: path, args: split((args ?? '').replaceAll('*', 'x')) }
  return commandFits(command, typed) === 'no' ? null : typed
}

function programsOf(written: string): string[] {
  const pattern = /[*?[\\]/.test(written) || written.startsWith('^') || written.endsWith('/')
  if (!pattern) return [written]
  const folder = /^(\/(?:[^*?[\\/^]+\/)*)/.exec(written)?.[1]
  const folders = folder === undefined || folder === '/' ? FOLDERS : [...new Set([folder.slice(0, -1), ...FOLDERS])]
  return folders
    .flatMap((one) => PROGRAM_NAMES.map((name) => `${one}/${name}`))
    .filter((path) => programFits(written, path))
    .slice(0, MOST_PROGRAMS)
}

function probesWith(program: string, args: string | null): Probe[] {
  const told = toldOf(program)
  if (told === undefined) return []
  const probe = (list: readonly string[]): Probe => ({ typed: { program, args: list }, told })
  if (args === null) return [...(told.bare || told.always ? [probe([])] : []), probe(told.args)]
  const fixed = toldWith(program, args)
  if (!/[*?[\\]/.test(args) && !args.startsWith('^'))
    return fixed === undefined ? [] : [{ typed: { program, args: split(args) }, told: fixed }]
  const free = told.args.join(' ')
  const samples = args.startsWith('^')
    ? [free]
    : [
        args.replaceAll('*', `x ${free}`),
        args.replaceAll('*', free),
        ...(told.always ? [args.replaceAll('*', 'x')] : []),
      ]
  return samples.map((one) => probe(split(one)))
}

/** An editor of files as somebody else: of any file, or of one by which its writer becomes more. */
function edits(args: string | null): Probe[] {
  const paths =
    args === null ? FILES : /[*?[\\^]/.test(args) ? FILES : args.split(' ').filter((path) => MIGHTY_FILE.test(path))
  return paths.map((path) => ({
    typed: { program: 'sudoedit', args: args === null || /[*?[\\^]/.test(args) ? [path] : split(args) },
    told: { how: args === null ? 'writes any file through sudoedit' : `writes ${path} through sudoedit` },
  }))
}
