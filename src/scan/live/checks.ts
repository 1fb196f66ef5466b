import type { LiveCheck } from './check.ts'

const USED = 'The key counts as used: services that keep a date of last use set it to now.'

type More = Partial<
  Pick<LiveCheck, 'headers' | 'live' | 'dead' | 'blocked' | 'body' | 'elsewhere' | 'only' | 'effects'>
>

/** The common case: 200 for a key that works, 401 for one that does not, 403 for one that may not do this. */
const ask = (
  provider: string,
  detectors: readonly string[],
  url: string,
  { headers = {}, ...more }: More,
): LiveCheck => ({
  provider,
  detectors,
  method: 'GET',
  url,
  headers: { accept: 'application/json', ...headers },
  effects: USED,
  live: [200],
  dead: [401],
  blocked: [403],
  ...more,
})
const named =
  (header: string, value = '{secret}') =>
  (provider: string, detector: string | readonly string[], url: string, { headers, ...more }: More = {}): LiveCheck =>
    ask(provider, typeof detector === 'string' ? [detector] : detector, url, {
      headers: { [header]: value, ...headers },
      ...more,
    })

const bearer = named('authorization', 'Bearer {secret}')
const bare = named('authorization')
const token = named('authorization', 'token {secret}')
const basic = named('authorization', 'Basic {basic}')
const apiKey = named('x-api-key')

/** Where code lives, is built and goes. */
const code: readonly LiveCheck[] = [
  bearer(
    'github',
    ['github-personal-token', 'github-fine-grained-token', 'github-oauth-token', 'github-app-user-token'],
    'https://api.github.com/user',
    {
      body: [[/API rate limit exceeded/i, 'indeterminate']],
    },
  ),
  bearer('github', 'github-app-installation-token', 'https://api.github.com/installation/repositories?per_page=1', {
    body: [[/API rate limit exceeded/i, 'indeterminate']],
  }),
  named('private-token')('gitlab', 'gitlab-token', 'https://gitlab.com/api/v4/user', {
    only: /^glpat-/,
    elsewhere: true,
  }),
  bearer('bitbucket', 'bitbucket-token', 'https://api.bitbucket.org/2.0/user'),
  bearer('npm', 'npm-token', 'https://registry.npmjs.org/-/whoami'),
  bare('rubygems', 'rubygems-key', 'https://rubygems.org/api/v1/gems.json'),
  named('circle-token')('circleci', 'circleci-token', 'https://circleci.com/api/v2/me'),
  bearer('buildkite', 'buildkite-token', 'https://api.buildkite.com/v2/access-token'),
  bearer('terraform', 'terraform-cloud-api-token', 'https://app.terraform.io/api/v2/account/details', {
    elsewhere: true,
  }),
  token('pulumi', 'pulumi-token', 'https://api.pulumi.com/api/user', { elsewhere: true }),
  token('snyk', 'snyk-token', 'https://api.snyk.io/rest/self?version=2024-10-15', { elsewhere: true }),
  bearer('sonarqube', 'sonar-token', 'https://sonarcloud.io/api/authentication/validate', {
    body: [
      [/"valid"\s*:\s*true/, 'live'],
      [/"valid"\s*:\s*false/, 'dead'],
    ],
    live: [],
    elsewhere: true,
  }),
  bare('codefresh', 'codefresh-token', 'https://g.codefresh.io/api/user', { elsewhere: true }),
  apiKey('postman', 'postman-key', 'https://api.getpostman.com/me'),
  apiKey('cloudsmith', 'cloudsmith-key', 'https://api.cloudsmith.io/v1/user/self/', {
    body: [
      [/"authenticated"\s*:\s*true/, 'live'],
      [/"authenticated"\s*:\s*false/, 'dead'],
    ],
    live: [],
  }),
  bearer('prefect', 'prefect-key', 'https://api.prefect.cloud/api/me/'),
  bare('launchdarkly', 'launchdarkly-key', 'https://app.launchdarkly.com/api/v2/caller-identity', { only: /^api-/ }),
  basic('readme', 'readme-key', 'https://dash.readme.com/api/v1/'),
]

