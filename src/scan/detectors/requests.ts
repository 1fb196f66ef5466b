import type { Detector } from '../detector.ts'
import { serviceIn } from '../services.ts'
import { isNothing, standsForAnother } from '../value.ts'
import { real } from './commands.ts'
import { made } from './made.ts'

/** The service that the request goes to: its address stands before the header, or right behind it, in the same command. */
const serviceAt = (window: string, start: number, end: number): { provider?: string } => {
  const before = [...window.slice(Math.max(0, start - 300), start).matchAll(/https?:\/\/([A-Za-z0-9.-]{4,100})/g)].at(
    -1,
  )
  const behind = /^[^\n]{0,120}?https?:\/\/([A-Za-z0-9.-]{4,100})/.exec(window.slice(end, end + 240))
  const host = before?.[1] ?? behind?.[1]
  const service =
    host === undefined || (before !== undefined && /\n\s*\n/.test(window.slice(before.index, start)))
      ? null
      : serviceIn(host)
  return service === null ? {} : { provider: service.name }
}

/** Secrets in requests: headers, and the options of the commands that send them. */
export const requests: readonly Detector[] = [
  {
    id: 'curl-user',
    provider: 'http',
    title: 'Password on a curl command line',
    severity: 'medium',
    method: 'password',
    rank: 2,
    anchors: [{ literal: 'curl' }, { literal: 'wget' }, { literal: 'httpie' }],
    pattern:
      /(?<![A-Za-z0-9_-])(?:curl|wget|httpie)(?:\.exe)?[ \t][^\r\n|;]{0,300}?(?:(?<=[ \t])(?:-u|--user|--proxy-user|-U)[ =]?["']?|--(?:http-)?password[ =]["']?)(?:(?<user>[^ \t\r\n"':]{0,100}):)?(?<value>[^ \t\r\n"':]{3,128})["']?(?=[ \t\r\n\\"']|$)/,
    judge: ({ value, groups, window, at }) => {
      if (groups['user'] === undefined && !/password[ =]["']?$/.test(window.slice(0, at))) return null
      return real(value) &&
        !/^(?:pass(?:word|wd)?|secret)$/i.test(value) &&
        !/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(value)
        ? { keyId: groups['user'] }
        : null
    },
    cases: {
      yes: ['curl -s -u deploy:s3cr3tWord https://a.acme.test', 'curl --user "ci:Pa55-word" http://a.test'],
      no: [
        'curl -u $USER:$PASS https://a',
        'curl -u user https://a',
        'curl -u user:password https://a',
        'curl -u ADMIN_NAME:ADMIN_PW https://a',
      ],
    },
  },
  {
    id: 'authorization-header',
    provider: 'http',
    title: 'Credential in an Authorization header',
    severity: 'high',
    method: 'token',
    rank: 1,
    before: 300,
    span: 3000,
    anchors: [
      { literal: 'authorization', anyCase: true },
      { literal: 'bearer', anyCase: true },
      { literal: 'x-api-key', anyCase: true },
      { literal: 'x-auth-token', anyCase: true },
      { literal: 'private-token', anyCase: true },
    ],
    pattern:
      /(?<![A-Za-z0-9_])(?:(?:proxy-)?authorization["'\]]{0,3}[ \t]{0,4}(?:=>|[=:,])[ \t]{0,4}\\?["'`]{0,2}(?:(?<scheme>basic|bearer|token|ntlm|negotiate|apikey|key|digest|splunk|ssws|bot|hmac|aws4-hmac-sha256)[ :=]{1,3}["']?)?|bearer[ :=]{1,3}["']?|(?:x-api-key|x-auth-token|private-token)["'\]]{0,3}[ \t]{0,4}(?:=>|[=:,])[ \t]{0,4}\\?["'`]?)(?<value>[A-Za-z0-9+/=_.~-]{12,2500})(?![A-Za-z0-9+/=_.~([{-])/i,
    judge: ({ value, groups, window, anchor, at }) => {
      const provider = serviceAt(window, anchor, at + value.length)
      if (groups['scheme']?.toLowerCase() === 'basic') {
        const pair = /^([\x20-\x7e]{0,100}?):([\x20-\x7e]{1,200})$/.exec(
          Buffer.from(value, 'base64').toString('latin1'),
        )
        if (pair === null || !real(pair[2]!) || (/^user/i.test(pair[1]!) && isNothing(pair[2]!))) return null
        return {
          ...provider,
          keyId: pair[1],
          method: 'password',
          title: 'User name and password in a Basic Authorization header',
        }
      }
      if (
        standsForAnother(value) ||
        !/\d/.test(value) ||
        !/[A-Za-z]{2}/.test(value) ||
        /^[A-Za-z]+[-_.]?\d{0,4}$/.test(value) ||
        /^\d{4}-\d\d/.test(value)
      )
        return null
      const drawn = value.replace(/[^A-Za-z0-9]/g, '')
      if (/^[a-z]+(?:[-_.][a-z0-9]{1,12})+$/i.test(value) && !/\d[a-z]+\d/i.test(value)) return null
      return drawn.length >= 12 && /^bearer|authorization|x-|private/i.test(window.slice(anchor)) ? provider : null
    },
    cases: {
      yes: [
        made('Authorization: Bearer {A-Za-z0-9:40}'),
        `Authorization: Basic ${Buffer.from('deploy:s3cr3tWord').toString('base64')}`,
        made("headers['x-api-key'] = '{A-Za-z0-9:32}'"),
      ],
      no: [
        'Authorization: Bearer <token>',
        'Authorization: Bearer $TOKEN',
        'authorization: something-else-here',
        'a bearer of authentication',
      ],
    },
  },
]
