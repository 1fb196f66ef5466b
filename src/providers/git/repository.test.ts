import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testRun } from '../../sdk/testing/index.ts'
import { repository } from './repository.ts'
import { commit, folderWith, readCollection, repositoryWith, runGit, temporaryFolder, write } from './testing/index.ts'

test('a repository, its people and its programs', async () => {
  const folder = repositoryWith({
    'a.txt': 'x',
    '.github/CODEOWNERS': '# who answers\n* @acme/core grace@acme.test\n/db/ ada@acme.test # data\n',
  })
  runGit(folder, ['remote', 'add', 'origin', 'git@github.com:acme/app.git'])
  commit(folder, 'bump', {
    author: 'dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>',
    date: '2026-10-01T00:00:00Z',
  })
  commit(folder, 'deploy', { author: 'Deploy <deploy-bot@acme.test>', date: '2026-10-02T00:00:00Z' })
  commit(folder, 'old', { author: 'Old <old-bot@acme.test>', date: '2019-10-02T00:00:00Z' })
  const read = await readCollection(repository, folder)
  const key = 'git:github.com/acme/app'
  const found = read.entity(key)
  expect(found.name).toBe('acme/app')
  expect(found.created).toEqual({ value: '2019-10-02T00:00:00.000Z' })
  expect(found.attributes).toMatchObject({
    repository: true,
    bare: false,
    branch: 'main',
    branches: ['main'],
    commits: 4,
    lastCommit: '2026-10-02T00:00:00.000Z',
    remotes: [{ name: 'origin', url: 'git@github.com:acme/app.git' }],
    codeownersFile: '.github/CODEOWNERS',
    codeowners: [
      { pattern: '*', owners: ['@acme/core', 'grace@acme.test'], line: 2 },
      { pattern: '/db/', owners: ['ada@acme.test'], line: 3 },
    ],
  })
  expect(read.entity('person:ada@acme.test').name).toBe('Ada Lovelace')
  expect(read.entity('git:bot/dependabot[bot]').attributes['accountKind']).toBe('system')
  expect(read.entity('git:bot/deploy').attributes).toMatchObject({
    accountKind: 'service',
    accountKindReasons: ['the address deploy-bot@acme.test is named for a program'],
  })
  expect(read.sentences).toEqual([
    `git:bot/dependabot[bot] called ${key}`,
    `git:bot/deploy called ${key}`,
    `person:ada@acme.test controls ${key}`,
    `person:ada@acme.test created ${key}`,
    `person:grace@acme.test controls ${key}`,
  ])
  expect(read.ledger.refusals).toEqual([])
})

test('a token in a remote address and in an extra header is found, its value is not kept', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  const token = 'Zq8-planted-token-77'
  runGit(folder, ['remote', 'add', 'origin', `https://deploy:${token}@git.acme.test/app.git`])
  runGit(folder, [
    'config',
    'http.https://git.acme.test/.extraheader',
    `AUTHORIZATION: basic ${Buffer.from(`x:${token}`).toString('base64')}`,
  ])
  const read = await readCollection(repository, folder, {
    secrets: [token, Buffer.from(`x:${token}`).toString('base64')],
  })
  const fingerprint = testRun().fingerprint(token)
  expect(read.entities.filter(({ type }) => type === 'secret_value').map(({ key }) => key)).toEqual([
    `credential:${fingerprint}`,
  ])
  expect(
    read.entities.filter(({ type }) => type === 'git_remote_credential').map(({ attributes }) => attributes['setting']),
  ).toEqual(['remote.origin.url', 'http.https://git.acme.test/.extraheader'])
})

test('a folder without repository', async () => {
  const folder = folderWith({ 'a.txt': 'x' })
  const read = await readCollection(repository, folder)
  expect(read.entities).toHaveLength(1)
  expect(read.entity(`git:${folder}`).attributes['repository']).toBe(false)
})

test('a shallow clone says so in the ledger, with what would answer it', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  commit(folder, 'second')
  const shallow = join(temporaryFolder(), 'shallow')
  runGit(folder, ['clone', '-q', '--depth', '1', `file://${folder}`, shallow])
  const read = await readCollection(repository, shallow)
  expect(read.ledger.refusals).toMatchObject([{ scope: 'history', permission: 'git fetch --unshallow' }])
})

test('a repository without commits, and one with dates out of all bounds', async () => {
  const empty = folderWith({})
  runGit(empty, ['init', '-q'])
  expect((await readCollection(repository, empty)).entity(`git:${empty}`).attributes['commits']).toBe(0)
  const odd = repositoryWith({ 'a.txt': 'x' }, { author: 'X <not-an-address>' })
  runGit(odd, ['commit', '-q', '--allow-empty', '-m', 'odd', '--date=@99999999999 +0000'])
  const read = await readCollection(repository, odd)
  expect(read.entity(`git:${odd}`).attributes['commits']).toBe(2)
})

test('an SSH key that signed a commit is known by its public fingerprint', async () => {
  const folder = repositoryWith({ 'a.txt': 'x' })
  // A signature in the form of OpenSSH: magic, version, public key, and what follows it.
  const field = (value: Buffer | string) => {
    const bytes = Buffer.from(value as string)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const publicKey = Buffer.concat([field('ssh-ed25519'), field(Buffer.alloc(32, 7))])
  const signature = Buffer.concat([
    Buffer.from('SSHSIG'),
    Buffer.from([0, 0, 0, 1]),
    field(publicKey),
    field('git'),
  ]).toString('base64')
  const tree = runGit(folder, ['rev-parse', 'HEAD^{tree}']).trim()
  write(folder, {
    'commit.txt': `tree ${tree}\nauthor Ada Lovelace <ada@acme.test> 1772704800 +0000\ncommitter Ada Lovelace <ada@acme.test> 1772704800 +0000\ngpgsig -----BEGIN SSH SIGNATURE-----\n ${signature}\n -----END SSH SIGNATURE-----\n\nsigned\n`,
  })
  const id = runGit(folder, ['hash-object', '-t', 'commit', '-w', 'commit.txt']).trim()
  runGit(folder, ['update-ref', 'HEAD', id])
  const read = await readCollection(repository, folder)
  const key = read.entities.find(({ type }) => type === 'ssh_key')!
  expect(key.key).toMatch(/^ssh:SHA256:[A-Za-z0-9+/]{43}$/)
  expect(key.attributes).toMatchObject({ keyType: 'ssh-ed25519', bits: 256 })
  expect(read.sentences).toContain(`${key.key} authenticates person:ada@acme.test`)
})
