import { expect, test } from 'vitest'
import { isPinned, readWorkflow } from './github-workflow.ts'
import { githubWorkflows } from './github-workflows.ts'
import { folderWith, readCollection, repositoryWith, runGit } from './testing/index.ts'
import { hostileIn, secretsIn } from './workflow-expressions.ts'

const SHA = '8f4b7f84864484a7bf31766abe9204da3cbe65b3'

const DEPLOY = `name: Deploy
on:
  push:
    branches: [main]
permissions:
  contents: read
  id-token: write
jobs:
  deploy:
    runs-on: ubuntu-24.04
    environment: production
    steps:
      - uses: actions/checkout@v5
      - uses: aws-actions/configure-aws-credentials@v5
        with:
          role-to-assume: arn:aws:iam::123456789012:role/deploy
          aws-region: eu-west-1
      - uses: acme-labs/notify@v2
        with:
          token: \${{ secrets.CHAT_TOKEN }}
      - run: ./deploy.sh
        env:
          DB_PASSWORD: \${{ secrets.DB_PASSWORD }}
          REGISTRY: \${{ secrets['REGISTRY_KEY'] }}
`

test('a pipeline with three secrets and one OIDC trust is four identities, each tied to repository and workflow', async () => {
  const folder = repositoryWith({ '.gitea/workflows/deploy.yml': DEPLOY })
  runGit(folder, ['remote', 'add', 'origin', 'https://git.acme.test/acme/app.git'])
  const read = await readCollection(githubWorkflows, folder)
  const repository = 'git:git.acme.test/acme/app'
  const workflow = `${repository}/workflow/.gitea/workflows/deploy.yml`
  const secrets = read.entities.filter(({ type }) => type === 'ci_secret')
  expect(secrets.map(({ name }) => name).sort()).toEqual(['CHAT_TOKEN', 'DB_PASSWORD', 'REGISTRY_KEY'])
  const trust = read.entity(`${repository}/oidc/aws/arn:aws:iam::123456789012:role/deploy`)
  expect(trust).toMatchObject({
    kind: 'credential',
    method: 'federation',
    expires: { notApplicable: expect.any(String) },
  })
  for (const { key } of [...secrets, trust]) {
    expect(read.sentences).toContain(`${repository} contains ${key}`)
    expect(read.sentences).toContain(`${workflow} uses ${key}`)
  }
  expect(read.sentences).toContain(`${trust.key} authenticates aws:arn:aws:iam::123456789012:role/deploy`)
  expect(read.sentences).toContain(`${workflow} uses aws:arn:aws:iam::123456789012:role/deploy`)
})

test('a pipeline secret shows repository, environment and that its end is not known', async () => {
  const folder = repositoryWith({ '.github/workflows/deploy.yml': DEPLOY })
  const read = await readCollection(githubWorkflows, folder)
  const secret = read.entity(`git:${folder}/environment/production/secret/DB_PASSWORD`)
  expect(secret).toMatchObject({
    kind: 'secret',
    environment: 'production',
    expires: { unknown: expect.any(String), permission: expect.any(String) },
    attributes: {
      platform: 'github',
      pipelineEnvironment: 'production',
      cloudKey: null,
      uses: [{ file: '.github/workflows/deploy.yml', line: 23, job: 'deploy' }],
    },
  })
  const token = read.entities.find(({ type }) => type === 'github_actions_token')!
  expect(token.attributes).toMatchObject({
    environments: ['production'],
    permissions: { contents: 'read', 'id-token': 'write' },
  })
})

test('facts of a workflow, each with its line', async () => {
  const folder = repositoryWith({
    '.github/workflows/pr.yml': `name: pr
on: [pull_request_target, issue_comment]
permissions: write-all
env:
  GLOBAL: \${{ secrets.GLOBAL }}
jobs:
  build:
    runs-on: [self-hosted, linux]
    steps:
      - uses: actions/checkout@${SHA}
        with:
          ref: \${{ github.event.pull_request.head.sha }}
      - run: |
          echo "\${{ github.event.comment.body }}"
          npm ci
  call:
    uses: other/flows/.github/workflows/x.yml@main
    secrets: inherit
`,
  })
  const read = await readCollection(githubWorkflows, folder)
  const workflow = read.entities.find(({ type }) => type === 'github_workflow')!
  expect(workflow.attributes).toMatchObject({
    permissions: 'write-all',
    permissionsLine: 3,
    triggers: ['pull_request_target', 'issue_comment'],
    selfHosted: [{ job: 'build', line: 8, labels: ['self-hosted', 'linux'] }],
    strangerCheckouts: [{ job: 'build', line: 10, secrets: ['GLOBAL'], permissions: 'write-all', gate: null }],
    injections: [{ expression: 'github.event.comment.body', line: 13, job: 'build' }],
    unpinned: [{ uses: 'other/flows/.github/workflows/x.yml@main', line: 17, job: 'call', secrets: ['*'] }],
    inherits: [{ uses: 'other/flows/.github/workflows/x.yml@main', line: 18, job: 'call' }],
  })
})

