import { type Detector, named } from '../detector.ts'
import { token } from '../token-format.ts'
import { isSample, looksDrawn, readsAsName, standsForAnother } from '../value.ts'
import { crcBase62, endsInCrc } from './checksum.ts'
import { made } from './made.ts'

const withCrc = (prefix: string): string => {
  const body = made(`{A-Za-z0-9:30}`)
  return `${prefix}${body}${crcBase62(body)}`
}
/** The last six characters are a CRC-32. What does not verify was made up or altered, and opens nothing. */
const verified: Detector['judge'] = ({ value }) =>
  endsInCrc(value)
    ? {}
    : isSample(value.slice(4)) || standsForAnother(value.slice(4)) || readsAsName(value.slice(4))
      ? 'veto'
      : { severity: 'low', title: 'GitHub token whose checksum does not verify: made up or altered' }

const github = (prefix: string, id: string, title: string): Detector => ({
  ...token(id, 'github', title, `${prefix}{A-Za-z0-9:36}`, {
    severity: 'critical',
    judge: verified,
    yes: [
      `git clone https://x:${withCrc(prefix)}@github.com/acme/a`,
      `"${withCrc(prefix)}"`,
      made(`${prefix}{A-Za-z0-9:36}`),
    ],
    no: [
      `${prefix}${'x'.repeat(36)}`,
      `${prefix}${'abcdefghij'.repeat(4).slice(0, 36)}`,
      made(`${prefix}{A-Za-z0-9:30}`),
    ],
  }),
})

