import { DerivedVerb, Kind, Verb } from '../sdk/index.ts'

/** The verbs of the attack graph by number: what is collected, then what is worked out. */
export const reachVerbs: readonly (Verb | DerivedVerb)[] = [...Verb.options, ...DerivedVerb.options]
export const reachVerbNumber = new Map<string, number>(reachVerbs.map((verb, number) => [verb, number]))

/** The number of a kind, and of what nothing describes. */
export const kinds: readonly Kind[] = Kind.options
export const UNDESCRIBED = kinds.length

/**
 * How far a sentence carries who has its beginning. `last`: it is reached, and no further from there by this sentence: to read one bucket of an account
 * is not to hold the account. `on`: it is had like its beginning. `stolen`: the same, by taking a copy of a secret.
 */
type Walk = 'none' | 'last' | 'on' | 'stolen'
const walks: readonly Walk[] = ['none', 'last', 'on', 'stolen']

/** What a grant says is allowed: something, at least reading, or everything. */
export const mights = ['some', 'reads', 'all'] as const
export type Might = (typeof mights)[number]

/** Whether a sentence holds, turns on conditions, or asks for a second factor (which is a condition too). */
export const holdings = ['holds', 'depends', 'mfa'] as const
export type Holding = (typeof holdings)[number]

interface Conduct {
  verb: Verb | DerivedVerb
  /** Why an attacker who has the first comes to the second. */
  why: string
  from: readonly Kind[] | 'any'
  to: readonly Kind[] | 'any'
  walk: (to: Kind | undefined, might: Might) => Walk
}

const isSecret = (kind: Kind | undefined): boolean => kind === 'secret' || kind === 'credential'
const asIs = (to: Kind | undefined): Walk => (isSecret(to) ? 'stolen' : 'on')
const acting: readonly Kind[] = ['identity', 'person', 'workload', 'credential']

/**
 * Which sentences conduct an attack, all of them from their first key to their second. What is not here does not: to own, to have created
 * and to have called a thing gives no power over it.
 */
export const conducts: readonly Conduct[] = [
  {
    verb: 'holds',
    why: 'Who reads the place has the copy of the credential that lies there.',
    from: ['secret'],
    to: ['credential', 'secret'],
    walk: () => 'stolen',
  },
  {
    verb: 'authenticates',
    why: 'Who has the credential signs in as its identity.',
    from: ['credential'],
    to: ['identity', 'person', 'workload'],
    walk: () => 'on',
  },
  {
    verb: 'uses',
    why: 'Who controls the workload acts as what it acts as, and reads the secrets it is given.',
    from: ['workload', 'identity'],
    to: ['identity', 'secret', 'credential'],
    walk: asIs,
  },
  {
    verb: 'runs-as',
    why: 'Who controls the workload is the identity it runs as.',
    from: ['workload', 'identity'],
    to: ['identity'],
    walk: () => 'on',
  },
  {
    verb: 'assumes',
    why: 'Who is the one may become the other.',
    from: ['identity', 'person', 'workload', 'resource'],
    to: ['identity', 'workload'],
    walk: () => 'on',
  },
  {
    verb: 'has',
    why: 'Who is the holder, or a member, has what is held.',
    from: [...acting, 'entitlement'],
    to: ['entitlement', 'identity'],
    walk: () => 'on',
  },
  {
    verb: 'allows',
    why: 'Who holds the entitlement may do this there; everything there is his only where everything is allowed, a secret where it may be read.',
    from: [...acting, 'entitlement'],
    to: 'any',
    walk: (to, might) => (might === 'all' || (might === 'reads' && isSecret(to)) ? asIs(to) : 'last'),
  },
  {
    verb: 'controls',
    why: 'Who can change a thing at its source has it.',
    from: [...acting, 'resource'],
    to: 'any',
    walk: asIs,
  },
  {
    verb: 'contains',
    why: 'Who has all of the container has what lives in it.',
    from: ['resource', 'secret'],
    to: ['resource', 'identity', 'workload', 'secret', 'credential'],
    walk: asIs,
  },
  {
    verb: 'reaches',
    why: 'Reeve worked out from the policies that the first may do this there.',
    from: 'any',
    to: 'any',
    walk: (to) => (isSecret(to) ? 'stolen' : 'last'),
  },
  {
    verb: 'escalates-to',
    why: 'Reeve worked out from the policies that the first can become the second.',
    from: 'any',
    to: 'any',
    walk: () => 'on',
  },
]

