import { constants, inflateSync } from 'node:zlib'
import { type Budget, Fault } from './limits.ts'
import { type Codes, codesOf, stringsOf, textOfContent } from './pdf-text.ts'

/** Pictures, programs of fonts, tables of the file itself. */
const NO_TEXT = /\/Subtype\s*\/(?:Image|Type1C|CIDFontType0C|OpenType)\b|\/Length1\s|\/Type\s*\/(?:XRef|ObjStm|CMap)\b/
const MOST_STREAM = 32 << 20
const MOST_OBJECTS = 500_000
const MOST_PAGES = 20_000

interface Objects {
  /** What an object says, without its stream. */
  said: Map<number, string>
  streams: Map<number, Buffer>
}

const objectsOf = (bytes: Buffer, budget: Budget): Objects => {
  const text = bytes.toString('latin1')
  const found = [...text.matchAll(/(?<![\d.])(\d{1,10})\s{1,4}\d{1,5}\s{1,4}obj\b/g)].slice(0, MOST_OBJECTS)
  const said: Objects['said'] = new Map()
  const streams: Objects['streams'] = new Map()
  for (const [index, match] of found.entries()) {
    budget.clock()
    const from = match.index + match[0].length
    const object = text.slice(from, found[index + 1]?.index ?? text.length)
    const start = /\bstream\r?\n/.exec(object)
    const number = Number(match[1])
    const end = start === null ? object.lastIndexOf('endobj') : start.index
    said.set(number, end < 0 ? object : object.slice(0, end))
    if (start === null) continue
    const last = object.lastIndexOf('endstream')
    const first = start.index + start[0].length
    streams.set(number, bytes.subarray(from + first, from + Math.max(first, last < 0 ? object.length : last)))
  }
  return { said, streams }
}

/** What a stream holds; null when it is packed in a way that text hardly is. */
const contentOf = ({ said, streams }: Objects, number: number, budget: Budget): string | null => {
  const stream = streams.get(number)
  if (stream === undefined) return null
  const filter = /\/Filter\s*(\[[^\]]*\]|\/\w+)/.exec(said.get(number)!)?.[1]?.match(/\/\w+/g) ?? []
  if (filter.length === 0) return stream.subarray(0, MOST_STREAM).toString('latin1')
  if (filter.length > 1 || (filter[0] !== '/FlateDecode' && filter[0] !== '/Fl')) return null
  try {
    const bytes = inflateSync(stream, { maxOutputLength: MOST_STREAM, finishFlush: constants.Z_SYNC_FLUSH })
    budget.unpacked(bytes.length)
    return bytes.toString('latin1')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return null
  }
}

/** Objects that are kept together in a stream. */
const unfold = (objects: Objects, budget: Budget): void => {
  for (const [number, said] of [...objects.said]) {
    if (!/\/Type\s*\/ObjStm\b/.test(said)) continue
    const content = contentOf(objects, number, budget)
    const first = Number(/\/First\s+(\d+)/.exec(said)?.[1] ?? -1)
    if (content === null || first < 0) continue
    const places = (content.slice(0, first).match(/\d+/g) ?? []).map(Number)
    for (let at = 0; at + 1 < places.length && objects.said.size < MOST_OBJECTS; at += 2)
      objects.said.set(places[at]!, content.slice(first + places[at + 1]!, first + (places[at + 3] ?? content.length)))
    objects.said.delete(number)
    objects.streams.delete(number)
  }
}

/** A dictionary within an object, or the object that it refers to. */
const under = ({ said }: Objects, object: string, key: string): string => {
  const found = new RegExp(`/${key}\\s*(?:(\\d+)\\s+\\d+\\s+R|<<)`).exec(object)
  if (found === null) return ''
  if (found[1] !== undefined) return said.get(Number(found[1])) ?? ''
  let depth = 1
  let at = found.index + found[0].length
  for (; at < object.length && depth > 0; at++)
    if (object.startsWith('<<', at)) {
      depth++
      at++
    } else if (object.startsWith('>>', at)) {
      depth--
      at++
    }
  return object.slice(found.index + found[0].length, at)
}

