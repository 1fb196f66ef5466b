import { fileURLToPath } from 'node:url'
import type PDFDocument from 'pdfkit'
import { figure } from './paper.ts'

type Document = InstanceType<typeof PDFDocument>

const FONTS = '@expo-google-fonts/source-sans-3'
const font = (file: string): string => fileURLToPath(import.meta.resolve(`${FONTS}/${file}`))
const PLAIN = { name: 'plain', file: '400Regular/SourceSans3_400Regular.ttf' }
const BOLD = { name: 'bold', file: '600SemiBold/SourceSans3_600SemiBold.ttf' }

export const INK = { text: '#161a22', quiet: '#5c6575', rule: '#cbd0d8', high: '#a8430a', critical: '#b3151f' } as const
/** On all four sides, in points; the document is made with it. */
export const MARGIN = 56
const LONGEST = 600

export interface Column {
  title: string
  /** Of the width that is there, in parts. */
  part: number
  right?: boolean
}

/**
 * Sheets of A4 that are filled from top to bottom. A letter that the font lacks is told by its number, and what could reorder or
 * hide a line as an empty box, so that no name can make the paper say something else.
 */
export class Sheet {
  readonly width: number
  readonly #doc: Document
  readonly #has: (code: number) => boolean
  #page = 1

  constructor(doc: Document) {
    this.#doc = doc
    doc.registerFont(PLAIN.name, font(PLAIN.file))
    doc.registerFont(BOLD.name, font(BOLD.file))
    doc.font(PLAIN.name)
    // Its types say nothing of the font behind the name.
    const { font: face } = (doc as unknown as { _font: { font: { hasGlyphForCodePoint(code: number): boolean } } })
      ._font
    const known = new Map<number, boolean>()
    this.#has = (code) => {
      const before = known.get(code)
      if (before !== undefined) return before
      const has = face.hasGlyphForCodePoint(code)
      known.set(code, has)
      return has
    }
    this.width = doc.page.width - 2 * MARGIN
    this.#foot()
  }

  title(text: string): void {
    this.#write(text, { size: 22, bold: true, after: 6 })
  }

  heading(text: string): void {
    this.#room(90)
    this.#doc.moveDown(0.9)
    const { y } = this.#doc
    this.#doc
      .moveTo(MARGIN, y)
      .lineTo(MARGIN + this.width, y)
      .lineWidth(1)
      .stroke(INK.text)
    this.#doc.y = y + 6
    this.#doc.outline.addItem(this.clean(text))
    this.#write(text, { size: 15, bold: true, after: 4 })
  }

  sub(text: string, colour: string = INK.text): void {
    this.#room(44)
    this.#write(text, { size: 11, bold: true, colour, before: 6, after: 2 })
  }

  text(text: string): void {
    this.#write(text, { size: 10, after: 3 })
  }

  quiet(text: string): void {
    this.#write(text, { size: 8.5, colour: INK.quiet, after: 3 })
  }

  list(items: readonly string[], numbered = false): void {
    for (const [index, item] of items.entries()) {
      const mark = numbered ? `${index + 1}.` : '•'
      this.#doc.font(PLAIN.name).fontSize(10)
      this.#room(this.#doc.heightOfString(this.clean(item), { width: this.width - 18 }))
      const { y } = this.#doc
      this.#doc
        .font(PLAIN.name)
        .fontSize(10)
        .fillColor(INK.quiet)
        .text(mark, MARGIN + 2, y, { lineBreak: false })
      this.#write(item, { size: 10, after: 2, indent: 18, at: y })
    }
  }

  /** Rows are kept whole on a page. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    const parts = columns.reduce((sum, { part }) => sum + part, 0)
    const widths = columns.map(({ part }) => (this.width * part) / parts)
    const line = (cells: readonly string[], head: boolean): void => {
      const size = head ? 8 : 9
      this.#doc.font(head ? BOLD.name : PLAIN.name).fontSize(size)
      const clean = cells.map((cell) => this.clean(cell))
      const heights = clean.map((cell, at) => this.#doc.heightOfString(cell || ' ', { width: widths[at]! - 8 }))
      const height = Math.max(...heights)
      if (this.#room(height + 8) && !head)
        line(
          columns.map(({ title }) => title),
          true,
        )
      this.#doc.font(head ? BOLD.name : PLAIN.name).fontSize(size)
      const { y } = this.#doc
      let x = MARGIN
      for (const [at, cell] of clean.entries()) {
        this.#doc
          .fillColor(head ? INK.quiet : INK.text)
          .text(cell, x, y + 3, { width: widths[at]! - 8, align: columns[at]!.right ? 'right' : 'left' })
        x += widths[at]!
      }
      const bottom = y + height + 6
      this.#doc
        .moveTo(MARGIN, bottom)
        .lineTo(MARGIN + this.width, bottom)
        .lineWidth(0.5)
        .stroke(INK.rule)
      this.#doc.x = MARGIN
      this.#doc.y = bottom
    }
    line(
      columns.map(({ title }) => title),
      true,
    )
    for (const row of rows) line(row, false)
    this.#doc.y += 4
  }

  /** Numbers side by side, three in a row. */
  numbers(list: readonly { figure: string; says: string }[]): void {
    const width = this.width / 3
    for (let from = 0; from < list.length; from += 3) {
      this.#room(60)
      const { y } = this.#doc
      let bottom = y
      for (const [at, one] of list.slice(from, from + 3).entries()) {
        const x = MARGIN + at * width
        this.#doc
          .font(BOLD.name)
          .fontSize(18)
          .fillColor(INK.text)
          .text(one.figure, x, y, { width: width - 12 })
        this.#doc.font(PLAIN.name).fontSize(9).fillColor(INK.quiet)
        this.#doc.text(this.clean(one.says), x, this.#doc.y, { width: width - 12 })
        bottom = Math.max(bottom, this.#doc.y)
      }
      this.#doc.x = MARGIN
      this.#doc.y = bottom + 8
    }
  }

  /** A picture of lines in a box of this height, given from its upper left corner. */
  lines(height: number, drawn: readonly { places: readonly (readonly [number, number])[]; colour: string }[]): void {
    this.#room(height + 12)
    const { y } = this.#doc
    for (const { places, colour } of drawn) {
      for (const [at, [x, down]] of places.entries()) {
        if (at === 0) this.#doc.moveTo(MARGIN + x, y + down)
        else this.#doc.lineTo(MARGIN + x, y + down)
      }
      this.#doc.lineWidth(1.5).stroke(colour)
    }
    this.#doc.x = MARGIN
    this.#doc.y = y + height + 6
  }

  /** One line of text as it may stand on paper. */
  clean(text: string): string {
    const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${figure(text.length)} characters)` : text
    let line = ''
    for (const letter of cut.toWellFormed().replaceAll(/\s+/g, ' ').replaceAll('\u202f', '\u00a0')) {
      const code = letter.codePointAt(0)!
      if (/[\p{Cc}\p{Bidi_Control}\p{Cf}]/u.test(letter)) line += '\u25a1'
      else if (this.#has(code)) line += letter
      else line += `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
    }
    return line
  }

  #write(
    text: string,
    {
      size,
      bold = false,
      colour = INK.text,
      before = 0,
      after = 0,
      indent = 0,
      at,
    }: { size: number; bold?: boolean; colour?: string; before?: number; after?: number; indent?: number; at?: number },
  ): void {
    const line = this.clean(text)
    const width = this.width - indent
    this.#doc.font(bold ? BOLD.name : PLAIN.name).fontSize(size)
    // What is said in one breath stands on one page: no text runs over by itself.
    if (at === undefined) this.#room(before + this.#doc.heightOfString(line, { width }))
    this.#doc
      .font(bold ? BOLD.name : PLAIN.name)
      .fontSize(size)
      .fillColor(colour)
      .text(line, MARGIN + indent, (at ?? this.#doc.y) + before, { width })
    this.#doc.x = MARGIN
    this.#doc.y += after
  }

  /** Begins a page when so much does not fit on this one. */
  #room(height: number): boolean {
    if (this.#doc.y + height <= this.#doc.page.height - MARGIN) return false
    this.#doc.addPage()
    this.#foot()
    return true
  }

  #foot(): void {
    const { page } = this.#doc
    const bottom = page.margins.bottom
    page.margins.bottom = 0
    this.#doc
      .font(PLAIN.name)
      .fontSize(8)
      .fillColor(INK.quiet)
      .text(`Reeve · ${this.#page++}`, MARGIN, page.height - MARGIN / 2 - 8, {
        width: this.width,
        align: 'right',
        lineBreak: false,
      })
    page.margins.bottom = bottom
    this.#doc.x = MARGIN
    this.#doc.y = MARGIN
  }
}
