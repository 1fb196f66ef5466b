/** What gitleaks, TruffleHog and Kingfisher write: one element each to what is in it. */
import {
  authorOf,
  countOf,
  type Fields,
  fieldsOf,
  instantOf,
  item,
  openly,
  placeOf,
  type Told,
  textOf,
  unread,
} from './item.ts'

/** JSON of gitleaks 8: an array of objects with `RuleID`, `File`, `StartLine`. */
export const ofGitleaks = (at: string, one: Fields): Told => {
  const rule = textOf(one['RuleID'])
  const file = textOf(one['File'])
  if (rule === undefined || file === undefined) return unread(at, `it has no ${rule === undefined ? 'RuleID' : 'File'}`)
  return item(at, {
    tool: 'gitleaks',
    rule,
    title: textOf(one['Description']) ?? rule,
    says: undefined,
    severity: 'high',
    isSecret: true,
    provider: rule.split('-')[0]!,
    value: openly(one['Secret']),
    context: openly(one['Match']),
    live: undefined,
    fix: undefined,
    own: undefined,
    places: [
      placeOf({
        file,
        line: countOf(one['StartLine']),
        column: countOf(one['StartColumn']),
        commit: textOf(one['Commit']),
        author: authorOf(one['Author'], one['Email']),
        date: instantOf(one['Date']),
      }),
    ],
  })
}

/** JSON lines of TruffleHog 3: `DetectorName`, `Raw`, and the place under the kind of source. */
export const ofTrufflehog = (at: string, one: Fields): Told => {
  const rule = textOf(one['DetectorName'])
  if (rule === undefined) {
    return textOf(one['level']) === undefined
      ? unread(at, 'it has no DetectorName')
      : { at, left: 'it is a line of the tool’s log', unread: false }
  }
  const data = fieldsOf(fieldsOf(one['SourceMetadata'])?.['Data']) ?? {}
  const [source] = Object.values(data)
  const from = fieldsOf(source) ?? {}
  const file = textOf(from['file']) ?? textOf(from['path']) ?? textOf(from['link'])
  if (file === undefined) return unread(at, 'it says of no file where it was found')
  const isVerified = one['Verified'] === true
  return item(at, {
    tool: 'trufflehog',
    rule,
    title: `${rule} credential`,
    says: undefined,
    severity: isVerified ? 'critical' : 'high',
    isSecret: true,
    provider: rule.toLowerCase(),
    value: openly(one['RawV2']) ?? openly(one['Raw']),
    context: openly(one['Raw']),
    live: isVerified ? 'live' : textOf(one['VerificationError']) === undefined ? undefined : 'indeterminate',
    fix: undefined,
    own: undefined,
    places: [
      placeOf({
        file,
        line: countOf(from['line']),
        commit: textOf(from['commit']),
        author: authorOf(undefined, from['email']),
        date: instantOf(from['timestamp']),
        layer: textOf(from['layer']),
      }),
    ],
  })
}

const LIVE = { active: 'live', inactive: 'dead' } as const

/** JSON of Kingfisher 1: objects with `rule` and `finding`. */
export const ofKingfisher = (at: string, one: Fields): Told => {
  const rule = fieldsOf(one['rule'])
  const found = fieldsOf(one['finding'])
  if (rule === undefined || found === undefined) {
    return one['access_map'] === undefined && one['audit'] === undefined
      ? unread(at, `it has no ${rule === undefined ? 'rule' : 'finding'}`)
      : { at, left: 'it is no finding', unread: false }
  }
  const id = textOf(rule['id'])
  const history = fieldsOf(found['git_metadata'])
  const commit = fieldsOf(history?.['commit'])
  const committer = fieldsOf(commit?.['committer'])
  const file = textOf(fieldsOf(history?.['file'])?.['path']) ?? textOf(found['path'])
  if (id === undefined || file === undefined) return unread(at, `it has no ${id === undefined ? 'rule.id' : 'path'}`)
  const [status = ''] = (textOf(fieldsOf(found['validation'])?.['status']) ?? '').toLowerCase().split(' ')
  const live = status in LIVE ? LIVE[status as keyof typeof LIVE] : undefined
  return item(at, {
    tool: 'kingfisher',
    rule: id,
    title: textOf(rule['description']) ?? textOf(rule['name']) ?? id,
    says: undefined,
    severity: live === 'live' ? 'critical' : textOf(found['confidence'])?.toLowerCase() === 'low' ? 'medium' : 'high',
    isSecret: true,
    provider: id.split('.')[1]?.split('-')[0] ?? 'generic',
    value: openly(found['snippet']),
    context: undefined,
    live,
    fix: undefined,
    own: undefined,
    places: [
      placeOf({
        file,
        line: countOf(found['line']),
        column: countOf(found['column_start']),
        commit: textOf(commit?.['id']),
        author: authorOf(committer?.['name'], committer?.['email']),
        date: instantOf(commit?.['date']),
      }),
    ],
  })
}
