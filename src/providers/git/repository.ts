import type { Collection, Edge, Entity, Run } from '../../sdk/index.ts'
import type { Checkout, Repository } from './checkout.ts'
import { type Author, botOf, instant, parseAuthor, personKey, shortKey } from './place-names.ts'
import { gitLines, gitRecords } from './run-git.ts'
import { describeBlob, type SshPublicKey } from './ssh-public-key.ts'
import { texts } from './texts.ts'

const MOST_PEOPLE = 500
const MOST_SIGNATURES = 300
/** Programs that have not committed for so long are history, not identities. */
const YEAR = 365 * 86_400_000

/** The repository, who commits to it, and the credentials that its own settings carry. */
export const repository: Collection<Checkout> = {
  id: 'repository',
  title: 'Repository and the people who commit to it',
  yields: ['git_repository', 'person', 'git_bot', 'ssh_key', 'secret_value', 'git_remote_credential'],
  needs: ['read access to the folder'],
  async *read(checkout, run): AsyncGenerator<Entity | Edge> {
    const { repository: git, key } = checkout
    const owners = await codeowners(checkout, run)
    if (!git) {
      yield { ...base(checkout), attributes: { path: checkout.top, repository: false, ...owners.attributes } }
      if (checkout.unreadable !== null)
        run.ledger.refuse(`the repository could not be read: ${checkout.unreadable}`, { scope: 'history' })
      return
    }
    if (git.shallow) {
      run.ledger.refuse('the clone is shallow: older commits are not there', {
        scope: 'history',
        permission: 'git fetch --unshallow',
      })
    }
    const history = git.head === null ? nobody : await committers(git, run)
    const branches = await gitLines(
      git.place,
      ['for-each-ref', '--format=%(refname:short)', 'refs/heads', 'refs/remotes'],
      { signal: run.signal },
    )
    const [branch] = await gitLines(git.place, ['symbolic-ref', '-q', '--short', 'HEAD'], { signal: run.signal }).catch(
      () => [],
    )
    const [origin] = await gitLines(git.place, ['symbolic-ref', '-q', '--short', 'refs/remotes/origin/HEAD'], {
      signal: run.signal,
    }).catch(() => [])
    yield {
      ...base(checkout),
      ...(checkout.environment ? { environment: checkout.environment } : {}),
      ...(history.first ? { created: { value: history.first } } : {}),
      attributes: {
        path: checkout.top,
        repository: true,
        bare: git.bare,
        shallow: git.shallow,
        partial: git.partial,
        head: git.head,
        branch: branch ?? null,
        defaultBranch: origin?.replace(/^origin\//, '') ?? branch ?? null,
        branchCount: branches.length,
        branches: branches.slice(0, 50),
        remotes: git.remotes.map(({ name, remote }) => ({ name, url: remote.url })),
        commits: history.commits,
        people: history.people.length,
        lastCommit: history.last ?? null,
        ...owners.attributes,
      },
    }
    yield* describePeople(checkout, history, owners.emails, run.now())
    yield* signingKeys(git, run)
    yield* remoteCredentials(checkout, git, run)
    for (const email of owners.emails)
      yield { from: personKey(email), verb: 'controls', to: key, attributes: { because: owners.file } }
  },
}

const base = (checkout: Checkout) => ({
  kind: 'resource' as const,
  type: 'git_repository',
  key: checkout.key,
  name: checkout.name,
  aliases: [...new Set([checkout.top, ...(checkout.repository?.remotes.map(({ remote }) => remote.url) ?? [])])].slice(
    0,
    20,
  ),
})

interface Committer extends Author {
  commits: number
  first: number
  last: number
}

const nobody = {
  commits: 0,
  people: [] as Committer[],
  first: undefined as string | undefined,
  last: undefined as string | undefined,
}

async function committers(git: Repository, run: Run): Promise<typeof nobody> {
  const people = new Map<string, Committer>()
  let commits = 0
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for await (const record of gitRecords(git.place, ['log', '--all', '-z', '--format=%at%n%ae%n%an'], '\0', {
    signal: run.signal,
    timeout: 600_000,
  })) {
    const [time = '', email = '', name = ''] = record.split('\n', 3)
    const at = Number(time)
    commits++
    if (instant(at)) {
      first = Math.min(first, at)
      last = Math.max(last, at)
    }
    const author = parseAuthor(email)
    if (!author) continue
    const known = people.get(author.email)
    if (!known)
      people.set(author.email, { name: name || author.email, email: author.email, commits: 1, first: at, last: at })
    else {
      known.commits++
      known.first = Math.min(known.first, at)
      if (at >= known.last) {
        known.last = at
        known.name = name || known.name
      }
    }
  }
  return {
    commits,
    people: [...people.values()].sort((a, b) => b.last - a.last || (a.email < b.email ? -1 : 1)),
    first: instant(first),
    last: instant(last),
  }
}

function* describePeople(
  checkout: Checkout,
  history: typeof nobody,
  owners: ReadonlySet<string>,
  now: Date,
): Generator<Entity | Edge> {
  const bots = new Map<string, Committer & { reason: string }>()
  const described = new Set<string>()
  for (const committer of history.people.slice(0, MOST_PEOPLE)) {
    const bot = botOf(committer)
    if (bot) {
      if (committer.last * 1000 < now.getTime() - YEAR) continue
      const known = bots.get(bot.name)
      if (!known) bots.set(bot.name, { ...committer, ...bot })
      else {
        known.commits += committer.commits
        known.first = Math.min(known.first, committer.first)
        known.last = Math.max(known.last, committer.last)
      }
      continue
    }
    const key = personKey(committer.email)
    described.add(key)
    yield {
      kind: 'person',
      type: 'person',
      key,
      name: committer.name,
      aliases: [committer.email],
      attributes: { email: committer.email },
    }
    yield { from: key, verb: 'created', to: checkout.key, attributes: told(committer) }
  }
  for (const [name, bot] of bots) {
    const key = shortKey(`git:bot/${name.toLowerCase()}`)
    yield {
      kind: 'identity',
      type: 'git_bot',
      key,
      name,
      aliases: [bot.email],
      lastUsed: { notApplicable: 'a repository shows commits, not whether the account still works' },
      attributes: {
        accountKind: OF_THE_PLATFORM.test(name) ? 'system' : 'service',
        accountKindReasons: [bot.reason],
        email: bot.email,
      },
    }
    yield { from: key, verb: 'called', to: checkout.key, attributes: told(bot) }
  }
  for (const email of owners) {
    const key = personKey(email)
    if (!described.has(key))
      yield { kind: 'person', type: 'person', key, name: email, aliases: [email], attributes: { email } }
  }
}

/** Made by the code host for every repository; nobody here could answer for them. */
const OF_THE_PLATFORM = /^(dependabot|github-actions|web-flow|copilot|gitlab-bot)(\[bot\])?$/i

const told = ({ commits, first, last }: Committer) => ({
  commits,
  firstCommit: instant(first) ?? null,
  lastCommit: instant(last) ?? null,
})

/** SSH keys that signed the newest commits: the public key stands in the signature, so no program is asked. */
async function* signingKeys(git: Repository, run: Run): AsyncGenerator<Entity | Edge> {
  if (git.head === null) return
  const seen = new Map<string, { key: SshPublicKey; people: Set<string> }>()
  for await (const commit of gitRecords(
    git.place,
    ['log', '-z', '--format=raw', `--max-count=${MOST_SIGNATURES}`, git.head],
    '\0',
    { signal: run.signal },
  )) {
    const armour = /^gpgsig -----BEGIN SSH SIGNATURE-----\n([\s\S]+?)-----END SSH SIGNATURE-----/m.exec(commit)
    const email = parseAuthor(/^committer (.*?) \d+ [+-]\d+$/m.exec(commit)?.[1] ?? '')?.email
    if (!armour || !email) continue
    const blob = Buffer.from(armour[1]!.replace(/\s/g, ''), 'base64')
    if (blob.subarray(0, 6).toString('latin1') !== 'SSHSIG' || blob.length < 14) continue
    const key = describeBlob(blob.subarray(14, 14 + blob.readUInt32BE(10)))
    if (!key) continue
    const known = seen.get(key.fingerprint) ?? { key, people: new Set() }
    seen.set(key.fingerprint, known)
    known.people.add(email)
  }
  for (const { key: publicKey, people } of seen.values()) {
    const { fingerprint, keyType, bits } = publicKey
    const key = `ssh:${fingerprint}`
    yield {
      kind: 'credential',
      type: 'ssh_key',
      key,
      name: fingerprint,
      method: 'ssh-key',
      created: { unknown: 'an SSH key carries no date' },
      expires: { notApplicable: 'an SSH key has no end of its own' },
      aliases: [fingerprint],
      attributes: { signsCommits: true, keyType, ...(bits ? { bits } : {}) },
    }
    for (const email of people) yield { from: key, verb: 'authenticates', to: personKey(email) }
  }
}

/** Tokens in the addresses of remotes and in extra headers: plain text in `.git/config`, and in every copy of the folder. */
async function* remoteCredentials(checkout: Checkout, git: Repository, run: Run): AsyncGenerator<Entity | Edge> {
  const found: { setting: string; user: string | null; value: string; place: string }[] = []
  for (const { name, remote } of git.remotes) {
    const value =
      remote.password ??
      (remote.user && /^(gh[pousr]_|github_pat_|glpat-|x-token-)/.test(remote.user) ? remote.user : null)
    if (value)
      found.push({
        setting: `remote.${name}.url`,
        user: remote.password ? remote.user : null,
        value,
        place: remote.url,
      })
  }
  const headers = await gitLines(git.place, ['config', '--local', '-z', '--get-regexp', '^http\\..*\\.?extraheader$'], {
    signal: run.signal,
  }).catch(() => [])
  for (const header of headers) {
    const [setting = '', value = ''] = header.split('\n', 2)
    const match = /^authorization:\s*(basic|bearer|token)\s+(\S+)/i.exec(value)
    if (!match) continue
    const plain =
      match[1]!.toLowerCase() === 'basic'
        ? Buffer.from(match[2]!, 'base64')
            .toString('utf8')
            .replace(/^[^:]*:/, '')
        : match[2]!
    if (plain) found.push({ setting, user: null, value: plain, place: setting })
  }
  const seen = new Set<string>()
  for (const [at, { setting, user, value, place }] of found.slice(0, 50).entries()) {
    const fingerprint = run.fingerprint(value)
    const credential = `credential:${fingerprint}`
    if (!seen.has(credential)) {
      seen.add(credential)
      yield {
        kind: 'credential',
        type: 'secret_value',
        key: credential,
        name: `credential of ${place}`.slice(0, 300),
        method: 'token',
        fingerprint,
        attributes: {
          detector: 'git-remote-credential',
          provider: 'git',
          redacted: '…',
          severity: 'high',
          ...(user ? { user } : {}),
        },
      }
    }
    const key = shortKey(`${checkout.key}/config/${setting}${at}`)
    yield {
      kind: 'secret',
      type: 'git_remote_credential',
      key,
      name: `${setting} in ${checkout.name}`.slice(0, 300),
      fingerprint,
      attributes: { file: checkout.repository?.bare ? 'config' : '.git/config', setting, place },
    }
    yield { from: key, verb: 'holds', to: credential }
    yield { from: checkout.key, verb: 'contains', to: key }
  }
}

async function codeowners(checkout: Checkout, run: Run) {
  const emails = new Set<string>()
  const rules: { pattern: string; owners: string[]; line: number }[] = []
  let file = ''
  const isNamed = (path: string) => /^(\.github\/|\.gitlab\/|docs\/)?CODEOWNERS$/.test(path)
  for await (const { path, text } of texts(checkout, run, isNamed, { most: 3 << 20, quiet: true, counts: false })) {
    if (file !== '') break
    file = path
    for (const [at, line] of text.split('\n').entries()) {
      const [pattern, ...owners] = line
        .replace(/(^|\s)#.*$/, '')
        .trim()
        .split(/\s+/)
      if (!pattern || owners.length === 0 || pattern.startsWith('[')) continue
      if (rules.length < 200) rules.push({ pattern, owners: owners.slice(0, 20), line: at + 1 })
      for (const owner of owners) if (emails.size < 200 && parseAuthor(owner)) emails.add(owner.toLowerCase())
    }
  }
  const attributes: Entity['attributes'] = file === '' ? {} : { codeownersFile: file, codeowners: rules }
  return { emails, file, attributes }
}
