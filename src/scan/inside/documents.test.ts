import { once } from 'node:events'
import { createRequire } from 'node:module'
import { deflateSync } from 'node:zlib'
import PDFDocument from 'pdfkit'
import { expect, test } from 'vitest'
import { detectors } from '../detectors/index.ts'
import { compile } from '../engine.ts'
import { kindOf } from './kinds.ts'
import { LIMITS } from './limits.ts'
import { scanInside } from './open.ts'
import { ofBytes } from './source.ts'
import { zipOf } from './testing/archives.ts'

const engine = compile(detectors)
/** `path:line value` of all that is found in a document. */
const found = async (bytes: Buffer, file: string): Promise<string[]> => {
  const lines: string[] = []
  const opening = { limits: LIMITS, vendored: false }
  for await (const part of scanInside(
    engine,
    kindOf(bytes)!,
    ofBytes(bytes),
    { file, bytes: bytes.length },
    opening,
    () => undefined,
  )) {
    if (part.skipped !== undefined) lines.push(`${part.file} ${part.skipped}`)
    for (const { value, line } of part.detections) lines.push(`${part.file}:${line} ${value.reveal()}`)
  }
  return lines.sort()
}

test('a text document: a word cut into runs, entities, a table, its properties', async () => {
  const document = `<?xml version="1.0"?><w:document xmlns:w="x"><w:body><w:p><w:r><w:t>Access</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">db_pass</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>word = tr0ub4</w:t></w:r><w:r><w:t>dor&#33;x1</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>PASSWORD=tr0ub4dor-x2</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>`
  const docx = zipOf({
    'word/document.xml': document,
    'docProps/core.xml':
      '<cp:coreProperties><dc:title>Plan</dc:title><dc:description>db_password=tr0ub4dor-x3</dc:description></cp:coreProperties>',
  })
  expect(await found(docx, 'a.docx')).toEqual([
    'a.docx!/docProps/core.xml:2 tr0ub4dor-x3',
    'a.docx!/word/document.xml:2 tr0ub4dor!x1',
    'a.docx!/word/document.xml:3 tr0ub4dor-x2',
  ])
})

test('a workbook: the cells of a row are on its line, with the strings that they share', async () => {
  const xlsx = zipOf({
    'xl/worksheets/sheet1.xml':
      '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>7</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c></row></sheetData></worksheet>',
    'xl/sharedStrings.xml':
      '<sst><si><t>Port</t></si><si><r><t>db_pass</t></r><r><t>word:</t></r></si><si><t>tr0ub4dor-x1</t></si></sst>',
  })
  expect(await found(xlsx, 'a.xlsx')).toContain('a.xlsx!/xl/worksheets/sheet1.xml:2 tr0ub4dor-x1')
})

test('slides and open documents', async () => {
  const pptx = zipOf({
    'ppt/slides/slide1.xml':
      '<p:sld><a:p><a:r><a:t>api_pass</a:t></a:r><a:r><a:t>word=tr0ub4dor-x1</a:t></a:r></a:p></p:sld>',
  })
  expect(await found(pptx, 'a.pptx')).toEqual(['a.pptx!/ppt/slides/slide1.xml:1 tr0ub4dor-x1'])
  const odt = zipOf({
    mimetype: 'application/vnd.oasis.opendocument.text',
    'content.xml':
      '<office:body><text:h>Keys</text:h><text:p>api_password<text:s/>=<text:s/><text:span>tr0ub4dor</text:span>-x1</text:p></office:body>',
  })
  expect(await found(odt, 'a.odt')).toEqual(['a.odt!/content.xml:2 tr0ub4dor-x1'])
})

/** A PDF as pdfkit makes it. */
const pdf = async (write: (document: PDFKit.PDFDocument) => void, options = {}): Promise<Buffer> => {
  const document = new PDFDocument(options)
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  write(document)
  document.end()
  await once(document, 'end')
  return Buffer.concat(chunks)
}

test('a PDF: pages, compressed or not, and its properties', async () => {
  for (const compress of [true, false]) {
    const bytes = await pdf(
      (document) => {
        document.text('Plan').text('db_password = tr0ub4dor-x1').addPage().text('PASSWORD=tr0ub4dor-x2')
      },
      { compress, info: { Title: 'Plan', Keywords: 'db_password=tr0ub4dor-x3' } },
    )
    expect(await found(bytes, 'a.pdf')).toEqual([
      'a.pdf!/page-1:2 tr0ub4dor-x1',
      'a.pdf!/page-2:1 tr0ub4dor-x2',
      expect.stringMatching(/^a\.pdf!\/properties:\d+ tr0ub4dor-x3$/),
    ])
  }
})

test('a PDF with a font of its own, whose codes are no letters', async () => {
  const font = createRequire(import.meta.url).resolve(
    '@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf',
  )
  const bytes = await pdf((document) => {
    document.font(font).text('db_password = tr0ub4dor-x1')
  })
  expect(bytes.includes('ToUnicode')).toBe(true)
  expect(await found(bytes, 'a.pdf')).toEqual(['a.pdf!/page-1:1 tr0ub4dor-x1'])
})

test('objects that are kept in a stream, with pages that inherit', async () => {
  const content = deflateSync('BT /F1 12 Tf 1 0 0 1 72 700 Tm [(db_pass) -20 (word) -300 (= tr0ub4dor) 10 (-x1)] TJ ET')
  const inner = ['<< /Type /Page /Parent 6 0 R /Contents 4 0 R >>', '<< /Type /Pages /Kids [5 0 R] /Resources << >> >>']
  const first = `5 0 6 ${inner[0]!.length + 1} `
  const folded = deflateSync(`${first}${inner.join(' ')}`)
  const bytes = Buffer.concat([
    Buffer.from(`%PDF-1.7\n4 0 obj\n<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n`),
    content,
    Buffer.from(
      `\nendstream\nendobj\n7 0 obj\n<< /Type /ObjStm /N 2 /First ${first.length} /Filter [/FlateDecode] /Length ${folded.length} >>\nstream\n`,
    ),
    folded,
    Buffer.from('\nendstream\nendobj\n%%EOF\n'),
  ])
  expect(await found(bytes, 'a.pdf')).toEqual(['a.pdf!/page-1:1 tr0ub4dor-x1'])
})

test('a file that is attached to a PDF', async () => {
  const bytes = await pdf((document) => {
    document.text('Plan').file(zipOf({ 'app.env': 'DB_PASSWORD=tr0ub4dor-x1\n' }), { name: 'a.zip' })
  })
  expect(await found(bytes, 'a.pdf')).toEqual([
    expect.stringMatching(/^a\.pdf!\/stream-\d+!\/app\.env:1 tr0ub4dor-x1$/),
  ])
})

test('an encrypted PDF says so', async () => {
  const bytes = await pdf((document) => void document.text('db_password = tr0ub4dor-x1'), { userPassword: 'open' })
  expect(await found(bytes, 'a.pdf')).toContain('a.pdf it is encrypted')
})
