import type { SudoAliasKind as AliasKind, SudoItem as Item, Sudoers } from '../../sdk/index.ts'
import type { Accounts, Passwd } from './accounts.ts'

/** IPv4 or IPv6, alone or with a mask; `db1` is a name. */
const ADDRESS = /^\d+(?:\.\d+){3}(?:\/[\d.]+)?$|^[\da-f]*:[\da-f:.]*(?:\/\d+)?$/i

/** Answers who and what a sudoers policy means, aliases resolved. */
export class SudoPolicy {
  readonly #aliases = new Map<string, Item[]>()
  readonly #answers = new Map<string, boolean | null>()
  readonly #groups = new Map<string, Set<string>>()
  readonly accounts: Accounts

  constructor(files: readonly Sudoers[], accounts: Accounts) {
    this.accounts = accounts
    for (const file of files)
      for (const { kind, name, items } of file.aliases) this.#aliases.set(`${kind} ${name}`, items)
    for (const user of accounts.users) this.#groups.set(user.name, groupsOf(user, accounts))
  }

  /** Is the account in the list? The last item that matches decides. */
  includes(items: readonly Item[], user: Passwd): boolean {
    return (
      this.#match('User', items, user.name, (text) => matchesUser(text, user, this.#groups.get(user.name)!)) === true
    )
  }

  /** Does a host list mean this host? Null where addresses or netgroups would have to be asked. */
  appliesTo(items: readonly Item[], hostname: string): boolean | null {
    const short = hostname.split('.')[0]!
    let answer = false
    let unsure = false
    for (const { text, negated } of this.flatten('Host', items, 1000)) {
      if (text.startsWith('+') || ADDRESS.test(text)) unsure = true
      else if (text === 'ALL' || wildcard(text).test(hostname) || wildcard(text).test(short)) answer = !negated
    }
    return answer ? true : unsure ? null : false
  }

  /** The items of a list with aliases replaced by what they hold, at most `most`. */
  flatten(kind: AliasKind, items: readonly Item[], most = 200): Item[] {
    const flat: Item[] = []
    let steps = 0
    const visit = (list: readonly Item[], negated: boolean, open: ReadonlySet<string>) => {
      for (const item of list) {
        if (flat.length >= most || ++steps > 20 * most) return
        const alias = this.#aliases.get(`${kind} ${item.text}`)
        if (!alias) flat.push({ ...item, negated: item.negated !== negated })
        else if (!open.has(item.text)) visit(alias, item.negated !== negated, new Set([...open, item.text]))
      }
    }
    visit(items, false, new Set())
    return flat
  }

  /** Null: nothing in the list is about the subject. Answers per alias are kept, so that nested aliases cost once. */
  #match(kind: AliasKind, items: readonly Item[], subject: string, test: (text: string) => boolean): boolean | null {
    let answer: boolean | null = null
    for (const { text, negated } of items) {
      const alias = this.#aliases.get(`${kind} ${text}`)
      let found: boolean | null
      if (alias) {
        const id = `${kind} ${text} ${subject}`
        if (!this.#answers.has(id)) {
          this.#answers.set(id, null)
          this.#answers.set(id, this.#match(kind, alias, subject, test))
        }
        found = this.#answers.get(id)!
      } else found = test(text) ? true : null
      if (found !== null) answer = found !== negated
    }
    return answer
  }
}

function matchesUser(text: string, user: Passwd, groups: ReadonlySet<string>): boolean {
  if (text === 'ALL') return true
  if (text.startsWith('%#')) return groups.has(`#${text.slice(2)}`)
  if (text.startsWith('%')) return groups.has(text.slice(1))
  return text.startsWith('#') ? text.slice(1) === String(user.uid) : text === user.name
}

const groupsOf = (user: Passwd, accounts: Accounts): Set<string> =>
  new Set(
    accounts.groups
      .filter((group) => group.gid === user.gid || group.members.includes(user.name))
      .flatMap((group) => [group.name, `#${group.gid}`]),
  )

const wildcard = (text: string): RegExp =>
  new RegExp(
    `^${text
      .slice(0, 255)
      .replace(/\*+/g, '*')
      .replace(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  )

/** Programs that run, write or load whatever they are told to: to be allowed one freely is to be root. */
const RUNS_ANYTHING = new Set(
  'sh bash dash zsh ksh csh tcsh fish su sudo env vi vim vim.basic view nvim nano pico emacs ed ex less more most man pager find awk gawk mawk nawk perl perl5 python python2 python3 ruby lua node php tclsh expect gdb strace ltrace tar zip rsync scp ssh sftp ftp git make gcc cp mv ln install dd tee chmod chown chgrp mount docker podman nerdctl ctr kubectl lxc systemctl systemd-run journalctl service apt apt-get aptitude dpkg yum dnf rpm zypper snap pip pip3 npm gem cargo passwd chpasswd usermod useradd visudo vipw crontab at nmap socat nc ncat screen tmux script xargs watch nohup nice ionice timeout time taskset setarch unshare nsenter chroot start-stop-daemon sed sort insmod modprobe openssl curl wget mysql psql sqlite3 ansible ansible-playbook'.split(
    ' ',
  ),
)

/** Why the commands make their holder root; null when they do not, as far as can be told. */
export function rootBy(commands: readonly Item[]): string | null {
  const allowed = commands.filter((command) => !command.negated)
  const excluded = commands.length - allowed.length
  if (allowed.some((command) => command.text === 'ALL'))
    return excluded === 0
      ? 'any command is allowed'
      : 'any command is allowed, and a list of exceptions is easily got round'
  for (const { text } of allowed) {
    const [program, ...args] = text.split(/\s+/)
    if (program!.endsWith('/')) return `any program in ${program} is allowed`
    const name = program!.slice(program!.lastIndexOf('/') + 1)
    const free = args.length === 0 || args.some((arg) => arg.includes('*'))
    if (free && /^[a-z0-9]*\*/.test(name)) return `${program} is allowed, which many programs match`
    if (free && RUNS_ANYTHING.has(name))
      return `${program} is allowed with any arguments, and it can run or change anything`
  }
  return null
}
