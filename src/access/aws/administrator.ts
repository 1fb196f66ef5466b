import { type Bits, emptyBits, hasBit, setBit } from '../bits.ts'
import type { Compiled } from '../compile.ts'
import { globMatches } from '../glob.ts'
import type { Policy, Statement } from '../model.ts'
import { whoCan } from '../who-can.ts'
import type { Holder } from './estate.ts'

/** Everything on everything, whatever the request says; also in two halves, such as `iam:*` and everything but `iam:*`. */
export function allowsEverything(policies: readonly Policy[]): boolean {
  const statements = policies.flatMap((policy) => policy.statements).filter(isOpen)
  const allowed = statements
    .filter(({ actions }) => !actions.not)
    .flatMap(({ actions }) => actions.patterns.map((one) => one.toLowerCase()))
  const covers = (pattern: string) => allowed.some((one) => globMatches(one, pattern))
  return (
    allowed.some((pattern) => pattern === '*' || pattern === '*:*') ||
    statements.some(({ actions }) => actions.not && actions.patterns.every((one) => covers(one.toLowerCase())))
  )
}

const isOpen = ({ effect, resources, condition }: Statement): boolean =>
  effect === 'allow' &&
  condition.length === 0 &&
  (resources.not ? resources.patterns.length === 0 : resources.patterns.includes('*'))

export const deniesAnything = (policies: readonly Policy[]): boolean =>
  policies.some(({ statements }) => statements.some(({ effect }) => effect === 'deny'))

/** What an organization must leave for somebody in it to rule his account: giving out permissions and taking places. */
const RULING = [
  'iam:AttachRolePolicy',
  'iam:AttachUserPolicy',
  'iam:PutRolePolicy',
  'iam:PutUserPolicy',
  'iam:CreateAccessKey',
  'sts:AssumeRole',
]

/** Whom no boundary, no denial and no organization keeps from ruling his account, were he given everything. */
export function unbound(holder: Holder): boolean {
  return holder.boundary === undefined && !deniesAnything(holder.policies)
}

/** Administrators: everything on everything now, nothing denied, no boundary, and an organization that leaves it to them. */
export function administrators(compiled: Compiled, holders: readonly Holder[]): Bits {
  const admins = emptyBits(compiled.size)
  const able = holders
    .map((holder, index) => (unbound(holder) && allowsEverything(holder.policies) ? index : -1))
    .filter((index) => index >= 0)
  if (able.length === 0) return admins
  const ruling = rulers(compiled)
  for (const index of able) if (ruling(index, holders[index]!.account)) setBit(admins, index)
  return admins
}

/** Does the organization leave ruling to somebody? Asked once for each account, of an object in it that has no policy of its own. */
export function rulers(compiled: Compiled): (index: number, account: string) => boolean {
  const asked = new Map<string, Bits>()
  return (index, account) => {
    if (compiled.ceilings.every(({ kind }) => kind === 'own')) return true
    let able = asked.get(account)
    if (able === undefined) {
      able = compiled.everyone.slice()
      for (const action of RULING) {
        const type = /User|Key/.test(action) ? 'user' : 'role'
        const { sure } = whoCan(compiled, { action, resource: `arn:aws:iam::${account}:${type}/reeve`, granted: true })
        for (let word = 0; word < able.length; word++) able[word]! &= sure[word]!
      }
      asked.set(account, able)
    }
    return hasBit(able, index)
  }
}
