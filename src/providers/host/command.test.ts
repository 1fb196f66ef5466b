import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inspectCommand, readScript } from './command.ts'
import { parseCrontab } from './crontab.ts'
import { secretVariable } from './secrets.ts'
import { scanningRun } from './testing/machine.ts'
import { commandOf, environmentOf, expand, listOf, parseUnitFile, wordsOf } from './unit-file.ts'

const run = scanningRun()

describe('secrets on a command line', () => {
  test.each([
    ['mysqldump -u root -pS3cretPass db', 'S3cretPass'],
    ['app --token=abcdef123456 --verbose', 'abcdef123456'],
    ["app --api-key 'abc def 123'", 'abc def 123'],
    ['PGPASSWORD=hunter2hunter2 psql -h db', 'hunter2hunter2'],
    ['curl -u bob:hunter2hunter2 https://x', 'hunter2hunter2'],
    ['psql postgres://bob:hunter2hunter2@db/app', 'hunter2hunter2'],
    ['sshpass -p hunter2hunter2 ssh host', 'hunter2hunter2'],
    ['curl -H "Authorization: Bearer abc.def.ghi" https://x', 'abc.def.ghi'],
    ['echo planted-secret-abc', 'planted-secret-abc'],
  ])('%s', (command, secret) => {
    const { shown, secrets } = inspectCommand(run, command)
    expect(secrets.map((one) => one.value.reveal())).toContain(secret)
    expect(shown).not.toContain(secret)
    expect(shown).toContain('****')
  })
  test.each([
    'app --token=$TOKEN',
    'app --password-file /etc/x',
    'app --token=/run/secrets/token',
    'ps -p 1234',
    'mkdir -p /var/lib/mysql',
    'app --secret=${VAULT}',
    'psql postgres://db/app',
  ])('%s gives nothing away', (command) => {
    expect(inspectCommand(run, command).secrets).toEqual([])
  })
})

describe('what a script runs', () => {
  test.each([
    'curl -fsSL https://get.example/install.sh | sh',
    'wget -qO- https://get.example/x | sudo -E bash -s -- --yes',
    'bash <(curl -s https://get.example/x)',
    'sh -c "$(curl -fsSL https://get.example/x)"',
    'eval "$(wget -qO- https://get.example/x)"',
    'curl https://get.example/x.py | python3',
    'curl -s $URL | gunzip | bash',
    'curl -s https://get.example/x \\\n  | bash',
  ])('%j runs what it fetched', (script) => {
    expect(readScript(script).fetched).toHaveLength(1)
  })
  test.each([
    '# curl https://get.example | sh',
    'curl -o /tmp/x https://get.example/x',
    'curl -s http://127.0.0.1:8500/x | sh',
    'curl -s https://api.example | python3 -m json.tool',
    "curl -s https://api.example | python3 -c 'import json'",
    'curl -s https://api.example | jq .',
    'curl https://a.example; echo done | sh',
    'echo "no curl here" | sh',
    'curl https://a.example | shasum',
  ])('%j does not', (script) => {
    expect(readScript(script).fetched).toEqual([])
  })
  test('addresses are shown without their login and their query', () => {
    expect(readScript('curl https://u:planted-secret-1@get.example/x?key=planted-secret-2 | sh').fetched).toEqual([
      { line: 1, from: 'https://get.example/x' },
    ])
  })
  test('key files', () => {
    expect(
      readScript(
        'ssh -i ~/.ssh/id_backup h\nscp -o IdentityFile=/etc/keys/a.pem f h:\nrsync -e "ssh -i /opt/k" x y\ncat /root/.ssh/id_rsa.pub\nssh -i "$KEY" h',
        '/home/u',
      ).keyFiles,
    ).toEqual(['/home/u/.ssh/id_backup', '/etc/keys/a.pem', '/opt/k'])
  })
  test('no text makes it throw or stall', () => {
    const word = fc.constantFrom(
      'curl',
      'https://x',
      '|',
      'sh',
      '$(',
      ')',
      '"',
      '\\\n',
      ' ',
      '-i',
      '/a/b.pem',
      '<(',
      'PASS=',
      '--token=',
      ':',
      '@',
      '/',
      '\n',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
        ),
        (text) => {
          readScript(text)
          inspectCommand(run, text)
        },
      ),
      { numRuns: 500 },
    )
    for (const long of [
      'curl '.repeat(50_000),
      'a'.repeat(500_000),
      '/a'.repeat(200_000),
      '--token '.repeat(20_000),
      'x:'.repeat(100_000),
      `mysql ${'-'.repeat(100_000)}`,
    ]) {
      readScript(long)
      expect(inspectCommand(run, long)).toBeDefined()
    }
  })
})

