import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const biome = fileURLToPath(import.meta.resolve('@biomejs/biome/bin/biome'))

/** What the rule of ui/known.grit says of each file, under this repository's own settings. */
function lint(files: Record<string, string>): Record<string, string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-known-'))
  try {
    const { plugins } = JSON.parse(readFileSync(`${root}biome.json`, 'utf8')) as { plugins: unknown }
    writeFileSync(join(folder, 'biome.json'), JSON.stringify({ plugins }))
    mkdirSync(join(folder, 'ui'))
    cpSync(`${root}ui/known.grit`, join(folder, 'ui/known.grit'))
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), `export const Mutant = ({ of, knownOr }) => ${text}\n`)
    }
    const { stdout } = spawnSync(
      process.execPath,
      [biome, 'lint', '--only=plugin', '--reporter=github', '--max-diagnostics=none', '.'],
      { cwd: folder, encoding: 'utf8' },
    )
    const said: Record<string, string[]> = Object.fromEntries(Object.keys(files).map((file) => [file, []]))
    for (const [, file, words] of stdout.matchAll(/^::error title=plugin,file=([^,]+),.*?::(.*)$/gm))
      said[file!.replace(`${folder}/`, '')]!.push(words!)
    return said
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const DASH = /Not known is not a dash/
const WORDS = /these words say neither/
const KNOWN = /printed by Known/
const RECKONING = /knownOr is for reckoning/

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["<td>{of.owner ?? '-'}</td>", DASH],
  ["<td>{of.owner || '—'}</td>", DASH],
  ['<td>{of.owner ?? " – "}</td>', DASH],
  ['<td>{of.owner ?? `-`}</td>', DASH],
  ["<td>{of.owner ? of.owner : '-'}</td>", DASH],
  ["<td>{of.owner === null ? '--' : of.owner}</td>", DASH],
  ['<td>{of.owner ? <b>{of.owner}</b> : <i>-</i>}</td>', DASH],
  ['<td> — </td>', DASH],
  ['<td>N/A</td>', WORDS],
  ["<td>{of.owner ?? 'n/a'}</td>", WORDS],
  ['<td title="N/A">{of.owner}</td>', WORDS],
  ['<h2>No data</h2>', WORDS],
  ["<h2>{of.rows === 0 ? 'no data yet' : of.rows}</h2>", WORDS],
  ['<h2>All good, {of.name}</h2>', WORDS],
  ['<h2>{`All good, ${of.name}`}</h2>', WORDS],
  ['<td>Unassigned</td>', WORDS],
  ["<td>{'value' in of.lastUsed ? of.lastUsed.value : null}</td>", KNOWN],
  ['<td>{"value" in of.lastUsed && of.lastUsed.value}</td>', KNOWN],
  ["<td>{'unknown' in of.lastUsed ? '' : of.lastUsed.value}</td>", KNOWN],
  ["<td>{'notApplicable' in of.lastUsed && of.name}</td>", KNOWN],
  ['<td>{knownOr(of.lastUsed, null)}</td>', RECKONING],
]

const LET_THROUGH = [
  '<td><Known of={of.lastUsed}>{(at) => <When at={at} />}</Known></td>',
  "<td>{of.name ?? 'Nobody'}</td>",
  '<td>{of.from} – {of.till}</td>',
  '<td>2026-11-24</td>',
  "<td className={`${of.down ? '' : '-'}${of.sort}`}>{of.word.replace('-', ' ')}</td>",
  '<td>{of.list.map((one) => <b key={one}>{Math.max(1, knownOr(one, 0))}</b>)}</td>',
]

test('each way round Known is refused, with the reason, and what only looks like one is not', () => {
  const page = (i: number) => `ui/src/pages/mutant-${i}.tsx`
  const all = [...REFUSED.map(([line]) => line), ...LET_THROUGH]
  const said = lint(Object.fromEntries(all.map((line, i) => [page(i), line])))
  const wrong = REFUSED.flatMap(([line, why], i) =>
    said[page(i)]!.length === 1 && why.test(said[page(i)]![0]!)
      ? []
      : [`${line}: ${said[page(i)]!.join(' ') || 'let through'}`],
  )
  const stopped = LET_THROUGH.filter((_, i) => said[page(REFUSED.length + i)]!.length > 0)
  expect([...wrong, ...stopped]).toEqual([])
})

test('the rule holds in the console alone, and Known itself may look inside', () => {
  const line = "'value' in of ? of.value : '-'"
  const said = lint({ 'ui/src/parts/known.tsx': line, 'src/read/mutant.ts': line, 'ui/src/frame/mutant.tsx': line })
  expect(Object.values(said).map((lines) => lines.length)).toEqual([0, 0, 2])
})

test('Known prints the value, or that it is unknown with the reason, or that it cannot be', () => {
  // A value that may be unknown is no text to React: printing it bare is refused by the type checker, so these are the ways out.
  const source = readFileSync(`${root}ui/src/parts/known.tsx`, 'utf8')
  const ways = [...source.matchAll(/^export (?:const|function) (\w+)/gm)].map((match) => match[1])
  expect(ways).toEqual(['Known', 'IfKnown', 'knownOr', 'isUnknown', 'When'])
})
