import { spawn } from 'node:child_process'
import { constants, type Stats } from 'node:fs'
import * as fs from 'node:fs/promises'
import { createConnection } from 'node:net'
import { hostname } from 'node:os'
import type { Duplex } from 'node:stream'
import { ReeveError } from '../../sdk/index.ts'
import { COMMAND_SECONDS, type CommandName, commands, OUTPUT_LIMIT } from './commands.ts'
import {
  type Endpoint,
  FILE_LIMIT,
  type FileContent,
  type FileInfo,
  type FileKind,
  LIST_LIMIT,
  leadsOutside,
  type Machine,
  notAFile,
  type ReadOptions,
  refused,
  within,
} from './machine.ts'

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ESRCH', 'ENAMETOOLONG', 'ENXIO'])
const NOT_A_LINK = new Set([...ABSENT, 'EINVAL'])
const MAX_LINKS = 40

/**
 * The machine Reeve runs on. With another `root`, the folder that holds the files of another machine (a mounted disk):
 * links stay inside it, and nothing is asked of running programs.
 */
export function openLocal(options: { root?: string; seconds: number; signal: AbortSignal }): Machine {
  const root = (options.root ?? '/').replace(/\/+$/, '')
  const alive = root === ''
  const real = (path: string) => root + path
  const limited = <T>(work: Promise<T>, doing: string) => within(work, options.seconds * 1000, options.signal, doing)

  /** Each call goes through here: absence is null, refusal and faults are named. */
  const ask = <T>(path: string, work: () => Promise<T>): Promise<T | null> =>
    limited(
      work().catch((error: NodeJS.ErrnoException) => {
        if (error instanceof ReeveError) throw error
        if (ABSENT.has(error.code ?? '')) return null
        if (error.code === 'EACCES' || error.code === 'EPERM') throw refused(path, error)
        throw new ReeveError('host/read', `reading ${path}: ${error.code ?? error.message}`, { cause: error })
      }),
      `reading ${path}`,
    )

  /** Walks the links itself, so that absolute ones stay below the root. */
  async function walk(path: string, followLast: boolean): Promise<string> {
    const rest = path.split('/').filter(Boolean)
    let at = ''
    let links = 0
    while (rest.length > 0) {
      const name = rest.shift()!
      if (name === '.') continue
      if (name === '..') {
        at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
        continue
      }
      const next = `${at}/${name}`
      if (rest.length === 0 && !followLast) return next
      if (!(await fs.lstat(real(next))).isSymbolicLink()) {
        at = next
        continue
      }
      if (++links > MAX_LINKS) throw new ReeveError('host/link-loop', `reading ${path}: its links run in a circle`)
      const target = await fs.readlink(real(next))
      if (target.startsWith('/')) at = ''
      rest.unshift(...target.split('/').filter(Boolean))
    }
    return at === '' ? '/' : at
  }

  async function open(path: string, { limit = FILE_LIMIT, from, within: folder }: ReadOptions): Promise<FileContent> {
    const at = await walk(path, true)
    if (folder !== undefined && !`${at}/`.startsWith(`${await walk(folder, true)}/`)) throw leadsOutside(path, folder)
    if (!(await fs.lstat(real(at))).isFile()) throw notAFile(path)
    // Between the look and the opening it may be swapped: a FIFO then does not block, a link is not followed.
    const file = await fs.open(
      real(at),
      constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY,
    )
    try {
      const stats = await file.stat()
      if (!stats.isFile()) throw notAFile(path)
      const chunks: Uint8Array[] = []
      let length = 0
      while (length <= limit) {
        const chunk = new Uint8Array(Math.min(256 << 10, limit + 1 - length))
        const { bytesRead } = await file.read(chunk, 0, chunk.length, from === undefined ? null : from + length)
        if (bytesRead === 0) break
        chunks.push(chunk.subarray(0, bytesRead))
        length += bytesRead
        options.signal.throwIfAborted()
      }
      const bytes = Buffer.concat(chunks)
      return { bytes: bytes.subarray(0, limit), info: infoOf(stats), path: at, truncated: length > limit }
    } finally {
      await file.close()
    }
  }

  async function list(folder: string) {
    const entries: { name: string; kind: FileKind }[] = []
    for await (const entry of await fs.opendir(real(await walk(folder, true)))) {
      entries.push({ name: entry.name, kind: kindOf(entry) })
      if (entries.length === LIST_LIMIT) break
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  return {
    hostname: async () => {
      if (alive) return hostname()
      const file = await ask('/etc/hostname', () => open('/etc/hostname', {}))
      return (file ? new TextDecoder().decode(file.bytes).trim() : '') || 'unnamed'
    },
    uid: async () => process.getuid?.() ?? null,
    readFile: (path, given = {}) => ask(path, () => open(path, given)),
    list: (folder) => ask(folder, () => list(folder)),
    stat: (path) => ask(path, async () => infoOf(await fs.lstat(real(await walk(path, true))))),
    lstat: (path) => ask(path, async () => infoOf(await fs.lstat(real(await walk(path, false))))),
    resolve: (path) => ask(path, () => walk(path, true)),
    readlink: (path) =>
      ask(path, async () =>
        fs.readlink(real(await walk(path, false))).catch((error: NodeJS.ErrnoException) => {
          if (NOT_A_LINK.has(error.code ?? '')) return null
          throw error
        }),
      ),
    links: (folder) =>
      ask(folder, async () => {
        const at = real(await walk(folder, true))
        const targets = new Map<string, string>()
        for (const name of (await fs.readdir(at)).slice(0, LIST_LIMIT)) {
          const target = await fs.readlink(`${at}/${name}`).catch(() => null)
          if (target !== null) targets.set(name, target)
        }
        return targets
      }),
    run: (command) => (alive ? execute(command, options) : Promise.resolve(null)),
    dial: (endpoint) => (alive ? limited(dial(endpoint), 'connecting') : Promise.resolve(null)),
    close: () => {},
  }
}

const kindOf = (entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): FileKind =>
  entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other'

const infoOf = (stats: Stats): FileInfo => ({
  kind: kindOf(stats),
  size: stats.size,
  mode: stats.mode & 0o7777,
  uid: stats.uid,
  gid: stats.gid,
  modified: stats.mtimeMs,
})

function execute(name: CommandName, { signal }: { signal: AbortSignal }): Promise<string | null> {
  const [program, ...argv] = commands[name]
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' },
      timeout: COMMAND_SECONDS * 1000,
      killSignal: 'SIGKILL',
      signal,
    })
    const chunks: Buffer[] = []
    let length = 0
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= OUTPUT_LIMIT) chunks.push(chunk)
      else child.kill('SIGKILL')
    })
    child.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(null) : reject(error)))
    child.on('close', (code) => {
      if (code === 0 || length > OUTPUT_LIMIT) resolve(Buffer.concat(chunks).toString('utf8'))
      else
        reject(
          new ReeveError(
            'host/command',
            `running ${program}: it ended with ${code ?? 'a signal'} before its answer was complete`,
          ),
        )
    })
  })
}

function dial(endpoint: Endpoint): Promise<Duplex | null> {
  return new Promise((resolve, reject) => {
    const socket =
      'socket' in endpoint ? createConnection(endpoint.socket) : createConnection(endpoint.port, endpoint.address)
    socket.once('connect', () => resolve(socket))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES' && 'socket' in endpoint) reject(refused(endpoint.socket, error))
      else resolve(null)
    })
  })
}
