import { type Detector, named, prefixed } from '../detector.ts'
import { isSample, standsForAnother } from '../value.ts'
import { made } from './made.ts'

const awsId = /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/
const base64Secret = String.raw`[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])`
const guid = String.raw`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/**
 * The account that an access key id belongs to, 12 digits: keys made since 2019 say it in the 40 bits behind the first; the first is 0
 * in older ones, which say nothing.
 */
export const accountOf = (keyId: string): string | null => {
  if (!/^A[KS]IA[Q-Z2-7][A-Z2-7]{15}$/.test(keyId)) return null
  const bits = [...keyId.slice(4, 14)].reduce((all, c) => all * 32n + BigInt(BASE32.indexOf(c)), 0n)
  const account = (bits >> 9n) & ((1n << 40n) - 1n)
  return account < 10n ** 12n ? String(account).padStart(12, '0') : null
}

/** Amazon Web Services. */
export const aws: readonly Detector[] = [
  prefixed({
    id: 'aws-access-key-id',
    provider: 'aws',
    title: 'AWS access key id',
    severity: 'low',
    method: 'access-key',
    prefix: ['AKIA', 'ASIA', 'ABIA', 'ACCA', 'A3T'],
    next: 'A-Z0-9',
    body: '(?:(?<=A3T)[A-Z0-9]{17}|(?<!A3T)[A-Z0-9]{16})',
    entropy: 2.8,
    judge: ({ value }) => {
      if (value.endsWith('EXAMPLE') || isSample(value.slice(4))) return 'veto'
      const account = accountOf(value)
      return { keyId: value, ...(account === null ? {} : { title: `AWS access key id of account ${account}` }) }
    },
    cases: {
      yes: [made('aws_access_key_id = AKIA{A-Z2-7:16}'), made('{"AccessKeyId":"ASIA{A-Z2-7:16}"}')],
      no: [made('AKIA{A-Z2-7:9}EXAMPLE'), made('XAKIA{A-Z2-7:16}'), made('AKIA{A-Z2-7:20}'), 'AKIAIOSFODNN7EXAMPLE'],
    },
  }),
  {
    id: 'aws-secret-access-key',
    provider: 'aws',
    title: 'AWS secret access key',
    severity: 'critical',
    method: 'access-key',
    rank: 3,
    before: 1024,
    span: 1024,
    anchors: ['secret', 'aws', 'sak'].map((literal) => ({ literal, anyCase: true })),
    pattern: new RegExp(
      String.raw`(?:secret|aws|sak)(?:[\w.\- ]{0,40}?)(?:["'\x60\])]{0,3}[ \t]{0,8}(?:=>|:=|[=:,>(])[ \t\r\n]{0,8}(?:["'\x60]|\\["'])?)(?<value>${base64Secret})`,
      'i',
    ),
    entropy: 4,
    judge: ({ value, window, anchor, at }) => {
      if (value.endsWith('EXAMPLEKEY') || standsForAnother(value)) return 'veto'
      if (/^[0-9a-f]{40}$/i.test(value) || !/[0-9]/.test(value) || !/[A-Z]/.test(value) || !/[a-z]/.test(value))
        return null
      const id = awsId.exec(window.slice(at)) ?? awsId.exec(window.slice(Math.max(0, at - 1000), at))
      const named = /aws|amazon|s3|secret[_-]?access[_-]?key|secretaccesskey/i.test(
        window.slice(Math.max(0, anchor - 40), at),
      )
      if (id === null) return named ? {} : null
      const account = accountOf(id[0])
      return { keyId: id[0], ...(account === null ? {} : { title: `AWS secret access key of account ${account}` }) }
    },
    cases: {
      yes: [
        made('AWS_SECRET_ACCESS_KEY={A-Za-z0-9/+:40}'),
        made('accessKeyId: "AKIA{A-Z2-7:16}",\n  secretAccessKey: "{A-Za-z0-9/+:40}"'),
        made('{"AccessKeyId": "AKIA{A-Z2-7:16}", "SecretAccessKey": "{A-Za-z0-9/+:40}"}'),
      ],
      no: [
        'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
        made('secret_sha = {0-9a-f:40}'),
        'aws_secret = ${AWS_SECRET}',
      ],
    },
  },
  named({
    id: 'aws-session-token',
    provider: 'aws',
    title: 'AWS session token',
    name: ['session_token', 'sessiontoken', 'session-token', 'security_token'],
    body: '[A-Za-z0-9/+]{100,1200}={0,2}',
    span: 1400,
    judge: ({ value }) => (/EXAMPLE/.test(value) ? 'veto' : {}),
    cases: {
      yes: [made('AWS_SESSION_TOKEN=FwoGZXIvYXdz{A-Za-z0-9/+:160}')],
      no: ['aws_session_token = $TOKEN', made('SessionToken: "AQoDYXdzEXAMPLE{A-Za-z0-9/+:160}"')],
    },
  }),
  prefixed({
    id: 'aws-bedrock-api-key',
    provider: 'aws',
    title: 'Amazon Bedrock API key',
    prefix: ['ABSK', 'bedrock-api-key-'],
    body: '(?:(?<=ABSK)[A-Za-z0-9+/]{80,400}={0,2}|(?<=key-)[A-Za-z0-9+/=_-]{32,2000})',
    span: 2200,
    cases: { yes: [made('ABSKQmVkcm9ja0FQSUtleS{A-Za-z0-9:109}')], no: [made('ABSK{A-Za-z0-9:20}')] },
  }),
  prefixed({
    id: 'aws-appsync-api-key',
    provider: 'aws',
    title: 'AWS AppSync API key',
    severity: 'medium',
    prefix: 'da2-',
    body: '[a-z0-9]{26}',
    cases: { yes: [made('x-api-key: da2-{a-z0-9:26}')], no: [made('da2-{a-z0-9:12}')] },
  }),
  prefixed({
    id: 'aws-mws-token',
    provider: 'aws',
    title: 'Amazon Marketplace token',
    prefix: 'amzn.mws.',
    body: guid,
    cases: { yes: [made('amzn.mws.{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}')], no: ['amzn.mws.token'] },
  }),
]
