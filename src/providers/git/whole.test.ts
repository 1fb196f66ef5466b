/** The provider with the real scanner and the real rules, from a planted repository to findings. */
import { expect, test } from 'vitest'
import { rules } from '../../assess/rules/index.ts'
import { createScanner } from '../../scan/index.ts'
import { type Edge, type Entity, isEdge, judge, type Run, type Surroundings, type Verb } from '../../sdk/index.ts'
import { testRun } from '../../sdk/testing/index.ts'
import { git } from './index.ts'
import { commit, repositoryWith, runGit, temporaryFolder, write } from './testing/index.ts'

const scanner = createScanner()
const run = (): Run => ({
  ...testRun(),
  scan: scanner.scan,
  scanFolder: scanner.scanFolder,
  scanHistory: scanner.scanHistory,
})

/** Fails of all rules over what the provider reads. */
async function findings(path: string, settings: Record<string, unknown> = {}) {
  const entities = new Map<string, Entity>()
  const edges: Edge[] = []
  const given = run()
  const checkout = await git.connect(git.config.parse({ path, ...settings }), given)
  for (const collection of git.collections ?? []) {
    for await (const item of collection.read(checkout, given)) {
      if (isEdge(item)) edges.push(item)
      else
        entities.set(item.key, { ...item, attributes: { ...entities.get(item.key)?.attributes, ...item.attributes } })
    }
  }
  await git.disconnect?.(checkout)
  const around: Surroundings = {
    get: (key) => entities.get(key),
    edges: (key: string, direction: 'out' | 'in', verb: Verb) =>
      edges.filter((edge) => edge.verb === verb && (direction === 'out' ? edge.from : edge.to) === key),
    incomplete: () => undefined,
  }
  const found = rules.flatMap((rule) =>
    [...entities.values()]
      .filter(({ kind, type }) => kind === rule.about.kind && (!rule.about.types || rule.about.types.includes(type)))
      .flatMap((entity) => {
        const outcome = judge(rule, entity, around, {
          now: given.now(),
          params: rule.params ? rule.params.parse({}) : {},
        })
        return outcome.verdict === 'fail' ? [{ rule: rule.id, entity, outcome }] : []
      }),
  )
  return {
    found,
    said: JSON.stringify([[...entities.values()], edges, found]),
    of: (rule: string) => found.filter((finding) => finding.rule === rule),
  }
}

// Made up for this test, in the form of the real ones.
const KEY_ID = `AKIA${'Q3ZJ7XMPLW5RTKVH'}`
const KEY = 'pV9x+Lq2Zt7Yc4Rw/1Nd8Gs0Bk5Hf3Jm6TaUeXoQ'

test('a planted key in a commit is one finding with who and when, its value stored nowhere', async () => {
  const folder = repositoryWith({ 'readme.md': '# app\n' })
  write(folder, {
    'deploy/credentials.ini': `[default]\naws_access_key_id = ${KEY_ID}\naws_secret_access_key = ${KEY}\n`,
  })
  const planted = commit(folder, 'add deploy', {
    author: 'Grace Hopper <grace@acme.test>',
    date: '2026-05-06T07:08:09Z',
  })
  const { of, said } = await findings(folder)
  const leaks = of('git-secret-in-code')
  expect(leaks).toHaveLength(1)
  const leak = leaks[0]!
  const place = {
    file: 'deploy/credentials.ini',
    commit: planted,
    author: expect.stringContaining('grace@acme.test'),
    date: '2026-05-06T07:08:09.000Z',
    atHead: true,
  }
  // The secret, and the public half of its pair a line above.
  expect(leak.outcome.places).toEqual([
    expect.objectContaining({ ...place, line: 3 }),
    expect.objectContaining({ ...place, line: 2 }),
  ])
  expect(leak.outcome.secret).toMatchObject({
    provider: 'aws',
    fingerprint: expect.stringMatching(/^hmac:[0-9a-f]{32}$/),
  })
  expect(said).not.toContain(KEY)
  expect(of('git-secret-in-history')).toEqual([])
})

test('once it is removed it is a finding about the history, and scanned again nothing is new', async () => {
  const folder = repositoryWith({ 'app.ini': `aws_access_key_id = ${KEY_ID}\naws_secret_access_key = ${KEY}\n` })
  write(folder, { 'app.ini': 'region = eu-west-1\n' })
  commit(folder, 'remove key', { date: '2026-06-01T00:00:00Z' })
  const first = await findings(folder)
  expect(first.of('git-secret-in-code')).toEqual([])
  const leak = first.of('git-secret-in-history').find(({ outcome }) => outcome.places?.[0]?.line === 2)
  expect(leak?.outcome.places?.[0]).toMatchObject({ file: 'app.ini', line: 2, atHead: false })
  const second = await findings(folder)
  expect(second.found.map(({ rule, entity }) => [rule, entity.key])).toEqual(
    first.found.map(({ rule, entity }) => [rule, entity.key]),
  )
  const bare = `${temporaryFolder()}/app.git`
  runGit(folder, ['clone', '-q', '--bare', folder, bare])
  expect((await findings(bare)).of('git-secret-in-history')).toHaveLength(first.of('git-secret-in-history').length)
  expect((await findings(folder, { history: false })).of('git-secret-in-history')).toEqual([])
})

test('one key in a development and a production file is told with both places', async () => {
  const content = `aws_access_key_id = ${KEY_ID}\naws_secret_access_key = ${KEY}\n`
  const folder = repositoryWith({ 'config/dev/app.ini': content, 'config/prod/app.ini': content })
  const { of } = await findings(folder)
  const [reuse] = of('credential-across-environments')
  expect(reuse?.outcome.because.join(' ')).toMatch(/config\/prod\/app\.ini.*config\/dev\/app\.ini/)
})

test('an ordinary repository has no finding about secrets', async () => {
  const folder = repositoryWith({
    'package.json': '{"name":"app","dependencies":{"left-pad":"1.3.0"}}\n',
    'src/main.ts': "const password = process.env['DB_PASSWORD']\nexport const token = readToken()\n",
    '.env.example': 'DB_PASSWORD=\nAPI_KEY=your-api-key-here\n',
    '.github/workflows/ci.yml':
      'on: pull_request\npermissions: {contents: read}\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v5\n      - run: npm test\n',
    Dockerfile: 'FROM node:26\nARG VERSION=1\nENV NODE_ENV=production\nUSER node\n',
    'k8s/app.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec:\n  selector: {}\n  template: {spec: {automountServiceAccountToken: false, containers: [{image: app}]}}\n',
    'main.tf': 'resource "aws_s3_bucket" "x" { bucket = "x" }\n',
  })
  const { found } = await findings(folder)
  expect(
    found.filter(({ rule }) => rule.startsWith('git-')).map(({ rule, outcome }) => `${rule}: ${outcome.says}`),
  ).toEqual([])
})
