import { type Kind, ReeveError } from '../sdk/index.ts'
import { NumberColumn, WordColumn } from './columns.ts'
import { type NumberField, numberFields, type WordField, wordFields } from './inventory-fields.ts'
import { fold } from './query.ts'

/** One entity as the roll keeps it: what queries ask, not what rows show. */
export interface RollEntry extends Record<WordField, readonly (string | null)[]>, Record<NumberField, number> {
  id: number
  key: string
  kind: Kind
  name: string
  aliases: readonly string[]
  /** 0 critical … 4 info, 5 unknown, 6 pass, 7 not judged. */
  worst: number
}

/** So many rows the order's arithmetic holds. */
export const MOST_ROWS = 2 ** 21

/** The columns of a roll, filled entry by entry: kind by kind, in order of name within each. */
export class RollTable {
  size = 0
  readonly keys: string[] = []
  readonly ids: number[] = []
  /** Name, key and other names, a line each. */
  readonly text: string[] = []
  /** How much of the text is the name. */
  readonly names: number[] = []
  readonly worst: number[] = []
  readonly words = Object.fromEntries(wordFields.map((name) => [name, new WordColumn()])) as Record<
    WordField,
    WordColumn
  >
  readonly numbers = Object.fromEntries(numberFields.map((name) => [name, new NumberColumn()])) as Record<
    NumberField,
    NumberColumn
  >
  readonly ranges = new Map<Kind, [number, number]>()
  readonly rowOf = new Map<string, number>()

  add(entry: RollEntry): void {
    const row = this.size++
    if (row >= MOST_ROWS)
      throw new ReeveError('read/too-many', `an estate of more than ${MOST_ROWS} entities does not fit one process`)
    this.keys.push(entry.key)
    this.ids.push(entry.id)
    this.rowOf.set(entry.key, row)
    const name = fold(entry.name)
    const aliases = entry.aliases.length === 0 ? '' : `\n${entry.aliases.map(fold).join('\n')}`
    this.names.push(name.length)
    this.text.push(`${name}\n${fold(entry.key)}${aliases}`)
    this.worst.push(entry.worst)
    for (const field of wordFields) this.words[field].put(row, entry[field])
    for (const field of numberFields) this.numbers[field].put(row, entry[field])
    const range = this.ranges.get(entry.kind)
    if (range) range[1] = row + 1
    else this.ranges.set(entry.kind, [row, row + 1])
  }
}
