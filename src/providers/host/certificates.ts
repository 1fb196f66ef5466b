import type { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { type Collection, type Edge, type Entity, Refused, type Run } from '../../sdk/index.ts'
import { certificateEntity, certificateKey, subjectsOf } from './certificate.ts'
import { factsOf } from './file-facts.ts'
import { clean, fileKey, type Host, hostKey, novel } from './host.ts'
import { keyFilesOf } from './key-files.ts'
import { listenerKey } from './listeners.ts'
import { type Listener, listenersOf } from './listening.ts'
import { eachOf, within } from './machine.ts'
import { quiet } from './processes.ts'
import { spkiOf } from './ssh-key.ts'

const HANDSHAKE = 3000
const MOST_LISTENERS = 200

export const certificates: Collection<Host> = {
  id: 'certificates',
  title: 'TLS certificates on disk and as served',
  yields: ['x509_certificate', 'host_certificate_file'],
  needs: [
    'read the certificate folders below /etc',
    "open TLS connections to the host's own loopback address; nothing is sent but the greeting",
  ],
  async *read(host, run) {
    const fresh = novel()
    const files = await keyFilesOf(host, run)
    const held = new Set(files.flatMap((file) => file.privateKeys.map((key) => key.spki)))
    for (const file of files) {
      const [leaf] = file.certificates
      // An authority whose key is not here is trusted by this host, not held by it.
      if (!leaf || (leaf.ca && !held.has(spkiOf(leaf)))) continue
      const key = fileKey(host, `${file.path}#certificate`)
      const items: (Entity | Edge)[] = [
        certificateEntity(leaf),
        ...subjectsOf(leaf),
        {
          // Certificates are public; what is secret of them is the key, which private-keys tells of.
          kind: 'resource',
          type: 'host_certificate_file',
          key,
          name: clean(`${file.path} on ${host.name}`, 600),
          attributes: {
            ...(await factsOf(host, run, file.path, file.info)),
            host: host.name,
            certificates: file.certificates.length,
          },
        },
        { from: hostKey(host), verb: 'contains', to: key },
        { from: key, verb: 'contains', to: certificateKey(leaf) },
      ]
      for (const item of items) if (fresh(item)) yield item
    }
    const listeners = (await listenersOf(host, run)).slice(0, MOST_LISTENERS)
    const refusals: Refused[] = []
    const served = await eachOf(listeners, 8, (listener) => handshake(host, run, listener, refusals))
    if (refusals[0]) {
      const { message, permission } = refusals[0]
      run.ledger.refuse(message, { count: refusals.length, ...(permission !== undefined && { permission }) })
    }
    for (const [at, leaf] of served.entries()) {
      if (leaf === null) continue
      const items: (Entity | Edge)[] = [
        certificateEntity(leaf),
        ...subjectsOf(leaf),
        {
          from: listenerKey(host, listeners[at]!),
          verb: 'contains',
          to: certificateKey(leaf),
          attributes: { served: true },
        },
      ]
      for (const item of items) if (fresh(item)) yield item
    }
  },
}

/** Only what the loopback address reaches is spoken to: sockets bound to another address alone are left in peace. */
async function handshake(
  host: Host,
  run: Run,
  { address, port }: Listener,
  refusals: Refused[],
): Promise<X509Certificate | null> {
  const at = /^(0\.0\.0\.0|::|127\..*)$/.test(address)
    ? address.startsWith('127.')
      ? address
      : '127.0.0.1'
    : address === '::1'
      ? '::1'
      : null
  if (at === null) return null
  const stream = await quiet(
    host.machine.dial({ address: at, port }).catch((error) => {
      if (error instanceof Refused) refusals.push(error)
      throw error
    }),
  )
  if (stream === null) return null
  const { promise, resolve } = Promise.withResolvers<X509Certificate | null>()
  // Whether it is to be trusted is not the question here, only which certificate is shown.
  const socket = connect({
    socket: stream,
    rejectUnauthorized: false,
    servername: host.name.includes('.') ? host.name : 'localhost',
  })
  socket.once('secureConnect', () => resolve(socket.getPeerX509Certificate() ?? null))
  socket.once('error', () => resolve(null))
  socket.once('close', () => resolve(null))
  stream.once('error', () => resolve(null))
  try {
    return await within(promise, HANDSHAKE, run.signal, 'TLS greeting').catch(() => null)
  } finally {
    socket.destroy()
    stream.destroy()
  }
}
