import { X509Certificate } from 'node:crypto'
import type { Run } from '../../sdk/index.ts'
import { accountsOf, homesOf } from './accounts.ts'
import { cronJobs } from './cron-jobs.ts'
import { type Host, once, textOf } from './host.ts'
import { type FileContent, type FileKind, part } from './machine.ts'
import { type PrivateKey, privateKeysIn } from './private-key.ts'
import { type PublicKey, parsePublicLine } from './ssh-key.ts'
import { lastOf } from './unit-file.ts'
import { unitsOf } from './unit-tree.ts'

export interface KeyFile {
  path: string
  info: FileContent['info']
  privateKeys: PrivateKey[]
  certificates: X509Certificate[]
  /** A public key or SSH certificate in a `.pub` file. */
  publicKey: (PublicKey & { comment: string }) | null
}

/** Where keys and certificates are kept by custom. */
const FOLDERS = [
  '/etc/ssh',
  '/etc/ssl',
  '/etc/pki/tls',
  '/etc/letsencrypt/live',
  '/etc/nginx',
  '/etc/apache2',
  '/etc/httpd',
  '/etc/haproxy',
  '/etc/caddy',
  '/etc/traefik',
  '/etc/postgresql',
  '/etc/mysql',
  '/etc/dovecot',
  '/etc/postfix',
  '/etc/exim4',
  '/etc/ldap',
  '/etc/openvpn',
  '/etc/ipsec.d',
  '/etc/swanctl',
  '/etc/kubernetes',
  '/etc/rancher',
  '/etc/etcd',
  '/etc/docker',
  '/etc/consul.d',
  '/etc/vault.d',
  '/etc/nomad.d',
  '/etc/mosquitto',
  '/etc/rabbitmq',
  '/etc/puppetlabs',
  '/var/lib/caddy',
  '/var/lib/acme',
  '/var/lib/kubelet/pki',
]
const BUNDLES =
  /^\/etc\/(ssl\/certs\/(ca-certificates\.crt|java)|pki\/(tls\/certs\/ca-bundle|ca-trust))|\/cacerts?(\.pem|\.crt)?$/
const NAMED = /\.(pem|key|crt|cer|cert|ppk|pub)$|^id_[\w-]+$|^ssh_host_\w+_key$|^identity$|_(rsa|dsa|ecdsa|ed25519)$/i
const DEPTH = 4
const MOST_FILES = 4000
const FILE_LIMIT = 512 << 10
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]{1,100000}?-----END CERTIFICATE-----/g

/** Files with keys and certificates in the known folders, the homes, the settings, and wherever a job names one. */
export const keyFilesOf = (host: Host, run: Run): Promise<KeyFile[]> =>
  once(host, run, 'key files', async (run) => {
    const files = new Map<string, KeyFile>()
    const read = async (path: string, home?: string) => {
      if (files.size >= MOST_FILES || BUNDLES.test(path)) return
      const content = await part(run, () =>
        host.machine.readFile(path, { limit: FILE_LIMIT, ...(home !== undefined && { within: home }) }),
      )
      // Let's Encrypt and Debian's hash links lead to the same file by several names: the real one counts.
      if (content === null || content.truncated || files.has(content.path) || BUNDLES.test(content.path)) return
      const found = parse(content)
      if (found) files.set(content.path, found)
    }
    const walk = async (folder: string, depth: number, home?: string): Promise<void> => {
      run.signal.throwIfAborted()
      const entries = await part(run, () => host.machine.list(folder))
      for (const { name, kind } of entries ?? []) {
        const path = `${folder}/${name}`
        if (kind === 'folder') await (depth > 0 ? walk(path, depth - 1, home) : undefined)
        else if (kind !== 'other' && worthOpening(folder, name, kind, home !== undefined)) await read(path, home)
      }
    }
    for (const folder of FOLDERS) await walk(folder, DEPTH)
    for (const folder of host.folders) await walk(folder.replace(/\/+$/, ''), DEPTH)
    for (const { home } of homesOf(await accountsOf(host, run))) {
      for (const folder of ['.ssh', '.certs', '.pki', 'certs', 'keys']) await walk(`${home}/${folder}`, 1, home)
    }
    for (const path of await namedByJobs(host, run)) await read(path)
    return [...files.values()]
  })

/** In a home's .ssh any name may be a key; elsewhere the name must say so. Links in ssl/certs are the distribution's. */
function worthOpening(folder: string, name: string, kind: FileKind, inHome: boolean): boolean {
  if (kind === 'link' && /^\/etc\/(ssl\/certs|ca-certificates)/.test(folder)) return false
  if (inHome && folder.endsWith('/.ssh')) return !/^(known_hosts|authorized_keys|config|environment|rc)/.test(name)
  return NAMED.test(name)
}

async function namedByJobs(host: Host, run: Run): Promise<Set<string>> {
  const paths = new Set((await cronJobs(host, run)).flatMap((job) => job.program.keyFiles))
  for (const unit of await unitsOf(host, run)) {
    for (const name of ['ExecStart', 'ExecStartPre']) {
      for (const [path] of (lastOf(unit.directives, 'Service', name) ?? '').matchAll(
        /\/[\w./@+-]+\.(?:pem|key|crt|ppk)(?![\w.-])/g,
      ))
        paths.add(path)
    }
  }
  return paths
}

function parse({ bytes, info, path }: FileContent): KeyFile | null {
  const text = textOf(bytes)
  const file: KeyFile = {
    path,
    info,
    privateKeys: privateKeysIn(text),
    certificates: certificatesIn(text, bytes),
    publicKey: path.endsWith('.pub') ? parsePublicLine(text.split('\n')[0]!) : null,
  }
  return file.privateKeys.length + file.certificates.length > 0 || file.publicKey ? file : null
}

function certificatesIn(text: string, bytes: Uint8Array): X509Certificate[] {
  const found: X509Certificate[] = []
  const add = (source: string | Uint8Array) => {
    try {
      found.push(new X509Certificate(source))
    } catch {
      // Not a certificate after all: the file holds something else under that head.
    }
  }
  for (const [pem] of text.matchAll(CERTIFICATE)) {
    add(pem)
    if (found.length > 20) return []
  }
  if (found.length === 0 && bytes[0] === 0x30 && bytes[1] === 0x82) add(bytes)
  return found
}
