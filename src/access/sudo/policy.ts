/** What a sudoers policy means for one account, one target and one command: of all that fits, the last decides. */
import type { SudoAliasKind, SudoGrant, SudoItem, SudoSetting } from '../../sdk/index.ts'
import { both, type Verdict, verdictOf } from '../verdict.ts'
import { commandFits, shellMatches, type Typed } from './commands.ts'
import type { Account, SudoersFile } from './read.ts'

/** One command of one line, aliases resolved, with whom and where it is about. */
export interface Entry {
  grant: SudoGrant
  command: SudoItem
  file: string
  /** For people: `sudoers:12`. */
  place: string
}

/** IPv4 or IPv6, alone or with a mask; `db1` is a name. */
const ADDRESS = /^\d+(?:\.\d+){3}(?:\/[\d.]+)?$|^[\da-f]*:[\da-f:.]*(?:\/\d+)?$/i

/** So many items are made of aliases within aliases. */
const MOST_ITEMS = 5_000

export class SudoRules {
  readonly entries: readonly Entry[]
  readonly settings: readonly SudoSetting[]
  /** Host lists that nobody here can say of whether they mean the host. */
  readonly unsure = new Set<SudoGrant>()
  readonly #aliases = new Map<string, readonly SudoItem[]>()
  readonly #flat = new WeakMap<readonly SudoItem[], readonly SudoItem[]>()

  constructor(files: readonly SudoersFile[], host: string | null) {
    for (const { aliases } of files)
      for (const { kind, name, items } of aliases) this.#aliases.set(`${kind} ${name}`, items)
    this.settings = files.flatMap(({ settings }) => settings)
    this.entries = files.flatMap(({ grants, file }) =>
      grants.flatMap((grant) => {
        const here = this.#isHere(grant.hosts, host)
        if (here === 'no') return []
        if (here === 'depends') this.unsure.add(grant)
        return this.flat('Cmnd', grant.commands).map((command) => ({
          grant,
          command,
          file,
          place: `${file}:${grant.line}`,
        }))
      }),
    )
  }

  /** The items of a list, aliases replaced by what they hold; an alias within itself holds nothing. */
  flat(kind: SudoAliasKind, items: readonly SudoItem[]): readonly SudoItem[] {
    const known = this.#flat.get(items)
    if (known) return known
    const flat: SudoItem[] = []
    const visit = (list: readonly SudoItem[], turned: boolean, open: ReadonlySet<string>): void => {
      for (const item of list) {
        if (flat.length >= MOST_ITEMS) return
        const alias = this.#aliases.get(`${kind} ${item.text}`)
        if (!alias) flat.push({ ...item, negated: item.negated !== turned })
        else if (!open.has(item.text)) visit(alias, item.negated !== turned, new Set([...open, item.text]))
      }
    }
    visit(items, false, new Set())
    this.#flat.set(items, flat)
    return flat
  }

  /** The entries that speak of an account, in order. Netgroups are asked of nobody: such entries depend. */
  entriesFor(account: Account): { entry: Entry; applies: Exclude<Verdict, 'no'> }[] {
    const said = new Map<SudoGrant['users'], Verdict>()
    return this.entries.flatMap((entry) => {
      const { users } = entry.grant
      const known = said.get(users) ?? lastOf(this.flat('User', users), (item) => accountFits(item.text, account))
      said.set(users, known)
      const applies = both(known, this.unsure.has(entry.grant) ? 'depends' : 'yes')
      return applies === 'no' ? [] : [{ entry, applies }]
    })
  }

  /** May it be run as the target? `by`: who runs it. Without a word of whom, as the one that `runas_default` names. */
  runsAs({ grant: { runAs, runAsGroups } }: Entry, target: Account, by: Account): Verdict {
    if (runAs === null) return verdictOf(target.name === this.usualTarget(by.name))
    if (runAs.length === 0) return verdictOf(runAsGroups.length > 0 && target.name === by.name)
    return lastOf(this.flat('Runas', runAs), (item) => accountFits(item.text, target))
  }

  /** Does the entry speak of this command as this target, whatever it says of it? */
  fits(entry: Entry, target: Account, by: Account, typed: Typed): Verdict {
    const who = this.runsAs(entry, target, by)
    return who === 'no'
      ? 'no'
      : both(both(who, entry.grant.timed ? 'depends' : 'yes'), commandFits(entry.command, typed))
  }

  /** A setting as it holds for an account: the last word, of all or of it. */
  setting(name: string, account: string): boolean | string | undefined {
    return this.settings.findLast((one) => one.name === name && this.#isFor(one, account))?.value
  }

  /** All values that were added to a list. */
  listed(name: string, account: string): string[] {
    const values = new Set<string>()
    for (const { name: said, value, operator, ...scope } of this.settings) {
      if (said !== name || !this.#isFor(scope, account)) continue
      if (operator === '=') values.clear()
      for (const one of typeof value === 'string' ? value.split(/\s+/) : [])
        if (operator === '-=') values.delete(one)
        else values.add(one)
    }
    return [...values]
  }

  usualTarget(account: string): string {
    const said = this.setting('runas_default', account)
    return typeof said === 'string' && said !== '' ? said : 'root'
  }

  #isFor({ scope, of }: Pick<SudoSetting, 'scope' | 'of'>, account: string): boolean {
    if (scope === '') return true
    return (
      scope === ':' &&
      this.flat('User', [{ text: of, negated: false }]).some((item) => item.text === account && !item.negated)
    )
  }

  #isHere(hosts: readonly SudoItem[], host: string | null): Verdict {
    return lastOf(this.flat('Host', hosts), ({ text }) => {
      if (text === 'ALL') return 'yes'
      if (host === null || text.startsWith('+') || ADDRESS.test(text)) return 'depends'
      const [short] = host.split('.')
      return verdictOf([host, short!].some((one) => shellMatches(text.toLowerCase(), one.toLowerCase(), false)))
    })
  }
}

/** Of the items that fit, the last decides; one that may fit leaves it open. */
function lastOf(items: readonly SudoItem[], fits: (item: SudoItem) => Verdict): Verdict {
  let open: Verdict | undefined
  for (const item of items.toReversed()) {
    const found = fits(item)
    if (found === 'no') continue
    const said = verdictOf(!item.negated)
    if (found === 'yes') return open === undefined || open === said ? said : 'depends'
    open = open === undefined || open === said ? said : 'depends'
  }
  return open === undefined || open === 'no' ? 'no' : 'depends'
}

export function accountFits(text: string, { name, uid, groups }: Account): Verdict {
  if (text === 'ALL') return 'yes'
  if (text.startsWith('+')) return 'depends'
  if (text.startsWith('%:')) return 'depends'
  if (text.startsWith('%')) return verdictOf(groups.includes(text.slice(1)))
  if (text.startsWith('#')) return verdictOf(uid !== null && Number(text.slice(1)) === uid)
  return verdictOf(text === name)
}
