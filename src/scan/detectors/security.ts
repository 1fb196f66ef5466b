import type { Detector } from '../detector.ts'
import { token } from '../token-format.ts'
import { standsForAnother } from '../value.ts'
import { made } from './made.ts'

const uuid = '{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}'

/** Directories, vaults, gateways and scanners: what opens them opens the rest. */
export const security: readonly Detector[] = [
  {
    id: 'bitwarden-access-token',
    provider: 'bitwarden',
    title: 'Bitwarden Secrets Manager access token',
    severity: 'critical',
    method: 'token',
    rank: 3,
    boundary: true,
    prefix: 2,
    anchors: [{ literal: '0.', next: '0-9a-f' }],
    pattern:
      /(?<value>0\.(?<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.[A-Za-z0-9]{30}:[A-Za-z0-9+/]{22}==)/,
    judge: ({ groups }) => ({ keyId: groups['id'] }),
    cases: {
      yes: [made(`BWS_ACCESS_TOKEN=0.${uuid}.{A-Za-z0-9:30}:{A-Za-z0-9+/:22}==`)],
      no: ['0.123', made(`0.${uuid}.{A-Za-z0-9:30}`)],
    },
  },
  token('defined-networking-key', 'defined_networking', 'Defined Networking API key', 'dnkey-{A-Z0-9:26}-{A-Z0-9:52}'),
  token('endor-labs-key', 'endorlabs', 'Endor Labs API key', 'endr+{A-Za-z0-9-:16}'),
  token('intra42-secret', 'intra42', '42 intranet client secret', ['s-s4t2ud-{a-f0-9:64}', 's-s4t2af-{a-f0-9:64}'], {
    method: 'client-secret',
  }),
  token('jumpcloud-key', 'jumpcloud', 'JumpCloud API key', 'jca_{A-Za-z0-9:36}', { severity: 'critical' }),
  token(
    'kong-konnect-token',
    'kong',
    'Kong Konnect access token',
    ['kpat_{A-Za-z0-9:40,60}', 'spat_{A-Za-z0-9:40,60}'],
    { entropy: 4 },
  ),
  token('netbird-token', 'netbird', 'NetBird access token', 'nbp_{A-Za-z0-9:36}', { severity: 'critical' }),
  token('ory-token', 'ory', 'Ory token or key', [
    'ory_pat_{A-Za-z0-9:32}',
    'ory_st_{A-Za-z0-9:32}',
    'ory_at_{A-Za-z0-9_-:43}.{A-Za-z0-9_-:43}',
    'ory_rt_{A-Za-z0-9_-:43}.{A-Za-z0-9_-:43}',
  ]),
  token('permit-key', 'permit', 'Permit.io API key', 'permit_key_{A-Za-z0-9:60,100}'),
  token('persona-key', 'persona', 'Persona API key', [`persona_production_${uuid}`, `persona_sandbox_${uuid}`]),
  token('phase-token', 'phase', 'Phase token', ['pss_service:v1:{a-f0-9:64}', 'pss_user:v1:{a-f0-9:64}'], {
    severity: 'critical',
  }),
  token('settlemint-token', 'settlemint', 'SettleMint access token', [
    'sm_aat_{A-Za-z0-9:16}',
    'sm_pat_{A-Za-z0-9:16}',
    'sm_sat_{A-Za-z0-9:16}',
  ]),
  token('socket-key', 'socket', 'Socket API token', 'sktsec_{A-Za-z0-9_-:40,70}_api'),
  token(
    'stytch-secret',
    'stytch',
    'Stytch secret',
    ['secret-live-{A-Za-z0-9_=-:36}', 'secret-test-{A-Za-z0-9_=-:36}'],
    {
      entropy: 4,
    },
  ),
  token('veracode-secret', 'veracode', 'Veracode API secret key', ['vera01es-{a-f0-9:128}', 'vera01ei-{a-f0-9:32}']),
  token('zuplo-key', 'zuplo', 'Zuplo API key', 'zpka_{a-f0-9:32}_{a-f0-9:8}'),
  {
    // RFC 8959: a scheme that says of itself that the rest is a secret.
    ...token('secret-token-uri', 'generic', 'Token marked as a secret', 'secret-token:{A-Za-z0-9._~%-:16,200}', {
      entropy: 3,
      no: ['secret-token:your-token-goes-here'],
    }),
    judge: ({ value }) => (standsForAnother(value.slice(13)) ? null : {}),
  },
]