const facts = (text: string) => {
  const workflow = readWorkflow(text, 'acme')
  if ('skipped' in workflow) throw new Error(workflow.skipped)
  return workflow
}

test.each([
  ['a checkout of the base', 'on: pull_request_target', 'steps: [{uses: actions/checkout@v5}, {run: make}]'],
  [
    'a checkout of the head under pull_request',
    'on: pull_request',
    "steps: [{uses: actions/checkout@v5, with: {ref: '${{ github.event.pull_request.head.sha }}'}}, {run: make}]",
  ],
  [
    'a job for own branches only',
    'on: pull_request_target',
    "if: github.event.pull_request.head.repo.full_name == github.repository\n    steps: [{uses: actions/checkout@v5, with: {ref: '${{ github.head_ref }}'}}, {run: make}]",
  ],
  [
    'a checkout with which nothing is run',
    'on: pull_request_target',
    "steps: [{uses: actions/checkout@v5, with: {ref: '${{ github.head_ref }}'}}, {uses: actions/labeler@v5}]",
  ],
])('%s is no stranger’s code', (_, on, job) => {
  expect(facts(`${on}\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    ${job}\n`).strangerCheckouts).toEqual([])
})

test('static cloud keys are told by the input or variable that takes them', () => {
  const { secrets, federations } = facts(`on: push
jobs:
  a:
    steps:
      - uses: aws-actions/configure-aws-credentials@v5
        with: { aws-access-key-id: '\${{ secrets.ID }}', aws-secret-access-key: '\${{ secrets.KEY }}' }
      - uses: google-github-actions/auth@v3
        with: { credentials_json: '\${{ secrets.GCP }}' }
      - run: terraform apply
        env: { ARM_CLIENT_SECRET: '\${{ secrets.ARM }}', OTHER: '\${{ secrets.OTHER }}' }
      - uses: google-github-actions/auth@v3
        with: { workload_identity_provider: projects/1/locations/global/workloadIdentityPools/p/providers/g, service_account: ci@acme.iam.gserviceaccount.com }
`)
  expect(secrets.map(({ name, cloudKey }) => [name, cloudKey])).toEqual([
    ['ID', 'aws'],
    ['KEY', 'aws'],
    ['GCP', 'gcp'],
    ['ARM', 'azure'],
    ['OTHER', null],
  ])
  expect(federations).toMatchObject([{ cloud: 'gcp', account: 'ci@acme.iam.gserviceaccount.com' }])
})

test.each([
  ['acme/tool@v1', true],
  ['other/tool@v1', false],
  [`other/tool@${SHA}`, true],
  ['actions/checkout@v5', true],
  ['./.github/actions/x', true],
  ['docker://alpine:3', false],
  [`docker://alpine@sha256:${'a'.repeat(64)}`, true],
  ['other/tool', false],
])('%s is pinned or one’s own: %s', (uses, expected) => {
  expect(isPinned(uses, 'acme')).toBe(expected)
})

test.each([
  ['${{ github.event.issue.title }}', ['github.event.issue.title']],
  ["${{ format('x{0}', github.head_ref) }}", ['github.head_ref']],
  ["${{ github.event.issue.title == 'x' }}", []],
  ["${{ contains(github.event.comment.body, '/run') }}", []],
  ['${{ github.event.inputs.version }} ${{ github.sha }}', []],
  ["${{ github.event.workflow_run.head_branch || 'main' }}", ['github.event.workflow_run.head_branch']],
])('%s puts a stranger’s words into the script: %j', (script, expected) => {
  expect(hostileIn(script)).toEqual(expected)
})

test('secrets of an expression', () => {
  expect(
    secretsIn({
      a: '${{ secrets.A || secrets.b }}',
      c: ['${{ toJSON(secrets) }}', '${{ github.token }}', 'secrets.NOT'],
    }),
  ).toEqual(['*', 'A', 'B', 'GITHUB_TOKEN'])
})

test('what is no workflow goes to the ledger and hides no other', async () => {
  const folder = folderWith({
    '.github/workflows/bad.yml': 'on: [push\njobs: {',
    '.github/workflows/list.yml': '- a\n- b\n',
    '.github/workflows/good.yml': 'on: push\njobs: {}\n',
    '.github/workflows/odd.yml': 'on: {}\njobs:\n  a: 3\n  b: {steps: [1, {uses: 7}, {with: x}]}\n',
  })
  const read = await readCollection(githubWorkflows, folder)
  expect(read.ledger.refusals.map(({ scope }) => scope)).toEqual([
    '.github/workflows/bad.yml',
    '.github/workflows/list.yml',
  ])
  expect(read.entities.filter(({ type }) => type === 'github_workflow')).toHaveLength(2)
})
