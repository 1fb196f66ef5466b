/** What a pasted text says it is by its form alone, and whether that is the form of a secret value. */
export interface Recognised {
  title: string | null
  secret: boolean
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/, 'a private key'],
  [/^(gh[opusr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})$/, 'a GitHub token'],
  [/^glpat-[\w-]{16,}$/, 'a GitLab token'],
  [/^xox[abeprs]-[\w-]{10,}$/, 'a Slack token'],
  [/^(sk|rk)[-_](live|test|ant|proj)?[-_\w]{16,}$/, 'an API key'],
  [/^AIza[\w-]{30,}$/, 'a Google API key'],
  [/^npm_[A-Za-z0-9]{30,}$/, 'an npm token'],
  [/^pypi-[\w-]{30,}$/, 'a PyPI token'],
  [/^(reeve|link)_[\w-]{20,}$/, 'a Reeve token'],
  [/^(hv[sbr]|[sb])\.[\w-]{20,}$/, 'a Vault token'],
  [/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*$/, 'a signed token'],
  [/^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s@]+@/i, 'an address with a password'],
]

const IDS: readonly (readonly [RegExp, string])[] = [
  [/^(AKIA|ASIA|AROA|AIDA)[A-Z2-7]{12,}$/, 'AWS access key id'],
  [/^arn:aws[\w-]*:/, 'AWS resource name'],
  [/^SHA256:[A-Za-z0-9+/]{43}=?$/, 'SSH key fingerprint'],
  [/^(MD5:)?([0-9a-f]{2}:){15}[0-9a-f]{2}$/i, 'SSH key fingerprint (MD5)'],
  [/^([0-9a-f]{2}:){7,31}[0-9a-f]{2}$/i, 'serial or certificate fingerprint'],
  [/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'UUID'],
  [/^spiffe:\/\//, 'SPIFFE id'],
  [/^system:serviceaccount:/, 'Kubernetes service account'],
  [/^(cn|uid|ou|dc)=[^,]+(,\s*\w+=[^,]+)+$/i, 'distinguished name'],
  [/^[^\s@/:]+@[^\s@/:]+\.[a-z]{2,}$/i, 'e-mail address'],
  [/^hmac:[0-9a-f]{32}$/, 'Reeve fingerprint'],
  [/^(F-)\d+$/i, 'finding'],
  [/^(\/|~\/|\.\/)\S+/, 'file path'],
  [/^[a-z][a-z0-9-]*:\S+$/, 'key'],
]

export function recognise(text: string): Recognised {
  const secret = SECRETS.find(([form]) => form.test(text))
  if (secret) return { title: secret[1], secret: true }
  const id = IDS.find(([form]) => form.test(text))
  if (id) return { title: id[1], secret: false }
  return looksRandom(text) ? { title: 'a secret value', secret: true } : { title: null, secret: false }
}

/** One run of 24 characters or more, of all three sorts, with more than 3.8 bits in each: no name that people give. */
function looksRandom(text: string): boolean {
  if (!/^[A-Za-z0-9+/=_~!@#$%^&*-]{24,}$/.test(text) || !/[a-z]/.test(text) || !/[A-Z]/.test(text) || !/\d/.test(text))
    return false
  const counts = new Map<string, number>()
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits > 3.8
}
