import { expect, test } from 'vitest'
import { findText } from '../language.ts'
import { ACCOUNT, estateOf } from '../testing/account.ts'
import { type Breadth, trustsOf } from './federation.ts'

const GITHUB = 'token.actions.githubusercontent.com'
const EKS = 'oidc.eks.eu-west-1.amazonaws.com/id/AB12'
const BITBUCKET = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc'

/** A role that trusts an issuer under these conditions; what stands before a claim's name is filled in. */
function trust(issuer: string, condition: Record<string, Record<string, unknown>>, more: object[] = []) {
  const full = Object.fromEntries(
    Object.entries(condition).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys).map(([key, value]) => [/[.:]/.test(key) ? key : `${issuer}:${key}`, value]),
      ),
    ]),
  )
  const provider = issuer.startsWith('cognito') ? issuer : `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}`
  const Statement = [
    { Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: full },
    ...more,
  ]
  const estate = estateOf({ roles: { deploy: { trust: { Statement } } } })
  return trustsOf(estate, 0)[0]!
}
const aud = { StringEquals: { aud: 'sts.amazonaws.com' } }
const like = (sub: string | string[]) => ({ ...aud, StringLike: { sub } })
const equals = (sub: string | string[]) => ({ StringEquals: { aud: 'sts.amazonaws.com', sub } })

