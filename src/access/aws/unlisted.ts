import type { Policy } from '../model.ts'
import { loadActions } from './actions.ts'
import type { AwsEstate } from './estate.ts'

/** Actions that policies name in full and AWS does not list: new, retired or misspelt. They are asked like any other. */
export async function unlistedActions({ grants }: AwsEstate): Promise<string[]> {
  const policies: Policy[] = [
    ...grants.held.map(({ policy }) => policy),
    ...grants.ceilings.flatMap((one) => one.policies),
  ]
  const named = new Map<string, string>()
  for (const { statements } of policies)
    for (const { actions, from } of statements)
      for (const action of actions.patterns) if (!/[*?]/.test(action) && !named.has(action)) named.set(action, from)
  const book = await loadActions(named.keys())
  return [...named].flatMap(([action, from]) =>
    book.nameOf(action) === undefined ? [`${from}: ${action} is not among the actions that AWS lists`] : [],
  )
}