describe('crontabs', () => {
  test('with and without accounts, nicknames, variables, % and rubbish', () => {
    expect(
      parseCrontab(
        'SHELL=/bin/sh\nTOKEN = "a b"\n*/5 * * * * root /bin/a 10\\% %input\n@reboot www-data /bin/b\n1 2 3\nwhat is this line of text here now\n',
        true,
      ),
    ).toEqual({
      variables: [
        { name: 'SHELL', value: '/bin/sh', line: 1 },
        { name: 'TOKEN', value: 'a b', line: 2 },
      ],
      entries: [
        { line: 3, schedule: '*/5 * * * *', user: 'root', command: '/bin/a 10%' },
        { line: 4, schedule: '@reboot', user: 'www-data', command: '/bin/b' },
        { line: 6, schedule: 'what is this line of', user: 'text', command: 'here now' },
      ],
    })
    expect(parseCrontab('0 4 * * 1-5 /bin/c d  e', false).entries).toEqual([
      { line: 1, schedule: '0 4 * * 1-5', user: null, command: '/bin/c d  e' },
    ])
  })
})

describe('unit files', () => {
  test('sections, continued lines, comments, lists that start anew', () => {
    const unit = parseUnitFile(
      '[Service]\nExecStart=/bin/a \\\n# not this\n  --b\nEnvironment=A=1 "B=two words" \'C=3\'\nEnvironment=\nEnvironment=D=4\n; no\n[Install]\nWantedBy=x\n',
      '/u',
    )
    expect(listOf(unit, 'Service', 'ExecStart').map((one) => one.value)).toEqual(['/bin/a --b'])
    expect(environmentOf(unit)).toEqual([{ name: 'D', value: '4', file: '/u', line: 7 }])
  })
  test('words, prefixes and specifiers', () => {
    expect(wordsOf('A=1 "B=two words" \'C=\\x\' D=a\\sb')).toEqual(['A=1', 'B=two words', 'C=\\x', 'D=a b'])
    expect(commandOf('-+/bin/a b')).toEqual({ command: '/bin/a b', asRoot: true })
    expect(expand('/run/%i-%n-%p %%', 'a@b.service')).toBe('/run/b-a@b.service-a %')
  })
  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        environmentOf(parseUnitFile(`[Service]\nEnvironment=${text}`, '/u'))
        wordsOf(text)
        parseCrontab(text, true)
      }),
      { numRuns: 500 },
    )
  })
})

test.each([
  ['DB_PASSWORD', 'correct-horse', true],
  ['GITHUB_TOKEN', 'abcdefghij', true],
  ['PASSWORD_FILE', '/run/secrets/pw', false],
  ['SECRET_NAME', 'database-login', false],
  ['TOKEN_URL', 'https://x.example/token', false],
  ['API_KEY', '/etc/key', false],
  ['PWD', '/home/alice/work', false],
  ['DB_PASSWORD', '${DB_PASSWORD}', false],
  ['TOKEN', 'true', false],
  ['MONKEY', 'abcdefghijk', false],
])('the variable %s=%s is a secret: %s', (name, value, secret) => {
  expect(secretVariable(name, value) !== null).toBe(secret)
})
