import type { Detector } from '../detector.ts'
import { token } from '../token-format.ts'
import { looksDrawn } from '../value.ts'
import { made } from './made.ts'

/** Identity, secrets, databases and networks. */
export const infrastructure: readonly Detector[] = [
  token('okta-token', 'okta', 'Okta API token', '00{A-Za-z0-9_-:40}', {
    rank: 2,
    before: 200,
    entropy: 4.2,
    severity: 'critical',
    judge: ({ window, value }) =>
      /okta|SSWS/i.test(window) && /\d/.test(value.slice(2)) && /[A-Z]/.test(value) && /[a-z]/.test(value) ? {} : null,
    yes: [made('okta_token = "00{A-Za-z0-9_-:40}"'), made('Authorization: SSWS 00{A-Za-z0-9_-:40}')],
    no: [made('id: 00{A-Za-z0-9_-:40}')],
  }),
  token(
    'vault-token',
    'vault',
    'HashiCorp Vault or OpenBao token',
    [
      'hvs.{A-Za-z0-9_-:24,400}',
      'hvb.{A-Za-z0-9_-:90,400}',
      'hvr.{A-Za-z0-9_-:90,400}',
      's.{A-Za-z0-9:24}',
      'b.{A-Za-z0-9_-:90,300}',
    ],
    {
      severity: 'critical',
      entropy: 3.4,
      // Behind a long run of base64 and a slash it is the rest of something else.
      judge: ({ value, window, anchor }) =>
        !/[A-Za-z0-9+/]{32}[+/=]$/.test(window.slice(0, anchor)) &&
        (value.startsWith('hv') || (/\d/.test(value) && looksDrawn(value.slice(2), 24)))
          ? {}
          : null,
      no: ['s.replaceAllWithSomethingNew', made('{A-Za-z0-9+:60}/hvs.{A-Za-z0-9:60}')],
    },
  ),
  {
    id: 'terraform-cloud-api-token',
    provider: 'terraform',
    title: 'Terraform Cloud or Vagrant Cloud token',
    severity: 'critical',
    method: 'token',
    rank: 3,
    anchors: [{ literal: '.atlasv1.' }],
    pattern: /(?<=(?<![A-Za-z0-9])(?<id>[A-Za-z0-9]{14}))\.atlasv1\.(?<value>[A-Za-z0-9_=-]{60,70})(?![A-Za-z0-9_=-])/,
    cases: {
      yes: [made('{A-Za-z0-9:14}.atlasv1.{A-Za-z0-9:67}')],
      no: [made('.atlasv1.{A-Za-z0-9:67}'), made('{A-Za-z0-9:14}.atlasv1.{A-Za-z0-9:20}')],
    },
  },
  token(
    'doppler-token',
    'doppler',
    'Doppler token',
    [
      'dp.pt.{A-Za-z0-9:40,44}',
      'dp.st.{A-Za-z0-9:40,44}',
      'dp.st.{a-z0-9_-:2,35}.{A-Za-z0-9:40,44}',
      'dp.ct.{A-Za-z0-9:40,44}',
      'dp.sa.{A-Za-z0-9:40,44}',
      'dp.scim.{A-Za-z0-9:40,44}',
      'dp.audit.{A-Za-z0-9:40,44}',
      'dp.said.{A-Za-z0-9:40,44}',
    ],
    { severity: 'critical' },
  ),
  token('pulumi-token', 'pulumi', 'Pulumi access token', 'pul-{a-f0-9:40}', { severity: 'critical' }),
  token(
    'databricks-token',
    'databricks',
    'Databricks token',
    ['dapi{a-f0-9:32}', 'dapi{a-f0-9:32}-{0-9:1}', 'dose{a-f0-9:32}', 'dkea{a-h0-9:32}', 'dsapi{a-f0-9:32}'],
    { severity: 'critical' },
  ),
  token('infisical-token', 'infisical', 'Infisical token', [
    'st.{a-f0-9:24}.{a-f0-9:32}.{a-f0-9:32}',
    'st.{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}.{a-f0-9:32}.{a-f0-9:32}',
  ]),
  token('infracost-key', 'infracost', 'Infracost key', 'ico-{A-Za-z0-9:32}'),
  token('prefect-key', 'prefect', 'Prefect key', ['pnu_{A-Za-z0-9:36}', 'pnb_{A-Za-z0-9:36}']),
  token(
    'onepassword-secret-key',
    '1password',
    '1Password secret key',
    [
      'A3-{A-Z0-9:6}-{A-Z0-9:6}-{A-Z0-9:5}-{A-Z0-9:5}-{A-Z0-9:5}-{A-Z0-9:5}',
      'A3-{A-Z0-9:6}-{A-Z0-9:11}-{A-Z0-9:5}-{A-Z0-9:5}-{A-Z0-9:5}',
    ],
    { severity: 'critical', entropy: 3.5 },
  ),
  token(
    'onepassword-service-account',
    '1password',
    '1Password service account token',
    'ops_eyJ{A-Za-z0-9+/_-:200,1400}',
    {
      severity: 'critical',
      span: 1800,
      judge: ({ value }) => (/^\{"/.test(Buffer.from(value.slice(4), 'base64').toString('latin1')) ? {} : null),
      yes: [
        `ops_${Buffer.from(JSON.stringify({ signInAddress: 'a.1password.com', userAuth: { method: 'SRPg-4096' }, email: 'a@b', srpX: made('{a-f0-9:64}'), secretKey: made('{A-Z0-9:30}') })).toString('base64url')}`,
      ],
    },
  ),
  token(
    'tailscale-key',
    'tailscale',
    'Tailscale key',
    // The word says what the key is for; there were new ones every year.
    ['tskey-{a-z:3,12}-{A-Za-z0-9:6,20}-{A-Za-z0-9:8,40}', 'tskey-{A-Za-z0-9:6,20}-{A-Za-z0-9:16,40}'],
    { severity: 'critical', judge: ({ value }) => (/x{6}/i.test(value) ? null : {}) },
  ),
  token('ngrok-key', 'ngrok', 'ngrok key', ['ak_{A-Za-z0-9:27}', 'cr_{A-Za-z0-9:27}'], {
    entropy: 4,
    severity: 'medium',
  }),
  token('mongodb-atlas-key', 'mongodb', 'MongoDB Atlas service account secret', 'mdb_sa_sk_{A-Za-z0-9_-:40}', {
    severity: 'critical',
  }),
  token('cockroach-key', 'cockroachdb', 'CockroachDB Cloud key', 'CCDB1_{A-Za-z0-9:22}_{A-Za-z0-9:40}', {
    severity: 'critical',
  }),
  token('neon-key', 'neon', 'Neon API key', ['napi_{a-z0-9:60,70}'], { severity: 'critical' }),
  token('aiven-key', 'aiven', 'Aiven token', 'AVNS_{A-Za-z0-9_-:19,30}', { entropy: 3 }),
  token('pinecone-key', 'pinecone', 'Pinecone API key', 'pcsk_{A-Za-z0-9:5,7}_{A-Za-z0-9:60,70}'),
  token('elastic-key', 'elastic', 'Elastic Cloud key', 'essu_{A-Za-z0-9+/=:40,120}'),
  token('confluent-secret', 'confluent', 'Confluent Cloud secret', 'cflt{A-Za-z0-9+/:60}'),
  token('wundergraph-key', 'wundergraph', 'WunderGraph Cosmo key', 'cosmo_{a-f0-9:32}'),
  token('unkey-key', 'unkey', 'Unkey root key', 'unkey_{A-Za-z0-9_-:20,40}'),
  token('stackhawk-key', 'stackhawk', 'StackHawk API key', 'hawk.{A-Za-z0-9_-:20}.{A-Za-z0-9_-:20}'),
  token('checkly-key', 'checkly', 'Checkly user key', 'cu_{a-f0-9:32}'),
  token('apify-key', 'apify', 'Apify token', 'apify_api_{A-Za-z0-9:34,38}'),
  token('scalingo-key', 'scalingo', 'Scalingo token', 'tk-us-{A-Za-z0-9_-:48}'),
  token('ubidots-key', 'ubidots', 'Ubidots key', ['BBFF-{A-Za-z0-9:30,40}', 'BBUS-{A-Za-z0-9:30,40}']),
  token('fleetbase-key', 'fleetbase', 'Fleetbase key', 'flb_live_{A-Za-z0-9:20}'),
  token('trigger-key', 'trigger', 'Trigger.dev key', [
    'tr_dev_{A-Za-z0-9:20,24}',
    'tr_prod_{A-Za-z0-9:20,24}',
    'tr_pat_{a-z0-9:40}',
  ]),
  token(
    'pubnub-key',
    'pubnub',
    'PubNub key',
    [
      'sub-c-{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}',
      'pub-c-{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}',
    ],
    { severity: 'low' },
  ),
  token('pubnub-secret-key', 'pubnub', 'PubNub secret key', 'sec-c-{A-Za-z0-9:48}'),
]
