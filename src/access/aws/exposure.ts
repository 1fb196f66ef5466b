/** What lets in whoever is not of its own account: everybody, other accounts, federations. */
import { holds } from '../condition.ts'
import type { Grants, Statement } from '../model.ts'
import { arnOf } from './arn.ts'
import type { AwsWorld } from './world.ts'

export interface Exposure {
  object: string
  who: string
  kind: 'everybody' | 'account' | 'principal' | 'federation'
  /** Of an account or one in it: is it among those that were read? */
  ours: boolean
  actions: string[]
  verdict: 'yes' | 'depends'
  dependsOn: string[]
  from: string
}

/** Every statement of a resource's policy or a role's trust that opens it to others than its own account. */
export const exposures = ({ aws }: AwsWorld): Exposure[] => exposuresOf(aws.grants)

export function exposuresOf(grants: Grants): Exposure[] {
  const known = new Set(grants.principals.map(({ id }) => id))
  const scopes = new Set(grants.principals.map(({ scope }) => scope))
  return grants.doors.flatMap(({ object, scope, policies }) => {
    if (object === '*') return []
    const denies = policies.flatMap(({ statements }) => statements).filter(({ effect }) => effect === 'deny')
    return policies
      .flatMap(({ statements }) => statements)
      .filter(({ effect }) => effect === 'allow')
      .flatMap((statement): Exposure[] => {
        const { who, actions, from } = statement
        if (who === undefined || closed(statement, denies)) return []
        const open = statement.condition.length === 0
        const rest = {
          object,
          actions: actions.not ? [`everything but ${actions.patterns.join(', ')}`] : [...actions.patterns],
          verdict: open ? ('yes' as const) : ('depends' as const),
          dependsOn: statement.condition.map(
            ({ written: { operator, key }, values }) => `${key} (${operator} ${values.join(', ')})`,
          ),
          from,
        }
        const rows: Exposure[] = []
        if ((who.anyone || who.not) && !staysHome(statement, scope))
          rows.push({ ...rest, kind: 'everybody', who: '*', ours: false })
        for (const account of who.not ? [] : who.scopes)
          if (account !== scope) rows.push({ ...rest, kind: 'account', who: account, ours: scopes.has(account) })
        for (const id of who.not ? [] : who.ids) {
          const account = arnOf(id).account
          if (account !== scope && account !== '')
            rows.push({ ...rest, kind: 'principal', who: id, ours: known.has(id) })
        }
        for (const one of who.federations) rows.push({ ...rest, kind: 'federation', who: one, ours: false })
        return rows
      })
  })
}

/** Conditions that leave nobody but those of one's own account. */
const staysHome = ({ condition }: Statement, account: string): boolean =>
  condition.some(
    ({ operator, key, values, ifExists }) =>
      !ifExists &&
      /^(string|arn)(equals|like)/.test(operator) &&
      /^aws:(principalaccount|sourceaccount|resourceaccount)$/.test(key) &&
      values.every((one) => one === account),
  )

/** A denial of everybody, of all it allows, whatever the request says. */
const closed = ({ actions }: Statement, denies: readonly Statement[]): boolean =>
  denies.some(
    (deny) =>
      deny.who?.anyone === true &&
      holds(deny.condition, () => undefined) === 'yes' &&
      !deny.actions.not &&
      (deny.actions.patterns.some((one) => one === '*') ||
        (!actions.not && actions.patterns.every((one) => deny.actions.patterns.includes(one)))),
  )
