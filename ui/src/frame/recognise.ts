/** What a pasted text is by its form, so that an id is looked up and a secret value is held back before it travels. */

const IDS: readonly [RegExp, string][] = [
  [/^(AKIA|ASIA)[A-Z2-7]{16}$/, 'AWS access key id'],
  [/^A(IDA|ROA|GPA|NPA|NVA)[A-Z2-7]{16,17}$/, 'AWS unique id'],
  [/^arn:aws[a-z-]*:/, 'ARN'],
  [/^SHA256:[A-Za-z0-9+/]{43}=?$/, 'SSH key fingerprint'],
  [/^spiffe:\/\//, 'SPIFFE id'],
  [/^system:serviceaccount:[^:]+:[^:]+$/, 'Kubernetes service account'],
  [/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'UUID'],
  [/^(cn|uid|ou|dc)=[^=]+(,\s*(cn|uid|ou|dc|o|c)=[^=]+)+$/i, 'distinguished name'],
  [/^([0-9a-f]{2}:){7,}[0-9a-f]{2}$/i, 'certificate serial or fingerprint'],
  [/^hmac:[0-9a-f]{32}$/, 'Reeve fingerprint'],
  [/^(sha256:)?[0-9a-f]{64}$/i, 'SHA-256 fingerprint'],
  [/^[0-9a-f]{40}$/i, 'commit or SHA-1 fingerprint'],
  [/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'e-mail address'],
  [/^(gh[opsur]|github_pat|glpat|xox[abp]|sk_live|rk_live|npm|hvs)[_.-]\w{1,12}(…|\.\.\.|\*+)?$/, 'prefix of a token'],
  [/^F-\d+$/, 'finding'],
]

const SECRETS: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/^(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,}/, 'a GitHub token'],
  [/^github_pat_\w{40,}/, 'a GitHub token'],
  [/^glpat-[\w-]{18,}/, 'a GitLab token'],
  [/^xox[abposr]-[\w-]{10,}/, 'a Slack token'],
  [/^(sk|rk)_(live|test)_\w{16,}/, 'a Stripe key'],
  [/^sk-[\w-]{20,}/, 'an API key'],
  [/^AIza[\w-]{35}$/, 'a Google API key'],
  [/^npm_[A-Za-z0-9]{36}/, 'an npm token'],
  [/^(pypi-|dop_v1_|shpat_|hvs\.|dckr_pat_|SG\.)[\w.-]{16,}/, 'a token'],
  [/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*$/, 'a JSON web token'],
  [/^reeve_[\w-]{16,}/, 'a token of Reeve'],
  [/^[a-z][a-z0-9+.-]*:\/\/[^\s:@/]+:[^\s@/]+@/i, 'an address with a password in it'],
]

/** Bits for each character of the text, by how often its characters occur. */
function entropy(text: string): number {
  const times = new Map<string, number>()
  for (const letter of text) times.set(letter, (times.get(letter) ?? 0) + 1)
  let bits = 0
  for (const n of times.values()) bits -= (n / text.length) * Math.log2(n / text.length)
  return bits
}

export type Recognised = { is: 'id'; what: string } | { is: 'secret'; what: string } | { is: 'words' }

export function recognise(text: string): Recognised {
  const pasted = text.trim()
  for (const [form, what] of SECRETS) if (form.test(pasted)) return { is: 'secret', what }
  for (const [form, what] of IDS) if (form.test(pasted)) return { is: 'id', what }
  // Long, without spaces, of several classes and little order: whatever it is, it does not travel unasked.
  const classes = [/[a-z]/, /[A-Z]/, /\d/].filter((form) => form.test(pasted)).length
  if (pasted.length >= 20 && pasted.length <= 4096 && !/[\s:]/.test(pasted) && classes === 3 && entropy(pasted) > 3.6)
    return { is: 'secret', what: 'a secret value' }
  if (/^[~.]?\/?([\w.@-]+\/)+[\w.@-]+(:\d+)?$/.test(pasted)) return { is: 'id', what: 'file path' }
  return { is: 'words' }
}
