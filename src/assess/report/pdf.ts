import type { Readable } from 'node:stream'
import { Severity } from '../../sdk/index.ts'
import {
  answerOf,
  counted,
  datedOf,
  figure,
  moment,
  type Paper,
  type PaperExecutive,
  type PaperFramework,
  rowsAddress,
  rowsSay,
  STATE_WORDS,
} from './paper.ts'
import { INK, MARGIN, Sheet } from './pdf-sheet.ts'
import { trendOf } from './trend.ts'

/** Sources can be many; those that were read whole are counted. */
const LINES = 60

/**
 * The report as PDF, written as it is read. The same report gives the same bytes: its date is that of the report, and nothing in it
 * comes from a clock or from chance.
 */
export async function toPdf(paper: Paper): Promise<Readable> {
  const { default: PDFDocument } = await import('pdfkit')
  const made = new Date(paper.asOf ?? 0)
  const doc = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    lang: 'en',
    displayTitle: true,
    pdfVersion: '1.7',
    info: {
      Title: paper.title,
      Author: 'Reeve',
      Creator: 'Reeve',
      Producer: 'Reeve',
      CreationDate: made,
      ModDate: made,
    },
  })
  const sheet = new Sheet(doc)
  try {
    write(sheet, paper)
  } finally {
    doc.end()
  }
  return doc as unknown as Readable
}

function write(sheet: Sheet, paper: Paper): void {
  sheet.quiet('Reeve · posture of non-human identities')
  sheet.title(paper.title)
  sheet.quiet(paper.asOf === null ? 'Nothing was judged yet.' : `As judged on ${moment(paper.asOf)}.`)
  sheet.text(answerOf(paper))
  if (paper.executive) executive(sheet, paper.executive)
  things(sheet, paper)
  seen(sheet, paper)
  risks(sheet, paper)
  for (const one of paper.frameworks) framework(sheet, one)
  findings(sheet, paper)
}

function executive(sheet: Sheet, { volume, risk, since, reduced, trend, bar }: PaperExecutive): void {
  const numbers = (list: PaperExecutive['volume']): void =>
    sheet.numbers(
      list.map(({ count, of, says, href }) => ({
        figure: figure(count),
        says: `${of === null ? '' : `of ${figure(of)} `}${says}. Rows: ${rowsSay(href)}`,
      })),
    )
  sheet.sub('How many')
  numbers(volume)
  sheet.sub('What is wrong')
  numbers(risk)
  sheet.sub(`What was done${since ? ` since ${moment(since).split(',')[0]}` : ''}`)
  numbers(reduced)
  const lines = trendOf(trend, sheet.width, 90)
  sheet.sub('Over time')
  if (lines) {
    sheet.lines(90, [
      { places: lines.known, colour: INK.quiet },
      { places: lines.severe, colour: INK.critical },
    ])
    sheet.quiet(`${lines.says} Grey: all; red: critical and high.`)
  } else sheet.quiet('One read is no trend yet.')
  sheet.quiet(
    bar.asked === 0
      ? 'Nothing was asked of any source yet.'
      : `${figure(bar.obtained)} of ${figure(bar.asked)} that were asked for came; ${figure(bar.refused)} were refused, ${figure(bar.stale)} are shown as they were at an earlier read.`,
  )
}

function things(sheet: Sheet, { things: five }: Paper): void {
  if (five.length === 0) return
  sheet.heading('What to know first')
  for (const { says, because, fix, undo, owner, more } of five) {
    sheet.sub(more > 0 ? `${says} (and ${figure(more)} like it)` : says)
    sheet.list(because)
    sheet.text(`Who: ${owner ?? 'nobody answers for it, and no evidence names anybody.'}`)
    sheet.list(fix, true)
    sheet.quiet(`Way back: ${undo}`)
  }
}

