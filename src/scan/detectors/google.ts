import { type Detector, prefixed } from '../detector.ts'
import { made } from './made.ts'

/** Google Cloud and Google accounts. */
export const google: readonly Detector[] = [
  prefixed({
    id: 'gcp-api-key',
    provider: 'gcp',
    title: 'Google API key',
    severity: 'medium',
    prefix: 'AIza',
    body: '[A-Za-z0-9_-]{35}',
    end: '(?![A-Za-z0-9_-])',
    entropy: 3,
    cases: { yes: [made('key=AIza{A-Za-z0-9_-:35}')], no: [made('AIza{A-Za-z0-9:20}'), made('AIza{A-Za-z0-9:50}')] },
  }),
  prefixed({
    id: 'google-oauth-client-secret',
    provider: 'google',
    title: 'Google OAuth client secret',
    method: 'client-secret',
    prefix: 'GOCSPX-',
    body: '[A-Za-z0-9_-]{28}',
    end: '(?![A-Za-z0-9_-])',
    cases: { yes: [made('"client_secret":"GOCSPX-{A-Za-z0-9_-:28}"')], no: [made('GOCSPX-{A-Za-z0-9:10}')] },
  }),
  prefixed({
    id: 'google-oauth-access-token',
    provider: 'google',
    title: 'Google OAuth access token',
    severity: 'medium',
    prefix: 'ya29.',
    body: '[A-Za-z0-9_-]{20,600}(?:\\.[A-Za-z0-9_-]{10,200})?',
    span: 900,
    end: '(?![A-Za-z0-9_-])',
    cases: { yes: [made('ya29.{A-Za-z0-9_-:68}')], no: ['ya29.short'] },
  }),
  prefixed({
    id: 'google-oauth-refresh-token',
    provider: 'google',
    title: 'Google OAuth refresh token',
    prefix: ['1//0', '1/'],
    next: 'A-Za-z0-9_-',
    body: '(?:(?<=1//0)[A-Za-z0-9_-]{38,120}|(?<!/)[A-Za-z0-9_-]{43}|(?<!/)[A-Za-z0-9_-]{64})',
    end: '(?![A-Za-z0-9_/-])',
    entropy: 4,
    cases: { yes: [made('refresh_token: 1//0{A-Za-z0-9_-:60}')], no: ['1//0short', 'a 1/2 b'] },
  }),
]
