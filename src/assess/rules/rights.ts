/** How rules read what a grant allows and what was seen to be done with it. */
import type { Edge, Neighbour } from '../../sdk/index.ts'

/** Words of a grant or of a call, as its source gives them: `read`, `s3:write`, `iam:permissions`. */
export function actionsOf({ attributes }: Edge): string[] {
  const words = attributes?.['actions'] ?? attributes?.['privileges']
  return Array.isArray(words) ? words.filter((word) => typeof word === 'string') : []
}

const ADMINISTERS = /^(\*|(.*:)?(\*|grant|admin|administer|manage|owner|permissions|impersonate|escalate))$/i
const WATCHES = /^(.*:)?(metrics?|monitor|monitoring|telemetry|health)$|^(cloudwatch|monitoring|xray|health):read$/i

/** Does one of the words give or use power over the place itself, and not only over what is in it? */
export const administers = (actions: readonly string[]): boolean => actions.some((word) => ADMINISTERS.test(word))

/** Is it nothing but a look at how things fare? Where no word is given nothing is known. */
export const onlyWatches = (actions: readonly string[]): boolean =>
  actions.length > 0 && actions.every((word) => WATCHES.test(word))

/** All that was seen to be done, over all places; null where a source tells of calls and not of what was done. */
export function seenActions(called: readonly Neighbour[]): string[] | null {
  const actions = called.map(({ edge }) => actionsOf(edge))
  return actions.length === 0 || actions.some((words) => words.length === 0) ? null : [...new Set(actions.flat())]
}