function seen(sheet: Sheet, { executive: first, ledger, lost }: Paper): void {
  sheet.heading('What was read, and how complete it is')
  if (first && first.sources.length > 0)
    sheet.table(
      [
        { title: 'Source', part: 4 },
        { title: 'State', part: 2 },
        { title: 'Asked', part: 1.5, right: true },
        { title: 'Read', part: 1.5, right: true },
        { title: 'Refused', part: 1.5, right: true },
        { title: 'Last read', part: 3.5 },
      ],
      first.sources.map(({ title, state, bar, lastRead }) => [
        title,
        state,
        figure(bar.asked),
        figure(bar.obtained),
        figure(bar.refused),
        lastRead === null ? 'never' : moment(lastRead),
      ]),
    )
  const partial = ledger.filter(({ refused, expected, obtained }) => refused > 0 || (expected ?? 0) > obtained)
  sheet.text(
    `${counted(ledger.length, 'listing')} ${ledger.length === 1 ? 'is' : 'are'} in the ledger; ${partial.length === 0 ? 'all were read whole' : `${figure(partial.length)} ${partial.length === 1 ? 'was' : 'were'} not read whole`}.`,
  )
  if (partial.length > 0)
    sheet.table(
      [
        { title: 'Listing', part: 4 },
        { title: 'Expected', part: 1.3, right: true },
        { title: 'Read', part: 1.2, right: true },
        { title: 'Refused', part: 1.2, right: true },
        { title: 'Why, and what would answer it', part: 5 },
      ],
      partial
        .slice(0, LINES)
        .map(({ connection, collection, scope, expected, obtained, refused, reason, permission }) => [
          `${connection} ${collection}${scope ? ` (${scope})` : ''}`,
          expected === null ? 'not said' : figure(expected),
          figure(obtained),
          figure(refused),
          [reason ?? 'no reason was given', permission].filter(Boolean).join(' · '),
        ]),
    )
  if (partial.length > LINES) sheet.quiet(`And ${figure(partial.length - LINES)} more.`)
  if (lost.length === 0) return
  sheet.sub('What is unknown, and the grant that would answer it')
  sheet.list(
    lost
      .slice(0, LINES)
      .map(
        ({ connection, permission, reason, verdicts }) =>
          `${counted(verdicts, 'verdict')}: ${reason}${permission ? ` Grant ${permission}${connection ? ` to ${connection}` : ''}.` : ''}`,
      ),
  )
  if (lost.length > LINES) sheet.quiet(`And ${figure(lost.length - LINES)} more causes.`)
}

function risks(sheet: Sheet, { open, owasp, tenNames }: Paper): void {
  sheet.heading('Open findings by severity and by OWASP’s ten risks of 2025')
  sheet.text(Severity.options.map((severity) => `${severity} ${figure(open[severity])}`).join(', '))
  sheet.table(
    [
      { title: 'Id', part: 1.2 },
      { title: 'Risk', part: 5 },
      ...Severity.options.map((title) => ({ title, part: 1.2, right: true })),
      { title: 'unknown', part: 1.3, right: true },
      { title: 'rules', part: 1, right: true },
    ],
    owasp.map(({ id, title, rules, open: of, unknown }) => [
      id,
      title,
      ...Severity.options.map((severity) => figure(of[severity])),
      figure(unknown),
      figure(rules),
    ]),
  )
  sheet.quiet(
    `A finding with two ids stands under both. Under other names: ${tenNames.map(({ name, open: of }) => `${name} ${figure(of)}`).join(' · ')}.`,
  )
}

function framework(sheet: Sheet, { framework: of, controls }: PaperFramework): void {
  sheet.heading(`${of.title}, ${of.version}`)
  sheet.quiet(`By ${of.publisher}. Titles and questions are in our words; the text is theirs: ${of.url}`)
  sheet.text(
    `${counted(controls.length, 'control')}: ${of.controls.met} met, ${of.controls.notMet} not met, ${of.controls.unknown} unknown, ${of.controls.notApplicable} not applicable.`,
  )
  for (const control of controls) {
    sheet.sub(`${control.id} ${control.title}: ${STATE_WORDS[control.state]}`)
    sheet.text(`${control.asks} ${control.because}`)
    if (control.beside !== null) sheet.quiet(`Beside it, from you: ${control.beside}`)
    sheet.list(
      control.evidence.map(
        (item) => `${item.says} ${item.reads.charAt(0).toUpperCase()}${item.reads.slice(1)}. ${datedOf(item)}`,
      ),
      true,
    )
    sheet.quiet(`Rows: ${rowsAddress(of.id, control.id)}`)
  }
}

function findings(sheet: Sheet, { findings: listed, more, rules }: Paper): void {
  if (listed.length === 0) return
  sheet.heading(more > 0 ? `The ${figure(listed.length)} worst findings` : 'Findings')
  for (const finding of listed) {
    sheet.sub(finding.says ?? finding.title)
    sheet.quiet(
      `${finding.verdict === 'unknown' ? 'unknown' : finding.severity} · ${finding.owasp.join(', ')} · ${finding.rule} · ${finding.subject}`,
    )
    sheet.list(finding.because.slice(0, 8))
    if (finding.fix[0] !== undefined) sheet.text(`Fix: ${finding.fix.join(' ')}`)
  }
  if (more > 0) sheet.text(`And ${figure(more)} more, all of them in the table of findings (CSV).`)
  sheet.heading('Why these rules')
  for (const { id, title, why, undo } of rules) {
    sheet.sub(title)
    sheet.text(why)
    sheet.quiet(`${id} · Way back: ${undo}`)
  }
}
