import type { Detector } from '../detector.ts'
import { token } from '../token-format.ts'
import { made } from './made.ts'

/** Language models and what surrounds them. */
export const ai: readonly Detector[] = [
  {
    id: 'openai-key',
    provider: 'openai',
    title: 'OpenAI API key',
    severity: 'critical',
    method: 'token',
    rank: 3,
    before: 140,
    prefix: 0,
    anchors: [{ literal: 'T3BlbkFJ' }],
    pattern: /(?<=(?<![A-Za-z0-9_-])(?<value>sk-[A-Za-z0-9_-]{17,100}))T3BlbkFJ[A-Za-z0-9_-]{20,100}(?![A-Za-z0-9_-])/,
    cases: { yes: [made('sk-{A-Za-z0-9:20}T3BlbkFJ{A-Za-z0-9:20}')], no: [made('T3BlbkFJ{A-Za-z0-9:20}')] },
  },
  token(
    'anthropic-key',
    'anthropic',
    'Anthropic API key',
    [
      'sk-ant-api03-{A-Za-z0-9_-:80,110}',
      'sk-ant-admin01-{A-Za-z0-9_-:80,110}',
      'sk-ant-oat01-{A-Za-z0-9_-:80,110}',
      'sk-ant-{A-Za-z0-9_-:80,120}',
    ],
    { severity: 'critical' },
  ),
  token('huggingface-token', 'huggingface', 'Hugging Face token', ['hf_{A-Za-z0-9:34}', 'api_org_{A-Za-z0-9:34}'], {
    entropy: 3.4,
  }),
  token('replicate-token', 'replicate', 'Replicate token', 'r8_{A-Za-z0-9:37}'),
  token('groq-key', 'groq', 'Groq API key', 'gsk_{A-Za-z0-9:52}'),
  token('xai-key', 'xai', 'xAI API key', 'xai-{A-Za-z0-9:80}'),
  token('perplexity-key', 'perplexity', 'Perplexity API key', 'pplx-{A-Za-z0-9:48,56}'),
  token('fireworks-key', 'fireworks', 'Fireworks AI key', ['fw_{A-Za-z0-9:22,24}'], { entropy: 3.5 }),
  token('nvidia-key', 'nvidia', 'NVIDIA API key', 'nvapi-{A-Za-z0-9_-:60,70}'),
  token('langsmith-key', 'langsmith', 'LangSmith key', [
    'lsv2_pt_{a-f0-9:32}_{a-f0-9:10}',
    'lsv2_sk_{a-f0-9:32}_{a-f0-9:10}',
    'ls__{a-f0-9:32}',
  ]),
  token(
    'langfuse-key',
    'langfuse',
    'Langfuse secret key',
    'sk-lf-{0-9a-f:8}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:4}-{0-9a-f:12}',
  ),
  token('openrouter-key', 'openrouter', 'OpenRouter key', 'sk-or-v1-{a-f0-9:64}', { severity: 'critical' }),
  token('deepseek-key', 'deepseek', 'Key of an AI service (DeepSeek and kin)', 'sk-{a-f0-9:32}'),
  token('tavily-key', 'tavily', 'Tavily key', [
    'tvly-{A-Za-z0-9:32}',
    'tvly-dev-{A-Za-z0-9:32}',
    'tvly-prod-{A-Za-z0-9:32}',
  ]),
  token('firecrawl-key', 'firecrawl', 'Firecrawl key', 'fc-{a-f0-9:32}'),
  token('elevenlabs-key', 'elevenlabs', 'ElevenLabs key', 'sk_{a-f0-9:48}'),
  token('jina-key', 'jina', 'Jina AI key', 'jina_{a-f0-9:32}{A-Za-z0-9_-:25,35}'),
  token(
    'llama-cloud-key',
    'llama',
    'Llama key',
    ['llx-{A-Za-z0-9_-:48}', 'LLM|{0-9:10,20}|{A-Za-z0-9_-:24,40}', 'LA-{A-Za-z0-9:60,70}'],
    { entropy: 3.5 },
  ),
  token('together-key', 'together', 'Together AI key', ['tgp_v1_{A-Za-z0-9_-:43}']),
  token('voyage-key', 'voyage', 'Voyage AI key', 'pa-{A-Za-z0-9_-:43}', { entropy: 4 }),
  token('cerebras-key', 'cerebras', 'Cerebras key', 'csk-{a-z0-9:48}'),
]
