import { expect, test } from 'vitest'
import { cloudformation } from './cloudformation.ts'
import { readHcl } from './hcl.ts'
import { excessOf, statementsOf } from './iam-policy.ts'
import { terraform } from './terraform.ts'
import { folderWith, readCollection, repositoryWith } from './testing/index.ts'

const MAIN = `resource "aws_iam_user" "ci" { name = "ci-user" }

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name # a comment
}

resource "aws_iam_user_policy" "ci" {
  name = "all"
  user = "\${aws_iam_user.ci.name}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "deploy" {
  name               = "deploy"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role" "pinned" {
  assume_role_policy = <<-EOF
    {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
      "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
      "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/app:*"}}}]}
  EOF
}

resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.deploy.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_policy" "read" {
  policy = data.aws_iam_policy_document.elsewhere.json
}

resource "google_service_account" "app" { account_id = "app" }
resource "google_service_account_key" "app" { service_account_id = google_service_account.app.name }
resource "google_project_iam_member" "app" {
  role   = "roles/owner"
  member = "serviceAccount:\${google_service_account.app.email}"
}
resource "aws_s3_bucket" "ignored" { bucket = "x" }
`

test('identities, keys, policies and trusts of a module', async () => {
  const folder = folderWith({ 'infra/prod/main.tf': MAIN })
  const read = await readCollection(terraform, folder)
  const at = `git:${folder}/terraform/infra/prod`
  expect(read.entity(`${at}/aws_iam_user.ci`)).toMatchObject({
    name: 'ci-user',
    environment: 'production',
    attributes: { file: 'infra/prod/main.tf', line: 1, address: 'aws_iam_user.ci' },
  })
  expect(read.entity(`${at}/aws_iam_access_key.ci`)).toMatchObject({
    kind: 'credential',
    method: 'access-key',
    attributes: { line: 3, encrypted: false },
  })
  expect(read.entity(`${at}/aws_iam_user_policy.ci`).attributes['excess']).toEqual([
    { says: 'allows every action on every resource', level: 'all' },
  ])
  expect(read.entity(`${at}/aws_iam_policy.read`).unknowns).toHaveProperty('excess')
  const trusts = read.entities.filter(({ type }) => type === 'terraform_federation')
  expect(
    trusts.map(({ attributes }) => [
      attributes['role'],
      attributes['issuer'],
      attributes['subject'],
      attributes['audience'],
    ]),
  ).toEqual([
    ['deploy', 'token.actions.githubusercontent.com', null, ['sts.amazonaws.com']],
    ['pinned', 'token.actions.githubusercontent.com', ['repo:acme/app:*'], null],
  ])
  expect(read.sentences).toEqual(
    expect.arrayContaining([
      `${at}/aws_iam_access_key.ci authenticates ${at}/aws_iam_user.ci`,
      `${at}/aws_iam_user.ci has ${at}/aws_iam_user_policy.ci`,
      `${at}/google_service_account_key.app authenticates ${at}/google_service_account.app`,
      `${trusts[0]!.key} authenticates ${at}/aws_iam_role.deploy`,
    ]),
  )
  const admin = read.entities.find(({ type }) => type === 'terraform_managed_policy')!
  expect(admin).toMatchObject({ name: 'AdministratorAccess', attributes: { excess: [{ level: 'all' }] } })
  expect(read.sentences).toContain(`${at}/aws_iam_role.deploy has ${admin.key}`)
  const owner = read.entities.find(({ type }) => type === 'terraform_google_role')!
  expect(read.sentences).toContain(`${at}/google_service_account.app has ${owner.key}`)
})

test('a state file says what it holds, not the values', async () => {
  const state = {
    version: 4,
    resources: [
      { type: 'random_password', name: 'db', instances: [{ attributes: { result: 'Gr4nite-Planted' } }] },
      { type: 'aws_s3_bucket' },
    ],
  }
  const folder = repositoryWith({ 'terraform.tfstate': JSON.stringify(state), 'b/broken.tfstate': '{' })
  const read = await readCollection(terraform, folder, { secrets: ['Gr4nite-Planted'] })
  expect(read.entity(`git:${folder}/terraform-state/terraform.tfstate`).attributes).toMatchObject({
    tracked: true,
    resources: 2,
    secretTypes: ['random_password'],
  })
  expect(read.ledger.refusals).toMatchObject([{ scope: 'b/broken.tfstate' }])
})