/** Clouds, hosting, data. */
const clouds: readonly LiveCheck[] = [
  bearer('digitalocean', 'digitalocean-token', 'https://api.digitalocean.com/v2/account', { only: /^do[op]_v1_/ }),
  bearer('heroku', ['heroku-api-key', 'heroku-api-key-uuid'], 'https://api.heroku.com/account', {
    headers: { accept: 'application/vnd.heroku+json; version=3' },
  }),
  bearer('netlify', 'netlify-token', 'https://api.netlify.com/api/v1/user'),
  bearer('vercel', 'vercel-token', 'https://api.vercel.com/v2/user', { body: [[/invalidToken/, 'dead']] }),
  bearer('cloudflare', 'cloudflare-api-token', 'https://api.cloudflare.com/client/v4/user/tokens/verify', {
    only: /^[\w-]{40}$/,
    dead: [400, 401],
    body: [[/"status"\s*:\s*"(?:disabled|expired)"/, 'dead']],
  }),
  bearer('render', 'render-api-key', 'https://api.render.com/v1/owners?limit=1'),
  bearer('supabase', 'supabase-key', 'https://api.supabase.com/v1/projects', { only: /^sbp_/ }),
  bearer('neon', 'neon-key', 'https://console.neon.tech/api/v2/users/me'),
  bearer('upcloud', 'upcloud-token', 'https://api.upcloud.com/1.3/account'),
  named('authorization', 'aivenv1 {secret}')('aiven', 'aiven-key', 'https://api.aiven.io/v1/me', {
    dead: [401, 403],
    blocked: [],
  }),
  basic('tailscale', 'tailscale-key', 'https://api.tailscale.com/api/v2/tailnet/-/devices', { only: /^tskey-api-/ }),
  bearer('doppler', 'doppler-token', 'https://api.doppler.com/v3/me'),
  bearer('ngrok', 'ngrok-key', 'https://api.ngrok.com/reserved_domains?limit=1', { headers: { 'ngrok-version': '2' } }),
  named('x-goog-api-key')('gcp', 'gcp-api-key', 'https://generativelanguage.googleapis.com/v1/models?pageSize=1', {
    body: [[/API_KEY_INVALID|API key not valid/, 'dead']],
  }),
  bearer('google', 'google-oauth-access-token', 'https://openidconnect.googleapis.com/v1/userinfo'),
  named('api-key')('pinecone', 'pinecone-key', 'https://api.pinecone.io/indexes', {
    headers: { 'x-pinecone-api-version': '2025-01' },
  }),
  bearer('contentful', 'contentful-token', 'https://api.contentful.com/users/me', { only: /^CFPAT-/ }),
  bearer('airtable', 'airtable-token', 'https://api.airtable.com/v0/meta/whoami'),
  bearer('apify', 'apify-key', 'https://api.apify.com/v2/users/me'),
  named('x-aio-key')('adafruit', 'adafruit-key', 'https://io.adafruit.com/api/v2/user'),
]

/** Models and what is built on them. */
const models: readonly LiveCheck[] = [
  bearer('openai', 'openai-key', 'https://api.openai.com/v1/models'),
  apiKey('anthropic', 'anthropic-key', 'https://api.anthropic.com/v1/models?limit=1', {
    headers: { 'anthropic-version': '2023-06-01' },
    only: /^sk-ant-api/,
  }),
  bearer('huggingface', 'huggingface-token', 'https://huggingface.co/api/whoami-v2'),
  bearer('groq', 'groq-key', 'https://api.groq.com/openai/v1/models'),
  bearer('replicate', 'replicate-token', 'https://api.replicate.com/v1/account'),
  bearer('xai', 'xai-key', 'https://api.x.ai/v1/api-key', { dead: [400, 401] }),
  bearer('openrouter', 'openrouter-key', 'https://openrouter.ai/api/v1/key'),
  named('xi-api-key')('elevenlabs', 'elevenlabs-key', 'https://api.elevenlabs.io/v1/user', {
    body: [[/missing_permissions/, 'blocked']],
  }),
  bearer('deepseek', 'deepseek-key', 'https://api.deepseek.com/user/balance', { elsewhere: true }),
  bearer('together', 'together-key', 'https://api.together.xyz/v1/models'),
  bearer('fireworks', 'fireworks-key', 'https://api.fireworks.ai/inference/v1/models'),
  bearer('cerebras', 'cerebras-key', 'https://api.cerebras.ai/v1/models'),
  bearer('tavily', 'tavily-key', 'https://api.tavily.com/usage'),
  bearer('firecrawl', 'firecrawl-key', 'https://api.firecrawl.dev/v1/team/credit-usage'),
  apiKey('langsmith', 'langsmith-key', 'https://api.smith.langchain.com/api/v1/sessions?limit=1', { elsewhere: true }),
  apiKey('e2b', 'e2b-key', 'https://api.e2b.dev/sandboxes'),
  bearer('runpod', 'runpod-key', 'https://rest.runpod.io/v1/pods'),
  apiKey('heygen', 'heygen-key', 'https://api.heygen.com/v2/user/remaining_quota'),
]

/** Watching, alerting. */
const watching: readonly LiveCheck[] = [
  named('dd-api-key')('datadog', 'datadog-key', 'https://api.datadoghq.com/api/v1/validate', {
    dead: [401, 403],
    blocked: [],
    elsewhere: true,
  }),
  named('api-key')('newrelic', 'new-relic-key', 'https://api.newrelic.com/v2/applications.json', {
    only: /^NRAK-/,
    elsewhere: true,
  }),
  named('authorization', 'Token token={secret}')(
    'pagerduty',
    ['pagerduty-key', 'pagerduty-key-without-prefix'],
    'https://api.pagerduty.com/abilities',
  ),
  bearer('sentry', 'sentry-token', 'https://sentry.io/api/0/organizations/', { elsewhere: true }),
  named('x-honeycomb-team')('honeycomb', 'honeycomb-key', 'https://api.honeycomb.io/1/auth', { elsewhere: true }),
  bearer('posthog', 'posthog-key', 'https://us.posthog.com/api/users/@me/', { elsewhere: true }),
  bearer('firehydrant', 'firehydrant-token', 'https://api.firehydrant.io/v1/ping'),
  bearer('rootly', 'rootly-key', 'https://api.rootly.com/v1/users/me'),
  basic('wakatime', 'wakatime-key', 'https://api.wakatime.com/api/v1/users/current'),
]

