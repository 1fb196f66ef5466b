import { type Detector, named } from '../detector.ts'
import { token } from '../token-format.ts'
import { isSample, looksDrawn } from '../value.ts'
import { isCrcHex } from './checksum.ts'
import { made } from './made.ts'

/** Monitoring, errors and analytics. */
export const monitoring: readonly Detector[] = [
  token('new-relic-key', 'newrelic', 'New Relic key', [
    'NRAK-{A-Z0-9:27}',
    'NRII-{A-Za-z0-9_-:25,32}',
    'NRRA-{a-f0-9:42}',
    'NRJS-{a-f0-9:19}',
    'NRSP-{a-z0-9:38}',
    'NRIQ-{A-Za-z0-9_-:32}',
    'NRAA-{a-f0-9:27}',
    'NRBR-{a-f0-9:19}',
  ]),
  {
    id: 'new-relic-license-key',
    provider: 'newrelic',
    title: 'New Relic licence key',
    severity: 'medium',
    method: 'token',
    rank: 3,
    anchors: [{ literal: 'NRAL' }],
    pattern: /(?<=(?<![A-Za-z0-9])(?<value>[a-zA-Z0-9]{36}))NRAL(?![A-Za-z0-9])/,
    cases: { yes: [made('{a-f0-9:36}NRAL')], no: ['NRAL', made('{a-f0-9:20}NRAL')] },
  },
  named({
    id: 'datadog-key',
    provider: 'datadog',
    title: 'Datadog API or application key',
    name: ['datadog', 'dd_api', 'dd-api', 'dd_app', 'dd-app', 'ddog'],
    body: '(?:[a-f0-9]{40}|[a-f0-9]{32})',
    judge: ({ value }) => (isSample(value) ? { severity: 'low' } : {}),
    cases: { yes: [made('DD_API_KEY={a-f0-9:32}'), made('datadog_app_key: "{a-f0-9:40}"')], no: ['DD_API_KEY=none'] },
  }),
  token('datadog-client-token', 'datadog', 'Datadog token', ['ddapp_{A-Za-z0-9:34}', 'pub{a-f0-9:32}'], {
    severity: 'low',
  }),
  token('grafana-service-account-token', 'grafana', 'Grafana service account token', 'glsa_{A-Za-z0-9:32}_{a-f0-9:8}', {
    severity: 'critical',
    judge: ({ value }) =>
      isCrcHex(value.slice(0, -9), value.slice(-8)) || !isSample(value.slice(5, 37)) ? {} : { severity: 'low' },
  }),
  token('grafana-cloud-token', 'grafana', 'Grafana Cloud token', 'glc_{A-Za-z0-9+/:32,400}', { severity: 'critical' }),
  token('grafana-api-key', 'grafana', 'Grafana API key', 'eyJrIjoi{A-Za-z0-9+/=:50,400}', { rank: 3 }),
  token(
    'sentry-token',
    'sentry',
    'Sentry token',
    [
      'sntrys_{A-Za-z0-9+/=_:60,300}',
      'sntryu_{a-f0-9:64}',
      'sntrya_{a-f0-9:64}',
      'sntryr_{a-f0-9:64}',
      'sntryi_{A-Za-z0-9:40,80}',
    ],
    { severity: 'high' },
  ),
  token('dynatrace-token', 'dynatrace', 'Dynatrace token', [
    'dt0c01.{A-Z0-9:24}.{A-Z0-9:64}',
    'dt0s01.{A-Z0-9:8,24}.{A-Z0-9:64}',
    'dt0s16.{A-Z0-9:8,24}.{A-Z0-9:64}',
    'dt0s02.{A-Z0-9:8,24}.{A-Z0-9:64}',
  ]),
  token('honeycomb-key', 'honeycomb', 'Honeycomb key', [
    'hcaik_{a-z0-9:58}',
    'hcaic_{a-z0-9:58}',
    'hcalk_{a-z0-9:58}',
    'hcxik_{a-z0-9:58}',
  ]),
  token(
    'posthog-key',
    'posthog',
    'PostHog personal key',
    ['phx_{A-Za-z0-9:38,64}', 'phs_{A-Za-z0-9:38,64}', 'phr_{A-Za-z0-9:38,64}', 'pha_{A-Za-z0-9:38,64}'],
    { severity: 'high' },
  ),
  token('posthog-project-key', 'posthog', 'PostHog project key', ['phc_{A-Za-z0-9:38,64}'], { severity: 'info' }),
  token('pagerduty-key', 'pagerduty', 'PagerDuty key', [
    'pdus+_0XBPWQQ_{A-Za-z0-9_-:36}',
    'pdeu+_{A-Za-z0-9_-:30,44}',
    'pdus+{A-Za-z0-9_-:30,44}',
  ]),
  named({
    id: 'pagerduty-key-without-prefix',
    provider: 'pagerduty',
    title: 'PagerDuty API key',
    name: ['pagerduty', 'pager_duty', 'pd_key', 'pd_token', 'pd-token'],
    body: '[A-Za-z0-9+_-]{20}|[a-f0-9]{32}',
    end: '(?![A-Za-z0-9_+-])',
    entropy: 3,
    judge: ({ value }) => (looksDrawn(value) ? {} : null),
    cases: { yes: [made('PAGERDUTY_TOKEN="u+{A-Za-z0-9_-:18}"')], no: ['pagerduty_service: "platform-oncall-team-x"'] },
  }),
  token('rollbar-token', 'rollbar', 'Rollbar access token', ['rollbar_access_token={a-f0-9:32}']),
  token('segment-token', 'segment', 'Segment public API token', 'sgp_{A-Za-z0-9:64}'),
]
