import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { ReeveError, Sensitive } from '../sdk/index.ts'
import type { Config } from './config.ts'

/**
 * What makes this installation's secrets its own. `root` never changes: fingerprints and signatures derive from it. `seal`
 * rotates: the first key seals, all of them open.
 */
export interface InstallationKey {
  root: Sensitive<Buffer>
  seal: readonly { id: string; key: Sensitive<Buffer> }[]
}

const Key32 = z.base64().transform((text, context) => {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== 32) context.addIssue({ code: 'custom', message: 'not 32 bytes' })
  return new Sensitive(bytes)
})
const KeyFile = z.strictObject({
  root: Key32,
  seal: z.array(z.strictObject({ id: z.string().regex(/^[0-9a-f]{8}$/), key: Key32 })).min(1),
})

type Settings = Pick<Config, 'data' | 'key' | 'keyFile'>

export const keyFileOf = (config: Settings): string => config.keyFile ?? join(config.data, 'key')

/**
 * The key of this installation: of REEVE_KEY, or of its file, which is made unless `create` is false; then null stands for no
 * file.
 */
export function openInstallationKey(config: Settings): InstallationKey
export function openInstallationKey(config: Settings, options: { create: false }): InstallationKey | null
export function openInstallationKey(config: Settings, { create = true } = {}): InstallationKey | null {
  if (config.key) return parseInstallationKey(config.key.reveal(), 'REEVE_KEY')
  const file = keyFileOf(config)
  return create || existsSync(file) ? openKeyFile(file) : null
}

/** The file's key; made at the first start, readable to its owner alone. Two first starts at once agree on one key. */
export function openKeyFile(file: string): InstallationKey {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new ReeveError('key/unreadable', `reading the installation key ${file}: ${(error as Error).message}`, {
        cause: error,
      })
    }
    return createKeyFile(file)
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new ReeveError(
      'key/open-to-others',
      `the installation key ${file} may be read by others: run chmod 600 ${file}`,
    )
  }
  return parseInstallationKey(text, file)
}

/** Also takes 32 bare bytes, as of `openssl rand -base64 32`, for REEVE_KEY. `from` names the source in the error. */
export function parseInstallationKey(text: string, from: string): InstallationKey {
  const trimmed = text.trim()
  if (!trimmed.startsWith('{')) {
    const bytes = Buffer.from(trimmed, /^[0-9a-f]{64}$/i.test(trimmed) ? 'hex' : 'base64')
    if (bytes.length !== 32) throw unusable(from)
    const key = Buffer.from(hkdfSync('sha256', bytes, '', 'reeve first sealing key', 32))
    return { root: new Sensitive(bytes), seal: [{ id: idOf(key), key: new Sensitive(key) }] }
  }
  try {
    return KeyFile.parse(JSON.parse(trimmed))
  } catch {
    // The cause would quote the key.
    throw unusable(from)
  }
}

/** A new sealing key in front of the old ones. What is sealed stays readable; `Sealer.isStale` tells what to wrap anew. */
export function rotateKeyFile(file: string): InstallationKey {
  const key = openKeyFile(file)
  const next: InstallationKey = { root: key.root, seal: [newSealKey(), ...key.seal] }
  const half = writeHalf(file, formatInstallationKey(next))
  renameSync(half, file)
  return next
}

export const formatInstallationKey = (key: InstallationKey): string =>
  `${JSON.stringify(
    {
      root: key.root.reveal().toString('base64'),
      seal: key.seal.map(({ id, key }) => ({ id, key: key.reveal().toString('base64') })),
    },
    null,
    2,
  )}\n`

/** Writes a key where none is; throws `key/exists` rather than replace one. */
export function writeKeyFile(file: string, key: InstallationKey): void {
  const half = writeHalf(file, formatInstallationKey(key))
  try {
    // A link, unlike a rename, never replaces.
    linkSync(half, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new ReeveError('key/exists', `writing the installation key: ${file} is there already`)
    throw error
  } finally {
    rmSync(half, { force: true })
  }
}

function createKeyFile(file: string): InstallationKey {
  const key: InstallationKey = { root: new Sensitive(randomBytes(32)), seal: [newSealKey()] }
  try {
    writeKeyFile(file, key)
    return key
  } catch (error) {
    if (error instanceof ReeveError && error.code === 'key/exists')
      return parseInstallationKey(readFileSync(file, 'utf8'), file)
    throw new ReeveError('key/unwritable', `making the installation key ${file}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function writeHalf(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true })
  const half = join(dirname(file), `.key-${randomBytes(6).toString('hex')}`)
  const out = openSync(half, 'wx', 0o600)
  try {
    writeSync(out, text)
    fsyncSync(out)
  } finally {
    closeSync(out)
  }
  chmodSync(half, 0o600)
  return half
}

function newSealKey() {
  const key = randomBytes(32)
  return { id: idOf(key), key: new Sensitive(key) }
}

const idOf = (key: Buffer) => createHash('sha256').update('reeve key id').update(key).digest('hex').slice(0, 8)

const unusable = (from: string) =>
  new ReeveError(
    'key/unusable',
    `the installation key in ${from} is not one: 32 bytes in base64 or hex, or a key file as reeve writes it`,
  )
