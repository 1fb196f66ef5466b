import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { rules } from '../src/assess/index.ts'
import { explainConfig } from '../src/platform/index.ts'
import { providers } from '../src/providers/index.ts'
import { detectors, liveChecks } from '../src/scan/index.ts'

/**
 * docs/reference is made from the code. When one of these fails, write the pages anew and look at the difference:
 * UPDATE_REFERENCE=1 ./reeve test test/reference
 */
const askedAt = (detector: string): string =>
  liveChecks
    .filter((check) => check.detectors.includes(detector))
    .map(({ method, url }) => `${method} ${new URL(url.replace('{secret}', 'x')).host}`)
    .join(', ')

const root = fileURLToPath(new URL('..', import.meta.url))
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')
const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`).join('\n')

const sources = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('testing/'),
)

const pages: Record<string, () => string> = {
  errors: () => {
    const codes = new Map<string, Set<string>>()
    for (const file of sources) {
      for (const [, code] of readFileSync(`${root}src/${file}`, 'utf8').matchAll(
        /'([a-z][a-z-]*\/[a-z][a-z-]*)',\s*(?=['`]|\n)/g,
      )) {
        codes.set(
          code!,
          (codes.get(code!) ?? new Set()).add(
            file
              .split('/')
              .slice(0, file.startsWith('providers/') ? 2 : 1)
              .join('/'),
          ),
        )
      }
    }
    return `# Error codes\n\nStable: scripts may hang on them. The message beside a code says what was being done and what to do.\n\n${table(
      ['code', 'from'],
      [...codes].sort().map(([code, from]) => [`\`${code}\``, [...from].sort().join(', ')]),
    )}\n`
  },
  rules: () =>
    `# Rules\n\n${rules.length} rules ship with Reeve. Each has cases both ways, which are its tests.\n\n${table(
      ['rule', 'finds', 'risk', 'severity', 'about', 'cases'],
      rules.map((rule) => [
        `\`${rule.id}\``,
        rule.title,
        rule.owasp.join(' '),
        rule.severity,
        (rule.about.types ?? [rule.about.kind]).join(', '),
        String(rule.cases.length),
      ]),
    )}\n`,
  detectors: () =>
    `# Secret detectors\n\n${detectors.length} detectors ship with Reeve.\n\n${table(
      ['detector', 'finds', 'of', 'severity', 'asked with `--validate`'],
      [...detectors]
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map((one) => [`\`${one.id}\``, one.title, one.provider, one.severity, askedAt(one.id)]),
    )}\n`,
  providers: () =>
    `# Providers\n\n${providers
      .map(
        (provider) =>
          `## ${provider.title} (\`${provider.id}\`)\n\n${provider.summary}\n\n${table(
            ['listing', 'yields', 'needs'],
            (provider.collections ?? []).map((one) => [one.title, one.yields.join(', '), one.needs.join('; ')]),
          )}`,
      )
      .join('\n\n')}\n`,
  settings: () =>
    `# Settings\n\nFrom the command line, the environment, or \`<data>/reeve.yaml\`, the strongest first. \`reeve config explain\` shows yours.\n\n${table(
      ['setting', 'environment', 'default', 'what it does'],
      explainConfig({ env: {} }).map((one) => [
        `\`${one.key}\``,
        one.env.join(', '),
        one.default?.replace(root, '') ?? '',
        one.description,
      ]),
    )}\n`,
}

test.for(Object.keys(pages))('docs/reference/%s.md says what the code says', (page) => {
  const file = `${root}docs/reference/${page}.md`
  const says = pages[page]!()
  if (process.env['UPDATE_REFERENCE']) writeFileSync(file, says)
  expect(readFileSync(file, 'utf8')).toBe(says)
})
