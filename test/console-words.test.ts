import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const src = new URL('../ui/src/', import.meta.url)
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.(tsx?|css)$/.test(file) && file !== 'api.d.ts',
)
const text = (file: string): string => readFileSync(new URL(file, src), 'utf8')

/** Words that hide what is not known, or comfort where nothing was proved. */
const FORBIDDEN = [
  /\?\? ['"`][-–—]['"`]/,
  />\s*[-–—]\s*</,
  /\bN\/A\b/,
  /\bNo data\b/,
  /\bAll good\b/i,
  /\bOops\b/i,
  /\bplease\b/i,
  /\bUnassigned\b/,
  /\bsimply\b/i,
  /AI-powered/i,
]

test('no page says a dash, N/A, or that all is good', () => {
  const wrong = files.flatMap((file) =>
    FORBIDDEN.filter((form) => form.test(text(file))).map((form) => `ui/src/${file}: ${form}`),
  )
  expect(wrong).toEqual([])
})

test('nothing is put into the page as markup, run as code, or fetched from elsewhere', () => {
  const wrong = files.flatMap((file) =>
    [
      /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write/,
      /\beval\(|new Function\(/,
      /https?:\/\/(?!127\.0\.0\.1|www\.w3\.org)/,
      /url\(["']?https?:/,
    ]
      .filter((form) => form.test(text(file)))
      .map((form) => `ui/src/${file}: ${form}`),
  )
  expect(wrong).toEqual([])
})

test('the browser keeps nothing but what a person likes', () => {
  expect(files.filter((file) => /localStorage|sessionStorage|indexedDB|document\.cookie/.test(text(file)))).toEqual([
    'liking.ts',
  ])
})
