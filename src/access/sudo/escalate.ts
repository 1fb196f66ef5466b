import { bitsOf, emptyBits, setBit } from '../bits.ts'
import { Escalation, type Powers, type Way } from '../escalation.ts'
import { type RisingEdge, risingPaths } from '../rising-rows.ts'
import type { Verdict } from '../verdict.ts'
import { decisionsOf, type List, type SudoEstate, textOf } from './estate.ts'
import type { Entry } from './policy.ts'
import { type Probe, probesOf, typedOf } from './probes.ts'
import type { Account } from './read.ts'
import { MIGHTY_VARIABLE } from './shells.ts'

export interface SudoRow {
  principal: string
  /** Its uid is 0. */
  isAdmin: boolean
  paths: RisingEdge[][]
  /** What it may run, as the files say it, exceptions included; the last that fits decides. */
  runs: { command: string; place: string; noPassword: boolean }[]
  /** Why the answer is not whole. */
  unknown?: string[]
}

/** What each account may run by sudo, and whose place that gives it. */
export function riseSudo(estate: SudoEstate): { rows: SudoRow[]; warnings: readonly string[] } {
  const { accounts, lists } = estate
  const escalation = new Escalation(sudoPowers(estate))
  const names = accounts.map(({ name }) => name)
  const rows = accounts.map((account, index): SudoRow => {
    const isAdmin = account.uid === 0
    const unknown = lists[index]!.filter(({ applies }) => applies === 'depends').map(
      ({ entry }) => `${entry.place}: whether it is about this host or account cannot be told from the files`,
    )
    return {
      principal: account.name,
      isAdmin,
      paths: isAdmin ? [] : risingPaths(escalation, names, index),
      runs: lists[index]!.map(({ entry }) => ({
        command: textOf(entry),
        place: entry.place,
        noPassword: isFree(estate, entry, account),
      })),
      ...(unknown.length > 0 && { unknown: [...new Set(unknown)] }),
    }
  })
  return { rows, warnings: estate.warnings }
}

export function sudoPowers(estate: SudoEstate): Powers {
  const { accounts, lists } = estate
  const size = accounts.length
  const become: Way[][] = Array.from({ length: size }, () => [])
  const targets = targetsOf(estate)
  const ways = new Map<string, { way: Way; sure: number[]; possible: number[] }>()
  for (const [index, account] of accounts.entries()) {
    if (account.uid === 0) continue
    for (const [position, { entry }] of lists[index]!.entries()) {
      if (entry.command.negated) continue
      for (const to of targets) {
        if (to === index || estate.rules.runsAs(entry, accounts[to]!, account) === 'no') continue
        const opened = opens(estate, lists[index]!, position, accounts[to]!, account)
        if (opened === undefined) continue
        const key = JSON.stringify([to, entry.place, textOf(entry), opened])
        const known = ways.get(key) ?? { way: wayOf(entry, opened), sure: [], possible: [] }
        ways.set(key, known)
        known.possible.push(index)
        if (opened.dependsOn.length === 0) known.sure.push(index)
        if (known.possible.length === 1) become[to]!.push(known.way)
      }
    }
  }
  for (const { way, sure, possible } of ways.values())
    way.who = { sure: bitsOf(size, sure), possible: bitsOf(size, possible) }
  const admins = emptyBits(size)
  for (const [index, { uid }] of accounts.entries()) if (uid === 0) setBit(admins, index)
  return { size, become, strengthen: accounts.map(() => []), make: [], admins, targets: [] }
}

interface Opened {
  how: string
  asks: string
  dependsOn: string[]
}

const wayOf = (entry: Entry, { how, asks, dependsOn }: Opened): Way => ({
  who: { sure: emptyBits(0), possible: emptyBits(0) },
  actions: [`sudo ${entry.command.text}`],
  object: `${entry.place}: ${textOf(entry)}: ${how}${asks}`,
  dependsOn: () => dependsOn,
})

