/** What a change of somebody's policies would change, for him and for everybody who could take his place; nothing is changed. */
import { ReeveError } from '../../sdk/index.ts'
import { compile } from '../compile.ts'
import { decide } from '../decide.ts'
import type { RisingEdge } from '../rising-rows.ts'
import { readDocument } from './document.ts'
import { type EscalationRow, escalate } from './escalate.ts'
import { type AwsEstate, awsEstate } from './estate.ts'
import { findPrincipal, type Granted, whatCan } from './inquire.ts'
import type { Call } from './read-used.ts'
import { callsOf } from './use.ts'
import type { AwsWorld } from './world.ts'

/** `add`: beside all it holds. `replace`: instead of the policies it holds itself or has attached; those of its groups stay. */
export interface Proposal {
  policy: unknown
  mode: 'add' | 'replace'
}

export interface GrantChange {
  gained: Granted[]
  lost: Granted[]
}

export interface PathChange {
  principal: string
  path: RisingEdge[]
}

export interface WhatIf extends GrantChange {
  /** Is it an administrator before and after? Null: not known. */
  isAdmin: { before: boolean | null; after: boolean | null }
  appear: PathChange[]
  vanish: PathChange[]
  /** Calls that were seen and would not be allowed any more. */
  broken: Call[]
  observed: number
}

/** Throws `access/policy` for a document that cannot be read. */
export async function whatIf(
  world: AwsWorld,
  index: number,
  proposal: Proposal,
  before: readonly EscalationRow[],
): Promise<WhatIf> {
  const { arn } = world.aws.holders[index]!
  const estate = proposed(world, arn, proposal)
  const after = (await escalate(estate)).rows
  const at = findPrincipal(estate, arn)
  const [had, has] = [await whatCan(world.aws, index), await whatCan(estate, at)]
  const [compiled, calls] = [compile(estate.grants), callsOf(world, index)]
  const broken = calls.filter(({ action, resource = '*' }) => {
    const question = { action, resource }
    return (
      decide(world.aws.grants, index, question).verdict !== 'no' &&
      decide(compiled.grants, at, question).verdict === 'no'
    )
  })
  const admin = (rows: readonly EscalationRow[]) => rows.find(({ principal }) => principal === arn)?.isAdmin ?? null
  return {
    ...grantChange(had, has),
    isAdmin: { before: admin(before), after: admin(after) },
    appear: pathsBeyond(after, before),
    vanish: pathsBeyond(before, after),
    broken,
    observed: calls.length,
  }
}

function proposed({ input }: AwsWorld, arn: string, { policy, mode }: Proposal): AwsEstate {
  const read = readDocument('the proposed policy', policy)
  if ('unreadable' in read) throw new ReeveError('access/policy', `reading a policy: ${read.unreadable}`)
  const document = { PolicyName: 'the proposed policy', PolicyDocument: policy }
  const { details } = input
  const attached = <One extends { Arn: string; AttachedManagedPolicies: { PolicyArn: string }[] }>(one: One): One =>
    one.Arn === arn && mode === 'replace' ? { ...one, AttachedManagedPolicies: [] } : one
  const held = <One extends { PolicyName: string }>(list: readonly One[]): One[] => [
    ...(mode === 'add' ? list : []),
    document as unknown as One,
  ]
  return awsEstate({
    ...input,
    details: {
      ...details,
      UserDetailList: details.UserDetailList.map((one) =>
        one.Arn === arn ? { ...attached(one), UserPolicyList: held(one.UserPolicyList) } : one,
      ),
      RoleDetailList: details.RoleDetailList.map((one) =>
        one.Arn === arn ? { ...attached(one), RolePolicyList: held(one.RolePolicyList) } : one,
      ),
    },
  })
}

/** Paths of `rows` that are not among `others`, by who, what and to where. */
function pathsBeyond(rows: readonly EscalationRow[], others: readonly EscalationRow[]): PathChange[] {
  const known = new Set(others.flatMap(({ principal, paths }) => paths.map((path) => nameOf(principal, path))))
  return rows.flatMap(({ principal, paths }) =>
    paths.filter((path) => !known.has(nameOf(principal, path))).map((path) => ({ principal, path })),
  )
}

const nameOf = (principal: string, path: readonly RisingEdge[]): string =>
  JSON.stringify([principal, path.map(({ to, actions, object }) => [to, actions, object])])

/** What one list of grants has beyond another, action by action and object by object. */
export function grantChange(before: readonly Granted[], after: readonly Granted[]): GrantChange {
  return { gained: beyond(after, before), lost: beyond(before, after) }
}

function beyond(list: readonly Granted[], other: readonly Granted[]): Granted[] {
  const known = new Map(other.map((one) => [one.action, one]))
  if (other.some(({ action, on }) => action === '*' && on.includes('*'))) return []
  return list.flatMap((one) => {
    const had = known.get(one.action)
    if (had === undefined) return [one]
    const on = had.on.includes('*') ? [] : one.on.filter((object) => !had.on.includes(object))
    const freed = had.except.filter(
      (object) => !one.except.includes(object) && one.on.some((wanted) => had.on.includes(wanted)),
    )
    return on.length > 0 ? [{ ...one, on }] : freed.length > 0 ? [{ ...one, on: freed }] : []
  })
}
