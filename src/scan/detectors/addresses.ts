import type { Detector, Opinion } from '../detector.ts'
import { isNothing, standsForAnother } from '../value.ts'

/**
 * Is the password in an address a real one? Templates and stars are none; a password that is the word "password" beside a user called
 * "user" is a page of documentation.
 */
const password = (value: string, user: string, host: string): boolean => {
  const plain = value.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  if (standsForAnother(plain) || /^[:/@]|^[*.]+$/.test(plain)) return false
  const filler =
    /^(?:(?:my|your|the|user|db|some|proxy|repo)?[_-]?(?:pass(?:word|wd)?|pwd|secret|pw|token|key)|p|x+|null|undefined)\d?$/i.test(
      plain,
    )
  if (
    filler &&
    (isNothing(user) ||
      /^(?:usr|u|admin|root|me|x|example|(?:db|my|some|your|the|proxy|repo|a)[_-]?user(?:name)?|)$/i.test(user)) &&
    (host === '' ||
      /example|(?:^|\.)(?:my|your)?-?(?:server|host|hostname|domain|company|website|test|foo|bar)\.(?:com|org|net|local)(?:$|:)|^(?:localhost|host|hostname|server|domain|127\.0\.0\.1|foo|bar|[a-z]+(?::|$))\b/i.test(
        host,
      ))
  )
    return false
  return !(isNothing(plain) && isNothing(user))
}

const at = (user: string, host: string): string | undefined =>
  user === '' && host === '' ? undefined : `${user}@${host}`.slice(0, 200)

