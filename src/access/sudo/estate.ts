/**
 * A sudoers policy in the compiled form. Of what fits a command the last entry decides, so each account holds a list, and an entry of it allows
 * what it is the last to speak of.
 */
import type { Known } from '../condition.ts'
import type { Grants, Policy } from '../model.ts'
import type { Verdict } from '../verdict.ts'
import type { Typed } from './commands.ts'
import { type Entry, SudoRules } from './policy.ts'
import type { Account, SudoInput } from './read.ts'

export interface SudoEstate {
  grants: Grants
  rules: SudoRules
  /** Who may ask and be asked for; without a passwd file, whoever is named. */
  accounts: readonly Account[]
  /** By account: the entries about it, in order. */
  lists: readonly List[]
  warnings: readonly string[]
}

export type List = readonly { entry: Entry; applies: Exclude<Verdict, 'no'> }[]

/** `(root) /usr/bin/less /var/log/syslog`. */
export const resourceOf = (target: string, { program, args }: Typed): string =>
  `(${target}) ${[program, ...args].join(' ')}`

const typedOf = (resource: string): { target: string; typed: Typed } => {
  const [, target = '', command = ''] = /^\((.*?)\) (.*)$/s.exec(resource) ?? []
  const [program = '', ...args] = command.split(' ')
  return { target, typed: { program, args } }
}

export function sudoEstate(input: SudoInput): SudoEstate {
  const rules = new SudoRules(input.files, input.host)
  const accounts = input.accounts ?? namedIn(rules)
  const byName = new Map(accounts.map((account) => [account.name, account]))
  const lists = accounts.map((account) => rules.entriesFor(account))
  // A word is the same for all whose list and settings are: policies are made once for each such list.
  const alike = Map.groupBy(accounts.keys(), (index) =>
    JSON.stringify([
      lists[index]!.map(({ entry, applies }) => [rules.entries.indexOf(entry), applies]),
      rules.usualTarget(accounts[index]!.name),
      selfRun(lists[index]!) ? index : 0,
    ]),
  )
  const groups = [...alike.values()]
  const held = groups.map((holders, at): Grants['held'][number] => {
    const list = lists[holders[0]!]!
    const policy: Policy = {
      name: accounts[holders[0]!]!.name,
      statements: list.flatMap(({ entry }, position) =>
        entry.command.negated
          ? []
          : [
              {
                effect: 'allow',
                actions: { not: false, patterns: ['run'] },
                resources: { not: false, patterns: ['*'] },
                condition: [
                  {
                    operator: 'bool',
                    over: undefined,
                    ifExists: false,
                    key: `${at} ${position}`,
                    values: ['true'],
                    written: { operator: 'the last word', key: `of ${entry.place}` },
                  },
                ],
                from: `${entry.place}: ${textOf(entry)}`,
              },
            ],
      ),
    }
    return { policy, holders }
  })
  const asked = new Map<string, readonly Verdict[]>()
  const last = (at: number, resource: string): readonly Verdict[] => {
    const key = `${at} ${resource}`
    const known = asked.get(key)
    if (known) return known
    const by = groups[at]![0]!
    const { target, typed } = typedOf(resource)
    const found = decisionsOf(
      rules,
      lists[by]!,
      byName.get(target) ?? { name: target, uid: null, groups: [] },
      accounts[by]!,
      typed,
    )
    if (asked.size > 1_000) asked.clear()
    asked.set(key, found)
    return found
  }
  return {
    grants: {
      principals: accounts.map(({ name }) => ({
        id: name,
        kind: name.startsWith('%') ? 'group' : 'account',
        scope: 'host',
        passesOwnCeiling: false,
        about: () => null,
      })),
      held,
      ceilings: [],
      doors: [],
      objectOf: (resource) => resource,
      scopeOf: () => undefined,
      about: (resource, key): Known => {
        const [at, position] = key.split(' ').map(Number)
        const verdict = last(at!, resource)[position!]
        return verdict === 'depends' ? undefined : [String(verdict === 'yes')]
      },
      always: () => undefined,
    },
    rules,
    accounts,
    lists,
    warnings: input.warnings,
  }
}

/** Entries whose target is whoever asks mean something else for each. */
const selfRun = (list: List): boolean => list.some(({ entry }) => entry.grant.runAs?.length === 0)

/** Of each entry of a list whether it is the last that speaks of this. */
export function decisionsOf(rules: SudoRules, list: List, target: Account, by: Account, typed: Typed): Verdict[] {
  const decides: Verdict[] = list.map(() => 'no')
  let open = false
  for (let at = list.length - 1; at >= 0; at--) {
    const { entry, applies } = list[at]!
    const fits = rules.fits(entry, target, by, typed)
    if (fits === 'no') continue
    const sure = fits === 'yes' && applies === 'yes'
    decides[at] = sure && !open ? 'yes' : 'depends'
    if (sure) break
    open = true
  }
  return decides
}

export const textOf = ({ grant, command }: Entry): string =>
  [
    `(${grant.runAs === null ? 'root' : [grant.runAs.map(written).join(', '), ...(grant.runAsGroups.length > 0 ? [grant.runAsGroups.map(written).join(', ')] : [])].join(' : ')})`,
    ...(grant.noPassword ? ['NOPASSWD:'] : []),
    ...(grant.noExec ? ['NOEXEC:'] : []),
    ...(grant.setEnv ? ['SETENV:'] : []),
    written(command),
  ].join(' ')

const written = ({ text, negated }: { text: string; negated: boolean }): string => `${negated ? '!' : ''}${text}`

/** Everybody that the files name, groups as one. */
function namedIn(rules: SudoRules): Account[] {
  const names = new Set<string>(['root'])
  for (const { grant } of rules.entries) {
    for (const { text } of rules.flat('User', grant.users)) names.add(text === 'ALL' ? EVERYBODY : text)
    for (const { text } of grant.runAs === null ? [] : rules.flat('Runas', grant.runAs))
      if (text !== 'ALL' && !/^[%+]/.test(text)) names.add(text)
  }
  return [...names].map((name) => {
    if (name === 'root') return { name, uid: 0, groups: [] }
    if (/^#\d+$/.test(name)) return { name, uid: Number(name.slice(1)), groups: [] }
    return { name, uid: null, groups: name.startsWith('%') ? [name.slice(1)] : [] }
  })
}

/** Whoever else there is. */
export const EVERYBODY = 'every account'
