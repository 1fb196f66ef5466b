import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { parseSudoers } from '../../sdk/index.ts'
import { testCollection } from '../../sdk/testing/index.ts'
import { parseGroup, parsePasswd } from './accounts.ts'
import { sudo } from './sudo.ts'
import { rootBy, SudoPolicy } from './sudo-members.ts'
import { DEBIAN, hostAt, plant, scanningRun } from './testing/machine.ts'

const planted: ReturnType<typeof plant>[] = []
afterEach(() => {
  for (const one of planted.splice(0)) one.remove()
})
const read = (files: Parameters<typeof plant>[0]) => {
  const one = plant({
    '/etc/passwd': `${DEBIAN['/etc/passwd']}bob:x:1001:1001::/home/bob:/bin/bash\ndeploy:x:1002:1002::/home/deploy:/bin/bash\npostgres:x:105:105::/var/lib/postgresql:/bin/bash\n`,
    '/etc/group': 'sudo:x:27:alice\nops:x:200:bob,deploy\n',
    ...files,
  })
  planted.push(one)
  return testCollection(sudo, hostAt(one.root), scanningRun())
}
const granted = async (sudoers: string) => {
  const { entities, edges } = await read({ '/etc/sudoers': sudoers })
  return edges
    .filter((edge) => edge.verb === 'has')
    .map(
      (edge) =>
        `${edge.from.replace('host:web-1/', '')}: ${entities.find((one) => one.key === edge.to)!.name.replace('@web-1', '')}`,
    )
    .sort()
}

