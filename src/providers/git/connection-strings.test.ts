import { expect, test } from 'vitest'
import { testRun } from '../../sdk/testing/index.ts'
import { connectionSettings, connectionStrings } from './connection-string.ts'
import { connectionStringsOf } from './connection-strings.ts'
import { folderWith, readCollection } from './testing/index.ts'

const first = (text: string) => {
  const [found] = [...connectionStrings(text)]
  return found && [found.system, found.host, found.port, found.user, found.password, found.database]
}

test('three strings for development, staging and production: host, user and environment are parsed, passwords fingerprinted', async () => {
  const words = { dev: 'Planted-dev-1', staging: 'Planted-stage-2', prod: 'Planted-prod-3' }
  const folder = folderWith({
    'config/dev.env': `DATABASE_URL=postgres://orders:${words.dev}@db.dev.acme.test:5432/orders\n`,
    'config/staging.env': `DATABASE_URL=postgresql://orders:${words.staging}@db.staging.acme.test/orders?sslmode=require\n`,
    'config/prod.env': `# production\nDATABASE_URL="postgres://orders_rw:${words.prod}@db.acme.test:6432/orders"\n`,
  })
  const read = await readCollection(connectionStringsOf, folder, { secrets: Object.values(words) })
  const strings = read.entities.filter(({ type }) => type === 'connection_string')
  expect(
    strings.map(({ environment, fingerprint, attributes: { file, line, host, port, user, database } }) => [
      environment,
      fingerprint,
      file,
      line,
      host,
      port,
      user,
      database,
    ]),
  ).toEqual([
    [
      'development',
      testRun().fingerprint(words.dev),
      'config/dev.env',
      1,
      'db.dev.acme.test',
      5432,
      'orders',
      'orders',
    ],
    [
      'production',
      testRun().fingerprint(words.prod),
      'config/prod.env',
      2,
      'db.acme.test',
      6432,
      'orders_rw',
      'orders',
    ],
    [
      'staging',
      testRun().fingerprint(words.staging),
      'config/staging.env',
      1,
      'db.staging.acme.test',
      5432,
      'orders',
      'orders',
    ],
  ])
  expect(read.entity('postgres:db.acme.test:6432')).toMatchObject({
    kind: 'resource',
    type: 'postgres_server',
    environment: 'production',
  })
  expect(read.sentences).toContain(
    `credential:${testRun().fingerprint(words.prod)} authenticates postgres:db.acme.test:6432/role/orders_rw`,
  )
})

test('one password in development and production is one credential held in both', async () => {
  const folder = folderWith({
    'deploy/dev/app.yaml': 'db:\n  url: mysql://app:Sh4red-Word@mysql.internal/app\n',
    'deploy/prod/app.yaml': 'db:\n  url: mysql://app:Sh4red-Word@mysql.prod.internal/app\n',
  })
  const read = await readCollection(connectionStringsOf, folder, { secrets: ['Sh4red-Word'] })
  expect(read.entities.filter(({ kind }) => kind === 'credential')).toHaveLength(1)
  expect(
    read.entities.filter(({ type }) => type === 'connection_string').map(({ environment }) => environment),
  ).toEqual(['development', 'production'])
})

test.each([
  ['postgres://u:p%40ss-word9@h.acme.test/db', ['postgres', 'h.acme.test', 5432, 'u', 'p@ss-word9', 'db']],
  [
    'jdbc:postgresql://h.acme.test:5433/db?user=u&password=Xy9-word',
    ['postgres', 'h.acme.test', 5433, 'u', 'Xy9-word', 'db'],
  ],
  ['postgresql+asyncpg://u:Xy9-word@h.acme.test/db', ['postgres', 'h.acme.test', 5432, 'u', 'Xy9-word', 'db']],
  ['mongodb+srv://u:Xy9-word@c0.acme.test/db', ['mongodb', 'c0.acme.test', 27017, 'u', 'Xy9-word', 'db']],
  ['redis://:Xy9-word@cache.acme.test:6380', ['redis', 'cache.acme.test', 6380, null, 'Xy9-word', null]],
  ['postgres://u:${DB_PASSWORD}@h.acme.test/db', ['postgres', 'h.acme.test', 5432, 'u', null, 'db']],
  [
    'Server=tcp:sql.acme.test,1433;Database=app;User Id=sa;Password=Xy9-word;Encrypt=true',
    ['sqlserver', 'sql.acme.test', 1433, 'sa', 'Xy9-word', 'app'],
  ],
  [
    'host=h.acme.test;port=5432;username=u;password=Xy9-word;database=db',
    ['postgres', 'h.acme.test', 5432, 'u', 'Xy9-word', 'db'],
  ],
  ['postgres://h.acme.test/db', undefined],
  ['postgres://user:pass@example.com/db', undefined],
  ['postgres://${USER}:${PASS}@${HOST}/db', undefined],
  ['see https://acme.test/postgres', undefined],
])('%s', (text, expected) => {
  expect(first(text)).toEqual(expected)
})

test('settings that belong together by their names', () => {
  const text =
    'export DB_HOST=db.prod.acme.test\nDB_PORT=3306\nDB_USERNAME="orders"\nDB_PASSWORD=\'Xy9-word\'\nDB_DATABASE=shop\nSMTP_HOST=mail\nSMTP_PASSWORD=Zz8-word\n'
  expect([...connectionSettings(text)]).toEqual([
    {
      system: 'mysql',
      host: 'db.prod.acme.test',
      port: 3306,
      user: 'orders',
      password: 'Xy9-word',
      passwordElsewhere: false,
      database: 'shop',
      line: 4,
    },
  ])
})

test('a loopback host is no resource, programs and samples are not read', async () => {
  const folder = folderWith({
    '.env': 'DATABASE_URL=postgres://app:Xy9-word@localhost/app\n',
    'src/config.test.ts': 'connect("postgres://app:Xy9-word@db.acme.test/app")',
    'src/main.ts': 'connect("postgres://app:Xy9-word@db.acme.test/app")',
    'examples/app.env': 'DATABASE_URL=postgres://app:Xy9-word@db.acme.test/app\n',
  })
  const read = await readCollection(connectionStringsOf, folder)
  expect(read.entities.map(({ type }) => type)).toEqual(['connection_string', 'secret_value'])
})
