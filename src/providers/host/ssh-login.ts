import { readFile as readLocal } from 'node:fs/promises'
import { homedir } from 'node:os'
import type { Duplex } from 'node:stream'
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2'
import { messageOf, ReeveError, Refused, type Run } from '../../sdk/index.ts'
import { type Endpoint, within } from './machine.ts'
import type { Settings } from './settings.ts'
import { fingerprintOf, knownKeys } from './ssh-trust.ts'

type Module = typeof import('ssh2')

/** Logs in over SSH, through a hop host if there is one. Each host must prove who it is. */
export async function logIn(settings: Settings, run: Run): Promise<Client> {
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
    return client
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
    ...(known.algorithms.length > 0 && { algorithms: { serverHostKey: known.algorithms as ServerHostKeyAlgorithm[] } }),
    ...(sock && { sock }),
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
  // SFTP is small questions and answers: with Nagle each would wait 40 ms.
  client.setNoDelay(true)
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

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED of RFC 4254. */
const PROHIBITED = 1

/** A stream to an endpoint as the far host sees it; null where nothing listens there. */
export const forward = (client: Client, endpoint: Endpoint): Promise<Duplex | null> =>
  new Promise((resolve, reject) => {
    const done = (error: (Error & { reason?: unknown }) | undefined, stream: Duplex) => {
      if (!error) resolve(stream)
      else if (error.reason !== PROHIBITED) resolve(null)
      else {
        const permission =
          'AllowTcpForwarding and AllowStreamLocalForwarding yes (or local) in sshd_config, for this account'
        reject(new Refused("connecting to the host's own loopback was refused by its SSH server", { permission }))
      }
    }
    if ('socket' in endpoint) client.openssh_forwardOutStreamLocal(endpoint.socket, done)
    else client.forwardOut('127.0.0.1', 0, endpoint.address, endpoint.port, done)
  })
