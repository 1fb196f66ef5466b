import { isSideFile } from '../assignment.ts'
import type { Detector } from '../detector.ts'
import { serviceIn, UNCOMMON } from '../services.ts'
import { isNothing, isSample, looksDrawn, readsAsName, standsForAnother, wordsOf } from '../value.ts'
import { made } from './made.ts'
import { looksLikeReference } from './secrets.ts'

/** `SERVICE … SECRET value`: the words of a credential behind the name of a service, joined by almost anything. */
const besideService: Detector = {
  id: 'service-key',
  provider: 'generic',
  title: 'API key of a service',
  severity: 'high',
  method: 'token',
  rank: 0,
  before: 96,
  span: 900,
  anchors: ['secret', 'token', 'key', 'access', 'private', 'auth'].map((literal) => ({ literal, anyCase: true })),
  pattern:
    /(?:secret|token|key|access|private|auth)(?:[ _-]{0,3}(?:secret|token|key|access|private|auth|api|id|client|app)){0,4}["'\])]{0,3}(?:[ \t]{0,4}(?:=>|:=|[=:])[ \t]{0,4}|[ \t_:=-]{1,4})["'\x60]?(?<value>[A-Za-z0-9][A-Za-z0-9_\-+/=.:%@]{9,800})(?![A-Za-z0-9(])/i,
  sieves: [
    {
      pattern:
        /(?:secret|token|key|access|private|auth)(?:[ _-]{0,3}(?:secret|token|key|access|private|auth|api|id|client|app)){0,4}["'\])]{0,3}(?:[ \t]{0,4}(?:=>|:=|[=:])[ \t]{0,4}|[ \t_:=-]{1,4})["'\x60]?(?:[A-Za-z0-9_\-+/=.:%@]*[0-9]|[A-Za-z0-9_\-+/=.:%@]{20})/i,
    },
  ],
  judge: ({ value, window, anchor, at, file }) => {
    const head = window.slice(0, anchor)
    const line = head.slice(head.lastIndexOf('\n') + 1)
    const service = serviceIn(line)
    if (service === null) return null
    const glue = window.slice(anchor, at)
    if (/^["'\x60]?\(|^\.\w+\(/.test(window.slice(at + value.length))) return null
    const body = value.replace(/[.:=]+$/, '')
    // The name of a setting, or the head of a value that was cut.
    if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(body) || window.startsWith('...', at + body.length)) return null
    if (body.length < 12 || standsForAnother(body) || isNothing(body) || looksLikeReference(body)) return null
    const runs = body.split(/[^A-Za-z0-9]+/)
    const long = runs.some((run) => run.length >= 16) || /^[0-9a-f]{8}-[0-9a-z]{4}-/i.test(body)
    const drawn =
      looksDrawn(body, 12) ||
      (long && /\d/.test(body) && /[A-Za-z]/.test(body)) ||
      runs.some((run) => run.length >= 20 && !readsAsName(run)) ||
      runs.some((run) => run.length >= 24)
    if (!drawn || (readsAsName(body) && !runs.some((run) => run.length >= 24))) return null
    // In the name of a thing, `secret:` is what kind of thing it is.
    if (/(?:arn|urn|crn):[\w:./-]{0,80}$/.test(line)) return null
    // The name of a secret that is kept elsewhere.
    if (/secret-id/i.test(glue) && /secretsmanager/i.test(line)) return null
    // Of AWS a secret key has 40 characters, always.
    if (/aws_?secret_?access_?key/i.test(line.slice(-32) + glue) && body.length > 40) return null
    if (service.common && !/[=:]/.test(glue) && !/key|token|secret/i.test(glue)) return null
    if (service.common && !looksDrawn(body, 16)) return null
    if (wordsOf(line).length > 10) return null
    return {
      provider: service.name,
      severity: isSideFile(file) || isSample(body) ? 'low' : 'high',
      title: `${service.name} key or token`,
    }
  },
  cases: {
    yes: [
      made('clearbit SECRET {a-f0-9:32}'),
      made('sendowlKEY-{a-z0-9:40}'),
      made('twelvedata_api_key = {a-f0-9:32}'),
    ],
    no: [
      'clearbit secret: see the documentation',
      made('the key {a-f0-9:32}'),
      'clearbit_token = process.env.CLEARBIT_TOKEN',
      made('arn:aws:secretsmanager:eu-west-1:123456789012:secret:OrdersDatabaseSecret-{a-z0-9:6}'),
      made('AWS_SECRET_ACCESS_KEY = {A-Za-z0-9+/:62}=='),
      'SPRING_CLOUD_AZURE_KEYVAULT_SECRET_PROPERTYSOURCES_0_ENDPOINT',
      'Cookie: argocd.token=eyJhbGciOiJIUzI1Ni...',
    ],
  },
}

/** `SERVICE = value` or `SERVICE value`, and nothing else on the line: no word says that it is a key, but what else would it be. */
const behindService: Detector = {
  id: 'service-value',
  provider: 'generic',
  title: 'Value of a service that looks like its key',
  severity: 'medium',
  method: 'token',
  rank: 0,
  before: 48,
  span: 400,
  boundary: true,
  anchors: UNCOMMON.map((literal) => ({ literal, anyCase: true })),
  pattern:
    /(?<name>[A-Za-z0-9]{6,24})(?:[_.-](?:api|app|io|com|org|prod|dev|live|test)){0,2}["'\])]{0,3}(?<glue>[ \t]{0,4}(?:=>|:=|[=:])[ \t]{0,4}|[ \t]{1,4})["'\x60]?(?<value>[A-Za-z0-9][A-Za-z0-9_+=-]{19,300})(?=["'\x60;,]{0,3}[ \t]{0,8}(?:\r?\n|$))/,
  judge: ({ value, groups, window, anchor, file }) => {
    const name = groups['name']!.toLowerCase()
    const head = window.slice(0, anchor)
    const line = head.slice(head.lastIndexOf('\n') + 1)
    if (!UNCOMMON.includes(name) || !/^[ \t]*(?:(?:export|set|const|let|var|#|\/\/|[-*>$]) ?)?["'\x60]?$/.test(line))
      return null
    const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
    if (!uuid && !(looksDrawn(value, 24) && /\d/.test(value))) return null
    if (standsForAnother(value) || readsAsName(value)) return null
    return {
      provider: name,
      title: `Value of ${name} that looks like its key`,
      ...(isSideFile(file) || isSample(value) ? { severity: 'low' } : {}),
    }
  },
  cases: {
    yes: [made('chargebee = "{A-Za-z0-9:36}"'), made('sumologic {a-f0-9:40}\n')],
    no: [made('we use chargebee {a-f0-9:40}'), 'chargebee = "a-name-of-something-longer"', made('commit {a-f0-9:40}')],
  },
}

export const serviceKeys: readonly Detector[] = [besideService, behindService]
