import { describe, expect, test } from 'vitest'
import type { Reach, ReachAround, ReachHop, ReachThing } from '../ui/src/nouns.ts'
import { csvOf, drawnOf, hiddenOf } from '../ui/src/pages/reach/drawn.ts'
import { csvText } from '../ui/src/parts/csv-text.ts'
import { layOut } from '../ui/src/parts/reach-layout.ts'
import { plainName } from '../ui/src/parts/reach-picture.ts'

const KINDS = ['secret', 'credential', 'identity', 'entitlement', 'resource', 'person', 'workload', null] as const
const things = (kinds: readonly (typeof KINDS)[number][], ends: readonly number[] = []) =>
  kinds.map((kind, at) => ({ kind, end: ends.includes(at) }))
const hop = (from: number, to: number) => ({ from, to })

describe('the layout', () => {
  test('goes from left to right along a path through every column', () => {
    const kinds = ['resource', 'secret', 'credential', 'identity', 'identity', 'entitlement', 'resource'] as const
    const hops = kinds.slice(1).map((_, at) => hop(at, at + 1))
    const { places, columns } = layOut(things(kinds, [6]), hops)
    const across = places.map(({ x }) => x)
    expect(across).toEqual([...across].sort((a, b) => a - b))
    expect(new Set(across).size).toBe(kinds.length)
    expect(columns.map(({ title }) => title)).toEqual([
      'Where it starts',
      'What proves it',
      'Who it becomes',
      'Through',
      'What is reached',
    ])
  })

  test('a resource that leads on stands where it starts, unless it is what is asked for', () => {
    const kinds = ['resource', 'workload', 'identity', 'resource'] as const
    const hops = [hop(0, 1), hop(1, 2), hop(2, 3)]
    const starts = layOut(things(kinds), hops).places
    expect(starts[0]!.x).toBeLessThan(starts[2]!.x)
    const ends = layOut(things(kinds, [0]), hops).places
    expect(ends[0]!.x).toBe(ends[3]!.x)
  })

  test('ends on rings, on loops and on nothing', () => {
    const ring = [hop(0, 1), hop(1, 2), hop(2, 0), hop(2, 2)]
    expect(layOut(things(['identity', 'identity', 'identity']), ring).places).toHaveLength(3)
    expect(layOut([], [])).toMatchObject({ places: [], columns: [], width: 0 })
  })

  test('puts two thousand things on places of their own, the same ones each time', () => {
    let seed = 3
    const next = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff
      return seed % below
    }
    const many = Array.from({ length: 2_000 }, () => ({ kind: KINDS[next(KINDS.length)]! }))
    const hops = Array.from({ length: 4_000 }, () => hop(next(2_000), next(2_000)))
    const { places } = layOut(many, hops)
    expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(2_000)
    expect(layOut(many, hops).places).toEqual(places)
  })
})

const thing = (key: string, kind: ReachThing['kind'], name = key): ReachThing => ({
  key,
  kind,
  type: null,
  name,
  gone: null,
  mark: 'pass',
  environment: null,
  sensitivity: null,
  tier: null,
  sensitive: false,
})
const told = (from: number, to: number, depends = false): ReachHop => ({ from, to, verb: 'has', depends, proofs: [] })
const answer = (paths: number[][]): Reach => ({
  from: thing('a:start', 'identity'),
  to: { aim: 'sensitive', thing: null, ends: paths.length },
  things: [
    thing('a:start', 'identity'),
    thing('a:gate', 'identity'),
    thing('a:left', 'resource'),
    thing('a:right', 'resource', '=cmd()'),
  ],
  hops: [told(0, 1), told(1, 2), told(1, 3, true)],
  paths: paths.map((hops) => ({ hops, dependsOn: [] })),
  more: null,
  cuts: [],
  cutsWhole: true,
  who: null,
  unjudged: { gaps: [], depends: 0, undescribed: 0 },
  asOf: null,
})
const twoPaths = [
  [0, 1],
  [0, 2],
]

describe('the picture of an answer', () => {
  test('what most paths go through is a choke point; where they begin and end is none', () => {
    const drawn = drawnOf(answer(twoPaths), undefined, undefined)
    expect(drawn.things.filter(({ choke }) => choke).map(({ key }) => key)).toEqual(['a:gate'])
    expect(drawn.things.filter(({ end }) => end).map(({ key }) => key)).toEqual(['a:left', 'a:right'])
    expect(drawn.hops.map(({ unknown }) => unknown)).toEqual([false, false, true])
  })

  test('neighbours come beside it, each thing and hop once, and hops of the answer keep their places', () => {
    const around: ReachAround = {
      things: [thing('a:gate', 'identity'), thing('a:left', 'resource'), thing('a:new', 'entitlement')],
      hops: [told(0, 1), told(0, 2)],
      more: false,
      unjudged: { gaps: [], depends: 0, undescribed: 0 },
      asOf: null,
    }
    const drawn = drawnOf(answer(twoPaths), around, undefined)
    expect(drawn.listed.map(({ key }) => key)).toEqual(['a:start', 'a:gate', 'a:left', 'a:right', 'a:new'])
    expect(drawn.hops.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 2],
      [1, 3],
      [1, 4],
    ])
  })

  test('a kind that is left out goes, but not what the listed path needs', () => {
    const drawn = drawnOf(answer(twoPaths), undefined, undefined)
    expect([...hiddenOf(drawn, ['resource'], [0, 1])]).toEqual([3])
  })

  test('its rows are told for a spreadsheet, and no name becomes a formula', () => {
    const rows = csvOf(answer(twoPaths))
    expect(rows).toHaveLength(5)
    expect(rows.map((row) => row.length)).toEqual(Array(5).fill(rows[0]!.length))
    expect(csvText([['=cmd()', 'a "b", c', 'line\nline', 'plain']])).toBe(`'=cmd(),"a ""b"", c","line\nline",plain\r\n`)
  })

  test('names in it are one line, without marks that turn letters round', () => {
    expect(plainName('a\u202Egnp.exe\n\tb')).toBe('a gnp.exe b')
    expect(plainName('  ')).toBe('(a name of spaces)')
    expect([...plainName('x'.repeat(900))]).toHaveLength(60)
  })
})
