import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { reeve, scratch } from '../reeve/command.ts'
import { accessKey, plantedRepository } from '../reeve/planted.ts'
import { type Environment, environment, run } from './python.ts'

const WIDE =
  'on: push\npermissions: write-all\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n'

let python: Environment
let place: ReturnType<typeof scratch>
let sarif: string

beforeAll(async () => {
  place = scratch()
  python = await environment('sarif-tools', ['sarif-tools==3.0.5'])
  if ('missing' in python) return
  const key = accessKey('gate')
  const repository = plantedRepository(join(place.folder, 'shop'))
  repository.write('deploy.py', `aws_access_key_id = "${key.id}"\naws_secret_access_key = "${key.secret}"\n`)
  repository.write('.github/workflows/build.yml', WIDE)
  repository.commit('Everything at once')
  sarif = join(place.folder, 'found.sarif')
  const ran = await reeve(['scan', '.', '--sarif', sarif], {
    cwd: repository.folder,
    env: { REEVE_DATA: join(place.folder, 'data') },
  })
  expect(ran, ran.err).toMatchObject({ status: 0 })
}, 240_000)
afterAll(() => place.remove())
beforeEach((context) => {
  if ('missing' in python) context.skip(python.missing)
})

const sarifTools = (...args: string[]) => {
  if ('missing' in python) throw new Error(python.missing)
  return run(python.tool('sarif'), args)
}
const results = () =>
  JSON.parse(readFileSync(sarif, 'utf8')).runs[0].results as { level: 'error' | 'warning' | 'note'; ruleId: string }[]

test('another tool’s summary of a scan counts the same at each level', async () => {
  const { status, out, err } = await sarifTools('summary', sarif)
  expect(status, err).toBe(0)
  const counted = Object.fromEntries([...out.matchAll(/^(error|warning|note): (\d+)$/gm)].map((at) => [at[1], at[2]]))
  const expected = { error: '0', warning: '0', note: '0' }
  for (const [level, found] of Map.groupBy(results(), (one) => one.level)) expected[level] = String(found.length)
  expect(results().length).toBeGreaterThanOrEqual(2)
  expect(counted).toEqual(expected)
})

test('a gate of another tool closes on what Reeve found and opens on an empty scan', async () => {
  expect((await sarifTools('--check', 'error', 'summary', sarif)).status).not.toBe(0)
  const log = JSON.parse(readFileSync(sarif, 'utf8'))
  log.runs[0].results = []
  const empty = join(place.folder, 'empty.sarif')
  writeFileSync(empty, JSON.stringify(log))
  expect((await sarifTools('--check', 'note', 'summary', empty)).status).toBe(0)
  expect((await sarifTools('--check', 'error', 'diff', empty, sarif)).status).not.toBe(0)
})
