import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Detection, type Run, type ScannedBlob, Sensitive } from '../../sdk/index.ts'
import { testRun } from '../../sdk/testing/index.ts'
import { leakedSecrets } from './leaked-secrets.ts'
import { folderWith, readCollection, repositoryWith, runGit, write } from './testing/index.ts'

const VALUE = 'dm_planted0123456789'

const detection = (value = VALUE, line = 3): Detection => ({
  detector: 'demo-token',
  provider: 'demo',
  title: 'Demo token',
  severity: 'high',
  method: 'token',
  value: new Sensitive(value),
  redacted: `dm_…${value.slice(-4)}`,
  keyId: 'demo-7',
  start: 0,
  end: value.length,
  line,
  column: 5,
})

const blob = (detections: Detection[], appearances: Partial<ScannedBlob['appearances'][number]>[]): ScannedBlob => ({
  blob: 'a'.repeat(40),
  detections,
  appearances: appearances.map((appearance) => ({
    file: 'app.env',
    commit: 'c1',
    author: 'Ada Lovelace <ada@acme.test>',
    date: '2026-03-05T10:00:00.000Z',
    atHead: false,
    lastSeen: '2026-04-01T00:00:00.000Z',
    ...appearance,
  })),
})

const runWith = (folder: Record<string, Detection[]>, history: ScannedBlob[] = []): Run => ({
  ...testRun(),
  scanFolder: async function* () {
    for (const [file, detections] of Object.entries(folder)) yield { file, bytes: 10, detections }
  },
  scanHistory: async function* () {
    yield* history
  },
})

test('one value in the folder and in two commits is one credential with the places where it stood', async () => {
  const folder = repositoryWith({ 'app.env': 'x', 'b.env': 'y' })
  const run = runWith({ 'app.env': [detection()] }, [
    blob([detection(VALUE, 9)], [{ atHead: true, lastSeen: null, date: '2026-03-09T00:00:00.000Z', commit: 'c2' }]),
    blob(
      [detection(VALUE, 2)],
      [{ commit: 'c1' }, { file: 'old/b.env', commit: 'c0', date: '2025-01-01T00:00:00.000Z' }],
    ),
  ])
  const read = await readCollection(leakedSecrets, folder, { run, secrets: [VALUE] })
  const credential = `credential:${run.fingerprint(VALUE)}`
  expect(read.entities.filter(({ kind }) => kind === 'credential')).toHaveLength(1)
  expect(read.entity(credential)).toMatchObject({
    type: 'secret_value',
    method: 'token',
    fingerprint: run.fingerprint(VALUE),
    aliases: ['demo-7'],
    attributes: {
      detector: 'demo-token',
      provider: 'demo',
      redacted: 'dm_…6789',
      severity: 'high',
      leakPlaces: 2,
      firstSeen: '2025-01-01T00:00:00.000Z',
      lastSeen: null,
    },
  })
  const places = read.entities.filter(({ type }) => type === 'git_leak').map(({ attributes }) => attributes)
  expect(places).toMatchObject([
    {
      file: 'app.env',
      line: 3,
      column: 5,
      commit: 'c1',
      date: '2026-03-05T10:00:00.000Z',
      atHead: true,
      lastSeen: null,
      tracked: true,
      inFolder: true,
    },
    { file: 'old/b.env', line: 2, commit: 'c0', atHead: false, lastSeen: '2026-04-01T00:00:00.000Z', inFolder: false },
  ])
  expect(read.sentences.filter((sentence) => sentence.startsWith('person:'))).toHaveLength(2)
  expect(read.sentences.filter((sentence) => sentence.endsWith(`holds ${credential}`))).toHaveLength(2)
})

test('what was never committed is told apart', async () => {
  const folder = repositoryWith({ 'a.txt': 'x', '.gitignore': '.env\n' })
  write(folder, { '.env': 'x' })
  const read = await readCollection(leakedSecrets, folder, { run: runWith({ '.env': [detection()] }) })
  expect(read.entities.find(({ type }) => type === 'git_leak')?.attributes).toMatchObject({
    file: '.env',
    atHead: false,
    tracked: false,
    inFolder: true,
    commit: null,
  })
})

test('the same value twice in a file is two places; lines that move keep their key', async () => {
  const folder = folderWith({ 'a.env': 'x' })
  const before = await readCollection(leakedSecrets, folder, {
    run: runWith({ 'a.env': [detection(VALUE, 1), detection(VALUE, 7)] }),
  })
  const after = await readCollection(leakedSecrets, folder, {
    run: runWith({ 'a.env': [detection(VALUE, 4), detection(VALUE, 9)] }),
  })
  const keys = (read: typeof before) => read.entities.filter(({ type }) => type === 'git_leak').map(({ key }) => key)
  expect(keys(before)).toHaveLength(2)
  expect(keys(after)).toEqual(keys(before))
})

