import { type Detector, named } from '../detector.ts'
import { token } from '../token-format.ts'
import { looksDrawn } from '../value.ts'
import { made } from './made.ts'

/** Messages and mail. */
export const messages: readonly Detector[] = [
  token(
    'slack-token',
    'slack',
    'Slack token',
    [...[...'abcoprsx'].map((kind) => `xox${kind}-{A-Za-z0-9-:20,260}`), 'xoxd-{A-Za-z0-9%+/:40,250}'],
    {
      severity: 'critical',
      entropy: 2.8,
      judge: ({ value }) =>
        /x{6,}|0{9,}|EXAMPLE|[Yy]our/.test(value.slice(5))
          ? 'veto'
          : /\d{4}/.test(value) && /[a-z]/i.test(value.slice(5))
            ? {}
            : null,
      yes: [made('xoxb-{0-9:12}-{0-9:12}-{A-Za-z0-9:24}')],
    },
  ),
  token('slack-app-token', 'slack', 'Slack app token', 'xapp-{0-9:1}-{A-Z0-9:8,14}-{0-9:10,14}-{a-z0-9:32,64}'),
  token(
    'slack-configuration-token',
    'slack',
    'Slack configuration or refresh token',
    [
      'xoxe.xoxp-1-{A-Za-z0-9:100,250}',
      'xoxe.xoxb-1-{A-Za-z0-9:100,250}',
      'xoxe-1-{A-Za-z0-9:100,200}',
      'xoxe.xoxp-{A-Za-z0-9-:140,250}',
    ],
    { severity: 'critical' },
  ),
  token(
    'slack-webhook',
    'slack',
    'Slack webhook',
    [
      'hooks.slack.com/services/T{A-Za-z0-9:7,12}/B{A-Za-z0-9:7,12}/{A-Za-z0-9:20,26}',
      'hooks.slack.com/workflows/T{A-Z0-9:7,12}/A{A-Z0-9:7,12}/{0-9:15,20}/{A-Za-z0-9:20,26}',
    ],
    {
      severity: 'medium',
      prefix: 25,
      judge: ({ value }) => (/X{8,}|0{8,}/i.test(value) ? 'veto' : {}),
    },
  ),
  token(
    'slack-legacy-webhook',
    'slack',
    'Slack webhook',
    'hooks.slack.com/triggers/{A-Z0-9:8,12}/{0-9:10,16}/{a-f0-9:32}',
    { severity: 'medium' },
  ),
  token(
    'discord-webhook',
    'discord',
    'Discord webhook',
    [
      'discord.com/api/webhooks/{0-9:17,20}/{A-Za-z0-9_-:60,90}',
      'discordapp.com/api/webhooks/{0-9:17,20}/{A-Za-z0-9_-:60,90}',
    ],
    { severity: 'medium' },
  ),
  {
    id: 'discord-bot-token',
    provider: 'discord',
    title: 'Discord bot token',
    severity: 'critical',
    method: 'token',
    rank: 3,
    boundary: true,
    prefix: 0,
    // The first part is a decimal id in base64: its first three characters come from these classes.
    anchors: ['MD', 'MT', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'].map((literal) => ({
      literal,
      next: 'AEIMQUYcgk',
    })),
    pattern:
      /(?<value>(?:M[DTjz]|N[DTjz]|O[DT])[AEIMQUYcgk][A-Za-z0-9]{20,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40})(?![A-Za-z0-9_-])/,
    judge: ({ value }) => {
      const id = Buffer.from(value.split('.')[0]!, 'base64').toString('latin1')
      return /^\d{15,21}$/.test(id) ? { keyId: id } : null
    },
    cases: {
      yes: [made(`bot = "${Buffer.from('123456789012345678').toString('base64')}.{A-Za-z0-9_-:6}.{A-Za-z0-9_-:38}"`)],
      no: [made('MTIzNDU2Nzg5MDEyMzQ1Njc4.{A-Za-z0-9:4}.x'), made('MTI{a-z:21}.{A-Za-z:6}.{A-Za-z:38}')],
    },
  },
  {
    id: 'telegram-bot-token',
    provider: 'telegram',
    title: 'Telegram bot token',
    severity: 'high',
    method: 'token',
    rank: 3,
    anchors: [{ literal: ':AA', next: 'A-Za-z0-9_-' }],
    pattern: /(?<=(?<![A-Za-z0-9_-])(?:bot)?(?<id>\d{8,10})):(?<value>AA[A-Za-z0-9_-]{33})(?![A-Za-z0-9_-])/,
    entropy: 3.5,
    judge: ({ groups }) => ({ keyId: groups['id'] }),
    cases: {
      yes: [made('https://api.telegram.org/bot123456789:AA{A-Za-z0-9_-:33}/sendMessage')],
      no: [made('12:AA{A-Za-z0-9_-:33}'), made('123456789:AA{A-Za-z0-9:10}')],
    },
  },
  named({
    id: 'telegram-bot-token-beside-name',
    provider: 'telegram',
    title: 'Telegram bot token',
    name: 'telegram',
    body: String.raw`\d{8,10}:[A-Za-z0-9_-]{35}`,
    end: '(?![A-Za-z0-9_-])',
    entropy: 3.5,
    cases: { yes: [made('telegram: 1234567890:{A-Za-z0-9_-:35}')], no: ['telegram: 12:30'] },
  }),
  token(
    'teams-webhook',
    'microsoft_teams',
    'Microsoft Teams webhook',
    [
      'webhook.office.com/webhookb2/{A-Za-z0-9-:36}@{A-Za-z0-9-:36}/IncomingWebhook/{A-Za-z0-9:32}/{A-Za-z0-9-:36}',
      'outlook.office.com/webhook/{A-Za-z0-9-:36}@{A-Za-z0-9-:36}/IncomingWebhook/{A-Za-z0-9:32}/{A-Za-z0-9-:36}',
    ],
    { severity: 'medium' },
  ),
  token(
    'webhook-address',
    'webhook',
    'Webhook address that anybody can post to',
    [
      'hooks.zapier.com/hooks/catch/{0-9:4,10}/{A-Za-z0-9:5,10}',
      'maker.ifttt.com/trigger/{A-Za-z0-9_:3,40}/with/key/{A-Za-z0-9_-:22,43}',
      'tines.com/webhook/{a-z0-9:20,40}/{a-z0-9:20,40}',
      'hook.eu1.make.com/{a-z0-9:32}',
      'hook.us1.make.com/{a-z0-9:32}',
      'chat.googleapis.com/v1/spaces/{A-Za-z0-9_-:8,12}/messages?key={A-Za-z0-9_-:39}',
    ],
    { severity: 'low' },
  ),
  token('twilio-api-key', 'twilio', 'Twilio API key', ['SK{0-9a-fA-F:32}'], {
    judge: ({ value }) => ({ keyId: value }),
    entropy: 3,
  }),
  token('twilio-account-sid', 'twilio', 'Twilio account id', ['AC{0-9a-f:32}'], {
    severity: 'info',
    entropy: 3,
    judge: ({ value }) => ({ keyId: value }),
  }),
  named({
    id: 'twilio-auth-token',
    provider: 'twilio',
    title: 'Twilio auth token',
    name: 'twilio',
    body: '[0-9a-f]{32}',
    before: 300,
    span: 600,
    judge: ({ window }) => ({ keyId: /(?<![A-Za-z0-9])AC[0-9a-f]{32}(?![A-Za-z0-9])/.exec(window)?.[0] }),
    cases: { yes: [made('TWILIO_AUTH_TOKEN={0-9a-f:32}')], no: ['TWILIO_AUTH_TOKEN=secret'] },
  }),
  token('sendgrid-key', 'sendgrid', 'SendGrid API key', 'SG.{A-Za-z0-9_-:16,32}.{A-Za-z0-9_-:16,64}', {
    severity: 'critical',
    entropy: 3.5,
  }),
  token('mailgun-key', 'mailgun', 'Mailgun API key', ['key-{a-f0-9:32}', 'pubkey-{a-f0-9:32}'], { severity: 'high' }),
  {
    id: 'mailgun-private-key',
    provider: 'mailgun',
    title: 'Mailgun API key',
    severity: 'high',
    method: 'token',
    rank: 3,
    anchors: [{ literal: 'mailgun', anyCase: true }],
    pattern:
      /mailgun[\w.\- "':=]{0,50}?(?<value>[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}|(?:key-)[0-9a-zA-Z]{32})(?![A-Za-z0-9-])/i,
    cases: { yes: [made('MAILGUN_API_KEY={0-9a-f:32}-{0-9a-f:8}-{0-9a-f:8}')], no: ['mailgun_domain=mg.example.org'] },
  },
  {
    id: 'mailchimp-key',
    provider: 'mailchimp',
    title: 'Mailchimp API key',
    severity: 'high',
    method: 'token',
    rank: 3,
    anchors: [{ literal: '-us', next: '0-9' }],
    pattern: /(?<=(?<![A-Za-z0-9])(?<value>[0-9a-zA-Z]{32}))-us\d{1,2}(?![A-Za-z0-9])/,
    judge: ({ value }) => (looksDrawn(value, 32) ? {} : null),
    cases: { yes: [made('mailchimp: {0-9a-f:32}-us12')], no: [made('{0-9a-f:30}-us12'), 'en-us1'] },
  },
  token('brevo-key', 'brevo', 'Brevo (Sendinblue) API key', [
    'xkeysib-{a-f0-9:64}-{A-Za-z0-9:16}',
    'xsmtpsib-{a-f0-9:64}-{A-Za-z0-9:16}',
  ]),
  token('mailersend-token', 'mailersend', 'MailerSend token', ['mlsn.{a-f0-9:64}']),
  token('resend-key', 'resend', 'Resend API key', 're_{A-Za-z0-9:8}_{A-Za-z0-9:24}'),
  token('klaviyo-key', 'klaviyo', 'Klaviyo private key', ['pk_{a-f0-9:34}']),
  token('intercom-token', 'intercom', 'Intercom access token', ['dG9r{A-Za-z0-9+/:54,58}=']),
  token('hubspot-token', 'hubspot', 'HubSpot private app token', [
    'pat-na1-{a-fA-F0-9:8}-{a-fA-F0-9:4}-{a-fA-F0-9:4}-{a-fA-F0-9:4}-{a-fA-F0-9:12}',
    'pat-eu1-{a-fA-F0-9:8}-{a-fA-F0-9:4}-{a-fA-F0-9:4}-{a-fA-F0-9:4}-{a-fA-F0-9:12}',
    'pat-na2-{a-fA-F0-9:8}-{a-fA-F0-9:4}-{a-fA-F0-9:4}-{a-fA-F0-9:4}-{a-fA-F0-9:12}',
  ]),
  token('courier-key', 'courier', 'Courier API key', ['pk_prod_{A-Z0-9:28}'], { severity: 'medium' }),
]
