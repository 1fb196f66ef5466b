import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { BUDGET, type FirstRoute, firstRoute } from '../bench/console/bytes.ts'
import { built } from './console-browser.ts'
import { dist } from './console-server.ts'

const installed = existsSync(fileURLToPath(new URL('../ui/node_modules', import.meta.url)))
const missing = !installed && !existsSync(join(dist, 'index.html'))
if (missing) console.log('skipped: the bytes of the console, because the packages of ui/ are not installed')

describe.skipIf(missing)('the first route of the console', () => {
  let route: FirstRoute
  beforeAll(() => {
    if (installed) built()
    route = firstRoute(dist)
  })

  test.each(['script', 'style', 'font'] as const)('%s stays within its budget', (part) => {
    expect(route.files[part].length).toBeGreaterThan(0)
    expect(route.bytes[part]).toBeLessThanOrEqual(BUDGET[part])
  })

  test('fonts and everything else come from the server itself', () => {
    const { script, style, font } = route.files
    for (const path of [...script, ...style, ...font]) expect(existsSync(join(dist, path))).toBe(true)
    expect(font).toHaveLength(3)
    for (const path of style) expect(readFileSync(join(dist, path), 'utf8')).not.toMatch(/url\(["']?(?:https?:)?\/\//)
  })

  test('pages that are gone to later are not part of it', () => {
    const scripts = route.files.script.map((path) => readFileSync(join(dist, path), 'utf8')).join('\n')
    // The roll brings the virtual window, which only lists need.
    expect(scripts.includes('aria-rowcount')).toBe(false)
  })
})
