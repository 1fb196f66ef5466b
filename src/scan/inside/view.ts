/** Text that stands in a file in another form than it is read, put together for the engine. */
export interface View {
  text: Buffer
  /** Where each piece of the text begins, how long it is, and where it stands in the file. */
  pieces: readonly Piece[]
  /** What it would be called as a file of its own: detectors go by the ending. */
  name: string
  /** What the form is, for who looks there: `in base64`. */
  form: string
  /** What is found here stands back behind what was found in the file as it is; else the latter does, where it lies in one piece. */
  yields?: boolean
}

export interface Piece {
  at: number
  length: number
  from: number
  to: number
}

/** Where a part of the text stands in the file: as far into its piece as it is into the text of the piece. */
export const placeOfText = ({ pieces, text }: View, start: number, end: number): [start: number, end: number] => {
  let low = 0
  let high = pieces.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (pieces[middle]!.at <= start) low = middle + 1
    else high = middle
  }
  const { at, from, to, length } = pieces[Math.max(0, low - 1)]!
  const ratio = (to - from) / Math.max(1, length)
  const first = Math.min(to - 1, from + Math.floor((start - at) * ratio))
  return [first, Math.max(first + 1, Math.min(to, from + Math.ceil((Math.min(end, text.length) - at) * ratio)))]
}

/** Puts pieces together, each on lines of its own. */
export const openView = () => {
  const parts: Buffer[] = []
  const pieces: Piece[] = []
  let length = 0
  return {
    get length() {
      return length
    },
    add(part: Buffer, from: number, to: number): void {
      pieces.push({ at: length, length: part.length, from, to })
      parts.push(part)
      length += part.length
      if (part.at(-1) === 10) return
      parts.push(NEWLINE)
      length++
    },
    view: (form: string, yields = false, name = 'text'): View | null =>
      pieces.length === 0 ? null : { text: Buffer.concat(parts), pieces, form, yields, name },
  }
}
const NEWLINE = Buffer.from('\n')
