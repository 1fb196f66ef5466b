import {
  assignment,
  drawnAssignment,
  drawnAssignmentInCode,
  type Field,
  fieldOf,
  isSideFile,
  kindOf,
  thoughtUpAssignment,
} from '../assignment.ts'
import type { Detector, Match, Opinion } from '../detector.ts'
import { serviceIn, serviceOf } from '../services.ts'
import { entropyOf, isBinary, isNothing, isSample, looksDrawn, readsAsName, standsForAnother } from '../value.ts'
import { made } from './made.ts'

/** Words that make the value of a name a credential by themselves. */
const STRONG =
  /^(?:secrets?|apikeys?|apitoken|apisecret|authtoken|accesstoken|secretkey|clientsecret|privatekey|credentials?|creds?|token|tokens|accesskey|authkey|salt|nonce|passkey|pat|jwt|totp|otp|seed|mnemonic|webhooksecret|signingkey|encryptionkey|masterkey|deploykey|hmackey|licensekey|licencekey|cookiesecret|sessionsecret|authsecret|oauthtoken|bearertoken|sastoken|refreshtoken|sessiontoken|keybase|pkey|usertoken|servicekey|serverkey|subscriptionkey|sharedkey|bottoken|appsecret|appkey|consumerkey|consumersecret|authorization|kerberos|auth)$/
/** A key of what: with one of these before it, `key` is a credential's. */
const KEY_OF =
  /^(?:api|secret|private|access|auth|encrypt|encryption|decryption|signing|sign|master|session|license|licence|app|application|client|server|service|account|storage|shared|hmac|aes|des|rsa|jwt|cipher|crypto|crypt|deploy|admin|user|consumer|subscription|integration|webhook|ingest|ingestion|write|read|rest|bot|cookie|security|secure|logged|instrumentation|merchant|publish|push|stream|token|data|root|bearer|rapid|dev|prod|production|staging|live|sandbox|org|project|partner|customer|developer|functions?|host|broker|iot|device|primary|secondary|search|query|base|nonce|salt|auth|oauth|management|ops|team|trial|product|vendor)$/
/** The last word says that the value is something about it. */
const ABOUT = new Set(
  `id ids uuid name names type types file files filename path paths dir folder url urls uri uris endpoint host header headers ttl expiry expires expiration expire expired age lifetime length len size count
  limit max min prefix suffix regex pattern field fields param params parameter index idx hash hashes sha sha1 sha256 md5 digest checksum fingerprint thumbprint algorithm alg version store ring rings board code codes
  down up press words word map set list class classes space spaces frame frames ref refs reference arn alias aliases label labels vault mode format usage provider manager handler generator factory service services
  selector selectors rotation policy policies enabled disabled required used missing invalid valid error errors message messages title description text hint placeholder help info state status result event events
  callback fn func function method button input form page view link icon env var variable template rule rules schema column columns attribute attr property props options option config settings scope scopes grant
  issuer audience subject owner user username email role group region zone bucket table stream queue topic namespace project account number num at time date created updated source target backend frontend client
  server engine mount volume cache signature verifier validator interceptor middleware exchange refresh endpoint budget limit limits bytes bits strategy transform estimator counter tokens count usage price cost pub public
  symbol kind value values usages handle lookup pair pairs chain length ptr pointer offset begin end start stop span range position pos line col row step layer layers dim weights embedding embeddings`.split(
    /\s+/,
  ),
)
/** Before the keyword: it is no secret, or not this kind of key. */
const NOT_ONE =
  /^(?:public|pub|publishable|primary|foreign|partition|sort|cache|object|dict|json|map|group|translation|i18n|lang|message|row|column|index|unique|composite|hash|range|data|event|meta|route|query|react|list|item|node|tree|sql|db|redis|s3|file|path|config|registry|hot|short|shortcut|arrow|enter|escape|modifier|function|keyboard|next|prev|csrf|xsrf|design|syntax|parse|lexer|start|end|eos|bos|pad|unk|cls|sep|mask|special|author|color|theme|css|style|max|min|num|total|prompt|completion|input|output|cancel|cancellation|abort|verify|verification|validation|host|ssh_?host|known|trusted|gpg|pgp|release|archive|keyring|encrypted|sealed|hashed|previous|idempotency|dedup|deduplication|etag|page|pagination|continuation|sync|cursor|site|recaptcha_?site|measurement|tracking|analytics)$/

