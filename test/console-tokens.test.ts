import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('../ui/src/styles/tokens.css', import.meta.url), 'utf8')

type Rgb = readonly [number, number, number]

const tokensOf = (selector: string): Record<string, string> => {
  const block = css.slice(css.indexOf(`${selector} {`))
  return Object.fromEntries(
    [...block.slice(0, block.indexOf('}')).matchAll(/--([\w-]+):\s*(#[0-9a-f]{3,6})/g)].map((match) => [
      match[1]!,
      match[2]!,
    ]),
  )
}
const rgb = (hex: string): Rgb => {
  const six = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join('') : hex.slice(1)
  return [0, 2, 4].map((at) => Number.parseInt(six.slice(at, at + 2), 16) / 255) as unknown as Rgb
}
/** WCAG 2.2 relative luminance and contrast. */
const luminance = (hex: string): number => {
  const [r, g, b] = rgb(hex).map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  ) as unknown as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

const THEMES = { light: tokensOf(':root'), dark: tokensOf('[data-theme="dark"]') }
const GROUNDS = ['paper', 'sheet', 'sunk', 'hover', 'select']
/** Controls do not stand on a selected row. */
const CONTROL_GROUNDS = GROUNDS.filter((ground) => ground !== 'select')
/** Text is read on all grounds and on its own tint: at least 4.5. */
const TEXT = ['ink', 'ink-2', 'ink-3', 'accent', 'critical', 'high', 'medium', 'low', 'pass', 'unknown', 'na']

/** Notices, tags and pressed buttons stand on these, and hold text and links. */
const TINTS = ['accent', 'critical', 'high', 'medium', 'low', 'pass', 'unknown']

test('a theme names the same pigments as the other', () => {
  expect(Object.keys(THEMES.dark).sort()).toEqual(Object.keys(THEMES.light).sort())
  expect(Object.keys(THEMES.light).length).toBeGreaterThan(30)
})

for (const [theme, tokens] of Object.entries(THEMES)) {
  test.each(TEXT)(`${theme}: text in %s on every ground and its own tint`, (name) => {
    const grounds = [...GROUNDS, `${name}-tint`].flatMap((ground) => tokens[ground] ?? [])
    const worst = Math.min(...grounds.map((ground) => contrast(tokens[name]!, ground)))
    expect(worst).toBeGreaterThanOrEqual(4.5)
  })

  test(`${theme}: the edge of a control on every ground`, () => {
    for (const ground of CONTROL_GROUNDS)
      expect(contrast(tokens['control']!, tokens[ground]!)).toBeGreaterThanOrEqual(3)
  })

  test.each([
    ['on-accent', 'accent-fill'],
    ['on-accent', 'accent-fill-hover'],
    ['on-critical', 'critical-fill'],
    ['kbd-ink', 'kbd'],
  ])(`${theme}: %s on %s`, (text, fill) => {
    expect(contrast(tokens[text]!, tokens[fill]!)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(TINTS)(`${theme}: what is said on the tint of %s`, (name) => {
    for (const text of ['ink', 'ink-2', 'accent'])
      expect([text, contrast(tokens[text]!, tokens[`${name}-tint`]!) >= 4.5]).toEqual([text, true])
  })

  test.each([
    ['sheet', 'ink'],
    ['accent', 'accent-tint'],
  ])(`${theme}: %s on %s, as a toast and a pressed button are`, (text, fill) => {
    expect(contrast(tokens[text]!, tokens[fill]!)).toBeGreaterThanOrEqual(4.5)
  })

  test.each([
    // Bars, rings, swatches and strips on what they are drawn on; the hatch of what was not read on its own tint.
    ['accent-fill', ['sheet', 'sunk', 'paper']],
    ['ink-3', ['sheet', 'sunk', 'paper', 'hover', 'select']],
    ['critical', ['sheet', 'sunk', 'hover', 'select']],
    ['high', ['sheet', 'sunk', 'hover', 'select']],
    ['unknown', ['sheet', 'sunk', 'hover', 'select', 'unknown-tint']],
    ['control', ['sheet', 'sunk', 'hover', 'paper']],
    ['critical-fill', ['sheet']],
  ] as const)(`${theme}: pictures drawn in %s can be seen`, (name, grounds) => {
    for (const ground of grounds)
      expect([ground, contrast(tokens[name]!, tokens[ground]!) >= 3]).toEqual([ground, true])
  })

  test(`${theme}: the ring of focus on every ground`, () => {
    for (const ground of GROUNDS) expect(contrast(tokens['focus']!, tokens[ground]!)).toBeGreaterThanOrEqual(3)
  })
}

test('a contrast that is written beside a pigment is the one that it has', () => {
  const wrong: string[] = []
  for (const [theme, tokens] of Object.entries(THEMES)) {
    const selector = theme === 'light' ? ':root' : '[data-theme="dark"]'
    const block = css.slice(css.indexOf(`${selector} {`))
    for (const [, name, , said] of block
      .slice(0, block.indexOf('}'))
      .matchAll(/--([\w-]+):\s*(#[0-9a-f]{3,6});\s*\/\* ([\d.]+) \*\//g)) {
      const against =
        name === 'on-accent'
          ? ['accent-fill']
          : name === 'on-critical'
            ? ['critical-fill']
            : name === 'control'
              ? CONTROL_GROUNDS
              : [...GROUNDS, `${name}-tint`]
      const worst = Math.min(
        ...against.flatMap((ground) => (tokens[ground] ? [contrast(tokens[name!]!, tokens[ground])] : [])),
      )
      if (Math.abs(worst - Number(said)) > 0.06) wrong.push(`${theme} ${name}: says ${said}, is ${worst.toFixed(2)}`)
    }
  }
  expect(wrong).toEqual([])
})
