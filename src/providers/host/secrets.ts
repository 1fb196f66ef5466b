import { type Edge, type Entity, type Method, type Run, Sensitive, type Severity } from '../../sdk/index.ts'
import { clean, type Host, hostKey } from './host.ts'

/** A secret value and what is known of it: from the scanner, or from a format that says where its secret stands. */
export interface Found {
  detector: string
  provider: string
  title: string
  severity: Severity
  method: Method
  value: Sensitive
  redacted: string
  keyId?: string
  aliases?: readonly string[]
  line?: number
  column?: number
}

/** Where secrets sit: one file, one unit, the environment of one process. */
interface SecretPlace {
  type: string
  key: string
  /** In words: `/home/ci/.npmrc on web-1`. */
  name: string
  attributes: Entity['attributes']
  /** Keys of workloads that use what sits here. */
  usedBy?: readonly string[]
  /** Keys of accounts that can change it. */
  controlledBy?: readonly string[]
}

const NO_SECRET =
  /^(?:\$|<|\{\{|%|\*+$|x+$|\.+$|-+$)|^(?:true|false|yes|no|none|null|undefined|changeme|example|redacted|masked)$|your[-_ ]|\$\{/i

/** Something stands where a secret would, but it is a variable, a mask or a blank. */
export const isPlaceholder = (value: string): boolean => value.length < 4 || NO_SECRET.test(value)

export const scanned = (run: Run, bytes: Uint8Array, file: string): Found[] => run.scan(bytes, { file })

export function found(value: string, of: Omit<Found, 'value' | 'redacted'>): Found | null {
  return isPlaceholder(value) ? null : { ...of, value: new Sensitive(value), redacted: '****' }
}

const SECRET_NAME =
  /(?:^|_)(?:PASS|PASSWD|PASSWORD|PASSPHRASE|PWD|SECRET|SECRETS|TOKEN|APIKEY|API_KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|ENCRYPTION_KEY|SIGNING_KEY|AUTH_KEY|CREDENTIAL|CREDENTIALS)(?:_[A-Z0-9]{1,12})?$/i
const NOT_ITS_VALUE =
  /_(?:FILE|PATH|DIR|URL|URI|NAME|ID|TTL|AGE|LENGTH|TYPE|HEADER|COMMAND|PROMPT|EXPIRY|EXPIRES|EXPIRATION|TIMEOUT|SOCK|SOCKET)$/i
const PLAIN = /^(?:\/|\.{1,2}\/|~\/|https?:\/\/[^@]*$|\d{1,7}$|[a-z]{1,7}$)/

/** A variable whose name says that its value is a secret, and whose value can be one. */
export function secretVariable(name: string, value: string, line?: number): Found | null {
  if (!SECRET_NAME.test(name) || NOT_ITS_VALUE.test(name) || name === 'PWD' || name === 'OLDPWD') return null
  if (value.length < 8 || PLAIN.test(value)) return null
  const password = /PASS|PWD/i.test(name)
  return found(value, {
    detector: 'secret-variable',
    provider: 'generic',
    title: clean(name, 100),
    severity: 'medium',
    method: password ? 'password' : 'token',
    ...(line !== undefined && { line }),
  })
}

/** Each secret once: the place, the credential, and that the one holds the other. */
export function* describeSecrets(
  host: Host,
  run: Run,
  place: SecretPlace,
  all: readonly (Found | null)[],
): Iterable<Entity | Edge> {
  for (const [fingerprint, same] of byFingerprint(run, all)) {
    const first = same[0]!
    const keyId = same.find((one) => one.keyId !== undefined)?.keyId
    const aliases = [...new Set([...(keyId === undefined ? [] : [keyId]), ...same.flatMap((one) => one.aliases ?? [])])]
      .map((alias) => clean(alias, 500))
      .slice(0, 16)
    const at = same.find((one) => one.line !== undefined)
    const told = {
      detector: first.detector,
      provider: first.provider,
      redacted: first.redacted,
      severity: first.severity,
      ...(keyId !== undefined && { keyId: clean(keyId, 500) }),
    }
    const credential = `credential:${fingerprint}`
    const secret = `${place.key}#${fingerprint.slice(5, 21)}`
    yield {
      kind: 'credential',
      type: 'secret_value',
      key: credential,
      name: keyId === undefined ? first.title : clean(`${first.title} ${keyId}`, 300),
      method: first.method,
      fingerprint,
      ...(aliases.length > 0 && { aliases }),
      attributes: told,
    }
    yield {
      kind: 'secret',
      type: place.type,
      key: secret,
      name: clean(`${first.title} in ${place.name}`, 600),
      fingerprint,
      attributes: {
        ...told,
        title: first.title,
        host: host.name,
        ...place.attributes,
        ...(at && { line: at.line!, ...(at.column !== undefined && { column: at.column }) }),
      },
    }
    yield { from: hostKey(host), verb: 'contains', to: secret }
    yield { from: secret, verb: 'holds', to: credential }
    for (const workload of place.usedBy ?? []) yield { from: workload, verb: 'uses', to: secret }
    for (const account of place.controlledBy ?? []) yield { from: account, verb: 'controls', to: secret }
  }
}

function byFingerprint(run: Run, all: readonly (Found | null)[]): Map<string, Found[]> {
  const real = all.filter((one) => one !== null)
  // A key id beside its secret is not itself one.
  const ids = new Set(real.flatMap((one) => (one.keyId === undefined ? [] : [one.keyId])))
  const seen = new Map<string, Found[]>()
  for (const one of real) {
    if (ids.has(one.value.reveal())) continue
    const fingerprint = run.fingerprint(one.value)
    const same = seen.get(fingerprint)
    if (same) same.push(one)
    else seen.set(fingerprint, [one])
  }
  return seen
}
