import { Finding, Live, type Place, Severity } from '../../sdk/index.ts'
import {
  authorOf,
  countOf,
  type Fields,
  fieldsOf,
  instantOf,
  item,
  listOf,
  openly,
  placeOf,
  type Told,
  textOf,
  unread,
} from './item.ts'

const LEVELS: Readonly<Record<string, Severity>> = { error: 'high', warning: 'medium', note: 'low', none: 'info' }
/** Words by which rules about secrets are named in any tool. */
const SECRET = /secret|credential|password|passwd|token|api[-_. ]?key|private[-_. ]?key|CWE-?(?:798|259|321|522)/i

/** The results of all runs of a SARIF 2.1.0 log, of any tool. */
export function* ofSarif(log: Fields): Generator<Told> {
  for (const [index, run] of listOf(log['runs']).entries()) {
    const at = `run ${index + 1}`
    const fields = fieldsOf(run)
    const driver = fieldsOf(fieldsOf(fields?.['tool'])?.['driver'])
    const tool = textOf(driver?.['name'])
    if (fields === undefined || driver === undefined || tool === undefined) {
      yield unread(at, 'it has no tool.driver.name')
      continue
    }
    const rules = listOf(driver['rules']).map(fieldsOf)
    for (const [place, result] of listOf(fields['results']).entries())
      yield ofResult(`${at}, result ${place + 1}`, fieldsOf(result), tool, rules)
  }
}

function ofResult(at: string, one: Fields | undefined, tool: string, rules: (Fields | undefined)[]): Told {
  if (one === undefined) return unread(at, 'it is no object')
  const place = one['ruleIndex'] ?? fieldsOf(one['rule'])?.['index']
  const id = textOf(one['ruleId']) ?? textOf(fieldsOf(one['rule'])?.['id'])
  const rule = (typeof place === 'number' ? rules[place] : undefined) ?? rules.find((other) => other?.['id'] === id)
  const named = id ?? textOf(rule?.['id'])
  if (named === undefined) return unread(at, 'it names no rule')
  const kind = textOf(one['kind']) ?? 'fail'
  if (kind !== 'fail')
    return { at, left: `its kind is ${/^\w+$/.test(kind) ? kind : 'not known'}, which is no fault`, unread: false }
  if (one['baselineState'] === 'absent') return { at, left: 'it was gone when the tool looked', unread: false }
  const properties = fieldsOf(one['properties']) ?? {}
  const places = [...placesOf(one, tool)]
  const told =
    tool === 'Reeve'
      ? ofOwn(at, one, named, properties, places)
      : ofOther(at, one, tool, named, rule, properties, places)
  const isAside = listOf(one['suppressions']).some((each) => (fieldsOf(each)?.['status'] ?? 'accepted') === 'accepted')
  return isAside && 'item' in told ? { ...told, left: 'it was put aside in the tool' } : told
}

function ofOther(
  at: string,
  one: Fields,
  tool: string,
  named: string,
  rule: Fields | undefined,
  properties: Fields,
  places: Place[],
): Told {
  const ofRule = fieldsOf(rule?.['properties']) ?? {}
  const title = messageOf(rule?.['shortDescription']) ?? textOf(rule?.['name']) ?? named
  const level = textOf(one['level']) ?? textOf(fieldsOf(rule?.['defaultConfiguration'])?.['level']) ?? 'warning'
  const tags = listOf(ofRule['tags']).filter((tag) => typeof tag === 'string')
  const isSecret = /gitleaks|trufflehog|kingfisher|secret/i.test(tool) || SECRET.test([named, title, ...tags].join(' '))
  const region = fieldsOf(fieldsOf(fieldsOf(listOf(one['locations'])[0])?.['physicalLocation'])?.['region'])
  const snippet = openly(fieldsOf(region?.['snippet'])?.['text'])
  const help = messageOf(rule?.['help'])
  return item(at, {
    tool,
    rule: named,
    title,
    says: messageOf(one['message']),
    severity: ranked(properties['security-severity'] ?? ofRule['security-severity']) ?? LEVELS[level] ?? 'medium',
    isSecret,
    provider: 'generic',
    // gitleaks writes the secret there, and nothing else; others the whole line.
    value: isSecret && /gitleaks/i.test(tool) ? snippet : undefined,
    context: snippet,
    live: undefined,
    fix: isSecret || help === undefined ? undefined : [help.slice(0, 2000)],
    places,
    own: undefined,
  })
}

