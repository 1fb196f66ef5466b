import type { Detector } from '../detector.ts'
import { named } from '../detector.ts'
import { token } from '../token-format.ts'
import { made } from './made.ts'

/** More of hosting, builds and tools of developers. */
export const hosting: readonly Detector[] = [
  token('exoscale-key', 'exoscale', 'Exoscale API key', 'EXO{a-f0-9:24}', {
    severity: 'low',
    method: 'access-key',
    judge: ({ value }) => ({ keyId: value }),
  }),
  named({
    id: 'exoscale-secret',
    provider: 'exoscale',
    title: 'Exoscale API secret',
    severity: 'critical',
    method: 'access-key',
    name: 'exoscale',
    body: '[A-Za-z0-9_-]{43}',
    end: '(?![A-Za-z0-9_-])',
    entropy: 4,
    cases: { yes: [made('EXOSCALE_API_SECRET={A-Za-z0-9_-:43}')], no: ['EXOSCALE_API_SECRET=$SECRET'] },
  }),
  token('upcloud-token', 'upcloud', 'UpCloud API token', 'ucat_{A-Z0-9:26}', { severity: 'critical' }),
  token('vercel-blob-token', 'vercel', 'Vercel Blob token', 'vercel_blob_rw_{A-Za-z0-9:16}_{A-Za-z0-9:30}'),
  token('ionic-token', 'ionic', 'Ionic token', 'ion_{a-z0-9:42}'),
  token(
    'teamcity-token',
    'teamcity',
    'TeamCity access token',
    // The head says {"typ": "TCV2"}.
    'eyJ0eXAiOiAiVENWMiJ9.{A-Za-z0-9_-:24,60}.{A-Za-z0-9_-:36,80}',
    { severity: 'critical' },
  ),
  token('jetbrains-token', 'jetbrains', 'JetBrains Hub or YouTrack token', [
    'perm:{A-Za-z0-9+/=:4,80}.{A-Za-z0-9+/=:4,40}.{A-Za-z0-9:30}',
    'perm-{A-Za-z0-9+/=:4,80}.{A-Za-z0-9+/=:4,40}.{A-Za-z0-9:30}',
  ]),
  named({
    id: 'appveyor-token',
    provider: 'appveyor',
    title: 'AppVeyor API token',
    name: 'appveyor',
    body: String.raw`v2\.[a-z0-9]{20}`,
    cases: { yes: [made('APPVEYOR_TOKEN=v2.{a-z0-9:20}')], no: ['appveyor_version = v2.1'] },
  }),
  named({
    id: 'codefresh-token',
    provider: 'codefresh',
    title: 'Codefresh API key',
    name: 'codefresh',
    body: String.raw`[0-9a-f]{24}\.[0-9a-f]{32}`,
    cases: { yes: [made('CODEFRESH_API_KEY={0-9a-f:24}.{0-9a-f:32}')], no: ['codefresh: none'] },
  }),
  named({
    id: 'code-climate-reporter-id',
    provider: 'codeclimate',
    title: 'Code Climate test reporter id',
    severity: 'low',
    name: ['cc_test_reporter_id', 'codeclimate', 'code_climate'],
    body: '[0-9a-f]{64}',
    cases: { yes: [made('CC_TEST_REPORTER_ID: {0-9a-f:64}')], no: ['CC_TEST_REPORTER_ID: $ID'] },
  }),
  named({
    id: 'uptimerobot-key',
    provider: 'uptimerobot',
    title: 'UptimeRobot API key',
    name: ['uptimerobot', 'uptime_robot'],
    body: String.raw`[mu]\d{5,10}-[0-9a-f]{24}`,
    cases: { yes: [made('UPTIMEROBOT_API_KEY=u1234567-{0-9a-f:24}')], no: ['uptimerobot = monitor'] },
  }),
  {
    id: 'cloudinary-url',
    provider: 'cloudinary',
    title: 'Cloudinary address with its secret',
    severity: 'high',
    method: 'access-key',
    rank: 3,
    anchors: [{ literal: 'cloudinary://' }],
    pattern: /cloudinary:\/\/(?<id>\d{12,18}):(?<value>[A-Za-z0-9_-]{20,30})@(?<cloud>[A-Za-z0-9_-]{1,60})/,
    judge: ({ groups }) => ({ keyId: groups['id'] }),
    cases: {
      yes: [made('CLOUDINARY_URL=cloudinary://{1-9:15}:{A-Za-z0-9_-:27}@acme')],
      no: ['cloudinary://API_KEY:API_SECRET@CLOUD_NAME', 'cloudinary://123456789012345:<secret>@acme'],
    },
  },
  {
    id: 'thingsboard-device-token',
    provider: 'thingsboard',
    title: 'ThingsBoard device token',
    severity: 'medium',
    method: 'token',
    rank: 3,
    anchors: [{ literal: '/api/v1/' }],
    // The device protocol: the token is a part of the address.
    pattern: /\/api\/v1\/(?<value>[A-Za-z0-9]{20})\/(?:telemetry|attributes|rpc|claim|provision)(?![A-Za-z0-9])/,
    entropy: 3,
    cases: {
      yes: [made('https://things.acme.test/api/v1/{A-Za-z0-9:20}/telemetry')],
      no: ['https://things.acme.test/api/v1/$ACCESS_TOKEN/telemetry', '/api/v1/plugins/telemetry'],
    },
  },
]
