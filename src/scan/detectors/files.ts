import type { Detector } from '../detector.ts'
import { isNothing, looksDrawn, readsAsName, standsForAnother, wordsOf } from '../value.ts'
import { made } from './made.ts'

/** Last words of settings that are kept in the same manifest as the secrets. */
const SETTING =
  /^(?:type|scheme|project|path|prefix|env|environment|mode|enabled|version|provider|level|issuer|audience|scopes?|targets?|insecure|proxy|server|driver|engine|format|timeout|group|role|zone|locale|timezone|log|title|description|class|kind|label|protocol)$/

/** What the well-known credential files of tools hold, where the format (not the name of a field) says that it is a secret. */
export const files: readonly Detector[] = [
  {
    id: 'netrc-password',
    provider: 'netrc',
    title: 'Password in a .netrc',
    severity: 'high',
    method: 'password',
    rank: 2,
    anchors: [{ literal: 'machine' }, { literal: 'default' }],
    pattern:
      /(?<![A-Za-z0-9_$-])(?:machine[ \t\r\n]{1,20}(?<host>[A-Za-z0-9_.:-]{1,120})|default)[ \t\r\n]{1,20}login[ \t\r\n]{1,20}(?<user>[^ \t\r\n]{1,120})[ \t\r\n]{1,20}password[ \t\r\n]{1,20}(?<value>[^ \t\r\n"'<>]{1,200})/,
    judge: ({ value, groups }) =>
      standsForAnother(value) || isNothing(value) || value.length < 3 || /^[\w.-]+@[\w.-]*$/.test(value)
        ? null
        : { keyId: `${groups['user']}@${groups['host'] ?? '*'}` },
    cases: {
      yes: ['machine git.acme.test login deploy password s3cr3tWord', 'machine a.test\n  login b\n  password c1d2e3\n'],
      no: [
        'machine a.test login b password ${PASSWORD}',
        'machine a.test login b',
        'machine a.test login anonymous password me@home',
      ],
    },
  },
  {
    id: 'pgpass-password',
    provider: 'postgres',
    title: 'Password in a .pgpass',
    severity: 'high',
    method: 'password',
    rank: 2,
    anchors: [':5432:', ':5433:', ':6432:', ':*:'].map((literal) => ({ literal })),
    before: 200,
    pattern:
      /(?<=(?:^|\n)(?<host>[A-Za-z0-9_.*-]{1,120}))(?::(?:5432|5433|6432|\*):(?<db>[A-Za-z0-9_.*-]{1,64}):(?<user>[A-Za-z0-9_.*-]{1,64}):(?<value>[^\r\n]{1,128}))/,
    judge: ({ value, groups, file }) =>
      /pgpass/.test(file) && !standsForAnother(value)
        ? { keyId: `${groups['user']}@${groups['host']}` }
        : /^\d*$/.test(groups['user']!) || /^\d*:/.test(value) || standsForAnother(value) || isNothing(value)
          ? null
          : { keyId: `${groups['user']}@${groups['host']}` },
    cases: {
      yes: ['db.acme.test:5432:orders:app:s3cr3tWord', 'db:*:*:postgres:x1y2z3\n'],
      no: ['db:5432:orders:app:${PW}', 'http://db:5432:a'],
    },
  },
  {
    id: 'firefox-login',
    provider: 'firefox',
    title: 'Login saved by Firefox or Thunderbird',
    severity: 'medium',
    method: 'password',
    rank: 2,
    before: 600,
    anchors: [{ literal: '"encryptedUsername"' }, { literal: '"encryptedPassword"' }],
    // SEQUENCE { OCTET STRING with the id of the key, which is the same in every profile: 0xf8, 14 zeros, 1.
    pattern:
      /"encrypted(?:Username|Password)"[ \t]{0,4}:[ \t\r\n]{0,20}"(?<value>M[A-Za-z0-9+/]{2}EEPgAAAAAAAAAAAAAAAAAAA[A-Za-z0-9+/]{24,800}={0,2})"/,
    judge: ({ window, anchor }) => ({
      keyId: /"hostname"[ \t]{0,4}:[ \t]{0,4}"([^"\n]{1,120})"[^{}]*$/.exec(window.slice(0, anchor))?.[1],
    }),
    cases: {
      yes: [
        made('{"hostname": "https://a.test", "encryptedPassword": "MDoEEPgAAAAAAAAAAAAAAAAAAAE{A-Za-z0-9+/:56}"}'),
        made('"encryptedUsername": "MDIEEPgAAAAAAAAAAAAAAAAAAAE{A-Za-z0-9+/:46}=="'),
      ],
      no: [made('"encryptedPassword": "{A-Za-z0-9+/:80}"'), '"encryptedUsername": ""'],
    },
  },
  {
    id: 'docker-config-auth',
    provider: 'docker',
    title: 'Registry password in a Docker configuration',
    severity: 'high',
    method: 'password',
    rank: 2,
    before: 200,
    span: 5000,
    anchors: [{ literal: '"auth"' }, { literal: '"identitytoken"' }, { literal: '\\"auth\\"' }],
    pattern:
      /\\?"(?:auth|identitytoken)\\?"[ \t]{0,4}:[ \t\r\n]{0,20}\\?"(?<value>[A-Za-z0-9+/_.-]{10,4000}={0,2})\\?"/,
    judge: ({ value, window, at }) => {
      const text = Buffer.from(value, 'base64').toString('latin1')
      const pair = /^([\x21-\x7e]{1,200}?):[\x20-\x7e]{1,}/.exec(text)
      if (pair === null && !looksDrawn(value, 24)) return null
      const registry =
        /"(?:https?:\/\/)?([a-z0-9.-]{3,100}(?::\d+)?(?:\/v\d\/?)?)\\?"[ \t]{0,4}:[ \t]{0,4}\{[^{}]{0,100}$/i.exec(
          window.slice(0, at),
        )?.[1]
      return { keyId: pair === null ? registry : registry === undefined ? pair[1] : `${pair[1]}@${registry}` }
    },
    cases: {
      yes: [`{"auths": {"registry.acme.test": {"auth": "${Buffer.from('deploy:s3cr3tWord').toString('base64')}"}}}`],
      no: ['{"auth": "none"}', '{"auth": "http-basic-scheme"}'],
    },
  },
  {
    id: 'kubernetes-secret',
    provider: 'kubernetes',
    title: 'Value in a Kubernetes Secret manifest',
    severity: 'high',
    method: 'password',
    rank: 2,
    before: 3000,
    span: 3000,
    anchors: [
      { literal: '\n  ', next: 'A-Za-z0-9_."-' },
      { literal: '\n    ', next: 'A-Za-z0-9_."-' },
    ],
    beside: { text: 'Secret', behind: /kind:[ \t]{1,4}["']?$/ },
    pattern:
      /\n {2,4}"?(?<name>[A-Za-z0-9_.-]{1,80})"?: {1,2}["']?(?<value>[^\r\n"' {}$<>*&!|][^\r\n"'{}$<>]{3,2500}?)["']?[ \t]{0,4}(?=\r?\n|$)/,
    judge: ({ value, groups, window, anchor }) => {
      const head = window.slice(0, anchor + 1)
      const document = head.slice(head.lastIndexOf('\n---') + 1)
      const section = [...document.matchAll(/(?:^|\n)(data|stringData|metadata|spec|[a-zA-Z]{1,30}):/g)].at(-1)?.[1]
      if (section !== 'data' && section !== 'stringData') return null
      if (
        !/(?:^|\n)kind:[ \t]{1,4}["']?Secret["']?[ \t]{0,8}\r?(?:\n|$)/.test(document) &&
        !/^(?:(?!\n---)[\s\S])*?\nkind:[ \t]{1,4}["']?Secret["']?[ \t]{0,8}(?:\r?\n|$)/.test(window.slice(anchor))
      )
        return null
      if (/SealedSecret|type:[ \t]+helm\.sh|ExternalSecret/.test(document)) return null
      const text = section === 'data' ? Buffer.from(value, 'base64').toString('latin1') : value
      if (section === 'data' && !/^[A-Za-z0-9+/]{4,}={0,2}$/.test(value)) return null
      if (
        text.length < 3 ||
        standsForAnother(text) ||
        isNothing(text) ||
        /^(?:true|false|\d{1,5}|https?:\/\/[^@]*)$/.test(text) ||
        /BEGIN (?:CERTIFICATE|PUBLIC)/.test(text)
      )
        return null
      if (
        /(?:^|[._-])(?:user(?:name)?|host(?:name)?|port|url|uri|database|db|name|namespace|ca\.crt|tls\.crt|email|region|endpoint|bucket|client[-_]?id|tenant[-_]?id)$/i.test(
          groups['name']!,
        ) &&
        !/:[^/@]{3,}@/.test(text)
      )
        return null
      // Settings stand beside the secrets; what such a setting says in words is none.
      if (
        SETTING.test(wordsOf(groups['name']!).at(-1) ?? '') &&
        (readsAsName(text) || /^[\w.-]*(?:\/[\w.-]*)+$/.test(text))
      )
        return null
      return { keyId: /\n {1,4}name: ["']?([a-z0-9.-]{1,100})/.exec(document)?.[1] }
    },
    cases: {
      yes: [
        `apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  password: ${Buffer.from('s3cr3tWord').toString('base64')}\n`,
        'apiVersion: v1\nkind: Secret\nstringData:\n  token: s3cr3tWord9\n',
      ],
      no: [
        `apiVersion: v1\nkind: ConfigMap\ndata:\n  password: ${Buffer.from('s3cr3tWord').toString('base64')}\n`,
        'apiVersion: v1\nkind: Secret\ndata:\n  password: {{ .Values.password | b64enc }}\n',
        'kind: Secret\nmetadata:\n  name: something-long\n',
        'kind: Secret\nstringData:\n  type: helm\n  project: my-project\n  apiPath: /api/v2/alerts\n',
      ],
    },
  },
  {
    id: 'kubeconfig-token',
    provider: 'kubernetes',
    title: 'Token in a kubeconfig',
    severity: 'critical',
    method: 'token',
    rank: 2,
    before: 2000,
    span: 3000,
    anchors: [{ literal: 'token:' }],
    pattern: /(?<![A-Za-z0-9_-])token:[ \t]{1,4}["']?(?<value>[A-Za-z0-9_.:~-]{16,2500})/,
    judge: ({ value, window, anchor }) =>
      /\nusers:|\n[ -]{2,6}user:[ \t]{0,4}\r?\n/.test(window.slice(0, anchor)) && !standsForAnother(value) ? {} : null,
    cases: {
      yes: [made('apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user:\n    token: {A-Za-z0-9:32}\n')],
      no: ['token: not-in-a-kubeconfig-here'],
    },
  },
  {
    id: 'password-hash',
    provider: 'generic',
    title: 'Password hash',
    severity: 'low',
    method: 'password',
    rank: 2,
    before: 200,
    anchors: [
      '$1$',
      '$2a$',
      '$2b$',
      '$2y$',
      '$2x$',
      '$5$',
      '$6$',
      '$y$',
      '$gy$',
      '$7$',
      '$apr1$',
      '$P$',
      '$H$',
      '$argon2',
      '$pbkdf2',
      '$scrypt$',
      '{SSHA',
      '{SHA}',
      '{SMD5}',
      '{CRYPT}',
      '$krb5',
      '$sha1$',
      '$S$',
      '$md5',
      'SCRAM-SHA-256$',
    ].map((literal) => ({ literal })),
    pattern:
      /(?<value>\$1\$[A-Za-z0-9./]{1,8}\$[A-Za-z0-9./]{22}|\$apr1\$[A-Za-z0-9./]{1,8}\$[A-Za-z0-9./]{22}|\$2[abxy]\$\d\d\$[A-Za-z0-9./]{53}|\$5\$(?:rounds=\d{1,9}\$)?[A-Za-z0-9./]{0,16}\$[A-Za-z0-9./]{43}|\$6\$(?:rounds=\d{1,9}\$)?[A-Za-z0-9./]{0,16}\$[A-Za-z0-9./]{86}|\$(?:gy|y|7)\$[A-Za-z0-9./]{1,40}\$[A-Za-z0-9./]{1,86}\$[A-Za-z0-9./]{43}|\$[PH]\$[A-Za-z0-9./]{31}|\$S\$[A-Za-z0-9./]{52}|\$argon2(?:id|i|d)\$v=\d{1,3}\$m=\d{1,9},t=\d{1,5},p=\d{1,4}\$[A-Za-z0-9+/]{8,90}={0,2}\$[A-Za-z0-9+/]{16,180}={0,2}|\$pbkdf2(?:-sha\d{1,3})?\$\d{1,8}\$[A-Za-z0-9./+]{8,60}={0,2}\$[A-Za-z0-9./+]{16,120}={0,2}|\$scrypt\$[^\n"' ]{20,200}|\$sha1\$\d{1,8}\$[A-Za-z0-9./]{1,64}\$[A-Za-z0-9./]{28}|\{SSHA(?:256|384|512)?\}[A-Za-z0-9+/]{20,140}={0,2}|\{SHA\}[A-Za-z0-9+/]{27}=|\{SMD5\}[A-Za-z0-9+/]{22,48}={0,2}|\{CRYPT\}[$A-Za-z0-9./]{13,130}|\$krb5(?:asrep|tgs|pa)\$[0-9]{1,2}\$[^\n"' ]{20,400}|SCRAM-SHA-256\$\d{1,7}:[A-Za-z0-9+/]{16,60}={0,2}\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9./])/,
    entropy: 3,
    judge: ({ value, window, at, file }) => {
      if (/(.)\1{9,}/.test(value) || /x{6,}|example/i.test(value)) return null
      const user = /(?:^|\n|["'])([A-Za-z_][A-Za-z0-9_.@-]{0,63}):$/.exec(window.slice(0, at))?.[1]
      const shadow = /(?:^|\/)(?:g?shadow|passwd)-?$|htpasswd/.test(file)
      return { keyId: user, ...(shadow ? { severity: 'medium', title: 'Password hash of an account' } : {}) }
    },
    cases: {
      yes: [
        made('admin:$apr1${A-Za-z0-9:8}${A-Za-z0-9:22}'),
        made('$2y$12${A-Za-z0-9:53}'),
        made('ubuntu:$6${A-Za-z0-9:16}${A-Za-z0-9:86}:17431:0:99999:7:::'),
        made('{SSHA}{A-Za-z0-9+/:38}=='),
      ],
      no: ['$2y$12$xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', '$1$a', '$6$rounds=5000$salt'],
    },
  },
  {
    id: 'rails-master-key-variable',
    provider: 'rails',
    title: 'Rails master key',
    severity: 'critical',
    method: 'token',
    rank: 2,
    boundary: true,
    anchors: [{ literal: 'RAILS_MASTER_KEY' }],
    pattern: /RAILS_MASTER_KEY["']?[ \t]{0,4}[=:][ \t]{0,4}["']?(?<value>[0-9a-f]{32})(?![0-9a-f])/,
    cases: { yes: [made('RAILS_MASTER_KEY={0-9a-f:32}')], no: ['RAILS_MASTER_KEY=$KEY'] },
  },
  {
    id: 'key-file',
    provider: 'generic',
    title: 'File that holds nothing but a key',
    severity: 'critical',
    method: 'token',
    rank: 2,
    atStart: true,
    anchors: [],
    pattern:
      /(?<value>[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{128}|[A-Za-z0-9+/]{43}=|[A-Za-z0-9_-]{40,128})[ \t\r\n]{0,4}$/,
    judge: ({ value, file, window }) => {
      const name = file.slice(file.lastIndexOf('/') + 1).toLowerCase()
      if (
        !/^(?:master|production|staging|development|secret|encryption|app|node|cluster)?[_-]?(?:key|secret|token|password)s?$|\.(?:key|secret|token)$|^\.?(?:vault[-_]pass(?:word)?|erlang\.cookie|token|secret)/.test(
          name,
        )
      )
        return null
      return looksDrawn(value, 20) && window.length < 400
        ? { provider: name === 'master.key' ? 'rails' : 'generic' }
        : null
    },
    cases: { yes: [made('{0-9a-f:32}\n')], no: ['hello\n', made('{0-9a-f:32} a text\n')], file: 'config/master.key' },
  },
  {
    id: 'maven-server-password',
    provider: 'maven',
    title: 'Password of a Maven server',
    severity: 'high',
    method: 'password',
    rank: 2,
    before: 300,
    anchors: [{ literal: '<password>' }, { literal: '<passphrase>' }],
    pattern: /<pass(?:word|phrase)>[ \t\r\n]{0,8}(?<value>[^<\r\n]{1,200}?)[ \t\r\n]{0,8}<\//,
    judge: ({ value, window, anchor }) => {
      const server = /<server>(?:(?!<\/server>)[\s\S]){0,280}$/.exec(window.slice(0, anchor))?.[0]
      if (server === undefined || standsForAnother(value)) return null
      return /^\{.*\}$/.test(value) ? 'veto' : { keyId: /<username>([^<]{1,100})</.exec(server)?.[1] }
    },
    cases: {
      yes: ['<server><id>nexus</id><username>deploy</username><password>s3cr3tWord</password></server>'],
      no: [
        '<server><id>a</id><password>${env.PW}</password></server>',
        '<server><password>{COQLCE6DU6GtcS5P=}</password></server>',
      ],
    },
  },
]
