/** The output of another scanner as what Reeve makes of it. */
import { Finding, ReeveError } from '../../sdk/index.ts'
import { type Fields, fieldsOf, item, type Told, unread } from './item.ts'
import { ofSarif } from './sarif-results.ts'
import { ofGitleaks, ofKingfisher, ofTrufflehog } from './scanners.ts'

export const FORMATS = ['gitleaks', 'trufflehog', 'kingfisher', 'sarif', 'reeve'] as const
export type Format = (typeof FORMATS)[number]

interface Element {
  at: string
  /** Undefined for a line that is no JSON. */
  value: unknown
}
interface Parsed {
  elements: Element[]
  /** It was one document, and not a line each. */
  whole: boolean
}

/** What a file holds, thing by thing. `name` is the file for messages, which never show what is in it. */
export function readReport(text: string, name: string, asked?: Format): { format: Format; told: Told[] } {
  const plain = text.replace(/^\ufeff/, '')
  if (plain.trim() === '') {
    if (asked === 'trufflehog') return { format: asked, told: [] }
    throw new ReeveError(
      'use/import-empty',
      `reading ${name}: nothing is in it; where TruffleHog found nothing that is right: say --format trufflehog`,
    )
  }
  const parsed = parse(plain, name)
  const format = recognise(parsed)
  if (format === undefined)
    throw new ReeveError(
      'use/import-unknown-format',
      `reading ${name}: it is JSON, but not what ${asked ?? 'gitleaks, TruffleHog, Kingfisher, reeve scan --json or a SARIF tool'} writes`,
    )
  // A list without anything in it is everybody's.
  if (asked !== undefined && format !== asked && parsed.elements.length > 0)
    throw new ReeveError(
      'use/import-other-format',
      `reading ${name} as ${asked}: it is of ${format}; say --format ${format}`,
    )
  return { format: asked ?? format, told: [...things(format, parsed, name)] }
}

function parse(text: string, name: string): Parsed {
  try {
    const document: unknown = JSON.parse(text)
    const list = Array.isArray(document) ? document : [document]
    return {
      elements: list.map((value, index) => ({ at: `item ${index + 1}`, value })),
      whole: !Array.isArray(document),
    }
  } catch (cause) {
    const elements = text.split('\n').flatMap((line, index) => {
      const at = `line ${index + 1}`
      if (line.trim() === '') return []
      try {
        return [{ at, value: JSON.parse(line) as unknown }]
      } catch {
        return [{ at, value: undefined }]
      }
    })
    if (elements.some(({ value }) => fieldsOf(value) !== undefined)) return { elements, whole: false }
    // What the parser says would show a piece of the file.
    const [, offset] = /position (\d+)/.exec((cause as Error).message) ?? []
    const line =
      offset === undefined ? text.trimEnd().split('\n').length : text.slice(0, Number(offset)).split('\n').length
    const isCut = offset === undefined || Number(offset) >= text.trimEnd().length
    throw new ReeveError(
      'use/import-not-json',
      `reading ${name}: it is no JSON, by line ${line}${isCut ? ': it ends before its end, as a file that was cut' : ''}`,
    )
  }
}

function recognise({ elements }: Parsed): Format | undefined {
  if (elements.length === 0) return 'gitleaks'
  for (const { value } of elements) {
    const one = fieldsOf(value)
    if (one === undefined) continue
    if (Array.isArray(one['runs'])) return 'sarif'
    if ('RuleID' in one) return 'gitleaks'
    if ('DetectorName' in one || 'SourceMetadata' in one) return 'trufflehog'
    if (fieldsOf(one['rule']) !== undefined && fieldsOf(one['finding']) !== undefined) return 'kingfisher'
    if (!Array.isArray(one['findings'])) continue
    return 'ledger' in one || one['findings'].some((each) => typeof fieldsOf(each)?.['verdict'] === 'string')
      ? 'reeve'
      : 'kingfisher'
  }
  return undefined
}

function* things(format: Format, { elements, whole }: Parsed, name: string): Generator<Told> {
  for (const { at, value } of elements) {
    const one = fieldsOf(value)
    if (one === undefined) yield unread(at, value === undefined ? 'it is no JSON' : 'it is no object')
    else if (format === 'sarif') yield* sarif(one, name)
    else if (format === 'gitleaks') yield ofGitleaks(at, one)
    else if (format === 'trufflehog') yield ofTrufflehog(at, one)
    else yield* findingsOf(format, whole ? '' : `${at}, `, at, one)
  }
}

function* sarif(log: Fields, name: string): Generator<Told> {
  const { version } = log
  if (version !== '2.1.0')
    throw new ReeveError(
      'use/import-sarif-version',
      `reading ${name}: SARIF 2.1.0 is read, and this says ${typeof version === 'string' && /^[\d.]{1,20}$/.test(version) ? version : 'no version that is known'}`,
    )
  yield* ofSarif(log)
}

/** Kingfisher and Reeve write their findings in an envelope; Kingfisher also one by one. */
function* findingsOf(format: 'kingfisher' | 'reeve', before: string, at: string, one: Fields): Generator<Told> {
  const read = format === 'reeve' ? ofReeve : ofKingfisher
  if (!Array.isArray(one['findings'])) {
    yield read(at, one)
    return
  }
  for (const [index, each] of one['findings'].entries()) {
    const place = `${before}finding ${index + 1}`
    const fields = fieldsOf(each)
    yield fields === undefined ? unread(place, 'it is no object') : read(place, fields)
  }
}

function ofReeve(at: string, one: Fields): Told {
  const { success, data, error } = Finding.safeParse(one)
  if (!success) return unread(at, `its ${error.issues[0]!.path.join('.') || 'form'} is not what Reeve writes`)
  const { rule, title, severity, provider = 'generic', detector, places } = data
  const isSecret = detector !== undefined
  const fields = { tool: 'Reeve', rule, title, severity, isSecret, provider, places, own: data }
  return item(at, { ...fields, says: undefined, value: undefined, context: undefined, live: undefined, fix: undefined })
}
