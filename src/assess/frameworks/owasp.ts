import type { Owasp } from '../../sdk/index.ts'

/** OWASP's four ratings of a risk, 1 (hard, uncommon, easy to detect, low) to 3 (easy, widespread, hard to detect, severe). */
export interface Weights {
  exploitability: 1 | 2 | 3
  prevalence: 1 | 2 | 3
  /** 3 is the hardest to detect. */
  detectability: 1 | 2 | 3
  impact: 1 | 2 | 3
}

/** OWASP Non-Human Identities Top 10, 2025: https://owasp.org/www-project-non-human-identities-top-10/2025/ */
export const OWASP: Readonly<Record<Owasp, { title: string; weights: Weights }>> = {
  NHI1: { title: 'Improper Offboarding', weights: weights(3, 3, 3, 3) },
  NHI2: { title: 'Secret Leakage', weights: weights(3, 2, 3, 3) },
  NHI3: { title: 'Vulnerable Third-Party NHI', weights: weights(2, 2, 3, 3) },
  NHI4: { title: 'Insecure Authentication', weights: weights(3, 3, 1, 2) },
  NHI5: { title: 'Overprivileged NHI', weights: weights(1, 3, 2, 3) },
  NHI6: { title: 'Insecure Cloud Deployment Configurations', weights: weights(2, 2, 1, 3) },
  NHI7: { title: 'Long-Lived Secrets', weights: weights(1, 3, 1, 3) },
  NHI8: { title: 'Environment Isolation', weights: weights(2, 1, 3, 2) },
  NHI9: { title: 'NHI Reuse', weights: weights(1, 3, 3, 1) },
  NHI10: { title: 'Human Use of NHI', weights: weights(1, 2, 3, 1) },
}

/** What a rating is called. */
export const RATING = {
  exploitability: { 3: 'easy to exploit', 2: 'of average difficulty to exploit', 1: 'hard to exploit' },
  prevalence: { 3: 'widespread', 2: 'common', 1: 'uncommon' },
  detectability: { 3: 'hard to detect', 2: 'of average difficulty to detect', 1: 'easy to detect' },
  impact: { 3: 'severe when it happens', 2: 'moderate when it happens', 1: 'low when it happens' },
} as const

function weights(
  exploitability: 1 | 2 | 3,
  prevalence: 1 | 2 | 3,
  detectability: 1 | 2 | 3,
  impact: 1 | 2 | 3,
): Weights {
  return { exploitability, prevalence, detectability, impact }
}
