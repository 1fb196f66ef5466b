import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runHere } from './testing/run-here.ts'

let folder: string
let out: string
let err: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-access-sudo-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function access(...argv: string[]): Promise<unknown> {
  const ran = await runHere({ version: '1' }, ['access', 'sudo', ...argv])
  out = ran.out
  err = ran.err
  return ran.status ?? 0
}
const file = (text: string): string => {
  const path = join(folder, 'sudoers')
  writeFileSync(path, text)
  return path
}

test('rows as JSON, and for people each account with how it becomes root and what it may run', async () => {
  const sudoers = file('ana ALL = NOPASSWD: /usr/bin/vi\nbob ALL = /usr/bin/systemctl restart app\n')
  expect(await access(sudoers, '--json')).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    rows: [
      { principal: 'root', isAdmin: true, paths: [], runs: [] },
      {
        principal: 'ana',
        isAdmin: false,
        paths: [
          [
            { from: 'ana', to: 'root', actions: ['sudo /usr/bin/vi'] },
            { from: 'root', to: 'admin', actions: [] },
          ],
        ],
        runs: [{ command: '(root) NOPASSWD: /usr/bin/vi', place: `${sudoers}:1`, noPassword: true }],
      },
      { principal: 'bob', paths: [] },
    ],
    warnings: [],
  })
  await access(sudoers)
  expect(out).toContain('3 accounts: 1 are root, 1 can become one')
  expect(out).toMatch(/gives a shell through vi, without a password\) → root/)
  expect(out).toMatch(/bob +\(root\) \/usr\/bin\/systemctl restart app/)
})

test('who may run one command', async () => {
  const sudoers = file('ana ALL = (db) /usr/bin/psql\n')
  await access(sudoers, '--can', '/usr/bin/psql -l', '--as', 'db', '--json')
  expect(JSON.parse(out)).toMatchObject({
    command: '/usr/bin/psql -l',
    as: 'db',
    rows: [{ principal: 'ana', verdict: 'yes' }],
  })
  await access(sudoers, '--can', '/usr/bin/psql -l', '--json')
  expect(JSON.parse(out).rows).toEqual([])
  expect(await access(sudoers, '--can', 'psql')).toBe(3)
  expect(err).toContain('(access/command)')
})

test('what cannot be told from the files is said, with the status of an answer in part', async () => {
  expect(await access(file('ana web1 = ALL\n'))).toBe(4)
  expect(out).toContain('not all is known')
  expect(await access(file('ana web1 = ALL\n'), '--host', 'web1')).toBe(0)
  expect(await access(file('@include /etc/none/sudoers.more\n'))).toBe(4)
  expect(err).toContain('is not here')
})

test('a line that is no sudoers is a failure with its place, and prints no rows', async () => {
  expect(await access(file('ana ALL\n'))).toBe(3)
  expect(out).toBe('')
  expect(err).toMatch(/line 1 is not understood.*\(access\/sudoers\)/)
})