/** Taken away; passes nothing. */
export const REMOVED = 0

const PER_VERB = walks.length * holdings.length

/** All that the search asks of a sentence, in one byte: its verb, how far it carries, and whether it holds. */
const codeOf = (verb: number, walk: Walk, holding: Holding): number =>
  1 + verb * PER_VERB + walks.indexOf(walk) * holdings.length + holdings.indexOf(holding)

export interface EdgeKind {
  verb: Verb | DerivedVerb
  walk: Walk
  holding: Holding
}

/** What a byte of the graph says. */
export function edgeKind(code: number): EdgeKind {
  const rest = (code - 1) % PER_VERB
  return {
    verb: reachVerbs[Math.floor((code - 1) / PER_VERB)]!,
    walk: walks[Math.floor(rest / holdings.length)]!,
    holding: holdings[rest % holdings.length]!,
  }
}

const ENDS = kinds.length + 1
const placeOf = (verb: number, from: number, to: number): number =>
  ((verb * ENDS + from) * ENDS + to) * mights.length * holdings.length

/** Every byte there can be, so that reading an estate in only looks them up. */
const codes = new Uint8Array(reachVerbs.length * ENDS * ENDS * mights.length * holdings.length)
for (const [verb, name] of reachVerbs.entries()) {
  const rule = conducts.find((one) => one.verb === name)
  for (let from = 0; from < ENDS; from++) {
    for (let to = 0; to < ENDS; to++) {
      // What nothing describes is reached like anything, and leads on only where Reeve itself worked it out.
      const fits =
        rule !== undefined &&
        (rule.from === 'any' || (from !== UNDESCRIBED && rule.from.includes(kinds[from]!))) &&
        (rule.to === 'any' || to === UNDESCRIBED || rule.to.includes(kinds[to]!))
      for (const [m, might] of mights.entries()) {
        const walk = fits ? rule.walk(kinds[to], might) : 'none'
        for (const [h, holding] of holdings.entries())
          codes[placeOf(verb, from, to) + m * holdings.length + h] = codeOf(verb, walk, holding)
      }
    }
  }
}

/** The byte of a sentence; kinds by number, `might` and `holding` as places in their lists. */
export const edgeCode = (verb: number, from: number, to: number, might: number, holding: number): number =>
  codes[placeOf(verb, from, to) + might * holdings.length + holding]!

/** Bits of a pass: may a path go on along such a sentence, may it end with it, and is it there at all? */
export const GOES_ON = 1
export const MAY_END = 2
export const IS_THERE = 4

/** For each byte, what the switches let through. */
export function passOf(without: readonly ('stolen' | 'depends' | 'mfa' | 'derived')[]): Uint8Array {
  const pass = new Uint8Array(256)
  const derived: ReadonlySet<string> = new Set(DerivedVerb.options)
  for (let code = 1; code <= reachVerbs.length * PER_VERB; code++) {
    const { verb, walk, holding } = edgeKind(code)
    pass[code] = IS_THERE
    if (walk === 'none') continue
    if (walk === 'stolen' && without.includes('stolen')) continue
    if (holding !== 'holds' && without.includes('depends')) continue
    if (holding === 'mfa' && without.includes('mfa')) continue
    if (derived.has(verb) && without.includes('derived')) continue
    pass[code] = walk === 'last' ? IS_THERE | MAY_END : IS_THERE | MAY_END | GOES_ON
  }
  return pass
}

/** Sentences by which the first leans on the second: it breaks, or would have to be told, when the second is taken away. */
export const LEANS: readonly Verb[] = ['authenticates', 'holds', 'uses', 'runs-as', 'assumes', 'has', 'called']
