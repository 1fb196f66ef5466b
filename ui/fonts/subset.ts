/**
 * Makes the console's font files from the Source families (SIL OFL 1.1, see OFL.txt): the letters of Latin and Latin
 * Extended-A, the weights in use, the features in use. Run it with `npm run fonts` after a new release of the families;
 * the results are committed, so a build needs no WASM. The name table keeps the copyright alone, because a subset may not
 * bear the families' reserved name.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const { compress, decompress } = require('wawoff2') as Record<
  'compress' | 'decompress',
  (bytes: Uint8Array) => Promise<Uint8Array>
>

type Harfbuzz = Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory }
const wasm = readFileSync(require.resolve('harfbuzzjs/dist/harfbuzz-subset.wasm'))
const hb = (await WebAssembly.instantiate(wasm)).instance.exports as unknown as Harfbuzz
hb._initialize!()

const tag = (name: string) => [...name].reduce((sum, letter) => (sum << 8) | letter.charCodeAt(0), 0)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const each = (text: string) => [...text].map((letter) => letter.codePointAt(0)!)

const LATIN = [...range(0x20, 0x7e), ...range(0xa0, 0xff), ...each('ıŒœˆ˚˜\u2009\u202f–—‘’‚“”„†•…‹›€™←↑→↓↵−⇧⌘×≤≥')]
const EXTENDED = range(0x100, 0x17f)
const FEATURES = ['kern', 'tnum', 'lnum', 'zero', 'rvrn']
const NAME_ID = 4
const LAYOUT_FEATURE_TAG = 6

const FAMILIES: { file: string; as: string; weight: number | [number, number] }[] = [
  { file: 'source-sans-3', as: 'sans', weight: [400, 650] },
  { file: 'source-serif-4', as: 'serif', weight: 520 },
  { file: 'source-code-pro', as: 'code', weight: 440 },
]

function subset(font: Uint8Array, letters: number[], weight: number | [number, number]): Uint8Array {
  const at = hb.malloc!(font.length)
  new Uint8Array(hb.memory.buffer).set(font, at)
  const face = hb.hb_face_create!(hb.hb_blob_create!(at, font.length, 2, 0, 0), 0)
  const input = hb.hb_subset_input_create_or_fail!()
  hb.hb_subset_input_set_flags!(input, 1)
  const letterSet = hb.hb_subset_input_unicode_set!(input)
  for (const letter of letters) hb.hb_set_add!(letterSet, letter)
  const features = hb.hb_subset_input_set!(input, LAYOUT_FEATURE_TAG)
  hb.hb_set_clear!(features)
  for (const feature of FEATURES) hb.hb_set_add!(features, tag(feature))
  const names = hb.hb_subset_input_set!(input, NAME_ID)
  hb.hb_set_clear!(names)
  hb.hb_set_add!(names, 0)
  if (typeof weight === 'number') hb.hb_subset_input_pin_axis_location!(input, face, tag('wght'), weight)
  else hb.hb_subset_input_set_axis_range!(input, face, tag('wght'), weight[0], weight[1], weight[0])
  const result = hb.hb_face_reference_blob!(hb.hb_subset_or_fail!(face, input))
  const start = hb.hb_blob_get_data!(result, 0)
  return new Uint8Array(hb.memory.buffer).slice(start, start + hb.hb_blob_get_length!(result))
}

let total = 0
for (const { file, as, weight } of FAMILIES) {
  for (const [part, letters] of [
    ['latin', LATIN],
    ['latin-ext', EXTENDED],
  ] as const) {
    const source = require.resolve(`@fontsource-variable/${file}/files/${file}-${part}-wght-normal.woff2`)
    const bytes = await compress(subset(await decompress(readFileSync(source)), letters, weight))
    total += bytes.length
    writeFileSync(fileURLToPath(new URL(`${as}-${part}.woff2`, import.meta.url)), bytes)
    process.stdout.write(`${as}-${part}.woff2 ${bytes.length}\n`)
  }
}
process.stdout.write(`${total} bytes\n`)
