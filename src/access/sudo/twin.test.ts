import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compile } from '../compile.ts'
import { decide } from '../decide.ts'
import { missingSudo, type RealSudo, realSudo } from '../testing/real-sudo.ts'
import { can, whoCan } from '../who-can.ts'
import { resourceOf } from './estate.ts'
import { openSudo } from './open.ts'

if (missingSudo) console.info(missingSudo)

const PROGRAMS = [
  '/bin/sh',
  '/usr/bin/vi',
  '/usr/bin/less',
  '/usr/bin/systemctl',
  '/usr/sbin/service',
  '/opt/app/run',
  '/opt/app/deep/run',
  '/opt/run2',
]
const USERS = ['ana', 'bob', 'carol', 'deploy']
const TARGETS = ['root', 'deploy', 'db']
const COMMANDS = [
  ['/bin/sh'],
  ['/bin/sh', '-c', 'id'],
  ['/usr/bin/vi'],
  ['/usr/bin/vi', '/etc/hosts'],
  ['/usr/bin/less', '/var/log/syslog'],
  ['/usr/bin/systemctl', 'restart', 'app'],
  ['/usr/bin/systemctl', 'restart', 'a b', 'c'],
  ['/usr/bin/systemctl', 'status', 'app'],
  ['/usr/sbin/service'],
  ['/opt/app/run', 'a=1,b:2'],
  ['/opt/app/deep/run'],
  ['/opt/run2', 'x/y'],
]

let sudo: RealSudo
beforeAll(() => {
  if (missingSudo === null) sudo = realSudo(PROGRAMS)
})
afterAll(() => sudo?.remove())

const pick = <T>(...list: T[]) => fc.constantFrom(...list)
const maybe = (text: fc.Arbitrary<string>, sign: string) =>
  fc.tuple(fc.constantFrom('', '', '', sign), text).map((parts) => parts.join(''))
const list = (one: fc.Arbitrary<string>, most = 3) =>
  fc.array(one, { minLength: 1, maxLength: most }).map((all) => all.join(', '))
const user = maybe(
  pick('ana', 'bob', 'carol', 'deploy', '%wheel', '%users', '%#1100', '#1001', '#1003', 'ALL', 'ADMINS', 'STAFF'),
  '!',
)
const runAs = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  {
    weight: 5,
    arbitrary: list(maybe(pick('root', 'deploy', 'db', 'ALL', '#1005', '%wheel', 'OPERATORS'), '!')).map(
      (all) => `(${all}) `,
    ),
  },
)
const tags = pick('', '', '', 'NOPASSWD: ', 'NOEXEC: ', 'SETENV: ', 'PASSWD: ')
const command = maybe(
  pick(
    'ALL',
    'ALL',
    '/bin/sh',
    '/bin/sh ""',
    '/usr/bin/vi',
    '/usr/bin/vi /etc/*',
    '/usr/bin/less /var/log/*',
    '/usr/bin/*',
    '/usr/bin/',
    '/opt/',
    '/opt/app/',
    '/opt/*/run',
    '/opt/*',
    '/opt/run?',
    '/opt/[!a]*',
    '/usr/bin/systemctl restart *',
    '/usr/bin/systemctl restart app',
    '/usr/bin/systemctl [rs]*',
    '/usr/sbin/service ""',
    '/opt/app/run a\\=1\\,b\\:2',
    '/opt/run2 x*',
    'SHELLS',
    'TOOLS',
    'NOTSHELLS',
    '^/opt/.*run$',
    '/usr/bin/systemctl ^(restart|stop) [a-z]+$',
  ),
  '!',
)
const HEAD = `User_Alias ADMINS = ana, %ops : STAFF = ALL, !carol
Runas_Alias OPERATORS = deploy, db
Cmnd_Alias SHELLS = /bin/sh, /usr/bin/vi : TOOLS = /usr/bin/, !SHELLS
Cmnd_Alias NOTSHELLS = ALL, !SHELLS
`
const spec = (host: string) =>
  fc
    .tuple(
      list(user),
      pick('ALL', 'ALL', 'ALL', 'elsewhere', `!elsewhere, ${host}`, 'ALL, !elsewhere'),
      runAs,
      list(
        fc.tuple(tags, command).map((parts) => parts.join('')),
        4,
      ),
    )
    .map(([users, hosts, as, commands]) => `${users} ${hosts} = ${as}${commands}`)

test.skipIf(missingSudo !== null)(
  'of generated policies everybody may run what the real sudo says',
  async () => {
    const policies = fc.sample(fc.tuple(fc.boolean(), fc.array(spec(sudo.host), { minLength: 3, maxLength: 9 })), {
      seed: 7,
      numRuns: 14,
    })
    const wrong: string[] = []
    const counts = { yes: 0, no: 0 }
    for (const [at, [otherTarget, lines]] of policies.entries()) {
      const text = `${HEAD}${otherTarget ? 'Defaults runas_default = deploy\n' : ''}${lines.join('\n')}\n`
      expect(sudo.policy(text), text).toBeNull()
      const estate = await openSudo({
        files: [sudo.files.sudoers],
        passwd: sudo.files.passwd,
        group: sudo.files.group,
        host: sudo.host,
      })
      const compiled = compile(estate.grants)
      for (const target of TARGETS)
        for (const [program, ...args] of COMMANDS) {
          const question = { action: 'run', resource: resourceOf(target, { program: program!, args }) }
          const answer = whoCan(compiled, question)
          for (const name of USERS) {
            const index = compiled.indexOf.get(name)!
            const ours = can(answer, index)
            if (ours === 'depends') {
              wrong.push(`policy ${at}: ${name} ${question.resource} depends`)
              continue
            }
            const theirs = sudo.allows(name, target, [program!, ...args]) ? 'yes' : 'no'
            counts[theirs]++
            if (ours !== theirs) wrong.push(`policy ${at}: ${name} ${question.resource}: sudo says ${theirs}`)
            if (decide(estate.grants, index, question).verdict !== ours)
              wrong.push(`policy ${at}: ${name} ${question.resource} read one by one`)
          }
        }
    }
    expect(wrong.map((line) => `${line}\n${policies[Number(/\d+/.exec(line)![0])]![1].join('\n')}`)).toEqual([])
    expect(Math.min(counts.yes, counts.no)).toBeGreaterThan(300)
  },
  300_000,
)
