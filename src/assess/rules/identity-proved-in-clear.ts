import { defineRule, fail, notApplicable, pass, type RuleCase } from '../../sdk/index.ts'
import { list, nameOf, outOfForce } from './standing.ts'

/** Protocols that carry what proves the caller as it is, for everybody on the way to read. */
const IN_CLEAR: ReadonlySet<string> = new Set(
  'ftp telnet http ldap imap pop3 smtp rsh rlogin rexec vnc mqtt amqp redis snmpv1 snmpv2c tftp ws'.split(' '),
)

const KEY = 'demo:carrier'
const subject = (type: string, protocol: string): RuleCase['entities'][number] => ({
  kind: 'identity',
  type,
  key: KEY,
  name: 'carrier',
  attributes: { protocol },
})
const password = (over: object = {}): RuleCase['entities'][number] => ({
  kind: 'credential',
  type: 'demo_password',
  key: 'demo:password',
  name: 'password of carrier',
  method: 'password',
  ...over,
})
const proves = [{ from: 'demo:password', verb: 'authenticates' as const, to: KEY }]

const UNTOLD = notApplicable('nothing tells by which protocol it proves itself')

export const identityProvedInClear = defineRule({
  id: 'identity-proved-in-clear',
  title: 'An identity proves itself over a protocol that hides nothing',
  owasp: ['NHI4'],
  severity: 'high',
  why: 'A password or token that travels in clear is known to every machine on the way, and may be used by whoever wrote it down there.',
  fix: [
    'Let both sides speak the protocol over TLS, or SFTP for files.',
    'Make a new credential once it is hidden on the way: the old one has been seen.',
  ],
  undo: 'Open the former port again for the partner; keep the new credential.',
  effort: 45,
  about: { kind: 'identity' },
  along: { credentials: ['<authenticates'] },
  check({ entity, along }) {
    const { protocol, tls } = entity.attributes
    if (typeof protocol !== 'string') return UNTOLD
    const off = outOfForce(entity)
    if (off) return notApplicable(`it is ${off}`)
    if (tls === true || !IN_CLEAR.has(protocol.toLowerCase())) return pass
    const shown = along.credentials!.filter(
      ({ entity: one }) =>
        one !== null && !outOfForce(one) && ['password', 'token', 'access-key', 'client-secret'].includes(one.method!),
    )
    if (shown.length === 0) return notApplicable('it has no password or token that would travel')
    return fail(`${nameOf(entity)} sends ${list(shown.map(nameOf))} in clear.`, [
      `It proves itself over ${protocol.toLowerCase().slice(0, 20)}, which hides nothing on the way.`,
    ])
  },
  cases: [
    ...['linux_user', 'postgres_role', 'ai_agent'].flatMap((type): RuleCase[] => [
      {
        name: `a password over FTP (${type})`,
        subject: KEY,
        entities: [subject(type, 'ftp'), password()],
        edges: proves,
        expect: 'fail',
      },
      {
        name: `the same over SFTP (${type})`,
        subject: KEY,
        entities: [subject(type, 'sftp'), password()],
        edges: proves,
        expect: 'pass',
      },
    ]),
    {
      name: 'its password was revoked',
      subject: KEY,
      entities: [subject('demo_account', 'FTP'), password({ attributes: { revoked: true } })],
      edges: proves,
      expect: 'not-applicable',
    },
    {
      name: 'no protocol is told',
      subject: KEY,
      entities: [{ kind: 'identity', type: 'demo_account', key: KEY, name: 'carrier' }],
      expect: 'not-applicable',
    },
  ],
})
