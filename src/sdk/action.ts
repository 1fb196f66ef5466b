/** The promises about changing something at its source: always planned first, with a grant of its own, and with a way back. */
import { z } from 'zod'
import type { Run } from './contracts.ts'
import { ReeveError } from './errors.ts'
import type { Entity, Key } from './model.ts'

/** One named place of a thing (the key of a tag), what stood there when it was read, and what is to stand there; null for nothing. */
export interface Change {
  place: string
  was: string | null
  to: string | null
}

/** What stands in places of a thing at this moment; null for nothing. */
export type Standing = Readonly<Record<string, string | null>>

/** Which thing, as far as its source must know to find it. */
export interface Thing {
  key: Key
  type: string
  aliases: readonly string[]
}

/** What would be changed in one thing, a sentence each; no changes where it is so already. Or why nothing can be. */
export type Preview = { changes: Change[]; says: string[] } | { cannot: string }

/**
 * Something that is changed at the source. Everything but `preview` and `byHand` speaks with the source through `actor`, which was opened
 * with the grant for changes, never with the one that reads.
 */
// biome-ignore lint/suspicious/noExplicitAny: a list of actions erases its types; each action checks its own
export interface Action<Actor = any, Wanted = any> {
  /** Kebab case, unique in the provider: `owner-tags`. */
  id: string
  /** What is done, as a command: `Write who answers for it into the tags`. */
  title: string
  /** Can be put back as it was, or not. */
  effect: 'reversible' | 'destructive'
  /** The entity types whose things it can change. */
  types: readonly string[]
  /** The attribute of an entity in which the places and what stands in them are kept when it is read: `tags`. */
  attribute: string
  /** What is to be so, by whoever plans it. */
  wants: z.ZodType<Wanted>
  /** Pure: says by what was last read what would be changed, and changes nothing. */
  preview(entity: Entity, wanted: Wanted): Preview
  /** Commands by which a person does the same; pure. */
  byHand(thing: Thing, changes: readonly Change[]): string[]
  /** The exact grants that the change needs, in the source's own words; pure. */
  needs(type: string): readonly string[]
  /** What stands there now. Throws `Refused`, and `source/gone` when the thing is not there any more. */
  look(actor: Actor, thing: Thing, places: readonly string[], run: Run): Promise<Standing>
  /**
   * Makes it so. Looks right before it writes: what stands as wanted already is left alone, so that it may be called again at any time;
   * what stands neither as it was nor as wanted is touched by nobody, and `Changed` is thrown. Throws like `look`.
   */
  apply(actor: Actor, thing: Thing, changes: readonly Change[], run: Run): Promise<void>
  /** Puts back what was there, also nothing, under the same conditions. */
  undo(actor: Actor, thing: Thing, changes: readonly Change[], run: Run): Promise<void>
}

/** How a provider changes something: with settings of their own, which nobody needs who only reads. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export interface Acting<Config = any, Grant = any, Actor = any> {
  /** Settings of the grant, drawn and checked like the provider's `config`. */
  grant: z.ZodType<Grant>
  /** One sentence: what the grant must allow, and where its policy is published. */
  summary: string
  /** Opens the connection for changes, or throws with what to do about it. `config` is that of the connection that reads. */
  open(config: Config, grant: Grant, run: Run): Promise<Actor>
  close?(actor: Actor): Promise<void>
  actions: readonly Action<Actor>[]
}

/** The action by which a provider writes who answers for a thing into its tags. Of every provider that has it, it wants the same. */
export const OWNER_TAGS = 'owner-tags'

/** Each tag that is to be there, with its value. */
export const WantedTags = z.strictObject({ tags: z.record(z.string().min(1).max(128), z.string().max(256)) })
export type WantedTags = z.infer<typeof WantedTags>

export const defineAction = <Actor, Wanted>(action: Action<Actor, Wanted>): Action<Actor, Wanted> => action

/** Somebody changed it since: it stands neither as it was nor as wanted, and was left alone. */
export class Changed extends ReeveError {
  readonly found: Standing

  constructor(message: string, found: Standing) {
    super('source/changed', message)
    this.found = found
  }
}

/** What is left to write. Throws `Changed` where something else stands in a place than was there or is wanted. */
export function stillToDo(changes: readonly Change[], found: Standing): Change[] {
  const other = changes.find(({ place, was, to }) => (found[place] ?? null) !== was && (found[place] ?? null) !== to)
  if (other) {
    const { place, was } = other
    const now = found[place] ?? null
    throw new Changed(
      `writing ${place}: ${now === null ? 'it was taken away' : `it says ${now.slice(0, 100)}`} now, and ${was === null ? 'was not there' : `said ${was.slice(0, 100)}`} when this was planned; plan again`,
      found,
    )
  }
  return changes.filter(({ place, to }) => (found[place] ?? null) !== to)
}

/** The way back. */
export const turned = (changes: readonly Change[]): Change[] =>
  changes.map(({ place, was, to }) => ({ place, was: to, to: was }))
