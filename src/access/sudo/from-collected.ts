/** What sudo allows on each host, out of what was collected of it. */
import type { SudoGrant, SudoItem, SudoSetting } from '../../sdk/index.ts'
import type { Collected, CollectedNode } from '../collected.ts'
import { type SudoEstate, sudoEstate } from './estate.ts'
import type { Account } from './read.ts'

export interface CollectedHost {
  /** `host:web1`. */
  key: string
  estate: SudoEstate
  accountKey(name: string): string
}

const USER = 'linux_user'
const GROUP = 'linux_group'
const RULE = 'linux_sudo_rule'
const hostOf = (key: string): string => key.split('/')[0]!
const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
const itemOf = (text: string): SudoItem => ({ text: text.replace(/^!+/, ''), negated: text.startsWith('!') })

export function sudoFromCollected({ nodes, edges }: Collected): CollectedHost[] {
  const byKey = new Map(nodes.filter(({ type }) => [USER, GROUP, RULE].includes(type)).map((node) => [node.key, node]))
  const has = edges.filter(({ verb, from, to }) => verb === 'has' && byKey.has(from) && byKey.has(to))
  const hosts = Map.groupBy(byKey.values(), ({ key }) => hostOf(key))
  return [...hosts].flatMap(([key, own]): CollectedHost[] => {
    const rules = own.filter(({ type }) => type === RULE)
    if (rules.length === 0) return []
    const groups = Map.groupBy(
      has.filter(({ from, to }) => hostOf(from) === key && byKey.get(to)!.type === GROUP),
      ({ from }) => from,
    )
    const users = own.filter(({ type }) => type === USER)
    const accounts = users.map(
      (node): Account => ({
        name: accountOf(node),
        uid: typeof node.attributes['uid'] === 'number' ? node.attributes['uid'] : null,
        groups: (groups.get(node.key) ?? []).flatMap(({ to }) => {
          const { group, gid } = byKey.get(to)!.attributes
          return [String(group), `#${gid}`]
        }),
      }),
    )
    const holders = Map.groupBy(
      has.filter(({ to }) => byKey.get(to)!.type === RULE && hostOf(to) === key),
      ({ to }) => to,
    )
    // Each line a holder is named in, in sudo's order.
    const grants = rules
      .flatMap((rule) =>
        (holders.get(rule.key) ?? []).flatMap(({ from, attributes }) => {
          const orders = Array.isArray(attributes?.['orders']) ? attributes['orders'] : []
          const users = [
            itemOf(
              byKey.get(from)!.type === GROUP
                ? `%${byKey.get(from)!.attributes['group']}`
                : accountOf(byKey.get(from)!),
            ),
          ]
          return orders.map((order) => ({
            order: Number(order),
            grant: grantOf(rule, users, attributes ?? {}),
            file: String(attributes?.['file'] ?? 'sudoers'),
          }))
        }),
      )
      .sort((one, other) => one.order - other.order)
    const settings = (rules[0]!.attributes['settings'] ?? []) as SudoSetting[]
    const files = [
      { file: '', grants: [], aliases: [], defaults: [], settings, includes: [], unread: [] },
      ...grants.map(({ grant, file }) => ({
        file,
        grants: [grant],
        aliases: [],
        defaults: [],
        settings: [],
        includes: [],
        unread: [],
      })),
    ]
    const keys = new Map(users.map((node) => [accountOf(node), node.key]))
    return [
      {
        key,
        estate: sudoEstate({ files, accounts, host: key, warnings: [] }),
        accountKey: (name) => keys.get(name) ?? `${key}/user/${name}`,
      },
    ]
  })
}

const accountOf = ({ attributes, name }: CollectedNode): string =>
  typeof attributes['account'] === 'string' ? attributes['account'] : name

function grantOf({ attributes }: CollectedNode, users: SudoItem[], held: Readonly<Record<string, unknown>>): SudoGrant {
  const digests = new Set(Array.isArray(attributes['digests']) ? attributes['digests'] : [])
  const tag = (name: string): boolean | null => (typeof attributes[name] === 'boolean' ? attributes[name] : null)
  return {
    users,
    hosts: [{ text: 'ALL', negated: false }],
    runAs: textsIn(attributes['runAs']).map(itemOf),
    runAsGroups: [],
    commands: textsIn(attributes['commands']).map((text, at) => ({
      ...itemOf(text),
      ...(digests.has(at) && { digest: true as const }),
    })),
    noExec: tag('noExec'),
    setEnv: tag('setEnv'),
    timed: attributes['timed'] === true,
    noPassword: typeof held['noPassword'] === 'boolean' ? held['noPassword'] : null,
    line: Number(held['line'] ?? 0),
  }
}
