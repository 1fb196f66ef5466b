import { posix } from 'node:path'
import { isPlaceholder } from './dockerfile.ts'
import { isTable, list, readYaml, strings, type Table, table, text, type YamlDocument } from './yaml-lines.ts'

/** One Kubernetes object of a file, as far as identities are concerned. */
export interface Manifest {
  file: string
  line: number
  kind: string
  name: string
  /** Is the name computed from a chart's values, so that the file's name stands for it? */
  templated: boolean
  namespace: string | null
  labels: Table
  annotations: Table
  body: Table
  lineOf(...path: (string | number)[]): number
}

export const isManifest = (source: string): boolean =>
  /(?:^|[{,])[ \t]*(?:- )?"?kind"?[ \t]*:/m.test(source) && /(?:^|[{,])[ \t]*(?:- )?"?apiVersion"?[ \t]*:/m.test(source)

/** Go templates of a chart: their text is no YAML until values are put in. */
export const isTemplate = (source: string): boolean => /\{\{/.test(source)

/**
 * A chart's template as YAML, as well as can be without its values: actions that stand alone go, others become a word. What
 * names and lists really hold is not known; kinds, verbs and fixed names are.
 */
export function withoutActions(source: string): string {
  return withoutLongActions(source)
    .split('\n')
    .map((line) => {
      if (
        /^\s*(?:-\s*)?\{\{-?\s*(?:\/\*|if|else|end|range|with|define|template|include|toYaml|block|tpl|fail|printf|list|merge)\b[^}]*\}\}\s*$/.test(
          line,
        )
      )
        return ''
      if (/^\s*\{\{.*\}\}\s*$/.test(line)) return ''
      return line.replace(/(["'])?\{\{.*?\}\}(["'])?/g, (_, before = '', after = '') => `${before}templated${after}`)
    })
    .join('\n')
}

/** Actions of several lines (comments mostly) become empty lines, so that the others keep their numbers. */
function withoutLongActions(source: string): string {
  let text = ''
  let from = 0
  for (;;) {
    const open = source.indexOf('{{', from)
    const close = open < 0 ? -1 : source.indexOf('}}', open)
    if (close < 0) return text + source.slice(from)
    const action = source.slice(open, close + 2)
    text += source.slice(from, open) + (action.includes('\n') ? action.replace(/[^\n]+/g, '') : action)
    from = close + 2
  }
}

/** Kinds that say something of identities; what else a file holds (definitions of megabytes) is not parsed. */
const OF_INTEREST =
  /(?:^|[{,])[ \t]*(?:- )?"?kind"?[ \t]*:[ \t]*["']?(?:ServiceAccount|Role|ClusterRole|RoleBinding|ClusterRoleBinding|Secret|Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|Job|CronJob|Rollout|\w*List)\b/m

/** The objects of a file; lists are opened. Documents are read one by one: `skipped` says why one or more could not be. */
export function readManifests(file: string, source: string): { manifests: Manifest[]; skipped: string | null } {
  const manifests: Manifest[] = []
  let skipped: string | null = null
  let before = 0
  for (const part of file.endsWith('.json') ? [source] : source.split(/^(?=---)/m)) {
    if (OF_INTEREST.test(part)) {
      const read = readYaml(part)
      if ('skipped' in read)
        skipped ??= read.skipped.replace(/^line (\d+)/, (_, line) => `line ${Number(line) + before}`)
      else
        for (const document of read.documents)
          manifests.push(...objects(file, moved(document, before), document.value, []))
    }
    for (let at = part.indexOf('\n'); at >= 0; at = part.indexOf('\n', at + 1)) before++
  }
  return { manifests, skipped }
}

const moved = (document: YamlDocument, lines: number): YamlDocument => ({
  value: document.value,
  line: (path) => document.line(path) + lines,
})

function* objects(
  file: string,
  document: YamlDocument,
  value: unknown,
  path: (string | number)[],
): Generator<Manifest> {
  if (!isTable(value)) return
  const kind = text(value['kind'])
  if (!kind || !text(value['apiVersion'])) return
  if (kind === 'List' || (kind.endsWith('List') && Array.isArray(value['items']))) {
    for (const [at, item] of list(value['items']).slice(0, 5000).entries())
      yield* objects(file, document, item, [...path, 'items', at])
    return
  }
  const metadata = table(value['metadata'])
  yield {
    file,
    line: document.line([...path, 'kind']),
    kind,
    name: nameIn(metadata, file),
    templated: /templated/.test(text(metadata['name']) ?? ''),
    namespace: fixed(metadata['namespace']),
    labels: table(metadata['labels']),
    annotations: table(metadata['annotations']),
    body: value,
    lineOf: (...steps) => document.line([...path, ...steps]),
  }
}

/**
 * A patch of Kustomize's names only what it changes: taken for a whole, it would seem to run as the default account. Whole
 * objects have a selector where one is required, and an image.
 */
const isWhole = (kind: string, body: Table, spec: Table): boolean =>
  (!/^(Deployment|StatefulSet|DaemonSet|ReplicaSet)$/.test(kind) || isTable(table(body['spec'])['selector'])) &&
  list(spec['containers']).some((container) => text(table(container)['image']) !== undefined)

/** A word that is not computed from values. */
export const fixed = (value: unknown): string | null => {
  const word = text(value)
  return word === undefined || word.includes('templated') ? null : word
}

const nameIn = (metadata: Table, file: string): string =>
  fixed(metadata['name']) ??
  (text(metadata['name'])
    ? posix.basename(file).replace(/\.[^.]+$/, '')
    : (text(metadata['generateName']) ?? 'unnamed'))

/** Where the pod's description sits in each kind of workload. */
const POD_AT: Record<string, string[]> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  Rollout: ['spec', 'template', 'spec'],
}

export const podOf = ({ kind, body }: Manifest): { spec: Table; path: string[] } | null => {
  const path = POD_AT[kind]
  if (!path) return null
  let at: unknown = body
  for (const step of path) at = table(at)[step]
  return isTable(at) && isWhole(kind, body, at) ? { spec: at, path } : null
}

export interface PolicyRule {
  groups: string[]
  resources: string[]
  verbs: string[]
  line: number
}

/** Rules about named objects are left out: they give what they say. */
export const rulesOf = ({ body, lineOf }: Manifest): PolicyRule[] =>
  list(body['rules'])
    .slice(0, 500)
    .flatMap((rule, at) =>
      isTable(rule) && rule['nonResourceURLs'] === undefined && list(rule['resourceNames']).length === 0
        ? {
            groups: list(rule['apiGroups']).map(String),
            resources: strings(rule['resources']),
            verbs: strings(rule['verbs']),
            line: lineOf('rules', at),
          }
        : [],
    )

/** What of a rule gives more than it looks: everything, secrets of all, or rights over rights. */
export function dangersOf({ groups, resources, verbs }: PolicyRule): string[] {
  const has = (values: string[], ...wanted: string[]) =>
    values.includes('*') || wanted.some((want) => values.includes(want))
  const core = groups.includes('') || groups.includes('*')
  const found: string[] = []
  if (resources.includes('*') && verbs.includes('*'))
    found.push(
      groups.includes('*')
        ? 'may do anything to everything'
        : `may do anything in the API group ${groups.join(', ') || 'core'}`,
    )
  else if (core && resources.includes('secrets') && has(verbs, 'list', 'watch')) found.push('may read all secrets')
  else if (
    groups.includes('*') &&
    resources.includes('*') &&
    has(verbs, 'list', 'get', 'watch') &&
    !verbs.includes('*')
  )
    found.push('may read everything, secrets too')
  if (
    !resources.includes('*') &&
    has(groups, 'rbac.authorization.k8s.io') &&
    verbs.some((verb) => verb === 'escalate' || verb === 'bind')
  )
    found.push('may give itself any role')
  if (
    core &&
    !resources.includes('*') &&
    verbs.includes('impersonate') &&
    has(resources, 'users', 'groups', 'serviceaccounts')
  )
    found.push('may act as others')
  return found
}

/** Names of values that are kept in a Secret for company only. */
const HARMLESS =
  /(?:^|[._-])(?:user(?:name)?|login|email|host(?:name)?|port|endpoint|ur[il]|region|bucket(?:names?|s)?|database|db|dbname|name(?:space)?|audience|issuer(?:url)?|client[._-]?id|tenant[._-]?id|type|scope|server|project|cluster|mtime|enabled|mode|version|ca|crt|cert|pub|public|access[._-]?key[._-]?id)$|(?:[a-z])(?:Mtime|Id|Url|URL|Name|Host|Port|Endpoint|Region|Audience|Issuer)$|^(?:ca|tls)\.crt$/i

/** A file kept in a Secret is none because of that: it has to hold one. */
const IS_FILE = /\.(ini|ya?ml|json|conf|toml|xml|properties|cfg|config|txt|sh|sql)$/i
const holdsSecret = (value: string): boolean =>
  [...value.matchAll(/(?:password|passwd|secret|token|api_?key)["']?[ \t]*[:=][ \t]*["']?([^\s"',}]{6,200})/gi)].some(
    (match) => !isPlaceholder(match[1]!),
  )

/** Values that are written into a Secret: names, and the plain values as far as they are no stand-ins. */
export function secretValues({ body, lineOf }: Manifest): { name: string; value: string; line: number }[] {
  const values: { name: string; value: string; line: number }[] = []
  for (const [part, decode] of [
    ['stringData', false],
    ['data', true],
  ] as const) {
    for (const [name, given] of Object.entries(table(body[part])).slice(0, 200)) {
      const raw = text(given)
      if (raw === undefined || raw.startsWith('ENC[') || /templated|\$\{|^<.*>$|^vault:|^ref\+/.test(raw)) continue
      const value = decode ? Buffer.from(raw, 'base64').toString('utf8') : raw
      if (
        value.length < 4 ||
        HARMLESS.test(name) ||
        (IS_FILE.test(name) && !holdsSecret(value)) ||
        isPlaceholder(value.trim()) ||
        /^https?:\/\/[^@]*$|^-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----/.test(value)
      )
        continue
      values.push({ name, value, line: lineOf(part, name) })
    }
  }
  return values
}