export const looksLikeReference = (value: string): boolean =>
  // The outline of a shape: `M-11-14H4L11-7V14H-11Z`.
  /^m-?[\d.]+[ ,-][ \d.,acehlmqstvz-]*z?$/i.test(value) ||
  // What a build wants, with its version: `google-auth-library:1.43.0`.
  /^[a-z][a-z0-9._-]*:v?\d+(?:\.\d+)+(?:[-.+][\w.]+)?$/i.test(value) ||
  /^(?:rsa|dsa|ecdsa|ed25519|hmac|aes|chacha20|sha|diffie|curve25519|x25519)\d{0,3}[-_]\w/i.test(value) ||
  /^\.\w+$|^[a-z][a-z0-9+.-]{1,20}:\/\/|^(?!base64:)[a-z][a-z0-9+.-]{1,20}:[\w.~-]+(?:\/[\w.@~-]+)+/.test(value) ||
  /^(?:https?(?::|%3A)|wss?:|ftp:|data:|file:|arn:|urn:|ssh-|ecdsa-|sha\d{1,3}[-:=]|md5[-:]|AAAA[BCE]3|MII|mailto:|tel:|projects\/|\/subscriptions\/|kms:|gs:|s3:|npm:|git@|ldap)/i.test(
    value,
  ) ||
  (/^\/?(?:[\w.@-]{1,40}\/){1,8}[\w.@-]{0,60}$/.test(value) && readsAsName(value.replace(/\//g, ' '))) ||
  /^[\w.+-]+@[\w-]+\.[\w.]+$|^[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|js|ts|json|ya?ml|pem|key|crt|txt|py|html?|css|png|svg|jpg|local|internal)(?:[:/?].*)?$/i.test(
    value,
  ) ||
  (/^(?:~|\.{0,2})\/[\w.@-]/.test(value) &&
    value.split('/').every((part) => part.length <= 24 && !/[+=]/.test(part))) ||
  /^\d{4}-\d\d-\d\d|^v?\d+\.\d+\.\d+|^[\d.,:;+-]+$|^#[0-9a-f]{3,8}$|^\d+(?:px|em|ms|s|%)$/i.test(value) ||
  (/^(?:[A-Za-z_$][\w$]*[.:/]){1,8}[A-Za-z_$][\w$]*(?:\(.*)?$/.test(value) && !/\d.*\d.*\d/.test(value))

/** Letters, digits and the signs of encodings, nothing of a language. */
const isToken = (value: string): boolean => /^[A-Za-z0-9_\-+/=.~:%|!@#$^&*?]+$/.test(value)

const weigh = (match: Match, field: Field, weak = false): Opinion => {
  const service = serviceIn(field.name) ?? serviceIn(field.line.slice(-48))
  const words = field.words.join(' ')
  const publishable = /publishable|site key|measurement/.test(words)
  const method = /client secret|app secret|consumer secret/.test(words)
    ? 'client-secret'
    : /access key|secret key|api key/.test(words)
      ? 'access-key'
      : 'token'
  const severity =
    isSideFile(match.file) || isSample(match.value)
      ? 'low'
      : publishable
        ? 'info'
        : weak || /salt|nonce/.test(words)
          ? 'medium'
          : 'high'
  return { severity, method, title: titleOf(words), ...(service === null ? {} : { provider: service.name }) }
}

const titleOf = (words: string): string => {
  if (/salt/.test(words)) return 'Salt'
  if (/nonce/.test(words)) return 'Nonce'
  if (/client secret/.test(words)) return 'Client secret'
  if (/secret/.test(words)) return 'Secret'
  if (/token|jwt|bearer/.test(words)) return 'Token'
  if (/api ?key/.test(words)) return 'API key'
  return /key/.test(words) ? 'Key' : 'Credential'
}

/** Long, and drawn over all printable signs, so that it may hold what a template looks like as well. */
const isDense = (value: string): boolean =>
  value.length >= 48 &&
  !/[a-z]{6}|[A-Z]{6}/.test(value) &&
  new Set(value.match(/[^A-Za-z0-9]/g) ?? []).size >= 8 &&
  entropyOf(value) >= 4.8

/** Base64 of words and nothing else: a text that was encoded, as tools want some fields. */
const isWords = (value: string): boolean => {
  if (!/^[A-Za-z0-9+/]{16,}={0,2}$/.test(value) || value.length % 4 !== 0) return false
  const text = Buffer.from(value, 'base64').toString('latin1')
  return /^[A-Za-z]+(?: [A-Za-z]+)+[.!]?$/.test(text)
}

const isHandMade = (value: string, name: string, { quoted, kind, op }: Field): boolean =>
  (quoted || kind === 'config') &&
  (kind === 'code' || kind === 'config' || kind === 'unknown') &&
  (op === '=' || op === ':' || op === '=>' || op === ',') &&
  /^[A-Za-z0-9][A-Za-z0-9_!@#$%^&*-]{5,80}$/.test(value) &&
  value.toLowerCase().replace(/[^a-z0-9]/g, '') !== name &&
  !/^[A-Z_]+$|^(?:test|fake|mock|dummy|client|github|google|the)[-_]/.test(value) &&
  !/^[a-z]+(?:[A-Z][a-z]+)+$/.test(value)

/** What most values are: told by themselves, before their names are looked at. */
const glance = (value: string): boolean =>
  value.length >= 6 &&
  value.length <= 600 &&
  !isNothing(value) &&
  !looksLikeReference(value) &&
  (isDense(value) || !standsForAnother(value)) &&
  !isBinary(value) &&
  !(/^[\w.-]+\/[\w.-]+$/.test(value) && /[-.]/.test(value))

const judge = (match: Match): Opinion => {
  const { value, file } = match
  if (!glance(value)) return null
  // What begins with such a sign is a rest of syntax, unless it is between quotes and long.
  if (/^[:?(|]/.test(value) && (match.groups['bare'] !== undefined || value.length < 40)) return null
  const field = fieldOf(match)
  const { words, op, quoted, kind } = field
  const last = words.at(-1)
  if (last === undefined) return null
  // where it stands
  if (/^[$%]?\{?\{|\{\{ ?[\w.]*$|\$\{?[\w.]*$/.test(field.line)) return null
  if (op === '-' || op === ':-' || op === 'is' || op === 'as' || op === '<-' || ((op === '(' || op === ',') && !quoted))
    return null
  if (op === '>' && !/^<\//.test(field.after)) return null
  // In the name of a thing, `secret:` is what kind of thing it is.
  if (op === ':' && /(?:arn|urn|crn|ocid\d?):[\w:./-]{0,80}:$/.test(field.line)) return null
  if (
    op === ',' &&
    (!/["'\x60]\]?[ \t]*,/.test(match.window.slice(match.anchor, match.at)) ||
      (!/[.([{][ \t]*["'\x60]?[\w.-]*$/.test(field.line) && !looksDrawn(value, 20)))
  )
    return null
  if (op === '(' && !looksDrawn(value, 16)) return null
  if (!quoted && (value.match(/[=?]/g) ?? []).length > 3) return null
  // the name
  const joined = words.join('')
  const own = words.filter((word) => !/^\d+$/.test(word))
  const end = own.at(-1) ?? ''
  const isKey = /keys?$/.test(end) && !/(?:mon|hoc|tur|don|joc|whis|hus|hot|dis|tas)keys?$/.test(end)
  const secretId = /secret ?id$|role ?id$/.test(own.slice(-2).join(' ')) && /secret id/.test(own.join(' '))
  const strong =
    STRONG.test(end) ||
    (own.length > 1 && STRONG.test(own.slice(-2).join(''))) ||
    (isKey &&
      (own.length > 1
        ? KEY_OF.test(own.at(-2)!)
        : /^(?:api|secret|private|access|auth|signing|encryption|master|p)keys?$/.test(end) ||
          /(?:api|secret|private|access|auth)keys?$/.test(end))) ||
    /(?:secret|token|apikey|credential)s?$/.test(end)
  const tailed =
    !strong &&
    !isKey &&
    own.some((word) => /^(?:secret|token|apikey|auth|credential)s?$/.test(word)) &&
    /^(?:base|value|prod|production|dev|development|staging|stage|test|live|sandbox|primary|secondary|main|default|old|new|global|local|backup|admin|eu|us|\w{1,3})$/.test(
      end,
    )
  if (ABOUT.has(end) && !secretId && !(end === 'value' && tailed)) return null
  // `Auth0Token = "Auth0Token"`: one of a list of states.
  if (quoted && value.toLowerCase().replace(/[^a-z0-9]/g, '') === joined) return null
  const service = serviceOf(words)
  const known = service !== null && (!service.common || strong || isKey)
  if (own.slice(0, -1).some((word) => NOT_ONE.test(word)) && !(known && strong) && !/secret|private|api/.test(joined))
    return null
  if (/^public|publickey|pubkey/.test(joined)) return null
  if (op === ' ' && !(field.leads && kind === 'config' && !/\.json$/.test(file) && strong && looksDrawn(value, 16)))
    return null
  const bits = entropyOf(value)
  // Keys drawn over all printable signs, with blanks even, as WordPress and Django make them.
  if (!isToken(value)) {
    const signs = new Set(value.match(/[^A-Za-z0-9 ,.:;'/_-]/g) ?? []).size
    const drawn =
      value.length >= 24 &&
      bits >= 4 &&
      signs >= 4 &&
      /\d/.test(value) &&
      (value.match(/ /g) ?? []).length <= 6 &&
      !/(?:[a-z]{3,} ){2}/i.test(value) &&
      !/=> |\w\(\w*\)|": "/.test(value)
    return quoted && drawn && /^[\x20-\x7e]+$/.test(value) && (strong || isKey) ? weigh(match, field) : null
  }
  if (/^(?:ENC|enc)\[|^AQICA|^vault:v\d|^gAAAA/.test(value) || isWords(value)) return null
  // Of AWS a secret key has 40 characters, always: what is longer under its name is encrypted, or something else.
  if (/awssecretaccesskey$/.test(joined) && /^[A-Za-z0-9+/]{41,}={0,2}$/.test(value)) return null
  // `key` and `keys` beside `value` are what every map is written with.
  if (op === 'pair' && own.length === 1 && /^keys?$/.test(end)) return null
  const name = readsAsName(value) || (/^[\w.-]+$/.test(value) && readsAsName(value.replace(/[-_.]/g, ' ')))
  const hex = /^(?:0x)?[0-9a-f]+$/i.test(value)
  const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
  if (
    !quoted &&
    kind === 'code' &&
    !(
      looksDrawn(value, 20) &&
      /\d/.test(value) &&
      !/[.(]/.test(value) &&
      /(?:#|\/\/|\*|["'\x60])[^\n]*$/.test(field.line)
    )
  )
    return null
  if (
    /^(?:.*(?:totp|otp|2fa|mfa))$/.test(own.find((word) => /otp|2fa|mfa/.test(word)) ?? '') &&
    /^[A-Z2-7]{16,64}=*$/.test(value)
  )
    return weigh(match, field)
  // The token of a client that repeats a request: it says which request, and opens nothing.
  if (uuid && (isSample(value) || /client ?token$|idempotency/.test(own.join(' ')))) return null
  if (isSample(value) && /^AAECAwQ/.test(value)) return null
  if (uuid) return strong || known ? weigh(match, field, true) : null
  if (hex)
    return value.length >= 16 &&
      new Set(value.toLowerCase()).size >= 6 &&
      /\d/.test(value) &&
      (strong || known || (isKey && kind === 'config' && own.length > 1))
      ? weigh(match, field)
      : null
  if (
    known &&
    !name &&
    value.length >= 10 &&
    (/\d/.test(value) || (value.length >= 16 && bits >= 3.5)) &&
    /[A-Za-z]/.test(value)
  )
    return weigh(match, field)
  if (known && value.length >= 10 && kind === 'config' && strong && /[a-z][A-Z]|\d/.test(value))
    return weigh(match, field, true)
  // A key to sign with that was thought up by hand is still the key.
  if (
    /(?:secret key|jwt secret|jwt key|session secret|cookie secret|signing (?:key|secret)|token secret|secret key base|app key)$/.test(
      own.join(' '),
    ) &&
    isHandMade(value, joined, field)
  )
    return weigh(match, field, !looksDrawn(value, 14))
  if (/password|%3A|secret[-_ ]?key/i.test(value)) return null
  if (strong) {
    if (looksDrawn(value, quoted || kind === 'config' ? 10 : 14)) return weigh(match, field, value.length < 14)
    if (end === 'secret' && kind === 'config' && value.length >= 8 && /[A-Za-z]\d+[!?#$%&*]?$/.test(value))
      return weigh(match, field, true)
    const secretWord = /secret|token|cred|auth|salt/.test(end) || /secret/.test(joined)
    if (
      secretWord &&
      kind !== 'prose' &&
      kind !== 'markup' &&
      !name &&
      value.length >= 6 &&
      (/[A-Za-z]\d|\d[A-Za-z]/.test(value) || (/[A-Za-z]/.test(value) && /[!@#$%^&*?]/.test(value))) &&
      !/^[a-z]+[-_.][a-z0-9-_.]+$/.test(value)
    )
      return weigh(match, field, true)
    if (
      !name &&
      value.length >= 20 &&
      bits >= 3.3 &&
      /[a-z]/.test(value) &&
      /[A-Z0-9]/.test(value) &&
      !/[-_./:]/.test(value.slice(0, 12))
    )
      return weigh(match, field)
    return /^base64:[A-Za-z0-9+/]{30,}/.test(value) ? weigh(match, field) : null
  }
  if (tailed) return looksDrawn(value, 16) ? weigh(match, field, true) : null
  if (isKey && own.length === 1)
    return looksDrawn(value, 24) &&
      bits >= 3.7 &&
      /\d/.test(value) &&
      /[a-z]/.test(value) &&
      /[A-Z]/.test(value) &&
      !/[.:]/.test(value) &&
      !/=./.test(value) &&
      !/(?:^|\/)(?:package-lock|yarn|pnpm|cargo|poetry|composer|go\.sum|integrity)/.test(file)
      ? weigh(match, field, true)
      : null
  if (isKey || /^(?:api|auth|credential|cred|private|access)/.test(end))
    return looksDrawn(value, 20) && bits >= 3.5 && !/[.:]/.test(value) ? weigh(match, field, true) : null
  return null
}

const KEYWORDS = 'secret|token|key|auth|cred|salt|nonce|totp|mnemonic|api|_pat|jwt|otp|seed|2fa|mfa'

export const secrets: readonly Detector[] = [
  {
    id: 'secret',
    provider: 'generic',
    title: 'Secret',
    severity: 'high',
    method: 'token',
    rank: 0,
    before: 128,
    span: 1100,
    anchors: [
      'secret',
      'token',
      'key',
      'auth',
      'cred',
      'salt',
      'nonce',
      'totp',
      'mnemonic',
      'api',
      '_pat',
      'jwt',
      'otp',
      'seed',
      '2fa',
      'mfa',
    ].map((literal) => ({ literal, anyCase: true })),
    pattern: assignment(KEYWORDS),
    sieves: [
      { pattern: drawnAssignment(KEYWORDS), where: (file) => kindOf(file) !== 'code' },
      { pattern: drawnAssignmentInCode(KEYWORDS), where: (file) => kindOf(file) === 'code' },
      // The names whose values may have been thought up by hand, with the keyword at their end and before it.
      {
        pattern: thoughtUpAssignment('secret|key', String.raw`[_.$\d-]*(?:base[_.$\d-]*)?`),
        behind: /(?:jwt|session|cookie|signing|token|secret|app)[_.$\d-]*$/i,
      },
      {
        pattern: thoughtUpAssignment(
          'secret|token|jwt',
          String.raw`[_.$\d-]*(?:secret|key)[_.$\d-]*(?:base[_.$\d-]*)?`,
        ),
      },
    ],
    judge,
    glance,
    cases: {
      yes: [
        made('API_KEY = "{a-f0-9:32}"'),
        made('"clientSecret": "{A-Za-z0-9:40}"'),
        made('secret_key_base: {a-f0-9:128}'),
        made("SECRET_KEY = 'a({A-Za-z0-9!@#$%^&*:48}+1'"),
        made('gi_reo_token = "{A-Za-z0-9:25}"'),
        made('oauth_token: "{a-f0-9:40}"'),
        made('APP_KEY=base64:{A-Za-z0-9+/:43}='),
        made('session.secret=8{A-Za-z0-9:30}'),
        made('<entry key="apiToken" value="{A-Za-z0-9:32}" />'),
        made("define('NONCE_SALT', ':9{A-Za-z0-9!@#$%^&*:58}> #');"),
      ],
      no: [
        "secret: 'M-11-14H4L11-7V14H-11Z',",
        made('public_key = "{A-Za-z0-9:40}"'),
        'api_key = os.environ["KEY"]',
        'secretKeyRef:\n  name: my-secret-name',
        'token = request.headers.get("x")',
        made('commit = "{a-f0-9:40}"'),
        'key: "user.settings.title"',
        'API_KEY=your-api-key-here',
        'token: "IDENTIFIER"',
        'cache_key = "users_by_id_v2"',
        'secretName: backend-credentials-secret',
        made('"integrity": "sha512-{A-Za-z0-9+/:86}=="'),
        'keyboard: "qwerty12345678901234"',
        `API_KEY=${Buffer.from('words that were encoded').toString('base64')}`,
        made('AWS_SECRET_ACCESS_KEY={A-Za-z0-9+/:62}=='),
        made('{"key": "keys",\n  "value": "{A-Za-z0-9:36}"}'),
        'arn:aws:secretsmanager:eu-west-1:123456789012:secret:OrdersDatabase-x7Kq2w',
        'enum { Auth0Token = "Auth0Token" }',
        'access_token: "2YotnFZFEjr1zCsicMWpAA"',
        'const kind = { token: "ipv4AddressesPerNetwork" }',
        'ClientToken: "9b2f6a1e-3c47-4d08-a5be-71c0f2d9e836"',
        'key = AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
        'TOKEN="0f3a91cc-dead-beef-cafe-5521aa0e9d17"',
      ],
    },
  },
]
