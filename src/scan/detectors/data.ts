import type { Detector } from '../detector.ts'
import { token } from '../token-format.ts'
import { looksDrawn } from '../value.ts'
import { made } from './made.ts'

const uuid = '{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}'

/** Warehouses, dashboards, databases and what watches them. */
export const data: readonly Detector[] = [
  token('appwrite-key', 'appwrite', 'Appwrite API key', 'standard_{a-f0-9:256}'),
  token('axiom-token', 'axiom', 'Axiom token', [`xaat-${uuid}`, `xapt-${uuid}`]),
  token('clickhouse-cloud-key', 'clickhouse', 'ClickHouse Cloud key secret', '4b1d{A-Za-z0-9:38}', { entropy: 4 }),
  token('coralogix-key', 'coralogix', 'Coralogix key', [
    'cxtp_{A-Za-z0-9:30}',
    'cxup_{A-Za-z0-9:30}',
    'cxth_{A-Za-z0-9:30}',
  ]),
  token('dbt-cloud-token', 'dbt', 'dbt Cloud token', ['dbtc_{A-Za-z0-9_-:30,60}', 'dbtu_{A-Za-z0-9_-:30,60}'], {
    entropy: 3.8,
  }),
  token('fauna-key', 'fauna', 'Fauna key', 'fnA{A-Za-z0-9_-:37}', { entropy: 4 }),
  token('hex-token', 'hex', 'Hex token', 'hxtp_{a-f0-9:96,128}'),
  token('honeybadger-key', 'honeybadger', 'Honeybadger project key', 'hbp_{A-Za-z0-9:36}'),
  token('lightdash-token', 'lightdash', 'Lightdash personal access token', 'ldpat_{a-z0-9:32}'),
  token('metabase-key', 'metabase', 'Metabase API key', 'mb_{A-Za-z0-9+/:43}='),
  token('mezmo-key', 'mezmo', 'Mezmo key', 'sts_{a-f0-9:32}'),
  token('tinybird-token', 'tinybird', 'Tinybird token', 'p.eyJ{A-Za-z0-9_-:40,400}.{A-Za-z0-9_-:40,60}'),
  token('xata-key', 'xata', 'Xata API key', 'xau_{A-Za-z0-9:34,50}', { entropy: 3.8 }),
  token('statsig-key', 'statsig', 'Statsig key', ['secret-{A-Za-z0-9:43}', 'console-{A-Za-z0-9:43}'], {
    entropy: 4.2,
    no: ['secret-thisIsANameOfSomethingThatIsLongAndHasNoDigits'],
    judge: ({ value }) => (looksDrawn(value.slice(8), 30) ? {} : null),
  }),
  token('firehydrant-token', 'firehydrant', 'FireHydrant token', 'fhb-{a-f0-9:32}'),
  token('rootly-key', 'rootly', 'Rootly API key', 'rootly_{a-f0-9:64}'),
  {
    id: 'maxmind-key',
    provider: 'maxmind',
    title: 'MaxMind licence key',
    severity: 'medium',
    method: 'token',
    rank: 3,
    anchors: [{ literal: '_mmk' }],
    pattern: /(?<=(?<![A-Za-z0-9])(?<value>[A-Za-z0-9]{6}_[A-Za-z0-9]{29}))_mmk(?![A-Za-z0-9])/,
    judge: ({ value }) => (looksDrawn(value, 30) ? {} : null),
    cases: { yes: [made('LICENSE_KEY={A-Za-z0-9:6}_{A-Za-z0-9:29}_mmk')], no: ['a_mmk', made('{A-Za-z0-9:29}_mmk')] },
  },
  {
    id: 'rapidapi-key',
    provider: 'rapidapi',
    title: 'RapidAPI key',
    severity: 'high',
    method: 'token',
    rank: 3,
    anchors: [{ literal: 'msh', next: 'a-f0-9' }],
    pattern:
      /(?<=(?<![A-Za-z0-9])(?<head>[a-f0-9]{10}))(?<value>msh[a-f0-9]{15}p1[a-f0-9]{5,6}jsn[a-f0-9]{12})(?![A-Za-z0-9])/,
    cases: {
      yes: [made('X-RapidAPI-Key: {a-f0-9:10}msh{a-f0-9:15}p1{a-f0-9:6}jsn{a-f0-9:12}')],
      no: ['a0b1msh', made('{a-f0-9:10}msh{a-f0-9:15}')],
    },
  },
]
