import type { Detector } from '../detector.ts'
import { token } from '../token-format.ts'

/** More of what people talk, write, post and play with. */
export const collaboration: readonly Detector[] = [
  token('calcom-key', 'calcom', 'Cal.com API key', ['cal_live_{a-f0-9:32}', 'cal_{a-f0-9:32}']),
  token('ecwid-token', 'ecwid', 'Ecwid secret token', 'secret_{A-Za-z0-9:32}', { entropy: 4 }),
  token('lichess-token', 'lichess', 'Lichess token', ['lip_{A-Za-z0-9:20}', 'lio_{A-Za-z0-9:32}'], {
    severity: 'low',
    entropy: 3.2,
  }),
  token('linkedin-client-secret', 'linkedin', 'LinkedIn client secret', 'WPL_AP1.{A-Za-z0-9:16}.{A-Za-z0-9+/=:8}', {
    method: 'client-secret',
  }),
  token('matrix-token', 'matrix', 'Matrix access token', [
    'syt_{A-Za-z0-9+/=:1,60}_{A-Za-z:20}_{A-Za-z0-9:6}',
    'mat_{A-Za-z0-9:30}_{A-Za-z0-9:6}',
    'mct_{A-Za-z0-9:30}_{A-Za-z0-9:6}',
    'mar_{A-Za-z0-9:30}_{A-Za-z0-9:6}',
  ]),
  token('nylas-key', 'nylas', 'Nylas API key', 'nyk_v0_{A-Za-z0-9:64}'),
  token('onesignal-key', 'onesignal', 'OneSignal API key', ['os_v2_app_{a-z2-7:103}', 'os_v2_org_{a-z2-7:103}']),
  token('pinterest-token', 'pinterest', 'Pinterest access token', ['pina_{A-Z0-9:60,100}'], { severity: 'medium' }),
  token('plain-key', 'plain', 'Plain API key', 'plainApiKey_{A-Za-z0-9_:30,140}'),
  token('smtp2go-key', 'smtp2go', 'SMTP2GO API key', 'api-{A-F0-9:32}'),
  token('telnyx-key', 'telnyx', 'Telnyx API key', 'KEY{A-F0-9:32}_{A-Za-z0-9:22}'),
  token('trello-token', 'trello', 'Trello token', 'ATTA{a-fA-F0-9:72}'),
  token('twitch-chat-token', 'twitch', 'Twitch chat token', 'oauth:{a-z0-9:30}'),
  token('twitter-bearer-token', 'twitter', 'X (Twitter) bearer token', 'AAAAAAAAAAAAAAAAAAAAAA{A-Za-z0-9%:80,100}', {
    entropy: 3.5,
  }),
  token('vk-token', 'vk', 'VK access token', 'vk1.a.{A-Za-z0-9_-:80,300}'),
]