/** A finding of Reeve's own, as `toSarif` wrote it. */
function ofOwn(at: string, one: Fields, rule: string, properties: Fields, places: Place[]): Told {
  const [says, ...because] = (messageOf(one['message']) ?? rule).split('\n')
  const severity = Severity.safeParse(properties['severity'])
  const live = Live.safeParse(properties['live'])
  const own = Finding.safeParse({
    id: fieldsOf(one['partialFingerprints'])?.['reeveFinding/v1'],
    rule,
    title: textOf(properties['title']) ?? says,
    says,
    severity: severity.success ? severity.data : 'high',
    verdict: 'fail',
    owasp: listOf(properties['owasp']),
    subject: properties['subject'],
    because,
    fix: listOf(properties['fix']),
    places,
    detector: textOf(properties['detector']),
    provider: textOf(properties['provider']),
    redacted: textOf(properties['redacted']),
    keyId: textOf(properties['keyId']),
    ...(live.success && { live: live.data }),
    fingerprint: textOf(fieldsOf(one['fingerprints'])?.['reeveCredential/v1']),
  })
  if (!own.success) return unread(at, `its ${own.error.issues[0]!.path.join('.') || 'form'} is not what Reeve writes`)
  const finding = Object.fromEntries(Object.entries(own.data).filter(([, value]) => value !== undefined)) as Finding
  const { title, provider = 'generic', detector } = finding
  const isSecret = detector !== undefined
  return {
    at,
    item: { tool: 'Reeve', rule, title, severity: finding.severity, isSecret, provider, places, own: finding },
  }
}

function* placesOf(one: Fields, tool: string): Generator<Place> {
  const marks = fieldsOf(one['partialFingerprints']) ?? {}
  const told =
    tool === 'Reeve' ? [...listOf(one['locations']), ...listOf(one['relatedLocations'])] : listOf(one['locations'])
  for (const location of told) {
    const fields = fieldsOf(location)
    const physical = fieldsOf(fields?.['physicalLocation'])
    const file = fileOf(textOf(fieldsOf(physical?.['artifactLocation'])?.['uri']))
    if (file === undefined) continue
    const region = fieldsOf(physical?.['region'])
    const more = fieldsOf(fields?.['properties']) ?? {}
    const isOwn = tool === 'Reeve'
    yield placeOf({
      file,
      line: countOf(region?.['startLine']),
      column: countOf(region?.['startColumn']),
      commit: textOf(isOwn ? more['commit'] : marks['commitSha']),
      author: isOwn ? textOf(more['author']) : authorOf(marks['author'], marks['email']),
      date: instantOf(isOwn ? more['date'] : marks['date']),
      layer: isOwn ? textOf(more['layer']) : undefined,
      atHead: isOwn && typeof more['atHead'] === 'boolean' ? more['atHead'] : undefined,
    })
  }
}

const fileOf = (uri: string | undefined): string | undefined => {
  if (uri === undefined) return undefined
  try {
    return decodeURIComponent(uri.replace(/^file:\/\/(?=\/)/, '')) || undefined
  } catch {
    return uri
  }
}

const messageOf = (value: unknown): string | undefined =>
  textOf(fieldsOf(value)?.['text']) ?? textOf(fieldsOf(value)?.['markdown'])

/** What code hosts rank by, from 0 to 10. */
const ranked = (value: unknown): Severity | undefined => {
  const score = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
  if (!(score >= 0 && score <= 10)) return undefined
  if (score >= 9) return 'critical'
  return score >= 7 ? 'high' : score >= 4 ? 'medium' : score > 1 ? 'low' : 'info'
}