const connection = (
  id: string,
  provider: string,
  title: string,
  schemes: readonly string[],
  samples: readonly string[] = [],
): Detector => ({
  id,
  provider,
  title,
  severity: 'high',
  method: 'password',
  rank: 2,
  anchors: schemes.map((literal) => ({ literal: `${literal}://`, anyCase: true })),
  pattern: new RegExp(
    String.raw`(?:${schemes.map((s) => s.replace('+', '\\+')).join('|')})://(?<user>[^\x00-\x20:/"'\x60<>\\(){}[\],]{0,128}):(?<value>[^\x00-\x20"'\x60<>\\/]{1,256})@(?<host>[A-Za-z0-9_.\-[\]:,$ {}()%]{1,200})`,
    'i',
  ),
  judge: ({ value, groups, window, anchor }): Opinion => {
    const user = groups['user'] ?? ''
    const host = /^[A-Za-z0-9_.\-[\]:,]{0,200}/.exec(groups['host']!)![0]
    if (
      /^\d{1,5}[?#,]|^(.)\1*$|:\/\//.test(value) ||
      (value === user && /^(?:localhost|127\.|\[?::1|db|[a-z]+$)/.test(host))
    )
      return null
    if (value.length < 4 && /^(?:https?|ftp)/i.test(window.slice(anchor))) return null
    return password(value, user, host) && !/^[$%{<]/.test(user.length === 0 ? 'a' : value)
      ? { keyId: at(user, host) }
      : null
  },
  cases: {
    yes: [
      ...samples,
      ...schemes.slice(0, 2).map((scheme) => `URL="${scheme}://orders:s3cr3t-Word@db.acme.test:1234/orders"`),
    ],
    no: [
      `${schemes[0]}://orders@db.acme.test/orders`,
      `${schemes[0]}://orders:\${PASSWORD}@db.acme.test/orders`,
      `${schemes[0]}://user:*****@db.acme.test`,
      `${schemes[0]}://{{ user }}:{{ password }}@db.acme.test`,
      `${schemes[0]}://user:password@localhost/db`,
      `${schemes[0]}://username:my-password@db.example.com/db`,
      `${schemes[0]}://db_user:secret@db.server.com/db`,
    ],
  },
})

export const addresses: readonly Detector[] = [
  connection('postgres-url', 'postgres', 'PostgreSQL connection string with a password', [
    'postgres',
    'postgresql',
    'postgresql+psycopg2',
    'postgresql+asyncpg',
    'cockroachdb',
    'postgis',
    'timescaledb',
    'redshift',
  ]),
  connection('mysql-url', 'mysql', 'MySQL or MariaDB connection string with a password', [
    'mysql',
    'mysql2',
    'mariadb',
    'mysql+pymysql',
    'mysqli',
    'mysql+mysqldb',
    'mysqlx',
  ]),
  connection('mongodb-url', 'mongodb', 'MongoDB connection string with a password', ['mongodb', 'mongodb+srv']),
  connection(
    'redis-url',
    'redis',
    'Redis connection string with a password',
    ['redis', 'rediss', 'valkey'],
    ['redis://:s3cr3tWord@cache.acme.test:6379/0'],
  ),
  connection('amqp-url', 'rabbitmq', 'AMQP connection string with a password', [
    'amqp',
    'amqps',
    'mqtt',
    'mqtts',
    'stomp',
    'nats',
    'kafka',
  ]),
  connection('database-url', 'database', 'Database connection string with a password', [
    'oracle',
    'mssql',
    'sqlserver',
    'clickhouse',
    'cassandra',
    'neo4j',
    'bolt',
    'couchdb',
    'couchbase',
    'influxdb',
    'snowflake',
    'trino',
    'presto',
    'elasticsearch',
    'mssql+pyodbc',
    'db2',
    'hana',
    'firebird',
    'sybase',
  ]),
  connection('mail-or-directory-url', 'mail', 'Mail or directory address with a password', [
    'smtp',
    'smtps',
    'imap',
    'imaps',
    'pop3',
    'ldap',
    'ldaps',
    'xmpp',
    'irc',
    'sip',
    'smtp+tls',
  ]),
  connection('ftp-url', 'ftp', 'File server address with a password', [
    'ftp',
    'ftps',
    'sftp',
    'scp',
    'ssh',
    'smb',
    'cifs',
    'webdav',
    'davs',
    'rsync',
    'afp',
    'vnc',
    'rdp',
    'telnet',
    'rtsp',
    'rtmp',
    'socks5',
    'socks5h',
    'socks',
    'svn',
    'svn+ssh',
    'hg',
    'git',
    'git+ssh',
    'git+http',
    'git+https',
    'ss',
    'ws',
    'wss',
    'sentinel',
    's3',
    'docker',
  ]),
  {
    ...connection(
      'url-password',
      'http',
      'Web address with a password',
      ['http', 'https'],
      ['https://deploy:hunter2x@git.acme.test/a.git'],
    ),
    before: 64,
    severity: 'medium',
  },
  {
    id: 'jdbc-password',
    provider: 'database',
    title: 'JDBC connection string with a password',
    severity: 'high',
    method: 'password',
    rank: 2,
    span: 700,
    anchors: [{ literal: 'jdbc:', anyCase: true }],
    pattern:
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it reads bytes
      /jdbc:(?<system>[a-z0-9]{2,20}):[^\x00-\x20"'`<>]{1,400}?(?:[?&;,](?:password|pwd)=(?<value>[^\x00-\x20"'`<>&;,]{1,128})|:(?<user>[A-Za-z0-9_.$-]{1,64})\/(?<value>[^\x00-\x20"'`<>@]{1,64})@)/i,
    judge: ({ value, groups, window }) => {
      const host = /\/\/([A-Za-z0-9_.:-]{1,120})/.exec(window)?.[1] ?? ''
      if (!password(value, groups['user'] ?? '', host) || isNothing(value)) return null
      return {
        provider: groups['system']!.toLowerCase(),
        keyId: at(groups['user'] ?? /[?&;]user(?:name)?=([^&;"' ]{1,64})/i.exec(window)?.[1] ?? '', host),
      }
    },
    cases: {
      yes: ['url=jdbc:mysql://db.acme.test:3306/a?user=orders&password=s3cr3tWord'],
      no: ['jdbc:mysql://db.acme.test/a?user=orders&password=${PW}', 'jdbc:postgresql://db/a'],
    },
  },
  {
    id: 'odbc-password',
    provider: 'database',
    title: 'ODBC or ADO.NET connection string with a password',
    severity: 'high',
    method: 'password',
    rank: 2,
    before: 400,
    anchors: [
      { literal: 'password', anyCase: true },
      { literal: 'pwd', anyCase: true },
    ],
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it reads bytes
    pattern: /(?<=[;"'`][ \t]{0,3})(?:password|pwd)[ \t]{0,2}=[ \t]{0,2}(?<value>[^\x00-\x20"'`<>;]{3,128})(?=[;"'`])/i,
    judge: ({ value, window, anchor, at: offset }) => {
      const around = window.slice(Math.max(0, anchor - 300), offset + 300)
      const line = around.slice(around.slice(0, Math.min(anchor, 300)).lastIndexOf('\n') + 1)
      if (
        !/(?:server|data source|host|address|addr|driver|dsn|datasource|database|initial catalog|dbq|network address)[ \t]{0,2}=/i.test(
          line,
        ) ||
        !password(value, '', '') ||
        isNothing(value) ||
        standsForAnother(value)
      )
        return null
      const user = /(?:user id|uid|user|username)[ \t]{0,2}=[ \t]{0,2}([^;"'\n]{1,64})/i.exec(line)?.[1] ?? ''
      const host =
        /(?:server|data source|host|address|addr)[ \t]{0,2}=[ \t]{0,2}(?:tcp:)?([^;"'\n]{1,120})/i.exec(line)?.[1] ?? ''
      return { keyId: at(user, host) }
    },
    cases: {
      yes: ['"Server=tcp:db.acme.test,1433;Database=a;User ID=orders;Password=s3cr3tWord;"'],
      no: ['"Server=db;Password={password};"', 'Password=a'],
    },
  },
]