test.for<[string, string, Record<string, Record<string, unknown>>, Breadth, RegExp]>([
  // GitHub, by names
  [
    'one branch of one repository',
    GITHUB,
    equals('repo:acme/app:ref:refs/heads/main'),
    'named',
    /^repo:acme\/app:ref:refs\/heads\/main$/,
  ],
  ['any run of one repository', GITHUB, like('repo:acme/app:*'), 'named', /^repo:acme\/app:/],
  ['any repository of an organization', GITHUB, like('repo:acme/*'), 'owner', /^repo:acme\//],
  ['no subject at all', GITHUB, aud, 'anybody', /^repo:/],
  ['no condition at all', GITHUB, {}, 'anybody', /^repo:/],
  ['a star for the subject', GITHUB, like('*'), 'anybody', /^repo:/],
  ['any repository', GITHUB, like('repo:*'), 'anybody', /^repo:/],
  ['an organization whose name only begins so', GITHUB, like('repo:acme*'), 'anybody', /^repo:acme[^/@]/],
  [
    'an organization and a star before the repository',
    GITHUB,
    like('repo:acme*/app:*'),
    'anybody',
    /^repo:acme[^/]+\/app/,
  ],
  [
    'any organization with a repository of that name',
    GITHUB,
    like('repo:*/app:ref:refs/heads/main'),
    'anybody',
    /\/app/,
  ],
  ['the name of a repository anywhere: a branch can be called so', GITHUB, like('*acme/app*'), 'anybody', /acme\/app/],
  [
    'what stands between colons: nothing with a colon can stand in a branch',
    GITHUB,
    like('*:acme/app:*'),
    'named',
    /^repo:acme\/app:/,
  ],
  ['a question mark in the name of the organization', GITHUB, like('repo:acm?/app:*'), 'anybody', /^repo:acm[^e]\/app/],
  [
    'another case: GitHub keeps names apart from those of strangers by their letters alone',
    GITHUB,
    like('repo:ACME/app:*'),
    'named',
    /^repo:ACME/,
  ],
  [
    'a list of which one is open',
    GITHUB,
    like(['repo:acme/app:*', 'repo:*:ref:refs/heads/main']),
    'anybody',
    /refs\/heads\/main$/,
  ],
  ['a wildcard that equals means as a letter', GITHUB, equals('repo:acme/*'), 'nobody', /^$/],
  ['pull requests of one repository', GITHUB, equals('repo:acme/app:pull_request'), 'named', /pull_request$/],
  // GitHub, by ids
  ['names with their ids', GITHUB, like('repo:acme@12/app@34:*'), 'named', /^repo:acme@12\/app@34:/],
  ['an organization by its id', GITHUB, like('repo:acme@12/*'), 'owner', /^repo:acme@12\/.+@\d+:/],
  ['both forms, each closed', GITHUB, like(['repo:acme/app:*', 'repo:acme@12/app@34:*']), 'named', /^repo:acme/],
  [
    'a star where the id stands lets other names in',
    GITHUB,
    like('repo:acme*/app*:ref:refs/heads/main'),
    'anybody',
    /^repo:acme/,
  ],
  // Sets and absence
  [
    'all of the subjects, which is one',
    GITHUB,
    { 'ForAllValues:StringLike': { sub: 'repo:acme/*' } },
    'owner',
    /^repo:acme\//,
  ],
  [
    'all of a claim that AWS never hands on',
    GITHUB,
    { ...aud, 'ForAllValues:StringLike': { repository_owner: 'acme' } },
    'anybody',
    /^repo:/,
  ],
  [
    'a claim if it is there, and it never is',
    GITHUB,
    { ...aud, StringEqualsIfExists: { repository_owner: 'acme' } },
    'anybody',
    /^repo:/,
  ],
  [
    'the subject of another issuer',
    GITHUB,
    { StringEquals: { 'gitlab.com:sub': 'project_path:acme/app:ref_type:branch:ref:main' } },
    'nobody',
    /^$/,
  ],
  [
    'all of the subjects of another issuer',
    GITHUB,
    { 'ForAllValues:StringEquals': { 'gitlab.com:sub': 'x' } },
    'anybody',
    /^repo:/,
  ],
  ['a subject that must be absent', GITHUB, { Null: { sub: 'true' } }, 'nobody', /^$/],
  ['a subject that must be there', GITHUB, { Null: { sub: 'false' } }, 'anybody', /^repo:/],
  // Negation
  ['everything but one repository', GITHUB, { ...aud, StringNotLike: { sub: 'repo:acme/app:*' } }, 'anybody', /^repo:/],
  [
    'an organization without one repository',
    GITHUB,
    { StringLike: { sub: 'repo:acme/*' }, StringNotLike: { sub: 'repo:acme/app:*' } },
    'owner',
    /^repo:acme\/(?!app:)/,
  ],
  [
    'two conditions that no subject meets',
    GITHUB,
    { StringLike: { sub: 'repo:acme/*' }, StringEquals: { sub: 'repo:other/app:pull_request' } },
    'nobody',
    /^$/,
  ],
  ['a repository by its id', GITHUB, { ...aud, StringEquals: { repository_id: '34' } }, 'named', /^repo:/],
  ['a repository by its name', GITHUB, { ...aud, StringEquals: { repository: 'acme/app' } }, 'named', /^repo:/],
  ['a repository of any owner', GITHUB, { ...aud, StringLike: { repository: '*/app' } }, 'anybody', /^repo:/],
  // Other issuers
  [
    'a project of GitLab',
    'gitlab.com',
    like('project_path:acme/app:ref_type:branch:ref:main'),
    'named',
    /^project_path:acme\/app:ref_type:branch:ref:main$/,
  ],
  [
    'a group of GitLab',
    'gitlab.com',
    like('project_path:acme/*:ref_type:branch:ref:main'),
    'owner',
    /^project_path:acme\//,
  ],
  ['any project of GitLab', 'gitlab.com', like('project_path:*:ref_type:branch:ref:main'), 'anybody', /ref:main$/],
  ['a GitLab of one’s own without a subject', 'gitlab.acme.example', aud, 'issuer', /^project_path:/],
  ['one repository of a workspace of Bitbucket', BITBUCKET, like('{ab-1}:*'), 'named', /^\{ab-1\}:/],
  ['any repository of a workspace', BITBUCKET, aud, 'issuer', /^\{/],
  ['one service account', EKS, equals('system:serviceaccount:pay:api'), 'named', /^system:serviceaccount:pay:api$/],
  ['a namespace', EKS, like('system:serviceaccount:pay:*'), 'owner', /^system:serviceaccount:pay:/],
  ['namespaces that begin so', EKS, like('system:serviceaccount:pay*:api'), 'issuer', /^system:serviceaccount:pay/],
  ['any service account', EKS, like('system:serviceaccount:*'), 'issuer', /^system:serviceaccount:/],
  [
    'an organization of Terraform',
    'app.terraform.io',
    like('organization:acme:project:*:workspace:*:run_phase:apply'),
    'owner',
    /^organization:acme:/,
  ],
  ['any organization of Terraform', 'app.terraform.io', aud, 'anybody', /^organization:/],
  ['a subject of Google', 'accounts.google.com', equals('1122'), 'named', /^1122$/],
  ['an issuer of one’s own', 'login.acme.example', aud, 'issuer', /./],
  ['a pool of identities of nobody’s', 'cognito-identity.amazonaws.com', {}, 'anybody', /pool/],
  ['guests of a pool', 'cognito-identity.amazonaws.com', { StringEquals: { aud: 'eu-west-1:1' } }, 'anybody', /guest/],
  [
    'those a pool signed in',
    'cognito-identity.amazonaws.com',
    { StringEquals: { aud: 'eu-west-1:1' }, 'ForAnyValue:StringLike': { amr: 'authenticated' } },
    'issuer',
    /signed-in/,
  ],
])('%s', ([, issuer, condition, breadth, witness]) => {
  const found = trust(issuer, condition)
  expect([found.breadth, found.witness ?? '']).toEqual([breadth, expect.stringMatching(witness)])
})

test('names alone can be taken over, ids cannot', () => {
  expect(trust(GITHUB, like('repo:acme/app:*')).takeover).toBe(true)
  expect(trust(GITHUB, like('repo:acme@12/app@34:*')).takeover).toBe(false)
  expect(trust(GITHUB, like(['repo:acme/app:*', 'repo:acme@12/app@34:*'])).takeover).toBe(true)
  expect(trust(GITHUB, { ...like('repo:acme/app:*'), StringEquals: { repository_id: '34' } }).takeover).toBe(false)
})

test('which runs pass with any name is told', () => {
  expect(trust(GITHUB, like('repo:acme/app:*')).any).toEqual(['branches', 'tags', 'pull requests', 'environments'])
  expect(trust(GITHUB, like('repo:acme/app:ref:refs/heads/*')).any).toEqual(['branches'])
  expect(trust(GITHUB, equals('repo:acme/app:ref:refs/heads/main')).any).toEqual([])
})

test('whether it asks for whom a token was made is told', () => {
  expect(trust(GITHUB, like('repo:acme/app:*')).asksAudience).toBe(true)
  expect(trust(GITHUB, { StringLike: { sub: 'repo:acme/app:*' } }).asksAudience).toBe(false)
  expect(trust(GITHUB, { 'ForAllValues:StringEquals': { aud: 'sts.amazonaws.com' } }).asksAudience).toBe(false)
})

test('a denial narrows, closes, or is said', () => {
  const deny = (Condition: object) => ({
    Effect: 'Deny',
    Principal: '*',
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition,
  })
  const open = like('repo:*')
  expect(trust(GITHUB, open, [deny({ StringNotLike: { [`${GITHUB}:sub`]: 'repo:acme/*' } })]).breadth).toBe('owner')
  expect(trust(GITHUB, open, [deny({})]).breadth).toBe('nobody')
  const network = trust(GITHUB, open, [deny({ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })])
  expect(network).toMatchObject({ breadth: 'anybody', dependsOn: ['a denial: aws:SourceIp (NotIpAddress 10.0.0.0/8)'] })
})

test('what only the request says is what it depends on', () => {
  const found = trust(GITHUB, { ...like('repo:acme/app:*'), IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })
  expect(found).toMatchObject({ breadth: 'named', dependsOn: ['aws:SourceIp (IpAddress 10.0.0.0/8)'] })
})

test('a text that a search finds is one that every pattern allows; when it finds none, no short text is', () => {
  const letters = ['a', 'b']
  const form = [{ of: /[ab]/, least: 0 }]
  const all = Array.from({ length: 7 }, (_, length) =>
    Array.from({ length: 2 ** length }, (_, n) =>
      [...n.toString(2).padStart(length, '0')]
        .slice(length === 0 ? 1 : 0)
        .map((bit) => letters[Number(bit)])
        .join(''),
    ),
  ).flat()
  const asExpression = (glob: string) => new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`)
  const globs = ['a*', '*b', '?a?', 'ab', '*a*b*', '??', '*', 'b?*a']
  for (const one of globs)
    for (const other of globs) {
      const demands = [
        { patterns: [one], wanted: true },
        { patterns: [other, 'ba'], wanted: false },
      ]
      const fits = (text: string) => asExpression(one).test(text) && !asExpression(other).test(text) && text !== 'ba'
      const shortest = all.find(fits)
      const found = findText(form, demands)
      expect([one, other, found === null ? undefined : found?.length]).toEqual([one, other, shortest?.length])
      if (typeof found === 'string') expect(fits(found)).toBe(true)
    }
})
