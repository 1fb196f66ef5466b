/** Reads the text of a PDF that pdfkit wrote: streams inflated, glyphs back to letters by the fonts' own tables. For tests alone. */
import { inflateSync } from 'node:zlib'

export interface PdfText {
  pages: number
  /** All that is written, in the order of writing, a blank between pieces. */
  text: string
}

export function textOfPdf(bytes: Uint8Array): PdfText {
  const source = Buffer.from(bytes).toString('latin1')
  const objects = new Map<string, string>()
  for (const [, id, body] of source.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) objects.set(id!, body!)
  const streamOf = (id: string): string => {
    const body = objects.get(id) ?? ''
    const at = body.indexOf('stream\n')
    const data = Buffer.from(body.slice(at + 7, body.lastIndexOf('\nendstream')), 'latin1')
    return (body.includes('/FlateDecode') ? inflateSync(data) : data).toString('latin1')
  }
  const letters = new Map<string, Map<string, string>>()
  const fontLetters = (id: string): Map<string, string> => {
    const known = letters.get(id)
    if (known) return known
    const table = new Map<string, string>()
    const cmap = streamOf(/\/ToUnicode (\d+) 0 R/.exec(objects.get(id) ?? '')?.[1] ?? '')
    for (const [, from, list] of cmap.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/gi)) {
      const units = list!.match(/<[0-9a-f ]*>/gi) ?? []
      for (const [at, unit] of units.entries()) {
        const hex = unit.replaceAll(/[<> ]/g, '').match(/.{4}/g) ?? []
        const glyph = (Number.parseInt(from!, 16) + at).toString(16).padStart(4, '0')
        table.set(glyph, String.fromCharCode(...hex.map((one) => Number.parseInt(one, 16))))
      }
    }
    letters.set(id, table)
    return table
  }
  const pages = [...objects.values()].filter((body) => /\/Type \/Page\b(?!s)/.test(body))
  const pieces: string[] = []
  for (const page of pages) {
    const resources = objects.get(/\/Resources (\d+) 0 R/.exec(page)?.[1] ?? '') ?? ''
    const fonts = new Map(
      [...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, id]) => [name!, fontLetters(id!)]),
    )
    let table = new Map<string, string>()
    const content = streamOf(/\/Contents (\d+) 0 R/.exec(page)?.[1] ?? '')
    for (const [, font, shown] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
      if (font !== undefined) table = fonts.get(font) ?? table
      else {
        const glyphs = [...shown!.matchAll(/<([0-9a-f]+)>/gi)].flatMap(
          ([, hex]) => hex!.toLowerCase().match(/.{4}/g) ?? [],
        )
        pieces.push(glyphs.map((glyph) => table.get(glyph) ?? '').join(''))
      }
    }
  }
  return { pages: pages.length, text: pieces.join(' ').replaceAll(/\s+/g, ' ') }
}