const references = (text: string): number[] =>
  [...text.matchAll(/(\d+)\s+\d+\s+R\b/g)].map(([, number]) => Number(number))

/** The text of a PDF: what its pages show, and the strings of its other objects (title, author, comments, fields). Pictures are no text. */
export const textsOfPdf = (bytes: Buffer, budget: Budget): { name: string; bytes: Buffer }[] => {
  const objects = objectsOf(bytes, budget)
  // Of newer files the trailer is an object.
  const tail = bytes.toString('latin1', Math.max(0, bytes.length - (1 << 16)))
  if (
    /\/Encrypt\s+\d+\s+\d+\s+R/.test(tail) ||
    [...objects.said.values()].some(
      (one) => /\/Type\s*\/XRef\b.*\/Encrypt\b/s.test(one) || /\/Encrypt\b.*\/Type\s*\/XRef\b/s.test(one),
    )
  )
    throw new Fault('it is encrypted')
  unfold(objects, budget)
  const tables = new Map<number, Codes>()
  const codesAt = (font: number): Codes | undefined => {
    const table = Number(/\/ToUnicode\s+(\d+)\s+\d+\s+R/.exec(objects.said.get(font) ?? '')?.[1] ?? -1)
    if (table < 0) return undefined
    const known = tables.get(table) ?? codesOf(contentOf(objects, table, budget) ?? '')
    tables.set(table, known)
    return known
  }
  const fontsIn = (resources: string): [string, Codes][] =>
    [...under(objects, resources, 'Font').matchAll(/\/([^\s/<>[\]()]+)\s+(\d+)\s+\d+\s+R/g)].flatMap(
      ([, name = '', font]) => {
        const codes = codesAt(Number(font))
        return codes === undefined ? [] : [[name, codes] as [string, Codes]]
      },
    )
  const resourcesOf = (page: string, depth = 0): string => {
    const own = under(objects, page, 'Resources')
    const parent = /\/Parent\s+(\d+)\s+\d+\s+R/.exec(page)?.[1]
    return own !== '' || parent === undefined || depth > 20
      ? own
      : resourcesOf(objects.said.get(Number(parent)) ?? '', depth + 1)
  }

  const texts: { name: string; text: string }[] = []
  const files: { name: string; bytes: Buffer }[] = []
  const done = new Set<number>()
  const pages = [...objects.said.values()].filter((one) => /\/Type\s*\/Page\b/.test(one)).slice(0, MOST_PAGES)
  for (const [index, page] of pages.entries()) {
    budget.clock()
    const contents = /\/Contents\s*(\[[^\]]*\]|\d+\s+\d+\s+R)/.exec(page)?.[1] ?? ''
    const numbers = references(contents).flatMap((one) =>
      objects.streams.has(one) ? [one] : references(objects.said.get(one) ?? ''),
    )
    for (const one of numbers) done.add(one)
    const content = numbers.map((one) => contentOf(objects, one, budget) ?? '').join('\n')
    texts.push({ name: `page-${index + 1}`, text: textOfContent(content, new Map(fontsIn(resourcesOf(page)))) })
  }
  let rest = ''
  for (const [number, said] of objects.said) {
    if (done.has(number)) continue
    budget.clock()
    const strings = stringsOf(said).filter((one) => one.length >= 4)
    if (strings.length > 0) rest += `${strings.join('\n')}\n`
    if (!objects.streams.has(number) || NO_TEXT.test(said) || tables.has(number)) continue
    const content = contentOf(objects, number, budget)
    // Forms that pages draw have text of their own; the others are files that are attached, scripts, words about the document.
    if (content === null) continue
    if (!/\/Subtype\s*\/Form\b/.test(said))
      files.push({ name: `stream-${number}`, bytes: Buffer.from(content, 'latin1') })
    else rest += `${textOfContent(content, new Map(fontsIn(under(objects, said, 'Resources'))))}\n`
  }
  const shown = [...texts, { name: 'properties', text: rest }].filter(({ text }) => text.trim() !== '')
  return [...shown.map(({ name, text }) => ({ name, bytes: Buffer.from(text) })), ...files]
}
