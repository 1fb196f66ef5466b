import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { riseSudo } from './escalate.ts'
import { whoCanRun } from './inquire.ts'
import { openSudo } from './open.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-sudoers-'))
  writeFileSync(
    join(folder, 'passwd'),
    [
      'root:x:0:0::/root:/bin/sh',
      ...['ana', 'bob', 'deploy'].map((name, at) => `${name}:x:${1001 + at}:${1001 + at}::/:/bin/sh`),
    ].join('\n'),
  )
  writeFileSync(join(folder, 'group'), 'wheel:x:10:ana\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function rise(text: string, host = 'web1') {
  const file = join(folder, 'sudoers')
  writeFileSync(file, text)
  return riseSudo(await openSudo({ files: [file], passwd: join(folder, 'passwd'), group: join(folder, 'group'), host }))
}
const pathsOf = async (text: string, who = 'ana') =>
  (await rise(text)).rows.find(({ principal }) => principal === who)!.paths
const steps = async (text: string, who = 'ana') =>
  (await pathsOf(text, who)).map((path) => path.map(({ to }) => to).join(' '))

describe('what gives a place', () => {
  test.for<[string, string, string]>([
    ['any command', 'ana ALL = ALL', 'runs anything'],
    ['any command but shells', 'ana ALL = ALL, !/bin/sh, !/bin/bash', 'runs anything'],
    ['of a group', '%wheel ALL = (ALL) NOPASSWD: ALL', 'without a password'],
    ['by aliases', 'User_Alias U = bob, ana\nCmnd_Alias C = /usr/bin/vi\nU ALL = C', 'through vi'],
    ['an editor of one file', 'ana ALL = /usr/bin/vi /etc/motd', 'through vi'],
    ['a pager with a free end', 'ana ALL = /usr/bin/less /var/log/*', 'through less'],
    ['find with free arguments', 'ana ALL = /usr/bin/find', 'through find'],
    ['find with a free end', 'ana ALL = /usr/bin/find /var *', 'through find'],
    ['tar', 'ana ALL = /bin/tar cf /backup/* *', 'through tar'],
    ['an interpreter', 'ana ALL = /usr/bin/python3', 'through python3'],
    ['a folder of programs', 'ana ALL = /usr/bin/', 'through'],
    ['a pattern of programs', 'ana ALL = /usr/bin/v*', 'through'],
    ['a file that counts', 'ana ALL = sudoedit /etc/sudoers.d/app', 'writes /etc/sudoers.d/app'],
    ['the environment may be set', 'ana ALL = SETENV: /usr/local/bin/report', 'LD_PRELOAD'],
    ['the environment is kept', 'Defaults env_keep += "LD_PRELOAD"\nana ALL = /usr/local/bin/report', 'LD_PRELOAD'],
    ['by number', '#1001 ALL = (#0) /bin/bash', 'through bash'],
    ['a negation that a later line takes back', 'ana ALL = !/bin/bash\nana ALL = /bin/bash', 'through bash'],
  ])('%s', async ([, text, how]) => {
    const [path] = await pathsOf(text)
    expect(path?.at(-1)?.to).toBe('admin')
    expect(path![0]).toMatchObject({ from: 'ana', to: 'root', object: expect.stringContaining(how) })
    expect(path![0]!.dependsOn).toBeUndefined()
    expect(path![0]!.object).toMatch(/sudoers:\d+: /)
  })

  test.for<[string, string, string]>([
    ['a digest', 'ana ALL = sha224:0GomF8mNN3wlDt1HD9XldjJ3SNgpFdbjO1+NsQ== /bin/bash', 'digest'],
    ['NOEXEC', 'ana ALL = NOEXEC: /usr/bin/vi', 'NOEXEC'],
    ['dates', 'ana ALL = NOTBEFORE=20990101000000Z /bin/bash', 'dates'],
    ['an address', 'ana 10.0.0.0/8 = /bin/bash', 'about this host'],
    ['a netgroup', '+admins ALL = /bin/bash', 'about this host and account'],
    ['the password of root', 'Defaults rootpw\nana ALL = ALL', 'rootpw'],
    ['a pager that may be asked', 'ana ALL = /usr/bin/systemctl status app', 'pager'],
    ['only reading', 'ana ALL = /usr/bin/cat *', 'may read'],
  ])('on what it depends: %s', async ([, text, reason]) => {
    const [path] = await pathsOf(text)
    expect(path?.at(-1)?.to).toBe('admin')
    expect(path![0]!.dependsOn!.join()).toContain(reason)
  })

  test('the place of another account, and from there on', async () => {
    expect(await steps('ana ALL = (deploy) /bin/bash\ndeploy ALL = NOPASSWD: ALL')).toEqual(['deploy root admin'])
    expect(await steps('Defaults runas_default = deploy\nana ALL = /bin/bash')).toEqual([])
    expect(await steps('Defaults runas_default = deploy\nana ALL = /bin/bash\ndeploy ALL = (root) /bin/bash')).toEqual([
      'deploy root admin',
    ])
  })
})

