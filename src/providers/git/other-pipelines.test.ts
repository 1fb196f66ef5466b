import { expect, test } from 'vitest'
import { gitlabPipelines } from './gitlab-pipelines.ts'
import { readJenkinsfile } from './groovy.ts'
import { jenkinsPipelines, otherPipelines } from './other-pipelines.ts'
import { folderWith, readCollection } from './testing/index.ts'

test('GitLab: secret variables, id tokens that a cloud trusts, includes at moving references', async () => {
  const folder = folderWith({
    '.gitlab-ci.yml': `include:
  - local: /ci/build.yml
  - remote: https://ci.acme.test/x.yml
  - project: acme/ci
    ref: main
variables:
  DB_NAME: orders
deploy:
  environment: { name: prod }
  id_tokens:
    AWS_TOKEN: { aud: https://sts.amazonaws.com }
  variables:
    OWN_TOKEN: made-here
  script:
    - aws sts assume-role-with-web-identity --role-arn arn:aws:iam::123456789012:role/ci --web-identity-token $AWS_TOKEN
    - curl -H "X: $DEPLOY_TOKEN" $OWN_TOKEN $CI_JOB_TOKEN $DB_NAME
    - echo \${AWS_SECRET_ACCESS_KEY}
`,
  })
  const read = await readCollection(gitlabPipelines, folder)
  const repository = `git:${folder}`
  expect(
    read.entities
      .filter(({ type }) => type === 'ci_secret')
      .map(({ name, environment, attributes }) => [name, environment, attributes['cloudKey']]),
  ).toEqual([
    ['DEPLOY_TOKEN', 'production', null],
    ['AWS_SECRET_ACCESS_KEY', 'production', 'aws'],
  ])
  expect(read.entity(`${repository}/oidc/aws/arn:aws:iam::123456789012:role/ci`).method).toBe('federation')
  expect(read.sentences).toContain(`${repository}/pipeline/.gitlab-ci.yml uses aws:arn:aws:iam::123456789012:role/ci`)
  expect(read.entity(`${repository}/pipeline/.gitlab-ci.yml`).attributes['unpinned']).toMatchObject([
    { uses: 'https://ci.acme.test/x.yml', line: 3 },
    { uses: 'acme/ci@main', line: 4 },
  ])
})

test('Jenkins: credentials that are bound, none that stand in comments or strings', async () => {
  const folder = folderWith({
    Jenkinsfile: `@Library('shared@main') _
// credentials('commented')
/* credentialsId: 'also commented' */
pipeline {
  agent { label 'docker' }
  environment {
    AWS_SECRET_ACCESS_KEY = credentials('aws-key')
    TEXT = "credentials('in a string')"
  }
  stages { stage('x') { steps {
    withCredentials([usernamePassword(credentialsId: 'registry', usernameVariable: 'U', passwordVariable: 'P')]) { sh 'x' }
    sshagent(['deploy-key']) { sh """ssh host 'credentials("no")' """ }
    script { docker.withRegistry('https://r.acme.test', 'registry-push') { } }
  } } }
}
`,
  })
  const read = await readCollection(jenkinsPipelines, folder)
  expect(
    read.entities
      .filter(({ type }) => type === 'ci_secret')
      .map(({ name, attributes }) => [name, attributes['cloudKey'], attributes['uses']]),
  ).toEqual([
    ['aws-key', 'aws', [{ file: 'Jenkinsfile', line: 7, job: 'AWS_SECRET_ACCESS_KEY' }]],
    ['registry', null, [{ file: 'Jenkinsfile', line: 11, job: 'P' }]],
    ['deploy-key', null, [{ file: 'Jenkinsfile', line: 12, job: '' }]],
    ['registry-push', null, [{ file: 'Jenkinsfile', line: 13, job: '' }]],
  ])
  expect(read.entity(`git:${folder}/pipeline/Jenkinsfile`).attributes).toMatchObject({
    agents: ['docker'],
    libraries: [{ name: 'shared@main', line: 1 }],
  })
})

test('Groovy that does not end is read to its end', () => {
  expect(readJenkinsfile("x = credentials('a')\n'''\ncredentials('b')").credentials).toMatchObject([
    { id: 'a', line: 1 },
  ])
  expect(readJenkinsfile("'it\ncredentials('a')").credentials).toMatchObject([{ id: 'a', line: 2 }])
  expect(readJenkinsfile('/* credentials(').credentials).toEqual([])
})

test('Azure Pipelines, CircleCI and Bitbucket', async () => {
  const folder = folderWith({
    'azure-pipelines.yml':
      'variables:\n- group: prod-secrets\nsteps:\n- task: AzureCLI@2\n  inputs:\n    azureSubscription: prod-connection\n- script: deploy --key $(API_KEY) --build $(Build.BuildId)\n',
    '.circleci/config.yml':
      'jobs:\n  a:\n    steps:\n      - run: echo $NPM_TOKEN $CIRCLE_TOKEN $HOME\nworkflows:\n  w:\n    jobs:\n      - a: { context: [org-global] }\n',
    'bitbucket-pipelines.yml':
      'pipelines:\n  default:\n    - step:\n        script:\n          - deploy $DEPLOY_PASSWORD $BITBUCKET_COMMIT\n',
  })
  const read = await readCollection(otherPipelines, folder)
  expect(
    read.entities
      .filter(({ kind }) => kind === 'secret')
      .map(({ type, name, attributes }) => [type, name, attributes['platform']])
      .sort(),
  ).toEqual([
    ['ci_secret', 'API_KEY', 'azure-devops'],
    ['ci_secret', 'DEPLOY_PASSWORD', 'bitbucket'],
    ['ci_secret', 'NPM_TOKEN', 'circleci'],
    ['ci_service_connection', 'prod-connection', 'azure-devops'],
  ])
  expect(read.entity(`git:${folder}/pipeline/.circleci/config.yml`).attributes['contexts']).toEqual(['org-global'])
  expect(read.entity(`git:${folder}/pipeline/azure-pipelines.yml`).attributes['groups']).toEqual(['prod-secrets'])
})
