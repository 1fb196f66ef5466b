/** Is there a text of a given form that some patterns match and others do not? A search over both at once, so that the answer is exact. */

/** A word as it stands, or a run of characters of a kind, at least so many. */
export type Part = string | { of: RegExp; least: number }
export type Form = readonly Part[]

export interface Demand {
  /** Any of these must match (or, turned, none). */
  patterns: readonly string[]
  wanted: boolean
  /** Stars and question marks mean themselves. */
  exact?: boolean
  ignoreCase?: boolean
}

/** So many states are looked at; beyond, nobody knows. */
const MOST_STATES = 60_000
/** Stand for all that no pattern speaks of. */
const OTHERS = ['x', '7', '-', 'X', '_', '.', ' ']

/** The shortest such text; null when there is none, undefined when the search was given up. */
export function findText(form: Form, demands: readonly Demand[]): string | null | undefined {
  const automata = demands.map(({ patterns, exact = false, ignoreCase = false }) => ({
    ignoreCase,
    exact,
    patterns: patterns.map((one) => (ignoreCase ? one.toLowerCase() : one)),
  }))
  const letters = [...new Set([...OTHERS, ...demands.flatMap(({ patterns }) => [...patterns.join('')])])]
  const start: State = {
    part: 0,
    at: 0,
    sets: automata.map(({ patterns, exact }) => patterns.map((one) => closed(one, [0], exact))),
  }
  const seen = new Set([nameOf(start)])
  let frontier: { state: State; text: string }[] = [{ state: start, text: '' }]
  while (frontier.length > 0) {
    const next: typeof frontier = []
    for (const { state, text } of frontier) {
      if (isEnd(form, state) && demands.every((demand, n) => accepts(automata[n]!, state.sets[n]!) === demand.wanted))
        return text
      for (const [letter, place] of steps(form, state, letters)) {
        const sets = automata.map(({ patterns, exact, ignoreCase }, n) =>
          patterns.map((pattern, m) =>
            step(pattern, state.sets[n]![m]!, ignoreCase ? letter.toLowerCase() : letter, exact),
          ),
        )
        const reached: State = { ...place, sets }
        const name = nameOf(reached)
        if (seen.has(name)) continue
        if (seen.size >= MOST_STATES) return undefined
        seen.add(name)
        next.push({ state: reached, text: text + letter })
      }
    }
    frontier = next
  }
  return null
}

/** A place in the form: in a word the letters behind, in a run how many of the least there must be. */
interface Place {
  part: number
  at: number
}
interface State extends Place {
  /** By demand and pattern: the places in the pattern that may be reached. */
  sets: readonly (readonly (readonly number[])[])[]
}

const nameOf = ({ part, at, sets }: State): string =>
  `${part} ${at} ${sets.map((one) => one.map((set) => set.join()).join('/')).join('|')}`

const isEnd = (form: Form, { part, at }: Place): boolean => {
  const here = form[part]
  if (here === undefined) return true
  return part === form.length - 1 && typeof here !== 'string' && at >= here.least
}

function* steps(form: Form, { part, at }: Place, letters: readonly string[]): Generator<[string, Place]> {
  const here = form[part]
  if (here === undefined) return
  if (typeof here === 'string') {
    yield [here[at]!, at + 1 === here.length ? { part: part + 1, at: 0 } : { part, at: at + 1 }]
    return
  }
  for (const letter of letters) if (here.of.test(letter)) yield [letter, { part, at: Math.min(at + 1, here.least) }]
  if (at >= here.least) yield* steps(form, { part: part + 1, at: 0 }, letters)
}

/** Places that are reached without a letter: behind a star. */
function closed(pattern: string, places: readonly number[], exact: boolean): number[] {
  const all = new Set(places)
  for (const place of all) if (!exact && pattern[place] === '*') all.add(place + 1)
  return [...all].sort((one, other) => one - other)
}

function step(pattern: string, places: readonly number[], letter: string, exact: boolean): number[] {
  const next: number[] = []
  for (const place of places) {
    const wanted = pattern[place]
    if (wanted === undefined) continue
    if (!exact && wanted === '*') next.push(place)
    else if ((!exact && wanted === '?') || wanted === letter) next.push(place + 1)
  }
  return closed(pattern, next, exact)
}

const accepts = ({ patterns }: { patterns: readonly string[] }, sets: readonly (readonly number[])[]): boolean =>
  sets.some((places, n) => places.includes(patterns[n]!.length))