describe('what gives none', () => {
  test.for<[string, string]>([
    ['nothing', ''],
    ['for another', 'bob ALL = ALL'],
    ['for another host', 'ana db1 = ALL'],
    ['taken back by a later line', 'ana ALL = /bin/bash\n%wheel ALL = !ALL'],
    ['all but all', 'ana ALL = ALL, !ALL'],
    ['a program that does as it is named', 'ana ALL = /usr/local/bin/report'],
    ['restarting one unit', 'ana ALL = NOPASSWD: /usr/bin/systemctl restart app'],
    ['looking at a unit without a pager', 'ana ALL = /usr/bin/systemctl status --no-pager app'],
    ['find with its arguments', 'ana ALL = /usr/bin/find /var/log -name x'],
    ['a script by its interpreter', 'ana ALL = /usr/bin/python3 /opt/report.py'],
    ['an editor of a file that does not count', 'ana ALL = sudoedit /srv/site/index.html'],
    ['a group one is not in', '%ops ALL = ALL'],
    ['an alias without the account', 'User_Alias U = ALL, !ana\nU ALL = ALL'],
    ['a harmless variable kept', 'Defaults env_keep += "LANG LC_ALL"\nana ALL = /usr/local/bin/report'],
    [
      'a variable no longer kept',
      'Defaults env_keep += "LD_PRELOAD"\nDefaults env_keep -= "LD_PRELOAD"\nana ALL = /usr/local/bin/report',
    ],
    ['a shell in a comment', '# ana ALL = ALL'],
    ['as one’s own self', 'ana ALL = (ana) ALL'],
  ])('%s', async ([, text]) => {
    expect(await pathsOf(text)).toEqual([])
  })

  test('who is not spoken of has no path', async () => {
    const { rows } = await rise('ana ALL = (ALL) NOPASSWD: ALL')
    expect(rows.filter(({ paths }) => paths.length > 0).map(({ principal }) => principal)).toEqual(['ana'])
    expect(rows.filter(({ isAdmin }) => isAdmin).map(({ principal }) => principal)).toEqual(['root'])
  })
})

test('without accounts the names of the files stand for themselves', async () => {
  const file = join(folder, 'sudoers')
  writeFileSync(file, '%wheel ALL = ALL\nbackup ALL = (root) /usr/bin/tar\n')
  const { rows } = riseSudo(await openSudo({ files: [file] }))
  expect(rows.map(({ principal, paths }) => [principal, paths.length > 0])).toEqual([
    ['root', false],
    ['%wheel', true],
    ['backup', true],
  ])
})

test('includes are read beside the file, and what is not there is said', async () => {
  mkdirSync(join(folder, 'sudoers.d'), { recursive: true })
  writeFileSync(join(folder, 'sudoers.d', 'app'), 'ana ALL = ALL\n')
  writeFileSync(join(folder, 'sudoers.d', 'ignored.bak'), 'bob ALL = ALL\n')
  const { rows, warnings } = await rise('@includedir /etc/sudoers.d\n#include /etc/sudoers.local\n')
  expect(rows.filter(({ paths }) => paths.length > 0).map(({ principal }) => principal)).toEqual(['ana'])
  expect(warnings).toEqual([expect.stringContaining('/etc/sudoers.local, which is not here')])
  rmSync(join(folder, 'sudoers.d'), { recursive: true })
})

test('who may run a command, by the entry that decides', async () => {
  const file = join(folder, 'sudoers')
  writeFileSync(file, 'ana, bob ALL = /usr/bin/systemctl * app\nbob ALL = !/usr/bin/systemctl stop *\n')
  const estate = await openSudo({ files: [file], passwd: join(folder, 'passwd'), host: 'web1' })
  expect(whoCanRun(estate, '/usr/bin/systemctl stop app', 'root')).toMatchObject([
    { principal: 'ana', verdict: 'yes', because: expect.stringContaining('sudoers:1') },
  ])
  expect(whoCanRun(estate, '/usr/bin/systemctl restart app', 'root').map(({ principal }) => principal)).toEqual([
    'ana',
    'bob',
  ])
  expect(() => whoCanRun(estate, 'systemctl', 'root')).toThrow(/whole path/)
})

test('a line that is no sudoers is said with its place', async () => {
  await expect(rise('ana ALL = ALL\nana ALL\n')).rejects.toMatchObject({
    code: 'access/sudoers',
    message: expect.stringContaining('line 2'),
  })
  await expect(openSudo({ files: [join(folder, 'none')] })).rejects.toMatchObject({ code: 'access/file' })
})
