import { basename } from 'node:path'
import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2'
import { messageOf, ReeveError, type Run } from '../../sdk/index.ts'
import { COMMAND_SECONDS, commands, OUTPUT_LIMIT } from './commands.ts'
import {
  eachOf,
  FILE_LIMIT,
  type FileContent,
  type FileInfo,
  LIST_LIMIT,
  leadsOutside,
  type Machine,
  notAFile,
  type ReadOptions,
  refused,
  within,
} from './machine.ts'
import type { Settings } from './settings.ts'
import { forward, logIn } from './ssh-login.ts'

type SftpError = (Error & { code?: unknown }) | null | undefined

const NO_SUCH_FILE = 2
const END = 1
const PERMISSION_DENIED = 3
const FORMAT = 0o170000

/** A machine over SSH: SFTP for files, few known commands, streams through the connection. */
export async function openSsh(settings: Settings, run: Run): Promise<Machine> {
  const client = await logIn(settings, run)
  const limited = <T>(work: Promise<T>, doing: string) => within(work, settings.timeout * 1000, run.signal, doing)
  let gone: string | null = null
  client.on('close', () => {
    gone ??= 'the connection was closed'
  })

  const sftp = await limited(
    new Promise<SFTPWrapper>((resolve, reject) =>
      client.sftp((error, wrapper) =>
        error
          ? reject(
              new ReeveError(
                'host/no-sftp',
                'opening SFTP: the host offers none; enable `Subsystem sftp` in sshd_config',
                { cause: error },
              ),
            )
          : resolve(wrapper),
      ),
    ),
    'opening SFTP',
  ).catch((error) => {
    client.end()
    throw error
  })
  /** One SFTP question. A host that falls silent once is not asked again: each further question would wait as long. */
  const ask = async <T>(
    path: string,
    question: (answer: (error: SftpError, value: T) => void) => void,
  ): Promise<T | null> => {
    if (gone !== null) throw new ReeveError('host/silent', `reading ${path}: ${gone}`)
    const answer = new Promise<T | null>((resolve, reject) => {
      const closed = () => reject(new ReeveError('host/silent', `reading ${path}: the connection was closed`))
      client.once('close', closed)
      question((error, value) => {
        client.off('close', closed)
        if (!error) resolve(value)
        else if (error.code === NO_SUCH_FILE) resolve(null)
        else if (error.code === PERMISSION_DENIED) reject(refused(path, error))
        else reject(new ReeveError('host/read', `reading ${path}: ${messageOf(error)}`, { cause: error }))
      })
    })
    try {
      return await limited(answer, `reading ${path}`)
    } catch (error) {
      if (error instanceof ReeveError && error.code === 'host/silent') {
        gone = 'the host stopped answering'
        client.destroy()
      }
      throw error
    }
  }
  client.setMaxListeners(0)

  const resolve = (path: string) => ask<string>(path, (answer) => sftp.realpath(path, answer))
  const stat = async (path: string) => infoOf(await ask<Stats>(path, (answer) => sftp.stat(path, answer)))

  async function readFile(
    path: string,
    { limit = FILE_LIMIT, from = 0, within: folder }: ReadOptions = {},
  ): Promise<FileContent | null> {
    const first = infoOf(await ask<Stats>(path, (answer) => sftp.lstat(path, answer)))
    if (first === null) return null
    const at = first.kind === 'link' || folder !== undefined ? await resolve(path) : path
    if (at === null) return null
    if (folder !== undefined && !`${at}/`.startsWith(`${(await resolve(folder)) ?? folder}/`))
      throw leadsOutside(path, folder)
    const info = at === path ? first : infoOf(await ask<Stats>(path, (answer) => sftp.lstat(at, answer)))
    if (info === null) return null
    if (info.kind !== 'file') throw notAFile(path)
    const handle = await ask<Buffer>(path, (answer) => sftp.open(at, 'r', answer))
    if (handle === null) return null
    try {
      const chunks: Buffer[] = []
      let length = 0
      while (length <= limit) {
        const chunk = Buffer.alloc(Math.min(32 << 10, limit + 1 - length))
        const count = await ask<number>(path, (answer) =>
          sftp.read(handle, chunk, 0, chunk.length, from + length, (error: SftpError, bytes) =>
            error?.code === END ? answer(null, 0) : answer(error, bytes),
          ),
        )
        if (!count) break
        chunks.push(chunk.subarray(0, count))
        length += count
        // What /proc shows has no size; all else ends where its size says.
        if (info.size > 0 && from + length >= info.size && count < chunk.length) break
      }
      return { bytes: Buffer.concat(chunks).subarray(0, limit), info, path: at, truncated: length > limit }
    } finally {
      sftp.close(handle, () => {})
    }
  }

  async function list(folder: string) {
    const handle = await ask<Buffer>(folder, (answer) => sftp.opendir(folder, answer))
    if (handle === null) return null
    try {
      const entries: { name: string; kind: FileInfo['kind'] }[] = []
      while (entries.length < LIST_LIMIT) {
        const more = await ask<FileEntryWithStats[] | false>(folder, (answer) =>
          sftp.readdir(handle, (error: SftpError, found) =>
            error?.code === END ? answer(null, false) : answer(error, found),
          ),
        )
        if (!more || more.length === 0) break
        for (const { filename, attrs } of more)
          if (filename !== '.' && filename !== '..') entries.push({ name: filename, kind: infoOf(attrs)!.kind })
      }
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    } finally {
      sftp.close(handle, () => {})
    }
  }

  const execute = (command: readonly string[]): Promise<string | null> =>
    new Promise((done, reject) => {
      client.exec(command.join(' '), (error, channel) => {
        if (error) return done(null)
        const chunks: Buffer[] = []
        let length = 0
        channel.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (length <= OUTPUT_LIMIT) chunks.push(chunk)
          else channel.close()
        })
        channel.stderr.resume()
        let status: number | null = null
        channel.on('exit', (code: number | null) => {
          status = code
        })
        channel.on('close', () => {
          if (status === 127) done(null)
          else if (status === 0 || length > OUTPUT_LIMIT) done(Buffer.concat(chunks).toString('utf8'))
          else
            reject(
              new ReeveError(
                'host/command',
                `running ${basename(command[0]!)}: it ended with ${status ?? 'a signal'} before its answer was complete`,
              ),
            )
        })
      })
    })

  return {
    hostname: async () => {
      const file = (await readFile('/proc/sys/kernel/hostname')) ?? (await readFile('/etc/hostname'))
      return (file ? new TextDecoder().decode(file.bytes).trim() : '') || settings.address!
    },
    uid: async () => {
      const answer = await limited(execute(commands['current-user']), 'asking who we are').catch(() => null)
      return answer === null || !/^\d+\s*$/.test(answer) ? null : Number(answer)
    },
    readFile,
    list,
    stat,
    lstat: async (path) => infoOf(await ask<Stats>(path, (answer) => sftp.lstat(path, answer))),
    resolve,
    readlink: (path) => ask<string>(path, (answer) => sftp.readlink(path, answer)).catch(whenNoLink),
    links: async (folder) => {
      const names = (await list(folder))?.filter((entry) => entry.kind === 'link')
      if (names === undefined) return null
      const targets = await eachOf(names, 16, ({ name }) =>
        ask<string>(`${folder}/${name}`, (answer) => sftp.readlink(`${folder}/${name}`, answer)).catch(whenNoLink),
      )
      return new Map(names.flatMap(({ name }, at) => (typeof targets[at] === 'string' ? [[name, targets[at]]] : [])))
    },
    run: (command) =>
      within(execute(commands[command]), COMMAND_SECONDS * 1000, run.signal, `running ${commands[command][0]}`).catch(
        (error) => {
          if (!(error instanceof ReeveError) || error.code !== 'host/silent') throw error
          throw new ReeveError(
            'host/command',
            `running ${commands[command][0]}: it took longer than ${COMMAND_SECONDS} s`,
          )
        },
      ),
    dial: (endpoint) => limited(forward(client, endpoint), 'connecting'),
    close: () => client.end(),
  }
}

/** SFTP answers a bare failure for what is not a link. */
function whenNoLink(error: unknown): null {
  if (error instanceof ReeveError && error.code === 'host/read') return null
  throw error
}

function infoOf(
  stats: { mode: number; size: number; uid: number; gid: number; mtime: number } | null,
): FileInfo | null {
  if (stats === null) return null
  const format = stats.mode & FORMAT
  return {
    kind: format === 0o100000 ? 'file' : format === 0o040000 ? 'folder' : format === 0o120000 ? 'link' : 'other',
    size: stats.size,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    modified: stats.mtime * 1000,
  }
}
