import { readFile as readLocal } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename } from 'node:path'
import type { Duplex } from 'node:stream'
import type { Client, ConnectConfig, FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2'
import { messageOf, ReeveError, Refused, type Run } from '../../sdk/index.ts'
import { commands, OUTPUT_LIMIT } from './commands.ts'
import {
  type Endpoint,
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
import { fingerprintOf, knownKeys } from './ssh-trust.ts'

type Module = typeof import('ssh2')
const NO_SUCH_FILE = 2
const PERMISSION_DENIED = 3
const FORMAT = 0o170000

/** Logs in over SSH and opens SFTP; the host must prove who it is. */
export async function openSsh(settings: Settings, run: Run): Promise<Machine> {
  const ssh2 = await import('ssh2').then(
    (module): Module => module.default,
    (cause) => {
      throw new ReeveError(
        'host/no-ssh2',
        'loading the ssh2 package: it is optional and not installed; run npm install ssh2',
        { cause },
      )
    },
  )
  const hop = settings.hop === undefined ? null : await login(ssh2, settings, hopOf(settings), run)
  try {
    const target = { address: settings.address!, port: settings.port, user: settings.user, hostKey: settings.hostKey }
    const sock = hop ? await forward(hop, { address: target.address, port: target.port }) : undefined
    if (sock === null)
      throw new ReeveError(
        'host/hop',
        `going through ${settings.hop}: it does not let us on to ${target.address}; allow TCP forwarding there`,
      )
    const client = await login(ssh2, settings, target, run, sock)
    client.on('close', () => hop?.end())
    return await machineOver(client, settings, run)
  } catch (error) {
    hop?.end()
    throw error
  }
}

interface Target {
  address: string
  port: number
  user: string
  hostKey: string | undefined
}

function hopOf(settings: Settings): Target {
  const found = /^(?:([^@\s]+)@)?(\[[^\]]+\]|[^:\s]+)(?::(\d{1,5}))?$/.exec(settings.hop!)
  if (!found) throw new ReeveError('host/settings', `reading the hop host ${settings.hop}: write it as user@name:port`)
  return {
    user: found[1] ?? settings.user,
    address: found[2]!.replace(/^\[|\]$/g, ''),
    port: Number(found[3] ?? 22),
    hostKey: settings.hopHostKey,
  }
}

async function login(ssh2: Module, settings: Settings, target: Target, run: Run, sock?: Duplex): Promise<Client> {
  const where = `${target.user}@${target.address}:${target.port}`
  const known = await knownHosts(settings, target)
  let shown = ''
  const config: ConnectConfig = {
    host: target.address,
    port: target.port,
    username: target.user,
    readyTimeout: settings.timeout * 1000,
    keepaliveInterval: 5000,
    keepaliveCountMax: 4,
    hostVerifier: (key: Buffer) => {
      shown = fingerprintOf(key)
      return known.accepts(key)
    },
    ...(known.algorithms.length > 0 && { algorithms: { serverHostKey: known.algorithms as any } }),
    ...(sock && { sock: sock as any }),
    ...(await proofs(settings)),
  }
  const client = new ssh2.Client()
  const ready = new Promise<Client>((resolve, reject) => {
    client.once('ready', () => resolve(client))
    client.once('error', (error) => {
      if (shown !== '' && /host.*(denied|verif)/i.test(error.message)) {
        reject(
          new ReeveError(
            'host/unknown-key',
            `connecting to ${where}: it showed the host key ${shown}, which ${known.source} does not hold; compare it with ssh-keygen -lf on the host and set hostKey`,
          ),
        )
      } else if (/authentication/i.test(error.message)) {
        reject(
          new Refused(`logging in as ${where} was refused`, {
            cause: error,
            permission: `let the key or password of this connection log in as ${target.user}`,
          }),
        )
      } else reject(new ReeveError('host/connect', `connecting to ${where}: ${messageOf(error)}`, { cause: error }))
    })
  })
  client.on('error', () => {})
  client.connect(config)
  try {
    return await within(ready, settings.timeout * 1000, run.signal, `connecting to ${where}`)
  } catch (error) {
    client.destroy()
    throw error
  }
}

async function proofs(settings: Settings): Promise<ConnectConfig> {
  const key =
    settings.privateKey ??
    (settings.keyFile === undefined
      ? undefined
      : await readLocal(settings.keyFile).catch((cause: Error) => {
          throw new ReeveError('host/key-file', `reading the key file ${settings.keyFile}: ${messageOf(cause)}`, {
            cause,
          })
        }))
  return {
    ...(key !== undefined && { privateKey: key }),
    ...(settings.passphrase !== undefined && { passphrase: settings.passphrase }),
    ...(settings.password !== undefined && { password: settings.password }),
    ...(settings.agentSocket !== undefined && { agent: settings.agentSocket }),
  }
}

async function knownHosts(settings: Settings, target: Target) {
  if (target.hostKey !== undefined) {
    const wanted = target.hostKey.split(',').map((one) => one.trim().replace(/=+$/, ''))
    return { source: 'the connection', algorithms: [], accepts: (key: Buffer) => wanted.includes(fingerprintOf(key)) }
  }
  const file = settings.knownHosts ?? `${homedir()}/.ssh/known_hosts`
  const text = await readLocal(file, 'utf8').catch(() => '')
  const { trusted, revoked } = knownKeys(text, target.address, target.port)
  // Ask for the kinds of key we know, or the host may show another one of its keys, which we could not judge.
  const algorithms = trusted.flatMap((key) => {
    const type = key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')
    return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]
  })
  const has = (keys: Buffer[], key: Buffer) => keys.some((one) => one.equals(key))
  return {
    source: file,
    algorithms: [...new Set(algorithms)],
    accepts: (key: Buffer) => has(trusted, key) && !has(revoked, key),
  }
}