/** Does this entry of the list give the target's place, and how? The surest way of it. */
function opens(estate: SudoEstate, list: List, position: number, target: Account, by: Account): Opened | undefined {
  const { rules } = estate
  const { entry } = list[position]!
  const probes = [...probesOf(entry.command), ...byEnvironment(estate, entry, by)]
  let best: Opened | undefined
  for (const { typed, told } of probes) {
    const verdict = decisionsOf(rules, list, target, by, typed)[position]!
    if (verdict === 'no') continue
    const dependsOn = [
      ...(told.dependsOn === undefined ? [] : [told.dependsOn]),
      ...reasons(estate, verdict, entry, list, position, by),
    ]
    const opened = { how: told.how, asks: askingFor(estate, entry, by, dependsOn), dependsOn }
    if (best === undefined || opened.dependsOn.length < best.dependsOn.length) best = opened
    if (best.dependsOn.length === 0) break
  }
  return best
}

function reasons(
  estate: SudoEstate,
  verdict: Verdict,
  entry: Entry,
  list: List,
  position: number,
  by: Account,
): string[] {
  const found: string[] = []
  if (verdict === 'depends') {
    if (entry.command.digest) found.push('whether the program has the digest that is asked for')
    if (entry.grant.timed) found.push('whether it is between the dates that the entry gives')
    if (list[position]!.applies === 'depends') found.push(`whether ${entry.place} is about this host and account`)
    if (found.length === 0) found.push('whether a later entry speaks of it')
  }
  if (entry.grant.noExec ?? estate.rules.setting('noexec', by.name) === true)
    found.push('what it can do without running another program (NOEXEC): writing files is left')
  return found
}

/** Whose password it takes; the target's own would be nothing new to have. */
function askingFor(estate: SudoEstate, entry: Entry, by: Account, dependsOn: string[]): string {
  if (isFree(estate, entry, by)) return ', without a password'
  for (const [name, whose] of [
    ['rootpw', 'root'],
    ['targetpw', 'the target'],
    ['runaspw', 'the usual target'],
  ] as const)
    if (estate.rules.setting(name, by.name) === true) {
      dependsOn.push(`whether it knows the password of ${whose} (${name})`)
      return ''
    }
  return ', with its own password'
}

const isFree = ({ rules }: SudoEstate, { grant }: Entry, by: Account): boolean =>
  grant.noPassword ?? rules.setting('authenticate', by.name) === false

/** Who may say what the environment is makes any program load what it likes. */
function byEnvironment({ rules }: SudoEstate, entry: Entry, by: Account): Probe[] {
  const typed = typedOf(entry.command)
  if (typed === null || entry.command.text === 'ALL') return []
  const sets = entry.grant.setEnv ?? rules.setting('setenv', by.name) === true
  const kept = rules.listed('env_keep', by.name).filter((name) => MIGHTY_VARIABLE.test(name))
  if (sets)
    return [{ typed, told: { how: 'loads a library of its caller by LD_PRELOAD, since the environment may be set' } }]
  const [first] = kept.toSorted((one, other) => Number(!one.startsWith('LD_')) - Number(!other.startsWith('LD_')))
  if (first === undefined) return []
  const how = `does as its caller says by ${first}, which env_keep leaves`
  return [{ typed, told: first.startsWith('LD_') ? { how } : { how, dependsOn: `whether the program heeds ${first}` } }]
}

/** Whose place is worth taking: root's, and those that a list names; who may be anybody may be root. */
function targetsOf({ accounts, rules }: SudoEstate): number[] {
  const named = new Set<string>()
  for (const { grant } of rules.entries)
    for (const { text, negated } of grant.runAs === null ? [] : rules.flat('Runas', grant.runAs))
      if (!negated) named.add(text)
  const usual = new Set(accounts.map(({ name }) => rules.usualTarget(name)))
  return accounts.flatMap(({ name, uid, groups }, index) =>
    uid === 0 ||
    usual.has(name) ||
    named.has(name) ||
    named.has(`#${uid}`) ||
    groups.some((group) => named.has(`%${group}`))
      ? [index]
      : [],
  )
}
