import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openapiOf } from './openapi.ts'
import { routes } from './routes.ts'

test('docs/reference/openapi.json is what the routes say (write it anew with vitest --update)', async () => {
  const text = `${JSON.stringify(openapiOf(routes, '1'), null, 2)}\n`
  await expect(text).toMatchFileSnapshot('../../docs/reference/openapi.json')
})

test('docs/reference/routes.md has every route (write it anew with vitest --update)', async () => {
  const page = readFileSync(new URL('../../docs/reference/routes.md', import.meta.url), 'utf8')
  const head = page.slice(0, page.indexOf('| route |'))
  const rows = routes.map(({ method, path, can, says }) => `| \`${method} ${path}\` | ${can} | ${says} |`)
  const text = `${head}${['| route | can | says |', '|---|---|---|', ...rows].join('\n')}\n`
  await expect(text).toMatchFileSnapshot('../../docs/reference/routes.md')
})

test('no two operations share a name, and every reference leads somewhere', () => {
  const document = openapiOf(routes, '1')
  const operations = Object.values(document['paths']).flatMap((path) =>
    Object.values(path as Record<string, { operationId: string }>),
  )
  const names = operations.map((operation) => operation.operationId)
  expect(new Set(names).size).toBe(names.length)
  const text = JSON.stringify(document)
  for (const [, place, name] of text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g))
    expect(document['components'][place!]).toHaveProperty(name!)
  expect(text).not.toContain('$defs')
  expect(Object.keys(document['components'].schemas).filter((name) => name.startsWith('_'))).toEqual([])
})
