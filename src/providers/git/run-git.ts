import { type ChildProcess, spawn } from 'node:child_process'
import { ReeveError } from '../../sdk/index.ts'

/**
 * Settings that beat whatever the repository's own config says, so that reading it starts no program: git runs hooks, filters,
 * file-system monitors, pagers, signature checkers and transports by name from config. Commands that would look for others
 * (status, diff, checkout, fetch) are not used at all.
 */
const OVERRIDES = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedCache', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.sshCommand', 'false'],
  ['core.gitProxy', 'false'],
  ['core.askPass', 'false'],
  ['core.editor', 'false'],
  ['core.pager', 'cat'],
  ['core.alternateRefsCommand', 'false'],
  ['credential.helper', ''],
  ['diff.external', ''],
  ['gpg.program', 'false'],
  ['gpg.ssh.program', 'false'],
  ['gpg.x509.program', 'false'],
  ['gpg.ssh.defaultKeyCommand', 'false'],
  ['log.showSignature', 'false'],
  ['log.mailmap', 'false'],
  ['mailmap.file', '/dev/null'],
  ['protocol.allow', 'never'],
  ['submodule.recurse', 'false'],
  ['safe.directory', '*'],
  ['safe.bareRepository', 'all'],
].flatMap(([name, value]) => ['-c', `${name}=${value}`])

const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  LC_ALL: 'C',
  HOME: '/nonexistent',
  XDG_CONFIG_HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'false',
  SSH_ASKPASS: 'false',
  GIT_SSH_COMMAND: 'false',
  GIT_PAGER: 'cat',
  GIT_EDITOR: 'false',
})

/** Named outright, so that git neither looks for a repository nor believes a `core.worktree` that points elsewhere. */
export interface GitPlace {
  gitDir: string
  /** Null for a bare repository. */
  workTree: string | null
}

export interface GitOptions {
  signal?: AbortSignal
  /** Milliseconds; a repository on a dead network mount must not hold a sync for ever. */
  timeout?: number
  /** Bytes of output after which git is stopped. */
  limit?: number
}

/** Starts git on an untrusted repository: nothing that its config names is run, nothing is written, no network is used. */
export const startGit = (
  { gitDir, workTree }: GitPlace,
  args: readonly string[],
  { signal, timeout = 120_000 }: GitOptions = {},
): ChildProcess => {
  const place =
    workTree === null
      ? [`--git-dir=${gitDir}`, '--bare']
      : ['-C', workTree, `--git-dir=${gitDir}`, `--work-tree=${workTree}`]
  return spawn('git', ['--no-pager', '--no-replace-objects', '--literal-pathspecs', ...OVERRIDES, ...place, ...args], {
    // Not the repository: a relative entry in PATH must not find a program there.
    cwd: '/',
    env: environment(),
    signal,
    timeout,
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** What git prints. Throws `git/missing` when there is no git, `git/failed` when it says no, `git/too-much` beyond the limit. */
export function git(place: GitPlace, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const { limit = 256 << 20 } = options
  return new Promise((resolve, reject) => {
    const child = startGit(place, args, options)
    const chunks: Buffer[] = []
    let bytes = 0
    let said = ''
    const stop = (error: unknown) => {
      child.kill('SIGKILL')
      reject(error)
    }
    child.on('error', (cause: NodeJS.ErrnoException) =>
      stop(
        cause.code === 'ENOENT'
          ? new ReeveError('git/missing', 'starting git: it is not installed or not in PATH; install git', { cause })
          : cause,
      ),
    )
    child.stdin?.on('error', () => {})
    child.stdin?.end()
    child.stderr?.on('data', (chunk: Buffer) => {
      if (said.length < 2000) said += chunk.toString('utf8')
    })
    child.stdout?.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limit)
        stop(new ReeveError('git/too-much', `running git ${args[0]}: more than ${limit} bytes of output`))
      else chunks.push(chunk)
    })
    child.on('close', (status, signal) => {
      if (status === 0) resolve(Buffer.concat(chunks))
      else {
        const why =
          signal === null
            ? said.trim().split('\n').slice(0, 3).join('; ')
            : `stopped after ${options.timeout ?? 120_000} ms`
        reject(new ReeveError('git/failed', `running git ${args[0]}: ${why || `status ${status}`}`))
      }
    })
  })
}

/** The lines (or, with `-z`, the records) that git prints; empty ones left out. */
export const gitLines = async (place: GitPlace, args: readonly string[], options: GitOptions = {}): Promise<string[]> =>
  (await git(place, args, options))
    .toString('utf8')
    .split(args.includes('-z') ? '\0' : '\n')
    .filter((line) => line !== '')

/** Records as git prints them, without holding the output: histories are long. */
export async function* gitRecords(
  place: GitPlace,
  args: readonly string[],
  separator: string,
  options: GitOptions = {},
): AsyncGenerator<string> {
  const child = startGit(place, args, options)
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(-1))
    child.on('close', resolve)
  })
  child.stdin?.on('error', () => {})
  child.stdin?.end()
  child.stderr?.resume()
  let rest = ''
  try {
    child.stdout?.setEncoding('utf8')
    for await (const chunk of child.stdout ?? []) {
      const records = (rest + chunk).split(separator)
      rest = records.pop() ?? ''
      if (rest.length > 8 << 20) throw new ReeveError('git/too-much', `running git ${args[0]}: a record is too long`)
      yield* records
    }
    if (rest !== '') yield rest
    const status = await ended
    if (status !== 0) throw new ReeveError('git/failed', `running git ${args[0]}: status ${status ?? 'stopped'}`)
  } finally {
    child.kill('SIGKILL')
  }
}
