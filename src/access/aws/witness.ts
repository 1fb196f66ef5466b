import { type Bits, bitsOf, hasBit } from '../bits.ts'
import type { Compiled } from '../compile.ts'
import { globMatches } from '../glob.ts'
import type { Rule } from '../rules.ts'
import { arnOf, arnText } from './arn.ts'

/**
 * A new object can have any name. To ask whether somebody can make one, names are tried that his policies speak of: one nobody
 * speaks of, and one out of each pattern that fits the kind. A name for which all is allowed proves that it can be done.
 */
export function witnesses(compiled: Compiled, template: string, account: string, actions: readonly string[]): string[] {
  const kind = template
    .replaceAll('${Partition}', 'aws')
    .replaceAll('${Region}', '*')
    .replaceAll('${Account}', account)
    .replaceAll(/\$\{[^}]*\}/g, '*')
  const found = new Set([madeFrom('*', kind)!])
  const rules = actions.map((action) => compiled.held.for(action.toLowerCase()).rules.filter((rule) => rule.allow))
  const all = rules
    .map((list) => speakers(compiled.size, list))
    .reduce((one, other) => one.map((word, at) => word & other[at]!))
  for (const rule of rules.flat()) {
    if (rule.resources.not || rule.resources.everything || !isAmong(rule, all)) continue
    for (const pattern of [...rule.resources.whole, ...rule.resources.globs]) {
      const name = madeFrom(pattern, kind)
      if (name !== undefined) found.add(name)
    }
  }
  return [...found]
}

const speakers = (size: number, rules: readonly Rule[]): Bits =>
  rules.reduce(
    (all, { members }) => {
      const bits = members instanceof Uint32Array ? members : bitsOf(size, members)
      return all.map((word, at) => word | bits[at]!)
    },
    bitsOf(size, []),
  )

const isAmong = ({ members }: Rule, bits: Bits): boolean =>
  members instanceof Uint32Array
    ? members.some((word, at) => (word & bits[at]!) !== 0)
    : members.some((one) => hasBit(bits, one))

/** A name that fits both the pattern and the kind, or nothing when this way finds none. */
function madeFrom(pattern: string, kind: string): string | undefined {
  const [of, wanted] = [arnOf(kind), arnOf(pattern)]
  const isWild = (text: string) => text === '' || text.includes('*') || text.includes('?')
  const fill = (text: string) => text.replaceAll('*', 'reeve').replaceAll('?', 'r')
  const tail = pattern === '*' || wanted.resource === '*' || wanted.resource === '' ? of.resource : wanted.resource
  const name = arnText({
    partition: isWild(wanted.partition) ? of.partition : wanted.partition,
    service: of.service,
    region: isWild(of.region) && of.region !== '' ? (isWild(wanted.region) ? 'us-east-1' : wanted.region) : of.region,
    account: of.account,
    resource: fill(globMatches(of.resource, fill(tail)) ? tail : of.resource),
  })
  return globMatches(kind, name) && globMatches(pattern, name) ? name : undefined
}