describe('parsing', () => {
  const grants = (text: string) =>
    parseSudoers(text).grants.map((grant) => ({
      users: grant.users.map((one) => (one.negated ? '!' : '') + one.text),
      runAs: grant.runAs?.map((one) => one.text) ?? null,
      commands: grant.commands.map((one) => (one.negated ? '!' : '') + one.text),
      noPassword: grant.noPassword,
    }))
  test('tags and runas hold for the commands that follow', () => {
    expect(grants('alice ALL = (www-data) NOPASSWD: /bin/a, /bin/b, PASSWD: /bin/c, (root) /bin/d')).toEqual([
      { users: ['alice'], runAs: ['www-data'], commands: ['/bin/a', '/bin/b'], noPassword: true },
      { users: ['alice'], runAs: ['www-data'], commands: ['/bin/c'], noPassword: false },
      { users: ['alice'], runAs: ['root'], commands: ['/bin/d'], noPassword: false },
    ])
  })
  test('continued lines, comments, numbers and quotes', () => {
    expect(
      grants('# nothing\n%ops, "Domain Users", \\\n  #1001 ALL=(ALL:ALL) \\\n  NOPASSWD: ALL # because\n'),
    ).toEqual([{ users: ['%ops', 'Domain Users', '#1001'], runAs: ['ALL'], commands: ['ALL'], noPassword: true }])
  })
  test('several hosts on one line', () => {
    expect(grants('bob web-1 = /bin/a : db-1 = NOPASSWD: /bin/b').map((one) => one.commands)).toEqual([
      ['/bin/a'],
      ['/bin/b'],
    ])
  })
  test('escaped commas and equal signs belong to the command', () => {
    expect(grants('bob ALL = /bin/a x\\,y\\=z, !/bin/su').at(0)!.commands).toEqual(['/bin/a x,y=z', '!/bin/su'])
  })
  test('digests, options and (: group)', () => {
    expect(grants('bob ALL = (:docker) TIMEOUT=30s NOEXEC: sha256:abc= /bin/a')).toEqual([
      { users: ['bob'], runAs: [], commands: ['/bin/a'], noPassword: null },
    ])
  })
  test('aliases and defaults', () => {
    const parsed = parseSudoers(
      'User_Alias A = bob, !eve : B = %ops\nCmnd_Alias C = /bin/x *, /bin/y\nDefaults:bob !authenticate\nDefaults env_reset, !authenticate\n@includedir /etc/sudoers.d\n#include /etc/more\nwhat is this',
    )
    expect(parsed.aliases.map(({ kind, name, items }) => [kind, name, items.length])).toEqual([
      ['User', 'A', 2],
      ['User', 'B', 1],
      ['Cmnd', 'C', 2],
    ])
    expect(parsed.defaults.map(({ scope, authenticate }) => [scope, authenticate])).toEqual([
      ['bob', false],
      ['', false],
    ])
    expect(parsed.includes).toEqual([
      { path: '/etc/sudoers.d', folder: true },
      { path: '/etc/more', folder: false },
    ])
    expect(parsed.unread).toEqual([7])
  })
  test('no text makes it throw or stall', () => {
    const word = fc.constantFrom(
      'alice',
      '%ops',
      'ALL',
      '=',
      '(',
      ')',
      ':',
      ',',
      '!',
      '\\',
      '"',
      'NOPASSWD:',
      '#',
      '@include ',
      '\n',
      ' ',
      'User_Alias',
      'A',
      '/bin/sh',
      'Defaults',
      '\\\n',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
          fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
        ),
        (text) => {
          const parsed = parseSudoers(text)
          const policy = new SudoPolicy([parsed], {
            users: parsePasswd('alice:x:1000:1000::/:'),
            groups: parseGroup('ops:x:1:alice'),
            shadow: null,
            lastSystemUid: 999,
          })
          for (const grant of parsed.grants) {
            policy.includes(grant.users, policy.accounts.users[0]!)
            rootBy(policy.flatten('Cmnd', grant.commands))
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
  test('aliases that name themselves or double at every step end', () => {
    const bomb = Array.from({ length: 40 }, (_, at) => `User_Alias A${at} = A${at + 1}, A${at + 1}`).join('\n')
    const parsed = parseSudoers(
      `${bomb}\nUser_Alias A40 = bob\nUser_Alias LOOP = LOOP, bob\nA0 ALL = ALL\nLOOP ALL = ALL`,
    )
    const policy = new SudoPolicy([parsed], {
      users: parsePasswd('bob:x:1001:1001::/:'),
      groups: [],
      shadow: null,
      lastSystemUid: 999,
    })
    const started = performance.now()
    expect(parsed.grants.map((grant) => policy.includes(grant.users, policy.accounts.users[0]!))).toEqual([true, true])
    policy.flatten('User', parsed.grants[0]!.users, 5000)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('what it means', () => {
  test('Debian as installed', async () => {
    expect(
      await granted(
        'Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n',
      ),
    ).toEqual(['group/sudo: sudo (ALL) ALL', 'user/root: sudo (ALL) ALL'])
  })
  test('exceptions are asked account by account', async () => {
    expect(await granted('%ops, !deploy ALL=NOPASSWD: ALL')).toEqual(['user/bob: sudo NOPASSWD (root) ALL'])
    expect((await granted('ALL, !root ALL=/bin/id')).length).toBe(18)
  })
  test('aliases, and a host that is not this one', async () => {
    expect(
      await granted(
        'User_Alias ADMINS = bob\nHost_Alias DB = db-1, db-2\nHost_Alias WEB = web-*\nADMINS DB = ALL\nADMINS WEB = /usr/bin/apt\n',
      ),
    ).toEqual(['user/bob: sudo (root) /usr/bin/apt'])
  })
  test('!authenticate for one account', async () => {
    const { edges } = await read({ '/etc/sudoers': 'Defaults:deploy !authenticate\ndeploy, bob ALL = ALL\n' })
    expect(
      edges.filter((edge) => edge.verb === 'has').map((edge) => [edge.from, edge.attributes?.['noPassword']]),
    ).toEqual([
      ['host:web-1/user/deploy', true],
      ['host:web-1/user/bob', false],
    ])
  })
  test('another account is assumed, and root-equivalence is told apart', async () => {
    const { entities, sentences } = await read({
      '/etc/sudoers':
        'deploy ALL = (postgres) NOPASSWD: ALL\nbob ALL = NOPASSWD: /usr/bin/systemctl restart app.service\n',
    })
    expect(sentences).toContain('host:web-1/user/deploy assumes host:web-1/user/postgres')
    expect(sentences.filter((sentence) => sentence.includes('allows'))).toEqual([])
    expect(entities.map((one) => [one.attributes['asRoot'], one.attributes['rootEquivalent']])).toEqual([
      [false, true],
      [true, false],
    ])
  })
  test.each([
    ['/usr/bin/vim', true],
    ['/usr/bin/vim /etc/motd', false],
    ['/usr/bin/systemctl *', true],
    ['/usr/bin/systemctl restart nginx', false],
    ['/usr/local/bin/deploy', false],
    ['/opt/scripts/', true],
    ['ALL', true],
    ['sudoedit /etc/hosts', false],
  ])('%s makes root: %s', (command, root) => {
    expect(rootBy([{ text: command, negated: false }]) !== null).toBe(root)
  })
  test('included files: names with dots are left out, circles end, unreadable lines are told', async () => {
    const { edges, ledger } = await read({
      '/etc/sudoers': '@includedir /etc/sudoers.d\n',
      '/etc/sudoers.d/deploy': 'deploy ALL=(ALL) NOPASSWD:ALL\n',
      '/etc/sudoers.d/old.bak': 'bob ALL=(ALL) NOPASSWD:ALL\n',
      '/etc/sudoers.d/self': '@include /etc/sudoers.d/self\n',
      '/etc/sudoers.d/wrong': 'this is not sudoers at all ===\n',
    })
    expect(edges.filter((edge) => edge.verb === 'has').map((edge) => [edge.from, edge.attributes])).toEqual([
      ['host:web-1/user/deploy', { noPassword: true, file: '/etc/sudoers.d/deploy', line: 1, orders: [0] }],
    ])
    expect(ledger.refusals.map((line) => line.reason)).toEqual([
      'reading /etc/sudoers.d/self: its includes nest too deeply or are too many',
      'reading /etc/sudoers.d/wrong: line 1 is not understood',
    ])
  })
  test('rules for addresses cannot be told and are said to be unknown', async () => {
    const { ledger, entities } = await read({ '/etc/sudoers': 'bob 10.0.0.0/8 = ALL\n' })
    expect(entities).toEqual([])
    expect(ledger.refusals).toHaveLength(1)
  })
  test('no sudo, nothing to say', async () => {
    const { entities, ledger } = await read({})
    expect([entities, ledger.refusals]).toEqual([[], []])
  })
})
