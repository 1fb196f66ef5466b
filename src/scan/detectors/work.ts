import { type Detector, named } from '../detector.ts'
import { token } from '../token-format.ts'
import { looksDrawn } from '../value.ts'
import { made } from './made.ts'

/** Where work is planned, written and drawn. */
export const work: readonly Detector[] = [
  token(
    'linear-key',
    'linear',
    'Linear key',
    ['lin_api_{A-Za-z0-9:32,48}', 'lin_oauth_{a-f0-9:64}', 'lin_wh_{A-Za-z0-9:40}'],
    { entropy: 3 },
  ),
  token('notion-token', 'notion', 'Notion token', ['secret_{A-Za-z0-9:43}', 'ntn_{0-9:11}{A-Za-z0-9:35}'], {
    entropy: 3.8,
  }),
  token('figma-token', 'figma', 'Figma token', [
    'figd_{A-Za-z0-9_-:38,50}',
    'figu_{A-Za-z0-9_-:38,50}',
    'figo_{A-Za-z0-9_-:38,50}',
  ]),
  token('airtable-token', 'airtable', 'Airtable personal access token', 'pat{A-Za-z0-9:14}.{a-f0-9:64}'),
  named({
    id: 'airtable-key',
    provider: 'airtable',
    title: 'Airtable API key',
    name: 'airtable',
    body: 'key[A-Za-z0-9]{14}',
    entropy: 3,
    cases: { yes: [made('AIRTABLE_API_KEY=key{A-Za-z0-9:14}')], no: ['airtable_key: keyboard'] },
  }),
  token('postman-key', 'postman', 'Postman key', ['PMAK-{a-f0-9:24}-{a-f0-9:34}', 'PMAT-{A-Z0-9:26}']),
  token('contentful-token', 'contentful', 'Contentful token', 'CFPAT-{A-Za-z0-9_-:43}'),
  token('asana-token', 'asana', 'Asana personal access token', [
    '1/{0-9:16}:{a-f0-9:32}',
    '2/{0-9:16}/{0-9:16}:{a-f0-9:32}',
    '0/{a-f0-9:32}',
  ]),
  token('clickup-token', 'clickup', 'ClickUp token', 'pk_{0-9:5,9}_{A-Z0-9:32}'),
  token('typeform-token', 'typeform', 'Typeform token', ['tfp_{A-Za-z0-9_.-:40,60}']),
  token(
    'dropbox-token',
    'dropbox',
    'Dropbox token',
    ['sl.{A-Za-z0-9_-:130,200}', 'sl.u.{A-Za-z0-9_-:130,1500}', 'sl.B{A-Za-z0-9_-:130,1500}'],
    { span: 1700, entropy: 4 },
  ),
  {
    id: 'dropbox-long-lived-token',
    provider: 'dropbox',
    title: 'Dropbox long-lived token',
    severity: 'high',
    method: 'token',
    rank: 3,
    anchors: [{ literal: 'AAAAAAAAA' }],
    pattern: /(?<=(?<![A-Za-z0-9_-])(?<head>[A-Za-z0-9]{11}))AAAAAAAAA[A-Za-z0-9_-]{44}(?![A-Za-z0-9_-])/,
    judge: ({ groups, value }) =>
      looksDrawn(groups['head']! + value.slice(9), 40) && !/A{12}/.test(value) ? {} : null,
    cases: { yes: [made('{a-z0-9:11}AAAAAAAAA{A-Za-z0-9_-:43}k')], no: ['A'.repeat(80)] },
  },
  token('mapbox-secret-token', 'mapbox', 'Mapbox secret token', [
    'sk.eyJ{A-Za-z0-9_-:40,200}.{A-Za-z0-9_-:20,30}',
    'tk.eyJ{A-Za-z0-9_-:40,200}.{A-Za-z0-9_-:20,30}',
  ]),
  token('launchdarkly-key', 'launchdarkly', 'LaunchDarkly key', [
    'sdk-{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}',
    'api-{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}',
  ]),
  token('frameio-token', 'frameio', 'Frame.io token', 'fio-u-{A-Za-z0-9_=-:64}'),
  token('readme-key', 'readme', 'ReadMe API key', 'rdme_{a-z0-9:70}'),
  token('adafruit-key', 'adafruit', 'Adafruit IO key', 'aio_{A-Za-z0-9:28}'),
  token('zoho-token', 'zoho', 'Zoho token', ['1000.{a-f0-9:32}.{a-f0-9:31,32}'], { entropy: 3 }),
  token(
    'salesforce-token',
    'salesforce',
    'Salesforce session or refresh token',
    ['00D{A-Za-z0-9:12}!{A-Za-z0-9_.:80,160}', '00D{A-Za-z0-9:15}!{A-Za-z0-9_.:80,160}', '5Aep861{A-Za-z0-9_.:60,120}'],
    { severity: 'critical' },
  ),
  token(
    'wakatime-key',
    'wakatime',
    'WakaTime API key',
    'waka_{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}',
    { severity: 'low' },
  ),
]
