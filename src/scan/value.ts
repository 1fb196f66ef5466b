/** Shannon entropy of the characters, bits per character. */
export const entropyOf = (value: string): number => {
  const counts = new Map<string, number>()
  for (const c of value) counts.set(c, (counts.get(c) ?? 0) + 1)
  let bits = 0
  for (const n of counts.values()) bits -= (n / value.length) * Math.log2(n / value.length)
  return bits
}

/** Bytes that are neither ASCII nor UTF-8, or control characters: not typed by anybody. */
export const isBinary = (text: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it reads bytes
  /[\u0000-\u0008\u000e-\u001f\u007f]/.test(text) ||
  ((text.match(/[\x80-\xff]/g) ?? []).length > text.length / 4 &&
    Buffer.from(text, 'latin1').toString('utf8').includes('\ufffd'))

/** Values that stand for another value: variables, templates, calls into an environment, and words that say "put yours here". */
const STANDS_FOR = [
  // `$name`, `$(command)`, `$1`; tags of YAML that take a value back or from elsewhere.
  /^\$(?:[A-Za-z_{([]|[\d@*#?]$)|^!(?:reset|override|secret|include)$/,
  /\$\{[^}]{0,80}\}?|\{\{|\}\}|<%|%>|^%[A-Za-z_][\w.]*%?$|^#\{|\{[a-z_.]{0,40}\}|^%[({]?\w|^\\\(|^@[A-Za-z_]\w*@$|@@|__[A-Z_]{3,}__/i,
  /^<[^>]{0,80}>?$|^\[[^\]]{1,80}\]$|^&lt;|^\(.{0,80}\)$/,
  /^(?:process\.env|os\.environ|os\.getenv|getenv|ENV\[|env\.|vars?\.|secrets?\.|local\.|data\.|module\.|config\.|self\.|this\.|params?\.|request\.|args?\.|opts?\.|options?\.|settings\.|vault:|ssm:|arn:|op:\/\/|file:|!vault|!env|!Ref|!Sub|ref\+|\$\()/i,
  /^(?:x{3,}|\*{2,}|\.{2,}|_+|-+|#+|\?+|0+|=+)$/i,
  /\*{3,}|x{5,}|\.\.\.|\xe2\x80\xa6|\{[^{}]{1,60}:\d[\d,]*\}/i,
  /(?:^|[^a-z])(?:your)[ _-]?(?:own|[a-z_ -]{0,20})(?:key|token|secret|pass|pwd|value|id|account|user|name|domain)/i,
  /EXAMPLE|^#[\w.]+#$|OBFUSCATED|REDACTED|^REPLACED$/,
  // Patterns, checksums and Reeve's own fingerprints (its reports hold them) are about a value; they are none.
  /^hmac:[0-9a-f]{32}$|^\^.*\$$|\(\?[:=!<]|\[\^?[a-z0-9]-[a-z0-9]|^sha(?:1|256|384|512)-[A-Za-z0-9+/]/i,
  /^(?:sua|seu|tu|su|votre|ton|dein|deine|ihr|ihre|vuestra|jouw|twoje)[_-]\w/i,
  /^(?:your|insert|enter|replace|put|add|fill|paste|choose|set|use|provide|specify)[ _-]/i,
  /\bexample\b|placeholder|redacted|dummy[-_ ]?(?:value|key|token)?$|<.{2,40}>|change[_ -]?this|replace[_ -]?(?:me|with|this)|to[_ -]?be[_ -]?(?:set|filled|replaced)|goes[_ -]?here|put[_ -].{2,20}[_ -]?here|_here$|-here$|censored|obfuscated|\bsanitized\b|not[_ -]?(?:a[_ -]?)?(?:real|set|used)|encrypted\(/i,
]

/** Literals that are no value at all in any language. */
const NOTHING = new Set(
  `null none nil undefined undef true false yes no on off nan void empty unset default optional required string str text char varchar int integer number
  bool boolean object array list dict map bytes byte byte[] buffer any unknown never hidden input password passwd passphrase pass pwd secret
  token key apikey api_key username user email login credential credentials auth authorization bearer basic value values name type
  prompt ask stdin file env environment plain plaintext raw hash hashed bcrypt scram-sha-256 md5 sha1 sha256 sha512 crypt encrypted disabled enabled
  interactive keyboard-interactive publickey agent n/a na tbd todo fixme xxx foo bar baz foobar test-token abc this self const let var
  function return new not and or is in if else async await static public private protected readonly nullable bigint date datetime
  varying blob json yaml xml html
  usable locked expired missing present set weak strong valid invalid unchanged changed`.split(/\s+/),
)

/** What the standards of OAuth (RFC 5849, 6749, 6750, 7662) write where a credential stands; copied into the pages of everybody who follows them. */
const PUBLISHED = new Set(
  `2YotnFZFEjr1zCsicMWpAA tGzv3JOkF0XG5Qx2TlKWIA SplxlOBeZQQYbYS6WxSbIA czZCaGRSa3F0MzpnWDFmQmF0M2JW s6BhdRkqt3 gX1fBat3bV 7Fjfp0ZBr1KtDRbnfVdmIw mF_9.B5f-4.1JqM
  h480djs93hd8 kkk9d7dh3k39sjv7 j49sk3j29djd dh893hdasih9 9djdj82h48djs9d2 k3j4h2k3h4jk23 dpf43f3p2l4k3l03 kd94hf93k423kf44 hh5s93j4hdidpola hdhd0244k9j7ao03 nnch734d00sl2jdk pfkkdhi9sl3r4s00`.split(
    /\s+/,
  ),
)

export const standsForAnother = (value: string): boolean =>
  PUBLISHED.has(value) || STANDS_FOR.some((shape) => shape.test(value))
export const isNothing = (value: string): boolean => NOTHING.has(value.toLowerCase())

/** Made by hand to fill a page: one character over and over, or a run along the alphabet, the digits or the keyboard. */
const RUNS = `${'abcdefghijklmnopqrstuvwxyz'.repeat(2)} ${'0123456789'.repeat(4)} ${'1234567890abcdef'.repeat(3)} ${'0123456789abcdef'.repeat(3)} qwertyuiopasdfghjklzxcvbnm ${'abc123'.repeat(4)}`
export const isSample = (value: string): boolean => {
  const low = value.toLowerCase()
  if (new Set(low).size <= Math.min(3, low.length / 4)) return true
  // The example of RFC 4122, and bytes counted up from 0.
  if (low === '550e8400-e29b-41d4-a716-446655440000' || /^AAECAwQFBgcI/.test(value)) return true
  // Words in hexadecimal digits, two of them: nobody draws those.
  if (/^[0-9a-f-]+$/.test(low) && (low.match(/dead|beef|cafe|babe|f00d|c0de|feed|face/g) ?? []).length >= 2) return true
  let longest = 0
  for (let at = 0; at + 8 <= low.length; at++) {
    let n = 8
    if (!RUNS.includes(low.slice(at, at + n))) continue
    while (at + n < low.length && RUNS.includes(low.slice(at, at + n + 1))) n++
    longest += n
    at += n - 1
  }
  return longest >= low.length * 0.6
}

/** The parts of a name: `awsSecretKey`, `aws-secret.key` and `AWS_SECRET_KEY` are all aws, secret, key. */
export const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9\x80-\xff]+/)
    .filter((word) => word !== '')

const VOWELS = /[aeiouy]/
/** How far a run of letters could be a word: letters only, vowels in it, no long run of consonants. */
const wordLike = (word: string): boolean =>
  word.length <= 2 ||
  (word.length <= 14 && VOWELS.test(word) && !/[bcdfghjklmnpqrstvwxz]{5,}/.test(word) && !/[aeiou]{4,}/.test(word)) ||
  /^[bcdfghjklmnpqrstvwxz]{3,4}$/.test(word)

/**
 * Does it read as a name from a program or as words, not as something drawn at random? Parts that are all word-like letters, with at most
 * a few digits at the end of a part.
 */
export const readsAsName = (text: string): boolean => {
  const value = text.slice(0, 96)
  const parts = value.split(/[^A-Za-z0-9]+/).flatMap((part) =>
    part
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .replace(/([A-Z]{2,})([A-Z][a-z])/g, '$1 $2')
      // `ipv6Block`, `base64Encoded`: a number ends a word, and another begins.
      .replace(/((?:[A-Za-z]{3}|\bv)\d{1,3})(?=[A-Z][a-z]{2})/g, '$1 ')
      .split(' '),
  )
  let letters = 0
  for (const part of parts) {
    const shape = /^([A-Z]?[a-z]*|[A-Z]+)(\d{0,4})$/.exec(part)
    if (shape === null || !wordLike(shape[1]!.toLowerCase())) return false
    if (shape[1]!.length === 1 && parts.length > 3) letters--
    letters += shape[1]!.length
  }
  return letters >= value.length / 2 && parts.filter((part) => /\d/.test(part)).length <= Math.max(1, parts.length / 3)
}

/** Several kinds of characters, spread out: what a generator makes. `least` is the number of characters. */
export const looksDrawn = (value: string, least = 16): boolean => {
  if (value.length < least) return false
  const bits = entropyOf(value)
  if (/^[0-9a-f-]+$/i.test(value)) return /\d/.test(value) && /[a-f]/i.test(value) && bits >= 2.6
  if (/^\d+$/.test(value)) return false
  const changes = (value.match(/[a-zA-Z]\d|\d[a-zA-Z]|[a-z][A-Z]/g) ?? []).length
  if (/\d/.test(value) && /[A-Za-z]/.test(value))
    return bits >= 2.8 && (changes >= 2 || value.length >= 24) && !readsAsName(value)
  return value.length >= 20 && bits >= 3.5 && changes >= 3 && !readsAsName(value)
}
