import { hash } from 'node:crypto'
import type { Finding, Place } from '../../sdk/index.ts'
import { numbered, worstFirst } from '../finding.ts'
import { gitSecretInCode } from '../rules/git-secret-in-code.ts'
import type { Item } from './item.ts'
import { type Format, readReport } from './read-report.ts'

export interface Imported {
  format: Format
  findings: Finding[]
  /** Things in the file; those that are findings now (of one secret in many places one is made); and the others, each with its reason. */
  items: number
  taken: number
  left: { at: string; why: string }[]
  /** All that is left is no finding; nothing was too strange to be read. */
  whole: boolean
}

interface Parts {
  fingerprint(value: string): string
  /** A text of another tool without the secrets in it. */
  clean(text: string): string
}

/** The findings of another scanner in our form; no value of a secret is in them. */
export function importFindings(text: string, name: string, asked: Format | undefined, parts: Parts): Imported {
  const { format, told } = readReport(text, name, asked)
  const taken: Item[] = []
  const left: Imported['left'] = []
  let whole = true
  for (const one of told) {
    if ('item' in one && one.left === undefined) taken.push(one.item)
    else left.push({ at: one.at, why: one.left! })
    if ('unread' in one && one.unread) whole = false
  }
  return { format, findings: findingsOf(taken, parts), items: told.length, taken: taken.length, left, whole }
}

function findingsOf(items: readonly Item[], parts: Parts): Finding[] {
  const groups = new Map<string, Item[]>()
  const own: Finding[] = []
  for (const one of items) {
    if (one.own !== undefined) own.push(one.own)
    else {
      const same = one.value === undefined ? places(one) : [parts.fingerprint(one.value)]
      const key = JSON.stringify([one.tool, one.rule, ...same])
      groups.set(key, [...(groups.get(key) ?? []), one])
    }
  }
  const made = [...groups.values()].map((same) => toFinding(same, parts))
  return [...own, ...numbered(made)].sort(worstFirst)
}

const places = (one: Item): string[] => one.places.map(({ file, line }) => `${file}:${line}`)

/** One secret in all its places, or one fault. The id is made as of our own secrets: it does not hang on lines. */
function toFinding(same: readonly Item[], { fingerprint, clean }: Parts): Finding {
  const [one] = same as [Item]
  const rule = `${slug(one.tool)}/${one.rule}`
  const all = same.flatMap((each) => each.places).sort((a, b) => order(a, b))
  const print = one.value === undefined ? undefined : fingerprint(one.value)
  const redacted = one.value === undefined ? '…' : `${one.value.slice(0, Math.min(4, one.value.length >> 2))}…`
  const file = all[0]?.file ?? ''
  const identity = one.isSecret ? [rule, one.rule, redacted, file] : [rule, file, one.title]
  const title = clean(hidden(one.title, one))
  const live = same.find((each) => each.live === 'live')?.live ?? one.live
  return {
    id: hash('sha256', JSON.stringify(identity)).slice(0, 16),
    rule,
    title,
    says: one.says === undefined ? title : clean(hidden(one.says, one)),
    severity: same.some((each) => each.severity === 'critical') ? 'critical' : one.severity,
    verdict: 'fail',
    owasp: one.isSecret ? ['NHI2'] : [],
    subject:
      print === undefined ? `imported:${slug(one.tool)}:${file || one.rule}`.slice(0, 2048) : `credential:${print}`,
    because: [`${one.tool} found it by its rule ${one.rule}.`],
    fix: one.isSecret
      ? [...gitSecretInCode.fix]
      : (one.fix?.map(clean) ?? [`Read what ${one.tool} says of ${one.rule}, and mend it at its place.`]),
    places: all,
    ...(one.isSecret && { detector: one.rule, provider: one.provider, redacted }),
    ...(print !== undefined && { fingerprint: print }),
    ...(live !== undefined && { live }),
  }
}

const hidden = (text: string, { value, context }: Item): string =>
  [value, context].reduce<string>((rest, part) => (part ? rest.replaceAll(part, '…') : rest), text)

const slug = (tool: string): string =>
  tool
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '') || 'tool'

const order = (a: Place, b: Place): number => {
  const [one, other] = [a, b].map(({ file = '', line = 0, commit = '' }) =>
    [file, String(line).padStart(12, '0'), commit].join('\0'),
  )
  return one! < other! ? -1 : one! > other! ? 1 : 0
}

/** Where a value ends inside what a tool took for it: `postgres://user:value@host`, `key = "value"`. */
const BORDERS = /[\s"'`=:;,@/&?<>()[\]{}]+/
/** A shorter part is a name or a word. */
const LEAST = 8

/**
 * What another scanner's report knows: a finding of a secret is known when the report holds its value, or its public id; or, where the report
 * holds no value, when it names a place of it by file and line. What was put aside there is known too.
 */
export function knownToReport(text: string, name: string, parts: Parts): (finding: Finding) => boolean {
  const marks = new Set<string>()
  for (const one of readReport(text, name).told) {
    if (!('item' in one)) continue
    const { value, context, own } = one.item
    if (own !== undefined) for (const mark of importedMarksOf(own)) marks.add(mark)
    else if (value === undefined) for (const { file, line } of one.item.places) marks.add(placeMark(file, line))
    else
      for (const part of [value, ...`${value} ${context ?? ''}`.split(BORDERS).filter((word) => word.length >= LEAST)])
        marks.add(parts.fingerprint(part))
  }
  return (finding) =>
    finding.detector !== undefined &&
    (marksOf(finding).some((mark) => marks.has(mark)) ||
      (finding.keyId !== undefined && marks.has(parts.fingerprint(finding.keyId))) ||
      finding.places.some(({ file, line }) => marks.has(placeMark(file, line))))
}

const marksOf = ({ id, fingerprint }: Finding): string[] => [
  `id ${id}`,
  ...(fingerprint === undefined ? [] : [fingerprint]),
]

/** Of a finding that was imported before: its rule is of another tool. Our own are told by their rule too, in `baseline`. */
const importedMarksOf = (finding: Finding): string[] => {
  if (!finding.rule.includes('/')) return [`id ${finding.id}`]
  const places = finding.fingerprint === undefined && finding.detector !== undefined ? finding.places : []
  return [...marksOf(finding), ...places.map(({ file, line }) => placeMark(file, line))]
}

const placeMark = (file: string | undefined, line: number | undefined): string =>
  JSON.stringify([file?.replaceAll('\\', '/').replace(/^\.\//, ''), line])
