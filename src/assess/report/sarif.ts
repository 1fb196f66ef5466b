import type { Finding, LedgerLine, Place, Rule, Severity } from '../../sdk/index.ts'

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
}
/** What code hosts rank by. */
const SECURITY: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: '1.0',
}

/** A finding, and if it is put aside, why. */
export type Reported = Finding & { state?: 'open' | 'muted' | 'accepted' | 'resolved'; reason?: string | null }

/**
 * Failed findings as SARIF 2.1.0; a muted or accepted one is a suppressed result. Verdicts that could not be reached are no
 * results: what was refused is told as notifications of the run.
 */
export function toSarif(
  findings: readonly Reported[],
  tool: { version: string; rules: readonly Rule[]; ledger?: Iterable<LedgerLine> },
) {
  const results = findings.filter(({ verdict, state }) => verdict === 'fail' && state !== 'resolved')
  const named = new Set(results.map(({ rule }) => rule))
  const rules = tool.rules.filter(({ id }) => named.has(id))
  const place = new Map(rules.map(({ id }, index) => [id, index]))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0' as const,
    runs: [
      {
        tool: { driver: { name: 'Reeve', version: tool.version, rules: rules.map(descriptor) } },
        columnKind: 'utf16CodeUnits' as const,
        results: results.map((finding) => ({
          ruleId: finding.rule,
          ...(place.has(finding.rule) && { ruleIndex: place.get(finding.rule) }),
          kind: 'fail' as const,
          level: LEVEL[finding.severity],
          message: { text: [finding.says ?? finding.title, ...finding.because].join('\n') },
          locations: locations(finding),
          ...(finding.places.length > 1 && {
            relatedLocations: finding.places.slice(1, 101).map((one, id) => ({ id, ...physical(one) })),
          }),
          partialFingerprints: { 'reeveFinding/v1': finding.id },
          ...(finding.fingerprint && { fingerprints: { 'reeveCredential/v1': finding.fingerprint } }),
          ...((finding.state === 'muted' || finding.state === 'accepted') && {
            suppressions: [
              {
                kind: 'external' as const,
                status: 'accepted' as const,
                ...(finding.reason && { justification: finding.reason }),
              },
            ],
          }),
          properties: {
            title: finding.title,
            severity: finding.severity,
            ...(finding.detector && {
              detector: finding.detector,
              provider: finding.provider,
              redacted: finding.redacted,
            }),
            ...(finding.keyId && { keyId: finding.keyId }),
            ...(finding.live && { live: finding.live }),
            'security-severity': SECURITY[finding.severity],
            owasp: finding.owasp,
            subject: finding.subject,
            fix: finding.fix,
          },
        })),
        invocations: [
          { executionSuccessful: true, toolExecutionNotifications: [...(tool.ledger ?? [])].flatMap(notification) },
        ],
      },
    ],
  }
}

const descriptor = ({ id, title, why, fix, severity, owasp }: Rule) => ({
  id,
  name: id.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
  shortDescription: { text: title },
  fullDescription: { text: why },
  help: { text: fix.map((step, index) => `${index + 1}. ${step}`).join('\n') },
  defaultConfiguration: { level: LEVEL[severity] },
  properties: { tags: ['security', ...owasp], 'security-severity': SECURITY[severity] },
})

/** The first place, or where there is none the subject by its name. */
function locations({ places, subject }: Finding) {
  return places[0]?.file === undefined
    ? [{ logicalLocations: [{ fullyQualifiedName: subject }] }]
    : [physical(places[0])]
}

function physical({ file = '', line, column, ...more }: Place) {
  const { commit } = more
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      ...(line !== undefined && { region: { startLine: line, ...(column !== undefined && { startColumn: column }) } }),
    },
    ...(commit !== undefined && { message: { text: `in commit ${commit}` } }),
    ...(Object.keys(more).length > 0 && { properties: more }),
  }
}

const uriOf = (file: string): string => {
  const path = file.toWellFormed().replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
  return file.startsWith('/') ? `file://${path}` : path
}

function notification({ connection, collection, scope, expected, obtained, refused, reason, permission }: LedgerLine) {
  if (refused === 0 && (expected === null || obtained >= expected)) return []
  const what = `${connection}: ${collection}${scope ? ` of ${scope}` : ''}: ${refused} refused, ${obtained} of ${expected ?? 'an unknown number'} read`
  return [
    {
      level: 'warning' as const,
      message: { text: `${what}${reason ? `: ${reason}` : ''}${permission ? `. Grant ${permission}` : ''}` },
    },
  ]
}
