import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const src = fileURLToPath(new URL('../src', import.meta.url))

/** Who may import whom. The files at the top of src introduce everybody to everybody, and nobody imports them. */
const MAY: Record<string, string[]> = {
  sdk: [],
  providers: ['sdk'],
  platform: ['sdk'],
  scan: ['sdk', 'platform'],
  graph: ['sdk', 'platform'],
  access: ['sdk', 'platform'],
  discover: ['sdk', 'platform', 'graph', 'scan'],
  assess: ['sdk', 'platform', 'graph'],
  act: ['sdk', 'platform', 'graph', 'assess'],
  alert: ['sdk', 'platform', 'graph'],
  read: ['sdk', 'platform'],
  http: ['sdk', 'platform', 'graph', 'access', 'discover', 'assess', 'act', 'alert', 'read'],
  cli: ['sdk', 'access'],
}
const EMPTY_NAMES = /(^|\/)(utils?|helpers?|common|shared|misc)(\/|\.tsx?$)/i

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))

const imports = files.flatMap((file) =>
  [...readFileSync(join(src, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => ({
    file,
    from: file.split('/')[0]!,
    target: relative(src, join(src, dirname(file), match[1]!)),
  })),
)

test('modules import only what the plan allows', () => {
  const wrong = imports
    .filter(({ file, from, target }) => {
      const to = target.split('/')[0]!
      if (from === to || !file.includes('/') || target.startsWith('..')) return false
      if (/\.test\.ts$|\/testing\//.test(file) && to !== 'providers') return false
      return !(MAY[from] ?? []).includes(to)
    })
    .map(({ file, target }) => `src/${file} imports ${target}; ${file.split('/')[0]} may not`)
  expect(wrong).toEqual([])
})

test('a module is entered through its index', () => {
  const wrong = imports
    .filter(({ file, from, target }) => {
      const [to, ...rest] = target.split('/')
      const inner = rest.join('/')
      if (from === to || file.endsWith('.test.ts') || target.startsWith('..') || !target.includes('/')) return false
      return inner !== 'index.ts' && inner !== 'testing/index.ts' && to !== 'main.ts'
    })
    .map(({ file, target }) => `src/${file} reaches into ${target}; import its module's index.ts`)
  expect(wrong).toEqual([])
})

test('providers do not import each other', () => {
  const wrong = imports
    .filter(({ file, target }) => {
      const [from, own] = file.split('/')
      const [to, other] = target.split('/')
      return from === 'providers' && to === 'providers' && file !== 'providers/index.ts' && own !== other
    })
    .map(({ file, target }) => `src/${file} imports ${target}`)
  expect(wrong).toEqual([])
})

test('nothing compares a provider id', () => {
  const wrong = files.filter((file) =>
    /provider\.id\s*[!=]==?|[!=]==?\s*provider\.id|switch\s*\(\s*provider\.id/.test(
      readFileSync(join(src, file), 'utf8'),
    ),
  )
  expect(wrong).toEqual([])
})

test('no file or folder has an empty name', () => {
  expect(files.filter((file) => EMPTY_NAMES.test(file))).toEqual([])
})

test('only the clock reads the time and only the command line prints', () => {
  const wrong = files.filter((file) => {
    if (/\.test\.ts$|\/testing\/|^platform\/clock\.ts$/.test(file)) return false
    const text = readFileSync(join(src, file), 'utf8')
    return (
      /\bDate\.now\(\)|new Date\(\)/.test(text) || (!/^(cli\/|main\.ts)/.test(file) && /\bconsole\.\w+\(/.test(text))
    )
  })
  expect(wrong.map((file) => `src/${file}`)).toEqual([])
})
