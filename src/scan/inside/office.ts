/** Parts of office documents (OOXML, OpenDocument) whose text is cut into runs. */
const PART =
  /!\/(?:word\/(?:document|header\d*|footer\d*|comments\w*|footnotes|endnotes)\.xml|ppt\/(?:slides|notesSlides|comments)\/[^/]+\.xml|xl\/(?:sharedStrings|comments\d*|worksheets\/[^/]+|threadedComments\/[^/]+)\.xml|docProps\/[^/]+\.xml|(?:content|styles|meta)\.xml)$/i
/** What ends a line, by the last part of the name. */
const ENDS_LINE = new Set([
  'p',
  'h',
  'si',
  'row',
  'br',
  'table-row',
  'line-break',
  'comment',
  'title',
  'creator',
  'subject',
  'description',
  'keywords',
  'lpwstr',
  'lpstr',
  'meta',
  'user-defined',
  'property',
])
const IS_BLANK = new Set(['tab', 's', 'tc', 'table-cell', 'c'])
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

const unescaped = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,8}));/gi, (all, decimal, hex, name) => {
        if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all
        const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
        return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all
      })
    : text

/** Text of markup as lines: the runs of a paragraph, the cells of a row, each of them one line. */
const textOfMarkup = (xml: string, cells?: (cell: string, value: string) => string): string => {
  let text = ''
  let cell = ''
  for (let at = 0; at < xml.length; ) {
    const open = xml.indexOf('<', at)
    const between = xml.slice(at, open < 0 ? undefined : open)
    // Markup is written on lines for who looks at it; they are none of the text.
    const words = between.includes('\n') ? between.replace(/\s*\n\s*/g, ' ').trim() : between
    if (words !== '') text += cells === undefined ? unescaped(words) : cells(cell, unescaped(words))
    if (open < 0) break
    const close = xml.indexOf('>', open)
    if (close < 0) break
    const tag = xml.slice(open + 1, close)
    const name = /^\/?(?:[\w.-]+:)?([\w.-]+)/.exec(tag)?.[1] ?? ''
    const isEnd = tag.startsWith('/') || tag.endsWith('/')
    if (name === 'c' && !isEnd) cell = tag
    if (isEnd && ENDS_LINE.has(name)) {
      if (text !== '' && !text.endsWith('\n')) text = `${text.trimEnd()}\n`
    } else if (isEnd && IS_BLANK.has(name) && text !== '' && !/\s$/.test(text)) text += name === 's' ? ' ' : '\t'
    at = close + 1
  }
  return text
}

/** The strings that the cells of a workbook share. */
export const sharedStrings = (xml: string): string[] => {
  const strings: string[] = []
  for (const [, item = ''] of xml.matchAll(/<(?:\w+:)?si\b[^>]*>(.*?)<\/(?:\w+:)?si>/gs)) {
    strings.push(textOfMarkup(item).trimEnd())
    if (strings.length >= 2_000_000) break
  }
  return strings
}

/** The text of a part of an office document, with the strings of its workbook in the cells; null for every other file. */
export const officeText = (bytes: Buffer, file: string, shared: readonly string[]): string | null => {
  if (!PART.test(file)) return null
  const isSheet = /\/worksheets\//i.test(file)
  const cells = (cell: string, value: string): string =>
    /\bt="s"/.test(cell) ? (shared[Number(value)] ?? value) : value
  return textOfMarkup(bytes.toString('utf8'), isSheet ? cells : undefined)
}
