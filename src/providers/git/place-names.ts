import { createHash } from 'node:crypto'
import type { Environment, Instant, Key } from '../../sdk/index.ts'

const WORDS: [Environment, ReadonlySet<string>][] = [
  ['production', new Set(['prod', 'production', 'prd'])],
  ['staging', new Set(['staging', 'stage', 'stg', 'uat', 'preprod', 'preproduction', 'pre-prod'])],
  ['development', new Set(['dev', 'devel', 'develop', 'development', 'local', 'localhost', 'sandbox'])],
  [
    'test',
    new Set([
      'test',
      'tests',
      'testing',
      'testdata',
      'spec',
      'specs',
      'fixture',
      'fixtures',
      'qa',
      'e2e',
      'mock',
      'mocks',
      '__tests__',
    ]),
  ],
]

/** The environment that a word says, if it says one: `prod`, `eu-staging`, `app_dev`. */
export function environmentOfWord(word: string): Environment | undefined {
  const parts = word.toLowerCase().split(/[^a-z0-9]+/)
  return WORDS.find(([, words]) => parts.some((part) => words.has(part)))?.[0]
}

/** The environment that a path names, its file name first, then its folders from the inside out. */
export function environmentOfPath(path: string): Environment | undefined {
  const [file = '', ...folders] = path.split('/').reverse()
  // A test of production is a test.
  if (folders.some((folder) => environmentOfWord(folder) === 'test')) return 'test'
  for (const part of [file, ...folders]) {
    const environment = environmentOfWord(part)
    if (environment) return environment
  }
  return undefined
}

/** Is it an example, a test, documentation or somebody else's code rather than something that runs here? */
export const isExample = (path: string): boolean =>
  /(^|[/._-])(tests?|testing|testdata|specs?|fixtures?|examples?|samples?|demos?|docs?|documentation|mocks?|stubs?|snapshots?|e2e|__tests__|tutorials?|quickstarts?|vendor|third[_-]?party)([/._-]|$)/i.test(
    path,
  )

/** Does it lie in a folder of samples or fixtures, whose identities nobody means to make? */
export const isSample = (path: string): boolean =>
  /^test\/|(^|\/)(tests|test-?data|test-?fixtures?|fixtures?|examples?|samples?|docs?|documentation|website|__tests__|e2e|mocks?|specs?|snapshots?|tutorials?)\//i.test(
    path,
  )

export interface Remote {
  /** `github.com/acme/app`; null for a path or a scheme without host. */
  place: string | null
  /** The address with user name and password taken out. */
  url: string
  user: string | null
  password: string | null
}

/** Takes a remote's address apart; scp-like addresses too. */
export function parseRemote(address: string): Remote {
  const scp = /^(?:([^@/\s]+)@)?([A-Za-z0-9.-]+):(?!\/\/)(.+)$/.exec(address)
  if (scp && !address.includes('://')) {
    return { place: placeOf(scp[2]!, scp[3]!), url: address, user: scp[1] ?? null, password: null }
  }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return { place: null, url: address, user: null, password: null }
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return { place: null, url: address.replace(/\/\/[^/]*@/, '//'), user: null, password: null }
  }
  const user = decode(url.username)
  const password = decode(url.password)
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  return {
    place: url.host && url.protocol !== 'file:' ? placeOf(url.host, url.pathname) : null,
    url: url.href,
    user: user || null,
    password: password || null,
  }
}

const placeOf = (host: string, path: string): string =>
  `${host.toLowerCase()}/${path.replace(/^\/+|\/+$/g, '').replace(/\.git$/i, '')}`

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The key of a repository: by its remote, so that two clones are one; else by its path on this machine. */
export const repositoryKey = (place: string | null, path: string): Key => shortKey(`git:${place ?? path}`)

/** Keys end at 2,048 characters; a path may not. What is cut off stands in a hash. */
export const shortKey = (key: string): Key =>
  key.length <= 1800 ? key : `${key.slice(0, 1700)}~${createHash('sha256').update(key).digest('hex').slice(0, 16)}`

export interface Author {
  name: string
  email: string
}

/** `Ada <ada@example.org>`; the address alone will do. */
export function parseAuthor(text: string): Author | null {
  const match = /^(.*?)\s*<([^<>\s]+@[^<>\s]+)>/.exec(text) ?? /^()([^<>\s]+@[^<>\s]+)$/.exec(text.trim())
  return match ? { name: match[1]!.trim() || match[2]!, email: match[2]!.toLowerCase() } : null
}

export const personKey = (email: string): Key => shortKey(`person:${email.toLowerCase()}`)

const KNOWN_BOTS =
  /^(dependabot|renovate|renovate-bot|greenkeeper|snyk-bot|github-actions|gitlab-bot|pre-commit-ci|allcontributors|semantic-release-bot|imgbot|weblate|mergify|web-flow|codecov|copybara|k8s-ci-robot|pyup-bot|deepsource-autofix|copilot)(\[bot\])?$/i

/** The name under which a program commits, and why it is taken for one; null for a human as far as the name says. */
export function botOf({ name, email }: Author): { name: string; reason: string } | null {
  const login = /^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$/i.exec(email)?.[1]
  if (login?.toLowerCase().endsWith('[bot]'))
    return { name: login, reason: `the address ${email} is that of a GitHub App` }
  if (/\[bot\]$/i.test(name)) return { name, reason: `the author name ends in [bot]` }
  if (KNOWN_BOTS.test(name)) return { name, reason: `${name} is the name of a known program` }
  if (email === 'noreply@github.com') return { name: 'web-flow', reason: 'GitHub itself commits with this address' }
  const local = email.split('@')[0]!.replace(/\+.*$/, '')
  if (/^project_\d+_bot/.test(local)) return { name: local, reason: 'the address is that of a GitLab project token' }
  if (/^(?:.*[-_.])?(bot|robot|ci-bot|cibot|jenkins|buildbot|automation)$/i.test(local)) {
    return { name: name || local, reason: `the address ${email} is named for a program` }
  }
  return null
}

/** `2024-05-01T10:00:00+02:00` or seconds since 1970, as an instant; undefined for what is no date. */
export function instant(value: string | number): Instant | undefined {
  const time = typeof value === 'number' ? value * 1000 : Date.parse(value)
  // Author dates are what a client wrote: out of range for the year they are no date.
  return Number.isFinite(time) && Math.abs(time) < 8e15 && time > -62_135_596_800_000 && time < 253_402_300_800_000
    ? new Date(time).toISOString()
    : undefined
}
