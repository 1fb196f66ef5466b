import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Collected, openSudo, riseSudo, sudoDerived, sudoFromCollected } from './access/index.ts'
import { groups } from './providers/host/groups.ts'
import { sudo } from './providers/host/sudo.ts'
import { DEBIAN, hostAt, plant, scanningRun } from './providers/host/testing/machine.ts'
import { users } from './providers/host/users.ts'
import { testCollection } from './sdk/testing/index.ts'

const planted: ReturnType<typeof plant>[] = []
afterEach(() => {
  for (const one of planted.splice(0)) one.remove()
})

const PASSWD = [
  'root:x:0:0::/root:/bin/sh',
  ...['ana', 'bob', 'carol', 'deploy', 'db'].map((name, at) => `${name}:x:${1001 + at}:${1001 + at}::/:/bin/sh`),
].join('\n')
const GROUP = `root:x:0:\nwheel:x:10:ana,carol\n${['ana', 'bob', 'carol', 'deploy', 'db'].map((name, at) => `${name}:x:${1001 + at}:`).join('\n')}\n`

/** The same policy read from files, and out of what the provider told of the host. */
async function both(sudoers: string) {
  const one = plant({
    '/etc/passwd': PASSWD,
    '/etc/group': GROUP,
    '/etc/sudoers': sudoers,
    '/etc/nsswitch.conf': 'passwd: files\n',
  })
  planted.push(one)
  const host = hostAt(one.root)
  const collected: Collected = { nodes: [], edges: [], whole: [], unread: [] }
  const nodes: Collected['nodes'][number][] = []
  const edges: Collected['edges'][number][] = []
  for (const collection of [users, groups, sudo]) {
    const found = await testCollection(collection, host, scanningRun(), { secrets: [] })
    nodes.push(
      ...found.entities.map(({ key, type, name, attributes }) => ({
        key,
        type,
        name,
        aliases: [],
        connections: [],
        environment: null,
        attributes,
        unknowns: {},
      })),
    )
    edges.push(...found.edges.map(({ from, verb, to, attributes = null }) => ({ from, verb, to, attributes })))
  }
  const online = { ...collected, nodes, edges }
  const at = (path: string) => join(one.root, path)
  const offline = await openSudo({
    files: [at('/etc/sudoers')],
    passwd: at('/etc/passwd'),
    group: at('/etc/group'),
    host: 'web-1',
  })
  return { online, offline }
}

test.for([
  ['one account', 'ana ALL = NOPASSWD: /usr/bin/vi\n'],
  ['a group', '%wheel ALL = (ALL) ALL\n'],
  ['a group and an exception in a later line', '%wheel ALL = ALL\ncarol ALL = !ALL\n'],
  ['exceptions within lists', 'ALL, !bob ALL = (deploy) /bin/bash\ndeploy ALL = (ALL) /usr/bin/find\n'],
  ['taken back, and given again', 'ana ALL = /bin/bash\nana ALL = !/bin/bash\nana ALL = /bin/bash\n'],
  ['taken back at last', 'ana ALL = /bin/bash\nbob ALL = /bin/bash\nana ALL = !/bin/bash\n'],
  [
    'tags',
    'ana ALL = NOEXEC: /usr/bin/vi\nbob ALL = SETENV: /opt/report\ncarol ALL = sha224:0GomF8mNN3wlDt1HD9XldjJ3SNgpFdbjO1+NsQ== /bin/bash\n',
  ],
  ['settings', 'Defaults env_keep += "LD_PRELOAD"\nDefaults:bob rootpw\nana, bob ALL = /opt/report\n'],
  ['nothing of note', 'ana ALL = /usr/bin/systemctl restart app\n'],
] as const)('what was collected says the same as the files: %s', async ([, text]) => {
  const { online, offline } = await both(`${text}`)
  const [found] = sudoFromCollected(online)
  const gist = (estate: typeof offline) =>
    riseSudo(estate)
      .rows.map(({ principal, isAdmin, paths }) => ({
        principal,
        isAdmin,
        paths: paths.map((path) => path.map(({ to, actions, dependsOn }) => ({ to, actions, dependsOn }))),
      }))
      .toSorted((one, other) => (one.principal < other.principal ? -1 : 1))
  expect(gist(found!.estate)).toEqual(gist(offline))

  // The rows of the graph lead to root exactly those of whom a path is told.
  const rows = Map.groupBy(sudoDerived(online), ({ from }) => from)
  for (const { principal, isAdmin, paths } of riseSudo(offline).rows) {
    const seen = new Set([`host:web-1/user/${principal}`])
    for (const one of seen) for (const { to } of rows.get(one) ?? []) seen.add(to)
    expect([principal, seen.has('host:web-1')]).toEqual([
      principal,
      isAdmin || paths.some((path) => path.at(-1)!.to === 'admin'),
    ])
  }
})

test('a host whose sudo nobody may use has no rows but those of root', async () => {
  expect(DEBIAN).toHaveProperty('/etc/passwd')
  const { online } = await both('Defaults env_reset\n')
  expect(sudoDerived(online)).toEqual([])
})