const forward = (client: Client, endpoint: Endpoint): Promise<Duplex | null> =>
  new Promise((resolve) => {
    const done = (error: Error | undefined, stream: Duplex) => resolve(error ? null : stream)
    if ('socket' in endpoint) client.openssh_forwardOutStreamLocal(endpoint.socket, done)
    else client.forwardOut('127.0.0.1', 0, endpoint.address, endpoint.port, done)
  })

async function machineOver(client: Client, settings: Settings, run: Run): Promise<Machine> {
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
  )
  /** One SFTP question. A host that falls silent once is not asked again: each further question would wait as long. */
  const ask = async <T>(
    path: string,
    question: (answer: (error: any, value: T) => void) => void,
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
    const at = await resolve(path)
    if (at === null) return null
    if (folder !== undefined && !`${at}/`.startsWith(`${(await resolve(folder)) ?? folder}/`))
      throw leadsOutside(path, folder)
    const info = infoOf(await ask<Stats>(path, (answer) => sftp.lstat(at, answer)))
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
          sftp.read(handle, chunk, 0, chunk.length, from + length, (error: any, bytes) =>
            error?.code === 1 ? answer(null, 0) : answer(error, bytes),
          ),
        )
        if (!count) break
        chunks.push(chunk.subarray(0, count))
        length += count
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
          sftp.readdir(handle, (error: any, found) => (error?.code === 1 ? answer(null, false) : answer(error, found))),
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
      const names = await list(folder)
      if (names === null) return null
      const targets = await eachOf(names, 16, ({ name }) =>
        ask<string>(`${folder}/${name}`, (answer) => sftp.readlink(`${folder}/${name}`, answer)).catch(whenNoLink),
      )
      return new Map(names.flatMap(({ name }, at) => (typeof targets[at] === 'string' ? [[name, targets[at]]] : [])))
    },
    run: (command) => limited(execute(commands[command]), `running ${commands[command][0]}`),
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
