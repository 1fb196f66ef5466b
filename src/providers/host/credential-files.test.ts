import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { testCollection } from '../../sdk/testing/index.ts'
import { credentialFiles } from './credential-files.ts'
import * as formats from './credential-formats.ts'
import { refused } from './machine.ts'
import { makeCertificate } from './testing/certificate.ts'
import { DEBIAN, fingerprint, hostAt, type Planted, plant, scanningRun } from './testing/machine.ts'

const planted: ReturnType<typeof plant>[] = []
afterEach(() => {
  for (const one of planted.splice(0)) one.remove()
})
const rootWith = (files: Record<string, Planted>) => {
  const one = plant({ '/etc/passwd': `${DEBIAN['/etc/passwd']}app:x:1010:1010::/home/app:/bin/bash\n`, ...files })
  planted.push(one)
  return one.root
}
const inHome = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`/home/app/${path}`, { text, mode: 0o600 }]))
const base64 = (text: string) => Buffer.from(text).toString('base64')

test('every well-known file gives its secrets, and none of their values', async () => {
  const leaf = makeCertificate('admin')
  const values: Record<string, string> = {
    aws: 'wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzzzKEY1',
    kube: 'kube-bearer-token-0001',
    docker: 'docker-password-0001',
    npm: 'npm_tokenvalue000000000000000000000001',
    pypi: 'pypi-AgEIcHlwaS5vcmc-0001',
    netrc: 'netrc-password-0001',
    git: 'ghp_gitcredential0000000000000000001',
    gcp: '-----BEGIN PRIVATE KEY-----\\nMIIEgcpkey0001\\n-----END PRIVATE KEY-----\\n',
    azure: 'azure-refresh-token-0001',
    terraform: 'terraform-token-0001.atlasv1',
    gh: 'gho_ghtokenvalue00000000000000000001',
    pgpass: 'pg:password-0001',
    mysql: 'mysql-password-0001',
    env: 'env-password-value-0001',
    rclone: 'rclone-obscured-0001',
    s3: 's3-secret-key-0001',
    vault: 'hvs.vaulttoken0000000001',
    cargo: 'cargo-token-value-0001',
    history: 'history-password-0001',
    scanned: 'planted-secret-scanned',
  }
  const root = rootWith(
    inHome({
      '.aws/credentials': `[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = ${values['aws']}\n`,
      '.kube/config': `apiVersion: v1\nusers:\n- name: admin\n  user:\n    token: ${values['kube']}\n- name: cert\n  user:\n    client-certificate-data: ${base64(leaf.certificate)}\n    client-key-data: ${base64(leaf.key)}\n- name: exec\n  user:\n    exec: {command: aws}\n`,
      '.docker/config.json': JSON.stringify({
        auths: { 'registry.example': { auth: base64(`robot:${values['docker']}`) }, empty: {} },
        credHelpers: { x: 'y' },
      }),
      '.npmrc': `//registry.npmjs.org/:_authToken=${values['npm']}\nalways-auth=true\n//x/:_authToken=\${NPM_TOKEN}\n`,
      '.pypirc': `[pypi]\nusername = __token__\npassword = ${values['pypi']}\n`,
      '.netrc': `machine api.example login bob\n  password ${values['netrc']}\nmacdef init\n  password not-this-one\n\n`,
      '.git-credentials': `https://bob:${values['git']}@github.com\n`,
      '.config/gcloud/application_default_credentials.json': `{"type":"service_account","private_key_id":"abc123","client_email":"x@p.iam.gserviceaccount.com","private_key":"${values['gcp']}"}`,
      '.azure/msal_token_cache.json': JSON.stringify({ RefreshToken: { x: { secret: values['azure'] } } }),
      '.terraform.d/credentials.tfrc.json': JSON.stringify({
        credentials: { 'app.terraform.io': { token: values['terraform'] } },
      }),
      '.config/gh/hosts.yml': `github.com:\n  user: bob\n  oauth_token: ${values['gh']}\n`,
      '.pgpass': `# x\ndb:5432:*:app:${values['pgpass']!.replace(':', '\\:')}\n`,
      '.my.cnf': `[client]\nuser=app\npassword="${values['mysql']}"\n`,
      '.env': `export DB_PASSWORD='${values['env']}'\nMODE=fast\n`,
      '.config/rclone/rclone.conf': `[nas]\ntype = sftp\npass = ${values['rclone']}\n`,
      '.s3cfg': `[default]\naccess_key = AKIA\nsecret_key = ${values['s3']}\n`,
      '.vault-token': values['vault']!,
      '.cargo/credentials.toml': `[registry]\ntoken = "${values['cargo']}"\n`,
      '.bash_history': `ls\nmysql -u root -p${values['history']} app\nexit\n`,
      '.zsh_history': `: 1690000000:0;echo ${values['scanned']}\n`,
    }),
  )
  const run = scanningRun()
  const read = await testCollection(credentialFiles, hostAt(root), run, {
    secrets: [...Object.values(values), leaf.key.split('\n')[1]!],
  })
  const credentials = new Set(read.entities.filter((one) => one.type === 'secret_value').map((one) => one.key))
  const expected = { ...values, gcp: values['gcp']!.replaceAll('\\n', '\n').trim() }
  for (const [name, value] of Object.entries(expected))
    expect(credentials.has(`credential:${fingerprint(value)}`), name).toBe(true)
  expect(credentials.size).toBe(Object.keys(values).length + 1)
  expect(read.entity(`credential:${fingerprint(values['aws']!)}`)).toMatchObject({
    name: 'AWS access key AKIAIOSFODNN7EXAMPLE',
    method: 'access-key',
    aliases: ['AKIAIOSFODNN7EXAMPLE', 'aws profile default'],
    attributes: { keyId: 'AKIAIOSFODNN7EXAMPLE', provider: 'aws', redacted: '****' },
  })
  expect(read.entity(`credential:${fingerprint(values['pgpass']!)}`).aliases).toEqual(['app@db:5432'])
  const key = read.entities.find((one) => one.attributes['file'] === '/home/app/.aws/credentials')!
  expect(key).toMatchObject({
    kind: 'secret',
    type: 'host_secret_file',
    attributes: { mode: '0600', readableByAll: false, host: 'web-1' },
  })
  expect(read.entities.filter((one) => one.type === 'host_history_secret')).toHaveLength(2)
  expect(read.entities.filter((one) => one.type === 'x509_certificate').map((one) => one.name)).toEqual(['admin'])
})

