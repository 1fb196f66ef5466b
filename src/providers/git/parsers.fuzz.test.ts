import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectionSettings, connectionStrings } from './connection-string.ts'
import { readDockerfile } from './dockerfile.ts'
import { readWorkflow } from './github-workflow.ts'
import { groovyTokens, readJenkinsfile } from './groovy.ts'
import { readHcl } from './hcl.ts'
import { excessOf, federatedTrusts, statementsOf } from './iam-policy.ts'
import { podOf, readManifests, rulesOf, secretValues, withoutActions } from './manifests.ts'
import { botOf, environmentOfPath, parseAuthor, parseRemote, repositoryKey, shortKey } from './place-names.ts'
import { publicKeyOf } from './ssh-public-key.ts'
import { hostileIn, secretsIn } from './workflow-expressions.ts'
import { readYaml } from './yaml-lines.ts'

/** Rubbish made of the words that each parser looks for, so that it gets past the first branch. */
const soup = (words: readonly string[]) =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc
      .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 6 })), { maxLength: 80 })
      .map((parts) => parts.join('')),
  )
const runs = { numRuns: 400 }
const SIGNS = [
  '\n',
  '  ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  ':',
  '- ',
  '#',
  '&a ',
  '*a',
  '|\n',
  '>\n',
  '!Ref ',
  '<<: ',
  '---\n',
  '\0',
  '\u2028',
  '\ud800',
]

test('YAML is read or told to be unreadable, and lines lie inside the text', () => {
  fc.assert(
    fc.property(soup([...SIGNS, 'a', 'kind', 'x: ']), (text) => {
      const read = readYaml(text)
      if ('skipped' in read) {
        expect(read.skipped.length).toBeGreaterThan(3)
        return
      }
      for (const { line, value } of read.documents) {
        JSON.stringify(value)
        for (const path of [[], ['a'], ['a', 0, 'x'], [0, 0]]) {
          expect(line(path)).toBeGreaterThan(0)
          expect(line(path)).toBeLessThanOrEqual(text.split('\n').length + 1)
        }
      }
    }),
    runs,
  )
})

test('what YAML writes is read back', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 3 })), (value) => {
      fc.pre(Object.keys(value).length > 0 && !JSON.stringify(value).includes('__proto__'))
      const read = readYaml(JSON.stringify(value))
      expect('documents' in read && read.documents[0]?.value).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    runs,
  )
})

test('HCL never throws and keeps its lines in order', () => {
  fc.assert(
    fc.property(
      soup([...SIGNS, '=', 'resource', ' "x" ', '<<EOT\n', 'EOT\n', '${', '//', '/*', '*/', 'jsonencode(', ')', ',']),
      (text) => {
        let last = 0
        for (const { line } of readHcl(text)) {
          expect(line).toBeGreaterThanOrEqual(last)
          last = line
        }
        expect(last).toBeLessThanOrEqual(text.split('\n').length)
      },
    ),
    runs,
  )
})

test('workflows, manifests and policies of any shape', () => {
  const words = [
    'on: ',
    'push',
    'jobs:\n',
    ' a:\n',
    '  steps:\n',
    '   - ',
    'uses: ',
    'run: ',
    'with: ',
    '${{ ',
    'secrets.A',
    ' }}',
    'permissions: ',
    'env: ',
    'kind: Pod\n',
    'apiVersion: v1\n',
    'metadata: ',
    'spec: ',
    'data: ',
    'rules: ',
    '{{ x }}',
    '\n',
  ]
  fc.assert(
    fc.property(soup([...SIGNS, ...words]), (text) => {
      readWorkflow(text, null)
      hostileIn(text)
      secretsIn(text)
      for (const manifest of readManifests('a.yaml', withoutActions(text)).manifests) {
        podOf(manifest)
        rulesOf(manifest)
        secretValues(manifest)
      }
    }),
    runs,
  )
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      for (const key of ['jobs', 'on', 'permissions', 'env'])
        readWorkflow(JSON.stringify({ on: 'push', jobs: { a: { steps: value } }, [key]: value }), 'x')
      const statements = statementsOf({ Statement: value })
      excessOf(statements)
      federatedTrusts(statements)
      for (const manifest of readManifests(
        'a.json',
        JSON.stringify({
          kind: 'Secret',
          apiVersion: 'v1',
          metadata: value,
          data: value,
          stringData: value,
          spec: value,
          rules: value,
        }),
      ).manifests) {
        rulesOf(manifest)
        secretValues(manifest)
        expect(manifest.name.length).toBeGreaterThan(0)
      }
    }),
    runs,
  )
})

test('Dockerfiles, Groovy, connection strings, names and keys', () => {
  const words = [
    'FROM ',
    'ENV ',
    'ARG ',
    'USER ',
    'PASSWORD',
    '=',
    '\\\n',
    '<<EOF',
    'credentials(',
    'credentialsId: ',
    ')',
    'postgres://',
    '@',
    ':',
    '/',
    'password=',
    'Server=',
    ';',
    'git@',
    '.git',
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    'b3BlbnNzaC1rZXktdjEA',
  ]
  fc.assert(
    fc.property(soup([...SIGNS, ...words]), (text) => {
      readDockerfile(text)
      readJenkinsfile(text)
      for (const token of groovyTokens(text)) expect(token.line).toBeLessThanOrEqual(text.split('\n').length)
      for (const found of [...connectionStrings(text), ...connectionSettings(text)])
        expect(found.host.length).toBeGreaterThan(0)
      publicKeyOf(text)
      const remote = parseRemote(text)
      expect(repositoryKey(remote.place, '/x').startsWith('git:')).toBe(true)
      const author = parseAuthor(text)
      if (author) botOf(author)
      environmentOfPath(text)
      expect(shortKey(`git:${text}`.repeat(20)).length).toBeLessThanOrEqual(2048)
    }),
    runs,
  )
})

test('a password in an address of any host is taken out of what is shown', () => {
  fc.assert(
    fc.property(fc.webAuthority(), fc.stringMatching(/^[A-Za-z0-9]{12,20}$/), (authority, word) => {
      const host = authority.split('@').at(-1)!
      fc.pre(!host.includes(word))
      expect(parseRemote(`https://user:${word}@${host}/acme/app.git`).url).not.toContain(word)
    }),
    runs,
  )
})
