import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runHere } from './testing/run-here.ts'

let folder: string
let out: string
let err: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-access-roles-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function access(...argv: string[]): Promise<unknown> {
  const ran = await runHere({ version: '1' }, ['access', ...argv])
  out = ran.out
  err = ran.err
  return ran.status
}
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const EXEC =
  'kind: Role\nmetadata: {name: "de\\u0007ploy", namespace: shop}\nrules:\n- {apiGroups: [""], resources: [pods/exec], verbs: [create]}\n'

test('kubernetes: rows as JSON alone on stdout, a table for people, and namespaces that are named', async () => {
  const role = file('role.yaml', EXEC)
  expect(await access('kubernetes', role, '--json')).toBe(0)
  expect(JSON.parse(out).rows).toMatchObject([
    { role: 'de\u0007ploy', scope: 'namespace', namespace: 'shop', flagged: true, ids: ['rce_weak_ns'] },
  ])
  expect(await access('kubernetes', role)).toBe(0)
  expect(out).toContain('1 roles: 1 lead to more')
  expect(out).toMatch(/de ploy +shop .*rce_weak_ns: runs code in the pods of its namespace.*nobody here/)
  await access('kubernetes', role, '--privileged', 'shop', '--json')
  expect(JSON.parse(out).rows[0].ids).toEqual(['pods_exec'])
})

test('kubernetes: what is not known is said, and the status is that of an answer in part', async () => {
  const binding = 'kind: RoleBinding\nmetadata: {name: b, namespace: shop}\nroleRef: {kind: ClusterRole, name: edit}\n'
  expect(await access('kubernetes', file('binding.yaml', binding))).toBe(4)
  expect(out).toContain('not all is known: ClusterRole edit is bound but is not in these files')
})

test('gcp: rows as JSON and a table', async () => {
  const sets = file('sets.json', '[{"name":"ci","scope":"project","permissions":["cloudbuild.builds.create"]}]')
  expect(await access('gcp', sets, '--json')).toBe(0)
  expect(JSON.parse(out).rows).toMatchObject([
    { role: 'ci', scope: 'project', namespace: null, flagged: true, ids: ['cloudbuild.builds.create'] },
  ])
  await access('gcp', sets)
  expect(out).toMatch(/ci +project .*cloudbuild\.builds\.create: runs a build/)
})

test('bad input is a failure with its code, and prints no rows', async () => {
  for (const name of ['kubernetes', 'gcp']) {
    expect(await access(name, file('bad.yaml', 'a: [1\nb: }\n'), '--json')).toBe(3)
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'access/yaml' } })
    await access(name, file('bad.yaml', 'a: [1\nb: }\n'))
    expect(out).toBe('')
    expect(err).toContain('(access/yaml)')
    expect(await access(name)).toBe(2)
  }
})
