import { type Detector, named } from '../detector.ts'
import { token } from '../token-format.ts'
import { isSample, looksDrawn, readsAsName } from '../value.ts'
import { crcBase62, endsInCrc } from './checksum.ts'
import { made } from './made.ts'

const npmBody = made('{A-Za-z0-9:30}')

export const packages: readonly Detector[] = [
  token('npm-token', 'npm', 'npm access token', 'npm_{A-Za-z0-9:36}', {
    severity: 'critical',
    judge: ({ value }) =>
      endsInCrc(value)
        ? {}
        : looksDrawn(value.slice(4), 36) && !isSample(value.slice(4))
          ? { severity: 'low', title: 'npm token whose checksum does not verify: made up or altered' }
          : 'veto',
    yes: [
      `//registry.npmjs.org/:_authToken=npm_${npmBody}${crcBase62(npmBody)}`,
      made('//registry.npmjs.org/:_authToken=npm_{A-Za-z0-9:36}'),
    ],
    no: [`npm_${'abcdefghi'.repeat(4)}`, 'npm_config_registry'],
  }),
  {
    id: 'npmrc-credential',
    provider: 'npm',
    title: 'npm registry credential',
    severity: 'high',
    method: 'token',
    rank: 2,
    before: 200,
    anchors: [
      { literal: '_auth', anyCase: true },
      { literal: '_password', anyCase: true },
    ],
    pattern: /_(?:authToken|auth|password)["']?[ \t]{0,4}[=:][ \t]{0,4}["']?(?<value>[A-Za-z0-9+/=_.-]{8,2000})/i,
    span: 2100,
    judge: ({ value, file, window, at, anchor }) => {
      const key = /^_(?:authtoken|auth|password)/i.exec(window.slice(anchor))![0].toLowerCase()
      if (key !== '_authtoken' && !/npmrc|yarnrc|\.npm/.test(file)) return null
      return /^[a-z]+$/.test(value) || (key === '_authtoken' && readsAsName(value))
        ? null
        : { keyId: /\/\/([a-z0-9.:-]+)[^\n]{0,100}$/i.exec(window.slice(0, at))?.[1] }
    },
    cases: {
      yes: [
        made('//npm.acme.test/:_authToken={0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}'),
        '_auth = Y2k6czNjcjN0V29yZA==',
      ],
      no: ['//registry.npmjs.org/:_authToken=${NPM_TOKEN}', 'always-auth=true'],
      file: '.npmrc',
    },
  },
  token(
    'pypi-token',
    'pypi',
    'PyPI upload token',
    ['pypi-AgEIcHlwaS5vcmc{A-Za-z0-9_-:50,500}', 'pypi-AgENdGVzdC5weXBpLm9yZw{A-Za-z0-9_-:50,500}'],
    { severity: 'critical', span: 600 },
  ),
  token('rubygems-key', 'rubygems', 'RubyGems API key', 'rubygems_{a-f0-9:48}', { severity: 'critical' }),
  token('crates-io-token', 'crates', 'crates.io token', 'cio{A-Za-z0-9:32}', { severity: 'critical', entropy: 3.8 }),
  token('nuget-key', 'nuget', 'NuGet API key', 'oy2{a-z0-9:43}', { severity: 'critical', entropy: 3.5 }),
  token(
    'docker-hub-token',
    'docker',
    'Docker Hub access token',
    ['dckr_pat_{A-Za-z0-9_-:27}', 'dckr_oat_{A-Za-z0-9_-:32}'],
    { severity: 'critical' },
  ),
  token(
    'artifactory-key',
    'jfrog',
    'JFrog Artifactory key or token',
    [
      'AKCp{A-Za-z0-9:65,75}',
      'cmVmdGtuOj{A-Za-z0-9:54}',
      'eyJ2ZXIiOiIyIiwidHlwIjoiSldUIiwiYWxnIjoiUlMyNTYiLCJraWQiOi{A-Za-z0-9_.-:60,800}',
    ],
    {
      severity: 'critical',
      span: 1000,
    },
  ),
  named({
    id: 'jfrog-identity-token',
    provider: 'jfrog',
    title: 'JFrog key or token',
    name: ['jfrog', 'artifactory', 'bintray', 'xray'],
    body: '(?:[A-Za-z0-9]{64}|[A-Za-z0-9]{73})',
    entropy: 3.8,
    cases: { yes: [made('JFROG_TOKEN="{A-Za-z0-9:64}"')], no: ['artifactory_url: http://a'] },
  }),
  token('cloudsmith-key', 'cloudsmith', 'Cloudsmith API key', 'csk_{A-Za-z0-9:40}'),
  token('clojars-token', 'clojars', 'Clojars token', 'CLOJARS_{a-z0-9:60}'),
  token('deno-token', 'deno', 'Deno or JSR token', [
    'ddp_{A-Za-z0-9:36}',
    'ddw_{A-Za-z0-9:36}',
    'jsrp_{A-Za-z0-9:40}',
    'jsrd_{A-Za-z0-9:40}',
  ]),
  token('dependency-track-key', 'dependency_track', 'Dependency-Track API key', [
    'odt_{A-Za-z0-9:32,40}',
    'odt_{A-Za-z0-9:8}_{A-Za-z0-9:32}',
  ]),
  {
    id: 'nuget-config-password',
    provider: 'nuget',
    title: 'NuGet source password in clear text',
    severity: 'high',
    method: 'password',
    rank: 2,
    anchors: [{ literal: 'ClearTextPassword', anyCase: true }],
    pattern: /ClearTextPassword"[ \t]{1,8}value="(?<value>[^"%$\r\n]{3,200})"/i,
    cases: {
      yes: ['<add key="ClearTextPassword" value="s0mething" />'],
      no: ['<add key="ClearTextPassword" value="%NUGET%" />'],
    },
  },
]