export const codeHosts: readonly Detector[] = [
  github('ghp_', 'github-personal-token', 'GitHub personal access token (classic)'),
  github('gho_', 'github-oauth-token', 'GitHub OAuth access token'),
  github('ghu_', 'github-app-user-token', 'GitHub App user token'),
  github('ghs_', 'github-app-installation-token', 'GitHub App installation token'),
  token('github-app-refresh-token', 'github', 'GitHub App refresh token', 'ghr_{A-Za-z0-9:36,76}', {
    severity: 'critical',
  }),
  token(
    'github-fine-grained-token',
    'github',
    'GitHub fine-grained personal access token',
    'github_pat_{A-Za-z0-9:22}_{A-Za-z0-9:59}',
    {
      severity: 'critical',
    },
  ),
  named({
    id: 'github-token-without-prefix',
    provider: 'github',
    title: 'GitHub token or client secret (before 2021)',
    name: ['github', 'hub_token', 'gh_token'],
    body: '[a-f0-9]{40}',
    judge: ({ window, anchor, at }) => (/token|secret|key|pass|auth|pat\b/i.test(window.slice(anchor, at)) ? {} : null),
    cases: {
      yes: [made('GITHUB_TOKEN={a-f0-9:40}'), made('github_secret: "{a-f0-9:40}"')],
      no: [made('github_commit={a-f0-9:40}')],
    },
  }),
  token(
    'gitlab-token',
    'gitlab',
    'GitLab token',
    [
      ...[
        'glpat-',
        'gldt-',
        'glrt-',
        'glrtr-',
        'glft-',
        'glimt-',
        'glagent-',
        'gloas-',
        'glsoat-',
        'glffct-',
        'glwt-',
        'GR1348941',
      ].map((prefix) => `${prefix}{A-Za-z0-9_-:20,300}`),
      'glcbt-{0-9a-zA-Z:1,5}_{A-Za-z0-9_-:20}',
      'glptt-{0-9a-f:40}',
      // with the cell and a checksum
      ...['glpat-', 'gldt-', 'glrt-', 'glrtr-', 'glcbt-'].map(
        (prefix) => `${prefix}{A-Za-z0-9_-:20,300}.{0-9a-z:2}.{0-9A-Za-z:9}`,
      ),
    ],
    { severity: 'critical', entropy: 2.5 },
  ),
  token('gitlab-session', 'gitlab', 'GitLab session', '_gitlab_session={0-9a-f:32}', { severity: 'medium' }),
  token(
    'bitbucket-token',
    'bitbucket',
    'Bitbucket access token',
    ['ATCTT3xFfG{A-Za-z0-9_=-:160,400}', 'ATBB{A-Za-z0-9:32}'],
    { severity: 'critical' },
  ),
  token(
    'atlassian-api-token',
    'atlassian',
    'Atlassian API token',
    ['ATATT3xFf{A-Za-z0-9_=-:100,400}', 'ATSTT3xFf{A-Za-z0-9_=-:100,400}', 'ATOA3xFf{A-Za-z0-9_=-:100,400}'],
    {
      severity: 'critical',
    },
  ),
  {
    id: 'atlassian-numbered-token',
    provider: 'atlassian',
    title: 'Jira or Confluence personal access token',
    severity: 'critical',
    method: 'token',
    rank: 3,
    boundary: true,
    // Base64 of a decimal number, a colon and twenty bytes.
    anchors: ['MD', 'MT', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'].map((literal) => ({
      literal,
      next: 'AEIMQUYcgk',
    })),
    pattern: /(?<value>(?:M[DTjz]|N[DTjz]|O[DT])[AEIMQUYcgk][A-Za-z0-9+/]{41})(?![A-Za-z0-9+/=_-])/,
    judge: ({ value }) => (/^\d{8,14}:/.test(Buffer.from(value, 'base64').toString('latin1')) ? {} : null),
    cases: {
      yes: [`JIRA=${Buffer.from(made('926607655526:{a-zA-Z0-9:20}')).toString('base64')}`],
      no: [made('MDA{A-Za-z0-9:41}'), 'MTA'],
    },
  },
  named({
    id: 'atlassian-data-center-token',
    provider: 'atlassian',
    title: 'Jira or Confluence personal access token',
    name: ['jira', 'confluence', 'atlassian', 'bitbucket'],
    body: '(?:[MNO][A-Za-z0-9+/]{43}|[A-Za-z0-9]{24})',
    entropy: 3.5,
    judge: ({ value }) => (looksDrawn(value, 24) ? {} : null),
    cases: {
      yes: [made('JIRA_TOKEN=N{A-Za-z0-9+/:43}'), made('atlassian_api_token: {a-zA-Z0-9:24}')],
      no: ['jira_url = https://jira.example.org'],
    },
  }),
  token('sourcegraph-token', 'sourcegraph', 'Sourcegraph token', [
    'sgp_{a-fA-F0-9:40}',
    'sgp_local_{a-fA-F0-9:40}',
    'sgp_{a-fA-F0-9:16}_{a-fA-F0-9:40}',
    'slk_{a-f0-9:64}',
  ]),
  token('gitea-token', 'gitea', 'Gitea or Forgejo OAuth secret', 'gto_{a-z0-9:52}'),
  named({
    id: 'gitea-token-without-prefix',
    provider: 'gitea',
    title: 'Gitea or Forgejo access token',
    name: ['gitea', 'forgejo', 'codeberg'],
    body: '[a-f0-9]{40}',
    cases: { yes: [made('GITEA_TOKEN={a-f0-9:40}')], no: ['gitea_url = http://gitea.example.org'] },
  }),
  token('circleci-token', 'circleci', 'CircleCI token', [
    'CCIPAT_{A-Za-z0-9:22}_{a-f0-9:40}',
    'CCIPRJ_{A-Za-z0-9:22}_{a-f0-9:40}',
  ]),
  token('buildkite-token', 'buildkite', 'Buildkite token', [
    'bkua_{a-z0-9:40}',
    'bkaa_{a-z0-9:40}',
    'bkct_{A-Za-z0-9:40}',
    'bkpt_{a-z0-9:40}',
  ]),
  named({
    id: 'travis-or-circle-token',
    provider: 'ci',
    title: 'Token of a CI service',
    name: [
      'travis',
      'circleci',
      'circle_token',
      'circle-token',
      'drone_token',
      'semaphoreci',
      'codecov',
      'coveralls',
      'appveyor',
      'bitrise',
      'wercker',
      'codeclimate',
      'codacy',
    ],
    body: '(?:[a-f0-9]{40}|[a-f0-9]{32}|[a-f0-9]{64}|[A-Za-z0-9_-]{22}|[A-Za-z0-9]{35}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})',
    end: '(?![A-Za-z0-9_-])',
    judge: ({ value, window, anchor }) => {
      const provider = /^[a-z]+/i.exec(window.slice(anchor))?.[0].toLowerCase()
      return looksDrawn(value) ? { ...(provider === undefined ? {} : { provider }), severity: 'medium' } : null
    },
    cases: {
      yes: [
        made('CODECOV_TOKEN={a-f0-9:8}-{a-f0-9:4}-{a-f0-9:4}-{a-f0-9:4}-{a-f0-9:12}'),
        made('circleci_token = {a-f0-9:40}'),
      ],
      no: ['codecov_token: ${TOKEN}'],
    },
  }),
  token('octopus-deploy-key', 'octopus', 'Octopus Deploy API key', ['API-{A-Z0-9:25,32}'], { entropy: 3.5 }),
  named({
    id: 'jenkins-api-token',
    provider: 'jenkins',
    title: 'Jenkins API token',
    name: 'jenkins',
    body: '11[a-f0-9]{32}|[a-f0-9]{32}',
    cases: { yes: [made('JENKINS_TOKEN=11{a-f0-9:32}')], no: ['jenkins_url=http://a'] },
  }),
  token('harness-token', 'harness', 'Harness token', [
    'pat.{A-Za-z0-9_-:22}.{a-f0-9:24}.{A-Za-z0-9:20}',
    'sat.{A-Za-z0-9_-:22}.{a-f0-9:24}.{A-Za-z0-9:20}',
  ]),
  token('sonar-token', 'sonarqube', 'SonarQube token', [
    'squ_{a-f0-9:40}',
    'sqp_{a-f0-9:40}',
    'sqa_{a-f0-9:40}',
    'sqb_{a-f0-9:40}',
  ]),
  named({
    id: 'sonar-token-without-prefix',
    provider: 'sonarqube',
    title: 'SonarQube token',
    name: ['sonar.login', 'sonar_token', 'sonar.token', 'sonar_login', 'sonarqube', 'sonarcloud'],
    body: '[a-f0-9]{40}',
    judge: ({ window, anchor, at }) => (/login|token|key|secret/i.test(window.slice(anchor, at)) ? {} : null),
    cases: { yes: [made('-Dsonar.login={a-f0-9:40}')], no: [made('sonarqube-scanner-2.5.0.tgz#{a-f0-9:40}')] },
  }),
  token('snyk-token', 'snyk', 'Snyk token', [
    'snyk_uat.{a-z0-9:8}.{A-Za-z0-9_-:60,200}',
    'snyk_sat.{a-z0-9:8}.{A-Za-z0-9_-:60,200}',
  ]),
]