test('HCL: blocks, heredocs, comments, templates and what is not understood', () => {
  const blocks = readHcl(`a "b" c { # x
  s = "q\\"\${f("x}")}" // y
  n = -1.5
  l = [1, "two", three.four, ]
  o = { k = "v", "q" : 2, (e) = 3 }
  c = x ? "a" : "b"
  h = <<-EOT
    line } {
  EOT
  t = true
  /* } */
  inner { z = null }
  f = [for x in y : x.z if x.q]
  after = "seen"
}
}} stray = 1
last "x" {`)
  expect(blocks.map(({ type, labels, line }) => [type, labels, line])).toEqual([
    ['a', ['b', 'c'], 1],
    ['last', ['x'], 17],
  ])
  const { attributes, blocks: inner } = blocks[0]!
  expect(attributes['s']?.value).toBe('q"$' + '{f("x}")}')
  expect(attributes['n']?.value).toBe(-1.5)
  expect(attributes['l']?.value).toEqual([1, 'two', { reference: 'three.four' }])
  expect(attributes['o']?.value).toMatchObject({ k: 'v', q: 2 })
  expect(attributes['c']?.value).toEqual({ reference: 'x ? "a" : "b"' })
  expect(attributes['h']?.value).toBe('    line } {\n')
  expect(attributes['after']).toEqual({ value: 'seen', line: 14 })
  expect(inner[0]?.attributes['z']?.value).toBeNull()
})

test('HCL that is long or deep is read in time', () => {
  for (const text of [
    'a {'.repeat(200_000),
    'a = ['.repeat(200_000),
    '"'.repeat(300_000),
    `a = "$${''}{`.repeat(50_000),
    'a = <<X\n'.repeat(20_000),
    '/*'.repeat(300_000),
    'x = f('.repeat(100_000),
    'a = {b = '.repeat(60_000),
  ]) {
    expect(readHcl(text)).toBeDefined()
  }
})

test.each([
  [{ Action: 's3:GetObject', Resource: '*' }, []],
  [{ Action: ['iam:*'], Resource: '*' }, ['allows every action of iam on every resource']],
  [{ Action: 'iam:PassRole', Resource: '*' }, ['may pass any role to any service']],
  [{ Action: 'iam:PassRole', Resource: '*', Condition: { StringEquals: { 'iam:PassedToService': 'x' } } }, []],
  [{ NotAction: ['iam:*'], Resource: '*' }, ['allows everything but iam:* on every resource']],
  [{ Effect: 'Deny', Action: '*', Resource: '*' }, []],
  [{ Action: '*', Resource: 'arn:aws:s3:::b/*' }, []],
  [{ Action: 'logs:*', Resource: '*' }, []],
])('%j allows too much: %j', (statement, expected) => {
  expect(excessOf(statementsOf({ Statement: statement })).map(({ says }) => says)).toEqual(expected)
})

test('CloudFormation in YAML with tags and in JSON', async () => {
  const folder = folderWith({
    'stack.yaml': `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  CiUser:
    Type: AWS::IAM::User
    Properties:
      UserName: ci
  CiKey:
    Type: AWS::IAM::AccessKey
    Properties: { UserName: !Ref CiUser }
  Deploy:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Action: sts:AssumeRoleWithWebIdentity
            Principal: { Federated: !Sub 'arn:aws:iam::\${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com' }
          - Effect: Allow
            Action: sts:AssumeRole
            Principal: { AWS: 'arn:aws:iam::123456789012:role/vendor' }
      ManagedPolicyArns: [!Sub 'arn:\${AWS::Partition}:iam::aws:policy/AdministratorAccess']
      Policies:
        - PolicyName: inline
          PolicyDocument: { Statement: { Effect: Allow, Action: 's3:*', Resource: '*' } }
`,
    'stack.json': JSON.stringify({
      Resources: {
        P: {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: {
            PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
            Users: [{ Ref: 'U' }],
          },
        },
        U: { Type: 'AWS::IAM::User' },
      },
    }),
  })
  const read = await readCollection(cloudformation, folder)
  const at = `git:${folder}/cloudformation/stack.yaml`
  expect(read.entity(`${at}/CiKey`)).toMatchObject({
    method: 'access-key',
    attributes: { line: 7, file: 'stack.yaml' },
  })
  expect(read.entity(`${at}/Deploy/policy/0`).attributes).toMatchObject({
    line: 23,
    excess: [{ says: 'allows every action of s3 on every resource', level: 'wide' }],
  })
  expect(read.entities.find(({ type }) => type === 'cloudformation_federation')?.attributes).toMatchObject({
    subject: null,
    issuer: 'token.actions.githubusercontent.com',
  })
  expect(read.sentences).toEqual(
    expect.arrayContaining([
      `${at}/CiKey authenticates ${at}/CiUser`,
      `aws:arn:aws:iam::123456789012:role/vendor assumes ${at}/Deploy`,
      `${at}/Deploy has git:${folder}/cloudformation/stack.yaml/managed/arn:aws:iam::aws:policy/AdministratorAccess`,
      `git:${folder}/cloudformation/stack.json/U has git:${folder}/cloudformation/stack.json/P`,
    ]),
  )
})
