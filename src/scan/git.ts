import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { messageOf, ReeveError } from '../sdk/index.ts'

/**
 * `git` on a repository that nobody vouches for: it may be another user's, and its configuration may be hostile. No hook, filter, pager,
 * external diff, signature program, credential prompt, lazy fetch or replaced object; only plumbing that reads.
 */
const SETTINGS = [
  'safe.directory=*',
  'core.fsmonitor=',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.commitGraph=false',
  'core.multiPackIndex=false',
  'core.bigFileThreshold=8m',
  'core.quotePath=false',
  'core.sshCommand=false',
  'core.askPass=false',
  'core.alternateRefsCommand=false',
  'core.useReplaceRefs=false',
  'credential.helper=',
  'protocol.allow=never',
  'diff.external=',
  'diff.renames=false',
  'diff.ignoreSubmodules=all',
  'diff.orderFile=/dev/null',
  'advice.graftFileDeprecated=false',
  'gpg.program=false',
  'log.showSignature=false',
  'log.mailmap=false',
  'log.follow=false',
  'log.showRoot=true',
  'log.diffMerges=combined',
  'log.excludeDecoration=',
  'i18n.logOutputEncoding=UTF-8',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'pack.threads=1',
  'trace2.normalTarget=0',
  'trace2.perfTarget=0',
  'trace2.eventTarget=0',
]

const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'false',
  GIT_PAGER: 'cat',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
  GIT_ALLOW_PROTOCOL: '',
})

export interface Git {
  /** Standard output as text, whole; for short answers. */
  text(...args: string[]): Promise<string>
  /** Standard output cut at NUL bytes, as UTF-8. */
  records(args: readonly string[], signal?: AbortSignal): AsyncGenerator<string>
  /** Standard output of a command that is fed the given lines. */
  bytes(args: readonly string[], input: Iterable<string>, signal?: AbortSignal): AsyncGenerator<Buffer>
}

const fault = (repository: string, args: readonly string[], said: string, cause?: unknown): ReeveError => {
  if ((cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    return new ReeveError(
      'scan/no-git',
      `reading the repository ${repository}: git is not on the PATH; install git, or scan the folder without history`,
      { cause },
    )
  }
  const lines = said.split('\n')
  const line =
    (lines.find((one) => /^(?:fatal|error):/.test(one)) ?? lines.find((one) => one.trim() !== ''))?.slice(0, 300) ??
    (cause === undefined ? 'failed' : messageOf(cause))
  if (/not a git repository/.test(line)) {
    return new ReeveError(
      'scan/not-a-repository',
      `reading the history of ${repository}: it is no git repository; give the folder of a clone or a bare repository`,
    )
  }
  return new ReeveError('scan/git', `reading the repository ${repository}: git ${args[0]}: ${line}`, { cause })
}

export const gitOf = (repository: string): Git => {
  async function* bytes(
    args: readonly string[],
    input: Iterable<string>,
    signal?: AbortSignal,
  ): AsyncGenerator<Buffer> {
    signal?.throwIfAborted()
    const child = spawn(
      'git',
      [
        '-C',
        repository,
        '--no-pager',
        '--literal-pathspecs',
        ...SETTINGS.flatMap((setting) => ['-c', setting]),
        ...args,
      ],
      {
        env: environment(),
        stdio: ['pipe', 'pipe', 'pipe'],
        ...(signal === undefined ? {} : { signal }),
      },
    )
    let said = ''
    let broken: unknown
    child.on('error', (error) => {
      broken = error
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 4000) said += text
    })
    const closed = once(child, 'close').catch((error: unknown) => [error])
    // The process may end before it has read all of its input; its exit status says whether that was a fault.
    const fed = pipeline(Readable.from(input), child.stdin).catch(() => undefined)
    let ended = false
    try {
      for await (const chunk of child.stdout) yield chunk as Buffer
      ended = true
    } finally {
      if (!ended) child.kill('SIGKILL')
    }
    await fed
    await closed
    signal?.throwIfAborted()
    if (broken !== undefined || child.exitCode !== 0) throw fault(repository, args, said, broken)
  }

  return {
    bytes,
    async text(...args) {
      const parts: Buffer[] = []
      for await (const chunk of bytes(args, [])) parts.push(chunk)
      return Buffer.concat(parts).toString('utf8').trim()
    },
    async *records(args, signal) {
      let rest: Buffer = Buffer.alloc(0)
      for await (const chunk of bytes(args, [], signal)) {
        let from = 0
        for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, from)) {
          const part = chunk.subarray(from, at)
          yield (rest.length === 0 ? part : Buffer.concat([rest, part])).toString('utf8')
          rest = Buffer.alloc(0)
          from = at + 1
        }
        if (from < chunk.length) rest = Buffer.concat([rest, chunk.subarray(from)])
      }
      if (rest.length > 0) yield rest.toString('utf8')
    },
  }
}