describe('bad input', () => {
  test('wrong content, YAML bombs, FIFOs, folders and links outside', async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[at]}`).join(',')}]`)
      .join('\n')}\n`
    const root = rootWith({
      ...inHome({
        '.kube/config': bomb,
        '.docker/config.json': '{"auths": [',
        '.config/gh/hosts.yml': 'token: planted-secret-still: found: ]',
        '.cargo/credentials.toml': '[[[',
        '.aws/credentials': '\u0000\u0001\u0002[',
      }),
      '/home/app/.netrc': { link: '/etc/shadow' },
      '/home/app/.npmrc/file': 'a folder',
    })
    execFileSync('mkfifo', [join(root, 'home/app/.pgpass')])
    const read = await testCollection(credentialFiles, hostAt(root), scanningRun())
    expect(read.entities.filter((one) => one.kind === 'credential').map((one) => one.key)).toEqual([
      `credential:${fingerprint('planted-secret-still')}`,
    ])
    expect(read.ledger.refusals.map((line) => line.reason).sort()).toEqual([
      expect.stringContaining('/home/app/.netrc: the link leads out of /home/app'),
      expect.stringContaining('/home/app/.npmrc: it is not a regular file'),
      expect.stringContaining('/home/app/.pgpass: it is not a regular file'),
    ])
  })
  test('a closed home is one refusal', async () => {
    const host = hostAt(rootWith(inHome({ '.env': 'x' })))
    const real = { ...host.machine }
    host.machine.lstat = (path) => (path.startsWith('/home/app/') ? Promise.reject(refused(path)) : real.lstat(path))
    host.machine.readFile = (path, options) =>
      path.startsWith('/home/app/') ? Promise.reject(refused(path)) : real.readFile(path, options)
    const read = await testCollection(credentialFiles, host, scanningRun())
    expect(read.ledger.refusals).toMatchObject([
      {
        reason: 'reading /home/app was refused',
        permission: 'read /home/app: run as root or give CAP_DAC_READ_SEARCH',
      },
    ])
  })
  test('no text makes a format do more than refuse it', () => {
    const all = [
      formats.awsCredentials,
      formats.kubeConfig,
      formats.dockerConfig,
      formats.npmrc,
      formats.pypirc,
      formats.netrc,
      formats.gitCredentials,
      formats.googleJson,
      formats.pgpass,
      formats.variables,
      formats.secretsInIni('x', 'x', /pass/),
      formats.secretsInJson('x', 'x'),
      formats.secretsInYaml('x', 'x'),
      formats.secretsInToml('x', 'x'),
    ]
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .array(
              fc.constantFrom(
                '[a]',
                '\n',
                'x = y',
                'machine',
                ' login ',
                'password',
                ':',
                '\\',
                '"',
                'token: z',
                '- ',
                '{',
                '}',
              ),
              { maxLength: 30 },
            )
            .map((words) => words.join('')),
        ),
        (text) => {
          for (const format of all) {
            try {
              format(text)
            } catch (error) {
              expect(error).toBeInstanceOf(Error)
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
