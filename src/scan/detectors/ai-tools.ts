import type { Detector } from '../detector.ts'
import { token } from '../token-format.ts'

const uuid = '{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}'

/** Models, agents, speech and pictures, and what developers build them with: keys whose format their makers publish. */
export const aiTools: readonly Detector[] = [
  token('brave-search-key', 'brave', 'Brave Search API key', 'BSA{A-Za-z0-9_-:28}', { entropy: 3.8 }),
  token('browserbase-key', 'browserbase', 'Browserbase API key', 'bb_live_{A-Za-z0-9_-:27}'),
  token('builder-io-key', 'builderio', 'Builder.io private key', 'bpk-{a-f0-9:32}'),
  token('cartesia-key', 'cartesia', 'Cartesia API key', 'sk_car_{A-Za-z0-9_-:22,24}'),
  token('chroma-key', 'chroma', 'Chroma Cloud API key', 'ck-{A-Za-z0-9:44}', { entropy: 4 }),
  token('continue-key', 'continue', 'Continue API key', 'con-{a-f0-9:64}'),
  token('cursor-key', 'cursor', 'Cursor API key', ['key_{a-f0-9:64}', 'crsr_{a-f0-9:64}']),
  token('daytona-key', 'daytona', 'Daytona API key', 'dtn_{a-f0-9:64}'),
  token('devin-key', 'devin', 'Devin API key', ['apk_user_{A-Za-z0-9+/_=-:40,160}', 'apk_{A-Za-z0-9+/_=-:60,160}'], {
    entropy: 4,
  }),
  token('e2b-key', 'e2b', 'E2B API key', 'e2b_{a-f0-9:40}'),
  token('friendli-token', 'friendli', 'Friendli token', 'flp_{A-Za-z0-9:46,48}'),
  token('gitpod-token', 'gitpod', 'Gitpod personal access token', 'gitpod_pat_{A-Za-z0-9_.-:40,120}', { entropy: 4 }),
  token('helicone-key', 'helicone', 'Helicone API key', [
    'sk-helicone-{a-z0-9:7}-{a-z0-9:7}-{a-z0-9:7}-{a-z0-9:7}',
    'sk-helicone-eu-{a-z0-9:7}-{a-z0-9:7}-{a-z0-9:7}-{a-z0-9:7}',
  ]),
  token('heygen-key', 'heygen', 'HeyGen API key', 'sk_V2_hgu_{A-Za-z0-9_:20,60}'),
  token('inngest-signing-key', 'inngest', 'Inngest signing key', [
    'signkey-prod-{a-f0-9:32,64}',
    'signkey-test-{a-f0-9:32,64}',
    'signkey-branch-{a-f0-9:32,64}',
  ]),
  token('luma-key', 'luma', 'Luma API key', `luma-${uuid}-${uuid}`),
  token('mem0-key', 'mem0', 'Mem0 API key', 'm0-{A-Za-z0-9:40}', { entropy: 4 }),
  token('murf-key', 'murf', 'Murf API key', `ap2_${uuid}`),
  token('runpod-key', 'runpod', 'RunPod API key', ['rpa_{A-Za-z0-9:40,50}'], { entropy: 3.8 }),
  token('runway-key', 'runway', 'Runway API key', 'key_{a-f0-9:128}'),
  token('valtown-token', 'valtown', 'Val Town token', 'vtwn_{A-Za-z0-9:24,40}'),
  token('turbopuffer-key', 'turbopuffer', 'turbopuffer API key', 'tpuf_{A-Za-z0-9:32}'),
  token('windsurf-key', 'windsurf', 'Windsurf API key', 'sk-ws-01-{A-Za-z0-9_-:60,120}', { entropy: 4 }),
]
