import { randomBytes, scryptSync } from 'node:crypto'
import { ReeveError, type Sensitive } from '../../sdk/index.ts'
import { formatInstallationKey, type InstallationKey, parseInstallationKey } from '../installation-key.ts'
import { createSealer } from '../seal.ts'

/** About half a second and 128 MB for each guess. */
const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }
const PLACE = 'backup/installation-key'

/** The installation key under a passphrase: for a backup that carries it. */
export function wrapKey(key: InstallationKey, passphrase: Sensitive): { salt: string; sealed: string } {
  const salt = randomBytes(16)
  const sealed = createSealer(keyFrom(passphrase, salt)).seal(formatInstallationKey(key), PLACE)
  return { salt: salt.toString('base64'), sealed: sealed.toString('base64') }
}

/** Throws `backup/wrong-passphrase`. */
export function unwrapKey(wrapped: { salt: string; sealed: string }, passphrase: Sensitive): InstallationKey {
  try {
    const opened = createSealer(keyFrom(passphrase, Buffer.from(wrapped.salt, 'base64'))).open(
      Buffer.from(wrapped.sealed, 'base64'),
      PLACE,
    )
    return parseInstallationKey(opened.reveal(), 'the backup')
  } catch {
    throw new ReeveError(
      'backup/wrong-passphrase',
      'opening the installation key in the backup: the passphrase is another',
    )
  }
}

const keyFrom = (passphrase: Sensitive, salt: Buffer): InstallationKey =>
  parseInstallationKey(
    scryptSync(passphrase.reveal().normalize('NFKC'), salt, 32, COST).toString('base64'),
    'a passphrase',
  )