test('a place in a production and one in a development file say so', async () => {
  const folder = folderWith({ 'a.txt': 'x' })
  const read = await readCollection(leakedSecrets, folder, {
    run: runWith({ 'config/prod.env': [detection()], 'config/dev.env': [detection()] }),
  })
  expect(read.entities.filter(({ type }) => type === 'git_leak').map(({ environment }) => environment)).toEqual([
    'development',
    'production',
  ])
})

test('100,000 places of one value are counted, the first two thousand are kept', async () => {
  const folder = folderWith({ 'a.txt': 'x' })
  const many = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, at) => [`f${at}.env`, [1, 2, 3, 4, 5].map((line) => detection(VALUE, line))]),
  )
  const read = await readCollection(leakedSecrets, folder, { run: runWith(many) })
  expect(read.entities.filter(({ type }) => type === 'git_leak')).toHaveLength(2000)
  expect(read.entity(`credential:${testRun().fingerprint(VALUE)}`).attributes).toMatchObject({
    leakPlaces: 100_000,
    leakPlacesKept: 2_000,
  })
})

test('more values than can be kept are counted in the ledger', async () => {
  const folder = folderWith({ 'a.txt': 'x' })
  const many = { 'a.env': Array.from({ length: 20_050 }, (_, at) => detection(`dm_${at}`, at + 1)) }
  const read = await readCollection(leakedSecrets, folder, { run: runWith(many) })
  expect(read.ledger.refusals).toMatchObject([{ scope: 'places', count: 50 }])
})

test('an SSH private key is the key that hosts know', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 1024,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  const folder = folderWith({ 'a.txt': 'x' })
  const read = await readCollection(leakedSecrets, folder, {
    run: runWith({ id_rsa: [{ ...detection(privateKey, 1), method: 'ssh-key' }] }),
    secrets: [privateKey.slice(60, 120)],
  })
  const key = read.entities.find(({ type }) => type === 'ssh_key')!
  expect(key.key).toMatch(/^ssh:SHA256:/)
  expect(key.attributes).toMatchObject({ privateKey: true, keyType: 'ssh-rsa', bits: 1024 })
})

test('an unreadable file, a broken history and a shallow clone each have their line', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  const run: Run = {
    ...testRun(),
    scanFolder: async function* () {
      yield { file: 'closed', bytes: 0, detections: [], skipped: 'EACCES' }
    },
    // biome-ignore lint/correctness/useYield: it fails before the first blob
    scanHistory: async function* () {
      throw new Error('object is corrupt')
    },
  }
  const read = await readCollection(leakedSecrets, folder, { run })
  expect(read.ledger.refusals.map(({ scope, reason }) => [scope, reason])).toEqual([
    ['history', 'reading the history: object is corrupt'],
    ['closed', 'closed: EACCES'],
  ])
})

test('an aborted run is not swallowed', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  const stop = new AbortController()
  const run: Run = {
    ...testRun(),
    signal: stop.signal,
    // biome-ignore lint/correctness/useYield: it is stopped before the first blob
    scanHistory: async function* () {
      stop.abort()
      throw new Error('stopped')
    },
  }
  await expect(readCollection(leakedSecrets, folder, { run })).rejects.toThrow()
})

test('without history a bare repository is read at its newest commit, a folder by what git tracks', async () => {
  const folder = repositoryWith({ 'a.env': `TOKEN=${VALUE}\n`, 'b/c.env': 'nothing' })
  const scan: Run['scan'] = (bytes) => (Buffer.from(bytes).includes(VALUE) ? [detection()] : [])
  const bare = folderWith({})
  runGit(folder, ['clone', '-q', '--bare', folder, `${bare}/app.git`])
  const read = await readCollection(leakedSecrets, `${bare}/app.git`, {
    run: { ...testRun(), scan },
    history: false,
    secrets: [VALUE],
  })
  expect(read.entities.find(({ type }) => type === 'git_leak')?.attributes).toMatchObject({
    file: 'a.env',
    atHead: true,
  })
  const worked = await readCollection(leakedSecrets, folder, {
    run: runWith({ 'a.env': [detection()] }),
    history: false,
  })
  expect(worked.entities.find(({ type }) => type === 'git_leak')?.attributes).toMatchObject({
    atHead: true,
    tracked: true,
  })
})

test('the history of a folder inside a repository is that of its files', async () => {
  const folder = repositoryWith({ 'web/a.env': 'x', 'pay/b.env': 'y' })
  const read = await readCollection(leakedSecrets, `${folder}/web`, {
    run: runWith({}, [blob([detection()], [{ file: 'web/a.env' }, { file: 'pay/b.env' }])]),
  })
  expect(read.entities.filter(({ type }) => type === 'git_leak').map(({ attributes }) => attributes['file'])).toEqual([
    'web/a.env',
  ])
})
