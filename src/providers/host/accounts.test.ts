import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accountKind } from './account-kind.ts'
import { type Accounts, homesOf, parseGroup, parsePasswd, parseShadow } from './accounts.ts'

describe('passwd', () => {
  test('the first line of a name counts, broken lines and NIS entries do not', () => {
    const users = parsePasswd(
      'root:x:0:0:root:/root:/bin/bash\nroot:x:1:1::/:/bin/sh\n+::::::\nbroken:x:abc:1::/:\n#a:x:1:1:::\nold:aB3dE5gH7jK9m:1001:1001::/home/old:\nfree::1002:1002::/home/free:/bin/sh\n',
    )
    expect(users.map(({ name, uid, inline, shell }) => [name, uid, inline, shell])).toEqual([
      ['root', 0, 'shadow', '/bin/bash'],
      ['old', 1001, 'hash', '/bin/sh'],
      ['free', 1002, 'empty', '/bin/sh'],
    ])
  })
  test('homes that are nobody’s own are left out, shared ones count once', () => {
    const accounts: Accounts = {
      users: parsePasswd(
        'a:x:1:1::/home/a:\nb:x:2:2::/home/a/:\nc:x:3:3::/:\nd:x:4:4::/nonexistent:\ne:x:5:5::/home/../etc:\n',
      ),
      groups: [],
      shadow: null,
      lastSystemUid: 999,
    }
    expect(homesOf(accounts).map(({ user, home }) => [user.name, home])).toEqual([['a', '/home/a']])
  })
})

describe('shadow', () => {
  test.each([
    ['$y$j9T$salt$hash', 'usable', 'yescrypt'],
    ['!$6$salt$hash', 'locked', 'sha512'],
    ['!!$6$salt$hash', 'locked', 'sha512'],
    ['*', 'none', null],
    ['!', 'none', null],
    ['!*', 'none', null],
    ['', 'empty', null],
    ['aB3dE5gH7jK9m', 'usable', 'des'],
    ['$1$salt$hash', 'usable', 'md5'],
  ])('%s is %s', (hash, password, method) => {
    expect(parseShadow(`u:${hash}:19700:0:99999:7::20000:`).get('u')).toEqual({
      password,
      method,
      changed: 19700,
      maximum: 99999,
      expires: 20000,
    })
  })
})

test('no text makes the parsers throw', () => {
  const lines = fc
    .array(
      fc.oneof(
        fc.string(),
        fc.array(fc.string(), { maxLength: 9 }).map((fields) => fields.join(':')),
      ),
      { maxLength: 20 },
    )
    .map((all) => all.join('\n'))
  fc.assert(
    fc.property(lines, (text) => {
      for (const user of parsePasswd(text)) expect(Number.isInteger(user.uid)).toBe(true)
      parseGroup(text)
      parseShadow(text)
    }),
    { numRuns: 500 },
  )
})

describe('human or machine', () => {
  const kindOf = (line: string, { jobs = [] as string[], hash = '!' } = {}) => {
    const users = parsePasswd(line)
    const accounts: Accounts = {
      users,
      groups: [],
      shadow: parseShadow(`${users[0]!.name}:${hash}:1::::::`),
      lastSystemUid: 999,
    }
    return accountKind(users[0]!, accounts, jobs).accountKind
  }
  test.each([
    ['root', 'root:x:0:0:root:/root:/bin/bash', {}, 'system'],
    ['sync', 'sync:x:4:65534:sync:/bin:/bin/sync', {}, 'system'],
    ['nobody', 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin', {}, 'system'],
    [
      'postgres as Debian makes it',
      'postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash',
      {},
      'service',
    ],
    [
      'a system account that runs a unit',
      'redis:x:110:118::/var/lib/redis:/usr/sbin/nologin',
      { jobs: ['redis-server.service'] },
      'service',
    ],
    ['a person with a full name', 'alice:x:1000:1000:Alice Example,,,:/home/alice:/bin/bash', {}, 'human'],
    ['a person with a password only', 'bob:x:1001:1001::/home/bob:/bin/bash', { hash: '$y$j9T$a$b' }, 'human'],
    ['a deploy account', 'deploy:x:1002:1002::/home/deploy:/bin/bash', {}, 'service'],
    ['svc-backup', 'svc-backup:x:1003:1003::/home/svc-backup:/bin/bash', { hash: '$y$j9T$a$b' }, 'service'],
    ['no shell', 'app42:x:1004:1004::/srv/app:/usr/sbin/nologin', {}, 'service'],
    ['nothing to go by', 'xk7:x:1005:1005::/home/xk7:/bin/bash', {}, 'unknown'],
    ['runs a timer', 'xk7:x:1005:1005::/home/xk7:/bin/bash', { jobs: ['xk7.service'] }, 'service'],
    [
      'a person who also has a cron job',
      'bob:x:1001:1001::/home/bob:/bin/bash',
      { hash: '$y$j9T$a$b', jobs: ['/etc/cron.d/bob'] },
      'unknown',
    ],
  ])('%s', (_, line, more, kind) => {
    expect(kindOf(line, more)).toBe(kind)
  })
})
