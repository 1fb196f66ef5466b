import { expect, test } from 'vitest'
import { testRun } from '../../sdk/testing/index.ts'
import { containers } from './containers.ts'
import { isPlaceholder, isSecretName, readDockerfile } from './dockerfile.ts'
import { folderWith, readCollection } from './testing/index.ts'

const WORD = 'Gr4nite-Planted'

test('an image: user, bases, secrets by value and by argument', () => {
  const file = readDockerfile(`# syntax=docker/dockerfile:1
FROM node:26 AS build
ARG NPM_TOKEN
RUN <<EOF
ENV FAKE_PASSWORD=not-an-instruction
EOF
ENV A=1 \\
  # a comment between
  DB_PASSWORD="${WORD}" DB_PASSWORD_FILE=/run/x
FROM build
USER app
FROM gcr.io/distroless/base@sha256:${'a'.repeat(64)}
COPY --from=build /x /x
ENV LEGACY_SECRET ${WORD}-2
`)
  expect(file.stages.map(({ image, line }) => [image, line])).toEqual([
    ['node:26', 2],
    ['build', 10],
    [`gcr.io/distroless/base@sha256:${'a'.repeat(64)}`, 12],
  ])
  expect(file.user).toBeNull()
  expect(file.literals.map(({ name, line, value }) => [name, line, value])).toEqual([
    ['DB_PASSWORD', 7, WORD],
    ['LEGACY_SECRET', 14, `${WORD}-2`],
  ])
  expect(file.buildArguments).toEqual([{ name: 'NPM_TOKEN', line: 3 }])
})

test('values in images and compose files are fingerprinted, one credential for one value', async () => {
  const folder = folderWith({
    Dockerfile: `FROM alpine:3\nENV API_TOKEN=${WORD}\nUSER 0\n`,
    'deploy/prod/compose.yaml': `services:
  db:
    image: postgres:18
    environment:
      POSTGRES_PASSWORD: ${WORD}
      PGUSER: orders
  ci:
    image: runner
    privileged: true
    environment: ['TOKEN=\${CI_TOKEN}']
    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]
    secrets: [registry]
secrets:
  registry: { file: ./registry.txt }
`,
  })
  const read = await readCollection(containers, folder, { secrets: [WORD] })
  const repository = `git:${folder}`
  const credential = `credential:${testRun().fingerprint(WORD)}`
  expect(read.entities.filter(({ kind }) => kind === 'credential').map(({ key }) => key)).toEqual([credential])
  expect(read.sentences.filter((sentence) => sentence.endsWith(`holds ${credential}`))).toEqual([
    `${repository}/compose_secret/deploy/prod/compose.yaml#db/POSTGRES_PASSWORD holds ${credential}`,
    `${repository}/container_secret/Dockerfile#ENV/API_TOKEN/2 holds ${credential}`,
  ])
  expect(read.entity(`${repository}/image/Dockerfile`).attributes).toMatchObject({
    user: '0',
    runsAsRoot: true,
    unpinnedBases: [{ image: 'alpine:3', line: 1 }],
    literals: [{ name: 'API_TOKEN', how: 'ENV', line: 2 }],
  })
  expect(read.entity(`${repository}/compose/deploy/prod/compose.yaml/ci`)).toMatchObject({
    environment: 'production',
    attributes: {
      privileged: true,
      privilegedLine: 9,
      runtimeSocket: '/var/run/docker.sock',
      volumesLine: 11,
      secretSettings: [],
    },
  })
  expect(read.entity(`${repository}/compose/deploy/prod/compose.yaml/db`).attributes).toMatchObject({
    secretSettings: [{ name: 'POSTGRES_PASSWORD', line: 5 }],
    privileged: false,
  })
  expect(read.sentences).toContain(
    `${repository}/compose/deploy/prod/compose.yaml/ci uses ${repository}/compose/deploy/prod/compose.yaml/secret/registry`,
  )
})

test.each([
  ['DB_PASSWORD', true],
  ['apiKey', true],
  ['GITHUB_TOKEN', true],
  ['AWS_SECRET_ACCESS_KEY', true],
  ['clientSecret', true],
  ['PASSWORD_FILE', false],
  ['TOKEN_URL', false],
  ['MAX_TOKENS', false],
  ['PUBLIC_KEY', false],
  ['SECRET_NAME', false],
  ['TOKENIZER', false],
  ['AWS_ACCESS_KEY_ID', false],
  ['MONKEY', false],
  ['KEYBOARD', false],
])('%s names a secret: %s', (name, expected) => {
  expect(isSecretName(name)).toBe(expected)
})

test.each([
  ['$' + '{DB_PASSWORD}', true],
  ['changeme', true],
  ['your-api-key-here', true],
  ['<password>', true],
  ['xxxxx', true],
  ['{{ .Values.x }}', true],
  ['/run/secrets/x', true],
  ['test_password123', true],
  ['cert.pem', true],
  ['Gr4nite-Planted', false],
  ['hunter2-prod', false],
  ['9f86d081884c7d65', false],
])('%s stands for another value: %s', (value, expected) => {
  expect(isPlaceholder(value)).toBe(expected)
})

test('a compose file that is a bomb or no YAML goes to the ledger', async () => {
  const folder = folderWith({
    'compose.yml': `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((c, at) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`).join('\n')}\n`,
    'sub/compose.yml': 'services: [\n',
    'other/compose.yml': 'services: {web: {image: x}, odd: 3}\n',
  })
  const read = await readCollection(containers, folder)
  expect(read.ledger.refusals.map(({ scope }) => scope)).toEqual(['compose.yml', 'sub/compose.yml'])
  expect(read.entities).toHaveLength(1)
})