/** Messages, work, people. */
const work: readonly LiveCheck[] = [
  bearer('slack', 'slack-token', 'https://slack.com/api/auth.test', {
    live: [],
    dead: [],
    blocked: [],
    body: [
      [/"ok"\s*:\s*true/, 'live'],
      [/"error"\s*:\s*"(?:invalid_auth|token_revoked|token_expired|account_inactive|not_authed)"/, 'dead'],
      [
        /"error"\s*:\s*"(?:access_denied|ekm_access_denied|org_login_required|team_access_not_granted|missing_scope|no_permission)"/,
        'blocked',
      ],
    ],
  }),
  named('authorization', 'Bot {secret}')('discord', 'discord-bot-token', 'https://discord.com/api/v10/users/@me'),
  ask(
    'telegram',
    ['telegram-bot-token', 'telegram-bot-token-beside-name'],
    'https://api.telegram.org/bot{secret}/getMe',
    { dead: [401, 404] },
  ),
  bearer('sendgrid', 'sendgrid-key', 'https://api.sendgrid.com/v3/scopes'),
  named('api-key')('brevo', 'brevo-key', 'https://api.brevo.com/v3/account'),
  bearer('resend', 'resend-key', 'https://api.resend.com/domains', { body: [[/restricted_api_key/, 'blocked']] }),
  bearer('mailersend', 'mailersend-token', 'https://api.mailersend.com/v1/api-quota'),
  bearer('telnyx', 'telnyx-key', 'https://api.telnyx.com/v2/balance'),
  named('authorization', 'Klaviyo-API-Key {secret}')('klaviyo', 'klaviyo-key', 'https://a.klaviyo.com/api/accounts', {
    headers: { revision: '2024-10-15' },
  }),
  bearer('notion', 'notion-token', 'https://api.notion.com/v1/users/me', {
    headers: { 'notion-version': '2022-06-28' },
  }),
  bearer('asana', 'asana-token', 'https://app.asana.com/api/1.0/users/me'),
  named('x-figma-token')('figma', 'figma-token', 'https://api.figma.com/v1/me', {
    body: [[/invalid token|token expired/i, 'dead']],
  }),
  bare('clickup', 'clickup-token', 'https://api.clickup.com/api/v2/user'),
  bearer('intercom', 'intercom-token', 'https://api.intercom.io/me'),
  bearer('hubspot', 'hubspot-token', 'https://api.hubapi.com/account-info/v3/details'),
  bearer('typeform', 'typeform-token', 'https://api.typeform.com/me'),
  bearer('calcom', 'calcom-key', 'https://api.cal.com/v2/me'),
  bearer('lichess', 'lichess-token', 'https://lichess.org/api/account'),
]

/** Money and goods. */
const trade: readonly LiveCheck[] = [
  bearer('stripe', ['stripe-live-key', 'stripe-test-key'], 'https://api.stripe.com/v1/balance', { only: /^[rs]k_/ }),
  bearer('square', 'square-token', 'https://connect.squareup.com/v2/locations', {
    only: /^(?:EAAA|sq0atp-)/,
    elsewhere: true,
  }),
  bearer('mollie', 'mollie-key', 'https://api.mollie.com/v2/methods'),
  bearer('paddle', 'paddle-key', 'https://api.paddle.com/event-types', { elsewhere: true }),
  basic('easypost', 'easypost-key', 'https://api.easypost.com/v2/addresses?page_size=1'),
  named('authorization', 'ShippoToken {secret}')('shippo', 'shippo-token', 'https://api.goshippo.com/addresses/'),
  basic('lob', 'lob-key', 'https://api.lob.com/v1/addresses?limit=1'),
  bearer('duffel', 'duffel-token', 'https://api.duffel.com/air/airlines?limit=1', {
    headers: { 'duffel-version': 'v2' },
  }),
  bearer('gocardless', 'gocardless-token', 'https://api.gocardless.com/creditors', {
    headers: { 'gocardless-version': '2015-07-06' },
    elsewhere: true,
  }),
  bearer('flutterwave', 'flutterwave-key', 'https://api.flutterwave.com/v3/banks/NG'),
  basic('xendit', 'xendit-key', 'https://api.xendit.co/balance'),
]

/** In the order in which they are tried for a detector; from what the services document, and tried against servers of our own alone. */
export const checks: readonly LiveCheck[] = [...code, ...clouds, ...models, ...watching, ...work, ...trade]
